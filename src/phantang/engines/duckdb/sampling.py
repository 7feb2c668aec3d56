"""Which rows of a DuckDB table are looked at, and how their values become text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import duckdb

from phantang.engines.base import quoted
from phantang.engines.sampling import offset

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import pyarrow as pa

#: Types whose values are structures, or lists of them.
_STRUCTURE = re.compile(r"(STRUCT|MAP|UNION)\(")


def pick(
    cursor: duckdb.DuckDBPyConnection,
    relation: str,
    wanted: str,
    columns: Sequence[str],
    limit: int | None,
    seed: int,
    read: Callable[[duckdb.DuckDBPyRelation, int | None], pa.Table],
    stored: int | None = None,
) -> tuple[pa.Table, str]:
    """Return at most `limit` rows of the `wanted` expressions, as `read` reads them, and the name of the method.

    `relation` is quoted, `columns` are all that it has. `stored` is how many rows it stores, deleted ones too, if that
    is known: the highest row id is asked for only where rows of the sample are missing. Raises what DuckDB raises.
    """
    has_row_ids = "rowid" not in (column.lower() for column in columns)  # a column may hide them
    total = None
    if limit is not None and has_row_ids:
        total = _row_ids(cursor, relation) if stored is None else stored
    step = 1 if total is None or not limit else max(1, total // limit)
    every = f"SELECT {wanted} FROM {relation}"  # noqa: S608 - quoted
    if limit is None or step == 1:
        table = read(cursor.sql(every), limit)
        complete = total is not None and (total <= table.num_rows or table.num_rows < (limit or 0))
        return table, "all" if complete else "first_rows"
    first = offset(seed, step)
    table = read(cursor.sql(f"{every} WHERE rowid % {step} = {first}"), limit)
    if stored is not None and table.num_rows < min(limit, len(range(first, stored, step))):
        return pick(cursor, relation, wanted, columns, limit, seed, read)
    if 2 * table.num_rows < limit:  # most of these rows were deleted
        return read(cursor.sql(f"{every} LIMIT {limit}"), limit), "first_rows"
    return table, "row_id_stride"


def _row_ids(cursor: duckdb.DuckDBPyConnection, relation: str) -> int | None:
    """Return how many row ids there are, or `None` for a view. Every n-th is the cheapest even spread we measured.

    (Reservoir sampling reads ten times slower; `TABLESAMPLE` gives other rows at each call with several threads.)
    """
    try:
        highest = cursor.execute(f"SELECT max(rowid) FROM {relation}").fetchall()[0][0]  # noqa: S608 - quoted
    except duckdb.BinderException:  # a view has no row ids
        return None
    return 0 if highest is None else int(highest) + 1


def texts(shape: Collection[str], columns: Mapping[str, str], source: str) -> str:
    """Return what to select for the `columns` (name to type) of a row as text, in the order of the table.

    `shape` has all columns of the table. Text is taken as it is, and cut when it was read: an expression a column takes
    longer to plan than the rows to read. Raises `EngineError` `table_vanished` for a name that no database can hold.
    """
    left_out = [quoted(column, source) for column in shape if column not in columns]
    cast = [
        f"{_text(quoted(column, source), kind)} AS {quoted(column, source)}"
        for column, kind in columns.items()
        if kind != "VARCHAR"
    ]
    without = f" EXCLUDE ({', '.join(left_out)})" if left_out else ""
    return f"*{without} REPLACE ({', '.join(cast)})" if cast else f"*{without}"


def _text(name: str, kind: str) -> str:
    if "BLOB" in kind.upper() or kind.upper().startswith("BIT"):
        return "CAST(NULL AS VARCHAR)"
    # As JSON, a structure says its fields; DuckDB's own text of one quotes nothing.
    return f"CAST(to_json({name}) AS VARCHAR)" if _STRUCTURE.match(kind) else f"CAST({name} AS VARCHAR)"
