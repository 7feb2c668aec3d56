"""Coarser numbers: the lower end of the step a number lies in."""

from __future__ import annotations

import math

from sqlglot import exp

from phantang.model.errors import GuardError
from phantang.sql.language.families import INTEGER_RANGE, Family, canonical
from phantang.sql.rewriting.masking.target import Target, call, number, typed, when

#: Magnitudes between which a number other than 0 may be generalised; outside (and for infinities and NaN) the result
#: is NULL. PostgreSQL fails where a division comes too close to 0, and an error would tell of the value.
SMALLEST, LARGEST = 1e-30, 1_000_000_000_000


def step(target: Target, name: str) -> float:
    """Return a width of 1e-9 to 1e12 from the parameters. Raises `GuardError` `mask_params` for anything else."""
    value = target.params.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise GuardError("mask_params", name=name)
    if not 1e-9 <= value <= 1e12:
        raise GuardError("mask_params", name=name)
    return float(value)


def bucket(target: Target, width: float) -> exp.Expr | None:
    """Return the lower end of the step the value lies in."""
    if target.family is Family.INTEGER:
        return _integer_bucket(target, width)
    if target.family not in {Family.DECIMAL, Family.FLOAT}:
        return None
    inverse = round(1 / width)
    value = exp.Cast(this=target.column(), to=exp.DataType.build("DOUBLE PRECISION", dialect="postgres"))
    if width < 1 and math.isclose(inverse * width, 1.0, rel_tol=1e-12):  # 0.01: floor(x * 100) / 100, exact to the cent
        floor = call("floor", exp.Mul(this=value, expression=number(inverse)))
        lower: exp.Expr = _divided(floor, float(inverse), target)
    else:
        floor = call("floor", _divided(value, width, target))
        lower = exp.Mul(this=floor, expression=number(width))
    size = exp.Between(this=call("abs", target.column()), low=number(SMALLEST), high=number(LARGEST))
    return when(exp.Or(this=exp.EQ(this=target.column(), expression=number(0)), expression=size), typed(lower, target))


def _divided(value: exp.Expr, divisor: float, target: Target) -> exp.Expr:
    """Divide as the engine does: sqlglot adds casts and NULL checks unless told which division is meant."""
    return exp.Div(this=value, expression=number(divisor), typed=target.dialect == "postgres", safe=False)


def _integer_bucket(target: Target, step: float) -> exp.Expr | None:
    low, high = INTEGER_RANGE[canonical(target.type)[0]]
    width = int(step)
    if width != step or width > high // 4:
        return None
    remainder = exp.Mod(this=target.column(), expression=number(width))
    up = exp.Paren(this=exp.Add(this=exp.Paren(this=remainder), expression=number(width)))
    offset = exp.Paren(this=exp.Mod(this=up, expression=number(width)))
    bound = low + width
    floor: exp.Expr = number(bound) if bound >= 0 else exp.Neg(this=number(-bound))
    inside = exp.GTE(this=target.column(), expression=floor if low else number(0))
    return when(inside, typed(exp.Sub(this=target.column(), expression=offset), target))
