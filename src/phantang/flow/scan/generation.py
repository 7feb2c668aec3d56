"""Columns that the database computes from others, in a table or a view: which columns each of them is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phantang import sql
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.names import ColumnName
from phantang.model.schema import UNKNOWN, Generation, expression_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phantang.model.names import TableName
    from phantang.model.schema import ColumnInfo, TableInfo

#: What each computed column of each table is made of.
Generations = dict["TableName", dict[str, Generation]]


def generations(infos: Sequence[TableInfo], dialect: str) -> Generations:
    """Return what every computed column of a source reads: those of generated columns, and those of views.

    Of an obscure expression, every other column of its table; of a view whose text is not understood, every column it
    mentions, and nobody knows what else. Views of sources that no question is put to are not read.
    """
    assets = [_bare(info) for info in infos]
    return {
        info.name: _viewed(info, dialect, assets) if _is_view(info, dialect) else _own(info, dialect) for info in infos
    }


def _is_view(info: TableInfo, dialect: str) -> bool:
    return info.kind == "view" and dialect in sql.DIALECTS


def _bare(info: TableInfo) -> Asset:
    return Asset(info.name, tuple(ColumnEntry(one.name, one.type, Status.PROPOSED) for one in info.columns))


def _own(info: TableInfo, dialect: str) -> dict[str, Generation]:
    names = [column.name for column in info.columns]
    return {
        column.name: Generation(
            tuple(name for name in sql.columns_read(column.generated, dialect, names) if name != column.name),
            expression_digest(column.generated),
        )
        for column in info.columns
        if column.generated is not None
    }


def _viewed(info: TableInfo, dialect: str, assets: Sequence[Asset]) -> dict[str, Generation]:
    others = [asset for asset in assets if asset.name != info.name]
    text, digest = info.definition, info.structure or UNKNOWN
    read = sql.view_columns(text, dialect, info.name.schema, others) if text else None
    if read is not None and len(read) == len(info.columns):
        return {
            column.name: Generation(_written(one.sources), digest, unchanged=one.unchanged)
            for column, one in zip(info.columns, read, strict=True)
        }
    named = sql.mentioned(text, dialect, others) if text else ()
    reads = (*_written(named), UNKNOWN)  # what else, such as a function's, nobody knows
    return {column.name: Generation(reads, digest) for column in info.columns}


def _written(columns: Iterable[ColumnName]) -> tuple[str, ...]:
    return tuple(sorted({f"{one.table.local}.{one.column}" for one in columns}))


def made_of(found: Generations, infos: Sequence[TableInfo]) -> dict[ColumnName, tuple[ColumnName, ...]]:
    """Return the same with each column as the source names it; what is not there is left out."""
    called = {
        f"{info.name.local}.{one.name}": ColumnName(info.name, one.name) for info in infos for one in info.columns
    }
    own = {ColumnName(info.name, one.name) for info in infos for one in info.columns}

    def named(table: TableName, name: str) -> list[ColumnName]:
        near, far = ColumnName(table, name), called.get(name)
        return [*([near] if near in own else []), *([far] if far else [])]

    return {
        ColumnName(table, column): tuple(source for name in one.reads for source in named(table, name))
        for table, columns in found.items()
        for column, one in columns.items()
    }


def tables_read(made: Mapping[ColumnName, Sequence[ColumnName]]) -> dict[TableName, set[TableName]]:
    """Return, for each table with computed columns, every table that they are made of, however many steps away."""
    below: dict[TableName, set[TableName]] = {}
    for column, sources in made.items():
        below.setdefault(column.table, {column.table}).update(one.table for one in sources)
    changed = True
    while changed:
        changed = False
        for found in below.values():
            more = {further for table in found for further in below.get(table, ())} - found
            found.update(more)
            changed = changed or bool(more)
    return below


def reading(
    secret: Mapping[TableName, frozenset[str]], made: Mapping[ColumnName, Sequence[ColumnName]]
) -> dict[TableName, frozenset[str]]:
    """Return the columns in `secret`, and every one that is computed from one of them."""
    reached = {ColumnName(table, column) for table, columns in secret.items() for column in columns}
    for _ in made:  # no chain is longer
        more = {column for column, sources in made.items() if not reached.isdisjoint(sources)}
        if more <= reached:
            break
        reached |= more
    found: dict[TableName, frozenset[str]] = dict(secret)
    for one in reached:
        found[one.table] = found.get(one.table, frozenset()) | {one.column}
    return found


def marked(info: TableInfo, found: Mapping[str, Generation]) -> TableInfo:
    """Return `info` with the columns of a view that are no column unchanged marked as generated, as in a table."""

    def mark(column: ColumnInfo) -> ColumnInfo:
        one = found.get(column.name)
        computed = one is not None and not one.unchanged and column.generated is None
        return replace(column, generated="") if computed else column

    return replace(info, columns=tuple(map(mark, info.columns)))
