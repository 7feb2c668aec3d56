"""The plan cache: an equal question under an equal decision is served from it, and nothing else is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.decision import (
    ColumnDecision,
    Decision,
    Effect,
    FieldPredicate,
    LookupPredicate,
    Mask,
    Obligations,
    Reason,
)
from phantang.model.errors import GuardError, Refused
from phantang.sql import QueryCache, guard, plan
from phantang.sql.cache import MAX_PLANS, decision_key

from ...property.twins import MASKS, assets, decision

if TYPE_CHECKING:
    from phantang.model.plan import Plan

SQL = "SELECT ho_ten, thu_nhap FROM cong_dan WHERE so_cccd = '001085000001'"
TABLE = "main.cong_dan"


def ask(cache: QueryCache, sql: str, allowed: Decision, *, dialect: str = "duckdb", revision: str = "r1") -> Plan:
    """Do what the gateway does, and check that what the cache says is what a fresh plan would be."""
    catalog = assets(dialect)
    cached = cache.resolve(sql, dialect, catalog, revision)
    fresh = plan(cached.query, allowed, catalog)
    found = cached.plan(allowed)
    if found is None:
        guard(fresh, allowed, catalog)
        cached.keep(allowed, fresh)
        return fresh
    assert found == fresh
    return found


def column(allowed: Decision, name: str, decided: ColumnDecision) -> Decision:
    return replace(allowed, columns={**allowed.columns, TABLE: {**allowed.columns[TABLE], name: decided}})


def variants() -> list[Decision]:
    """Return decisions that differ in one thing each, as another subject, purpose, time or policy would make them."""
    base = decision("duckdb", masks=MASKS)
    bucket: dict[str, str | float] = {"kind": "bucket", "width": 1000}
    return [
        base,
        decision("duckdb"),
        decision("duckdb", masks=MASKS, hide_rows=True),
        decision("duckdb", masks=MASKS, obligations=Obligations(max_rows=1)),
        decision("duckdb", masks=MASKS, obligations=Obligations(max_rows=10)),
        replace(base, revision="chính sách khác"),
        replace(base, rows={TABLE: (LookupPredicate("so_cccd"),)}),
        replace(base, rows={TABLE: (FieldPredicate("so_cccd", "eq", "001085000001"),)}),
        replace(base, rows={TABLE: (FieldPredicate("thu_nhap", "eq", 1),)}),
        replace(base, rows={TABLE: (FieldPredicate("thu_nhap", "eq", "1"),)}),
        replace(base, rows={TABLE: (FieldPredicate("thu_nhap", "in", (1,)),)}),
        column(base, "thu_nhap", ColumnDecision(Effect.MASK, Mask.GENERALIZE, bucket)),
        column(base, "thu_nhap", ColumnDecision(Effect.MASK, Mask.GENERALIZE, {**bucket, "width": 1000.0})),
        column(base, "thu_nhap", ColumnDecision(Effect.MASK, Mask.GENERALIZE, {**bucket, "width": 2000})),
        column(base, "thu_nhap", ColumnDecision(Effect.MASK, Mask.NULL)),
        column(base, "ho_ten", ColumnDecision(Effect.MASK, Mask.TOKEN)),
        column(base, "ho_ten", ColumnDecision(Effect.CLEAR)),
    ]


def test_every_difference_of_a_decision_is_another_plan() -> None:
    keys = [decision_key(one) for one in variants()]
    assert len(set(keys)) == len(keys)
    cache = QueryCache()
    for _ in range(2):
        for one in variants():
            ask(cache, SQL, one)
    assert len(cache) == 1


def test_true_is_not_one() -> None:
    base = decision("duckdb")
    texts = {
        decision_key(replace(base, rows={TABLE: (FieldPredicate("thu_nhap", "eq", value),)}))
        for value in (1, 1.0, True, "1", (1,), ("1",))
    }
    assert len(texts) == 6


def test_reasons_and_their_wording_do_not_matter() -> None:
    base = decision("duckdb", masks=MASKS)
    reason = Reason("r", "mask", "x", (), {"vi": "lý do", "en": "reason"}, {})
    assert decision_key(base) == decision_key(replace(base, reasons=(reason,), raw={"reasons": ["x"]}))


def test_a_second_equal_question_is_served_from_the_cache() -> None:
    cache, allowed = QueryCache(), decision("duckdb", masks=MASKS)
    first = ask(cache, SQL, allowed)
    cached = cache.resolve(SQL, "duckdb", assets("duckdb"), "r1")
    assert cached.plan(decision("duckdb", masks=MASKS)) == first
    assert cache.resolve(SQL, "duckdb", assets("duckdb"), "r1") is cached


def test_a_question_that_differs_in_its_literal_shares_the_plan_and_keeps_its_literal() -> None:
    cache, allowed = QueryCache(), decision("duckdb", masks=MASKS)
    ask(cache, SQL, allowed)
    other = cache.resolve(SQL.replace("001085000001", "it''s"), "duckdb", assets("duckdb"), "r1")
    found = other.plan(allowed)
    assert found is not None
    assert "'it''s'" in found.sql
    assert "001085000001" not in found.sql
    assert len(cache) == 1
    assert "it''s" in plan(other.query, allowed, assets("duckdb")).sql


@pytest.mark.parametrize(
    ("sql", "dialect", "revision"),
    [
        (SQL, "duckdb", "r2"),
        (SQL, "postgres", "r1"),
        (SQL.replace("001085000001", "a\\b"), "duckdb", "r1"),
        (SQL.replace("001085000001", "2020-01-01"), "duckdb", "r1"),
        (SQL.replace("ho_ten", "HO_TEN"), "duckdb", "r1"),
        (SQL + " LIMIT 1", "duckdb", "r1"),
    ],
)
def test_another_question_is_resolved_again(sql: str, dialect: str, revision: str) -> None:
    cache = QueryCache()
    first = cache.resolve(SQL, "duckdb", assets("duckdb"), "r1")
    other = cache.resolve(sql, dialect, assets(dialect), revision)
    assert other is not first
    assert len(cache) == 2


def test_a_lookup_keeps_to_its_own_literal() -> None:
    cache = QueryCache()
    allowed = replace(decision("duckdb"), rows={TABLE: (LookupPredicate("so_cccd"),)})
    for number in ("001085000001", "001190000002", "001085000001"):
        made = ask(cache, SQL.replace("001085000001", number), allowed)
        assert made.sql.count(number) >= 2
        assert ("001190000002" in made.sql) == (number == "001190000002")


def test_other_sources_do_not_meet() -> None:
    cache, mine = QueryCache(), assets("duckdb")
    theirs = tuple(replace(asset, name=replace(asset.name, source="nguồn khác")) for asset in mine)
    first, other = (cache.resolve(SQL, "duckdb", catalog, "r1") for catalog in (mine, theirs))
    assert (first.query.footprint.source, other.query.footprint.source) == (mine[0].name.source, "nguồn khác")


def test_refusals_and_plans_the_guard_refused_are_not_kept() -> None:
    cache, catalog = QueryCache(), assets("duckdb")
    with pytest.raises(Refused):
        cache.resolve("SELECT pg_sleep(1)", "duckdb", catalog, "r1")
    assert len(cache) == 0
    cached = cache.resolve(SQL, "duckdb", catalog, "r1")
    lax, strict = decision("duckdb"), decision("duckdb", masks=MASKS)
    with pytest.raises(GuardError):
        guard(plan(cached.query, lax, catalog), strict, catalog)
    assert cached.plan(strict) is None


def test_bounds() -> None:
    cache, catalog = QueryCache(statements=3, characters=200), assets("duckdb")
    for number in range(9):
        cache.resolve(f"SELECT ho_ten FROM cong_dan LIMIT {number}", "duckdb", catalog, "r1")
        assert len(cache) <= 3
    kept = cache.resolve("SELECT ho_ten FROM cong_dan LIMIT 8", "duckdb", catalog, "r1")
    assert cache.resolve("SELECT ho_ten FROM cong_dan LIMIT 8", "duckdb", catalog, "r1") is kept
    long = "SELECT ho_ten FROM cong_dan" + " " * 190
    assert cache.resolve(long, "duckdb", catalog, "r1") is not cache.resolve(long, "duckdb", catalog, "r1")
    cache.resolve(long[:180], "duckdb", catalog, "r1")
    assert len(cache) == 1
    cached = QueryCache().resolve(SQL, "duckdb", catalog, "r1")
    allowed = decision("duckdb")
    for number in range(MAX_PLANS + 1):
        cached.keep(replace(allowed, revision=str(number)), plan(cached.query, allowed, catalog))
    assert cached.plan(replace(allowed, revision="0")) is None
    assert cached.plan(replace(allowed, revision="1")) is not None


def test_threads_share_it() -> None:
    cache, decisions = QueryCache(statements=4), variants()

    def work(number: int) -> str:
        return ask(cache, f"{SQL} LIMIT {number % 7}", decisions[number % len(decisions)]).sql

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(work, range(200)))
    assert answers == [work(number) for number in range(200)]
