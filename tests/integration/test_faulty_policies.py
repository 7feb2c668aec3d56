"""A bundle that does not decide as it reads decides nothing: not found by `policy check` only, but by whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.flow.policy import bundle as policy
from phantang.model.errors import PolicyError

from .test_limits import edit

if TYPE_CHECKING:
    from phantang.store import Workspace

SAMPLE = "policies/rules/limit/sample/sample.rego"
ASK = ["query", "--as", "thanh-tra", "--purpose", "A1", "--source", "dan_cu", "SELECT so_cccd FROM cong_dan"]


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_PASSED", set())


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SAMPLE, "facts.tables", "facts.tablse"),
        (SAMPLE, "limits.sample_rows", "limits.sample_row"),
        ("policies/rules/mask/clearance/clearance.rego", "subject.clearance", "subject.claerance"),
        ("policies/law/masks/data.yaml", "person.name: MASK", "person.name: MASQUE"),
        ("policies/law/matrix/data.yaml", "min_group_size: 20, ", "min_group_size: 0, "),
        ("policies/law/limits/data.yaml", "sample_rows: 100", "sample_rows: 0"),
        ("policies/law/identifiers/data.yaml", "  - sensitive.location", "  - sensitive.locaton"),
        ("policies/law/limits/data.yaml", "tags: [secrecy.suspected]", "tags: [secrecy.suspcted]"),
        (
            "policies/law/combinations/data.yaml",
            "important: [importance.important]",
            "important: [importance.importent]",
        ),
    ],
)
def test_a_typo_is_found_by_whoever_opens_and_by_the_check(
    workspace: Workspace, file: str, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(workspace.path / file, old, new)
    with pytest.raises(PolicyError) as caught:
        Gateway.open(workspace.path)
    assert caught.value.code == "policy_bundle_invalid"
    assert caught.value.params["file"] == file.removeprefix("policies/")
    line = int(caught.value.params["line"])
    assert run(["-w", str(workspace.path), "policy", "check"]) == 2
    assert f"{caught.value.params['file']}:{line}" in capsys.readouterr().out
    assert new.strip(" ,") in (workspace.path / file).read_text(encoding="utf-8").split("\n")[line - 1]


def test_a_typo_stops_every_question_until_it_is_mended(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-w", str(workspace.path), *ASK]) == 0
    edit(workspace.path / SAMPLE, "facts.tables", "facts.tablse")
    assert run(["-w", str(workspace.path), *ASK]) == 2
    assert f"{SAMPLE.removeprefix('policies/')}:" in capsys.readouterr().err
    edit(workspace.path / SAMPLE, "facts.tablse", "facts.tables")
    assert run(["-w", str(workspace.path), *ASK]) == 0


def test_a_bundle_is_checked_once_a_workspace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    Gateway.open(workspace.path).close()
    monkeypatch.setattr(policy, "_PASSED", set())
    with monkeypatch.context() as patched:
        patched.setattr("phantang.pdp.check_deciding", lambda _: pytest.fail("checked again"))
        Gateway.open(workspace.path).close()
    monkeypatch.setattr(policy, "_PASSED", set())
    (workspace.path / ".phantang/policies/passed").write_bytes(b"\xff\x00")
    Gateway.open(workspace.path).close()


def test_a_rule_without_tests_or_words_still_narrows(workspace: Workspace) -> None:
    rule = workspace.path / "policies/rules/limit/nobody/nobody.rego"
    rule.parent.mkdir()
    rule.write_text(
        'package phantang.rules.limit.nobody\n\nnarrow contains {"effect": "deny", "text": "nobody"}\n',
        encoding="utf-8",
    )
    assert run(["-w", str(workspace.path), *ASK]) == 3


def test_a_subject_in_two_provinces_is_of_no_place(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace.path / "catalog/agencies/xa-ba-dinh.yaml"
    edit(file, 'province: "01"', 'province: "79"')
    ask = ["explain", "--as", "xa-ba-dinh", "--purpose", "L2", "--source", "dan_cu"]
    sql = "SELECT ho_ten FROM cong_dan WHERE so_cccd = '001090000001'"
    assert run(["-w", str(workspace.path), "--lang", "en", *ask, sql]) == 3
    assert "not of its province" in " ".join(capsys.readouterr().out.split())
