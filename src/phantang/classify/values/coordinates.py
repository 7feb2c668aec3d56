"""Validators of degrees, within Viet Nam: numbers of any other place are no claim."""

from __future__ import annotations

import re

from phantang.classify.rules.codelists import CodeLists


def latitude(value: str, _: CodeLists) -> bool:
    """Accept degrees north within Viet Nam, islands included."""
    return _between(value, 6.0, 23.5)


def longitude(value: str, _: CodeLists) -> bool:
    """Accept degrees east within Viet Nam, islands included."""
    return _between(value, 102.0, 118.0)


def coordinate_pair(value: str, lists: CodeLists) -> bool:
    """Accept two numbers that are, in either order, a point in Viet Nam."""
    numbers = re.findall(r"-?\d+(?:\.\d+)?", value)
    if len(numbers) != 2:
        return False
    first, second = numbers
    return (latitude(first, lists) and longitude(second, lists)) or (
        latitude(second, lists) and longitude(first, lists)
    )


def coordinate(value: str, lists: CodeLists) -> bool:
    """Accept a latitude, a longitude, or both in either order, in Viet Nam."""
    return latitude(value, lists) or longitude(value, lists) or coordinate_pair(value, lists)


def _between(value: str, low: float, high: float) -> bool:
    try:
        return low <= float(value) <= high
    except ValueError:
        return False
