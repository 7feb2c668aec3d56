"""Row filters: structured predicates to SQL over raw columns. Literals are typed by the column, never spliced."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate
from phantang.model.errors import GuardError
from phantang.sql.families import Family, compared_as
from phantang.sql.refusal import refuse, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.model.catalog import Asset
    from phantang.model.decision import Predicate, Scalar

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "eq": exp.EQ,
    "ne": exp.NEQ,
    "lt": exp.LT,
    "lte": exp.LTE,
    "gt": exp.GT,
    "gte": exp.GTE,
}
_WHOLE = re.compile(r"-?\d{1,18}")


def render(
    predicate: Predicate, asset: Asset, lookups: Mapping[str, exp.Literal], column: Callable[[str], exp.Expr]
) -> exp.Expr:
    """Return `predicate` as a condition; `column` builds a reference to a raw column.

    Raises `GuardError` `row_filter` for a predicate the catalog or the contract does not know, and `Refused`
    `lookup_missing` when the rows must be looked up but the query holds no literal.
    """
    if isinstance(predicate, CompoundPredicate):
        return _compound([render(operand, asset, lookups, column) for operand in predicate.operands], predicate)
    entry = asset.column(predicate.field)
    if entry is None:
        raise GuardError("row_filter", name=shown(f"{asset.name.local}.{predicate.field}"))
    target = column(predicate.field)
    if isinstance(predicate, LookupPredicate):
        literal = lookups.get(predicate.field)
        if literal is None:
            raise refuse("lookup_missing", f"{asset.name.table}.{predicate.field}")
        return exp.EQ(this=target, expression=literal.copy())
    return _field(predicate, target, compared_as(entry.type))


def _field(predicate: FieldPredicate, target: exp.Expr, kind: Family) -> exp.Expr:
    if predicate.operator in ("in", "nin"):
        if not isinstance(predicate.value, tuple) or not predicate.value:
            raise GuardError("row_filter", name=shown(predicate.field))
        member = exp.In(this=target, expressions=[_literal(value, kind, predicate.field) for value in predicate.value])
        return member if predicate.operator == "in" else exp.Not(this=member)
    comparison = _COMPARISONS.get(predicate.operator)
    if comparison is None or isinstance(predicate.value, tuple):
        raise GuardError("row_filter", name=shown(predicate.field))
    return comparison(this=target, expression=_literal(predicate.value, kind, predicate.field))


def _compound(operands: list[exp.Expr], predicate: CompoundPredicate) -> exp.Expr:
    if predicate.operator == "not" and len(operands) == 1:
        return exp.Not(this=exp.Paren(this=operands[0]))
    if predicate.operator not in ("and", "or") or not operands:
        raise GuardError("row_filter", name=shown(predicate.operator))
    connector = exp.And if predicate.operator == "and" else exp.Or
    result = operands[0]
    for operand in operands[1:]:
        result = connector(this=result, expression=operand)
    return exp.Paren(this=result) if len(operands) > 1 else result


def _literal(value: Scalar, kind: Family, name: str) -> exp.Expr:
    """Return a literal of the column's own kind; anything else would leave the comparison to the engine's coercions."""
    if kind is Family.BOOLEAN and isinstance(value, bool):
        return exp.Boolean(this=value)
    if kind is Family.TEXT and isinstance(value, str) and "\x00" not in value and "\\" not in value:
        return exp.Literal.string(value)
    if kind is Family.INTEGER and not isinstance(value, (bool, float)) and _WHOLE.fullmatch(str(value)):
        return _signed(int(value))
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if kind in {Family.DECIMAL, Family.FLOAT} and numeric:
        return _signed(float(value))
    raise GuardError("row_filter", name=shown(name))


def _signed(value: float) -> exp.Expr:
    literal = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=literal) if value < 0 else literal
