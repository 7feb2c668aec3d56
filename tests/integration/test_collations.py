"""Under a nondeterministic collation texts that differ are equal: no mask made of patterns works, none identifies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phantang import Denied, Gateway
from phantang.flow.scan.drift import find_drift
from phantang.flow.scan.scan import scan_workspace
from phantang.model.errors import Refused
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg

    from ..services.postgres import Server

MADE = (
    "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    "CREATE DOMAIN thu AS varchar(50) COLLATE ci",
    (
        "CREATE TABLE dan (so_cccd varchar(12) PRIMARY KEY, ho_ten text COLLATE ci, "
        "so_dien_thoai varchar(20) COLLATE ci, email thu, dia_chi text, ma_xa text DEFAULT '00004', "
        "so_ho_chieu text COLLATE ci GENERATED ALWAYS AS (so_cccd) STORED)"
    ),
    (
        "INSERT INTO dan VALUES ('001203000017', 'Nguyễn Văn An', '0912345678', 'an@vi.vn', '1 Ba Đình'), "
        "('001203000018', 'NGUYỄN VĂN AN', '0912345679', 'AN@vi.vn', '2 Ba Đình')"
    ),
)
INSPECTOR: dict[str, Any] = {"subject": "thanh-tra", "purpose": "A1", "source": "nguon"}
CLEARED: dict[str, Any] = {"subject": "c06", "purpose": "L3", "source": "nguon", "case_id": "VA-2026-17"}


@pytest.fixture
def database(postgres_server: Server) -> Iterator[psycopg.Connection]:
    with postgres_server.connect() as admin:
        admin.execute("DROP DATABASE IF EXISTS chu_hoa WITH (FORCE)")
        admin.execute("CREATE DATABASE chu_hoa")
    with postgres_server.connect("chu_hoa") as connection:
        for statement in MADE:
            connection.execute(statement.encode())
        yield connection


@pytest.fixture
def workspace(database: psycopg.Connection, postgres_server: Server, tmp_path: Path) -> Workspace:
    assert database.info.dbname == "chu_hoa"
    workspace = Workspace.create(tmp_path / "w", {"nguon": postgres_server.url("chu_hoa")})
    scan_workspace(workspace, accept_as="thử")
    return workspace


def test_masked_nothing_of_it_is_shown_and_no_query_fails(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        masked = gateway.query("SELECT * FROM dan ORDER BY dia_chi", **INSPECTOR).table.to_pylist()
        counted = gateway.query("SELECT count(*) AS n FROM dan WHERE ho_ten = 'nguyễn văn an'", **INSPECTOR).table
        clear = gateway.query("SELECT ho_ten, email FROM dan WHERE ho_ten = 'nguyễn văn an'", **CLEARED).table
    for row in masked:
        assert [row[name] for name in ("ho_ten", "so_dien_thoai", "email", "so_ho_chieu")] == [None] * 4
        assert row["so_cccd"].startswith("nnnnnnnn")
        assert "Xx" in row["dia_chi"]
    assert counted.to_pylist() == [{"n": 0}]
    assert clear.num_rows == 2


def test_a_text_equal_to_several_identifies_nobody(workspace: Workspace) -> None:
    asked = "SELECT dia_chi FROM dan WHERE so_ho_chieu = '001203000017'"
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as denied:
        gateway.query(asked, subject="xa-ba-dinh", purpose="L2", source="nguon", legal_ref="1.004873")
    table = denied.value.explanation.footprint
    assert table is not None
    assert "lookup" not in str(table.to_json())


def test_another_collation_is_another_table(workspace: Workspace, database: psycopg.Connection) -> None:
    database.execute(b"ALTER TABLE dan ALTER dia_chi TYPE text COLLATE ci")
    assert [(one.kind, one.after) for one in find_drift(workspace)] == [("type", "TEXT COLLATE NONDETERMINISTIC")]
    with Gateway.open(workspace.path) as gateway, pytest.raises(Refused) as drift:
        gateway.query("SELECT dia_chi FROM dan", **INSPECTOR)
    assert drift.value.code == "catalog_drift"
