"""One bench for each engine: the same statements, the same questions, real databases."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang.engines import Engine, connect
from phantang.model.names import TableName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...services.postgres import Server


class Bench(ABC):
    """A writable database that can be opened through `phantang.engines`. The class attributes are its capabilities."""

    dialect: str
    schema: str
    #: The structure can change while the engine is open (DuckDB locks the file instead).
    live_ddl: bool
    #: A query that runs for minutes, without needing memory.
    slow: str
    #: A query that needs more memory or resources than any server gives.
    greedy: str
    binary: str

    @abstractmethod
    def execute(self, *statements: str) -> None:
        """Run statements as the owner."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The SQLAlchemy URL."""

    def open(self) -> Engine:
        """Open an engine called `thu`; close it in the test."""
        return connect(self.url, "thu")

    def name(self, table: str, schema: str | None = None) -> TableName:
        """Return the name of a table, by default in the default schema."""
        return TableName("thu", schema or self.schema, table)


class DuckDBBench(Bench):
    dialect = "duckdb"
    schema = "main"
    live_ddl = False
    slow = "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range < 0"
    greedy = "SELECT length(string_agg(repeat('x', 50))) FROM range(100000000000)"
    binary = "BLOB"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.execute()

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)

    @property
    def url(self) -> str:
        return f"duckdb:///{self.path}"


class PostgresBench(Bench):
    dialect = "postgres"
    schema = "public"
    live_ddl = True
    slow = "SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000) b WHERE a + b < 0"
    greedy = "SELECT length(repeat('x', 2000000000))"
    binary = "BYTEA"

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self._url = url

    def execute(self, *statements: str) -> None:
        with self.server.connect(self._url.partition("@/")[2].partition("?")[0]) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @property
    def url(self) -> str:
        return self._url


@pytest.fixture
def duckdb_bench(tmp_path: Path) -> DuckDBBench:
    return DuckDBBench(tmp_path / "thu.duckdb")


@pytest.fixture(scope="session")
def engines_database(postgres_server: Server) -> Iterator[str]:
    """Yield the URL of a database shared by this folder: making one for each test would take most of its time."""
    with postgres_server.connect() as admin:
        admin.execute("CREATE DATABASE engines TEMPLATE template0")
    yield postgres_server.url("engines")
    with postgres_server.connect() as admin:
        admin.execute("DROP DATABASE engines WITH (FORCE)")


@pytest.fixture
def postgres_bench(postgres_server: Server, engines_database: str) -> Iterator[PostgresBench]:
    bench = PostgresBench(postgres_server, engines_database)
    yield bench
    bench.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'engines' AND pid <> pg_backend_pid()",
        """
        DO $$ DECLARE name TEXT; BEGIN
          FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', name);
          END LOOP;
        END $$
        """,
        "CREATE SCHEMA public",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Return an empty database of each kind in turn."""
    bench: Bench = request.getfixturevalue(f"{request.param}_bench")
    return bench
