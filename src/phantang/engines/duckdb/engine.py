"""DuckDB files: attached read-only to a locked-down in-memory instance, results as Arrow.

The instance can reach nothing but the one file: no other path, no network, no extension, no variable of this process,
and no spilling to disk (data would be left in clear beside the source). The file is attached under a fixed alias, so
that a schema called like the file is not ambiguous.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

import duckdb

from phantang.engines.base import (
    HOUSEKEEPING_TIMEOUT,
    Capabilities,
    Closing,
    clean_sql,
    count_distinct,
    failure,
    qualified,
    quoted,
    shielded,
)
from phantang.engines.duckdb import catalog
from phantang.engines.duckdb.arrow import finish, portable, read_texts
from phantang.engines.duckdb.sampling import pick, texts
from phantang.engines.duckdb.session import ERRORS, attach, open_error, query_error, search_path
from phantang.engines.sampling import Sample, Sampling
from phantang.model.errors import EngineError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    import pyarrow as pa

    from phantang.engines.urls import DuckDBTarget
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

BATCH = 16_384
#: Seconds from one interruption of a statement to the next.
_AGAIN = 0.1


class _Shape(NamedTuple):
    """The columns of a table with their types, and how many rows it stores, deleted ones too; `None` for a view."""

    types: dict[str, str]
    stored: int | None = None


class DuckDBEngine(Closing):
    """`Engine` on one DuckDB file. Each call uses its own connection to the instance, so threads do not disturb it."""

    dialect = "duckdb"
    capabilities = Capabilities(query=True, statistics=True, views=True, keys=True, comments=True, timeout=True)

    def __init__(self, target: DuckDBTarget) -> None:
        """Open the file. Raises `InputError` `source_missing` or `EngineError` `source_*`."""
        self.source = target.source
        if not target.path.exists():
            raise InputError("source_missing", source=self.source)
        self._instance = self._attach(str(target.path))
        self._path = self._search_path()
        #: Connections that only samples were drawn on, free to be used again.
        self._idle: deque[duckdb.DuckDBPyConnection] = deque()

    @shielded(ERRORS, open_error)
    def _attach(self, path: str) -> duckdb.DuckDBPyConnection:
        return attach(path)

    @shielded(ERRORS, query_error)
    def _search_path(self) -> str:
        return search_path(self._instance)

    def __repr__(self) -> str:
        return f"DuckDBEngine({self.source!r})"

    @contextmanager
    def _cursor(self, timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of its own that is interrupted when the time is over."""
        cursor = self._connected()
        try:
            with interrupted(cursor, timeout):
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _drawing(self, timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection as `_cursor` does, of those that statements of our own were run on before."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self._connected()
        try:
            with interrupted(cursor, timeout) as in_time:
                yield cursor
        except BaseException:
            cursor.close()
            raise
        if in_time():
            self._idle.append(cursor)
        else:
            cursor.close()

    def _connected(self) -> duckdb.DuckDBPyConnection:
        cursor = self._instance.cursor()
        try:
            cursor.execute(self._path)
        except BaseException:
            cursor.close()
            raise
        return cursor

    @cached_property
    def _tables(self) -> dict[tuple[str, str], _Shape]:
        """The shape of every table; nobody can change one while the file is attached."""
        found: dict[tuple[str, str], _Shape] = {}
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            for schema, table, column, kind, stored in cursor.execute(catalog.TYPES).fetchall():
                found.setdefault((schema, table), _Shape({}, stored)).types[column] = kind
        return found

    @shielded(ERRORS, query_error)
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`."""
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            return catalog.read(self.source, lambda sql: cursor.sql(sql).to_arrow_table().to_pylist())

    @shielded(ERRORS, query_error)
    def unreadable(self) -> dict[TableName, int | None]:
        """See `Engine.unreadable`: a file has no accounts, but a table may be called as a view of DuckDB's own."""
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            return catalog.unreadable(self.source, lambda sql: cursor.sql(sql).fetchall())

    @shielded(ERRORS, query_error)
    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`: where the data of each table lies in the file; views are never known to be equal."""
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            return catalog.statistics(self.source, lambda sql: cursor.sql(sql).fetchall())

    def sample(self, name: TableName, limit: int) -> dict[str, list[str | None]]:
        """See `Engine.sample`."""
        return self.draw(name, Sampling(limit)).values

    @shielded(ERRORS, query_error)
    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`."""
        relation = qualified(name, self.source)
        with self._drawing(sampling.seconds) as cursor:
            shape = self._tables.get((name.schema, name.table))
            if shape is None:  # a view, or nothing
                view = cursor.sql(f"SELECT * FROM {relation} LIMIT 0")  # noqa: S608 - quoted
                shape = _Shape(dict(zip(view.columns, map(str, view.types), strict=True)))
            columns = {column: kind for column, kind in shape.types.items() if column not in sampling.without}
            if not columns:
                return Sample({}, "all", 0)
            rows, length = sampling.fit(len(columns))
            wanted, read = texts(shape.types, columns, self.source), partial(read_texts, length=length)
            every = list(shape.types)
            table, method = pick(cursor, relation, wanted, every, rows, sampling.seed, read, shape.stored)
        sampled = {name: column.to_pylist() for name, column in zip(columns, table.columns, strict=True)}
        return Sample(sampled, method, table.num_rows)

    @shielded(ERRORS, query_error)
    def fetch(self, name: TableName, limit: int | None, without: Collection[str] = ()) -> pa.Table:
        """See `Engine.fetch`."""
        relation = qualified(name, self.source)
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            present = cursor.sql(f"SELECT * FROM {relation} LIMIT 0").columns  # noqa: S608 - quoted
            columns = [column for column in present if column not in without]
            wanted = ", ".join(quoted(column, self.source) for column in columns)
            seed = Sampling(limit or 0).seed
            return pick(cursor, relation, wanted, columns, limit, seed, partial(_typed, cursor))[0]

    @shielded(ERRORS, query_error)
    def run(
        self, sql: str, parameters: Sequence[bytes | str] = (), *, timeout: float, max_rows: int | None = None
    ) -> pa.Table:
        """See `Engine.run`."""
        clean_sql(sql, self.source)
        deadline = time.monotonic() + timeout
        with self._cursor(timeout) as cursor:
            statements = cursor.extract_statements(sql)
            # Temporary tables could be made even here; only one query, whose rows go to the caller, is let through.
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise failure(self.source, "25006")
            relation = cursor.sql(sql, params=list(parameters)) if parameters else cursor.sql(sql)
            table = finish(cursor, portable(relation), max_rows, batch=BATCH)
        if time.monotonic() > deadline:
            raise EngineError("query_timeout", source=self.source)
        return table

    @shielded(ERRORS, query_error)
    def structures(self, names: Collection[TableName]) -> dict[TableName, str]:
        """See `Engine.structures`."""
        with self._cursor(HOUSEKEEPING_TIMEOUT) as cursor:
            every = catalog.structures(self.source, lambda sql: cursor.sql(sql).to_arrow_table().to_pylist())
        return {name: every[name] for name in names if name in every}

    def count_distinct(self, name: TableName, column: str, timeout: float) -> int | None:
        """See `Engine.count_distinct`."""
        return count_distinct(self, name, column, timeout)

    @shielded(ERRORS, query_error)
    def ping(self) -> None:
        """See `Engine.ping`."""
        with self._cursor(5.0) as cursor:
            cursor.execute("SELECT 1").fetchall()

    def close(self) -> None:
        """See `Engine.close`."""
        with suppress(duckdb.Error):
            while self._idle:
                self._idle.pop().close()
            self._instance.close()


def _typed(cursor: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, max_rows: int | None) -> pa.Table:
    return finish(cursor, portable(relation), max_rows)


@contextmanager
def interrupted(cursor: duckdb.DuckDBPyConnection, timeout: float) -> Iterator[Callable[[], bool]]:
    """Interrupt `cursor` when the time is over, and never once the block is left; yield a test for "it was not".

    DuckDB forgets an interruption that comes between two statements, so that it is repeated until the block is left.
    """
    lock, left, over = threading.Lock(), threading.Event(), threading.Event()

    def watch() -> None:
        wait = timeout
        while not left.wait(wait):
            with lock:
                if left.is_set():
                    return
                over.set()
                cursor.interrupt()
            wait = _AGAIN

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield lambda: not over.is_set()
    finally:
        with lock:
            left.set()
