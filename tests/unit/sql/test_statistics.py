"""A group that is large enough must not answer for one person inside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.model.decision import Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.footprint import Use
from phantang.sql import DIALECTS, guard, plan, resolve

from ...property.twins import assets, decision

TEN_PEOPLE = Obligations(aggregate_only=True, min_group_size=10)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "argument",
    [
        "CASE WHEN ho_ten = 'An' THEN 1 ELSE 0 END",
        "nullif(ho_ten, 'An')",
        "length(ho_ten)",
        "CAST(ho_ten AS INTEGER)",
        "coalesce(ho_ten, 'An')",
    ],
)
def test_a_column_inside_an_expression_is_not_merely_counted(dialect: str, argument: str) -> None:
    footprint = resolve(
        f"SELECT ma_xa, count({argument}) FROM cong_dan GROUP BY ma_xa", dialect, assets(dialect)
    ).footprint
    [table] = footprint.tables
    assert Use.OUTPUT in dict(table.columns)["ho_ten"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("aggregate", ["count(ho_ten)", "count(DISTINCT ho_ten)"])
def test_a_whole_column_is_counted(dialect: str, aggregate: str) -> None:
    footprint = resolve(f"SELECT ma_xa, {aggregate} FROM cong_dan GROUP BY ma_xa", dialect, assets(dialect)).footprint
    assert dict(footprint.tables[0].columns)["ho_ten"] == {Use.AGGREGATE}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "aggregate",
    [
        "count(nullif(ma_xa, '1'))",
        "bool_or(ma_xa = '1')",
        "sum(CAST(starts_with(ma_xa, '1') AS INTEGER))",
        "sum(strpos(ma_xa, '1'))",
        "sum(length(replace(ma_xa, '1', '')))",
        "sum(1 - sign(abs(CAST(ma_xa AS INTEGER) - 1)))",
        "sum(greatest(0, thu_nhap - 1))",
        "count(1 / (thu_nhap - 5))",
        "sum(power(thu_nhap, 20))",
        "sum(CAST(thu_nhap / 1000000000 AS INTEGER))",
        "sum(round(thu_nhap, -9))",
        "sum(thu_nhap * thu_nhap * thu_nhap)",
        "avg(date_part('year', age(DATE '2000-01-01', ngay_sinh)))",
        "sum(coalesce(nullif(thu_nhap, 5), 0))",
    ],
)
def test_a_condition_inside_an_aggregate_makes_a_small_group(dialect: str, aggregate: str) -> None:
    catalog = assets(dialect)
    query = resolve(f"SELECT {aggregate} FROM cong_dan", dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, decision(dialect, obligations=TEN_PEOPLE), catalog)
    assert refused.value.code == "group_size_unsupported"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "aggregate",
    [
        "count(*)",
        "count(1)",
        "count(DISTINCT so_cccd)",
        "avg(thu_nhap)",
        "avg(coalesce(thu_nhap, 0))",
        "avg(CAST(thu_nhap AS DOUBLE PRECISION))",
        "sum(thu_nhap * thu_nhap)",
        "corr(thu_nhap, thu_nhap)",
        "avg(extract(year FROM ngay_sinh))",
        "avg(date_part('year', ngay_sinh))",
        "count(date_trunc('month', ngay_sinh))",
        "sum(thu_nhap) / nullif(count(thu_nhap), 0)",
    ],
)
def test_whole_columns_are_counted_and_averaged(dialect: str, aggregate: str) -> None:
    catalog = assets(dialect)
    allowed = decision(dialect, obligations=TEN_PEOPLE)
    made = plan(resolve(f"SELECT {aggregate} FROM cong_dan", dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("aggregate", ["string_agg(ho_ten, ',')", "array_agg(ho_ten)"])
def test_a_row_limit_counts_people_not_lists(dialect: str, aggregate: str) -> None:
    catalog = assets(dialect)
    query = resolve(f"SELECT {aggregate} FROM cong_dan", dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, decision(dialect, obligations=Obligations(max_rows=100)), catalog)
    assert refused.value.code == "aggregate_collects"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_one_value_of_many_rows_is_one_row(dialect: str) -> None:
    catalog = assets(dialect)
    query = resolve("SELECT max(ho_ten), count(*) FROM cong_dan", dialect, catalog)
    assert plan(query, decision(dialect, obligations=Obligations(max_rows=100)), catalog).sql


def test_the_hidden_side_of_a_semi_join_has_nobody_to_count() -> None:
    catalog = assets("duckdb")
    query = resolve("SELECT count(*) FROM cong_dan a SEMI JOIN cong_dan b ON a.ma_xa = b.ma_xa", "duckdb", catalog)
    with pytest.raises(Refused):
        plan(query, decision("duckdb", obligations=TEN_PEOPLE), catalog)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "aggregate",
    [
        "min(ma_xa)",
        "max(ma_xa)",
        "string_agg(ma_xa, ',')",
        "array_agg(ma_xa)",
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY ma_xa)",
    ],
)
def test_an_aggregate_that_returns_one_rows_value_is_refused(dialect: str, aggregate: str) -> None:
    catalog = assets(dialect)
    query = resolve(f"SELECT ma_tinh, {aggregate} FROM cong_dan GROUP BY ma_tinh", dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, decision(dialect, obligations=TEN_PEOPLE), catalog)
    assert refused.value.code == "group_size_value"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "aggregate",
    [
        "min(thu_nhap)",
        "max(thu_nhap)",
        "string_agg(ma_xa, ',')",
        "array_agg(ma_xa)",
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY ma_xa)",
        "mode() WITHIN GROUP (ORDER BY ma_xa)",
    ],
)
def test_the_guard_notices_an_aggregate_that_hands_on_a_value(
    dialect: str, aggregate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=TEN_PEOPLE)
    monkeypatch.setattr("phantang.sql.rewriting.passes.group_size._require_no_single_value", lambda _: None)
    query = resolve(f"SELECT ma_tinh, {aggregate} FROM cong_dan GROUP BY ma_tinh", dialect, catalog)
    with pytest.raises(GuardError) as failed:
        guard(plan(query, allowed, catalog), allowed, catalog)
    ordered = dialect == "duckdb" and "WITHIN" in aggregate  # an order inside is no whole column either
    assert failed.value.params["name"] == ("aggregate" if ordered else "value of one row")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "aggregate",
    [
        "SUM(CAST(STARTS_WITH(ma_xa, '1') AS INTEGER))",
        "SUM(CAST(thu_nhap * 2 AS INTEGER))",
        "SUM(thu_nhap + 5)",
        "SUM(thu_nhap * thu_nhap * thu_nhap)",
        "COUNT(NULLIF(ma_xa, '1'))",
        "COUNT(COALESCE(NULLIF(ma_xa, '1')))",
    ],
)
def test_the_guard_notices_an_aggregate_that_chooses_rows(dialect: str, aggregate: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=TEN_PEOPLE)
    made = plan(
        resolve("SELECT ma_xa, thu_nhap, count(*) FROM cong_dan GROUP BY ma_xa, thu_nhap", dialect, catalog),
        allowed,
        catalog,
    )
    guard(made, allowed, catalog)
    changed = made.sql.replace("COUNT(*)", aggregate)
    assert changed != made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=changed), allowed, catalog)


FEW = [
    "FROM cong_dan a, cong_dan b WHERE a.ton_giao = 'x' OR b.ma_tinh = '01'",
    "FROM cong_dan a, cong_dan b WHERE CASE WHEN a.ton_giao = 'x' THEN true ELSE b.ma_tinh = '01' END",
    "FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho OR (a.ton_giao = 'x' AND b.ma_ho = 'H1')",
    "FROM cong_dan a LEFT JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho AND a.ton_giao = 'x'",
    "FROM cong_dan a LEFT JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho AND b.ma_xa = '1'",
    "FROM cong_dan a LEFT JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho AND a.ton_giao = a.ghi_chu",
    "FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho >= b.ma_ho",
    "FROM cong_dan a, cong_dan b GROUP BY a.ton_giao = 'x' OR b.ma_tinh = '01'",
]
KEYS = [
    "SELECT (a.ton_giao = 'x' OR b.ma_tinh = '01') AS g, count(*) FROM cong_dan a, cong_dan b GROUP BY g",
    "SELECT (a.ton_giao = 'x' OR b.ma_tinh = '01') AS g, count(*) FROM cong_dan a, cong_dan b GROUP BY 1",
    "SELECT (a.ton_giao = 'x' OR b.ma_tinh = '01') AS g, count(*) FROM cong_dan a, cong_dan b GROUP BY ALL",
]
MANY = [
    "FROM cong_dan a JOIN ho_gia_dinh b USING (ma_ho) WHERE a.ton_giao = 'x' OR a.ma_tinh = '01'",
    "FROM cong_dan a LEFT JOIN ho_gia_dinh b ON (a.ma_ho = b.ma_ho) WHERE b.ma_xa = '1' AND a.ton_giao <> 'x'",
    "FROM cong_dan a, ho_gia_dinh b WHERE a.ma_ho = b.ma_ho AND ton_giao = 'x' GROUP BY b.ma_xa, a.ton_giao",
    "FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho AND a.ton_giao IN ('x', 'y') GROUP BY ton_giao",
    "FROM cong_dan WHERE ton_giao = 'x' OR ma_tinh = '01'",
]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (dialect, text)
        for dialect in DIALECTS
        for text in [*(f"SELECT count(*) {one}" for one in FEW), *KEYS]
        if dialect == "duckdb" or not text.endswith("ALL")  # GROUP BY ALL is DuckDB's
    ],
)
def test_a_join_must_not_count_some_people_more_often(dialect: str, text: str) -> None:
    catalog = assets(dialect)
    query = resolve(text, dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, decision(dialect, obligations=TEN_PEOPLE), catalog)
    assert refused.value.code == "group_size_unsupported"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", MANY)
def test_conditions_on_one_table_and_equalities_are_counted(dialect: str, text: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=TEN_PEOPLE)
    made = plan(resolve(f"SELECT count(*) {text}", dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", FEW)
def test_the_guard_notices_a_join_that_counts_some_more_often(
    dialect: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=TEN_PEOPLE)
    monkeypatch.setattr("phantang.sql.rewriting.passes.group_size._weighs", lambda *_: ())
    made = plan(resolve(f"SELECT count(*) {text}", dialect, catalog), allowed, catalog)
    with pytest.raises(GuardError):
        guard(made, allowed, catalog)
