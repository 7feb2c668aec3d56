"""Databases that are scanned but not queried, through SQLAlchemy: its inspector for structure, its Core for samples.

Every statement is built from names as objects, never from text, so each dialect quotes them its own way. What differs
between kinds of database beyond that is in `kinds`.
"""

from __future__ import annotations

import importlib.util
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from phantang.engines.base import HOUSEKEEPING_TIMEOUT, shielded
from phantang.engines.relational import catalog
from phantang.engines.relational.errors import query_error
from phantang.engines.relational.kinds import Kind, Oracle, SQLServer
from phantang.engines.relational.mysql import MySQL
from phantang.engines.relational.sqlite import SQLite
from phantang.engines.sampling import Sample, Sampling, starts
from phantang.engines.scan_only import ScanOnlyEngine
from phantang.engines.urls import FileTarget, ServerTarget
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

    Rows = Sequence[Sequence[Any]]

#: `AssertionError` and the like come from parsers of SQLAlchemy that meet a structure they did not expect.
ERRORS = (SQLAlchemyError, UnicodeError, OSError, AssertionError, LookupError)
#: Ranges of the key that a sample is put together from.
RANGES = 25


class RelationalEngine(ScanOnlyEngine):
    """`Engine` through SQLAlchemy: one connection at a time, read-only in each way that the database offers."""

    def __init__(self, source: str, kind: Kind) -> None:
        """Connect. Raises `InputError` or `EngineError` with one of the codes `source_*`."""
        self.source = source
        self.dialect = kind.dialect
        self.capabilities = kind.capabilities
        self._kind = kind
        self._turn = threading.Lock()
        self._engine = kind.create()
        try:
            self.ping()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def _connection(self, seconds: float) -> Iterator[sa.Connection]:
        """Yield the connection in a transaction that is rolled back; each statement may take `seconds`."""
        with self._turn, self._engine.connect() as connection, warnings.catch_warnings():
            # A type SQLAlchemy does not know, or an index on an expression, is no concern of a scan.
            warnings.simplefilter("ignore", SAWarning)
            self._kind.limit(connection, seconds)
            yield connection

    @shielded(ERRORS, query_error)
    def ping(self) -> None:
        """See `Engine.ping`."""
        with self._connection(10.0) as connection:
            self._kind.probe(connection)

    @shielded(ERRORS, query_error)
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`. A table or view that cannot be described is listed without columns."""
        with self._connection(HOUSEKEEPING_TIMEOUT) as connection:
            return catalog.read(self.source, self._kind, connection)

    @shielded(ERRORS, query_error)
    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`."""
        with self._connection(HOUSEKEEPING_TIMEOUT) as connection:
            return self._kind.statistics(self.source, connection)

    @shielded(ERRORS, query_error)
    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`."""
        with self._connection(sampling.seconds) as connection:
            inspector = sa.inspect(connection)
            schema = self._kind.schema(name.schema)
            described = self._kind.columns(inspector, name.table, schema)
            columns = [one for one in described if one["name"] not in sampling.without]
            if not columns:
                return Sample({}, "all", 0)
            rows, length = sampling.fit(len(columns))
            texts = {one["name"]: self._kind.text(_column(one["name"]), one["type"], length) for one in columns}
            # By position: two columns may differ in nothing but the case of their names.
            wanted = [text.label(f"c{place}") for place, text in enumerate(texts.values()) if text is not None]
            table = sa.table(
                sa.sql.quoted_name(name.table, quote=True),
                schema=None if schema is None else sa.sql.quoted_name(schema, quote=True),
            )
            every = sa.select(*wanted or [sa.literal(1)]).select_from(table)
            key = self._kind.key(inspector, name.table, schema)
            found, method = _pick(connection, every, key, rows, sampling.seed)
        return _sample(texts, found, method)

    def close(self) -> None:
        """See `Engine.close`."""
        self._engine.dispose()


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(sa.sql.quoted_name(name, quote=True))


def _pick(
    connection: sa.Connection, every: sa.Select[Any], key: sa.ColumnElement[int] | None, limit: int, seed: int
) -> tuple[Rows, str]:
    """Return at most `limit` rows and the name of the method: all rows, ranges of the key, or the first rows."""
    if key is not None:
        low, high = connection.execute(
            every.with_only_columns(sa.func.min(key), sa.func.max(key), maintain_column_froms=True)
        ).one()
        if low is not None and high - low >= limit:
            found = connection.execute(_ranges(every, key, low, high, limit, seed)).fetchall()
            if 2 * len(found) >= limit:
                return found, "key_ranges"
    found = connection.execute(every.limit(limit + 1)).fetchall()
    return (found, "all") if len(found) <= limit else (found[:limit], "first_rows")


def _ranges(
    every: sa.Select[Any], key: sa.ColumnElement[int], low: int, high: int, limit: int, seed: int
) -> sa.Select[Any]:
    """Return one statement for the next few rows after starting points spread over the key: it reads only these."""
    points = starts(int(low), int(high), min(RANGES, limit), seed)
    edges = [*points[1:], int(high) + 1]
    sizes = [limit * (part + 1) // len(points) - limit * part // len(points) for part in range(len(points))]
    parts = [
        every.where(key >= point, key < edge).order_by(key).limit(size).subquery(f"p{number}")
        for number, (point, edge, size) in enumerate(zip(points, edges, sizes, strict=True))
    ]
    return sa.select(sa.union_all(*(sa.select(part) for part in parts)).subquery("parts"))


def _sample(texts: dict[str, Any], found: Rows, method: str) -> Sample:
    columns = iter(range(len(texts)))
    values: dict[str, list[str | None]] = {}
    for name, text in texts.items():
        if text is None:  # binary: not even asked for
            values[name] = [None] * len(found)
        else:
            place = next(columns)
            values[name] = [_as_text(row[place]) for row in found]
    return Sample(values, method, len(found))


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None if value is None or isinstance(value, bytes) else str(value)


def kind_of(target: FileTarget | ServerTarget) -> Kind:
    """Return the kind of database at `target`. Raises as `SQLite`, and `InputError` `driver_missing`."""
    if isinstance(target, FileTarget):
        return SQLite(target.source, target.path)
    kind: type[Kind] = {"mysql": MySQL, "mssql": SQLServer, "oracle": Oracle}[target.kind]
    if importlib.util.find_spec(kind.driver) is None:
        raise InputError("driver_missing", source=target.source, kind=target.kind, driver=kind.driver)
    return kind(target.url)
