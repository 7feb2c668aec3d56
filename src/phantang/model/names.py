"""Full names of tables and columns. Nothing in the house is ever matched by a bare table name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table as its database spells it: exact case, no quoting."""

    source: str
    schema: str
    table: str

    @property
    def local(self) -> str:
        """Return `schema.table`, the key used inside decisions, which concern one source."""
        return f"{self.schema}.{self.table}"

    def __str__(self) -> str:
        return f"{self.source}.{self.schema}.{self.table}"


@dataclass(frozen=True, slots=True, order=True)
class ColumnName:
    """A column of a base table."""

    table: TableName
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"
