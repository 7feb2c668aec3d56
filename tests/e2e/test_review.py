"""A data officer reviews a catalog from the command line: select, accept, reject, lower with two people, see drift."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang.cli.app import run
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

SECRET = "001203000017"
MADE = (
    "CREATE TABLE nguoi (so_cccd VARCHAR PRIMARY KEY, ho_ten VARCHAR, email VARCHAR, ton_giao VARCHAR, ghi_chu TEXT)",
    f"INSERT INTO nguoi VALUES ('{SECRET}', 'Nguyễn Văn An', 'an@vi.du.vn', 'Không', 'x')",
)
NAME = "nguon.main.nguoi"


class Cli:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str, code: int | None = 0) -> list[dict[str, Any]]:
        got = run(["-w", str(self.folder / "w"), "--lang", "en", *arguments])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        assert SECRET not in self.out + self.err
        assert code in (None, got), self.err
        return [json.loads(line) for line in self.out.splitlines()] if "jsonl" in arguments else []

    def sql(self, *statements: str) -> None:
        with duckdb.connect(str(self.folder / "nguon.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)

    def columns(self) -> dict[str, tuple[str | None, str | None, str]]:
        rows = self("catalog", "show", NAME, "--format", "jsonl")
        return {row["column"]: (row["tag"], row["tier"], row["status"]) for row in rows}

    def pending(self) -> dict[str, str]:
        rows = self("catalog", "diff", "--format", "jsonl")
        return {row["column"].removeprefix(f"{NAME}."): row["kind"] for row in rows}

    def setting(self, text: str) -> None:
        path = self.folder / "w" / "phantang.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    made = Cli(tmp_path, capsys)
    made.sql(*MADE)
    Workspace.create(tmp_path / "w", {"nguon": f"duckdb:///{tmp_path / 'nguon.duckdb'}"})
    made("scan")
    return made


def test_proposals_are_accepted_by_pattern_tag_and_confidence(cli: Cli) -> None:
    cli("catalog", "accept", "nguon.*.so_*", "--by", "An")
    assert {name for name, (_, _, status) in cli.columns().items() if status == "accepted"} == {"so_cccd"}
    cli("catalog", "accept", "--tag", "sensitive", "--by", "An")
    assert cli.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
    cli("catalog", "accept", "--min-confidence", "1", "--tag", "person.name", "--by", "An", code=2)
    assert "[catalog_nothing_selected]" in cli.err
    cli("catalog", "accept", "*.khong_co", "--by", "An", code=2)
    assert "[catalog_nothing_selected]" in cli.err
    cli("catalog", "accept", "--min-confidence", "2", code=2)
    assert cli.columns()["ho_ten"][2] == "proposed"


def test_a_rejected_claim_is_not_made_again_and_becomes_a_near_miss(cli: Cli) -> None:
    column = f"{NAME}.ton_giao"
    cli("catalog", "reject", column, "--reason", "mã tôn giáo của cơ sở", "--by", "An")
    assert cli.columns()["ton_giao"] == (None, None, "proposed")
    cli("scan", "--full")
    assert cli.columns()["ton_giao"] == (None, None, "proposed")
    assert cli.pending()["ton_giao"] == "unclassified"
    text = (cli.folder / "w/classifiers/feedback/near_misses.json").read_text(encoding="utf-8")
    examples = json.loads(text)
    assert {one["claim"] for one in examples} == {"sensitive.religion"}
    assert {(one["name"], one["table"], one["by"]) for one in examples} == {("ton_giao", "nguoi", "An")}
    assert "Không" not in text
    cli("catalog", "impact")
    assert "still claimed: sensitive.religion" in cli.err
    cli("catalog", "impact", "--exit-code", code=3)
    cli("classifiers", "check", "--format", "json", code=2)
    problems = json.loads(cli.out)["problems"]
    assert {(one["kind"], one["on"], one["other"]) for one in problems} == {
        ("recorded", "nguoi.ton_giao", "sensitive.religion")
    }
    assert {one["rule"] for one in problems} <= {one["rule"] for one in examples}
    learnt = cli.folder / "learnt"
    shutil.copytree(cli.folder / "w/classifiers", learnt)
    for pack in learnt.rglob("*.yaml"):
        pack.write_text(pack.read_text("utf-8").replace("tag: sensitive.religion", "tag: none"), "utf-8")
    cli("classifiers", "check", str(learnt), "--format", "json", code=None)  # examples of religion may miss it now
    assert not [one for one in json.loads(cli.out)["problems"] if one["kind"] == "recorded"]
    cli("catalog", "reject", column, "--reason", "x", "--by", "An", code=2)
    assert "[catalog_nothing_to_reject]" in cli.err
    cli("catalog", "reject", f"{NAME}.ho_ten", "--reason", "  ", code=2)
    assert "[catalog_reject_reason]" in cli.err
    cli("catalog", "reject", f"{NAME}.khong", "--reason", "x", code=2)
    assert "[column_not_found]" in cli.err
    near_misses = cli.folder / "w/classifiers/feedback/near_misses.json"
    near_misses.write_text(text[:-5], encoding="utf-8")
    cli("catalog", "impact", code=2)
    assert "[classifier_pack_broken]" in cli.err


def test_lowering_a_tier_takes_two_people_where_the_workspace_asks_for_it(cli: Cli) -> None:
    column = f"{NAME}.ton_giao"
    cli("scan", "--accept", "--by", "An")
    cli("catalog", "set", column, "--tag", "none", "--reason", "thử", "--by", "An")
    assert cli.columns()["ton_giao"] == ("none", "T1", "overridden")
    cli("catalog", "set", column, "--tag", "sensitive.religion", "--by", "An")
    cli.setting("\n[review]\ntwo_person = true\n")
    cli("catalog", "set", column, "--tag", "none", "--reason", "mã cơ sở", "--by", "Nguyễn  An")
    assert "waits for a second person" in cli.err
    assert cli.columns()["ton_giao"] == ("sensitive.religion", "T3", "overridden")
    assert cli.pending()["ton_giao"] == "awaiting"
    # the same person, however spelled, cannot agree with themselves
    cli("catalog", "approve", column, "--by", "nguye\u0302\u0303n an", code=3)
    assert "[catalog_same_person]" in cli.err
    cli("scan", "--full")
    assert cli.columns()["ton_giao"] == ("sensitive.religion", "T3", "overridden")
    cli("catalog", "approve", column, "--by", "Bình")
    assert cli.columns()["ton_giao"] == ("none", "T1", "overridden")
    text = (cli.folder / "w/catalog/assets/nguon/main.nguoi.yaml").read_text(encoding="utf-8")
    assert "decided_by: Nguyễn  An" in text or 'decided_by: "Nguyễn  An"' in text
    assert "approved_by: Bình" in text
    cli("catalog", "approve", column, "--by", "Bình", code=2)
    assert "[catalog_nothing_to_approve]" in cli.err
    # raising needs nobody else, and a waiting decision can be withdrawn
    cli("catalog", "set", column, "--tag", "sensitive.health", "--by", "An")
    cli("catalog", "set", column, "--tag", "none", "--by", "An")
    cli("catalog", "reject", column, "--reason", "rút lại", "--by", "An")
    assert cli.columns()["ton_giao"] == ("sensitive.health", "T3", "overridden")


def test_who_decided_what_is_told_from_the_ledger(cli: Cli) -> None:
    cli("catalog", "accept", f"{NAME}.ho_ten", "--by", "An", "--reason", "đã xem")
    cli("catalog", "reject", f"{NAME}.email", "--by", "Bình", "--reason", "hộp thư chung")
    entries = cli("catalog", "show", NAME, "--history", "--format", "jsonl")
    assert [entry["kind"] for entry in entries] == ["scan", "accept", "reject"]
    assert (entries[1]["by"], entries[1]["reason"]) == ("An", "đã xem")
    [change] = entries[2]["changes"]
    assert change["column"] == f"{NAME}.email"
    assert (change["from"]["tag"], change["to"]["tag"]) == ("person.email", None)
    cli("catalog", "show", NAME, "--history")
    assert "hộp thư chung" in cli.out
    cli("audit", "verify")


def test_drift_is_shown_and_can_fail_a_pipeline(cli: Cli) -> None:
    cli("scan", "--accept", "--by", "An")
    assert cli("catalog", "drift", "--exit-code", "--format", "jsonl") == []
    cli.sql(
        "ALTER TABLE nguoi DROP COLUMN email",
        "ALTER TABLE nguoi ADD COLUMN sdt VARCHAR",
        "ALTER TABLE nguoi ALTER ghi_chu TYPE BLOB",
        "CREATE TABLE moi (a INTEGER)",
    )
    found = cli("catalog", "drift", "--exit-code", "--format", "jsonl", code=3)
    assert {(one["table"].removeprefix("nguon.main."), one["column"], one["kind"]) for one in found} == {
        ("moi", None, "table_new"),
        ("nguoi", "email", "column_gone"),
        ("nguoi", "ghi_chu", "type"),
        ("nguoi", "sdt", "column_new"),
    }
    cli("catalog", "drift")
    assert "new column" in cli.out
    cli.sql("DROP TABLE moi", "CREATE OR REPLACE TABLE nguoi AS SELECT ho_ten, so_cccd FROM nguoi")
    cli("scan")
    cli.sql("CREATE OR REPLACE TABLE nguoi AS SELECT so_cccd, ho_ten FROM nguoi")
    [one] = cli("catalog", "drift", "--format", "jsonl")
    assert one["kind"] == "structure"
    cli("catalog", "drift", "khong_co", code=2)


def test_changed_packs_show_what_they_would_flip_before_anything_is_written(cli: Cli) -> None:
    cli("catalog", "accept", f"{NAME}.ho_ten", "--by", "An")
    packs = cli.folder / "packs"
    shutil.copytree(cli.folder / "w/classifiers", packs)
    rule = {
        "id": "thu.email",
        "tag": "sensitive.other",
        "sources": [{"ref": "thử", "status": "unverified"}],
        "names": {"strong": ["email", "họ tên"]},
        "confidence": {"name": 0.99},
        "match": {"names": ["email"]},
        "near_miss": {"names": ["so_cccd"]},
    }
    (packs / "thu.yaml").write_text(json.dumps({"rules": [rule]}), encoding="utf-8")
    before = sorted((path, path.read_bytes()) for path in (cli.folder / "w/catalog").rglob("*.yaml"))
    found = cli("catalog", "impact", "--packs", str(packs), "--exit-code", "--format", "jsonl", code=3)
    flips = {one["column"]: (one["kind"], one["decided"]) for one in found}
    assert flips["email"][1] is False
    assert sorted((path, path.read_bytes()) for path in (cli.folder / "w/catalog").rglob("*.yaml")) == before
    assert cli("catalog", "impact", "--exit-code", "--format", "jsonl") == []
    shutil.copy(packs / "thu.yaml", cli.folder / "w/classifiers/thu.yaml")
    cli("catalog", "diff")
    assert "rule packs changed" in cli.err
    cli("scan")
    assert cli.columns()["ho_ten"][2] == "accepted"
    cli("catalog", "diff", "--exit-code", code=3)
    assert "rule packs changed" not in cli.err


def test_what_a_table_is_as_a_whole_can_be_rejected_and_takes_two_people_where_asked(cli: Cli) -> None:
    cli.sql(
        "CREATE TABLE khao_sat AS SELECT 'x' || (i % 40) AS nghe_nghiep, DATE '1950-01-01' + INTERVAL (i * 97) DAY "
        "AS ngay_sinh, CASE WHEN i % 2 = 0 THEN 'Nam' ELSE 'Nữ' END AS gioi_tinh FROM range(200) AS t(i)"
    )
    cli("scan")
    table, file = "nguon.main.khao_sat", cli.folder / "w/catalog/assets/nguon/main.khao_sat.yaml"
    assert "rule: linkage" in file.read_text("utf-8").split("columns:\n")[0]
    cli("catalog", "reject", table, "--raise", "linkage", "--reason", " ", code=2)
    assert "[catalog_raise_reason]" in cli.err
    cli("catalog", "reject", table, "--raise", "location", "--reason", "x", code=2)
    assert "[catalog_no_such_raise]" in cli.err
    cli.setting("\n[review]\ntwo_person = true\n")
    cli("catalog", "reject", table, "--raise", "linkage", "--reason", "mẫu đã gộp", "--by", "An")
    assert "waits for a second person" in cli.err
    cli("catalog", "diff")
    assert "An asked to reject the raise linkage" in cli.err
    cli("catalog", "approve", table, "--by", "an", code=3)
    cli("catalog", "approve", table, "--by", "Bình")
    cli("scan", "--full")
    text = file.read_text("utf-8")
    assert "\nraised:" not in text
    assert "mẫu đã gộp" in text
    cli("catalog", "accept", table, "--raise", "linkage", "--by", "An")
    assert "\nraised:" in file.read_text("utf-8")
    cli("catalog", "accept", "--raise", "linkage", code=2)


def test_a_dropped_table_is_retired_and_what_was_decided_is_kept(cli: Cli) -> None:
    cli("catalog", "accept", "--by", "An")
    cli("catalog", "retire", NAME, "--reason", "x", "--by", "An", code=2)
    assert "[catalog_table_present]" in cli.err
    cli.sql("CREATE TABLE khac (so_cccd VARCHAR)", "DROP TABLE nguoi")
    cli("scan")
    assert [row["kind"] for row in cli("catalog", "drift", "--exit-code", "--format", "jsonl", code=3)] == [
        "table_gone"
    ]
    cli("catalog", "retire", NAME, "--reason", "  ", "--by", "An", code=2)
    assert "[catalog_retire_reason]" in cli.err
    cli("catalog", "retire", NAME, "--reason", "đã chuyển sang hệ mới: 2026", "--by", "Bình")

    assert cli("catalog", "drift", "--exit-code", "--format", "jsonl") == []
    cli("catalog", "report", "--format", "html")
    assert "ton_giao" not in cli.out
    cli("query", "--as", "c06", "--purpose", "L3", "SELECT so_cccd FROM nguoi", code=3)
    (record,) = cli("catalog", "list", "--retired", "--format", "jsonl")
    assert (record["table"], record["who"], record["reason"]) == (NAME, "Bình", "đã chuyển sang hệ mới: 2026")
    kept = (cli.folder / "w/catalog/retired/nguon/main.nguoi.yaml").read_text(encoding="utf-8")
    assert "sensitive.religion" in kept
    assert [row["kind"] for row in cli("catalog", "show", NAME, "--history", "--format", "jsonl")][-1] == "retire"
    cli("catalog", "retire", NAME, "--reason", "x", "--by", "An", code=2)
    assert "[table_not_found]" in cli.err

    cli.sql(*MADE)
    assert [row["kind"] for row in cli("catalog", "drift", "--format", "jsonl")] == ["table_new"]
    cli("scan")
    assert {status for _, _, status in cli.columns().values()} == {"proposed"}
    cli.sql("DROP TABLE nguoi")
    cli("catalog", "retire", NAME, "--reason", "lần hai", "--by", "An")
    both = cli("catalog", "list", "--retired", "--format", "jsonl")
    assert [(one["who"], one["reason"]) for one in both] == [("Bình", record["reason"]), ("An", "lần hai")]
    assert len(list((cli.folder / "w/catalog/retired/nguon").iterdir())) == 2
    cli("doctor")


def test_retiring_what_people_decided_takes_two_where_the_workspace_asks_for_it(cli: Cli) -> None:
    cli.setting("\n[review]\ntwo_person = true\n")
    cli("catalog", "accept", "--by", "An")
    cli.sql("DROP TABLE nguoi")
    cli("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    assert "waits for a second person" in cli.err
    assert cli("catalog", "list", "--retired", "--format", "jsonl") == []
    assert cli.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
    cli("catalog", "diff")
    assert "An asked to retire" in " ".join(cli.err.split())
    cli("catalog", "approve", NAME, "--by", "AN ", code=3)
    assert "[catalog_same_person_retire]" in cli.err
    cli("catalog", "approve", NAME, "--by", "Bình")
    (record,) = cli("catalog", "list", "--retired", "--format", "jsonl")
    assert (record["who"], record["approved_by"]) == ("An", "Bình")
    assert cli("catalog", "drift", "--exit-code", "--format", "jsonl") == []


def test_who_reviews_is_told_what_to_do_with_each_kind_of_pending_column(cli: Cli) -> None:
    cli.setting("\n[review]\ntwo_person = true\n")
    cli("catalog", "reject", f"{NAME}.ghi_chu", "--reason", "x", "--by", "An")
    cli("catalog", "set", f"{NAME}.email", "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    cli("catalog", "accept", f"{NAME}.ho_ten", "--by", "An")
    cli("scan", "--full")
    cli("catalog", "diff")
    told = " ".join(cli.err.split())
    assert "2 pending; agree: " in told
    assert "1 without a tag, counted as sensitive; decide: " in told
    assert "1 where the scan disagrees with a decision, which stands" in told
    cli("catalog", "accept", f"{NAME}.email", "--by", "An")  # from T3 to T2
    assert "columns accepted: 0" in cli.err
    assert f"{NAME}.email: lowering to person.email waits for a second person" in " ".join(cli.err.split())
    cli("catalog", "diff")
    assert "1 wait for a second person" in cli.err
    cli("catalog", "show", NAME, "--history")
    assert "(waits for a second person)" in " ".join(cli.out.split())


def test_what_was_suspected_of_a_state_secret_is_not_read_when_the_table_comes_back(cli: Cli) -> None:
    cli("catalog", "set", f"{NAME}.ghi_chu", "--tag", "secrecy.suspected", "--reason", "x", "--by", "An")
    cli.sql("DROP TABLE nguoi")
    cli("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    cli.sql(*MADE, "UPDATE nguoi SET ghi_chu = 'an@vi.du.vn'")
    cli("scan")
    assert cli.columns()["ghi_chu"][0] != "person.email"
    assert cli("catalog", "diff", "--format", "jsonl")
