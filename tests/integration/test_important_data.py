"""Important data (T4a): a department counts them over its own province, in groups of twenty; nobody reads a row.

Asked of DuckDB and of PostgreSQL, from the catalog entry to the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phantang import Denied, Gateway
from phantang.cli.app import run
from phantang.samples import DEMO_CITIZEN_CCCD

if TYPE_CHECKING:
    from phantang.store import Workspace

DEPARTMENT: dict[str, Any] = {"subject": "so-tu-phap", "purpose": "L2", "source": "dan_cu"}
WARD: dict[str, Any] = {**DEPARTMENT, "subject": "xa-ba-dinh"}
BY_COMMUNE = "SELECT ma_xa, count(*) AS n, count(nhom_mau) AS co FROM cong_dan GROUP BY ma_xa"


@pytest.fixture(params=["workspace", "postgres_workspace"])
def registers(request: pytest.FixtureRequest) -> Workspace:
    """Return a workspace over DuckDB, then one over PostgreSQL."""
    opened: Workspace = request.getfixturevalue(request.param)
    return opened


def classify(workspace: Workspace, tag: str) -> None:
    (asset,) = (workspace.path / "catalog/assets/dan_cu").glob("*.cong_dan.yaml")
    column = f"dan_cu.{asset.name.removesuffix('.yaml')}.nhom_mau"
    words = ["catalog", "set", column, "--tag", tag, "--reason", "danh mục dữ liệu quan trọng", "--by", "tests"]
    assert run(["-w", str(workspace.path), *words]) == 0


def raw(gateway: Gateway, sql: str) -> list[tuple[Any, ...]]:
    """Return rows as the database holds them: what the test knows and nobody who asks may."""
    schema = gateway.snapshot.tables_of("dan_cu")[0].name.schema
    table = gateway.engine("dan_cu").run(sql.replace("FROM ", f"FROM {schema}."), [], timeout=60)
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def refusals(gateway: Gateway, sql: str, ask: dict[str, Any]) -> set[str]:
    with pytest.raises(Denied) as caught:
        gateway.query(sql, **ask)
    decision = caught.value.explanation.decision
    assert decision is not None
    return {reason.rule for reason in decision.reasons if reason.effect == "deny"}


def test_a_department_counts_important_data_of_its_province(registers: Workspace) -> None:
    classify(registers, "importance.important")
    with Gateway.open(registers.path) as gateway:
        every = {row[0] for row in raw(gateway, BY_COMMUNE)}
        mine = {row[0]: row[1:] for row in raw(gateway, BY_COMMUNE.replace("GROUP", "WHERE ma_tinh = '01' GROUP"))}
        shown = gateway.query(BY_COMMUNE, **DEPARTMENT)
        answered = {row["ma_xa"]: (row["n"], row["co"]) for row in shown.table.to_pylist()}
        assert answered
        assert len(every) > len(mine) >= len(answered)
        assert all(mine[commune] == figures and figures[0] >= 20 for commune, figures in answered.items())
        assert shown.explanation.obligations["min_group_size"] == 20
        one = f"SELECT nhom_mau FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"
        assert refusals(gateway, one, {**DEPARTMENT, "legal_ref": "1.014061"})
        assert refusals(gateway, "SELECT count(*) FROM cong_dan", WARD) == {"base/matrix"}


def test_core_data_are_not_counted_by_a_department(registers: Workspace) -> None:
    classify(registers, "importance.core")
    with Gateway.open(registers.path) as gateway:
        assert refusals(gateway, BY_COMMUNE, DEPARTMENT) == {"base/matrix"}
