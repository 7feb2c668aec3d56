"""What is refused because of what was asked before: seen from outside, on real databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.model.errors import Refused
from phantang.samples import DEMO_CITIZEN_CCCD

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace

LOOKUP = f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_lookups_end_at_the_limit_of_the_day(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        workspace.path / "policies/law/limits/data.yaml",
        "commune_officer_single_case: 200",
        "commune_officer_single_case: 2",
    )
    ask = {"subject": "xa-ba-dinh", "purpose": "L2", "source": "dan_cu"}
    with Gateway.open(workspace.path) as gateway:
        for _ in range(2):
            assert gateway.query(LOOKUP, **ask).table.num_rows == 1
        with pytest.raises(Refused) as caught:
            gateway.query(LOOKUP, **ask)
        assert gateway.explain(LOOKUP, **ask).allowed
        assert caught.value.code == "lookup_limit"
        last = [entry for entry in gateway.ledger.entries() if entry.kind == "outcome"][-1]
    assert last.body["status"] == "lookup_limit"
    command = [
        "-w",
        str(workspace.path),
        "query",
        "--as",
        "xa-ba-dinh",
        "--purpose",
        "L2",
        "--source",
        "dan_cu",
        LOOKUP,
    ]
    assert run(command) == 3
    assert "lookup_limit" in capsys.readouterr().err


def test_a_list_is_no_lookup(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query("SELECT ho_ten FROM cong_dan LIMIT 3", subject="thanh-tra", purpose="A1", source="dan_cu")
    assert not (workspace.path / ".phantang/usage").exists()
