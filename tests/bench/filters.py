"""The cost of row filters by their form, on both engines: `python -m tests.bench.filters`.

A province stands for hundreds of commune codes, many of them old: is a list of 3,000 codes as fast as the same codes in
a table (membership)? Long lists are written as one text that the engine splits; a plain IN shows what that saves.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import (
    ColumnDecision,
    Decision,
    Effect,
    FieldPredicate,
    MembershipPredicate,
    Obligations,
)
from phantang.model.names import TableName
from phantang.sql import guard, plan, resolve

from .rewriting import seconds, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

    from phantang.model.decision import Predicate

ROWS, CODES, LISTED = 300_000, 10_000, 3_000
TABLES = {
    "nguoi": {"ma": "INTEGER", "ma_xa": "VARCHAR", "ten": "VARCHAR"},
    "xa": {"ma_xa": "VARCHAR", "moi": "VARCHAR"},
}
QUERIES = {
    "count of all": "SELECT count(*) FROM nguoi",
    "LIKE (not copied below the fence)": "SELECT count(*) FROM nguoi WHERE ten LIKE '%77%'",
    "one row by key": "SELECT ten FROM nguoi WHERE ma = 77777",
}


def main(rounds: int = 9) -> None:
    """Print one table an engine."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    with ExitStack() as stack:
        connection = stack.enter_context(duckdb.connect())
        _fill(connection.execute, "range({n}) AS r(i)")
        console.print(_table("duckdb", lambda sql: connection.execute(sql).fetchall(), rounds))
        from ..services.postgres import running

        server: Any = stack.enter_context(stack.enter_context(running()).connect())
        _fill(server.execute, "generate_series(0, {n} - 1) AS r(i)")
        server.execute("CREATE INDEX ON nguoi (ma); CREATE INDEX ON nguoi (ma_xa); ANALYZE")
        console.print(_table("postgres", lambda sql: server.execute(sql).fetchall(), rounds))


def _fill(run: Callable[[str], object], series: str) -> None:
    code = f"lpad(CAST((CAST(i AS BIGINT) * 7919) % {CODES} AS VARCHAR), 5, '0')"
    people = f"SELECT CAST(i AS INTEGER) AS ma, {code} AS ma_xa, CAST(i AS VARCHAR) AS ten FROM {series.format(n=ROWS)}"
    run(f"CREATE TABLE nguoi AS {people}")
    merged = f"CASE WHEN i < {LISTED} THEN 'A' ELSE 'B' END"
    codes = f"SELECT lpad(CAST(i AS VARCHAR), 5, '0') AS ma_xa, {merged} AS moi FROM {series.format(n=CODES)}"
    run(f"CREATE TABLE xa AS {codes}")


def _table(dialect: str, run: Callable[[str], object], rounds: int) -> Table:
    schema = "main" if dialect == "duckdb" else "public"
    catalog = tuple(
        Asset(TableName("b", schema, name), tuple(ColumnEntry(n, k, Status.ACCEPTED) for n, k in kinds.items()))
        for name, kinds in TABLES.items()
    )
    columns = {f"{schema}.{name}": dict.fromkeys(kinds, ColumnDecision(Effect.CLEAR)) for name, kinds in TABLES.items()}
    clear = Decision(True, columns, {}, Obligations(), (), "b")
    codes = tuple(f"{number:05}" for number in range(LISTED))
    forms: dict[str, Predicate] = {
        f"list of {LISTED}": FieldPredicate("ma_xa", "in", codes),
        "membership": MembershipPredicate("ma_xa", f"{schema}.xa", "ma_xa", (FieldPredicate("moi", "eq", "A"),)),
    }
    made = table(
        f"{dialect}: ms, and times as long as without a filter", "question", "no filter", *forms, "unfenced list",
        "plain IN", "plan and guard, list", "membership",
    )  # fmt: skip
    for name, sql in QUERIES.items():
        query = resolve(sql, dialect, catalog)
        whole = plan(query, clear, catalog).sql
        base = seconds(lambda: run(whole), rounds)  # noqa: B023
        cells, planning, listed = [f"{1e3 * base:.1f}"], [], ""
        for predicate in forms.values():
            allowed = replace(clear, rows={f"{schema}.nguoi": (predicate,)})

            def prepare(allowed: Decision = allowed) -> str:
                one = plan(query, allowed, catalog)  # noqa: B023 - used within the round
                guard(one, allowed, catalog)
                return one.sql

            planning.append(f"{1e3 * seconds(prepare, 3):.1f}")
            text = prepare()
            listed = listed or text
            cells.append(_cell(seconds(lambda text=text: run(text), rounds), base))  # type: ignore[misc]
        cells.append(_cell(seconds(lambda: run(listed.replace(" OFFSET 0", "")), rounds), base))  # noqa: B023
        quoted = ", ".join(f"'{code}'" for code in codes)
        start, end = listed.index(" WHERE ") + 7, listed.index(" OFFSET 0")
        plain = f'{listed[:start]}"nguoi"."ma_xa" IN ({quoted}){listed[end:]}'
        cells.append(_cell(seconds(lambda: run(plain), rounds), base))  # noqa: B023
        made.add_row(name, *cells, *planning)
    return made


def _cell(time: float, base: float) -> str:
    return f"{1e3 * time:.1f} ({time / base:.2f})"


if __name__ == "__main__":
    main()
