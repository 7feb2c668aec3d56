"""An operator looks at the answers that new statistics are compared with, and retires some: from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang.store import Workspace

from ..services.cli import Cli

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

MADE = (
    "CREATE TABLE nguoi_dan (so_cccd VARCHAR PRIMARY KEY, gioi_tinh VARCHAR, ma_xa VARCHAR, ma_tinh VARCHAR,"
    " nghe_nghiep VARCHAR, tro_cap DOUBLE);"
    "INSERT INTO nguoi_dan SELECT '0' || (10850000000 + i * 7), if(i % 2 = 0, 'Nam', 'Nữ'), '00004', '01',"
    " if(i = 7, 'Giám đốc', 'Nông dân'), 500 + i FROM range(100) t(i);"
    "CREATE TABLE ho_kinh_doanh AS SELECT so_cccd AS so_cccd_chu_ho, ma_xa, ma_tinh FROM nguoi_dan;"
)
TOTAL = "SELECT count(*) AS n, sum(tro_cap) AS s FROM nguoi_dan"
BUT_ONE = f"{TOTAL} WHERE nghe_nghiep = 'Nông dân'"


class Operator(Cli):
    """An operator at the command line, and the organisation that asks."""

    @property
    def folder(self) -> Path:
        return self.workspace.path.parent

    def ask(self, sql: str, code: int = 0) -> None:
        self.does("query", "--as", "ioc-ha-noi", "--purpose", "L1", "--source", "so", sql, code=code)

    def answers(self, *arguments: str) -> list[dict[str, Any]]:
        return self.does("answers", "list", *arguments, "--format", "jsonl")

    def logged(self) -> list[dict[str, Any]]:
        entries = self.does("audit", "list", "--format", "jsonl")
        return [entry["body"] | {"kind": entry["kind"]} for entry in entries if entry["kind"].startswith("answers")]


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    with duckdb.connect(str(tmp_path / "so.duckdb")) as database:
        database.execute(MADE)
    workspace = Workspace.create(tmp_path / "w", {"so": f"duckdb:///{tmp_path / 'so.duckdb'}"})
    made = Operator(workspace, capsys, "--lang", "en")
    made.does("scan", "--accept", "--by", "An")
    return made


def test_an_answer_is_looked_at_and_retired_with_a_reason_on_record(cli: Operator) -> None:
    assert cli.answers() == []
    cli.ask(TOTAL)
    cli.ask(BUT_ONE, code=3)
    assert "[aggregate_difference]" in cli.err
    [answer] = cli.answers()
    assert (answer["organisation"], answer["tables"]) == ("ioc-ha-noi", ["so.main.nguoi_dan"])
    assert answer["columns"] == ["main.nguoi_dan.tro_cap"]
    cli.does("answers", "list", lang="vi")
    assert answer["digest"][:12] in cli.out
    assert "1 câu trả lời được lưu" in cli.err
    cli.does("answers", "retire", answer["digest"][:8], "--reason", "bảng số liệu đã hủy", "--by", "Bình")
    assert "answers retired: 1" in cli.err
    assert cli.answers() == []
    cli.ask(BUT_ONE)
    [entry] = cli.logged()
    assert (entry["kind"], entry["by"], entry["reason"]) == ("answers_retire", "Bình", "bảng số liệu đã hủy")
    assert entry["answers"][0]["digest"] == answer["digest"]
    assert entry["answers"][0]["organisation"] == "ioc-ha-noi"
    cli.does("audit", "list", "--table", "so.main.nguoi_dan", lang="vi")
    assert "cho thôi câu trả lời" in cli.out
    cli.does("audit", "verify")


def test_an_answer_that_stands_in_the_way_is_named_and_can_go(cli: Operator) -> None:
    cli.ask(BUT_ONE)
    with duckdb.connect(str(cli.folder / "so.duckdb")) as database:
        database.execute("ALTER TABLE nguoi_dan DROP COLUMN nghe_nghiep")
    cli.does("scan", "--accept", "--by", "An")
    cli.does("catalog", "accept", "so.main.nguoi_dan.nghe_nghiep", "--by", "An")
    cli.ask("SELECT count(*) AS n FROM nguoi_dan", code=3)
    assert "[aggregate_earlier]" in cli.err
    told = cli.err
    [answer] = cli.answers()
    assert answer["digest"] in told
    cli.does("answers", "retire", answer["digest"], "--reason", "cột đã bỏ")
    cli.ask("SELECT count(*) AS n FROM nguoi_dan")


def test_where_the_workspace_asks_for_two_people_an_answer_waits(cli: Operator) -> None:
    cli.set_up("\n[review]\ntwo_person = true\n")
    cli.ask(TOTAL)
    cli.does("answers", "approve", "--by", "Bình", code=2)
    assert "[answers_not_found]" in cli.err
    cli.does("answers", "retire", "--organisation", "ioc-ha-noi", "--reason", "x", "--by", "An")
    assert "waits for a second person" in cli.err
    assert [(one["retiring_by"], one["reason"]) for one in cli.answers()] == [("An", "x")]
    cli.does("answers", "list")
    assert "An: x" in cli.out
    cli.ask(BUT_ONE, code=3)
    cli.does("answers", "approve", "--by", "  AN ", code=3)
    assert "[answers_same_person]" in cli.err
    cli.does("answers", "approve", "--by", "Bình")
    assert cli.answers() == []
    cli.ask(BUT_ONE)
    asked, agreed = cli.logged()
    assert (asked["kind"], asked["waits"], agreed["kind"]) == ("answers_retire", True, "answers_approve")
    assert (agreed["by"], agreed["retired_by"], agreed["reason"]) == ("Bình", "An", "x")


def test_answers_are_chosen_by_table_organisation_and_day(cli: Operator) -> None:
    cli.ask(TOTAL)
    today = cli.answers()[0]["day"]
    assert len(cli.answers("--table", "so")) == len(cli.answers("--table", "so.nguoi_dan")) == 1
    for chosen in (
        ("--table", "so.main.ho_kinh_doanh"),
        ("--organisation", "thanh-tra"),
        ("--before", today),
        ("0" * 64,),
        (cli.answers()[0]["digest"][:7],),
    ):
        assert cli.answers(*chosen) == []
        cli.does("answers", "retire", *chosen, "--reason", "x", code=2)
        assert "[answers_not_found]" in cli.err
    digest = cli.answers()[0]["digest"]
    for arguments, code in (
        (("--reason", "x"), "[answers_chosen]"),
        ((digest, "--reason", " "), "[answers_reason]"),
        ((digest, "--reason", "x", "--by", " "), "[person_unknown]"),
        ((digest,), "[usage]"),
        (("--before", "26/11/2026", "--reason", "x"), "[usage]"),
    ):
        cli.does("answers", "retire", *arguments, code=2)
        assert code in cli.err
    assert cli.logged() == []
    assert len(cli.answers("--before", "9999-12-31", "--organisation", "ioc-ha-noi", digest[:10])) == 1
