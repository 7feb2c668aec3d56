"""DuckDB results as Arrow tables that every consumer can read (polars, CSV, Python), without losing anything."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

#: Types whose Arrow form polars or Python cannot hold; they travel as DuckDB's text. The choice never looks at values.
#: ENUM too: its Arrow form is a dictionary of every label there is, whatever rows and values the answer holds.
_AS_TEXT = re.compile(r"ENUM\(|INTERVAL|\bBIT\b|BIGNUM|GEOMETRY|VARIANT|TIME WITH TIME ZONE|UNION\(")
_NESTED = re.compile(r"\]$|^(STRUCT|MAP|UNION)\(")
_DATES = re.compile(r"DATE|TIMESTAMP")
#: Rows that DuckDB works on at once: no more than these have uncut texts.
_VECTOR = 2_048


def portable(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """Return `relation` with the columns of awkward types cast to text; names, order and rows stay."""
    texts = [_needs_text(str(kind)) for kind in relation.types]
    if not any(texts):
        return relation
    wanted = []
    for position, (name, text) in enumerate(zip(relation.columns, texts, strict=True), 1):
        quoted = '"' + name.replace('"', '""') + '"'
        wanted.append(f"CAST(#{position} AS VARCHAR) AS {quoted}" if text else f"#{position} AS {quoted}")
    return relation.project(", ".join(wanted))


def _needs_text(kind: str) -> bool:
    if _AS_TEXT.search(kind):
        return True
    return bool(_NESTED.search(kind) and _DATES.search(kind))  # an infinite date inside cannot be looked for


def finish(
    cursor: duckdb.DuckDBPyConnection,
    relation: duckdb.DuckDBPyRelation,
    max_rows: int | None = None,
    *,
    batch: int = 16_384,
) -> pa.Table:
    """Read at most `max_rows` rows of `relation`, stopping the query once they are there."""
    table = _read(relation, max_rows, batch, lambda piece: piece)
    for position, field in enumerate(table.schema):
        if _beyond_calendar(table.column(position)):
            text = cursor.from_arrow(pa.table({"x": table.column(position)})).project("CAST(x AS VARCHAR)")
            table = table.set_column(position, field.name, text.to_arrow_table().column(0).cast(pa.string()))
    return table


def read_texts(relation: duckdb.DuckDBPyRelation, max_rows: int | None, length: int) -> pa.Table:
    """Read at most `max_rows` rows of `relation`, all of it text, each value cut to `length` characters at once."""
    return _read(relation, max_rows, _VECTOR, partial(_cut, length=length))


def _read(
    relation: duckdb.DuckDBPyRelation,
    max_rows: int | None,
    batch: int,
    each: Callable[[pa.RecordBatch], pa.RecordBatch],
) -> pa.Table:
    reader = relation.to_arrow_reader(batch)
    batches: list[pa.RecordBatch] = []
    missing = max_rows
    with reader:
        while missing is None or missing > 0:
            try:
                piece = reader.read_next_batch()
            except StopIteration:
                break
            batches.append(each(piece if missing is None else piece.slice(0, missing)))
            missing = None if missing is None else missing - piece.num_rows
        return pa.Table.from_batches(batches, schema=reader.schema)


def _cut(batch: pa.RecordBatch, length: int) -> pa.RecordBatch:
    """Return `batch`, all of it text, with texts of at most `length` characters; none has more of them than bytes."""
    # All columns are asked at once, as each question costs more than its answer; mostly no text is too long.
    if batch.nbytes <= length or _longest(pa.chunked_array(batch.columns)) <= length:
        return batch
    columns = [
        pc.utf8_slice_codeunits(column, 0, length) if _longest(column) > length else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _longest(texts: pa.Array | pa.ChunkedArray) -> int:
    """Return the bytes of the longest of `texts`, 0 if there is none."""
    return int(pc.max(pc.binary_length(texts)).as_py() or 0)


def _beyond_calendar(column: pa.ChunkedArray) -> bool:
    """Tell whether a date or time stamp is infinite or outside the years 1 to 9999, where Python's calendar ends."""
    kind = column.type
    if pa.types.is_date(kind):
        first: pa.Scalar = pa.scalar(date.min, kind)
        last: pa.Scalar = pa.scalar(date.max, kind)
    elif pa.types.is_timestamp(kind) and kind.unit != "ns":
        zone = None if kind.tz is None else UTC
        first = pa.scalar(datetime.min.replace(tzinfo=zone), kind)
        last = pa.scalar(datetime.max.replace(microsecond=0, tzinfo=zone), kind)
    else:
        return False
    outside = pc.or_(pc.less(column, first), pc.greater(column, last))
    return bool(pc.any(outside).as_py())
