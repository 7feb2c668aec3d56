"""What is refused because of what was asked before: seen from outside, on real databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
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


DASHBOARD = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "dan_cu"}
BY_RELIGION = "SELECT ton_giao, count(*) AS n FROM cong_dan GROUP BY ton_giao"


def test_an_answer_that_completes_an_earlier_one_is_refused(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        shown = gateway.query(BY_RELIGION, **DASHBOARD).table
        assert gateway.query(BY_RELIGION, **DASHBOARD).table.num_rows == shown.num_rows
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT count(ton_giao) FROM cong_dan", **DASHBOARD)
        assert caught.value.code == "aggregate_difference"
        last = list(gateway.ledger.entries())[-1]
        assert last.body["status"] == "aggregate_difference"
        # What was refused was not answered, so it does not stand in the way of anything.
        assert gateway.query(f"{BY_RELIGION} ORDER BY n", **DASHBOARD).table.num_rows == shown.num_rows


def test_the_record_of_answers_outlives_the_process_and_is_per_subject(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
    edit(workspace.path / "catalog/agencies/ioc-ha-noi.yaml", "id: ioc-ha-noi", "id: ioc-khac")
    (workspace.path / "catalog/agencies/ioc-ha-noi.yaml").rename(workspace.path / "catalog/agencies/ioc-khac.yaml")
    agency = (workspace.path / "catalog/agencies/ioc-khac.yaml").read_text(encoding="utf-8")
    (workspace.path / "catalog/agencies/ioc-ha-noi.yaml").write_text(
        agency.replace("id: ioc-khac", "id: ioc-ha-noi"), encoding="utf-8"
    )
    with Gateway.open(workspace.path) as gateway:
        total = "SELECT count(ton_giao) FROM cong_dan"
        with pytest.raises(Refused):
            gateway.query(total, **DASHBOARD)
        assert gateway.query(total, **{**DASHBOARD, "subject": "ioc-khac"}).table.num_rows == 1


def test_what_cannot_be_compared_is_not_answered(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
    database = workspace.usage().path
    with closing(sqlite3.connect(database)) as usage, usage:
        usage.execute("UPDATE answers SET selection = replace(selection, 'ton_giao', 'cot_da_mat')")
    with Gateway.open(workspace.path) as gateway:
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT gioi_tinh, count(*) FROM cong_dan GROUP BY gioi_tinh", **DASHBOARD)
        assert caught.value.code == "aggregate_unchecked"


def test_a_bi_tool_is_answered_as_the_plain_question_is(workspace: Workspace) -> None:
    wrapped = (
        'SELECT "t0"."tg" AS "tg", "t0"."n" FROM (SELECT "s"."ton_giao" AS "tg", count(*) AS "n" '
        'FROM (SELECT * FROM "cong_dan") AS "s" GROUP BY 1) AS "t0" WHERE NOT "t0"."n" IS NULL LIMIT 1000001'
    )
    with Gateway.open(workspace.path) as gateway:
        plain = sorted(gateway.query(BY_RELIGION, **DASHBOARD).table.to_pydict()["n"])
        assert sorted(gateway.query(wrapped, **DASHBOARD).table.to_pydict()["n"]) == plain
        assert plain
        # What an earlier answer completes stays so in other words.
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT count(s.tg) FROM (SELECT ton_giao AS tg FROM cong_dan) AS s", **DASHBOARD)
        assert caught.value.code == "aggregate_difference"
