"""The guard's check of raw join keys: compared for equality with a key under the same mask, used for nothing else.

The order that a join by sorting gives its rows must not be seen, so the SELECT around it returns groups or totals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.model.errors import GuardError
from phantang.sql.guarding.syntax import is_aggregate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.decision import ColumnDecision
    from phantang.sql.guarding.guarded import Guarded

KEY = re.compile(r"__phantang_key\d+_\d+")
_TEXTUAL = re.compile(r"VARCHAR|TEXT|CHARACTER VARYING|STRING")


def is_injective(decided: ColumnDecision, column_type: str) -> bool:
    """Tell whether two masked values are equal exactly where the raw bytes are."""
    base = re.sub(r"\(.*?\)", "", column_type.upper()).strip()
    return decided.mask in {Mask.HASH, Mask.TOKEN} and _TEXTUAL.fullmatch(base) is not None


def shown(column: str, dialect: str) -> str:
    """Return how a derived table shows the raw bytes of `column`."""
    return f"encode({column})" if dialect == "duckdb" else f"convert_to({column}, 'UTF8')"


def check(outside: Sequence[exp.Expr], tables: Sequence[Guarded], dialect: str) -> None:
    """Raise `GuardError` unless every key stands in an equality with a key that is masked alike."""
    owners = {name: table for table in tables for name in table.keys}
    if not owners:
        return
    if len(owners) != sum(len(table.keys) for table in tables):
        raise GuardError("guard_failed", name="join key")
    for node in outside:
        if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
            raise GuardError("guard_failed", name="join key")
        if isinstance(node, exp.Identifier) and node.name in owners:
            select = node.find_ancestor(exp.Select)
            if not _compared(node, owners) or select is None or not _counts(select, dialect):
                raise GuardError("guard_failed", name=f"join key {node.name}")


def _counts(select: exp.Select, dialect: str) -> bool:
    """Tell whether a SELECT returns groups or totals by aggregates that no order of rows changes."""
    aggregates = {id(node): type(node).__name__ for node in select.walk() if is_aggregate(node, dialect)}
    grouped = bool(select.args.get("group"))
    grouped = grouped or any(id(node) in aggregates for one in select.selects for node in one.walk())
    windows = any(True for _ in select.find_all(exp.Window))
    return grouped and not windows and set(aggregates.values()) <= {"Count", "Sum", "Avg", "Min", "Max"}


def _compared(node: exp.Identifier, owners: dict[str, Guarded]) -> bool:
    column = node.parent
    equality = column.parent if column is not None else None
    while isinstance(equality, exp.Paren):
        equality = equality.parent
    if not isinstance(column, exp.Column) or type(equality) is not exp.EQ:
        return False
    masks = []
    for side in (equality.this.unnest(), equality.expression.unnest()):
        owner = owners.get(side.name) if isinstance(side, exp.Column) else None
        if owner is None or side.table != owner.alias or set(side.args) - {"this", "table"}:
            return False
        masks.append(owner.keys[side.name])
    return masks[0] == masks[1]
