"""When a PostgreSQL database fails, hangs, goes away or changes: one recorded outcome, and no word of the driver's."""

from __future__ import annotations

import signal
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from phantang import Denied, Gateway
from phantang.flow.scan.scan import scan_workspace
from phantang.model.errors import EngineError
from phantang.samples import DEMO_CITIZEN_CCCD

from ..services.postgres_asking import HOURS_LONG, cleared, failure
from ..services.postgres_registers import repoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.store import Workspace

    from ..services.postgres import Server
    from ..services.postgres_registers import Copy


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("SELECT 1 / (so_nhan_khau - so_nhan_khau) FROM ho_gia_dinh", "22000"),
        ("SELECT ho_ten::int FROM cong_dan", "22000"),
        ("SELECT to_date(ho_ten, 'YYYYMMDD') FROM cong_dan", "22000"),
        ("SELECT (so_cccd || ho_ten)::date FROM cong_dan", "22000"),
        ("SELECT so_cccd FROM cong_dan WHERE ho_ten ~ '('", "22000"),
        ("SELECT ho_ten + 1 FROM cong_dan", "42000"),
        ("SELECT (SELECT so_cccd FROM cong_dan)", "21000"),
    ],
)
def test_an_error_in_the_query_says_its_class_only(postgres_workspace: Workspace, sql: str, state: str) -> None:
    with Gateway.open(postgres_workspace.path) as gateway:
        assert failure(gateway, sql) == ("query_failed", {"source": "dan_cu", "state": state})
        assert cleared(gateway, "SELECT count(*) FROM cong_dan").table.num_rows == 1


def test_a_slow_query_is_stopped(postgres_workspace: Workspace) -> None:
    file = postgres_workspace.path / "phantang.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[query]\ntimeout_seconds = 0.3\n", encoding="utf-8")
    with Gateway.open(postgres_workspace.path) as gateway:
        assert failure(gateway, HOURS_LONG)[0] == "query_timeout"
        assert cleared(gateway, "SELECT count(*) FROM ho_gia_dinh").table.num_rows == 1


@contextmanager
def while_it_runs(server: Server, action: str) -> Iterator[None]:
    """Run SQL `action` over `pg_stat_activity` as soon as a query of ours is executing on the server."""

    def act() -> None:
        with server.connect() as admin:
            for _ in range(500):
                if admin.execute(
                    f"SELECT {action} FROM pg_stat_activity WHERE application_name = 'phantang'"
                    " AND state = 'active' AND query ~ '^(DECLARE|FETCH)'".encode()
                ).fetchall():
                    return
                time.sleep(0.02)

    actor = threading.Thread(target=act)
    actor.start()
    yield
    actor.join()


def test_a_connection_lost_midway_is_recorded_and_opened_again(
    postgres_workspace: Workspace, postgres_server: Server
) -> None:
    with Gateway.open(postgres_workspace.path) as gateway:
        with while_it_runs(postgres_server, "pg_terminate_backend(pid)"):
            assert failure(gateway, HOURS_LONG)[0] == "source_unreachable"
        assert cleared(gateway, "SELECT count(*) FROM cong_dan").table.num_rows == 1


def test_an_interrupted_query_has_an_outcome(postgres_workspace: Workspace, postgres_server: Server) -> None:
    main = threading.main_thread().ident
    assert main is not None
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, signal.pthread_kill, [main, signal.SIGINT])
    try:
        with Gateway.open(postgres_workspace.path) as gateway:
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                cleared(gateway, HOURS_LONG)
            *_, intent, outcome = gateway.ledger.entries()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, previous)
    assert (outcome.kind, outcome.body["intent"], outcome.body["status"]) == ("outcome", intent.index, "interrupted")
    with postgres_server.connect() as admin:
        busy = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'phantang' AND state = 'active'"
        assert admin.execute(busy).fetchall() == []


def test_a_server_that_is_gone(postgres_workspace: Workspace) -> None:
    with socket.socket() as closed:  # bound but not listening: the port is nobody else's, and refuses
        closed.bind(("127.0.0.1", 0))
        workspace = repoint(postgres_workspace, "dan_cu", f"postgresql://u:p@127.0.0.1:{closed.getsockname()[1]}/d")
        with Gateway.open(workspace.path) as gateway:
            assert failure(gateway, "SELECT count(*) FROM cong_dan") == ("source_unreachable", {"source": "dan_cu"})
            lookup = f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"
            ask = {"subject": "xa-ba-dinh", "purpose": "L2", "source": "dan_cu"}
            assert gateway.explain(lookup, **ask).allowed, "a decision needs no database"


def test_a_server_that_goes_away_during_a_scan_ends_it(dan_cu_copy: Copy) -> None:
    def stop(name: object, position: int, total: int) -> None:
        if position == 1:
            dan_cu_copy.owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'phantang'"
            )

    before = dan_cu_copy.workspace.catalog_files()
    with pytest.raises(EngineError) as error:
        scan_workspace(dan_cu_copy.workspace, ["dan_cu"], progress=stop)
    assert error.value.code == "source_unreachable"
    assert dan_cu_copy.workspace.catalog_files() == before


def test_a_structure_that_changed_since_the_scan(dan_cu_copy: Copy) -> None:
    with Gateway.open(dan_cu_copy.workspace.path) as gateway:
        known = cleared(gateway, "SELECT * FROM cong_dan LIMIT 1").table.column_names
        dan_cu_copy.owner.execute("ALTER TABLE cong_dan ADD COLUMN tien_an VARCHAR DEFAULT 'bí mật'")
        added = cleared(gateway, "SELECT * FROM cong_dan LIMIT 1").table
        assert added.column_names == known
        assert "bí mật" not in str(added.to_pylist())
        for sql in (
            "SELECT tien_an FROM cong_dan",
            "SELECT c.tien_an FROM cong_dan c",
            "SELECT cong_dan FROM cong_dan",
        ):
            with pytest.raises(Denied) as denied:
                cleared(gateway, sql)
            assert denied.value.code in {"column_unknown", "whole_row_reference"}
        dan_cu_copy.owner.execute("ALTER TABLE cong_dan RENAME COLUMN nhom_mau TO nhom")
        assert failure(gateway, "SELECT * FROM cong_dan LIMIT 1")[0] == "table_vanished"
        assert cleared(gateway, "SELECT ho_ten FROM cong_dan LIMIT 1").table.num_rows == 1
        dan_cu_copy.owner.execute("DROP TABLE ho_gia_dinh CASCADE")
        assert failure(gateway, "SELECT * FROM ho_gia_dinh")[0] == "table_vanished"


def test_what_a_scan_no_longer_finds_cannot_be_asked(dan_cu_copy: Copy) -> None:
    dan_cu_copy.owner.execute("ALTER TABLE cong_dan RENAME COLUMN nhom_mau TO ton_giao_moi")
    scan_workspace(dan_cu_copy.workspace, ["dan_cu"])
    with Gateway.open(dan_cu_copy.workspace.path) as gateway:
        auditor = gateway.query("SELECT * FROM cong_dan LIMIT 5", subject="thanh-tra", purpose="A1", source="dan_cu")
        assert "nhom_mau" not in auditor.table.column_names
        assert auditor.table.column("ton_giao_moi").to_pylist() == [None] * 5, "unreviewed counts as sensitive"
        with pytest.raises(Denied):
            cleared(gateway, "SELECT nhom_mau FROM cong_dan")


def test_privileges_taken_away_since_the_scan(dan_cu_copy: Copy) -> None:
    dan_cu_copy.owner.execute("CREATE ROLE nguoi_cu LOGIN")
    try:
        url = dan_cu_copy.url.replace("phantang@", "nguoi_cu@")
        with Gateway.open(repoint(dan_cu_copy.workspace, "dan_cu", url).path) as gateway:
            assert failure(gateway, "SELECT ho_ten FROM cong_dan")[0] == "table_vanished"
    finally:
        dan_cu_copy.owner.execute("DROP ROLE nguoi_cu")
