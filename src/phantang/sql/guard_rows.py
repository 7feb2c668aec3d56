"""What the row filters of a table must look like, told a second time and as text (see `guard_masks`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate
from phantang.model.errors import GuardError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.model.catalog import Asset
    from phantang.model.decision import Predicate, Scalar

_SIGNS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_TEXTUAL = ("VARCHAR", "TEXT", "CHAR", "BPCHAR", "STRING")


def expected(
    predicates: tuple[Predicate, ...], asset: Asset, column: Callable[[str], str], literals: Mapping[str, str]
) -> str:
    """Return the condition all rows of `asset` must meet, or `""` for none. `literals` are those found per column."""
    return " AND ".join(_text(one, asset, column, literals) for one in predicates)


def _text(predicate: Predicate, asset: Asset, column: Callable[[str], str], literals: Mapping[str, str]) -> str:
    if isinstance(predicate, CompoundPredicate):
        parts = [_text(one, asset, column, literals) for one in predicate.operands]
        if predicate.operator == "not":
            return f"NOT ({parts[0]})"
        joined = f" {predicate.operator.upper()} ".join(parts)
        return f"({joined})" if len(parts) > 1 else joined
    if isinstance(predicate, LookupPredicate):
        if predicate.field not in literals:
            raise GuardError("guard_failed", name=f"lookup {predicate.field}")
        return f"{column(predicate.field)} = {literals[predicate.field]}"
    return _comparison(predicate, asset, column)


def _comparison(predicate: FieldPredicate, asset: Asset, column: Callable[[str], str]) -> str:
    entry = asset.column(predicate.field)
    textual = entry is not None and entry.type.upper().startswith(_TEXTUAL)
    fractional = entry is not None and entry.type.upper().startswith(("DOUBLE", "DECIMAL", "NUMERIC", "REAL", "FLOAT"))
    if isinstance(predicate.value, tuple):
        members = ", ".join(_literal(value, textual=textual, fractional=fractional) for value in predicate.value)
        member = f"{column(predicate.field)} IN ({members})"
        return f"NOT {member}" if predicate.operator == "nin" else member
    value = _literal(predicate.value, textual=textual, fractional=fractional)
    return f"{column(predicate.field)} {_SIGNS[predicate.operator]} {value}"


def _literal(value: Scalar, *, textual: bool, fractional: bool) -> str:
    if textual:
        return "'" + str(value).replace("'", "''") + "'"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return repr(float(value)) if fractional else str(int(value))
