"""A group that is large enough must not answer for one person inside it."""

from __future__ import annotations

import pytest

from phantang.model.decision import Obligations
from phantang.model.errors import Refused
from phantang.model.footprint import Use
from phantang.sql import DIALECTS, plan, resolve

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
        "sum(CASE WHEN ma_xa = '1' THEN 1 ELSE 0 END)",
        "count(*) FILTER (WHERE ma_xa = '1')",
        "count(nullif(ma_xa, '1'))",
        "bool_or(ma_xa = '1')",
    ],
)
def test_a_condition_inside_an_aggregate_makes_a_small_group(dialect: str, aggregate: str) -> None:
    catalog = assets(dialect)
    query = resolve(f"SELECT {aggregate} FROM cong_dan", dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, decision(dialect, obligations=TEN_PEOPLE), catalog)
    assert refused.value.code == "group_size_unsupported"


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
