"""Personal numbers among the values of a column, as registers, spreadsheets and people write them."""

from __future__ import annotations

from collections.abc import Sequence


def new_numbers(values: Sequence[str | None]) -> list[str | None]:
    """Return the personal numbers of 12 digits among `values`, a lost first 0 added; `None` for other values."""
    return [_new_number(value) if value else None for value in values]


def _new_number(value: str) -> str | None:
    digits = value if value.isdecimal() else "".join(filter(str.isdecimal, value.strip().removesuffix(".0")))
    if len(digits) in {10, 11}:
        digits = digits.zfill(12)
    return digits if len(digits) == 12 and digits[3] in "0123" else None
