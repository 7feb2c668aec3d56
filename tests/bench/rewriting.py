"""What rewriting costs: time by stage cold and warm, by statement size, and the execution of what comes out of it."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
from rich.table import Table

from phantang.model.decision import Decision, FieldPredicate
from phantang.sql import QueryCache, guard, plan, resolve

from . import tpch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.plan import Plan

SCALE = 0.1
SIZES = (100, 1_000, 10_000, 30_000, 100_000)


def seconds(action: Callable[[], object], rounds: int) -> float:
    """Return the median wall time of `action` over `rounds` calls, after one that is not counted."""
    action()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def table(title: str, *names: str) -> Table:
    """Return an empty table: the first column is text, the others figures."""
    made = Table(title=title, title_justify="left")
    for position, name in enumerate(names):
        made.add_column(name, justify="right" if position else "left")
    return made


def rewriting(rounds: int = 30) -> Sequence[Table]:
    """Return every table of this module."""
    connection = duckdb.connect()
    assets = tpch.build(connection, SCALE)
    tables = [_stages(assets, rounds), _sizes(assets), _execution(connection, assets), _fence(connection, assets)]
    connection.close()
    return tables


def stages_of(sql: str, allowed: Decision, assets: Sequence[Asset], rounds: int) -> tuple[Plan, list[float]]:
    """Return the plan of a query, and the seconds to resolve it, to plan it and to look at the plan.

    Raises `Refused` and `GuardError`.
    """
    query = resolve(sql, "duckdb", assets)
    done = plan(query, allowed, assets)
    guard(done, allowed, assets)
    return done, [
        seconds(lambda: resolve(sql, "duckdb", assets), rounds),
        seconds(lambda: plan(query, allowed, assets), rounds),
        seconds(lambda: guard(done, allowed, assets), rounds),
    ]


def _stages(assets: Sequence[Asset], rounds: int) -> Table:
    names = ("query", "resolve", "plan", "guard", "cold", "warm", "cold/warm")
    made = table("rewriting, median ms: cold by stage, and warm (from the plan cache)", *names)
    whole = tpch.decision(tuple(assets), {**tpch.THIRD, **tpch.KEYS})
    totals = []
    for name, sql in tpch.QUERIES.items():
        done, stages = stages_of(sql, whole, assets, rounds)
        cache = QueryCache()
        cache.resolve(sql, "duckdb", assets, "r").keep(whole, done)
        warm = seconds(lambda c=cache, sql=sql: c.resolve(sql, "duckdb", assets, "r").plan(whole), rounds)  # type: ignore[misc]
        cold = sum(stages)
        totals.append((cold, warm))
        made.add_row(name, *(f"{1e3 * one:.2f}" for one in (*stages, cold)), f"{1e3 * warm:.3f}", f"{cold / warm:.0f}")
    cold, warm = (statistics.median(column) for column in zip(*totals, strict=True))
    made.add_row("median", "", "", "", f"{1e3 * cold:.2f}", f"{1e3 * warm:.3f}", f"{cold / warm:.0f}")
    return made


def _sizes(assets: Sequence[Asset]) -> Table:
    made = table("rewriting by size of the statement (a WHERE of many conditions)", "bytes", "ms", "ms/kB", "peak MB")
    clear = tpch.decision(tuple(assets), {})

    def rewrite(sql: str) -> None:
        done = plan(resolve(sql, "duckdb", assets), clear, assets)
        guard(done, clear, assets)

    for size in SIZES:
        sql = "SELECT c_name FROM customer WHERE c_nationkey = 1"
        while len(sql) < size:
            sql += f" OR c_phone = '{len(sql):09}'"
        spent = seconds(lambda sql=sql: rewrite(sql), 3 if size > 10_000 else 10)  # type: ignore[misc]
        tracemalloc.start()
        rewrite(sql)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        made.add_row(f"{len(sql):,}", f"{1e3 * spent:.2f}", f"{1e6 * spent / len(sql):.2f}", f"{peak / 1e6:.1f}")
    return made


def ratio(
    connection: duckdb.DuckDBPyConnection,
    original: str,
    rewritten: str,
    rounds: int = 7,
    baseline: duckdb.DuckDBPyConnection | None = None,
) -> float:
    """Return the time of `rewritten` over that of `original` (on `baseline`, if it is another), run by turns."""
    runs = ((baseline or connection, original), (connection, rewritten))
    for on, sql in runs:
        on.execute(sql).fetchall()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for (on, sql), into in zip(runs, times, strict=True):
            started = time.perf_counter()
            on.execute(sql).fetchall()
            into.append(time.perf_counter() - started)
    return statistics.median(times[1]) / statistics.median(times[0])


def rewritten(sql: str, assets: Sequence[Asset], allowed: Decision) -> str:
    """Return the guarded SQL of a query."""
    done = plan(resolve(sql, "duckdb", assets), allowed, assets)
    guard(done, allowed, assets)
    return done.sql


def _execution(connection: duckdb.DuckDBPyConnection, assets: Sequence[Asset]) -> Table:
    cases = {"nothing masked": {}, "a third masked": tpch.THIRD, "join keys hashed": tpch.KEYS}
    made = table(f"execution, rewritten over original (TPC-H-like, scale {SCALE}, DuckDB)", "query", *cases)
    ratios = []
    for name, sql in tpch.QUERIES.items():
        row = [
            ratio(connection, sql, rewritten(sql, assets, tpch.decision(tuple(assets), masks)))
            for masks in cases.values()
        ]
        ratios.append(row)
        made.add_row(name, *(f"{one:.2f}" for one in row))
    made.add_row("median", *(f"{statistics.median(column):.2f}" for column in zip(*ratios, strict=True)))
    return made


def _fence(connection: duckdb.DuckDBPyConnection, assets: Sequence[Asset]) -> Table:
    """Compare with the same row filter written by hand into the original's WHERE, where nothing fences it."""
    made = table(
        "a row filter on orders (status O or F), rewritten over the same filter written by hand", "query", "ratio"
    )
    rows = {"main.orders": (FieldPredicate("o_orderstatus", "in", ("O", "F")),)}
    allowed = replace(tpch.decision(tuple(assets), {}), rows=rows)
    filtered = "o_orderstatus IN ('O', 'F')"
    conditions = {
        "equality (copied below the fence)": "SELECT o_totalprice FROM orders WHERE o_orderkey = 77777",
        "range (copied)": "SELECT count(*) FROM orders WHERE o_orderdate BETWEEN '1993-01-01' AND '1993-01-09'",
        "LIKE (stays above)": "SELECT count(*) FROM orders WHERE o_custkey LIKE 'C00000777%'",
        "expression (stays above)": "SELECT count(*) FROM orders WHERE o_totalprice + 0.5 < 9",
    }
    for name, sql in conditions.items():
        made.add_row(name, f"{ratio(connection, f'{sql} AND {filtered}', rewritten(sql, assets, allowed), 15):.2f}")
    return made
