"""Coarser dates: the start of the month, the year, or a band of years."""

from __future__ import annotations

from sqlglot import exp

from phantang.model.errors import GuardError
from phantang.sql.language.families import Family
from phantang.sql.rewriting.masking.target import Target, call, cast, number, text, typed, when

#: Outside these days engines overflow, or hold infinities; the result is NULL there.
_FIRST_DAY, _LAST_DAY = "0001-01-02", "9999-12-30"
WIDEST_BAND = 100


def truncated(target: Target, unit: str) -> exp.Expr | None:
    """Return the start of the year or month."""
    if target.family not in {Family.DATE, Family.TIMESTAMP}:
        return None
    value = target.column()
    if target.family is Family.DATE:
        value = cast(value, "TIMESTAMP", target)
    start = typed(call("date_trunc", text(unit), value), target)
    return when(_within(target, _FIRST_DAY), start)


def year(target: Target) -> exp.Expr | None:
    """Return the first day of the year."""
    return truncated(target, "year")


def band(target: Target) -> exp.Expr | None:
    """Return 1 January of the first year of the band: with a width of 10, all of 1980 to 1989 is 1980-01-01."""
    if target.family not in {Family.DATE, Family.TIMESTAMP}:
        return None
    width = target.params.get("width")
    if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= WIDEST_BAND:
        raise GuardError("mask_params", name="width")
    first = exp.Sub(this=_year_of(target), expression=exp.Mod(this=_year_of(target), expression=number(width)))
    start = typed(call("make_date", first, number(1), number(1)), target)
    return when(_within(target, f"{width:04}-01-02"), start)


def _year_of(target: Target) -> exp.Expr:
    return cast(call("date_part", text("year"), target.column()), "INTEGER", target)


def _within(target: Target, first: str) -> exp.Expr:
    low, high = (cast(text(day), "DATE", target) for day in (first, _LAST_DAY))
    return exp.Between(this=target.column(), low=low, high=high)
