"""DuckDB names outputs after their text, so casts, NULL tests and intervals keep the spelling of the query."""

from __future__ import annotations

import duckdb
import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import plan, resolve

from ...property.twins import assets, decision


def run(sql: str) -> str:
    return plan(resolve(sql, "duckdb", assets("duckdb")), decision("duckdb"), assets("duckdb")).sql


@pytest.mark.parametrize(
    ("output", "kept"),
    [
        ("thu_nhap::varchar", "AS varchar)"),
        ("thu_nhap::text, thu_nhap::VARCHAR", "AS VARCHAR)"),
        ("CAST(thu_nhap AS DECIMAL)", "AS DECIMAL)"),
        ("CAST(CAST(thu_nhap AS int) AS bigint)::text", "AS text)"),
        ("ngay_sinh IS NOT NULL", '"ngay_sinh" IS NOT NULL'),
        ("NOT ngay_sinh IS NULL", 'NOT "ngay_sinh" IS NULL'),
        ("ngay_sinh + INTERVAL 1 DAY", "INTERVAL (1) DAY"),
        ("ngay_sinh + INTERVAL '1 day'", "CAST('1 day' AS INTERVAL)"),
        ("extract(dow FROM ngay_sinh)", "date_part('dow'"),
        ("string_agg(DISTINCT ma_xa, ',' ORDER BY ma_xa)", "string_agg(DISTINCT"),
        ("date_diff('day', ngay_sinh, current_date)", "current_date)"),
    ],
)
def test_outputs_keep_their_spelling(output: str, kept: str) -> None:
    assert kept in run(f"SELECT {output} FROM cong_dan")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CASE WHEN x::text = '1' THEN x::INT ELSE x::bigint END, DATE '2026-01-01', '1'::date FROM t",
        "SELECT x::text FROM (SELECT x::BIGINT AS x FROM t WHERE x::int > 0) s ORDER BY x::varchar",
        "WITH s AS (SELECT x::int AS x FROM t) SELECT x::smallint, TRY_CAST(x AS INTEGER) FROM s WHERE x::text > '0'",
        "SELECT sum(x::int) FILTER (WHERE x::bigint > 0), max(x::text) OVER (ORDER BY x::date) FROM t GROUP BY x",
        "SELECT x IS NOT NULL, NOT x IS NULL, x::varchar[], x::DECIMAL(9, 2)::double FROM t",
    ],
)
def test_a_spelling_never_changes_a_type(sql: str) -> None:
    """Whatever order casts come in, each keeps its type: the engine types both texts alike."""
    entry = ColumnEntry("x", "VARCHAR", Status.ACCEPTED, "vn.thu", tier=Tier.T1, personal_class=PersonalClass.NONE)
    catalog = (Asset(TableName("thu", "main", "t"), (entry,)),)
    allowed = Decision(True, {"main.t": {"x": ColumnDecision(Effect.CLEAR)}}, {}, Obligations(), (), "thu")
    database = duckdb.connect()
    database.execute("CREATE TABLE t AS SELECT '1' AS x")

    def types(text: str) -> list[str]:
        return [str(column[1]) for column in database.execute(f"DESCRIBE {text}").fetchall()]

    assert types(plan(resolve(sql, "duckdb", catalog), allowed, catalog).sql) == types(sql)
    database.close()
