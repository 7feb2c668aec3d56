"""The SQL of every mask. One function a mask; each is total: no value makes it fail, NULL stays NULL.

A mask keeps the column's type, so that filters, joins and drivers go on working. One that does not fit the type
becomes a typed NULL, which is stricter than every mask.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.model.errors import GuardError
from phantang.sql.families import INTEGER_RANGE, Family, canonical, family

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.model.decision import Scalar

#: Upper-case letters of Vietnamese beyond A to Z; any other letter outside ASCII is masked as lower case.
UPPER = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
#: Largest magnitude a generalised number may have; beyond it (and for infinities and NaN) the result is NULL.
MAGNITUDE = 1_000_000_000_000
_FIRST_DAY, _LAST_DAY = "0001-01-02", "9999-12-30"


@dataclass(frozen=True, slots=True)
class Target:
    """The column a mask is applied to. `column` builds a fresh reference to the raw column at every call."""

    dialect: str
    type: str
    column: Callable[[], exp.Expr]
    params: Mapping[str, Scalar]
    lookup: exp.Literal | None

    @property
    def family(self) -> Family:
        """Return the type family."""
        return family(self.type)


def masked(mask: Mask, target: Target) -> exp.Expr | None:
    """Return the expression that replaces the column, or `None` if the mask does not fit the column's type.

    Raises `GuardError` `mask_params` for parameters the decision contract does not know.
    """
    return _MASKS[mask](target)


def null(target: Target) -> exp.Expr:
    """Return NULL of exactly the column's type, whatever it is: the branch is never taken, engines fold it away."""
    return exp.Case(ifs=[exp.If(this=exp.false(), true=target.column())])


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: float) -> exp.Expr:
    return exp.Literal.number(repr(value))


def _concat(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.DPipe(this=left, expression=right)


def _typed(value: exp.Expr, target: Target) -> exp.Expr:
    """Cast back to the column's type; length limits are dropped, a mask may be longer than the value."""
    name, parameters = canonical(target.type)
    spelled = f"{name}({', '.join(map(str, parameters))})" if name == "DECIMAL" and parameters else name
    safe = target.dialect == "duckdb" and name == "DECIMAL"  # rounding away from zero may not fit DECIMAL(p, s)
    if target.dialect == "postgres" and name == "DECIMAL":
        spelled = name
    return (exp.TryCast if safe else exp.Cast)(this=value, to=exp.DataType.build(spelled, dialect=target.dialect))


def _letters(value: exp.Expr) -> exp.Expr:
    """Turn upper-case letters to X, digits to n, all else that is not plain ASCII punctuation to x (Ranger's MASK)."""
    for pattern, replacement in ((f"[A-Z{UPPER}]", "X"), ("[a-z]|[^ -~]", "x"), ("[0-9]", "n")):
        value = _call("regexp_replace", value, _text(pattern), _text(replacement), _text("g"))
    return value


def _none(target: Target) -> exp.Expr:
    return target.column()


def _null(target: Target) -> exp.Expr:
    return null(target)


def _mask(target: Target) -> exp.Expr | None:
    return _typed(_letters(target.column()), target) if target.family is Family.TEXT else None


def _show(target: Target, *, first: bool) -> exp.Expr | None:
    """Show four characters of a value that has more; mask a shorter one whole."""
    if target.family is not Family.TEXT:
        return None
    length = _call("length", target.column())
    rest = exp.Sub(this=length, expression=_number(4))
    ends = (_call("left", target.column(), _number(4)), _letters(_call("right", target.column(), rest)))
    if not first:
        ends = (_letters(_call("left", target.column(), rest)), _call("right", target.column(), _number(4)))
    long = exp.GT(this=length.copy(), expression=_number(4))
    shown = exp.Case(ifs=[exp.If(this=long, true=_concat(*ends))], default=_letters(target.column()))
    return _typed(shown, target)


def _sha256(value: exp.Expr, target: Target) -> exp.Expr:
    if target.dialect == "duckdb":
        return _call("sha256", value)
    return _call("encode", _call("sha256", _call("convert_to", value, _text("UTF8"))), _text("hex"))


def _hash(target: Target) -> exp.Expr | None:
    return _typed(_sha256(target.column(), target), target) if target.family is Family.TEXT else None


def _token(target: Target) -> exp.Expr | None:
    """`tk_` and 128 bits of sha256(key || value); the key is a bound parameter and never part of the text."""
    if target.family is not Family.TEXT:
        return None
    key = exp.Cast(this=exp.Parameter(this=_number(1)), to=exp.DataType.build("VARCHAR", dialect=target.dialect))
    digest = _sha256(_concat(key, target.column()), target)
    return _typed(_concat(_text("tk_"), _call("left", digest, _number(32))), target)


def _truncated(target: Target, unit: str) -> exp.Expr | None:
    """Return the start of the year or month; NULL outside the years 1 to 9999, where engines overflow."""
    if target.family not in {Family.DATE, Family.TIMESTAMP}:
        return None
    day = exp.DataType.build("DATE", dialect=target.dialect)
    bounds = {
        name: exp.Cast(this=_text(value), to=day.copy()) for name, value in (("low", _FIRST_DAY), ("high", _LAST_DAY))
    }
    value = target.column()
    if target.family is Family.DATE:
        value = exp.Cast(this=value, to=exp.DataType.build("TIMESTAMP", dialect=target.dialect))
    start = _typed(_call("date_trunc", _text(unit), value), target)
    return exp.Case(ifs=[exp.If(this=exp.Between(this=target.column(), **bounds), true=start)])


def _year(target: Target) -> exp.Expr | None:
    return _truncated(target, "year")


def _lookup(target: Target) -> exp.Expr | None:
    """Show the value the query itself looks up, where it matches; a query without a lookup sees nothing."""
    if target.lookup is None:
        return None
    match = exp.EQ(this=target.column(), expression=target.lookup.copy())
    return exp.Case(ifs=[exp.If(this=match, true=target.column())])


def _step(target: Target, name: str) -> float:
    value = target.params.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise GuardError("mask_params", name=name)
    if not 1e-9 <= value <= 1e12:
        raise GuardError("mask_params", name=name)
    return float(value)


def _divided(value: exp.Expr, divisor: float, target: Target) -> exp.Expr:
    """Divide as the engine does: sqlglot adds casts and NULL checks unless told which division is meant."""
    return exp.Div(this=value, expression=_number(divisor), typed=target.dialect == "postgres", safe=False)


def _bucket(target: Target, step: float) -> exp.Expr | None:
    """Return the lower end of the step the value lies in."""
    if target.family is Family.INTEGER:
        return _integer_bucket(target, step)
    if target.family not in {Family.DECIMAL, Family.FLOAT}:
        return None
    inverse = round(1 / step)
    value = exp.Cast(this=target.column(), to=exp.DataType.build("DOUBLE PRECISION", dialect="postgres"))
    if step < 1 and math.isclose(inverse * step, 1.0, rel_tol=1e-12):  # 0.01: floor(x * 100) / 100 is exact to the cent
        floor = _call("floor", exp.Mul(this=value, expression=_number(inverse)))
        lower: exp.Expr = _divided(floor, float(inverse), target)
    else:
        floor = _call("floor", _divided(value, step, target))
        lower = exp.Mul(this=floor, expression=_number(step))
    within = exp.Between(this=target.column(), low=exp.Neg(this=_number(MAGNITUDE)), high=_number(MAGNITUDE))
    return exp.Case(ifs=[exp.If(this=within, true=_typed(lower, target))])


def _integer_bucket(target: Target, step: float) -> exp.Expr | None:
    low, high = INTEGER_RANGE[canonical(target.type)[0]]
    width = int(step)
    if width != step or width > high // 4:
        return None
    remainder = exp.Mod(this=target.column(), expression=_number(width))
    up = exp.Paren(this=exp.Add(this=exp.Paren(this=remainder), expression=_number(width)))
    offset = exp.Paren(this=exp.Mod(this=up, expression=_number(width)))
    bound = low + width
    floor: exp.Expr = _number(bound) if bound >= 0 else exp.Neg(this=_number(-bound))
    inside = exp.GTE(this=target.column(), expression=floor if low else _number(0))
    return exp.Case(ifs=[exp.If(this=inside, true=_typed(exp.Sub(this=target.column(), expression=offset), target))])


def _generalize(target: Target) -> exp.Expr | None:
    kind = target.params.get("kind")
    if kind in ("month", "year"):
        return _truncated(target, str(kind))
    if kind == "grid":
        return _bucket(target, _step(target, "step"))
    if kind == "bucket":
        return _bucket(target, _step(target, "width"))
    raise GuardError("mask_params", name="kind")


_MASKS: dict[Mask, Callable[[Target], exp.Expr | None]] = {
    Mask.NONE: _none,
    Mask.LOOKUP: _lookup,
    Mask.GENERALIZE: _generalize,
    Mask.DATE_SHOW_YEAR: _year,
    Mask.SHOW_LAST_4: lambda target: _show(target, first=False),
    Mask.SHOW_FIRST_4: lambda target: _show(target, first=True),
    Mask.TOKEN: _token,
    Mask.HASH: _hash,
    Mask.MASK: _mask,
    Mask.NULL: _null,
}
