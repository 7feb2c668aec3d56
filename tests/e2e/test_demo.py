"""The demo, small: it runs twice, answers each person as it says it will, and leaves a ledger that verifies."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from phantang import Denied, Gateway
from phantang.cli.app import run
from phantang.flow.workspace.demo import questions, verify_with_flipped_byte
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


def test_demo_runs_twice_from_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    for _ in range(2):
        assert run(["demo", "--dir", str(folder), "--citizens", "2000"]) == 0
        out = capsys.readouterr().out
        assert "ALLOWED" in out
        assert "DENIED" in out
        assert "BROKEN" in out
        assert "Try next" in out
        assert "\x1b[" not in out, "colour only on a terminal"
    assert Workspace.open(folder).ledger().verify().ok


def test_demo_leaves_a_folder_of_yours_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert run(["demo", "--dir", str(tmp_path), "--citizens", "2000"]) == 2
    assert "demo_folder_in_use" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("number", range(6))
def test_each_question_is_answered_as_the_demo_says(workspace: Workspace, number: int) -> None:
    question = questions()[number]
    with Gateway.open(workspace.path) as gateway:
        ask = partial(
            gateway.query,
            question.sql,
            subject=question.subject,
            purpose=question.purpose,
            source=question.source,
            legal_ref=question.legal_ref,
        )
        if question.expect == "allowed":
            assert ask().table.num_rows > 0
        else:
            with pytest.raises(Denied) as denied:
                ask()
            assert denied.value.code == question.expect
            assert denied.value.explanation.to_json()["reasons"]


def test_the_flipped_byte_is_found_in_a_copy_only(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.explain("SELECT ho_ten FROM cong_dan", subject="thanh-tra", purpose="A1", source="dan_cu")
    _, flipped = verify_with_flipped_byte(workspace)
    assert not flipped.ok
    assert flipped.problems
    assert workspace.ledger().verify().ok
