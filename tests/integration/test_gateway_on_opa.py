"""The demo's questions with policy decided by a real OPA server: same answers, and denials for another bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.flow.workspace.demo import questions
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from phantang.flow.query.explanation import Explanation

    OpaServer = Callable[..., str]


def point_at(workspace: Workspace, url: str) -> Workspace:
    """Return `workspace` with its decisions made by the OPA server at `url`."""
    file = workspace.path / "phantang.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[policy]\nengine = "opa"\nopa_url = "{url}"\n', encoding="utf-8")
    return Workspace.open(workspace.path)


def ask(workspace: Workspace) -> list[Explanation]:
    """Return the explanation of every question of the demo."""
    with Gateway.open(workspace.path) as gateway:
        return [gateway.explain(question.sql, **question.terms) for question in questions()]


def serve(workspace: Workspace, tmp_path: Path, opa_server: OpaServer) -> str:
    """Pack the workspace's bundle as a user would, and serve it."""
    archive = tmp_path / "bundle.tar.gz"
    assert run(["-w", str(workspace.path), "policy", "bundle", "--out", str(archive)]) == 0
    return opa_server(bundle=archive)


def test_the_demo_questions_are_answered_alike(workspace: Workspace, tmp_path: Path, opa_server: OpaServer) -> None:
    here = ask(workspace)
    there = ask(point_at(workspace, serve(workspace, tmp_path, opa_server)))
    assert [answer.code for answer in there] == [answer.code for answer in here]
    assert [answer.decision for answer in there] == [answer.decision for answer in here]
    assert [answer.plan for answer in there] == [answer.plan for answer in here]


def test_a_server_with_another_bundle_is_not_believed(
    workspace: Workspace, tmp_path: Path, opa_server: OpaServer
) -> None:
    url = serve(workspace, tmp_path, opa_server)
    limits = workspace.path / "policies" / "law" / "limits" / "data.yaml"
    limits.write_text(
        limits.read_text(encoding="utf-8").replace("sample_rows: 100", "sample_rows: 50"), encoding="utf-8"
    )
    answers = ask(point_at(workspace, url))
    assert {answer.code for answer in answers} == {"policy_revision_mismatch"}
    assert not [answer for answer in answers if answer.allowed]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9"])
def test_a_server_that_is_down_denies(workspace: Workspace, url: str) -> None:
    assert {answer.code for answer in ask(point_at(workspace, url))} == {"policy_unavailable"}
