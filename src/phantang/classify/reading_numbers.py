"""Personal numbers among the values of a column, as registers, spreadsheets and people write them."""

from __future__ import annotations

from collections.abc import Sequence


def new_numbers(values: Sequence[str | None]) -> list[str | None]:
    """Return the personal numbers of 12 digits among `values`, a lost first 0 added; `None` for other values."""
    digits = ("".join(filter(str.isdecimal, value.strip().removesuffix(".0"))) if value else "" for value in values)
    padded = (one.zfill(12) if len(one) in {10, 11} else one for one in digits)
    return [one if len(one) == 12 and one[3] in "0123" else None for one in padded]
