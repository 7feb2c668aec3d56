"""Twin databases on both engines."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from .twins import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Runner = Callable[[str], tuple[Any, list[Any]]]
    Twins = tuple[Runner, ...]


@contextmanager
def duckdb_twin(twin: int) -> Iterator[Any]:
    """Open one twin in memory."""
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    connection.execute("CREATE SCHEMA kho")
    for statement in statements(twin, "duckdb"):
        connection.execute(statement)
    connection.execute("CREATE TABLE bi_mat AS SELECT ? AS x", [f"twin {twin}"])
    connection.execute("CREATE TABLE kho.bi_mat AS SELECT ? AS x", [f"twin {twin}"])
    yield connection
    connection.close()


@contextmanager
def postgres_twins_on(server: Any) -> Iterator[Twins]:
    """Create both twins, each a database of its own, and drop them."""
    connections = []
    for twin in (0, 1):
        with server.connect() as admin:
            admin.execute(f"CREATE DATABASE song_sinh_{twin} TEMPLATE template0")
        connection = server.connect(f"song_sinh_{twin}")
        for statement in statements(twin, "postgres"):
            connection.execute(statement)
        connection.execute("SET statement_timeout = '20s'")
        connections.append(connection)
    yield tuple(runner(connection, "postgres") for connection in connections)
    for connection in connections:
        connection.close()
    with server.connect() as admin:
        for twin in (0, 1):
            admin.execute(f"DROP DATABASE song_sinh_{twin} WITH (FORCE)")


#: Settings under which an engine plans by the statement alone, not by how many rows it believes there are.
BY_STATEMENT = {
    "duckdb": (
        "SET disabled_optimizers = 'join_order,build_side_probe_side,statistics_propagation'",
        "RESET disabled_optimizers",
    ),
    "postgres": (
        (
            "SET join_collapse_limit = 1; SET from_collapse_limit = 1; "
            "SET enable_hashjoin = off; SET enable_mergejoin = off"
        ),
        "RESET join_collapse_limit; RESET from_collapse_limit; RESET enable_hashjoin; RESET enable_mergejoin",
    ),
}


def runner(connection: Any, dialect: str) -> Runner:
    """Return a function that runs SQL and returns (columns with types, rows); its `by_statement` plans so."""

    def by_statement(sql: str) -> tuple[Any, list[Any]]:
        before, after = BY_STATEMENT[dialect]
        connection.execute(before)
        try:
            return ask(sql)
        finally:
            connection.execute(after)

    def ask(sql: str) -> tuple[Any, list[Any]]:
        result = connection.execute(sql)
        if dialect == "duckdb":
            return [(column[0], str(column[1])) for column in result.description], result.fetchall()
        return [(column.name, column.type_code) for column in result.description], result.fetchall()

    ask.by_statement = by_statement  # type: ignore[attr-defined]
    return ask


@pytest.fixture(scope="session")
def duckdb_twins() -> Iterator[Twins]:
    """Yield one function per twin that runs SQL and returns (columns with types, rows)."""
    with duckdb_twin(0) as one, duckdb_twin(1) as other:
        yield runner(one, "duckdb"), runner(other, "duckdb")


@pytest.fixture(scope="session")
def postgres_twins(postgres_server: Any) -> Iterator[Twins]:
    """Yield one function per twin, each on a PostgreSQL database of its own."""
    with postgres_twins_on(postgres_server) as twins:
        yield twins


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    """Run on both engines."""
    return str(request.param)


@pytest.fixture
def twins(dialect: str, request: pytest.FixtureRequest) -> Twins:
    """Return the twins of the dialect's engine."""
    return tuple(request.getfixturevalue(f"{dialect}_twins"))


@pytest.fixture
def run(twins: Twins) -> Runner:
    """Return the function that asks the engine, where one of the twins will do."""
    return twins[0]
