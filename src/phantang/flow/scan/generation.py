"""Generated columns of a table: which columns each of them is computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang import sql
from phantang.model.names import ColumnName
from phantang.model.schema import Generation, expression_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from phantang.model.schema import TableInfo


def generations(info: TableInfo, dialect: str) -> dict[str, Generation]:
    """Return what each generated column of a table of `dialect` reads; of an obscure expression, every other column."""
    names = [column.name for column in info.columns]
    return {
        column.name: Generation(
            tuple(name for name in sql.columns_read(column.generated, dialect, names) if name != column.name),
            expression_digest(column.generated),
        )
        for column in info.columns
        if column.generated is not None
    }


def made_of(
    infos: Iterable[tuple[TableInfo, Mapping[str, Generation]]],
) -> dict[ColumnName, tuple[ColumnName, ...]]:
    """Return the same of several tables, each column with its table."""
    return {
        ColumnName(info.name, column): tuple(ColumnName(info.name, name) for name in one.reads)
        for info, found in infos
        for column, one in found.items()
    }


def reading(found: Mapping[str, Generation], columns: Collection[str]) -> frozenset[str]:
    """Return `columns` and every generated column that is computed from one of them."""
    reached = set(columns)
    for _ in found:  # no chain is longer
        reached |= {name for name, one in found.items() if not reached.isdisjoint(one.reads)}
    return frozenset(reached)
