"""People behind rows that name nobody: counted along foreign keys, on both engines; NULLs and orphans are nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from phantang.catalog.following import follow_units
from phantang.flow.query.comparison import require_apart
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.schema import Followed, ForeignKey, Link
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import DIALECTS, guard, plan, resolve, selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.model.plan import Plan

SIZE = 3
SCHEMA = {"duckdb": "main", "postgres": "public"}
#: table: columns, primary key, privacy unit, foreign keys (column, table, its column).
TABLES: dict[str, tuple[dict[str, str], tuple[str, ...], str | None, list[tuple[str, str, str]]]] = {
    "nguoi": ({"so": "VARCHAR", "xa": "VARCHAR"}, ("so",), "so", []),
    "ho_so": ({"id": "INTEGER", "so": "VARCHAR", "loai": "VARCHAR"}, ("id",), None, [("so", "nguoi", "so")]),
    "buoc": ({"id": "INTEGER", "ho_so": "INTEGER", "ngay": "INTEGER"}, ("id",), None, [("ho_so", "ho_so", "id")]),
    "ket_hon": ({"id": "INTEGER", "chong": "VARCHAR", "vo": "VARCHAR"}, ("id",), None,
                [("chong", "nguoi", "so"), ("vo", "nguoi", "so")]),
    "vong": ({"id": "INTEGER", "cha": "INTEGER"}, ("id",), None, [("cha", "vong", "id")]),
    "dong": ({"id": "INTEGER", "ho_so": "INTEGER"}, ("id",), None, [("ho_so", "buoc", "ho_so")]),
}  # fmt: skip


def catalog_of(dialect: str, *, personal: PersonalClass = PersonalClass.BASIC) -> dict[str, Asset]:
    assets = [
        Asset(
            TableName("s", SCHEMA[dialect], name),
            tuple(ColumnEntry(c, k, Status.ACCEPTED, "t", (), Tier.T2, personal) for c, k in columns.items()),
            privacy_unit=unit,
            primary_key=key,
            foreign_keys=tuple(
                ForeignKey((column,), TableName("s", SCHEMA[dialect], table), (to,)) for column, table, to in keys
            ),
        )
        for name, (columns, key, unit, keys) in TABLES.items()
    ]
    return {asset.name.table: asset for asset in follow_units(assets)}


def test_the_one_way_to_a_person_is_found() -> None:
    found = {name: asset.followed for name, asset in catalog_of("duckdb").items()}
    assert found == {
        "nguoi": None,
        "ho_so": Followed((Link("so", TableName("s", "main", "nguoi"), "so"),), "so"),
        "buoc": Followed(
            (Link("ho_so", TableName("s", "main", "ho_so"), "id"), Link("so", TableName("s", "main", "nguoi"), "so")),
            "so",
        ),
        "ket_hon": None,  # two people
        "vong": None,  # round in a circle
        "dong": None,  # not a whole key: several rows, several people
    }
    assert not any(one.followed for one in catalog_of("duckdb", personal=PersonalClass.NONE).values())


def planned(sql: str, dialect: str) -> tuple[Plan, Decision]:
    catalog = list(catalog_of(dialect).values())
    allowed = decided(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made, allowed


def decided(dialect: str) -> Decision:
    columns = {
        f"{SCHEMA[dialect]}.{name}": dict.fromkeys(listed, ColumnDecision(Effect.CLEAR))
        for name, (listed, *_) in TABLES.items()
    }
    return Decision(
        True, columns, dict.fromkeys(columns, ()), Obligations(aggregate_only=True, min_group_size=SIZE), (), "r"
    )


def statements() -> Iterator[str]:
    for name, (columns, key, _, _) in TABLES.items():
        yield f"CREATE TABLE {name} ({', '.join(f'{c} {k}' for c, k in columns.items())}, PRIMARY KEY ({key[0]}))"
    people = ", ".join(f"('p{number}', 'X')" for number in range(6))
    yield f"INSERT INTO nguoi VALUES {people}"
    # A: one person's thirty files. B: four people's. C: two people and ten files of nobody or of somebody unknown.
    files: list[tuple[str | None, str]] = [("p0", "A") for _ in range(30)]
    files += [(f"p{n}", "B") for n in range(4)]
    files += [("p0", "C"), ("p1", "C"), *((None, "C") for _ in range(5)), *((f"mồ côi {n}", "C") for n in range(5))]
    texts = ("NULL" if so is None else f"'{so}'" for so, _ in files)
    rows = ", ".join(f"({n}, {text}, '{files[n][1]}')" for n, text in enumerate(texts))
    yield f"INSERT INTO ho_so VALUES {rows}"
    steps = [*((n, 1) for n in range(30)), *((n, 2) for n in range(30, 34) for _ in range(2)), (99_999, 2)]
    rows = ", ".join(f"({n}, {file}, {day})" for n, (file, day) in enumerate(steps))
    yield f"INSERT INTO buoc VALUES {rows}"


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[str, Callable[[str], list[Any]]]]:
    if request.param == "duckdb":
        with duckdb.connect() as database:
            for statement in statements():
                database.execute(statement)
            yield "duckdb", lambda sql: list(database.execute(sql).fetchall())
    else:
        url = request.getfixturevalue("postgres_database").replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url) as connection:
            for statement in statements():
                connection.execute(statement.encode())
            yield "postgres", lambda sql: list(connection.execute(sql.encode()).fetchall())


ASKED = {
    "SELECT loai, count(*) FROM ho_so GROUP BY loai": [("B", 4)],
    "SELECT ngay, count(*) FROM buoc GROUP BY ngay": [(2, 9)],
    "SELECT count(*) FROM buoc": [(39,)],
    "SELECT count(*) FROM buoc WHERE ngay = 1": [],
    "SELECT h.loai, count(*) FROM buoc b JOIN ho_so h ON b.ho_so = h.id GROUP BY h.loai": [("B", 8)],
    "SELECT n.xa, count(*) FROM ho_so h JOIN nguoi n ON h.so = n.so WHERE h.loai = 'C' GROUP BY n.xa": [],
    "SELECT s.k, count(*) FROM (SELECT loai AS k FROM ho_so WHERE id >= 0) s GROUP BY s.k": [("B", 4)],
}


def test_groups_are_as_large_as_the_people_behind_them(engine: tuple[str, Callable[[str], list[Any]]]) -> None:
    dialect, run = engine
    for sql, expected in ASKED.items():
        assert run(planned(sql, dialect)[0].sql) == expected, sql


def test_answers_are_compared_by_the_same_people(engine: tuple[str, Callable[[str], list[Any]]]) -> None:
    import pyarrow as pa

    dialect, fetch = engine
    catalog = list(catalog_of(dialect).values())

    def run(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        rows = fetch(statement)
        columns = [pa.array([row[at] for row in rows]) for at in range(len(rows[0]) if rows else 0)]
        return pa.table(columns, names=[str(at) for at in range(len(columns))])

    total, but_one = (
        selection(resolve(sql, dialect, catalog), decided(dialect), catalog)
        for sql in ("SELECT count(*) FROM ho_so", "SELECT count(*) FROM ho_so WHERE loai <> 'A'")
    )
    assert total is not None
    assert but_one is not None
    with pytest.raises(Refused) as refused:  # thirty files between them, of one person
        require_apart(but_one, [total], run)
    assert refused.value.code == "aggregate_difference"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_reads_the_way_again(dialect: str) -> None:
    made, allowed = planned("SELECT ngay, count(*) FROM buoc GROUP BY ngay", dialect)
    catalog = catalog_of(dialect)
    tampered = [
        made.sql.replace('"__phantang_p1"."so" FROM', '"__phantang_p0"."loai" FROM'),
        made.sql.replace('"__phantang_p0"."id" = "buoc"."ho_so"', '"__phantang_p0"."id" = "buoc"."id"'),
        made.sql.replace('WHERE "__phantang_p0"', 'WHERE TRUE OR "__phantang_p0"'),
        made.sql.replace('."nguoi" AS', '."ket_hon" AS'),
        made.sql.replace(f">= {SIZE}", ">= 1"),
    ]  # fmt: skip
    for sql in tampered:
        assert sql != made.sql
        with pytest.raises(GuardError):
            guard(replace(made, sql=sql), allowed, list(catalog.values()))
    without = [replace(one, followed=None) for one in catalog.values()]
    with pytest.raises(GuardError):
        guard(made, allowed, without)
