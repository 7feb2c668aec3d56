"""What comparing a new aggregate with earlier answers costs on a million people, on DuckDB and PostgreSQL."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pyarrow as pa
from rich.console import Console
from rich.table import Table
from tests.services.postgres import running

from phantang.flow.query.comparison import require_apart
from phantang.model.names import TableName
from phantang.sql import resolve, selection

from .dashboards import ASSET, DECISION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.sql import Selection

_EARLIER = (0, 1, 5, 20)
#: A register in which no sum of the questions tells of a few: 34 provinces of about 100 communes, nine occupations.
_PEOPLE = """
CREATE TABLE nguoi AS SELECT CAST(i AS VARCHAR) AS so, 'X' || i % 3321 AS xa, 'P' || i % 3321 % 34 AS tinh,
CASE WHEN i * 7919 % 1009 < 505 THEN 'Nam' ELSE 'Nữ' END AS gioi, 'D' || i * 104729 % 7 AS dan_toc,
'T' || i * 15485863 % 5 AS ton_giao, 'N' || i * 32452843 % 9 AS nghe, CAST(i * 49979687 % 95 AS INTEGER) AS tuoi,
CAST(i * 67867967 % 12 + 1 AS INTEGER) AS thang, CAST(i AS DOUBLE PRECISION) AS tro_cap
FROM generate_series(1, CAST({0} AS BIGINT)) t(i)
"""
_QUESTIONS = [
    "SELECT tinh, count(*) FROM nguoi GROUP BY tinh",
    "SELECT gioi, count(*) FROM nguoi GROUP BY gioi",
    "SELECT count(*) FROM nguoi",
    "SELECT nghe, count(*) FROM nguoi GROUP BY nghe",
    "SELECT tinh, gioi, count(*) FROM nguoi GROUP BY 1, 2",
    "SELECT xa, count(*) FROM nguoi GROUP BY xa",
    *(f"SELECT tinh, count(*) FROM nguoi WHERE nghe = 'N{number}' GROUP BY tinh" for number in range(9)),
    *(f"SELECT gioi, count(*) FROM nguoi WHERE nghe = 'N{number}' GROUP BY gioi" for number in range(6)),
]


@contextmanager
def _duckdb(people: int) -> Iterator[Callable[[str], pa.Table]]:
    with duckdb.connect() as database:
        database.execute(_PEOPLE.format(people))
        yield lambda statement: database.sql(statement).to_arrow_table()


@contextmanager
def _postgres(people: int) -> Iterator[Callable[[str], pa.Table]]:
    with running() as server, psycopg.connect(server.url("postgres").replace("+psycopg", "")) as database:
        database.execute(b"SET jit = off")  # as the engine does
        database.execute(_PEOPLE.format(people).encode())
        database.execute("ANALYZE nguoi")

        def run(statement: str) -> pa.Table:
            cursor = database.execute(statement.encode())
            names = [column.name for column in cursor.description or ()]
            columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
            return pa.table([pa.array(column) for column in columns], names=names)

        yield run


def answers(people: int) -> Table:
    """A new aggregate beside so many earlier ones: its own time, what comparing adds, and the atoms there are."""
    table = Table(title=f"an aggregate compared with earlier ones, {people:,} people", title_justify="left")
    for name in ("engine", "earlier", "query s", "comparing s", "of it SQL", "atoms", "ratio"):
        table.add_column(name, justify="left" if name == "engine" else "right")
    for dialect, schema, database in (("duckdb", "main", _duckdb), ("postgres", "public", _postgres)):
        asset = replace(ASSET, name=TableName("s", schema, "nguoi"))
        decision = replace(DECISION, columns={f"{schema}.nguoi": DECISION.columns["main.nguoi"]}, rows={})
        held: list[Selection] = []
        with database(people) as fetch:
            for number, question in enumerate(_QUESTIONS):
                new = selection(resolve(question, dialect, [asset]), decision, [asset])
                assert new is not None
                if number in _EARLIER:
                    table.add_row(dialect, str(number), *_timed(fetch, question, new, held))
                held.append(new)
    return table


def _timed(fetch: Callable[[str], pa.Table], question: str, new: Selection, held: list[Selection]) -> list[str]:
    spent, atoms = 0.0, 0

    def run(statement: str, *, bound: bool) -> pa.Table:
        nonlocal spent, atoms
        assert not bound
        before = time.perf_counter()
        found: Any = fetch(statement)
        spent, atoms = spent + time.perf_counter() - before, found.num_rows
        return found

    started = time.perf_counter()
    fetch(question)
    alone = time.perf_counter() - started
    started = time.perf_counter()
    require_apart(new, held, run)
    compared = time.perf_counter() - started
    return [f"{alone:.2f}", f"{compared:.2f}", f"{spent:.2f}", f"{atoms:,}", f"{compared / alone:.0f}"]


if __name__ == "__main__":
    Console(width=110).print(answers(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
