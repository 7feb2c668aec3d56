"""What a database says of itself: tables, columns, keys. Adapters produce it, classifiers and the catalog use it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phantang.model.names import TableName


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column as introspected. `type` is the engine's own spelling in upper case: `VARCHAR`, `INTEGER[]`.

    `generated` is the expression that the database computes it by, as the database spells it; `None` for a plain one.
    """

    name: str
    type: str
    nullable: bool = True
    comment: str | None = None
    generated: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table refer to `to` of `table`, position by position."""

    columns: tuple[str, ...]
    table: TableName
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table or view as introspected. `rows` is exact or the engine's estimate; `None` if it has neither.

    `structure` is `structure_digest` of it: what a query depends on beside the values. `definition` is the text of a
    view, which may hold values: it is kept nowhere.
    """

    name: TableName
    columns: tuple[ColumnInfo, ...]
    kind: str = "table"
    comment: str | None = None
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: int | None = None
    structure: str | None = None
    definition: str | None = None


def structure_digest(
    kind: str, columns: Iterable[Sequence[object]], definition: str | None, below: Sequence[object] = ()
) -> str:
    """Return `sha256:...` over what makes a table the one that was classified, without keeping any of it.

    `kind` is the engine's word for table or view, `columns` one sequence a column in physical order (name, type,
    whatever position the engine keeps when a column is dropped, and the expression of a generated one), `definition`
    the text of a view, `below` the views and functions that it reads through, in an order of their own. Two
    tables that differ in any of these differ here; comments, keys, row counts and values do not count.
    """
    parts: list[object] = [kind, [list(column) for column in columns], definition]
    if definition is not None:  # a view scanned before its columns were followed (ADR 0012) is to be scanned again
        parts.append("followed")
    text = json.dumps([*parts, list(below)] if below else parts, ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generated column, or one of a view, is made of.

    `reads` are columns of its own table, or of others as `schema.table.column`; `UNKNOWN` is nobody knows what.
    `expression` is `expression_digest` of its text, or the structure digest of its view. `judged` tells that a person
    said of this very expression what it shows, and why; otherwise it counts as no less than what it reads.
    `unchanged`: it is the one column it reads, as it is.
    """

    reads: tuple[str, ...]
    expression: str
    judged: bool = False
    unchanged: bool = False


#: Stands in `Generation.reads` for what cannot be told; no column is called so.
UNKNOWN = "?"


def expression_digest(expression: str) -> str:
    """Return `sha256:...` of the text of an expression, which may hold values and is kept nowhere."""
    return "sha256:" + hashlib.sha256(expression.encode("utf-8", "surrogatepass")).hexdigest()


def digested(column: ColumnInfo, *more: object) -> tuple[object, ...]:
    """Return what `structure_digest` takes of a column, with whatever `more` its engine knows."""
    return (column.name, column.type, *more, *([column.generated] if column.generated is not None else []))


@dataclass(frozen=True, slots=True)
class Link:
    """One step along a foreign key: `column` of a row holds `key`, the whole primary key, of the row of `table`."""

    column: str
    table: TableName
    key: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The way from a row to the person it is about: `links` one after the other, then `unit` of the last table."""

    links: tuple[Link, ...]
    unit: str
