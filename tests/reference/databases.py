"""Throw-away databases that corpora are measured on: DuckDB in memory, a database on a PostgreSQL server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 3.0
Result = tuple[list[tuple[str, Any]], list[Any]]


class Engine(Protocol):
    """A throw-away database."""

    dialect: str

    def run(self, sql: str) -> Result | None:
        """Run one statement; `None` if it returns no rows and is no query."""

    def columns(self) -> list[tuple[str, str, str, str]]:
        """Return (schema, table, column, type) of every table and view that is not the engine's own."""

    def own_functions(self) -> set[str]:
        """Return the functions the corpus defined itself, in lower case."""

    def load(self, table: str, file: Path) -> None:
        """Put the rows of a CSV file with a header into `table`, a quoted name."""

    def close(self) -> None:
        """Drop the database."""


class DuckDB:
    """DuckDB in memory, one thread, no access to files."""

    dialect = "duckdb"

    def __init__(self) -> None:
        import duckdb

        settings = {"threads": 1, "memory_limit": "1GB", "enable_external_access": "false"}
        self._connection = duckdb.connect(config=settings)

    def run(self, sql: str) -> Result | None:
        timer = threading.Timer(SECONDS, self._connection.interrupt)
        timer.start()
        try:
            done = self._connection.execute(sql)
            if not done.description:
                return None
            return [(column[0], str(column[1])) for column in done.description], done.fetchall()
        finally:
            timer.cancel()

    def columns(self) -> list[tuple[str, str, str, str]]:
        found = self.run(
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = 'memory' ORDER BY 1, 2, column_index"
        )
        return found[1] if found else []

    def own_functions(self) -> set[str]:
        found = self.run("SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE NOT internal")
        return {name for (name,) in found[1]} if found else set()

    def load(self, table: str, file: Path) -> None:
        import pyarrow.csv

        names = [name for schema, own, name, _ in self.columns() if f'"{schema}"."{own}"' == table]
        kinds = dict.fromkeys(names, pyarrow.string())
        options = pyarrow.csv.ConvertOptions(column_types=kinds, strings_can_be_null=True)
        self._connection.register("nap", pyarrow.csv.read_csv(file, convert_options=options))
        self._connection.execute(f"INSERT INTO {table} BY NAME FROM nap")
        self._connection.unregister("nap")

    def close(self) -> None:
        self._connection.close()


class Postgres:
    """A database of its own on a PostgreSQL server; values are compared as the server writes them."""

    dialect = "postgres"

    def __init__(self, server: Any, name: str, template: str | None = None) -> None:
        self._server, self._name = server, name
        with server.connect() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}".encode())
        self._connection = server.connect(name)
        self._connection.execute(f"SET statement_timeout = {int(SECONDS * 1000)}")

    def run(self, sql: str) -> Result | None:
        cursor = self._connection.execute(sql.encode())
        result = cursor.pgresult
        if cursor.description is None or result is None:
            return None
        shape = [(column.name, (column.type_code, result.fmod(i))) for i, column in enumerate(cursor.description)]
        width = range(result.nfields)
        return shape, [tuple(result.get_value(row, column) for column in width) for row in range(result.ntuples)]

    def columns(self) -> list[tuple[str, str, str, str]]:
        rows = self._look(
            "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'p', 'f') "
            "AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1, 2, a.attnum"
        )
        return [tuple(row) for row in rows]

    def own_functions(self) -> set[str]:
        rows = self._look(
            "SELECT lower(proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace "
            "WHERE nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        return {row[0] for row in rows}

    def _look(self, sql: str) -> list[Any]:
        """Ask the server's own catalog from a session that the script cannot have changed."""
        with self._server.connect(self._name) as connection:
            rows: list[Any] = connection.execute(sql.encode()).fetchall()
            return rows

    def load(self, table: str, file: Path) -> None:
        self._connection.execute("SET statement_timeout = 0")
        with self._connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)".encode()) as copy:
            copy.write(file.read_bytes())
        self._connection.execute(b"ANALYZE")
        self._connection.execute(f"SET statement_timeout = {int(SECONDS * 1000)}")

    def close(self) -> None:
        self._connection.close()
        with self._server.connect() as admin:
            admin.execute(f"DROP DATABASE {self._name} WITH (FORCE)".encode())
