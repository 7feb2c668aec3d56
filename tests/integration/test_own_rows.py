"""A citizen sees their own rows and nobody else's; a business gets no value even with consent: on real rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang import Denied, Gateway

if TYPE_CHECKING:
    from phantang.flow.query.explanation import Explanation
    from phantang.store import Workspace


@pytest.fixture
def citizen(workspace: Workspace) -> dict[str, Any]:
    with duckdb.connect(str(workspace.path / "data" / "dan_cu.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT so_cccd, ho_ten FROM cong_dan WHERE ma_xa = '00004' ORDER BY 1")
        number, name = found.fetchall()[0]
    return {"number": number, "name": name}


def _rules(explanation: Explanation) -> set[str]:
    assert explanation.decision is not None
    return {reason.rule for reason in explanation.decision.reasons}


def test_own_rows_and_nobody_elses(workspace: Workspace, citizen: dict[str, Any]) -> None:
    ask = {"subject": "cong-dan", "purpose": "S1", "source": "dan_cu"}
    sql = f"SELECT ho_ten, ton_giao FROM cong_dan WHERE so_cccd = '{citizen['number']}'"
    with Gateway.open(workspace.path) as gateway:
        (row,) = gateway.query(sql, **ask, identity=citizen["number"]).table.to_pylist()
        assert row["ho_ten"] == citizen["name"]
        for identity in (None, "", "001000000000", citizen["number"][:-1]):
            with pytest.raises(Denied) as caught:
                gateway.query(sql, **ask, identity=identity)
            assert "subject/own_rows" in _rules(caught.value.explanation)
    kept = b"".join(path.read_bytes() for path in (workspace.path / ".phantang").rglob("*") if path.is_file())
    assert citizen["number"].encode() not in kept


def test_a_business_gets_no_value_even_with_consent(workspace: Workspace, citizen: dict[str, Any]) -> None:
    ask = {"subject": "ngan-hang", "purpose": "B1", "source": "dan_cu"}
    consent = {"consent_id": "CS-1", "consent_until": "2099-12-31"}
    where = f"FROM cong_dan WHERE so_cccd = '{citizen['number']}'"
    with Gateway.open(workspace.path) as gateway:
        for sql in (f"SELECT ho_ten {where}", f"SELECT count(*) {where}", "SELECT count(*) FROM cong_dan"):
            for grounds in ({}, consent):
                explanation = gateway.explain(sql, **ask, **grounds)
                assert "business/consent" in _rules(explanation)
                assert not explanation.allowed
