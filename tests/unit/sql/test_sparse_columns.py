"""Aggregates over columns that few people have a value of, or all but a few: left out, on real engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pyarrow as pa
import pytest

from phantang.flow.query.comparison import require_apart
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import DIALECTS, Selection, guard, plan, resolve, selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 3
SCHEMA = {"duckdb": "main", "postgres": "public"}
COLUMNS = {"so": "VARCHAR", "xa": "VARCHAR", **dict.fromkeys(("a", "b", "c", "d", "e", "f"), "DOUBLE PRECISION")}
#: Communes of ten: in X one person has `a`, one lacks `b`, four have `c`, of whom three have `d`; four have
#: `e` and `f`, one `e` only and one `f` only; in Y all have all.
PEOPLE = [
    (f"X{n}", "X", 7.5 if n == 0 else None, None if n == 0 else 1.0, n * 1.0 if n < 4 else None, 2.0 if n < 3 else None,
     1.0 if n < 5 else None, 1.0 if n < 4 or n == 5 else None)
    for n in range(10)
] + [(f"Y{n}", "Y", 1.0, 2.0, 3.0, n * 1.0, 1.0, 2.0) for n in range(10)]  # fmt: skip
BOTH, ONLY_Y = ["X", "Y"], ["Y"]

#: What is asked of each commune, and which are answered.
ASKED = {
    "count(*)": BOTH,
    "count(*), count(so), count(DISTINCT so)": BOTH,
    "count(*), sum(1)": BOTH,
    "count(*), count(c), sum(c), avg(c)": BOTH,
    # one person's value
    "sum(a)": ONLY_Y,
    "avg(a)": ONLY_Y,
    "count(a)": ONLY_Y,
    "sum(coalesce(a, 0))": ONLY_Y,
    "avg(CAST(a AS REAL))": ONLY_Y,
    "sum(a * a)": ONLY_Y,
    "sum(a + c)": ONLY_Y,
    "regr_avgx(a, a)": ONLY_Y,
    "regr_count(c, a)": ONLY_Y,
    "stddev_pop(t.a)": ONLY_Y,
    "corr(coalesce(a, 0), b)": ONLY_Y,
    # one person without a value
    "count(*), count(b)": ONLY_Y,
    "sum(b)": ONLY_Y,
    "avg(b)": BOTH,  # tells of nine
    "avg(b), sum(b)": ONLY_Y,
    "avg(b), avg(coalesce(b, 0))": ONLY_Y,
    # one person who has this value and not that
    "sum(c), regr_count(c, d), regr_avgy(c, d)": ONLY_Y,
    "avg(t.c), regr_avgy(c, d)": ONLY_Y,
    # one person who has this and lacks that, and one the other way round: the counts differ by who they are
    "count(e), count(f)": ONLY_Y,
    "count(e), sum(f), avg(t.f)": ONLY_Y,
    "count(e), sum(f), avg(f)": ONLY_Y,
    "avg(e), stddev_pop(e), count(f)": ONLY_Y,
    "sum(e), sum(f)": ONLY_Y,  # an average of each, asked next, gives the numbers
    "avg(e), avg(f)": BOTH,
    "count(e), avg(f)": BOTH,
    "count(d), regr_count(e, f)": ONLY_Y,
    "count(c), regr_count(e, f)": BOTH,
    "sum(m)": BOTH,  # masked: NULL for all
    "count(m)": BOTH,
}  # fmt: skip
WRAPPED = "SELECT s.g, {0} FROM (SELECT xa AS g, t.* FROM nguoi t) AS s GROUP BY s.g"


def assets(dialect: str) -> tuple[Asset, ...]:
    kinds = {**COLUMNS, "m": "DOUBLE PRECISION"}
    entries = tuple(
        ColumnEntry(name, kind, Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
        for name, kind in kinds.items()
    )
    return (Asset(TableName("s", SCHEMA[dialect], "nguoi"), entries, privacy_unit="so", primary_key=("so",)),)


def decided(dialect: str) -> Decision:
    columns = dict.fromkeys(COLUMNS, ColumnDecision(Effect.CLEAR)) | {"m": ColumnDecision(Effect.MASK, Mask.NULL)}
    table = f"{SCHEMA[dialect]}.nguoi"
    return Decision(True, {table: columns}, {table: ()}, Obligations(aggregate_only=True, min_group_size=SIZE), (), "r")


def rewritten(sql: str, dialect: str) -> str:
    catalog, allowed = assets(dialect), decided(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made.sql


@pytest.fixture(scope="module")
def on_duckdb() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        database.execute(_create())
        database.executemany("INSERT INTO nguoi VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)", PEOPLE)
        yield database


@pytest.fixture
def on_postgres(postgres_database: str) -> Iterator[psycopg.Cursor]:
    with psycopg.connect(postgres_database.replace("postgresql+psycopg", "postgresql")) as database:
        cursor = database.cursor()
        cursor.execute(_create().encode())
        cursor.executemany(b"INSERT INTO nguoi VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)", PEOPLE)
        yield cursor


def _create() -> str:
    return f"CREATE TABLE nguoi ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())}, m DOUBLE PRECISION)"


def shown(asked: str, dialect: str, fetch: Callable[[str], list[tuple[Any, ...]]]) -> list[Any]:
    return sorted(row[0] for row in fetch(rewritten(f"SELECT xa, {asked} FROM nguoi t GROUP BY xa", dialect)))


@pytest.mark.parametrize(("asked", "communes"), ASKED.items())
def test_few_values_are_left_out(asked: str, communes: list[str], on_duckdb: duckdb.DuckDBPyConnection) -> None:
    def fetch(sql: str) -> list[tuple[Any, ...]]:
        return list(on_duckdb.execute(sql).fetchall())

    assert shown(asked, "duckdb", fetch) == communes
    if "t." not in asked:
        assert sorted(row[0] for row in fetch(rewritten(WRAPPED.format(asked), "duckdb"))) == communes
    everywhere = fetch(rewritten(f"SELECT {asked} FROM nguoi t WHERE xa = 'X'", "duckdb"))
    assert len(everywhere) == len(communes) - 1


def test_the_same_on_postgres(on_postgres: psycopg.Cursor) -> None:
    for asked, communes in ASKED.items():
        assert shown(asked, "postgres", lambda sql: on_postgres.execute(sql.encode()).fetchall()) == communes, asked


@pytest.mark.parametrize("clause", ["HAVING sum(a) > 7", "ORDER BY sum(a)"])
def test_an_aggregate_that_is_not_shown_counts_as_well(clause: str, on_duckdb: duckdb.DuckDBPyConnection) -> None:
    made = rewritten(f"SELECT xa, count(*) FROM nguoi GROUP BY xa {clause}", "duckdb")
    assert [row[0] for row in on_duckdb.execute(made).fetchall()] == ["Y"]


def test_an_outer_join_leaves_nobody_out_who_is_not_there(on_duckdb: duckdb.DuckDBPyConnection) -> None:
    join = (
        "SELECT p.xa, count(*), count(q.so) FROM nguoi p LEFT JOIN nguoi q ON p.so = q.so AND p.{0} = q.{0} GROUP BY 1"
    )
    few, many = (on_duckdb.execute(rewritten(join.format(column), "duckdb")).fetchall() for column in ("b", "c"))
    assert [row[0] for row in few] == ["Y"]  # one person of X is matched by nobody
    assert sorted(row[0] for row in many) == BOTH


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("asked", ["sum(a)", "avg(a)", "count(*), count(b)", "sum(c), regr_avgy(c, d)"])
def test_the_guard_asks_for_the_people_behind_each_value(
    asked: str, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, allowed = assets(dialect), decided(dialect)
    query = resolve(f"SELECT xa, {asked} FROM nguoi GROUP BY xa", dialect, catalog)
    guard(plan(query, allowed, catalog), allowed, catalog)
    monkeypatch.setattr("phantang.sql.rewriting.passes.group_size.between", lambda _: ())
    with pytest.raises(GuardError) as failed:
        guard(plan(query, allowed, catalog), allowed, catalog)
    assert failed.value.params["name"] == "group size"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_asks_for_the_people_between_two_counts(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, allowed = assets(dialect), decided(dialect)
    for asked in ("count(e), count(f)", "count(c), regr_count(e, f)", "sum(c), avg(t.c), count(f)"):
        query = resolve(f"SELECT xa, {asked} FROM nguoi t GROUP BY xa", dialect, catalog)
        guard(plan(query, allowed, catalog), allowed, catalog)
        with monkeypatch.context() as broken:
            broken.setattr("phantang.sql.rewriting.inputs.combinations", lambda *_: ())
            with pytest.raises(GuardError) as failed:
                guard(plan(query, allowed, catalog), allowed, catalog)
            assert failed.value.params["name"] == "group size"


#: Earlier answers and a new one; whether the difference tells of a few.
IN_TURN = [
    (["xa, sum(a) FROM nguoi GROUP BY xa", "sum(a) FROM nguoi"], True),
    (["xa, count(*) FROM nguoi GROUP BY xa", "sum(c) FROM nguoi", "xa, sum(c) FROM nguoi GROUP BY xa"], False),
    (["sum(c) FROM nguoi", "xa, sum(t.c) FROM nguoi t GROUP BY xa"], False),
    (["avg(c) FROM nguoi", "avg(d) FROM nguoi"], False),
    (["sum(c) FROM nguoi", "sum(d) FROM nguoi"], True),
    (["avg(e) FROM nguoi", "avg(f) FROM nguoi"], False),
    (["sum(e) FROM nguoi", "sum(f) FROM nguoi"], True),  # an average of each, asked later, gives the numbers
    (["count(e) FROM nguoi", "count(f) FROM nguoi"], True),
    (["count(e) FROM nguoi", "sum(f), avg(f) FROM nguoi"], True),
    (["count(*) FROM nguoi WHERE f IS NOT NULL", "count(e) FROM nguoi"], True),
    (["count(*) FROM nguoi WHERE e IS NOT NULL", "count(e) FROM nguoi", "xa, count(e) FROM nguoi GROUP BY xa"], False),
    (["sum(c) FROM nguoi WHERE xa = 'X'", "regr_avgy(c, d) FROM nguoi WHERE xa = 'X'"], True),
    (["count(b) FROM nguoi WHERE c >= 3 OR c IS NULL", "count(*) FROM nguoi WHERE b IS NOT NULL"], True),
    # one person lacks `b`, so that the second is not shown, and tells of nobody
    (["count(b) FROM nguoi WHERE c >= 3 OR c IS NULL", "count(b) FROM nguoi"], False),
]  # fmt: skip


def ask_in_turn(asked: list[str], few: bool, dialect: str, fetch: Callable[[str], pa.Table]) -> None:
    def run(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        return fetch(statement)

    held: list[Selection] = []
    for number, sql in enumerate(asked, start=1):
        found = selection(resolve(f"SELECT {sql}", dialect, assets(dialect)), decided(dialect), assets(dialect))
        assert found is not None
        chosen = Selection.from_json(found.to_json())
        assert chosen == found
        if few and number == len(asked):
            with pytest.raises(Refused) as caught:
                require_apart(chosen, held, run)
            assert caught.value.code == "aggregate_difference", asked
        else:
            require_apart(chosen, held, run)
        held.append(chosen)


@pytest.mark.parametrize(("asked", "few"), IN_TURN)
def test_what_is_hidden_is_not_found_by_subtracting(
    asked: list[str], few: bool, on_duckdb: duckdb.DuckDBPyConnection
) -> None:
    ask_in_turn(asked, few, "duckdb", lambda statement: on_duckdb.sql(statement).to_arrow_table())


def test_nor_is_it_on_postgres(on_postgres: psycopg.Cursor) -> None:
    def fetch(statement: str) -> pa.Table:
        rows = on_postgres.execute(statement.encode()).fetchall()
        names = [column.name for column in on_postgres.description or ()]
        return pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})

    for asked, few in IN_TURN:
        ask_in_turn(asked, few, "postgres", fetch)
