"""A data officer reviews a catalog from the command line: select, accept, reject, lower with two people, see drift."""

from __future__ import annotations

import json
import shutil
import unicodedata
from typing import TYPE_CHECKING

import pytest

from phantang.store import Workspace

from ..services.cli import Cli
from .conftest import MADE, NAME

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Review

pytestmark = pytest.mark.e2e


def test_proposals_are_accepted_by_pattern_tag_and_confidence(review: Review) -> None:
    review.does("catalog", "accept", "nguon.*.so_*", "--by", "An")
    assert {name for name, (_, _, status) in review.columns().items() if status == "accepted"} == {"so_cccd"}
    review.does("catalog", "accept", "--tag", "sensitive", "--by", "An")
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
    review.does("catalog", "accept", "--min-confidence", "1", "--tag", "person.name", "--by", "An", code=2)
    assert "[catalog_nothing_selected]" in review.err
    review.does("catalog", "accept", "*.khong_co", "--by", "An", code=2)
    assert "[catalog_nothing_selected]" in review.err
    review.does("catalog", "accept", "--min-confidence", "2", code=2)
    assert review.columns()["ho_ten"][2] == "proposed"


def test_a_rejected_claim_is_not_made_again_and_becomes_a_near_miss(review: Review) -> None:
    column = f"{NAME}.ton_giao"
    review.does("catalog", "reject", column, "--reason", "mã tôn giáo của cơ sở", "--by", "An")
    assert review.columns()["ton_giao"] == (None, None, "proposed")
    review.does("scan", "--full")
    assert review.columns()["ton_giao"] == (None, None, "proposed")
    assert review.pending()["ton_giao"] == "unclassified"
    text = (review.folder / "w/classifiers/feedback/near_misses.json").read_text(encoding="utf-8")
    examples = json.loads(text)
    assert {one["claim"] for one in examples} == {"sensitive.religion"}
    assert {(one["name"], one["table"], one["by"]) for one in examples} == {("ton_giao", "nguoi", "An")}
    assert "Không" not in text
    review.does("catalog", "impact")
    assert "still claimed: sensitive.religion" in review.err
    review.does("catalog", "impact", "--exit-code", code=3)
    review.does("classifiers", "check", "--format", "json", code=2)
    problems = json.loads(review.out)["problems"]
    assert {(one["kind"], one["on"], one["other"]) for one in problems} == {
        ("recorded", "nguoi.ton_giao", "sensitive.religion")
    }
    assert {one["rule"] for one in problems} <= {one["rule"] for one in examples}
    learnt = review.folder / "learnt"
    shutil.copytree(review.folder / "w/classifiers", learnt)
    for pack in learnt.rglob("*.yaml"):
        pack.write_text(pack.read_text("utf-8").replace("tag: sensitive.religion", "tag: none"), "utf-8")
    review.does(
        "classifiers", "check", str(learnt), "--format", "json", code=None
    )  # examples of religion may miss it now
    assert not [one for one in json.loads(review.out)["problems"] if one["kind"] == "recorded"]
    review.does("catalog", "reject", column, "--reason", "x", "--by", "An", code=2)
    assert "[catalog_nothing_to_reject]" in review.err
    review.does("catalog", "reject", f"{NAME}.ho_ten", "--reason", "  ", code=2)
    assert "[catalog_reject_reason]" in review.err
    review.does("catalog", "reject", f"{NAME}.khong", "--reason", "x", code=2)
    assert "[column_not_found]" in review.err
    near_misses = review.folder / "w/classifiers/feedback/near_misses.json"
    near_misses.write_text(text[:-5], encoding="utf-8")
    review.does("catalog", "impact", code=2)
    assert "[classifier_pack_broken]" in review.err


def test_lowering_a_tier_takes_two_people_where_the_workspace_asks_for_it(review: Review) -> None:
    column = f"{NAME}.ton_giao"
    review.does("scan", "--accept", "--by", "An")
    review.does("catalog", "set", column, "--tag", "none", "--reason", "thử", "--by", "An")
    assert review.columns()["ton_giao"] == ("none", "T1", "overridden")
    review.does("catalog", "set", column, "--tag", "sensitive.religion", "--by", "An")
    review.set_up("\n[review]\ntwo_person = true\n")
    review.does("catalog", "set", column, "--tag", "none", "--reason", "mã cơ sở", "--by", "Nguyễn  An")
    assert "waits for a second person" in review.err
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "overridden")
    assert review.pending()["ton_giao"] == "awaiting"
    # the same person, however spelled, cannot agree with themselves
    review.does("catalog", "approve", column, "--by", "nguye\u0302\u0303n an", code=3)
    assert "[catalog_same_person]" in review.err
    review.does("scan", "--full")
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "overridden")
    other = f"{NAME}.ho_ten"
    review.does("catalog", "set", other, "--tag", "none", "--reason", "thử", "--by", "An")
    review.does("catalog", "approve", column, "--by", "Bình")
    assert f"approved: {column}" in review.err.replace("\n", " ")
    assert other not in review.err
    review.does("catalog", "reject", other, "--reason", "rút lại", "--by", "An")
    assert review.columns()["ton_giao"] == ("none", "T1", "overridden")
    text = (review.folder / "w/catalog/assets/nguon/main.nguoi.yaml").read_text(encoding="utf-8")
    assert "decided_by: Nguyễn  An" in text or 'decided_by: "Nguyễn  An"' in text
    assert "approved_by: Bình" in text
    review.does("catalog", "approve", column, "--by", "Bình", code=2)
    assert "[catalog_nothing_to_approve]" in review.err
    # raising needs nobody else, and a waiting decision can be withdrawn
    review.does("catalog", "set", column, "--tag", "sensitive.health", "--by", "An")
    review.does("catalog", "set", column, "--tag", "none", "--by", "An")
    review.does("catalog", "reject", column, "--reason", "rút lại", "--by", "An")
    assert review.columns()["ton_giao"] == ("sensitive.health", "T3", "overridden")


def test_who_decided_what_is_told_from_the_ledger(review: Review) -> None:
    review.does("catalog", "accept", f"{NAME}.ho_ten", "--by", "An", "--reason", "đã xem")
    review.does("catalog", "reject", f"{NAME}.email", "--by", "Bình", "--reason", "hộp thư chung")
    entries = review.does("catalog", "show", NAME, "--history", "--format", "jsonl")
    assert [entry["kind"] for entry in entries] == ["scan", "accept", "reject"]
    assert (entries[1]["by"], entries[1]["reason"]) == ("An", "đã xem")
    [change] = entries[2]["changes"]
    assert change["column"] == f"{NAME}.email"
    assert (change["from"]["tag"], change["to"]["tag"]) == ("person.email", None)
    review.does("catalog", "show", NAME, "--history")
    assert "hộp thư chung" in review.out
    review.does("audit", "verify")


def test_drift_is_shown_and_can_fail_a_pipeline(review: Review) -> None:
    review.does("scan", "--accept", "--by", "An")
    assert review.does("catalog", "drift", "--exit-code", "--format", "jsonl") == []
    review.sql(
        "ALTER TABLE nguoi DROP COLUMN email",
        "ALTER TABLE nguoi ADD COLUMN sdt VARCHAR",
        "ALTER TABLE nguoi ALTER ghi_chu TYPE BLOB",
        "CREATE TABLE moi (a INTEGER)",
    )
    found = review.does("catalog", "drift", "--exit-code", "--format", "jsonl", code=3)
    assert {(one["table"].removeprefix("nguon.main."), one["column"], one["kind"]) for one in found} == {
        ("moi", None, "table_new"),
        ("nguoi", "email", "column_gone"),
        ("nguoi", "ghi_chu", "type"),
        ("nguoi", "sdt", "column_new"),
    }
    review.does("catalog", "drift")
    assert "new column" in review.out
    assert "1 columns" in review.out
    review.sql("DROP TABLE moi", "CREATE OR REPLACE TABLE nguoi AS SELECT ho_ten, so_cccd FROM nguoi")
    review.does("scan")
    review.sql("CREATE OR REPLACE TABLE nguoi AS SELECT so_cccd, ho_ten FROM nguoi")
    [one] = review.does("catalog", "drift", "--format", "jsonl")
    assert one["kind"] == "structure"
    review.does("catalog", "drift", "khong_co", code=2)


def test_changed_packs_show_what_they_would_flip_before_anything_is_written(review: Review) -> None:
    review.does("catalog", "accept", f"{NAME}.ho_ten", "--by", "An")
    packs = review.folder / "packs"
    shutil.copytree(review.folder / "w/classifiers", packs)
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
    before = sorted((path, path.read_bytes()) for path in (review.folder / "w/catalog").rglob("*.yaml"))
    found = review.does("catalog", "impact", "--packs", str(packs), "--exit-code", "--format", "jsonl", code=3)
    flips = {one["column"]: (one["kind"], one["decided"]) for one in found}
    assert flips["email"][1] is False
    assert sorted((path, path.read_bytes()) for path in (review.folder / "w/catalog").rglob("*.yaml")) == before
    assert review.does("catalog", "impact", "--exit-code", "--format", "jsonl") == []
    shutil.copy(packs / "thu.yaml", review.folder / "w/classifiers/thu.yaml")
    review.does("catalog", "diff")
    assert "rule packs changed" in review.err
    review.does("scan")
    assert review.columns()["ho_ten"][2] == "accepted"
    review.does("catalog", "diff", "--exit-code", code=3)
    assert "rule packs changed" not in review.err


def test_what_a_table_is_as_a_whole_can_be_rejected_and_takes_two_people_where_asked(review: Review) -> None:
    review.sql(
        "CREATE TABLE khao_sat AS SELECT 'x' || (i % 40) AS nghe_nghiep, DATE '1950-01-01' + INTERVAL (i * 97) DAY "
        "AS ngay_sinh, CASE WHEN i % 2 = 0 THEN 'Nam' ELSE 'Nữ' END AS gioi_tinh FROM range(200) AS t(i)"
    )
    review.does("scan")
    table, file = "nguon.main.khao_sat", review.folder / "w/catalog/assets/nguon/main.khao_sat.yaml"
    assert "rule: linkage" in file.read_text("utf-8").split("columns:\n")[0]
    review.does("catalog", "reject", table, "--raise", "linkage", "--reason", " ", code=2)
    assert "[catalog_raise_reason]" in review.err
    review.does("catalog", "reject", table, "--raise", "location", "--reason", "x", code=2)
    assert "[catalog_no_such_raise]" in review.err
    review.set_up("\n[review]\ntwo_person = true\n")
    review.does("catalog", "reject", table, "--raise", "linkage", "--reason", "mẫu đã gộp", "--by", "An")
    assert "waits for a second person" in review.err
    review.does("catalog", "diff")
    assert "An asked to reject the raise linkage" in review.err
    review.does("catalog", "approve", table, "--by", "an", code=3)
    review.does("catalog", "approve", table, "--by", "Bình")
    review.does("scan", "--full")
    text = file.read_text("utf-8")
    assert "\nraised:" not in text
    assert "mẫu đã gộp" in text
    review.does("catalog", "accept", table, "--raise", "linkage", "--by", "An")
    assert "\nraised:" in file.read_text("utf-8")
    review.does("catalog", "accept", "--raise", "linkage", code=2)


def test_a_dropped_table_is_retired_and_what_was_decided_is_kept(review: Review) -> None:
    review.does("catalog", "accept", "--by", "An")
    review.does("catalog", "retire", NAME, "--reason", "x", "--by", "An", code=2)
    assert "[catalog_table_present]" in review.err
    review.sql("CREATE TABLE khac (so_cccd VARCHAR)", "DROP TABLE nguoi")
    review.does("scan")
    assert [row["kind"] for row in review.does("catalog", "drift", "--exit-code", "--format", "jsonl", code=3)] == [
        "table_gone"
    ]
    review.does("catalog", "retire", NAME, "--reason", "  ", "--by", "An", code=2)
    assert "[catalog_retire_reason]" in review.err
    review.does("catalog", "retire", NAME, "--reason", "đã chuyển sang hệ mới: 2026", "--by", "Bình")

    assert review.does("catalog", "drift", "--exit-code", "--format", "jsonl") == []
    review.does("catalog", "report", "--format", "html")
    assert "ton_giao" not in review.out
    review.does("query", "--as", "c06", "--purpose", "L3", "SELECT so_cccd FROM nguoi", code=3)
    (record,) = review.does("catalog", "list", "--retired", "--format", "jsonl")
    assert (record["table"], record["who"], record["reason"]) == (NAME, "Bình", "đã chuyển sang hệ mới: 2026")
    kept = (review.folder / "w/catalog/retired/nguon/main.nguoi.yaml").read_text(encoding="utf-8")
    assert "sensitive.religion" in kept
    assert [row["kind"] for row in review.does("catalog", "show", NAME, "--history", "--format", "jsonl")][
        -1
    ] == "retire"
    review.does("catalog", "retire", NAME, "--reason", "x", "--by", "An", code=2)
    assert "[table_not_found]" in review.err

    review.sql(*MADE)
    assert [row["kind"] for row in review.does("catalog", "drift", "--format", "jsonl")] == ["table_new"]
    review.does("scan")
    assert {status for _, _, status in review.columns().values()} == {"proposed"}
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "lần hai", "--by", "An")
    both = review.does("catalog", "list", "--retired", "--format", "jsonl")
    assert [(one["who"], one["reason"]) for one in both] == [("Bình", record["reason"]), ("An", "lần hai")]
    assert len(list((review.folder / "w/catalog/retired/nguon").iterdir())) == 2
    review.does("doctor")


def test_retiring_what_people_decided_takes_two_where_the_workspace_asks_for_it(review: Review) -> None:
    review.set_up("\n[review]\ntwo_person = true\n")
    review.does("catalog", "accept", "--by", "An")
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    assert "waits for a second person" in review.err
    assert review.does("catalog", "list", "--retired", "--format", "jsonl") == []
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
    review.does("catalog", "diff")
    assert "An asked to retire" in " ".join(review.err.split())
    review.does("catalog", "approve", NAME, "--by", "AN ", code=3)
    assert "[catalog_same_person_retire]" in review.err
    review.does("catalog", "approve", NAME, "--by", "Bình")
    (record,) = review.does("catalog", "list", "--retired", "--format", "jsonl")
    assert (record["who"], record["approved_by"]) == ("An", "Bình")
    assert review.does("catalog", "drift", "--exit-code", "--format", "jsonl") == []


def test_who_reviews_is_told_what_to_do_with_each_kind_of_pending_column(review: Review) -> None:
    review.set_up("\n[review]\ntwo_person = true\n")
    review.does("catalog", "reject", f"{NAME}.ghi_chu", "--reason", "x", "--by", "An")
    review.does("catalog", "set", f"{NAME}.email", "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    review.does("catalog", "accept", f"{NAME}.ho_ten", "--by", "An")
    review.does("scan", "--full")
    review.does("catalog", "diff")
    told = " ".join(review.err.split())
    assert "2 pending; agree: " in told
    assert "1 without a tag, counted as sensitive; decide: " in told
    assert "1 where the scan disagrees with a decision, which stands" in told
    review.does("catalog", "accept", f"{NAME}.email", "--by", "An")  # from T3 to T2
    assert "columns accepted: 0" in review.err
    assert f"{NAME}.email: lowering to person.email waits for a second person" in " ".join(review.err.split())
    review.does("catalog", "diff")
    assert "1 wait for a second person" in review.err
    review.does("catalog", "show", NAME, "--history")
    assert "(waits for a second person)" in " ".join(review.out.split())


def test_what_was_suspected_of_a_state_secret_is_not_read_when_the_table_comes_back(review: Review) -> None:
    review.does("catalog", "set", f"{NAME}.ghi_chu", "--tag", "secrecy.suspected", "--reason", "x", "--by", "An")
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    review.sql(*MADE, "UPDATE nguoi SET ghi_chu = 'an@vi.du.vn'")
    review.does("scan")
    assert review.columns()["ghi_chu"][0] != "person.email"
    assert review.does("catalog", "diff", "--format", "jsonl")


def test_an_unknown_tag_comes_with_the_one_that_was_meant(review: Review) -> None:
    for said, meant in (("person.birthdate", "person.birth_date"), ("zzz", "person.*")):
        review.does("catalog", "set", f"{NAME}.ghi_chu", "--tag", said, "--reason", "x", code=2)
        assert meant in review.err


def test_accepting_again_says_that_it_was_done_and_a_login_name_is_told(review: Review) -> None:
    review.does("catalog", "accept", lang="vi")
    assert "người quyết định: " in review.err
    review.does("catalog", "accept", "nguon", "--by", "An", lang="vi")
    accepted = sum(row["status"] != "proposed" for row in review.does("catalog", "show", NAME, "--format", "jsonl"))
    review.does("catalog", "accept", "nguon", "--by", "An", lang="vi")
    assert f"{accepted} cột đã được duyệt từ trước" in review.err
    assert "người quyết định: " not in review.err


def test_a_column_is_the_same_in_either_normal_form(review: Review) -> None:
    review.sql('ALTER TABLE nguoi ADD COLUMN "họ_đệm" VARCHAR', """UPDATE nguoi SET "họ_đệm" = 'Văn'""")
    review.does("scan")
    name = unicodedata.normalize("NFD", f"{NAME}.họ_đệm")
    assert name != f"{NAME}.họ_đệm"
    why = ("--reason", "x")
    steps = (("set", "--tag", "none", *why), ("undo", *why), ("reject", *why), ("undo", *why), ("accept",))
    for command, *options in steps:
        review.does("catalog", command, name, *options, "--by", "An")
    entry = review.does("catalog", "show", NAME, "--history", "--format", "jsonl")[-1]
    assert entry["columns"] == [unicodedata.normalize("NFC", name)]


def test_a_source_that_is_only_scanned_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kho").mkdir()
    (tmp_path / "kho/nguoi.csv").write_text("ho_ten\nAn\n", encoding="utf-8")
    cli = Cli(Workspace.create(tmp_path / "w", {"kho": f"files://{tmp_path / 'kho'}"}), capsys)
    asked = ("--as", "thanh-tra", "--purpose", "A1", "--source", "kho", "SELECT ho_ten FROM nguoi")
    cli.does("query", *asked, code=None, lang="vi")
    assert "Nguồn kho (files)" in cli.err
