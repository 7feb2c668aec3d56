"""Parquet files and folders of them that make one table; only row groups that the sample needs are read."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from phantang.engines.sampling import Sample, Sampling, evenly, offset
from phantang.model.errors import EngineError
from phantang.model.schema import ColumnInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Row groups a sample is put together from.
GROUPS = 25
#: Rows decoded of a row group at most, beyond those that the sample takes.
DECODED = 20_000
ERRORS = (pa.ArrowException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns, and for each row group: its file, its number in it, and its rows."""

    columns: tuple[ColumnInfo, ...]
    groups: tuple[tuple[Path, int, int], ...]
    schema: pa.Schema

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(count for _, _, count in self.groups)


def look(paths: Sequence[Path], source: str) -> Layout:
    """Return the layout of files that make one table, from their footers. Raises `source_file_damaged`."""
    groups: list[tuple[Path, int, int]] = []
    schema: pa.Schema | None = None
    try:
        for path in paths:
            with pq.ParquetFile(path) as file:
                schema = schema or file.schema_arrow
                meta = file.metadata
                groups += [(path, number, meta.row_group(number).num_rows) for number in range(meta.num_row_groups)]
    except PermissionError:
        raise
    except ERRORS:
        schema = None
    if schema is None:
        raise EngineError("source_file_damaged", source=source)
    columns = tuple(ColumnInfo(field.name, _type(field.type), field.nullable) for field in schema)
    return Layout(columns, tuple(groups), schema)


def draw(layout: Layout, sampling: Sampling, source: str) -> Sample:
    """Return a sample. Raises `EngineError` `source_file_damaged`, `query_timeout`."""
    fields = [field for field in layout.schema if field.name not in sampling.without]
    limit, length = sampling.fit(len(fields))
    try:
        pieces, method = _read(layout, [f.name for f in fields if not _is_binary(f.type)], limit, sampling)
        rows = sum(piece.num_rows for piece in pieces)
        values: dict[str, list[str | None]] = {}
        for field in fields:
            values[field.name] = []
            for piece in pieces:
                values[field.name] += (
                    [None] * piece.num_rows if _is_binary(field.type) else _texts(piece.column(field.name), length)
                )
        return Sample(values, method, rows)
    except TimeoutError:
        problem = "query_timeout"
    except (*ERRORS, KeyError):  # the last: a file of the folder lacks a column
        problem = "source_file_damaged"
    raise EngineError(problem, source=source)


def _read(layout: Layout, names: list[str], limit: int, sampling: Sampling) -> tuple[list[pa.RecordBatch], str]:
    """Return batches with about the same number of rows from each chosen row group."""
    full = [group for group in layout.groups if group[2]]
    chosen = full
    if len(full) > GROUPS:
        shift = offset(sampling.seed, len(full) // GROUPS)
        chosen = [full[(at * len(full) // GROUPS + shift) % len(full)] for at in range(GROUPS)]
    deadline = time.monotonic() + sampling.seconds
    total = sum(count for _, _, count in chosen)
    pieces: list[pa.RecordBatch] = []
    left = limit
    complete = len(chosen) == len(full)
    for at, (path, number, count) in enumerate(chosen):
        want = min(count, max(1, -(-left // (len(chosen) - at)))) if total > limit else count
        want = min(want, left)
        seen = min(count, want + DECODED)
        complete = complete and seen == count and want == count
        with pq.ParquetFile(path) as file:
            batches = list(file.iter_batches(batch_size=seen, row_groups=[number], columns=names, use_threads=False))[
                :1
            ]
        for batch in batches:
            picked = batch.take(pa.array(evenly(batch.num_rows, want, sampling.seed), pa.int64()))
            pieces.append(picked)
            left -= picked.num_rows
        if time.monotonic() > deadline:
            raise TimeoutError
        if left <= 0:
            complete = complete and at == len(chosen) - 1
            break
    return pieces, "all" if complete else "row_groups"


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _texts(column: pa.Array, length: int) -> list[str | None]:
    """Return values as a database writes them; lists and structures as JSON."""
    if pa.types.is_nested(column.type):
        return [
            None if one is None else json.dumps(one, ensure_ascii=False, default=str)[:length]
            for one in column.to_pylist()
        ]
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        text = pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return [None if one is None else str(one)[:length] for one in column.to_pylist()]
    cut: list[str | None] = pc.utf8_slice_codeunits(text, 0, length).to_pylist()
    return cut


def _type(kind: pa.DataType) -> str:
    """Return a type in the spelling of SQL."""
    plain: dict[str, str] = {
        "string": "VARCHAR",
        "large_string": "VARCHAR",
        "binary": "BLOB",
        "large_binary": "BLOB",
        "double": "DOUBLE",
        "float": "FLOAT",
        "bool": "BOOLEAN",
        "date32[day]": "DATE",
        "int8": "TINYINT",
        "int16": "SMALLINT",
        "int32": "INTEGER",
        "int64": "BIGINT",
        "uint8": "UTINYINT",
        "uint16": "USMALLINT",
        "uint32": "UINTEGER",
        "uint64": "UBIGINT",
    }
    if pa.types.is_dictionary(kind):
        return _type(kind.value_type)
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP WITH TIME ZONE" if kind.tz else "TIMESTAMP"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"{_type(kind.value_type)}[]"
    if pa.types.is_fixed_size_binary(kind):
        return "BLOB"
    return plain.get(str(kind), str(kind).partition("<")[0].partition("[")[0].upper())
