"""A table that changes behind the catalog's back is not read under its old classification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang import engines
from phantang.flow.query.gateway import Gateway
from phantang.flow.query.structure import FRESH, StructureCheck
from phantang.flow.scan.scan import scan_workspace
from phantang.model.errors import EngineError, Refused
from phantang.model.names import TableName
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from ..services.postgres import Server

MADE = (
    "CREATE TABLE dan (so_cccd varchar(12), ho_ten varchar(50), ton_giao varchar(50), PRIMARY KEY (so_cccd))",
    "INSERT INTO dan VALUES ('001203000017', 'Nguyễn Văn An', 'Không'), ('001203000018', 'Trần Thị Bình', 'Phật giáo')",
)
SWAPS = {
    "names swapped": (
        "ALTER TABLE dan RENAME ho_ten TO tam",
        "ALTER TABLE dan RENAME ton_giao TO ho_ten",
        "ALTER TABLE dan RENAME tam TO ton_giao",
    ),
    "column made again": (
        "ALTER TABLE dan DROP COLUMN ton_giao",
        "ALTER TABLE dan ADD COLUMN ton_giao varchar(50)",
    ),
    "type": ("ALTER TABLE dan ALTER ho_ten TYPE text",),
    "view instead": (
        "ALTER TABLE dan RENAME TO dan_goc",
        "CREATE VIEW dan AS SELECT so_cccd, ton_giao AS ho_ten, ho_ten AS ton_giao FROM dan_goc",
    ),
}
ASKED = {"subject": "c06", "purpose": "L3", "source": "nguon", "case_id": "VA-2026-17"}


@pytest.fixture
def database(postgres_server: Server) -> Iterator[psycopg.Connection]:
    with postgres_server.connect() as admin:
        admin.execute("DROP DATABASE IF EXISTS troi_dat WITH (FORCE)")
        admin.execute("CREATE DATABASE troi_dat")
    with postgres_server.connect("troi_dat") as connection:
        for statement in MADE:
            connection.execute(statement)
        yield connection


def scanned(folder: Path, server: Server) -> Workspace:
    workspace = Workspace.create(folder / "w", {"nguon": server.url("troi_dat")})
    scan_workspace(workspace, accept_as="thử")
    return workspace


@pytest.mark.parametrize("change", SWAPS)
def test_a_table_that_changed_is_denied_until_it_is_scanned_again(
    change: str, database: psycopg.Connection, postgres_server: Server, tmp_path: Path
) -> None:
    workspace = scanned(tmp_path, postgres_server)
    asked = "SELECT ho_ten FROM dan WHERE so_cccd = '001203000017'"
    with Gateway.open(workspace.path) as gateway:
        assert gateway.query(asked, **ASKED).table.num_rows == 1
    for statement in SWAPS[change]:
        database.execute(statement)
    with Gateway.open(workspace.path) as gateway, pytest.raises(Refused) as refused:
        gateway.query(asked, **ASKED)
    assert (refused.value.code, refused.value.exit_code) == ("catalog_drift", 3)
    last = list(workspace.ledger().entries())[-1]
    assert (last.kind, last.body["status"]) == ("outcome", "catalog_drift")


BELOW = {
    "a view below": (
        ("CREATE VIEW giua AS SELECT ton_giao::text AS x FROM dan", "CREATE VIEW tren AS SELECT x FROM giua"),
        ("CREATE OR REPLACE VIEW giua AS SELECT so_cccd::text AS x FROM dan",),
    ),
    "a view two below": (
        (
            "CREATE VIEW day AS SELECT ton_giao::text AS x FROM dan",
            "CREATE VIEW giua AS SELECT x FROM day",
            "CREATE VIEW tren AS SELECT x FROM giua",
        ),
        ("CREATE OR REPLACE VIEW day AS SELECT so_cccd::text AS x FROM dan",),
    ),
    "a function": (
        (
            "CREATE FUNCTION ten_goi(dan) RETURNS varchar LANGUAGE sql AS 'SELECT $1.ton_giao'",
            "CREATE VIEW tren AS SELECT ten_goi(dan) AS x FROM dan",
        ),
        ("CREATE OR REPLACE FUNCTION ten_goi(dan) RETURNS varchar LANGUAGE sql AS 'SELECT $1.so_cccd'",),
    ),
}


@pytest.mark.parametrize("made", BELOW)
def test_what_a_view_reads_through_counts_as_much_as_its_text(
    made: str, database: psycopg.Connection, postgres_server: Server
) -> None:
    """Replaced below, a view keeps its own text and columns, and shows other ones."""
    before, after = BELOW[made]
    name, found = TableName("nguon", "public", "tren"), []
    for statements in (before, ("CREATE VIEW khac AS SELECT 1 AS x",), after):
        for statement in statements:
            database.execute(statement)
        with engines.connect(postgres_server.url("troi_dat"), "nguon") as engine:
            found.append(engine.structures([name])[name])
    assert found[0] == found[1] != found[2]


def test_what_a_view_in_a_duckdb_file_reads_through_counts_too(tmp_path: Path) -> None:
    path, found = tmp_path / "nguon.duckdb", []
    for inner, macro in (("ton_giao", "ten"), ("so_cccd", "ten"), ("ton_giao", "so"), ("ton_giao", "ten")):
        made = (
            MADE[0],
            "CREATE MACRO goi(ten, so) AS " + macro,
            f'CREATE VIEW "Giữa" AS SELECT {inner} AS x FROM dan',
            'CREATE VIEW tren AS SELECT goi(x, 1) AS x FROM "Giữa"',
            "CREATE VIEW khac AS SELECT 1 AS x",
        )
        engines.write_duckdb(path, made, {}, overwrite=True)
        with engines.connect(f"duckdb:///{path}", "nguon") as engine:
            tables = {info.name.table: info.structure for info in engine.introspect()}
            found.append(tables)
    assert len({tables["khac"] for tables in found}) == len({tables["dan"] for tables in found}) == 1
    assert found[0]["tren"] == found[3]["tren"]
    assert len({tables["tren"] for tables in found}) == 3


def test_what_does_not_change_a_table_is_no_drift(
    database: psycopg.Connection, postgres_server: Server, tmp_path: Path
) -> None:
    workspace = scanned(tmp_path, postgres_server)
    database.execute("INSERT INTO dan VALUES ('001203000019', 'Lê Cường', 'Không')")
    database.execute("COMMENT ON TABLE dan IS 'chú thích'")
    database.execute("CREATE TABLE bang_khac (a int)")
    database.execute("ANALYZE")
    with Gateway.open(workspace.path) as gateway:
        assert gateway.query("SELECT ho_ten FROM dan WHERE so_cccd = '001203000019'", **ASKED).table.num_rows == 1


def test_one_look_holds_for_a_while(database: psycopg.Connection, postgres_server: Server, tmp_path: Path) -> None:
    workspace = scanned(tmp_path, postgres_server)
    now = 100.0
    with Gateway.open(workspace.path) as gateway:
        footprint = gateway.explain("SELECT ho_ten FROM dan WHERE so_cccd = '001203000017'", **ASKED).footprint
        check, assets = StructureCheck(lambda: now), gateway.snapshot.assets
        check.require(gateway.engine("nguon"), footprint, assets)
        database.execute("ALTER TABLE dan ADD COLUMN email text")
        check.require(gateway.engine("nguon"), footprint, assets)
        now += FRESH
        with pytest.raises(Refused, match="catalog_drift"):
            check.require(gateway.engine("nguon"), footprint, assets)
        database.execute("DROP TABLE dan")
        with pytest.raises(EngineError, match="table_vanished"):
            check.require(gateway.engine("nguon"), footprint, assets)


def test_distinct_values_are_counted_in_time_or_not_at_all(
    database: psycopg.Connection, postgres_server: Server
) -> None:
    database.execute(
        "CREATE TABLE lon AS SELECT (n % 50000)::text AS ma, NULL::int AS trong FROM generate_series(1, 300000) n"
    )
    name = TableName("nguon", "public", "lon")
    with engines.connect(postgres_server.url("troi_dat"), "nguon") as engine:
        assert engine.count_distinct(name, "ma", 60) == 50_000
        assert engine.count_distinct(name, "trong", 60) == 0
        assert engine.count_distinct(name, "ma", 0.001) is None


def test_a_view_in_a_duckdb_file_is_known_by_its_text(tmp_path: Path) -> None:
    path, found = tmp_path / "nguon.duckdb", []
    for column in ("ho_ten", "ton_giao", "ho_ten"):
        view = f'CREATE VIEW "Tên" AS SELECT {column} AS x FROM dan'
        engines.write_duckdb(path, [MADE[0], view], {}, overwrite=True)
        with engines.connect(f"duckdb:///{path}", "nguon") as engine:
            tables = {info.name: info.structure for info in engine.introspect()}
            assert engine.structures(tables) == tables
            assert engine.structures([TableName("nguon", "main", "không có")]) == {}
            found.append(tables)
    name = TableName("nguon", "main", "Tên")
    assert found[0][name] == found[2][name] != found[1][name]
    assert found[0][TableName("nguon", "main", "dan")] == found[1][TableName("nguon", "main", "dan")]
