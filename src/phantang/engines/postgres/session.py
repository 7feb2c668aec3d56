"""One connection to PostgreSQL: read-only transactions, one query at a time through a cursor, results as Arrow."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pyarrow as pa
from pyarrow import csv

from phantang.engines.base import HOUSEKEEPING_TIMEOUT, failure
from phantang.engines.postgres.arrow import column, text_column
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.engines.urls import PostgresTarget
    from phantang.model.errors import PhantangError

#: Rows brought over at once.
BATCH = 10_000
CONNECT_TIMEOUT = 10
ERRORS = (psycopg.Error,)

#: Session settings. Functions and operators are the server's own: on the usual path `public.lower(varchar)`, made by
#: whoever may create there, would be called for `lower(ho_ten)` with our account's rights (CVE-2018-1058). A cursor is
#: planned for all its rows, as a plain query is; scans start at the first page, so that samples repeat themselves.
#: Compiling costs more than it saves: half of the time where answers of many questions are compared.
SETTINGS = {
    "default_transaction_read_only": "on",
    "search_path": "pg_catalog",
    "bytea_output": "hex",
    "DateStyle": "ISO",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
    "cursor_tuple_fraction": "1",
    "synchronize_seqscans": "off",
    "jit": "off",
}

_VANISHED = ("42P01", "42703", "3F000")  # undefined_table, undefined_column, invalid_schema_name


def query_error(source: str, error: BaseException) -> PhantangError:
    """Return our error for a statement that failed."""
    state = getattr(error, "sqlstate", None)
    if state is None or state[:2] == "08" or state[:3] == "57P":  # the connection broke, or the server is stopping
        return EngineError("source_unreachable", source=source)
    if state == "57014":
        return EngineError("query_timeout", source=source)
    if state == "55P03":
        return EngineError("table_locked", source=source)
    if state in _VANISHED:
        return EngineError("table_vanished", source=source)
    if state == "42501":
        return EngineError("source_permission", source=source)
    if state[:2] in ("53", "54"):
        return EngineError("query_resources", source=source)
    return failure(source, state)


class Session:
    """A connection that threads take turns with, and that is opened again when it was lost."""

    def __init__(self, target: PostgresTarget) -> None:
        """Connect. Raises `EngineError` `source_unreachable`, `source_auth` or `source_database_missing`."""
        self._target = target
        self._turn = threading.Lock()
        self._connection = self._connect()

    def _connect(self) -> psycopg.Connection:
        try:
            connection = psycopg.connect(
                **dict(self._target.conninfo),  # type: ignore[arg-type] # mypy tries the values on every parameter
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                application_name="phantang",
                client_encoding="UTF8",
                connect_timeout=CONNECT_TIMEOUT,
                options=" ".join(f"-c {name}={value}" for name, value in SETTINGS.items()),
            )
            if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
                # The server does not know what its bytes mean, and would refuse those that are not UTF-8.
                connection.execute(b"SET client_encoding TO SQL_ASCII")
            connection.read_only = True
        except psycopg.Error as error:
            problem = self._login_error(error)
        else:
            return connection
        raise problem  # outside the handler: the driver's error must not travel with ours

    def _login_error(self, error: psycopg.Error) -> EngineError:
        """Tell why a connection was refused; libpq gives no SQLSTATE for it, only text and what it was asked for."""
        text, source = str(error), self._target.source
        if f'database "{self._target.conninfo["dbname"]}"' in text:
            return EngineError("source_database_missing", source=source)
        asked = error.pgconn is not None and (error.pgconn.needs_password or error.pgconn.used_password)
        if asked or "authentication" in text or "role " in text:
            return EngineError("source_auth", source=source)
        return EngineError("source_unreachable", source=source)

    @contextmanager
    def transaction(self, timeout: float, *, lock: float = 0.0) -> Iterator[psycopg.Cursor]:
        """Yield a cursor in a read-only transaction that is rolled back; each statement may take `timeout` seconds.

        It waits at most `lock` seconds of them for what another session has locked, where `lock` is not 0.
        """
        with self._turn:
            if self._connection.closed:
                self._connection = self._connect()
            with self._connection.transaction(force_rollback=True), self._connection.cursor() as cursor:
                _limit(cursor, timeout)
                cursor.execute(f"SET LOCAL lock_timeout = {round(lock * 1000)}".encode())
                yield cursor

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def query(
    cursor: psycopg.Cursor,
    sql: str,
    parameters: Sequence[bytes | str] = (),
    *,
    timeout: float = HOUSEKEEPING_TIMEOUT,
    max_rows: int | None = None,
) -> pa.Table:
    """Return at most `max_rows` rows of one query that may take `timeout` seconds in all. Raises `psycopg.Error`."""
    deadline = time.monotonic() + timeout
    # binary=True forces the extended protocol even without parameters, and with it a single statement.
    cursor.execute(f"DECLARE phantang NO SCROLL CURSOR FOR {sql}".encode(), list(parameters), binary=True)
    cells: list[list[bytes | None]] = []
    missing = max_rows
    while True:
        wanted = BATCH if missing is None else min(BATCH, missing)
        _limit(cursor, deadline - time.monotonic())
        cursor.execute(f"FETCH FORWARD {wanted} FROM phantang".encode())
        result = cursor.pgresult
        if result is None:
            raise psycopg.InterfaceError
        got = result.ntuples
        cells = cells or [[] for _ in range(result.nfields)]
        for position, values in enumerate(cells):
            values.extend(result.get_value(row, position) for row in range(got))
        missing = None if missing is None else missing - got
        if got < wanted or missing == 0:
            break
    cursor.execute(b"CLOSE phantang")
    names = [text_column([result.fname(position)])[0].as_py() for position in range(result.nfields)]
    arrays = [column(result.ftype(i), result.fmod(i), values) for i, values in enumerate(cells)]
    return pa.Table.from_arrays(arrays, names=names)


def query_text(cursor: psycopg.Cursor, sql: str, names: Sequence[str], *, max_rows: int | None = None) -> pa.Table:
    """Return the rows of one query of ours whose columns are all text. Raises `psycopg.Error`.

    Through COPY and Arrow's reader of CSV, which takes half the time of reading value by value. NULL is a field without
    quotes, and nothing else is.
    """
    limited = sql if max_rows is None else f"{sql} LIMIT {max_rows}"
    with cursor.copy(f"COPY ({limited}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)".encode()) as copy:
        data = b"".join(copy)
    fields = [f"c{place}" for place in range(len(names))]
    if not data:
        return pa.table([pa.array([], pa.string()) for _ in names], names=list(names))
    found = csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(column_names=fields, use_threads=False, block_size=len(data) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(fields, pa.binary()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return pa.Table.from_arrays([text_column(column) for column in found.columns], names=list(names))


def _limit(cursor: psycopg.Cursor, seconds: float) -> None:
    """Set the time limit of the next statement; never 0, which would mean none."""
    cursor.execute(f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}".encode())
