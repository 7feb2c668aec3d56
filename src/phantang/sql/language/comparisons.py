"""Comparisons that cannot fail: one column against literals, by operators that are total on the column's type.

No value of the column, seen or hidden, makes one of these raise, and no implicit cast is put on the column: a literal
is taken only in a form that both engines read as the column's own type. This is what PostgreSQL calls leakproof
(`pg_proc.proleakproof`); LIKE is not, there (an escape at the end of the pattern, some collations).

Whatever is asked of a literal's text here is part of its form in `phantang.sql.language.literals`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.families import Family, canonical, family

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_NEGATED = (exp.In, exp.Between, exp.Is)
#: Beyond this an IN list is not worth repeating.
MAX_MEMBERS = 1_000

_WHOLE = re.compile(r"\d{1,18}")
_NUMBER = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?")
#: Integers that every literal of up to 18 digits is compared with without a narrowing cast, in both engines.
_SIGNED = ("SMALLINT", "INTEGER", "BIGINT")


def compared(node: exp.Expr) -> tuple[exp.Column, Sequence[exp.Expr]] | None:
    """Return the column of a comparison and what it is compared with, `None` for any other condition.

    The forms are `= <> < <= > >=` either way round, `[NOT] IN (...)`, `[NOT] BETWEEN`, `IS [NOT] NULL`.
    """
    if isinstance(node, exp.Not):
        inner = bare(node.this)
        return compared(inner) if isinstance(inner, _NEGATED) else None
    if isinstance(node, _SIGNS):
        left, right = bare(node.this), bare(node.expression)
        if isinstance(right, exp.Column):
            left, right = right, left
        column, values = left, [right]
        if _extra(node, "this", "expression"):
            return None
    elif isinstance(node, exp.In):
        column, values = bare(node.this), node.expressions
        if not values or len(values) > MAX_MEMBERS or _extra(node, "this", "expressions"):
            return None
    elif isinstance(node, exp.Between):
        column, values = bare(node.this), [node.args["low"], node.args["high"]]
        if _extra(node, "this", "low", "high"):
            return None
    elif isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        column, values = bare(node.this), []
        if _extra(node, "this", "expression", "negate"):
            return None
    else:
        return None
    if not isinstance(column, exp.Column) or isinstance(column.this, exp.Star) or _extra(column, "this", "table"):
        return None
    return column, [bare(value) for value in values]


def rebuilt(node: exp.Expr, column: exp.Expr) -> exp.Expr:
    """Return a copy of a comparison known to `compared`, over `column` instead of its own and without parentheses."""
    copy = node.copy()
    for paren in list(copy.find_all(exp.Paren)):
        paren.replace(paren.this)
    for own in list(copy.find_all(exp.Column)):
        own.replace(column)
    return copy


def total(type_name: str, values: Sequence[exp.Expr]) -> bool:
    """Tell whether a column of `type_name` can be compared with `values` without any way to fail."""
    return all(_fits(type_name, value) for value in values)


def accepts_null(node: exp.Expr) -> bool:
    """Tell whether the comparison can hold where the column is NULL."""
    negated = False
    while isinstance(node, (exp.Not, exp.Paren)):
        negated ^= isinstance(node, exp.Not)
        node = node.this
    return isinstance(node, exp.Is) and negated == bool(node.args.get("negate"))


def bare(node: exp.Expr) -> exp.Expr:
    """Return `node` without the parentheses around it."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _extra(node: exp.Expr, *known: str) -> bool:
    return any(value not in (None, False, []) for name, value in node.args.items() if name not in known)


def _fits(type_name: str, value: exp.Expr) -> bool:
    kind = family(type_name)
    if kind is Family.BOOLEAN:
        return isinstance(value, exp.Boolean)
    if kind in {Family.DATE, Family.TIMESTAMP}:
        return _is_moment(type_name, value)
    negative = isinstance(value, exp.Neg)
    if negative:
        value = value.this
    if not isinstance(value, exp.Literal):
        return False
    text = value.this
    if kind is Family.TEXT:
        return bool(value.is_string) and not negative and "\\" not in text and "\x00" not in text
    if value.is_string:
        return False
    if kind is Family.INTEGER:
        return canonical(type_name)[0] in _SIGNED and _WHOLE.fullmatch(text) is not None
    if kind is Family.DECIMAL:
        return _is_decimal(type_name, text)
    return kind is Family.FLOAT and _NUMBER.fullmatch(text) is not None


def _is_decimal(type_name: str, text: str) -> bool:
    """Accept numbers the column itself could hold: otherwise DuckDB casts the column to a wider type, and may fail."""
    number = _NUMBER.fullmatch(text)
    parameters = canonical(type_name)[1]
    if number is None or not parameters or parameters[0] > 18:
        return False
    scale = parameters[1] if len(parameters) > 1 else 0
    return len(number[1]) <= parameters[0] - scale and len(number[2] or "") <= scale


def _is_moment(type_name: str, value: exp.Expr) -> bool:
    """Accept ISO dates and times that exist, alone or under a cast; DuckDB reads a literal when it meets a row."""
    kind = canonical(type_name)[0]
    if type(value) is exp.Cast and not _extra(value, "this", "to"):
        to = value.to
        named = to.this.name if isinstance(to.this, exp.DType) and not to.expressions else ""
        named = {"TIMESTAMPNTZ": "TIMESTAMP"}.get(named, named)
        if named != "DATE" and (kind, named) != ("TIMESTAMP", "TIMESTAMP"):
            return False
        kind, value = named, value.this
    return isinstance(value, exp.Literal) and value.is_string and is_moment(kind, value.this)


def is_moment(kind: str, text: str) -> bool:
    """Tell whether `text` is an ISO day (`DATE`), or a day with or without time (`TIMESTAMP`), that exists."""
    pattern = {"DATE": _DAY, "TIMESTAMP": _MOMENT}.get(kind)
    if pattern is None or pattern.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
