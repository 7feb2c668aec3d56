"""A sample database as data: statements that create it and Arrow tables to put into it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

_ARROW: Final[dict[pl.DataType, pa.DataType]] = {
    pl.String(): pa.string(),
    pl.Date(): pa.date32(),
    pl.Datetime("us"): pa.timestamp("us"),
    pl.Int32(): pa.int32(),
    pl.Float64(): pa.float64(),
}


@dataclass(frozen=True, slots=True)
class SampleDatabase:
    """One sample database.

    Args:
        name: the source, such as `dan_cu`.
        statements: DuckDB statements that create the tables and their comments in the current schema, in order.
        tables: rows by local table name, parents before children; columns stand in the order of the table.

    """

    name: str
    statements: tuple[str, ...]
    tables: Mapping[str, pa.Table]

    @classmethod
    def of(cls, name: str, **tables: pl.DataFrame) -> SampleDatabase:
        """Return the database called `name`, created by the statements of `data/<name>.sql`."""
        return cls(name, _statements(name), {table: _arrow(frame) for table, frame in tables.items()})


def _statements(name: str) -> tuple[str, ...]:
    text = resources.files(__package__).joinpath("data", f"{name}.sql").read_text(encoding="utf-8")
    return tuple(part.strip() for part in text.split(";\n") if part.strip())


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """Return the frame with plain Arrow types in one chunk, so that equal rows are equal bytes."""
    schema = pa.schema([(name, _ARROW[dtype]) for name, dtype in frame.schema.items()])
    return frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema).combine_chunks()
