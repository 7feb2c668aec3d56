"""What a PostgreSQL server could do and the gateway does not let it: side effects, other tables, tell-tale errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from phantang import Denied, Gateway
from phantang.model.errors import EngineError, Refused
from phantang.samples import DEMO_CITIZEN_CCCD

from ..services.postgres_asking import cleared, officer
from ..services.postgres_registers import PECULIAR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.store import Workspace

    from ..services.postgres import Server
    from ..services.postgres_registers import Copy

FIXTURE = Path(__file__).parents[1] / "fixtures" / "postgres" / "refused.yaml"
REFUSED: dict[str, list[str]] = yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_not_a_question_about_catalogued_tables_is_refused(postgres_workspace: Workspace, code: str) -> None:
    problems: list[str] = []
    with Gateway.open(postgres_workspace.path) as gateway:
        for sql in REFUSED[code]:
            with pytest.raises(Denied) as denied:
                cleared(gateway, sql, PECULIAR)
            if denied.value.code != code:
                problems.append(f"{denied.value.code}: {sql}")
        assert not any(entry.kind == "outcome" for entry in gateway.ledger.entries())
        assert not gateway._engines, "a refused query must not even connect"
    assert not problems, "\n".join(problems)


def test_hidden_rows_never_decide_an_error(dan_cu_copy: Copy) -> None:
    """An officer's failing condition tells of the own citizen only, whatever the rows behind the filter hold."""
    found = dan_cu_copy.owner.execute(
        "SELECT so_cccd FROM cong_dan WHERE ma_xa <> '00004' ORDER BY so_cccd LIMIT 1"
    ).fetchone()
    assert found is not None
    stranger = found[0]
    conditions = (
        "1 / (CASE WHEN ho_ten LIKE 'Ng%' THEN 0 ELSE 1 END) = 1",
        "ho_ten::int = 1",
        "(ho_ten || '/1')::date > date '2000-01-01'",
        "substring(ho_ten, 1, -length(ho_ten)) = 'x'",
        "ho_ten ~ (CASE WHEN ho_ten LIKE 'Ng%' THEN '(' ELSE 'x' END)",
    )
    with Gateway.open(dan_cu_copy.workspace.path) as gateway:
        for who in (stranger, "000000000000"):
            for condition in conditions:
                sql = f"SELECT ho_ten FROM cong_dan WHERE {condition} AND so_cccd = '{who}'"
                answers = []
                for name in ("Nguyễn Văn A", "1", "Trần Thị B"):
                    dan_cu_copy.owner.execute("UPDATE cong_dan SET ho_ten = %s WHERE so_cccd = %s", [name, stranger])
                    answers.append(officer(gateway, sql).table.to_pylist())
                assert answers == [[], [], []], condition
        own = f"SELECT ho_ten FROM cong_dan WHERE {conditions[0]} AND so_cccd = '{DEMO_CITIZEN_CCCD}'"
        assert officer(gateway, own).table.num_rows == 1
        dan_cu_copy.owner.execute("UPDATE cong_dan SET ho_ten = 'Nguyễn' WHERE so_cccd = %s", [DEMO_CITIZEN_CCCD])
        with pytest.raises(EngineError) as error:
            officer(gateway, own)
        assert (error.value.code, error.value.params["state"]) == ("query_failed", "22000")


def test_a_condition_of_the_query_never_meets_hidden_rows(
    postgres_workspace: Workspace, postgres_server: Server
) -> None:
    """The server's own plan says so: at the scan there is our filter only, so time tells nothing either."""
    condition = f"ho_ten LIKE '%a%' AND length(ho_ten) > 3 AND so_cccd = '{DEMO_CITIZEN_CCCD}'"
    sql = f"SELECT ho_ten FROM cong_dan WHERE {condition}"
    with Gateway.open(postgres_workspace.path) as gateway, postgres_server.connect("goc_dan_cu") as connection:
        explanation = gateway.explain(sql, subject="xa-ba-dinh", purpose="L2", source="dan_cu", legal_ref="1.004873")
        assert explanation.plan is not None
        [(plans,)] = connection.execute(f"EXPLAIN (FORMAT JSON) {explanation.plan.sql}".encode()).fetchall()

    def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield node
        for child in node.get("Plans", ()):
            yield from nodes(child)

    scans = [node for node in nodes(plans[0]["Plan"]) if node.get("Relation Name") == "cong_dan"]
    assert scans
    assert not any("~~" in str(node) or "length" in str(node) for node in scans)
    assert any("~~" in str(node.get("Filter")) for node in nodes(plans[0]["Plan"]))


def test_an_account_that_may_write_cannot(dan_cu_copy: Copy) -> None:
    """Views are asked that write, count and call other things when they are read; none of it lasts."""
    dan_cu_copy.owner.execute("CREATE TABLE dau_vet (x INTEGER)")
    dan_cu_copy.owner.execute("CREATE SEQUENCE dem")
    dan_cu_copy.owner.execute(
        "CREATE FUNCTION ghi() RETURNS INTEGER LANGUAGE SQL AS 'INSERT INTO public.dau_vet VALUES (1) RETURNING x'"
    )
    everything = "SELECT (SELECT count(*) FROM cong_dan), (SELECT count(*) FROM dau_vet), (SELECT last_value FROM dem)"
    before = dan_cu_copy.owner.execute(everything).fetchall()
    with Gateway.open(dan_cu_copy.workspace.path) as gateway:
        dan_cu_copy.owner.execute("DROP TABLE ho_gia_dinh CASCADE")
        for body in ("ghi()", "nextval('dem')", "set_config('transaction_read_only', 'off', false) || ghi()::text"):
            dan_cu_copy.owner.execute("DROP VIEW IF EXISTS ho_gia_dinh")
            dan_cu_copy.owner.execute(f"CREATE VIEW ho_gia_dinh AS SELECT {body} AS ma_ho".encode())
            with pytest.raises(Refused) as changed:  # nothing runs on a view in the place of a scanned table
                cleared(gateway, "SELECT ma_ho FROM ho_gia_dinh")
            assert changed.value.code == "catalog_drift"
            with pytest.raises(EngineError) as failed:
                gateway.engine("dan_cu").run('SELECT "ma_ho" FROM "public"."ho_gia_dinh"', timeout=10)
            assert failed.value.code == "query_failed"
        for sql in (
            "DELETE FROM cong_dan",
            "UPDATE cong_dan SET ho_ten = ''",
            "TRUNCATE cong_dan",
            "DROP TABLE cong_dan",
        ):
            with pytest.raises(Denied):
                cleared(gateway, sql)
    assert dan_cu_copy.owner.execute(everything).fetchall() == before


def test_functions_of_others_are_not_called_in_place_of_the_servers(dan_cu_copy: Copy) -> None:
    """`public.lower(varchar)` fits a VARCHAR better than the server's own, and would run with our rights."""
    for statement in (
        "CREATE FUNCTION lower(VARCHAR) RETURNS TEXT LANGUAGE SQL AS $$ SELECT 'bẫy' $$",
        "CREATE FUNCTION bay(VARCHAR, VARCHAR) RETURNS BOOLEAN LANGUAGE SQL AS 'SELECT true'",
        "CREATE OPERATOR = (LEFTARG = VARCHAR, RIGHTARG = VARCHAR, FUNCTION = bay)",
        "ALTER DATABASE ban_sao SET search_path = public, pg_catalog",
    ):
        dan_cu_copy.owner.execute(statement)
    with Gateway.open(dan_cu_copy.workspace.path) as gateway:
        assert "bẫy" not in cleared(gateway, "SELECT lower(ho_ten) AS t FROM cong_dan").table.column("t").to_pylist()
        assert cleared(gateway, "SELECT ho_ten FROM cong_dan WHERE ho_ten = ma_xa").table.num_rows == 0
    trapped = dan_cu_copy.owner.execute("SELECT DISTINCT lower(ho_ten) FROM cong_dan").fetchall()
    assert trapped == [("bẫy",)]
