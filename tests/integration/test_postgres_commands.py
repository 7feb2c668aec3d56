"""The command line on PostgreSQL databases: every step of the data officer, the asker and the auditor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from ..services.cli import Cli
from ..services.postgres_registers import PASSWORD, PASSWORD_VARIABLE, PECULIAR, repoint

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace

    from ..services.postgres import Server
    from ..services.postgres_registers import Copy

CLEARED = ("query", "--as", "c06", "--purpose", "L3", "--case-id", "VA-2026-17", "--source", PECULIAR)
DOSSIERS = f"{PECULIAR}.public.Hồ sơ"


def command_line(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Return it in English; no output may hold the password or a word of the driver's."""
    return Cli(workspace, capsys, "--lang", "en", unsaid=("psycopg", "libpq", "FATAL", PASSWORD))


@pytest.fixture
def cli(postgres_workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Return a command line on this test's workspace."""
    return command_line(postgres_workspace, capsys)


def test_review_of_names_with_diacritics(cli: Cli) -> None:
    assert cli("catalog", "list", "--format", "jsonl") == 0
    assert {f"{row['source']}.{row['schema']}.{row['table']}" for row in cli.rows()} >= {
        DOSSIERS,
        "y_te.public.DM_BENH",
    }
    column = f"{DOSSIERS}.trạng thái"
    assert cli("catalog", "set", column, "--tag", "person.other", "--reason", "thử", "--by", "Bình") == 0
    assert cli("catalog", "show", DOSSIERS, "--format", "jsonl") == 0
    tags = {row["column"]: (row["tag"], row["status"]) for row in cli.rows()}
    assert tags["Họ tên"] == ("person.name", "accepted")
    assert tags["trạng thái"] == ("person.other", "overridden")
    assert cli("scan", PECULIAR) == 2  # two views that write when they are read
    assert cli("catalog", "show", DOSSIERS) == 0
    assert cli("catalog", "diff") == 0
    assert "trạng thái" in cli.out
    assert cli("catalog", "accept", DOSSIERS, "--by", "Bình") == 0


def test_a_scan_of_a_url_needs_no_workspace(cli: Cli, postgres_server: Server) -> None:
    assert cli("scan", postgres_server.url("goc_dan_cu"), "--format", "jsonl") == 0
    tags = {row["column"]: row["tag"] for row in cli.rows() if row["table"] == "cong_dan"}
    assert (tags["so_cccd"], tags["ton_giao"]) == ("person.national_id", "sensitive.religion")


def test_quality_doctor_and_audit(cli: Cli) -> None:
    assert cli("quality", "check") == 0
    assert "Hồ sơ" in cli.out
    assert cli("doctor") == 0, cli.out
    assert cli(*CLEARED, "--format", "csv", 'SELECT count(*) FROM "Hồ sơ"') == 0
    assert cli("audit", "list", "--table", "public.Hồ sơ", "--format", "jsonl") == 0
    intent, outcome = (row for row in cli.rows() if row["kind"] != "scan")
    assert (intent["kind"], outcome["kind"]) == ("intent", "outcome")
    assert cli("audit", "show", intent["decision_id"]) == 0
    assert [entry["kind"] for entry in cli.rows()] == ["intent", "outcome"]
    assert cli("audit", "verify") == 0


def test_the_doctor_sees_what_changed_since_the_scan(dan_cu_copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    for statement in (
        "ALTER TABLE cong_dan ADD COLUMN tien_an VARCHAR",
        "ALTER TABLE cong_dan DROP COLUMN nhom_mau",
        "DROP TABLE ho_gia_dinh CASCADE",
        "CREATE TABLE bang_moi (x INTEGER)",
    ):
        dan_cu_copy.owner.execute(statement.encode())
    cli = command_line(dan_cu_copy.workspace, capsys)
    assert cli("doctor") == 0
    for note in (
        "1 tables not in the catalog",
        "1 catalogued tables no longer there",
        "1 columns not in the catalog",
        "1 catalogued columns no longer there",
    ):
        assert note in cli.out


def test_every_type_comes_out_in_every_format(cli: Cli, tmp_path: Path) -> None:
    everything = "SELECT * FROM kho.kieu WHERE ma <= 4 ORDER BY ma"
    assert cli(*CLEARED, everything) == 0
    assert cli(*CLEARED, "--format", "json", everything) == 0
    rows = cli.rows()
    assert [row["f8"] for row in rows] == [0.125, 0.25, "NaN", "Infinity"]
    assert rows[0]["tep"] == r"\x00000001"
    assert rows[0]["du_lieu"] == '{"khoá": 1}'
    assert cli(*CLEARED, "--format", "csv", everything) == 0
    assert r"\x00000001" in cli.out
    assert "\0" not in cli.out
    for form in ("arrow", "parquet"):
        assert cli(*CLEARED, "--format", form, "--out", str(tmp_path / form), everything) == 0
    assert pq.read_table(tmp_path / "parquet").num_rows == 4
    assert cli(*CLEARED, "--format", "json", "SELECT a.ma, b.ma FROM kho.xem a JOIN kho.xem b ON b.ma = a.ma + 1") == 0
    assert {(row["ma"], row["ma_1"]) for row in cli.rows()} == {(i, i + 1) for i in range(1, 10)}


def test_logins_that_fail_are_bad_input(cli: Cli, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    count = (*CLEARED, "--format", "csv", "SELECT count(*) FROM kho.kieu")
    assert cli(*count) == 0
    monkeypatch.setenv(PASSWORD_VARIABLE, "sai-mat-khau")
    for command in (count, ("scan", PECULIAR)):
        assert cli(*command) == 2
        assert "source_auth" in cli.err
        assert "sai-mat-khau" not in cli.err
    assert cli("doctor") == 2
    assert "source_auth" in cli.out
    monkeypatch.delenv(PASSWORD_VARIABLE)
    assert cli(*count) == 2
    assert PASSWORD_VARIABLE in cli.err
    repoint(cli.workspace, PECULIAR, postgres_server.url("khong_co"))
    assert cli(*count) == 2
    assert "source_database_missing" in cli.err
    assert cli("audit", "list", "--subject", "c06", "--format", "jsonl") == 0
    assert sum(row["kind"] == "intent" for row in cli.rows()) == 3, "one that lacks its URL is no question yet"
