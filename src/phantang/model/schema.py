"""What a database says of itself: tables, columns, keys. Adapters produce it, classifiers and the catalog use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantang.model.names import TableName


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as introspected. `type` is the engine's own spelling in upper case: `VARCHAR`, `INTEGER[]`."""

    name: str
    type: str
    nullable: bool = True
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table refer to `to` of `table`, position by position."""

    columns: tuple[str, ...]
    table: TableName
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view as introspected. `rows` is exact or the engine's estimate; `None` if it has neither."""

    name: TableName
    columns: tuple[ColumnInfo, ...]
    kind: str = "table"
    comment: str | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: int | None = None
