from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang.samples import LISTS, SampleDatabase, build_registers

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "fixtures" / "samples"
CITIZENS = 5_000


def load(connection: duckdb.DuckDBPyConnection, database: SampleDatabase) -> None:
    """Create the database in a schema of its name and insert its rows in order, keys enforced."""
    connection.execute(f"CREATE SCHEMA {database.name}")
    connection.execute(f"SET schema = '{database.name}'")
    for statement in database.statements:
        connection.execute(statement)
    for table, rows in database.tables.items():
        connection.register("arriving", rows)
        connection.execute(f"INSERT INTO {table} SELECT * FROM arriving")
        connection.unregister("arriving")


@pytest.fixture(scope="session")
def lists() -> dict[str, str]:
    """Every province, prefix and plate; eight communes a province with up to five of their old wards."""
    return {name: (FIXTURES / name).read_text(encoding="utf-8") for name in LISTS}


@pytest.fixture(scope="session")
def databases(lists: dict[str, str]) -> dict[str, SampleDatabase]:
    return {database.name: database for database in build_registers(lists, CITIZENS)}


@pytest.fixture(scope="session")
def db(databases: dict[str, SampleDatabase], lists: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """All six databases in one in-memory DuckDB, one schema each, and the code lists beside them."""
    with duckdb.connect() as connection:
        for database in databases.values():
            load(connection, database)
        connection.execute("SET schema = 'main'")
        for name in ("communes_2025", "commune_merge_map", "province_codes_cccd", "plate_codes"):
            file = FIXTURES / f"{name}.csv"
            connection.execute(f"CREATE TABLE {name} AS FROM read_csv('{file}', all_varchar = true, header = true)")
        yield connection
