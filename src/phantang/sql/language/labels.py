"""The name an output column gets when the query gives it none."""

from __future__ import annotations

from sqlglot import exp

from phantang.sql.language.duckdb_text import duckdb_text

_SQL_TYPE_NAMES = {"INT": "int4", "BIGINT": "int8", "SMALLINT": "int2", "DOUBLE": "float8", "FLOAT": "float4",
                   "BOOLEAN": "bool", "DECIMAL": "numeric", "CHAR": "bpchar"}  # fmt: skip
_NAMED = {"Case": "case", "If": "case", "Coalesce": "coalesce", "Greatest": "greatest", "Least": "least",
          "Nullif": "nullif", "Array": "array", "Exists": "exists", "Explode": "unnest", "Variance": "var_samp",
          "CurrentDate": "current_date", "CurrentTimestamp": "current_timestamp", "Pow": "power", "Corr": "corr",
          "BitwiseAndAgg": "bit_and", "BitwiseOrAgg": "bit_or", "BitwiseXorAgg": "bit_xor", "GroupConcat": "string_agg",
          "VariancePop": "var_pop", "LogicalAnd": "bool_and", "LogicalOr": "bool_or",
          "StrPosition": "position"}  # fmt: skip


def label(node: exp.Expr, dialect: str) -> str:
    """Return the engine's default name of an output expression.

    PostgreSQL: FigureColname in src/backend/parser/parse_target.c. DuckDB: the text of the expression, as its own
    printer words it.
    """
    return _postgres(node) or "?column?" if dialect == "postgres" else duckdb_text(node)


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
    if isinstance(node, exp.Trim):
        return {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "btrim")
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
