"""Polars expressions over one column: its text, the days and numbers in it, and checksums. All are null-safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from phantang.contracts.rules import rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MALE, _FEMALE = ["nam", "male", "m", "1"], ["nữ", "female", "f", "2"]
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_CARD_LENGTH = 19


def text(column: str) -> pl.Expr:
    """Return the values as text without outer spaces; null where the value is missing in whatever spelling."""
    trimmed = raw(column).str.strip_chars()
    return pl.when(trimmed.str.to_lowercase().is_in(rules()["missing"]["values"])).then(None).otherwise(trimmed)


def raw(column: str) -> pl.Expr:
    """Return the values as text, exactly as stored."""
    return pl.col(column).cast(pl.String)


def fits(value: pl.Expr, form: Mapping[str, str]) -> pl.Expr:
    """Tell whether the whole value, without the characters `strip` names, has the form of `pattern`."""
    if "strip" in form:
        value = value.str.replace_all(form["strip"], "")
    pattern = form["pattern"]
    flags, body = ("(?i)", pattern.removeprefix("(?i)")) if pattern.startswith("(?i)") else ("", pattern)
    return value.str.contains(f"{flags}\\A(?:{body})\\z")


def digit(value: pl.Expr, position: int) -> pl.Expr:
    """Return the digit at `position`, from 0; null if there is none."""
    return value.str.slice(position, 1).cast(pl.Int16, strict=False)


def day(value: pl.Expr) -> pl.Expr:
    """Return the calendar day in any of the usual notations; null for none, or for a day no calendar has."""
    # Each parser sees only what may be its own: a failed parse costs far more than a null.
    first = value.str.slice(0, 10)
    return pl.coalesce(
        pl.when(value.str.slice(4, 1) == "-").then(first).str.to_date("%Y-%m-%d", strict=False),
        pl.when(value.str.slice(2, 1) == "/").then(first).str.to_date("%d/%m/%Y", strict=False),
        pl.when(value.str.contains(r"\A(?:[0-9]{8}|[0-9]{12})\z"))
        .then(value.str.slice(0, 8))
        .str.to_date("%Y%m%d", strict=False),
    )


def year(value: pl.Expr) -> pl.Expr:
    """Return the year of a date in any of the usual notations, also of one that is only a year or has day 00/00."""
    return pl.coalesce(
        value.str.extract(r"\A([0-9]{4})(?:-|\z|[0-9]{4}\z|[0-9]{8}\z)"),
        value.str.extract(r"\A[0-9]{2}/[0-9]{2}/([0-9]{4})\z"),
    ).cast(pl.Int32, strict=False)


def born(national_id: pl.Expr) -> pl.Expr:
    """Return the year of birth in a personal number: digit 4 gives century and sex, digits 5-6 the year.

    Decree 137/2015/NĐ-CP Art 13.
    """
    century = digit(national_id, 3) // 2
    return 1900 + 100 * century.cast(pl.Int32) + national_id.str.slice(4, 2).cast(pl.Int32, strict=False)


def is_female(gender: pl.Expr) -> pl.Expr:
    """Return whether the gender is female; null where it is neither or cannot be told.

    A column that holds 0 counts 0/1, and nothing says which is which; then digits tell nothing.
    """
    folded = gender.str.to_lowercase()
    two_way = (folded == "0").any()
    told = pl.when(folded.is_in(_FEMALE)).then(True).when(folded.is_in(_MALE)).then(False)
    return pl.when(two_way & folded.str.contains(r"\A[0-9]\z")).then(None).otherwise(told)


def tax_check(value: pl.Expr) -> pl.Expr:
    """Tell whether the tenth digit of an enterprise code is its check digit (Circular 105/2020/TT-BTC appendix 1)."""
    total = _weighted(value, range(9), _TAX_WEIGHTS)
    return (total % 11 != 0) & (digit(value, 9) == 10 - total % 11)


def luhn(value: pl.Expr) -> pl.Expr:
    """Tell whether a card number of up to 19 digits passes the Luhn check (ISO/IEC 7812-1)."""
    padded = value.str.replace_all("[ -]", "").str.zfill(_CARD_LENGTH)
    total: pl.Expr = pl.lit(0, pl.Int16)
    for position in range(_CARD_LENGTH):
        number = digit(padded, position)
        doubled = number * 2
        odd = (_CARD_LENGTH - 1 - position) % 2 == 1
        total = total + (pl.when(doubled > 9).then(doubled - 9).otherwise(doubled) if odd else number)
    return total % 10 == 0


def _weighted(value: pl.Expr, positions: Sequence[int], weights: Sequence[int]) -> pl.Expr:
    total: pl.Expr = pl.lit(0, pl.Int16)
    for position, weight in zip(positions, weights, strict=True):
        total = total + digit(value, position) * weight
    return total
