"""PostgreSQL through psycopg 3: read-only transactions, server-side parameters and cursors, results as Arrow.

Every statement runs as `DECLARE ... CURSOR FOR` it, over the extended protocol: the server itself then refuses anything
but one query. The transaction is always rolled back, so settings a query changed are gone as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from phantang.engines import postgres_catalog
from phantang.engines.base import (
    HOUSEKEEPING_TIMEOUT,
    SAMPLE_TEXT,
    clean_sql,
    count_distinct,
    qualified,
    quoted,
    shielded,
)
from phantang.engines.postgres_session import ERRORS, Session, query, query_error

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from types import TracebackType
    from typing import Self

    import psycopg

    from phantang.engines.urls import PostgresTarget
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

#: A table of at most this many bytes is sampled row by row; a larger one by whole pages.
SMALL = 8 * 2**20
PAGE = 8192
#: Rows a page of a table never analysed.
GUESSED_DENSITY = 50.0

#: Columns the account may read, in order; raises `undefined_table` for a table that is not there.
_READABLE = """
SELECT a.attname::text AS name FROM pg_attribute a WHERE a.attrelid = '{literal}'::regclass AND a.attnum > 0
  AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') ORDER BY a.attnum
"""
_PHYSICAL = """
SELECT c.relkind::text AS kind, pg_relation_size(c.oid) AS bytes, c.reltuples::float8 AS tuples, c.relpages AS pages
FROM pg_class c WHERE c.oid = '{literal}'::regclass
"""


class PostgresEngine:
    """`Engine` on one PostgreSQL database: one connection, calls take turns, a lost connection is opened again."""

    dialect = "postgres"

    def __init__(self, target: PostgresTarget) -> None:
        """Connect. Raises `EngineError` `source_unreachable`, `source_auth` or `source_database_missing`."""
        self.source = target.source
        self._session = Session(target)

    def __repr__(self) -> str:
        return f"PostgresEngine({self.source!r})"

    @shielded(ERRORS, query_error)
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`."""
        with self._session.transaction(HOUSEKEEPING_TIMEOUT) as cursor:
            return postgres_catalog.read(self.source, lambda sql: query(cursor, sql).to_pylist())

    def sample(self, name: TableName, limit: int) -> dict[str, list[str | None]]:
        """See `Engine.sample`."""
        table = self._pick(name, limit, as_text=True)
        return {field: table.column(field).to_pylist() for field in table.column_names}

    def fetch(self, name: TableName, limit: int | None) -> pa.Table:
        """See `Engine.fetch`."""
        return self._pick(name, limit, as_text=False)

    @shielded(ERRORS, query_error)
    def _pick(self, name: TableName, limit: int | None, *, as_text: bool) -> pa.Table:
        relation = qualified(name, self.source)
        literal = relation.replace("'", "''")  # standard_conforming_strings is on: no other character is special
        with self._session.transaction(HOUSEKEEPING_TIMEOUT) as cursor:
            cursor.execute(b"SET LOCAL max_parallel_workers_per_gather = 0")  # for one order of rows
            readable = query(cursor, _READABLE.format(literal=literal)).column("name").to_pylist()
            wanted = ", ".join(quoted(field, self.source) for field in readable)
            if as_text:
                shape = query(cursor, f"SELECT {wanted} FROM {relation} LIMIT 0")  # noqa: S608 - quoted
                wanted = ", ".join(self._text(field.name, field.type) for field in shape.schema)
            every = f"SELECT {wanted} FROM {relation}"  # noqa: S608 - quoted
            for clause in [] if limit is None else self._sampling(cursor, literal, limit):
                table = query(cursor, every + clause)
                if limit is not None and 2 * table.num_rows >= limit:
                    return _spread(table, limit)
            return query(cursor, every, max_rows=limit)

    def _sampling(self, cursor: psycopg.Cursor, literal: str, limit: int) -> list[str]:
        """Return `TABLESAMPLE` clauses to try: for about twice `limit` rows, then more; none to read all rows."""
        (physical,) = query(cursor, _PHYSICAL.format(literal=literal)).to_pylist()
        if physical["kind"] not in ("r", "m"):
            return []
        analysed = physical["tuples"] > 0 and physical["pages"] > 0
        density = physical["tuples"] / physical["pages"] if analysed else GUESSED_DENSITY
        size = physical["bytes"]
        share = 200.0 * limit / max(density * size / PAGE, 1.0)
        method = "BERNOULLI" if size <= SMALL else "SYSTEM"
        return [f" TABLESAMPLE {method} ({p:.6f}) REPEATABLE (42)" for p in (share, 10 * share) if p < 100]

    def _text(self, field: str, kind: pa.DataType) -> str:
        name = quoted(field, self.source)
        if pa.types.is_binary(kind):
            return f"NULL::text AS {name}"
        return f"left({name}::text, {SAMPLE_TEXT}) AS {name}"

    @shielded(ERRORS, query_error)
    def run(
        self, sql: str, parameters: Sequence[bytes | str] = (), *, timeout: float, max_rows: int | None = None
    ) -> pa.Table:
        """See `Engine.run`."""
        clean_sql(sql, self.source)
        with self._session.transaction(timeout) as cursor:
            return query(cursor, sql, parameters, timeout=timeout, max_rows=max_rows)

    @shielded(ERRORS, query_error)
    def structures(self, names: Collection[TableName]) -> dict[TableName, str]:
        """See `Engine.structures`."""
        with self._session.transaction(HOUSEKEEPING_TIMEOUT) as cursor:
            return postgres_catalog.structures(self.source, lambda sql: query(cursor, sql).to_pylist(), names)

    def count_distinct(self, name: TableName, column: str, timeout: float) -> int | None:
        """See `Engine.count_distinct`."""
        return count_distinct(self, name, column, timeout)

    @shielded(ERRORS, query_error)
    def ping(self) -> None:
        """See `Engine.ping`."""
        with self._session.transaction(5.0) as cursor:
            cursor.execute(b"SELECT 1")

    def close(self) -> None:
        """See `Engine.close`."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _spread(table: pa.Table, limit: int) -> pa.Table:
    """Return `limit` rows evenly spaced over `table`, so that its end is not lost."""
    if table.num_rows <= limit:
        return table
    return table.take(pa.array([row * table.num_rows // limit for row in range(limit)], pa.int64()))
