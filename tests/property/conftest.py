"""Twin databases on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from .twins import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _duckdb(twin: int) -> Any:
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    connection.execute("CREATE SCHEMA kho")
    for statement in statements(twin, "duckdb"):
        connection.execute(statement)
    connection.execute("CREATE TABLE bi_mat AS SELECT ? AS x", [f"twin {twin}"])
    connection.execute("CREATE TABLE kho.bi_mat AS SELECT ? AS x", [f"twin {twin}"])
    return connection


@pytest.fixture(scope="session")
def duckdb_twins() -> Iterator[tuple[Callable[[str], tuple[Any, list[Any]]], ...]]:
    """Yield one function per twin that runs SQL and returns (columns with types, rows)."""
    connections = [_duckdb(twin) for twin in (0, 1)]

    def runner(connection: Any) -> Callable[[str], tuple[Any, list[Any]]]:
        def run(sql: str) -> tuple[Any, list[Any]]:
            result = connection.execute(sql)
            return [(column[0], str(column[1])) for column in result.description], result.fetchall()

        return run

    yield tuple(runner(connection) for connection in connections)
    for connection in connections:
        connection.close()


@pytest.fixture(scope="session")
def postgres_twins(postgres_server: Any) -> Iterator[tuple[Callable[[str], tuple[Any, list[Any]]], ...]]:
    """Yield one function per twin, each on a PostgreSQL database of its own."""
    connections = []
    for twin in (0, 1):
        with postgres_server.connect() as admin:
            admin.execute(f"CREATE DATABASE song_sinh_{twin} TEMPLATE template0")
        connection = postgres_server.connect(f"song_sinh_{twin}")
        for statement in statements(twin, "postgres"):
            connection.execute(statement)
        connection.execute("SET statement_timeout = '20s'")
        connections.append(connection)

    def runner(connection: Any) -> Callable[[str], tuple[Any, list[Any]]]:
        def run(sql: str) -> tuple[Any, list[Any]]:
            result = connection.execute(sql)
            return [(column.name, column.type_code) for column in result.description], result.fetchall()

        return run

    yield tuple(runner(connection) for connection in connections)
    for connection in connections:
        connection.close()
    with postgres_server.connect() as admin:
        for twin in (0, 1):
            admin.execute(f"DROP DATABASE song_sinh_{twin} WITH (FORCE)")
