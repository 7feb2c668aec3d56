"""Expressions that no value of a row makes fail: whether an error comes would tell whether there is such a person.

`allow/certain.yaml` is the list. Beside it: casts by the types of the catalog, arithmetic with small constants, and
comparisons that put no implicit cast on a text (DuckDB reads `name = 1` as `CAST(name AS INTEGER) = 1`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from phantang.sql.language.allowlist import allow_list, listed_name, read
from phantang.sql.language.comparisons import is_moment
from phantang.sql.language.families import Family, compared_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SIGNS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod)
_SMALL = re.compile(r"\d{1,4}(\.\d{1,4})?")
_TEXTS = {"TEXT", "VARCHAR", "NVARCHAR", "CHAR", "BPCHAR"}
_ZONED = {"AtTimeZone", "timezone"}
_PARTS = {
    "Extract", "DateTrunc", "TimestampTrunc", "DateDiff", "date_part", "date_trunc", "datetrunc", "datepart",
    "date_diff", "datediff",
}  # fmt: skip
_DATED = {"century", "decade", "year", "quarter", "month", "week", "day", "dow", "isodow", "doy", "hour", "minute"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ"}


@cache
def _lists() -> dict[str, Any]:
    content = read("certain")
    names = {name for group in content["certain"] for kind in ("allow", "plain") for name in group.get(kind, ())}
    return {**content, "names": names}


def uncertain(written: Sequence[exp.Expr], dialect: str, type_of: Callable[[exp.Column], str]) -> str | None:
    """Return what may fail on a value of one row, `None` if nothing does. `type_of` gives a column's type."""
    aggregate = allow_list(dialect).is_aggregate
    above: set[int] = set()
    for node in written:
        one = node if aggregate(node) else None
        while one is not None and id(one) not in above:
            above.add(id(one))
            one = one.parent
    rows = (node for node in written if id(node) not in above)
    return next((listed_name(node) for node in rows if not _is_certain(node, aggregate, type_of)), None)


def _is_certain(node: exp.Expr, aggregate: Callable[[exp.Expr], bool], type_of: Callable[[exp.Column], str]) -> bool:
    name = listed_name(node)
    if type(node) is exp.Cast:
        return _cast(node.this.unnest(), node.to, type_of)
    if isinstance(node, _ARITHMETIC):
        holder = node.parent
        while isinstance(holder, exp.Paren):
            holder = holder.parent
        if holder is not None and aggregate(holder):  # a sum or product of two columns: `group_size` sees to that
            return True
        return _arithmetic(node, type_of)
    if isinstance(node, (exp.Like, exp.ILike)):
        return isinstance(node.expression, exp.Literal) and "\\" not in node.expression.this
    if name in {"make_date", "DateFromParts"}:
        return is_moment("DATE", "-".join(one.name.zfill(2) for one in node.iter_expressions()))
    if name not in _lists()["names"]:
        return False
    if isinstance(node, _SIGNS):
        return _alike([node.this, node.expression], type_of)
    if isinstance(node, exp.In):
        return _alike([node.this, *node.expressions], type_of)
    if isinstance(node, exp.Between):
        return _alike([node.this, node.args["low"], node.args["high"]], type_of)
    return _named(node, name)


def _named(node: exp.Expr, name: str) -> bool:
    """Tell whether the parts of a moment, zones and lengths of time that a node names are known."""
    if isinstance(node, exp.Interval):
        return isinstance(node.this, exp.Literal) and re.fullmatch(r"\d{1,3}", node.this.this) is not None
    words = [one.name.lower() for one in node.iter_expressions() if _is_text(one) or isinstance(one, exp.Var)]
    if name in _ZONED:
        return bool(words) and all(word in _lists()["zones"] for word in words)
    if name in _PARTS:
        return all(word in _lists()["units"] for word in words)
    return True


def _cast(value: exp.Expr, to: exp.Expr, type_of: Callable[[exp.Column], str]) -> bool:
    if to.this == exp.DType.USERDEFINED and isinstance(to.args.get("kind"), str):  # as it was written: `spelling`
        to = _written(to.args["kind"])
    target = to.this.name if isinstance(to.this, exp.DType) else ""
    if target in _TEXTS and not to.expressions:
        return True
    if isinstance(value, exp.Literal):
        return _reads(value.name, target)
    if isinstance(value, (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)):
        return target in {"BOOLEAN", "INT", "BIGINT", "DOUBLE", "FLOAT"}
    if isinstance(value, exp.Column):
        allowed = _lists()["casts"].get(compared_as(type_of(value)).value, ())
        return target.lower() in allowed
    if isinstance(value, exp.Cast):
        return target in {"DATE", "TIMESTAMP", "TIMESTAMPTZ"} and value.to.this in {
            exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPNTZ,
        }  # fmt: skip
    if listed_name(value) in {"DateTrunc", "TimestampTrunc", "date_trunc"}:
        return target in _DAYS
    if isinstance(value, (exp.Floor, exp.Ceil, exp.Round, exp.Null)) and target == "DOUBLE":
        return True
    return _is_bounded(value) and target in {"SMALLINT", "INT", "BIGINT", "DOUBLE", "DECIMAL"}


def _is_bounded(node: exp.Expr) -> bool:
    """Tell whether a number is made of a part of a moment by small constants: far from the bounds of every type."""
    factors = 0
    while True:
        if isinstance(node, (exp.Floor, exp.Ceil, exp.Round, exp.Trunc, exp.Paren, exp.Cast)):
            node = node.this
        elif isinstance(node, _ARITHMETIC):
            factors += isinstance(node, exp.Mul)
            one, other = node.this.unnest(), node.expression.unnest()
            if isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)) and not (_is_small(other) and float(other.this) >= 1):
                return False
            if not (_is_small(one) or _is_small(other)):
                return False
            node = other if _is_small(one) else one
        else:
            parts = isinstance(node, (exp.Year, exp.Month, exp.Day))
            return factors <= 1 and (parts or (isinstance(node, exp.Extract) and node.name.lower() in _DATED))


@cache
def _written(kind: str) -> exp.DataType:
    try:
        return exp.DataType.build(kind, dialect="duckdb")
    except (SqlglotError, ValueError):
        return exp.DataType(this=exp.DType.UNKNOWN)


def readable(text: str) -> tuple[bool, ...]:
    """Return as which types a text can be read: all that is asked here of one that a cached plan is used for."""
    return tuple(_reads(text, target) for target in ("TIMESTAMP", "TIME", "INTERVAL", "INT", "DOUBLE"))


def _reads(text: str, target: str) -> bool:
    """Tell whether an engine reads a literal as a type, whatever becomes of it."""
    if target in _DAYS:
        return is_moment("TIMESTAMP", re.sub(r"T(\d\d:\d\d:\d\d)(\.\d{1,6})?Z?$", r" \1", text))
    if target == "TIME":
        return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text) is not None
    if target == "INTERVAL":
        return re.fullmatch(r"\d{1,3} (year|month|week|day|hour|minute|second)s?", text) is not None
    if target in {"INT", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL"}:
        return re.fullmatch(r"\d{1,9}", text) is not None or (
            target not in {"INT", "BIGINT"} and re.fullmatch(r"\d{1,9}\.\d{1,9}", text) is not None
        )
    return target in _TEXTS


def _arithmetic(node: exp.Expr, type_of: Callable[[exp.Column], str]) -> bool:
    """Tell whether one operand is a small constant, which a division does not divide by if it is zero, or a moment."""
    left, right = node.this.unnest(), node.expression.unnest()
    if isinstance(node, (exp.Div, exp.IntDiv, exp.Mod)):
        return _is_small(right) and float(right.this) != 0
    if isinstance(node, exp.Mul):
        # What was divided before, or cut to a part of a moment, is far from every bound.
        if _is_bounded(node):
            return True
        value, factor = (right, left) if _is_small(left) else (left, right)
        while isinstance(value, (exp.Floor, exp.Trunc, exp.Round, exp.Paren)):
            value = value.this
        if isinstance(value, exp.Column) and compared_as(type_of(value)) is Family.FLOAT:
            return _is_small(factor)
        divided = isinstance(value, (exp.Div, exp.IntDiv)) and _is_small(value.expression.unnest())
        return divided and _is_small(factor) and float(factor.this) <= float(value.expression.unnest().this)
    if any(isinstance(one, (exp.Add, exp.Sub)) for one in (left, right)):
        return False
    return (
        any(_is_small(one) or _is_interval(one) for one in (left, right))
        or all(isinstance(one, exp.Column) for one in (left, right))
        or all(isinstance(one, (exp.Extract, exp.Year, exp.Month, exp.Mul)) for one in (left, right))
    )


def _is_interval(node: exp.Expr) -> bool:
    """Tell whether a node is a time that a moment is moved by; how long it may be is asked where it is written."""
    return isinstance(node, exp.Interval) or (type(node) is exp.Cast and node.to.this == exp.DType.INTERVAL)


def _is_small(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and _SMALL.fullmatch(node.this) is not None


def _alike(sides: Sequence[exp.Expr], type_of: Callable[[exp.Column], str]) -> bool:
    """Tell whether a comparison puts no cast on a text that could fail."""
    plain = [one.unnest() for one in sides]
    families = set(_families(plain, type_of))
    if Family.TEXT in families:
        return families == {Family.TEXT} and all(_is_text(one) for one in plain if isinstance(one, exp.Literal))
    texts = [one for one in plain if _is_text(one)]
    if families & {Family.DATE, Family.TIMESTAMP}:
        return all(_reads(one.name, "TIMESTAMP") for one in texts)
    return not (families & {Family.INTEGER, Family.DECIMAL, Family.FLOAT, Family.BOOLEAN} and texts)


def _families(sides: Sequence[exp.Expr], type_of: Callable[[exp.Column], str]) -> Iterator[Family]:
    for one in sides:
        if isinstance(one, exp.Column):
            yield compared_as(type_of(one))
        elif isinstance(one, (exp.Boolean, exp.Predicate)):
            yield Family.BOOLEAN
        elif isinstance(one, exp.Literal) and not one.is_string:
            yield Family.INTEGER
        elif isinstance(one, (exp.Upper, exp.Lower, exp.Trim, exp.Concat, exp.Replace, exp.DPipe)):
            yield Family.TEXT


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)
