"""Planning: row filters, obligations, effects, and what a decision must cover."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang.model.decision import (
    ColumnDecision,
    CompoundPredicate,
    Decision,
    Effect,
    FieldPredicate,
    LookupPredicate,
    Mask,
    Obligations,
)
from phantang.model.errors import GuardError, Refused
from phantang.model.tier import Tier
from phantang.sql import DIALECTS, format_sql, guard, plan, resolve

from ...property.twins import MASKS, SCHEMA, assets, decision, statements

if TYPE_CHECKING:
    from phantang.model.decision import Predicate
    from phantang.model.plan import Plan


def planned(sql: str, allowed: Decision, dialect: str = "duckdb") -> Plan:
    catalog = assets(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made


def with_rows(*predicates: Predicate, dialect: str = "duckdb") -> Decision:
    return replace(decision(dialect), rows={f"{SCHEMA[dialect]}.cong_dan": predicates})


@pytest.fixture(scope="module")
def database() -> Any:
    connection = duckdb.connect()
    for statement in statements(0, "duckdb"):
        connection.execute(statement)
    return connection


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_derived_table_projects_only_what_is_used(dialect: str) -> None:
    schema = SCHEMA[dialect]
    made = planned("SELECT c.ho_ten FROM cong_dan c WHERE ma_xa = '1'", decision(dialect), dialect)
    assert made.sql == (
        'SELECT "c"."ho_ten" FROM (SELECT "cong_dan"."ho_ten", "cong_dan"."ma_xa" '
        f'FROM "{schema}"."cong_dan") AS "c" WHERE "ma_xa" = \'1\''
    )


def test_counting_rows_projects_a_constant() -> None:
    made = planned("SELECT count(*) FROM cong_dan", decision("duckdb"))
    assert made.sql == 'SELECT COUNT(*) FROM (SELECT 1 AS "__phantang_row" FROM "main"."cong_dan") AS "cong_dan"'


def test_comments_are_dropped() -> None:
    assert "bí mật" not in planned("SELECT /* bí mật */ ho_ten -- bí mật\nFROM cong_dan", decision("duckdb")).sql


@pytest.mark.parametrize(
    ("predicate", "wanted"),
    [
        (FieldPredicate("ma_tinh", "eq", "79"), 2),
        (FieldPredicate("ma_tinh", "ne", "79"), 5),
        (FieldPredicate("ma_tinh", "in", ("01", "79")), 7),
        (FieldPredicate("ma_tinh", "nin", ("01",)), 2),
        (FieldPredicate("ho_ten", "eq", "x' OR '1'='1"), 0),
        (FieldPredicate("ho_ten", "eq", '") OR (1=1 --'), 0),
        (FieldPredicate("thu_nhap", "gte", 25_000_000), 2),
        (FieldPredicate("thu_nhap", "lt", "10000000"), 3),
        (FieldPredicate("thu_nhap", "gt", -1), 7),
        (CompoundPredicate("and", (FieldPredicate("ma_xa", "eq", "00001"), FieldPredicate("ma_tinh", "eq", "01"))), 2),
        (CompoundPredicate("or", (FieldPredicate("ma_xa", "eq", "00001"), FieldPredicate("ma_xa", "eq", "00004"))), 4),
        (CompoundPredicate("not", (FieldPredicate("ma_xa", "eq", "00001"),)), 6),
    ],
)
def test_row_predicates(predicate: Predicate, wanted: int, database: Any) -> None:
    made = planned("SELECT count(*) FROM cong_dan", with_rows(predicate))
    assert database.execute(made.sql).fetchone() == (wanted,)


@pytest.mark.parametrize(
    "predicate",
    [
        FieldPredicate("khong_co", "eq", "1"),
        FieldPredicate("thu_nhap", "eq", "1 OR 1=1"),
        FieldPredicate("thu_nhap", "eq", 1.5),
        FieldPredicate("thu_nhap", "eq", True),
        FieldPredicate("ho_ten", "eq", 5),
        FieldPredicate("ho_ten", "eq", "a\\"),
        FieldPredicate("ho_ten", "eq", "a\x00"),
        FieldPredicate("ho_ten", "in", ()),
        FieldPredicate("ho_ten", "in", "abc"),
        FieldPredicate("ho_ten", "eq", ("a",)),
        FieldPredicate("ho_ten", "like", "a"),
        FieldPredicate("ngay_sinh", "eq", "2020-01-01"),
        CompoundPredicate("xor", (FieldPredicate("ho_ten", "eq", "a"),)),
        CompoundPredicate("not", ()),
        CompoundPredicate("and", ()),
    ],
)
def test_predicates_the_contract_does_not_know_stop_the_query(predicate: Predicate) -> None:
    with pytest.raises(GuardError):
        planned("SELECT count(*) FROM cong_dan", with_rows(predicate))


def test_a_lookup_filter_takes_the_literal_of_the_query(database: Any) -> None:
    allowed = with_rows(LookupPredicate("so_cccd"))
    made = planned("SELECT ho_ten FROM cong_dan WHERE so_cccd = '001190000002' AND ma_xa = '00001'", allowed)
    assert database.execute(made.sql).fetchall() == [("Trần Thị Bình",)]
    for sql in (
        "SELECT ho_ten FROM cong_dan",
        "SELECT ho_ten FROM cong_dan WHERE so_cccd = '1' OR so_cccd = '2'",
        "SELECT ho_ten FROM cong_dan WHERE so_cccd = '1' UNION SELECT ho_ten FROM cong_dan",
        "SELECT a.ho_ten FROM cong_dan a, cong_dan b WHERE a.so_cccd = '1'",
    ):
        with pytest.raises(Refused) as caught:
            planned(sql, allowed)
        assert caught.value.code == "lookup_missing"
        assert "so_cccd" in caught.value.remedy("vi")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("sql", "wanted"), [("", 10), (" LIMIT 5", 5), (" LIMIT 50", 10), (" FETCH FIRST 3 ROWS ONLY", 3)]
)
def test_max_rows(sql: str, wanted: int, dialect: str) -> None:
    allowed = decision(dialect, obligations=Obligations(max_rows=10))
    for query in ("SELECT ho_ten FROM cong_dan", "SELECT ma_ho FROM cong_dan UNION SELECT ma_ho FROM ho_gia_dinh"):
        assert planned(query + sql, allowed, dialect).sql.endswith(f"LIMIT {wanted}")


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("SELECT ma_xa, count(*) FROM cong_dan GROUP BY ma_xa", [("00001", 2), ("00004", 2), ("26734", 2)]),
        ("SELECT ma_xa, count(*) AS n FROM cong_dan GROUP BY ALL", [("00001", 2), ("00004", 2), ("26734", 2)]),
        ("SELECT ma_xa FROM cong_dan GROUP BY ma_xa HAVING sum(thu_nhap) > 30000000", [("00001",)]),
        ("SELECT count(*) FROM cong_dan", [(8,)]),
        ("SELECT count(*) FROM cong_dan WHERE ma_xa = '00007'", []),
        ("SELECT count(DISTINCT so_cccd) FROM cong_dan WHERE ma_xa = '00001'", [(2,)]),
        (
            "SELECT h.ma_ho, count(*) FROM ho_gia_dinh h JOIN cong_dan c USING (ma_ho) GROUP BY 1",
            [("H1", 2), ("H2", 2)],
        ),
        ("SELECT ma_xa, count(*) FROM ho_gia_dinh GROUP BY 1", [("00001", 2), ("00004", 2)]),
        ("SELECT count(*) FROM cong_dan a, hanh_trinh b WHERE a.ma_xa = '00001'", [(6,)]),
        ("SELECT count(*) FROM cong_dan a, hanh_trinh b WHERE b.bien_so = '29B-678.90'", []),
    ],
)
def test_min_group_size_counts_subjects(sql: str, wanted: list[Any], database: Any) -> None:
    made = planned(sql, decision("duckdb", obligations=Obligations(aggregate_only=True, min_group_size=2)))
    assert sorted(database.execute(made.sql).fetchall()) == wanted


def test_privacy_units_never_meet_in_a_natural_join() -> None:
    allowed = decision("duckdb", obligations=Obligations(min_group_size=2))
    made = planned("SELECT count(*) FROM cong_dan a NATURAL JOIN cong_dan b", allowed)
    assert made.sql.count('AS "__phantang_unit0"') == made.sql.count('AS "__phantang_unit1"') == 1


def test_an_error_in_having_does_not_tell_of_small_groups(database: Any) -> None:
    allowed = decision("duckdb", obligations=Obligations(min_group_size=2))
    made = planned(
        "SELECT ma_xa FROM cong_dan GROUP BY ma_xa "
        "HAVING CAST(replace(CAST(count(*) AS VARCHAR), '1', 'x') AS INTEGER) >= 0",
        decision("duckdb"),
    )
    with pytest.raises(duckdb.ConversionException):
        database.execute(made.sql)
    made = planned(
        "SELECT ma_xa FROM cong_dan WHERE ma_ho <> 'H2' GROUP BY ma_xa "
        "HAVING CAST(replace(CAST(count(*) AS VARCHAR), '1', 'x') AS INTEGER) >= 0",
        allowed,
    )
    assert database.execute(made.sql).fetchall() == [("00001",)]  # the other groups have a single subject


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ho_ten FROM cong_dan",
        "SELECT ma_xa, ho_ten FROM cong_dan GROUP BY ma_xa, ho_ten, so_cccd UNION SELECT '', ''",
        "SELECT DISTINCT t.ma_xa FROM (SELECT ma_xa, count(*) FROM cong_dan GROUP BY ma_xa) t",
        "WITH a AS (SELECT count(*) n FROM cong_dan) SELECT n FROM a, ho_gia_dinh",
        "SELECT count(*) OVER () FROM cong_dan",
        "SELECT DISTINCT ma_xa FROM cong_dan",
        "SELECT *, count(*) FROM cong_dan GROUP BY ALL",
        "SELECT c.*, count(*) AS n FROM cong_dan c GROUP BY ALL",
        "SELECT count(*) FROM cong_dan WHERE ma_ho IN (SELECT ma_ho FROM ho_gia_dinh)",
        "SELECT 1",
    ],
)
def test_rows_are_refused_where_aggregates_are_owed(sql: str) -> None:
    for owed in (Obligations(aggregate_only=True), Obligations(min_group_size=5)):
        with pytest.raises(Refused) as caught:
            planned(sql, decision("duckdb", obligations=owed))
        assert caught.value.code == "aggregate_required"


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("SELECT count(*) FILTER (WHERE true) FROM cong_dan", "duckdb"),
        ("SELECT count(*) FILTER (WHERE true) FROM cong_dan", "postgres"),
    ],
)
def test_group_size_refuses_what_cuts_a_group_smaller(sql: str, dialect: str) -> None:
    with pytest.raises(Refused) as caught:
        planned(sql, decision(dialect, obligations=Obligations(min_group_size=5)), dialect)
    assert caught.value.code == "group_size_unsupported"


def test_a_decision_must_cover_every_column() -> None:
    allowed = decision("duckdb")
    missing = {name: one for name, one in allowed.columns["main.cong_dan"].items() if name != "ho_ten"}
    for columns in ({**allowed.columns, "main.cong_dan": missing}, {}):
        with pytest.raises(GuardError) as caught:
            planned("SELECT ho_ten FROM cong_dan", replace(allowed, columns=columns))
        assert caught.value.code == "decision_incomplete"
    denied = {**allowed.columns["main.cong_dan"], "ho_ten": ColumnDecision(Effect.DENY)}
    with pytest.raises(Refused) as refused:
        planned("SELECT 1 FROM cong_dan WHERE ho_ten = 'x'", replace(allowed, columns={"main.cong_dan": denied}))
    assert refused.value.code == "column_denied"
    with pytest.raises(GuardError):
        planned("SELECT ho_ten FROM cong_dan", replace(allowed, allow=False))


def test_columns_say_the_strictest_effect_and_the_highest_tier() -> None:
    made = planned(
        "SELECT ma_xa, ho_ten || so_cccd AS x, 1 AS k, ton_giao AS t FROM cong_dan", decision("duckdb", masks=MASKS)
    )
    assert [(c.name, c.effect, c.mask, c.tier) for c in made.columns] == [
        ("ma_xa", Effect.CLEAR, None, Tier.T2),
        ("x", Effect.MASK, Mask.MASK, Tier.T2),
        ("k", Effect.CLEAR, None, Tier.T0),
        ("t", Effect.MASK, Mask.NULL, Tier.T2),
    ]
    assert made.columns[1].sources == ("main.cong_dan.ho_ten", "main.cong_dan.so_cccd")


@pytest.mark.parametrize("high", ["ho_ten", "so_cccd"])
def test_a_column_of_several_is_of_the_highest_tier(high: str) -> None:
    catalog = [
        replace(one, columns=tuple(replace(c, tier=Tier.T4) if c.name == high else c for c in one.columns))
        for one in assets("duckdb")
    ]
    query = resolve("SELECT ho_ten || so_cccd AS x, ma_xa FROM cong_dan", "duckdb", catalog)
    assert [one.tier for one in plan(query, decision("duckdb"), catalog).columns] == [Tier.T4, Tier.T2]


def test_a_resolved_query_can_be_planned_twice() -> None:
    catalog = assets("duckdb")
    query = resolve("SELECT * FROM cong_dan c JOIN ho_gia_dinh USING (ma_ho)", "duckdb", catalog)
    first = plan(query, decision("duckdb"), catalog).sql
    plan(query, decision("duckdb", masks=MASKS, hide_rows=True, obligations=Obligations(max_rows=1)), catalog)
    assert plan(query, decision("duckdb"), catalog).sql == first


def test_format_sql_is_for_reading() -> None:
    assert format_sql("select a,b from t where a=1", "duckdb").count("\n") > 3
    with pytest.raises(Refused):
        format_sql("select (", "duckdb")
