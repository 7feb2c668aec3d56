"""Conditions inside aggregates: a group is shown if each of its parts has nobody or enough people in it."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache, partial
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from phantang.model.decision import Obligations, Privacy
from phantang.model.errors import GuardError, Refused
from phantang.model.footprint import Use
from phantang.sql import DIALECTS, guard, plan, resolve, selection
from phantang.sql.language import choices

from ...property.twins import assets, decision

SIZE = 3
OWED = Obligations(aggregate_only=True, min_group_size=SIZE)
ANSWERED = (
    "count(*) FILTER (WHERE ma_tinh = '01')",
    "avg(thu_nhap) FILTER (WHERE NOT ma_tinh IN ('01', '79') AND ma_ho IS NOT NULL)",
    "count(CASE WHEN ma_tinh = '01' THEN 1 END)",
    "count(CASE WHEN (ma_tinh = '01') THEN so_cccd ELSE NULL END)",
    "count(DISTINCT CASE WHEN ma_tinh = '01' THEN so_cccd END)",
    "sum(CASE WHEN ngay_sinh < DATE '1990-01-01' THEN thu_nhap ELSE 0 END)",
    "100.0 * sum(CASE WHEN ma_tinh = '01' THEN 1 ELSE 0 END) / nullif(count(*), 0)",
    "sum(CAST(ma_tinh = '01' AS INT)), avg(CAST(ma_tinh = '01' AS INT))",
    "count(*) FILTER (WHERE ton_giao IS NULL), count(ton_giao)",
    "count(*) FILTER (WHERE MA_TINH = '1'), sum(thu_nhap) FILTER (WHERE (cong_dan.ma_tinh = '1'))",
    "count(*) FILTER (WHERE ma_tinh = '{0}') AS \"{1}\"",
)
REFUSED = {
    "count(CASE WHEN true THEN 1 END)": "group_size_unsupported",
    "count(CASE WHEN ma_tinh = '01' THEN 1 ELSE 0 END)": "group_size_unsupported",
    "sum(CASE WHEN ma_tinh = '01' THEN thu_nhap ELSE thu_nhap END)": "group_size_unsupported",
    "sum(CASE WHEN ma_tinh = '01' THEN thu_nhap + 1 END)": "group_size_unsupported",
    "sum(CASE WHEN ma_tinh = '01' THEN 1 WHEN ma_tinh = '79' THEN 2 END)": "group_size_unsupported",
    "sum(CASE ma_tinh WHEN '01' THEN 1 END)": "group_size_unsupported",
    "sum(CAST(thu_nhap > 5 AS INT) + 1)": "group_size_unsupported",
    "count(nullif(ma_tinh, '01'))": "group_size_unsupported",
    "max(thu_nhap) FILTER (WHERE ma_tinh = '01')": "group_size_value",
    "max(CASE WHEN ma_tinh = '01' THEN thu_nhap END)": "group_size_value",
    ", ".join(f"count(*) FILTER (WHERE ma_xa = '{one}')" for one in range(4)): "group_size_unsupported",
}


def planned(text: str, dialect: str, owed: Obligations = OWED) -> str:
    catalog, allowed = assets(dialect), decision(dialect, obligations=owed)
    made = plan(resolve(text, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made.sql


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("item", ANSWERED)
def test_a_condition_parts_a_group(dialect: str, item: str) -> None:
    for source in ("cong_dan", "(SELECT * FROM cong_dan WHERE ma_xa > '0') AS cong_dan"):
        made = planned(f"SELECT ma_xa, {item} FROM {source} GROUP BY ma_xa", dialect)
        assert "NOT COALESCE(" in made
    if "count(DISTINCT" not in item:
        with pytest.raises(Refused):
            planned(f"SELECT {item} FROM cong_dan", dialect, Obligations(aggregate_only=True))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("item", REFUSED)
def test_other_conditions_are_refused(dialect: str, item: str) -> None:
    with pytest.raises(Refused) as caught:
        planned(f"SELECT {item} FROM cong_dan", dialect)
    assert caught.value.code == REFUSED[item]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_condition_speaks_of_one_table_and_gets_no_noise(dialect: str) -> None:
    joined = "FROM cong_dan c JOIN ho_gia_dinh h ON c.ma_ho = h.ma_ho"
    assert planned(f"SELECT count(*) FILTER (WHERE h.so_nhan_khau > 3 AND h.ma_xa > '1') {joined}", dialect)
    for condition in ("h.so_nhan_khau > 3 AND c.ma_xa > '1'", "h.ma_xa = c.ma_xa"):
        with pytest.raises(Refused, match="group_size_unsupported"):
            planned(f"SELECT count(*) FILTER (WHERE {condition}) {joined}", dialect)
    noisy = Obligations(aggregate_only=True, min_group_size=SIZE, differential_privacy=Privacy(1.0, 2.0))
    with pytest.raises(Refused):
        planned("SELECT count(*) FILTER (WHERE ma_tinh = '01') FROM cong_dan", dialect, noisy)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_policy_sees_a_filter_and_what_is_counted(dialect: str) -> None:
    text = "SELECT ma_xa, sum(CASE WHEN ton_giao = 'x' THEN thu_nhap ELSE 0 END) FROM cong_dan GROUP BY ma_xa"
    [table] = resolve(text, dialect, assets(dialect)).footprint.tables
    assert dict(table.columns)["ton_giao"] == {Use.FILTER}
    assert dict(table.columns)["thu_nhap"] == {Use.AGGREGATE}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_is_compared_as_the_finer_grouping_that_it_is_a_sum_over(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    text = "SELECT ma_xa, count(*) FILTER (WHERE ma_tinh = '01') FROM cong_dan GROUP BY ma_xa"
    finer = "SELECT ma_xa, count(*) FROM cong_dan GROUP BY ma_xa, coalesce(ma_tinh = '01', false)"
    one, other = (selection(resolve(sql, dialect, catalog), allowed, catalog) for sql in (text, finer))
    assert one is not None
    assert other is not None
    assert len(one.keys) == len(other.keys) == 2
    assert (one.keys[0], one.keys[1].lower()) == (other.keys[0], other.keys[1].lower())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_counts_the_parts_itself(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "SELECT ma_xa, count(*) FILTER (WHERE ma_tinh = '01'), avg(CASE WHEN ton_giao = 'x' THEN thu_nhap END) "
        "FROM cong_dan GROUP BY ma_xa"
    )
    honest, found = choices.parts, choices.conditions
    assert planned(text, dialect)
    weaker: dict[str, tuple[Any, ...]] = {
        "parts": (
            lambda _: [[]],
            lambda given: list(honest(given))[:-1],
            lambda given: [part[:1] for part in honest(given)],
            lambda given: [[one.this if one.key == "not" else one for one in part] for part in honest(given)],
        ),
        "conditions": (lambda *given: found(*given)[:1], lambda *_: []),
    }
    for name, ways in weaker.items():
        for way in ways:
            with monkeypatch.context() as patch:
                patch.setattr(f"phantang.sql.language.choices.{name}", way)
                with pytest.raises(GuardError):
                    planned(text, dialect)


def test_exactly_the_groups_without_a_small_part_are_shown() -> None:
    """Against counting by hand: random people, several rows each, values and conditions that are NULL."""
    chance = random.Random(20261126)
    conditions: dict[str, Any] = {
        "ma_tinh = '01'": lambda row: row[5] == "01",
        "thu_nhap > 5": lambda row: row[3] is not None and row[3] > 5,
        "ma_ho IS NULL": lambda row: row[8] is None,
    }
    columns = ("so_cccd", "ho_ten", "ngay_sinh", "thu_nhap", "ma_xa", "ma_tinh", "ton_giao", "ghi_chu", "ma_ho")
    plans = cache(partial(planned, dialect="duckdb"))
    shown = hidden = 0
    for _ in range(150):
        rows = [
            (
                str(chance.randint(1, 25)), "A", "1990-01-01", chance.choice([None, 1, 5, 9]), chance.choice("abc"),
                chance.choice(["01", "01", "79", None]), None, None, chance.choice([None, "H1"]),
            )
            for _ in range(chance.randint(5, 90))
        ]  # fmt: skip
        chosen = sorted(chance.sample(sorted(conditions), chance.randint(1, 3)))  # so that plans come again
        items = ", ".join(
            f"count(*) FILTER (WHERE {one})" if chance.random() < 0.5 else f"sum(CASE WHEN {one} THEN 1 ELSE 0 END)"
            for one in chosen
        )
        text = f"SELECT ma_xa, {items} FROM cong_dan GROUP BY ma_xa"
        with duckdb.connect(config={"threads": 1}) as database:
            database.execute(
                "CREATE TABLE cong_dan (so_cccd VARCHAR, ho_ten VARCHAR, ngay_sinh DATE, thu_nhap INTEGER, "
                "ma_xa VARCHAR, ma_tinh VARCHAR, ton_giao VARCHAR, ghi_chu VARCHAR, ma_ho VARCHAR)"
            )
            made = pa.table(dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))  # noqa: F841 - read by name
            database.execute("INSERT INTO cong_dan SELECT * FROM made")
            found = {row[0]: row for row in database.execute(plans(text)).fetchall()}
            expected = {row[0]: row for row in database.execute(text).fetchall()}
        people: dict[str, dict[tuple[bool, ...], set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in rows:
            people[row[4]][tuple(conditions[one](row) for one in chosen)].add(row[0])
        fine = {
            group
            for group, parts in people.items()
            if all(len(one) >= SIZE for one in parts.values()) and len(set().union(*parts.values())) >= SIZE
        }
        assert found == {group: row for group, row in expected.items() if group in fine}
        shown, hidden = shown + len(fine), hidden + len(people) - len(fine)
    assert min(shown, hidden) > 50
