"""`phantang classifiers check` on the repository's packs, and on packs that are wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from phantang.cli.app import run

ROOT = Path(__file__).parents[3]
WRONG = """
rules:
  - id: zz.wrong
    tag: person.other
    sources: [{ref: "made up", status: unverified}]
    names: {strong: [quốc tịch]}
    match: {names: [so_nha]}
    near_miss: {names: [email]}
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "classifiers", tmp_path / "classifiers"))


def _check(*arguments: str) -> int:
    return run(["--workspace", str(ROOT), "--lang", "en", "classifiers", "check", *arguments])


def test_the_packs_of_the_repository_are_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check("--format", "json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == []
    assert report["rules"] > 150


def test_a_wrong_rule_is_named_and_fails(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packs / "vn/zz.yaml").write_text(WRONG, "utf-8")
    assert _check(str(packs), "--format", "json") == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {(one["rule"], one["kind"]) for one in problems} >= {("zz.wrong", "match"), ("vn.nationality", "overlap")}


def test_a_pattern_that_explodes_is_refused_with_its_line(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packs / "vn/zz.yaml").write_text(WRONG + "    values: {patterns: ['(a+)+$']}\n", "utf-8")
    assert _check(str(packs)) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "vn/zz.yaml, line 9, rule zz.wrong" in said
    assert "[classifier_pattern_explodes]" in said


def test_a_broken_pack_is_an_error_with_its_place(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packs / "vn/zz.yaml").write_text("rules:\n  - id: [", "utf-8")
    assert _check(str(packs)) == 2
    assert "vn/zz.yaml" in capsys.readouterr().err


def test_packs_of_an_earlier_version_lack_word_lists_and_work(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (packs / "lists/words_surnames_en.txt").unlink()
    assert _check(str(packs), "--format", "json") == 0
    (packs / "lists/provinces_2025.csv").unlink()
    assert _check(str(packs), "--format", "json") == 2
    assert "classifier_list_missing" in capsys.readouterr().err
