"""What a mask is applied to, and the pieces every mask is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.families import Family, canonical, family

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.model.decision import Scalar


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


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Build a call that is written exactly so in every dialect."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def text(value: str) -> exp.Expr:
    """Build a text literal."""
    return exp.Literal.string(value)


def number(value: float) -> exp.Expr:
    """Build the literal of a number that is not negative."""
    return exp.Literal.number(repr(value))


def concat(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Join two texts; NULL if either is."""
    return exp.DPipe(this=left, expression=right)


def cast(value: exp.Expr, kind: str, target: Target) -> exp.Expr:
    """Cast to a type named as the dialect names it."""
    return exp.Cast(this=value, to=exp.DataType.build(kind, dialect=target.dialect))


def typed(value: exp.Expr, target: Target) -> exp.Expr:
    """Cast back to the column's type; length limits are dropped, a mask may be longer than the value."""
    name, parameters = canonical(target.type)
    spelled = f"{name}({', '.join(map(str, parameters))})" if name == "DECIMAL" and parameters else name
    safe = target.dialect == "duckdb" and name == "DECIMAL"  # rounding away from zero may not fit DECIMAL(p, s)
    if target.dialect == "postgres" and name == "DECIMAL":
        spelled = name
    return (exp.TryCast if safe else exp.Cast)(this=value, to=exp.DataType.build(spelled, dialect=target.dialect))


def when(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Return `value` where `condition` holds, else NULL; `value` is evaluated nowhere else."""
    return exp.Case(ifs=[exp.If(this=condition, true=value)])
