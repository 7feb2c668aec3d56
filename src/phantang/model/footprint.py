"""What a query reads and how: the part of a query that policy may look at. It holds no literal of the query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from phantang.model.names import ColumnName, TableName


class Use(StrEnum):
    """How a column enters the answer.

    `aggregate` means only inside a counting or averaging aggregate (`count`, `sum`, `avg`, `stddev`, ...), be it shown
    or what groups are filtered and sorted by; an aggregate that can return a value it saw (`min`, `max`, `string_agg`,
    ...) is `output`. `lookup` means an equality with one
    literal that every row of the table in this query must satisfy; anything weaker is `filter`.
    """

    OUTPUT = "output"
    FILTER = "filter"
    JOIN = "join"
    GROUP = "group"
    ORDER = "order"
    AGGREGATE = "aggregate"
    LOOKUP = "lookup"


@dataclass(frozen=True, slots=True)
class TableUse:
    """A base table the query reads and the uses of each of its columns; every occurrence of the table is included."""

    table: TableName
    columns: tuple[tuple[str, frozenset[Use]], ...]


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of the answer and every base column that can influence its values through its expression.

    `sources` is empty for a constant. Influence through filters or grouping is in the uses, not here. `unchanged`: it
    is the one base column of `sources`, as it is.
    """

    name: str
    sources: tuple[ColumnName, ...]
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """Facts about the statement as a whole.

    `aggregate_only`: one flat SELECT whose every output is an aggregate, a group key or a constant, over base tables
    joined directly, so that a group-size condition can be attached to it. `limit` is the literal row limit, if any.
    """

    aggregate_only: bool = False
    grouped: bool = False
    distinct: bool = False
    limit: int | None = None
    joins: int = 0
    subqueries: int = 0
    set_operations: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the facts by name, as policy and `explain --format json` have them."""
        return {slot: getattr(self, slot) for slot in self.__slots__}


@dataclass(frozen=True, slots=True)
class Footprint:
    """`source` is the one database the query runs on; `fingerprint` identifies the statement with literals removed."""

    source: str
    statement: str
    tables: tuple[TableUse, ...]
    outputs: tuple[OutputColumn, ...]
    shape: Shape
    fingerprint: str

    def to_json(self) -> dict[str, Any]:
        """Return the footprint as printed by `explain --format json`; lists are sorted, so equal is equal text."""
        return {
            "source": self.source,
            "statement": self.statement,
            "tables": [
                {
                    "name": use.table.local,
                    "columns": [{"name": n, "uses": sorted(uses)} for n, uses in sorted(use.columns)],
                }
                for use in sorted(self.tables, key=lambda use: use.table)
            ],
            "shape": self.shape.to_json(),
            "sql_fingerprint": self.fingerprint,
        }
