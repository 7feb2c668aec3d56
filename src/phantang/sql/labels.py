"""The name an output column gets when the query gives it none."""

from __future__ import annotations

import re

from sqlglot import exp

#: DuckDB quotes a name in the text of an expression only where it must.
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SQL_TYPE_NAMES = {"INT": "int4", "BIGINT": "int8", "SMALLINT": "int2", "DOUBLE": "float8", "FLOAT": "float4",
                   "BOOLEAN": "bool", "DECIMAL": "numeric", "CHAR": "bpchar"}  # fmt: skip
_NAMED = {"Case": "case", "If": "case", "Coalesce": "coalesce", "Greatest": "greatest", "Least": "least",
          "Nullif": "nullif", "Array": "array", "Exists": "exists", "Explode": "unnest", "Variance": "var_samp",
          "CurrentDate": "current_date", "CurrentTimestamp": "current_timestamp"}  # fmt: skip


def label(node: exp.Expr, dialect: str) -> str:
    """Return the engine's default name of an output expression.

    PostgreSQL: FigureColname in src/backend/parser/parse_target.c. DuckDB: the text of the expression, which its
    own printer words; ours is a close rendering for reports.
    """
    if dialect == "postgres":
        return _postgres(node) or "?column?"
    bare = node.copy()
    for name in bare.find_all(exp.Identifier):
        name.set("quoted", not _SIMPLE.fullmatch(name.this))
    return bare.sql(dialect, comments=False, normalize_functions="lower")


def _postgres(node: exp.Expr) -> str | None:
    kind = type(node).__name__
    if isinstance(node, (exp.Column, exp.Alias)):
        return node.alias_or_name
    if kind in {"Paren", "Window", "Filter", "WithinGroup", "Collate", "IgnoreNulls", "Bracket"}:
        return _postgres(node.this)
    if isinstance(node, exp.Cast):
        return _postgres(node.this) or _type_name(node)
    if isinstance(node, exp.Subquery):
        inner = node.unnest()
        return _postgres(inner.selects[0]) if isinstance(inner, exp.Query) and inner.selects else None
    if isinstance(node, exp.Case):
        default = node.args.get("default")
        return (_postgres(default) if isinstance(default, (exp.Column, exp.Func)) else None) or "case"
    written = node.meta.get("name") if isinstance(node, exp.Func) else None
    if written:
        return str(written).lower()
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    if kind in _NAMED:
        return _NAMED[kind]
    if isinstance(node, exp.Func) and not isinstance(node, (exp.Binary, exp.Connector)):
        return node.sql_name().lower()
    return None


def _type_name(node: exp.Cast) -> str:
    if isinstance(node.this, exp.Literal) and node.to.this is exp.DType.INTERVAL:
        return "interval"
    name = node.to.this.name if isinstance(node.to.this, exp.DType) else "interval"
    return _SQL_TYPE_NAMES.get(name, name.lower())
