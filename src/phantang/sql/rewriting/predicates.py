"""Row filters: structured predicates to SQL over raw columns. Literals are typed by the column, never spliced."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate, MembershipPredicate
from phantang.model.errors import GuardError
from phantang.sql.language.families import Family, canonical, compared_as
from phantang.sql.language.refusal import refuse, shown
from phantang.sql.rewriting.draft import base_table, identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

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
#: Texts in a list beyond which they are written as one literal that the engine splits (`tests/bench/filters.py`).
MANY = 50
_WHOLE = re.compile(r"-?\d{1,18}")


def render(
    predicate: Predicate, asset: Asset, lookups: Mapping[str, exp.Literal], assets: Mapping[str, Asset], dialect: str
) -> exp.Expr:
    """Return `predicate` as a condition on the rows of `asset`; `assets` are those of the source by `schema.table`.

    Raises `GuardError` `row_filter` for a predicate the catalog or the contract does not know, and `Refused`
    `lookup_missing` when the rows must be looked up but the query holds no literal.
    """
    if isinstance(predicate, CompoundPredicate):
        return _compound(
            [render(operand, asset, lookups, assets, dialect) for operand in predicate.operands], predicate
        )
    entry = asset.column(predicate.field)
    if entry is None:
        raise GuardError("row_filter", name=shown(f"{asset.name.local}.{predicate.field}"))
    target = _column(asset, predicate.field)
    if isinstance(predicate, MembershipPredicate):
        return _membership(predicate, target, entry.type, assets, dialect)
    if isinstance(predicate, LookupPredicate):
        literal = lookups.get(predicate.field)
        if literal is None:
            raise refuse("lookup_missing", f"{asset.name.table}.{predicate.field}")
        return exp.EQ(this=target, expression=literal.copy())
    return _field(predicate, target, compared_as(entry.type), dialect)


def _column(asset: Asset, name: str) -> exp.Expr:
    return exp.Column(this=identifier(name), table=identifier(asset.name.table))


def _membership(
    predicate: MembershipPredicate, target: exp.Expr, kind: str, assets: Mapping[str, Asset], dialect: str
) -> exp.Expr:
    """Return `target IN (SELECT ...)`. The inner table hides an outer one of the same name, as it should."""
    other = assets.get(predicate.table)
    entry = other.column(predicate.column) if other is not None else None
    if other is None or entry is None or not _alike(kind, entry.type):
        raise GuardError("row_filter", name=shown(f"{predicate.table}.{predicate.column}"))
    inner = exp.Select(expressions=[_column(other, predicate.column)])
    inner.set("from_", exp.From(this=base_table(other.name)))
    conditions = [render(one, other, {}, assets, dialect) for one in predicate.where]
    if conditions:
        everything = conditions[0]
        for condition in conditions[1:]:
            everything = exp.And(this=everything, expression=condition)
        inner.set("where", exp.Where(this=everything))
    return exp.In(this=target, query=exp.Subquery(this=inner))


def _alike(one: str, other: str) -> bool:
    """Tell whether two columns compare without a cast that could fail on a value."""
    kind = compared_as(one)
    if kind is not compared_as(other) or kind is Family.OTHER:
        return False
    return kind in {Family.TEXT, Family.INTEGER} or canonical(one) == canonical(other)


def _field(predicate: FieldPredicate, target: exp.Expr, kind: Family, dialect: str) -> exp.Expr:
    if predicate.operator in ("in", "nin"):
        if not isinstance(predicate.value, tuple) or not predicate.value:
            raise GuardError("row_filter", name=shown(predicate.field))
        values = predicate.value
        member: exp.Expr
        if (
            kind is Family.TEXT
            and len(values) > MANY
            and all(isinstance(one, str) and "," not in one for one in values)
        ):
            member = _among(target, _literal(",".join(map(str, values)), kind, predicate.field), dialect)
        else:
            member = exp.In(this=target, expressions=[_literal(value, kind, predicate.field) for value in values])
        return member if predicate.operator == "in" else exp.Not(this=member)
    comparison = _COMPARISONS.get(predicate.operator)
    if comparison is None or isinstance(predicate.value, tuple):
        raise GuardError("row_filter", name=shown(predicate.field))
    return comparison(this=target, expression=_literal(predicate.value, kind, predicate.field))


def _among(target: exp.Expr, listed: exp.Expr, dialect: str) -> exp.Expr:
    """Ask for one of many texts as one literal: thousands would take longer to plan than the query takes to run.

    PostgreSQL folds the array into a constant, looked up as a list is, by hash or index; DuckDB joins with it.
    """
    comma = exp.Literal.string(",")
    if dialect == "postgres":
        array = exp.Anonymous(this="string_to_array", expressions=[listed, comma])
        return exp.EQ(this=target, expression=exp.Any(this=exp.Paren(this=array)))
    array = exp.Anonymous(this="string_split", expressions=[listed, comma])
    rows = exp.Select(expressions=[exp.Anonymous(this="unnest", expressions=[array])])
    return exp.In(this=target, query=exp.Subquery(this=rows))


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
