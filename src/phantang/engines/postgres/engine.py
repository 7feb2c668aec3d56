"""PostgreSQL through psycopg 3: read-only transactions, server-side parameters and cursors, results as Arrow.

Every statement runs as `DECLARE ... CURSOR FOR` it, over the extended protocol: the server itself then refuses anything
but one query. The transaction is always rolled back, so settings a query changed are gone as well.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from phantang.engines.base import (
    HOUSEKEEPING_TIMEOUT,
    Capabilities,
    Closing,
    clean_sql,
    count_distinct,
    qualified,
    quoted,
    shielded,
)
from phantang.engines.postgres import catalog
from phantang.engines.postgres.session import ERRORS, Session, query, query_error, query_text
from phantang.engines.sampling import SEED, Sample, Sampling, evenly

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import psycopg

    from phantang.engines.urls import PostgresTarget
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

#: A table of at most this many bytes is sampled row by row; a larger one by whole pages.
SMALL = 8 * 2**20
PAGE = 8192
#: Rows a page of a table never analysed.
GUESSED_DENSITY = 50.0
#: Seconds that a scan waits for a table that another session has locked against readers (ALTER, TRUNCATE, VACUUM FULL).
LOCK_WAIT = 5.0

#: Columns the account may read, in order; raises `undefined_table` for a table that is not there. `composite` says that
#: a value has fields: a row type, an array of one, or a domain over either.
_READABLE = """
SELECT a.attname::text AS name, EXISTS (
    SELECT 1 FROM pg_type t LEFT JOIN pg_type b ON b.oid = t.typbasetype
      JOIN pg_type e ON e.oid IN (t.oid, t.typelem, b.oid, b.typelem) WHERE t.oid = a.atttypid AND e.typtype = 'c'
  ) AS composite
FROM pg_attribute a WHERE a.attrelid = '{literal}'::regclass AND a.attnum > 0
  AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') ORDER BY a.attnum
"""
_PHYSICAL = """
SELECT c.relkind::text AS kind, pg_relation_size(c.oid) AS bytes, c.reltuples::float8 AS tuples, c.relpages AS pages
FROM pg_class c WHERE c.oid = '{literal}'::regclass
"""


class PostgresEngine(Closing):
    """`Engine` on one PostgreSQL database: one connection, calls take turns, a lost connection is opened again."""

    dialect = "postgres"
    capabilities = Capabilities(query=True, statistics=True, views=True, keys=True, comments=True, timeout=True)

    def __init__(self, target: PostgresTarget) -> None:
        """Connect. Raises `EngineError` `source_unreachable`, `source_auth` or `source_database_missing`."""
        self.source = target.source
        self._session = Session(target)

    def __repr__(self) -> str:
        return f"PostgresEngine({self.source!r})"

    @shielded(ERRORS, query_error)
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`."""
        with self._session.transaction(HOUSEKEEPING_TIMEOUT, lock=LOCK_WAIT) as cursor:
            return catalog.read(self.source, lambda sql: query(cursor, sql).to_pylist())

    @shielded(ERRORS, query_error)
    def unreadable(self) -> dict[TableName, int | None]:
        """See `Engine.unreadable`: what the server's catalog lists without a SELECT or a USAGE for the account."""
        with self._session.transaction(HOUSEKEEPING_TIMEOUT) as cursor:
            return catalog.unreadable(self.source, lambda sql: query(cursor, sql).to_pylist())

    @shielded(ERRORS, query_error)
    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`: the server's counters of rows written, and the file they are in."""
        with self._session.transaction(HOUSEKEEPING_TIMEOUT, lock=LOCK_WAIT) as cursor:
            return catalog.statistics(self.source, lambda sql: query(cursor, sql).to_pylist())

    def sample(self, name: TableName, limit: int) -> dict[str, list[str | None]]:
        """See `Engine.sample`."""
        return self.draw(name, Sampling(limit)).values

    @shielded(ERRORS, query_error)
    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`."""
        relation = qualified(name, self.source)
        with self._session.transaction(sampling.seconds, lock=LOCK_WAIT) as cursor:
            readable = self._readable(cursor, relation)
            if not readable:  # the server says why, if it is for want of a privilege
                query(cursor, f"SELECT FROM {relation} LIMIT 0")
            columns = [field for field, _ in readable if field not in sampling.without]
            composite = {field for field, has_fields in readable if has_fields}
            if not columns:
                return Sample({}, "all", 0)
            rows, length = sampling.fit(len(columns))
            wanted = ", ".join(quoted(field, self.source) for field in columns)
            shape = query(cursor, f"SELECT {wanted} FROM {relation} LIMIT 0")  # noqa: S608 - quoted
            wanted = ", ".join(self._text(field, length, field.name in composite) for field in shape.schema)
            table, method = self._pick(cursor, relation, wanted, rows, sampling.seed, columns)
        return Sample({field: table.column(field).to_pylist() for field in columns}, method, table.num_rows)

    @shielded(ERRORS, query_error)
    def fetch(self, name: TableName, limit: int | None, without: Collection[str] = ()) -> pa.Table:
        """See `Engine.fetch`."""
        relation = qualified(name, self.source)
        with self._session.transaction(HOUSEKEEPING_TIMEOUT) as cursor:
            readable = [field for field, _ in self._readable(cursor, relation) if field not in without]
            wanted = ", ".join(quoted(field, self.source) for field in readable)
            return self._pick(cursor, relation, wanted, limit, SEED)[0]

    def _readable(self, cursor: psycopg.Cursor, relation: str) -> list[tuple[str, bool]]:
        rows = query(cursor, _READABLE.format(literal=_literal(relation))).to_pylist()
        return [(row["name"], row["composite"]) for row in rows]

    def _pick(
        self,
        cursor: psycopg.Cursor,
        relation: str,
        wanted: str,
        limit: int | None,
        seed: int,
        texts: Sequence[str] | None = None,
    ) -> tuple[pa.Table, str]:
        """Return at most `limit` rows of the `wanted` expressions, and the name of the method.

        `texts` are the names of the expressions if all of them are text, which is read faster.
        """
        read = partial(query, cursor) if texts is None else partial(query_text, cursor, names=texts)
        cursor.execute(b"SET LOCAL max_parallel_workers_per_gather = 0")  # for one order of rows
        every = f"SELECT {wanted} FROM {relation}"  # noqa: S608 - quoted
        for clause, method in [] if limit is None else self._sampling(cursor, relation, limit, seed):
            table = read(every + clause)
            if limit is not None and 2 * table.num_rows >= limit:
                return table.take(pa.array(evenly(table.num_rows, limit, 0), pa.int64())), method
        # One row more tells whether these were all.
        table = read(every, max_rows=None if limit is None else limit + 1)
        complete = limit is None or table.num_rows <= limit
        return table if complete else table.slice(0, limit), "all" if complete else "first_rows"

    def _sampling(self, cursor: psycopg.Cursor, relation: str, limit: int, seed: int) -> list[tuple[str, str]]:
        """Return `TABLESAMPLE` clauses to try: for about twice `limit` rows, then more; none to read all rows."""
        (physical,) = query(cursor, _PHYSICAL.format(literal=_literal(relation))).to_pylist()
        if physical["kind"] not in ("r", "m"):
            return []
        analysed = physical["tuples"] > 0 and physical["pages"] > 0
        density = physical["tuples"] / physical["pages"] if analysed else GUESSED_DENSITY
        size = physical["bytes"]
        share = 200.0 * limit / max(density * size / PAGE, 1.0)
        name, method = ("BERNOULLI", "random_rows") if size <= SMALL else ("SYSTEM", "random_pages")
        shares = (p for p in (share, 10 * share) if p < 100)
        return [(f" TABLESAMPLE {name} ({p:.6f}) REPEATABLE ({seed})", method) for p in shares]

    def _text(self, field: pa.Field, length: int, composite: bool) -> str:
        name = quoted(field.name, self.source)
        if pa.types.is_binary(field.type):
            return f"NULL::text AS {name}"
        if composite:  # as JSON it says its fields; the server's own text of one is values alone
            return f"left(to_jsonb({name})::text, {length}) AS {name}"
        return f"left({name}::text, {length}) AS {name}"

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
            return catalog.structures(self.source, lambda sql: query(cursor, sql).to_pylist(), names)

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


def _literal(relation: str) -> str:
    """Return `relation` as the inside of a string literal: with standard_conforming_strings no other escape exists."""
    return relation.replace("'", "''")
