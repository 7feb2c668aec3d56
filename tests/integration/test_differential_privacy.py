"""Noisy counts of a marked table, from outside: the command line, the ledger, the record of usage."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.flow.query.noise import threshold
from phantang.model.errors import Refused, WorkspaceError
from phantang.model.noise import Measure, NoisePlan

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace

#: One count, of which one person is one.
ONE_COUNT = NoisePlan((Measure(1, 1),), 1, 2)
DASHBOARD = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "dan_cu"}
BY_SEX = "SELECT gioi_tinh, count(*) AS n FROM cong_dan GROUP BY gioi_tinh"
PEOPLE = "SELECT count(DISTINCT so_cccd) FROM cong_dan"


def mark(workspace: Workspace, written: str = "{epsilon: 0.5, budget: 1.25}", table: str = "cong_dan") -> Path:
    file = workspace.path / f"catalog/assets/dan_cu/main.{table}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\ncolumns:", f"\ndifferential_privacy: {written}\ncolumns:"), encoding="utf-8")
    return file


def ask(workspace: Workspace, sql: str, *words: str, lang: str = "en") -> int:
    where = ["--as", "ioc-ha-noi", "--purpose", "L1", "--source", "dan_cu"]
    return run(["-w", str(workspace.path), "--lang", lang, words[0], *where, *words[1:], sql])


def test_a_question_is_paid_once_and_the_budget_ends(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with Gateway.open(workspace.path) as gateway:
        exact = {row["gioi_tinh"]: row["n"] for row in gateway.query(BY_SEX, **DASHBOARD).table.to_pylist()}
    mark(workspace)
    assert ask(workspace, BY_SEX, "query", "--format", "csv") == 0
    first = capsys.readouterr()
    assert "Figures are noisy (ε = 0.5); 0.75 of the privacy budget remains." in first.err
    shown = {row["gioi_tinh"]: int(row["n"]) for row in csv.DictReader(io.StringIO(first.out))}
    assert set(shown) == {sex for sex, count in exact.items() if count > threshold(ONE_COUNT, 0.5, 10) + 60}
    assert all(abs(shown[sex] - exact[sex]) < 60 for sex in shown)  # beyond with probability e^-30
    assert ask(workspace, BY_SEX, "query", "--format", "csv", lang="vi") == 0
    again = capsys.readouterr()
    assert again.out == first.out
    assert "Số liệu có nhiễu (ε = 0.5); ngân sách riêng tư còn 0.75." in again.err
    assert ask(workspace, PEOPLE, "query") == 0
    assert "0.25 of the privacy budget remains" in capsys.readouterr().err
    other = BY_SEX.replace("GROUP", "WHERE gioi_tinh = 'Nam' GROUP")
    assert ask(workspace, other, "query") == 3
    assert "dp_budget" in capsys.readouterr().err
    assert ask(workspace, BY_SEX, "query") == 0
    with Gateway.open(workspace.path) as gateway:
        outcomes = [entry.body for entry in gateway.ledger.entries() if entry.kind == "outcome"][1:]
    assert [one["status"] for one in outcomes] == ["completed"] * 3 + ["dp_budget", "completed"]
    assert outcomes[0]["differential_privacy"] == {"epsilon": 0.5, "delta": 1e-6, "remaining": 0.75}


def test_the_obligation_is_explained(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    mark(workspace)
    assert ask(workspace, BY_SEX, "explain", "--format", "json") == 0
    explained = json.loads(capsys.readouterr().out)
    assert explained["obligations"]["differential_privacy"] == {"epsilon": 0.5, "budget": 1.25}
    assert "aggregate/differential_privacy" in {reason["rule"] for reason in explained["reasons"]}
    assert ask(workspace, BY_SEX, "explain") == 0
    assert "noisy figures (ε, budget): 0.5, 1.25" in capsys.readouterr().out
    assert not (workspace.path / ".phantang/usage").exists()  # explaining spends nothing


REFUSED = [
    f"{BY_SEX} ORDER BY n",
    f"{BY_SEX} LIMIT 1",
    f"{BY_SEX} HAVING count(*) > 100",
    "SELECT DISTINCT gioi_tinh, count(*) FROM cong_dan GROUP BY gioi_tinh",
    "SELECT gioi_tinh, count(*), count(DISTINCT so_cccd) FROM cong_dan GROUP BY gioi_tinh",
    "SELECT gioi_tinh, count(*) + 1 FROM cong_dan GROUP BY gioi_tinh",
    "SELECT gioi_tinh, count(gioi_tinh) FROM cong_dan GROUP BY gioi_tinh",
    "SELECT upper(gioi_tinh), count(*) FROM cong_dan GROUP BY upper(gioi_tinh)",
    "SELECT year(ngay_sinh), count(*) FROM cong_dan GROUP BY year(ngay_sinh)",
    "SELECT gioi_tinh FROM cong_dan GROUP BY gioi_tinh",
    "SELECT count(*) FROM cong_dan WHERE gioi_tinh = 1",
    "SELECT count(*) FROM cong_dan WHERE CAST(gioi_tinh AS INTEGER) = 1",
    "SELECT count(*) FROM cong_dan WHERE gioi_tinh LIKE 'N%'",
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho",
    "SELECT count(*) FROM (SELECT DISTINCT gioi_tinh FROM cong_dan) c",
    "WITH c AS (SELECT gioi_tinh FROM cong_dan LIMIT 5) SELECT count(*) FROM c",
    "SELECT count(*) FROM cong_dan UNION ALL SELECT count(*) FROM cong_dan",
    "SELECT avg(year(ngay_sinh)) FROM cong_dan",
]


def test_everything_else_is_refused_and_costs_nothing(workspace: Workspace) -> None:
    mark(workspace)
    with Gateway.open(workspace.path) as gateway:
        for statement in REFUSED:
            explanation = gateway.explain(statement, **DASHBOARD)
            assert not explanation.allowed, statement
            assert explanation.code in {"dp_unsupported", "aggregate_required", "policy_denied"}, statement
    assert not (workspace.path / ".phantang/usage").exists()


def test_conditions_that_cannot_fail_are_answered(workspace: Workspace) -> None:
    mark(workspace, "{epsilon: 5, budget: 15}")
    conditions = (
        "gioi_tinh = 'Nam'",
        "gioi_tinh IN ('Nam', 'Nữ') AND NOT (ma_xa <> '00004')",
        "gioi_tinh IS NOT NULL OR ma_xa = ''",
    )
    with Gateway.open(workspace.path) as gateway:
        left = []
        for condition in conditions:
            answer = gateway.query(f"SELECT count(*) AS n FROM cong_dan WHERE {condition}", **DASHBOARD)
            left.append(answer.noise and answer.noise.remaining)
    assert left == [10, 5, 0]


def test_a_person_of_several_rows_is_counted_once_and_in_no_groups(workspace: Workspace) -> None:
    file = mark(workspace)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("primary_key: [so_cccd]\n", ""), encoding="utf-8")
    assert text != file.read_text(encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        for statement in (BY_SEX, "SELECT count(*) FROM cong_dan"):
            assert gateway.explain(statement, **DASHBOARD).code == "dp_unsupported"
        assert gateway.query(PEOPLE, **DASHBOARD).table.num_rows == 1


def test_a_key_that_is_not_one_is_noticed(workspace: Workspace) -> None:
    file = workspace.path / "catalog/assets/dan_cu/main.cong_dan.yaml"
    text = file.read_text(encoding="utf-8")
    # Households instead of people: several rows each.
    text = text.replace("privacy_unit: so_cccd", "privacy_unit: ma_ho").replace("[so_cccd]", "[ma_ho]")
    file.write_text(text, encoding="utf-8")
    mark(workspace)
    with Gateway.open(workspace.path) as gateway, pytest.raises(Refused) as caught:
        gateway.query(BY_SEX, **DASHBOARD)
    assert caught.value.code == "dp_unsupported"


def test_without_the_library_nothing_is_answered_or_spent(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mark(workspace)
    for name in ("opendp", "opendp.prelude"):
        monkeypatch.setitem(sys.modules, name, None)
    assert ask(workspace, BY_SEX, "query") == 3
    told = capsys.readouterr()
    assert "dp_unavailable" in told.err
    assert told.out == ""
    assert not (workspace.path / ".phantang/usage").exists()


SENSELESS = [
    "{epsilon: 0, budget: 5}",
    "{epsilon: -1, budget: 5}",
    "{epsilon: .nan, budget: 5}",
    "{epsilon: true, budget: 5}",
    "{epsilon: 1e2, budget: 500}",
    "{epsilon: 0.5, budget: .inf}",
    "{epsilon: 0.5, budget: 0.4}",
    "{epsilon: 0.5}",
    "{epsilon: 0.5, budget: 5, delta: 1}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 0}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {ho_ten: {low: 1, high: 1}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {ho_ten: {low: .nan, high: 1}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {ho_ten: {low: 0, high: .inf}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {ho_ten: {low: 0, high: 10, step: 0}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {ho_ten: {low: 0, high: 1e12, step: 1e-6}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, bounds: {khong_co: {low: 0, high: 1}}}",
    "{epsilon: 0.5, budget: 5, bounds: {ho_ten: {low: 0, high: 1}}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, keys: {gioi_tinh: []}}",
    "{epsilon: 0.5, budget: 5, rows_per_person: 2, keys: {gioi_tinh: [Nam, Nam]}}",
    "0.5",
]


def test_a_mark_that_makes_no_sense_is_an_error_with_its_line(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    file = mark(workspace, "MARK")
    text = file.read_text(encoding="utf-8")
    line = 1 + next(number for number, one in enumerate(text.split("\n")) if "MARK" in one)
    for written in SENSELESS:
        file.write_text(text.replace("MARK", written), encoding="utf-8")
        with pytest.raises(WorkspaceError) as caught:
            Gateway.open(workspace.path)
        assert caught.value.params["line"] == str(line), written
    assert ask(workspace, BY_SEX, "query") == 2
    assert "main.cong_dan.yaml" in capsys.readouterr().err


def test_a_table_that_cannot_tell_people_apart_cannot_be_marked(workspace: Workspace) -> None:
    file = mark(workspace)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("privacy_unit: so_cccd\n", ""), encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        Gateway.open(workspace.path)
    assert caught.value.code == "catalog_missing_key"


ROADS = {"subject": "cong-ty-logistics", "purpose": "B2", "source": "giao_thong"}
SPEED = "SELECT avg(t.v) AS tb, count(*) AS n FROM (SELECT toc_do AS v FROM hanh_trinh) AS t"


def mark_roads(workspace: Workspace, budget: str) -> None:
    file = workspace.path / "catalog/assets/giao_thong/main.hanh_trinh.yaml"
    text = file.read_text(encoding="utf-8")
    bounds = "bounds: {toc_do: {low: 0, high: 120, step: 0.5}}"
    written = f"{{epsilon: 2, budget: {budget}, rows_per_person: 4, {bounds}}}"
    file.write_text(text.replace("\ncolumns:", f"\ndifferential_privacy: {written}\ncolumns:"), encoding="utf-8")


def test_speeds_are_averaged_and_paid_for(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        [exact] = gateway.query("SELECT avg(toc_do) AS tb FROM hanh_trinh", **ROADS).table.to_pylist()
    mark_roads(workspace, "5")
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(SPEED, **ROADS)
        [row] = answer.table.to_pylist()
        # Thousands of vehicles, four rows each at most: noise on the sum has a scale of 960 x 4 / 2 steps of 0.5.
        assert abs(row["tb"] - exact["tb"]) < 10
        assert answer.noise is not None
        assert answer.noise.remaining == 3
        assert gateway.query(SPEED, **ROADS).table.to_pylist() == [row]
        for refused in ("sum(vi_do)", "max(toc_do)", "avg(toc_do * toc_do)", "sum(toc_do) FILTER (WHERE vi_do > 21)"):
            assert not gateway.explain(f"SELECT {refused} FROM hanh_trinh", **ROADS).allowed


@pytest.mark.timeout(280)
def test_processes_at_once_spend_no_more_than_the_budget(workspace: Workspace) -> None:
    mark_roads(workspace, "4")
    words = [
        "-w",
        str(workspace.path),
        "query",
        "--as",
        "cong-ty-logistics",
        "--purpose",
        "B2",
        "--source",
        "giao_thong",
    ]
    asked = [f"SELECT count(*) AS n{number}, sum(toc_do) AS s FROM hanh_trinh" for number in range(4)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", "from phantang.cli import main; main()", *words, sql],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for sql in asked
    ]
    ended = [(one.communicate()[1], one.returncode) for one in running]
    assert sorted(code for _, code in ended) == [0, 0, 3, 3], ended
    assert all("dp_budget" in said for said, code in ended if code == 3)
    with closing(sqlite3.connect(workspace.usage().path)) as usage:
        assert usage.execute("SELECT spent FROM budgets").fetchall() == [(4000,)]


def test_an_organisation_has_one_budget(workspace: Workspace) -> None:
    """A second subject of the same body is no second budget; what one asked the other pays for again."""
    mark(workspace)
    agencies = workspace.path / "catalog/agencies"
    text = (agencies / "ioc-ha-noi.yaml").read_text(encoding="utf-8").rstrip()
    for name, body in {"ioc-ha-noi": "ubnd-ha-noi", "van-phong": "ubnd-ha-noi", "noi-khac": "noi-khac"}.items():
        twin = f"{text.replace('id: ioc-ha-noi', f'id: {name}')}\npart_of: {body}\n"
        (agencies / f"{name}.yaml").write_text(twin, encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        first = gateway.query(PEOPLE, **DASHBOARD)
        other = gateway.query(PEOPLE, **{**DASHBOARD, "subject": "van-phong"})
        assert (first.noise and first.noise.remaining, other.noise and other.noise.remaining) == (0.75, 0.25)
        assert gateway.explain(BY_SEX, **{**DASHBOARD, "subject": "van-phong"}).at_run == "dp_budget"
        for name in ("ioc-ha-noi", "van-phong"):
            with pytest.raises(Refused) as caught:
                gateway.query(BY_SEX, **{**DASHBOARD, "subject": name})
            assert caught.value.code == "dp_budget"
        assert gateway.query(BY_SEX, **{**DASHBOARD, "subject": "noi-khac"}).noise is not None
