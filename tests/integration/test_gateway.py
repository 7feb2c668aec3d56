"""The path of one query on real databases: what invariants 1, 7, 8 and 9 promise, seen from outside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from phantang import Denied, Gateway
from phantang.model.errors import InputError, LedgerError
from phantang.samples import DEMO_CITIZEN_CCCD

if TYPE_CHECKING:
    from phantang.store import Workspace

LOOKUP = f"SELECT ho_ten, ton_giao FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"


def test_a_commune_officer_sees_one_citizen_and_nothing_sensitive(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
        [row] = answer.table.to_pylist()
        assert row["ho_ten"]
        assert row["ton_giao"] is None


def test_the_intent_is_recorded_before_anything_runs(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
        kinds = [entry.kind for entry in gateway.ledger.entries()]
    assert kinds[-2:] == ["intent", "outcome"]
    assert answer.receipt.index == len(kinds) - 2


def test_no_ledger_no_answer(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.explain(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
        entries = gateway.ledger.directory / "entries.jsonl"
        data = entries.read_bytes()
        entries.write_bytes(data[: len(data) // 2])
        with pytest.raises(LedgerError):
            gateway.query(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")


def test_the_ledger_holds_no_literal_and_no_value(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
        name = answer.table.to_pylist()[0]["ho_ten"]
        text = "\n".join(json.dumps(dict(entry.body), ensure_ascii=False) for entry in gateway.ledger.entries())
    assert DEMO_CITIZEN_CCCD not in text
    assert name not in text


def test_both_revisions_are_in_the_receipt_and_the_ledger(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        explanation = gateway.explain(LOOKUP, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
        assert explanation.receipt is not None
        assert explanation.receipt.catalog_revision == gateway.snapshot.digest
        assert explanation.receipt.policy_revision == gateway.policy.revision
        body = list(gateway.ledger.entries())[-1].body
    assert body["catalog_revision"] == gateway.snapshot.digest
    assert body["bundles"]["phantang"]["revision"] == gateway.policy.revision


def test_a_column_nobody_accepted_counts_as_sensitive(workspace: Workspace) -> None:
    file = workspace.path / "catalog/assets/dan_cu/main.cong_dan.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if "name: tinh_trang_hon_nhan" in line)
    at = next(i for i in range(start, len(lines)) if "status: accepted" in lines[i])
    lines[at] = lines[at].replace("accepted", "proposed")
    file.write_text("".join(lines), encoding="utf-8")
    sql = LOOKUP.replace("ton_giao", "tinh_trang_hon_nhan")
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(sql, subject="xa-ba-dinh", purpose="L2", source="dan_cu")
    assert answer.table.to_pylist()[0]["tinh_trang_hon_nhan"] is None


def test_an_agency_file_put_there_by_hand_works_at_the_next_command(workspace: Workspace) -> None:
    source = workspace.path / "catalog/agencies/xa-ba-dinh.yaml"
    text = source.read_text(encoding="utf-8").replace("xa-ba-dinh", "xa-moi")
    (source.parent / "xa-moi.yaml").write_text(text, encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        assert gateway.explain(LOOKUP, subject="xa-moi", purpose="L2", source="dan_cu").allowed


def test_a_purpose_the_subject_does_not_hold_is_denied(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        with pytest.raises(Denied) as denied:
            gateway.query(LOOKUP, subject="cong-ty-logistics", purpose="L3", source="dan_cu")
        assert denied.value.code == "policy_denied"
        assert list(gateway.ledger.entries())[-1].body["decision"] == "deny"


def test_texts_that_are_not_utf8_are_refused_before_they_reach_the_ledger(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway, pytest.raises(InputError) as error:
        gateway.explain("SELECT 1", subject="c06", purpose="L3", source="dan_cu", case_id="\udcff")
    assert error.value.code == "text_not_utf8"


def test_cleared_for_everything_sees_the_original(workspace: Workspace) -> None:
    import duckdb

    statements = (
        "SELECT * FROM ho_gia_dinh ORDER BY ma_ho LIMIT 50",
        "SELECT c.ho_ten, h.so_nhan_khau FROM cong_dan c JOIN ho_gia_dinh h USING (ma_ho) ORDER BY c.so_cccd LIMIT 50",
        """WITH n AS (SELECT ma_xa, count(*) AS so FROM cong_dan GROUP BY ma_xa)
        SELECT ma_xa, so, rank() OVER (ORDER BY so DESC, ma_xa) AS hang FROM n ORDER BY hang LIMIT 20""",
    )
    with (
        Gateway.open(workspace.path) as gateway,
        duckdb.connect(str(workspace.path / "data" / "dan_cu.duckdb"), read_only=True) as direct,
    ):
        for statement in statements:
            answer = gateway.query(statement, subject="c06", purpose="L3", source="dan_cu", case_id="VA-1")
            expected = direct.execute(statement)
            assert answer.table.column_names == [column[0] for column in expected.description]
            assert [tuple(row.values()) for row in answer.table.to_pylist()] == expected.fetchall()


def test_one_question_is_about_one_person(workspace: Workspace) -> None:
    apart = "SELECT c.ho_ten, h.dia_chi FROM cong_dan c, ho_gia_dinh h WHERE c.so_cccd = '{}' AND h.cccd_chu_ho = '{}'"
    with Gateway.open(workspace.path) as gateway:
        several = gateway.explain(
            apart.format(DEMO_CITIZEN_CCCD, "001190000009"), subject="xa-ba-dinh", purpose="L2", source="dan_cu"
        )
        one = gateway.explain(
            apart.format(DEMO_CITIZEN_CCCD, DEMO_CITIZEN_CCCD), subject="xa-ba-dinh", purpose="L2", source="dan_cu"
        )
    assert several.code == "lookup_several"
    assert one.allowed


def test_a_query_that_reads_no_table_is_answered(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query("SELECT 1 AS mot", subject="cong-ty-logistics", purpose="B2", source="dan_cu")
    assert answer.table.to_pylist() == [{"mot": 1}]


def test_people_are_counted_by_category_and_never_in_small_groups(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(
            "SELECT gioi_tinh, count(*) AS so FROM cong_dan GROUP BY gioi_tinh",
            subject="ioc-ha-noi",
            purpose="L1",
            source="dan_cu",
        )
        trick = gateway.explain(
            f"SELECT count(*), sum(CASE WHEN so_cccd = '{DEMO_CITIZEN_CCCD}' THEN 1 END) FROM cong_dan",
            subject="ioc-ha-noi",
            purpose="L1",
            source="dan_cu",
        )
    assert all(row["so"] >= 10 for row in answer.table.to_pylist())
    assert answer.table.num_rows >= 2
    assert not trick.allowed
