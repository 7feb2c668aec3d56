"""What the row filters of a table must look like, told a second time and as text (see `masks.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate, MembershipPredicate
from phantang.model.errors import GuardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.catalog import Asset
    from phantang.model.decision import Predicate, Scalar

_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_MANY = {
    "duckdb": "{column} IN (SELECT unnest(string_split({texts}, ',')))",
    "postgres": "{column} = ANY(string_to_array({texts}, ','))",
}
_TEXTUAL = ("VARCHAR", "TEXT", "CHAR", "BPCHAR", "STRING")


def expected(
    predicates: tuple[Predicate, ...],
    asset: Asset,
    literals: Mapping[str, str],
    assets: Mapping[str, Asset],
    dialect: str,
) -> str:
    """Return the condition all rows of `asset` must meet, or `""` for none. `literals` are those found per column."""
    return " AND ".join(_text(one, asset, literals, assets, dialect) for one in predicates)


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _text(
    predicate: Predicate, asset: Asset, literals: Mapping[str, str], assets: Mapping[str, Asset], dialect: str
) -> str:
    if isinstance(predicate, CompoundPredicate):
        parts = [_text(one, asset, literals, assets, dialect) for one in predicate.operands]
        if predicate.operator == "not":
            return f"NOT ({parts[0]})"
        joined = f" {predicate.operator.upper()} ".join(parts)
        return f"({joined})" if len(parts) > 1 else joined
    column = _quoted(asset.name.table, predicate.field)
    if isinstance(predicate, LookupPredicate):
        if predicate.field not in literals:
            raise GuardError("guard_failed", name=f"lookup {predicate.field}")
        return f"{column} = {literals[predicate.field]}"
    if isinstance(predicate, MembershipPredicate):
        other = assets.get(predicate.table)
        if other is None or other.column(predicate.column) is None:
            raise GuardError("guard_failed", name=f"membership in {predicate.table}"[:80])
        table, key = _quoted(other.name.schema, other.name.table), _quoted(other.name.table, predicate.column)
        condition = expected(predicate.where, other, {}, assets, dialect)
        return f"{column} IN (SELECT {key} FROM {table}{' WHERE ' if condition else ''}{condition})"  # noqa: S608 - compared, never run
    return _comparison(predicate, asset, column, dialect)


def _comparison(predicate: FieldPredicate, asset: Asset, column: str, dialect: str) -> str:
    entry = asset.column(predicate.field)
    textual = entry is not None and entry.type.upper().startswith(_TEXTUAL)
    fractional = entry is not None and entry.type.upper().startswith(("DOUBLE", "DECIMAL", "NUMERIC", "REAL", "FLOAT"))
    if isinstance(predicate.value, tuple):
        values = [str(value) for value in predicate.value]
        if textual and len(values) > 50 and not any("," in value for value in values):
            texts = _literal(",".join(values), textual=True, fractional=False)
            member = _MANY[dialect].replace("{column}", column).replace("{texts}", texts)
        else:
            members = ", ".join(_literal(value, textual=textual, fractional=fractional) for value in predicate.value)
            member = f"{column} IN ({members})"
        return f"NOT {member}" if predicate.operator == "nin" else member
    value = _literal(predicate.value, textual=textual, fractional=fractional)
    return f"{column} {_SIGNS[predicate.operator]} {value}"


def _literal(value: Scalar, *, textual: bool, fractional: bool) -> str:
    if textual:
        return "'" + str(value).replace("'", "''") + "'"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(float(value)) if fractional else str(int(value))
