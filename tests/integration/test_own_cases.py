"""An officer reads people of their own cases and nobody else: on real rows, in DuckDB and in PostgreSQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from phantang import Denied, Gateway
from phantang.cli.app import run
from phantang.model.errors import InputError, Refused
from phantang.samples import DEMO_CITIZEN_CCCD

from ..unit.pdp.conftest import ROOT
from .test_limits import edit

if TYPE_CHECKING:
    from phantang.store import Workspace

WARD: dict[str, Any] = {"subject": "xa-ba-dinh", "purpose": "L2", "source": "dan_cu"}
DEPARTMENT: dict[str, Any] = {**WARD, "subject": "so-tu-phap"}
CASE, OTHERS_CASE = "HS-0000001", "HS-0000002"


def raw(gateway: Gateway, sql: str) -> list[Any]:
    """Return the first column as the database holds it: what the test knows and the officer may not."""
    schema = gateway.snapshot.tables_of("dan_cu")[0].name.schema
    table = gateway.engine("dan_cu").run(sql.replace("FROM ", f"FROM {schema}."), [], timeout=60)
    return list(table.column(0).to_pylist())


def people(gateway: Gateway, condition: str) -> list[Any]:
    return raw(gateway, f"SELECT so_cccd FROM cong_dan WHERE {condition} ORDER BY so_cccd LIMIT 20")


def read(gateway: Gateway, number: str, asked: dict[str, Any]) -> int:
    table = gateway.query(f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{number}'", **asked).table
    return int(table.num_rows)


@pytest.fixture(params=["workspace", "postgres_workspace"])
def registers(request: pytest.FixtureRequest) -> Workspace:
    """Return a workspace over DuckDB, then one over PostgreSQL."""
    opened: Workspace = request.getfixturevalue(request.param)
    demo = yaml.safe_load((ROOT / "src/phantang/flow/workspace/demo.yaml").read_text(encoding="utf-8"))
    (opened.path / "catalog/sources/dan_cu.yaml").write_text(demo["sources"]["dan_cu"], encoding="utf-8")
    return opened


def test_people_of_own_cases_and_nobody_else(registers: Workspace) -> None:
    with Gateway.open(registers.path) as gateway:
        mine = "so_cccd IN (SELECT so_cccd FROM ho_so_mot_cua WHERE can_bo_xu_ly = 'xa-ba-dinh')"
        neighbours = people(gateway, f"ma_xa = '00004' AND NOT {mine}")
        assert len(neighbours) > 5
        assert [read(gateway, number, WARD) for number in neighbours] == [0] * len(neighbours)
        own = people(gateway, f"ma_xa = '00004' AND {mine}")
        assert DEMO_CITIZEN_CCCD in own
        assert [read(gateway, number, WARD) for number in own] == [1] * len(own)
        # The same citizen has a case at the department too, and the two are told apart.
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "case_id": CASE}) == 1
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "case_id": OTHERS_CASE}) == 0
        assert read(gateway, DEMO_CITIZEN_CCCD, {**DEPARTMENT, "case_id": OTHERS_CASE}) == 1
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "case_id": "HS-0000001' OR 1 = 1 --"}) == 0


def test_the_register_itself_shows_own_entries(registers: Workspace) -> None:
    with Gateway.open(registers.path) as gateway:
        sql = f"SELECT ma_ho_so, can_bo_xu_ly FROM ho_so_mot_cua WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"
        answer = gateway.query(sql, **WARD).table
        assert answer.num_rows >= 1
        everything = len(raw(gateway, sql))
        assert everything > answer.num_rows


def test_the_reason_names_register_and_law(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    sql = f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"
    ask = ["-w", str(workspace.path), "explain", "--as", "xa-ba-dinh", "--purpose", "L2", "--source", "dan_cu"]
    assert run([*ask, "--format", "json", "--case-id", CASE, sql]) == 0
    said = json.loads(capsys.readouterr().out)
    (reason,) = [reason for reason in said["reasons"] if reason["rule"] == "case/own_cases"]
    assert reason["on"] == "main.cong_dan"
    assert "main.ho_so_mot_cua" in reason["message"]["vi"]
    assert reason["legal_basis"]
    assert said["receipt"]["case_id"] == CASE
    assert "ho_so_mot_cua" in said["sql"]


def test_without_a_register_a_case_number_is_owed_where_the_catalog_says_so(workspace: Workspace) -> None:
    ask = {**WARD, "source": "ho_tich"}
    sql = f"SELECT meHoTen FROM KhaiSinh WHERE meSoGiayToTuyThan = '{DEMO_CITIZEN_CCCD}'"
    with Gateway.open(workspace.path) as gateway:
        assert gateway.query(sql, **ask).receipt.case_id is None
    edit(workspace.path / "catalog/sources/ho_tich.yaml", "id: ho_tich", "id: ho_tich\ncase_number: required")
    with Gateway.open(workspace.path) as gateway:
        with pytest.raises(Denied) as caught:
            gateway.query(sql, **ask)
        denied = caught.value.explanation
        assert denied.remedy is not None
        assert denied.remedy.changes == ({"do": "give", "field": "case_id"},)
        answer = gateway.query(sql, **ask, case_id="HS-1")
        assert answer.receipt.case_id == "HS-1"
        intent = [entry for entry in gateway.ledger.entries() if entry.kind == "intent"][-1]
        assert intent.body["case_id"] == "HS-1"


@pytest.mark.parametrize("change", [("about: [so_cccd]", "about: [so_cmnd]"), ("ho_so_mot_cua", "ho_so_hai_cua")])
def test_a_register_that_the_catalog_lacks_opens_nothing(workspace: Workspace, change: tuple[str, str]) -> None:
    edit(workspace.path / "catalog/sources/dan_cu.yaml", *change)
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as caught:
        read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "case_id": CASE})
    decision = caught.value.explanation.decision
    assert decision is not None
    assert {reason.rule for reason in decision.reasons if reason.effect == "deny"} == {"case/own_cases"}


def test_an_officer_column_that_the_catalog_lacks_opens_nothing(workspace: Workspace) -> None:
    edit(workspace.path / "catalog/sources/dan_cu.yaml", "officer: can_bo_xu_ly", "officer: can_bo")
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as caught:
        read(gateway, DEMO_CITIZEN_CCCD, WARD)
    assert caught.value.code == "row_filter"


def test_a_register_may_hold_officers(registers: Workspace) -> None:
    """Cases are assigned to people of the agency: the sample's own ids stand for two of them."""
    edit(
        registers.path / "catalog/sources/dan_cu.yaml",
        "officer: can_bo_xu_ly",
        "officer: can_bo_xu_ly\n  assigned_to: officer",
    )
    edit(
        registers.path / "catalog/agencies/xa-ba-dinh.yaml",
        "level: commune",
        "level: commune\nofficers: [xa-ba-dinh, so-tu-phap]",
    )
    with Gateway.open(registers.path) as gateway:
        with pytest.raises(Denied) as caught:
            read(gateway, DEMO_CITIZEN_CCCD, WARD)
        denied = caught.value.explanation
        assert denied.remedy is not None
        assert denied.remedy.changes == ({"do": "give", "field": "officer"},)
        with pytest.raises(Denied):
            read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "case_id": CASE})
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "officer": "xa-ba-dinh", "case_id": CASE}) == 1
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "officer": "xa-ba-dinh", "case_id": OTHERS_CASE}) == 0
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "officer": "so-tu-phap", "case_id": OTHERS_CASE}) == 1
        assert read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "officer": "so-tu-phap", "case_id": CASE}) == 0
        with pytest.raises(InputError) as unknown:
            read(gateway, DEMO_CITIZEN_CCCD, {**WARD, "officer": "c06"})
        assert unknown.value.code == "officer_unknown"
        with pytest.raises(InputError):
            read(gateway, DEMO_CITIZEN_CCCD, {**DEPARTMENT, "officer": "so-tu-phap"})
        intent = [entry for entry in gateway.ledger.entries() if entry.kind == "intent"][-1]
        assert intent.body["input"]["subject"]["officer"] == "so-tu-phap"


def test_a_register_that_changed_is_no_register(registers: Workspace) -> None:
    """Whose case it is would be read from another column than the one that was classified."""
    (asset,) = (registers.path / "catalog/assets/dan_cu").glob("*.ho_so_mot_cua.yaml")
    text = asset.read_text(encoding="utf-8")
    digest = next(line for line in text.split("\n") if line.startswith("structure:"))
    with Gateway.open(registers.path) as gateway:
        assert read(gateway, DEMO_CITIZEN_CCCD, WARD) == 1
    asset.write_text(text.replace(digest, f"structure: sha256:{'0' * 64}"), encoding="utf-8")
    with Gateway.open(registers.path) as gateway, pytest.raises(Refused) as caught:
        read(gateway, DEMO_CITIZEN_CCCD, WARD)
    assert caught.value.code == "catalog_drift"
    assert "ho_so_mot_cua" in caught.value.message("en")
