"""Row filters by membership: only the citizens of one's own cases, on both engines, and nothing told of the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import (
    ColumnDecision,
    CompoundPredicate,
    Decision,
    Effect,
    FieldPredicate,
    LookupPredicate,
    MembershipPredicate,
    Obligations,
)
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.sql import DIALECTS, guard, plan, resolve
from phantang.sql.cache import decision_key

from ...property.twins import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.model.decision import Predicate
    from phantang.model.plan import Plan

TABLES = {
    "cong_dan": {"so_cccd": "VARCHAR", "ho_ten": "VARCHAR", "ma_so": "INTEGER"},
    "ho_so": {"ma_ho_so": "INTEGER", "so_cccd": "VARCHAR", "don_vi": "VARCHAR"},
    "phan_cong": {"ma_ho_so": "BIGINT", "can_bo": "VARCHAR", "diem": "DOUBLE PRECISION"},
}
ROWS = {
    "cong_dan": "('1', 'An', 1), ('2', 'Bình', 2), ('3', 'không phải số', 3), (NULL, 'Vô danh', 4)",
    "ho_so": "(10, '1', 'A'), (11, '1', 'B'), (12, '2', 'A'), (13, '3', 'B'), (14, NULL, 'A')",
    "phan_cong": "(12, 'cb1', 1), (13, 'cb2', 1), (NULL, 'cb1', 1)",
}
OWN = MembershipPredicate("so_cccd", "{s}.ho_so", "so_cccd", (FieldPredicate("don_vi", "eq", "A"),))


def _catalog(dialect: str) -> tuple[Asset, ...]:
    return tuple(
        Asset(
            TableName("s", SCHEMA[dialect], table), tuple(ColumnEntry(n, k, Status.ACCEPTED) for n, k in kinds.items())
        )
        for table, kinds in TABLES.items()
    )


def _here(predicate: Predicate, dialect: str) -> Predicate:
    if isinstance(predicate, MembershipPredicate):
        where = tuple(_here(one, dialect) for one in predicate.where)
        return replace(predicate, table=predicate.table.format(s=SCHEMA[dialect]), where=where)
    if isinstance(predicate, CompoundPredicate):
        return replace(predicate, operands=tuple(_here(one, dialect) for one in predicate.operands))
    return predicate


def _decision(dialect: str, *predicates: Predicate) -> Decision:
    schema = SCHEMA[dialect]
    columns = {
        f"{schema}.{table}": dict.fromkeys(kinds, ColumnDecision(Effect.CLEAR)) for table, kinds in TABLES.items()
    }
    rows = {f"{schema}.cong_dan": tuple(_here(one, dialect) for one in predicates)}
    return Decision(True, columns, rows, Obligations(), (), "r")


def _planned(sql: str, dialect: str, *predicates: Predicate) -> Plan:
    catalog, allowed = _catalog(dialect), _decision(dialect, *predicates)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any]]:
    """Yield the dialect and a connection to an engine with the three tables."""
    if request.param == "duckdb":
        connection: Any = duckdb.connect()
    else:
        connection = request.getfixturevalue("postgres_server").connect()
        connection.autocommit = False
    for table, kinds in TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
        connection.execute(f"INSERT INTO {table} VALUES {ROWS[table]}")
    yield request.param, connection
    connection.close()


ASSIGNED = MembershipPredicate("ma_ho_so", "{s}.phan_cong", "ma_ho_so", (FieldPredicate("can_bo", "eq", "cb1"),))
CASES: list[tuple[str, Predicate, list[str]]] = [
    ("own cases", OWN, ["An", "Bình"]),
    ("any case", replace(OWN, where=()), ["An", "Bình", "không phải số"]),
    ("cases assigned to me, two steps away", replace(OWN, where=(ASSIGNED,)), ["Bình"]),
    ("both conditions", replace(OWN, where=(*OWN.where, FieldPredicate("ma_ho_so", "gt", 10))), ["Bình"]),
    ("nobody", replace(OWN, where=(FieldPredicate("don_vi", "in", ("X", "Y")),)), []),
    ("not in them: a NULL among them hides all", CompoundPredicate("not", (OWN,)), []),
    ("or else", CompoundPredicate("or", (OWN, FieldPredicate("ma_so", "eq", 4))), ["An", "Bình", "Vô danh"]),
    ("its own table", MembershipPredicate("so_cccd", "{s}.cong_dan", "so_cccd", (FieldPredicate("ma_so", "lt", 2),)), ["An"]),  # noqa: E501
]  # fmt: skip


MANY = ("An", "Bình", "O'Hara", "", *(f"người {number}" for number in range(100)))


@pytest.mark.parametrize("values", [MANY, (*MANY, "a,b"), MANY[:3]])
def test_long_lists_are_lists(values: tuple[str, ...], engine: tuple[str, Any]) -> None:
    dialect, connection = engine
    connection.execute("INSERT INTO cong_dan VALUES ('6', '', 6), ('7', 'a,b', 7), ('8', NULL, 8), ('9', 'O''Hara', 9)")
    every = [name for (name,) in connection.execute("SELECT ho_ten FROM cong_dan").fetchall() if name is not None]
    for operator, wanted in (("in", True), ("nin", False)):
        made = _planned("SELECT ho_ten FROM cong_dan", dialect, FieldPredicate("ho_ten", operator, values))
        assert made.sql.count("'") < 20 or "a,b" in values
        got = sorted(name for (name,) in connection.execute(made.sql).fetchall())
        assert got == sorted(name for name in every if (name in values) is wanted)


@pytest.mark.parametrize(("what", "predicate", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_rows_are_those_of_the_members(
    what: str, predicate: Predicate, wanted: list[str], engine: tuple[str, Any]
) -> None:
    dialect, connection = engine
    made = _planned("SELECT ho_ten FROM cong_dan ORDER BY ho_ten", dialect, predicate)
    assert sorted(name for (name,) in connection.execute(made.sql).fetchall()) == sorted(wanted)


def test_a_condition_that_fails_on_a_hidden_row_is_not_evaluated_there(engine: tuple[str, Any]) -> None:
    dialect, connection = engine
    number = "CAST(CASE ho_ten WHEN 'An' THEN '12' WHEN 'Bình' THEN '2' ELSE ho_ten END AS INTEGER)"
    for sql in (
        f"SELECT ma_so FROM cong_dan WHERE {number} > 0",
        f"SELECT ma_so FROM cong_dan c JOIN phan_cong p ON p.ma_ho_so = {number}",
        "SELECT count(*) FROM cong_dan WHERE 1 / (3 - ma_so) >= 0",
    ):
        connection.execute(_planned(sql, dialect, OWN).sql).fetchall()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_other_table_may_be_read_by_the_query_too(dialect: str) -> None:
    made = _planned("SELECT c.ho_ten FROM cong_dan c JOIN ho_so h ON h.so_cccd = c.so_cccd", dialect, OWN)
    assert made.sql.count('"ho_so"."don_vi" = ') == 1


@pytest.mark.parametrize(
    "predicate",
    [
        replace(OWN, table="{s}.khong_co"),
        replace(OWN, table="khac.ho_so"),
        replace(OWN, column="khong_co"),
        replace(OWN, field="khong_co"),
        replace(OWN, column="ma_ho_so"),  # text among numbers
        replace(OWN, field="ma_so", table="{s}.phan_cong", column="diem"),
        replace(OWN, where=(FieldPredicate("khong_co", "eq", "A"),)),
        replace(OWN, where=(FieldPredicate("don_vi", "eq", 1),)),
    ],
)
def test_a_membership_the_catalog_does_not_know_stops_the_query(predicate: Predicate) -> None:
    with pytest.raises(GuardError, match="row_filter"):
        _planned("SELECT ho_ten FROM cong_dan", "duckdb", predicate)


def test_a_lookup_inside_is_refused() -> None:
    with pytest.raises(Refused, match="lookup_missing"):
        _planned(
            "SELECT ho_ten FROM cong_dan WHERE so_cccd = '1'",
            "duckdb",
            replace(OWN, where=(LookupPredicate("so_cccd"),)),
        )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_inner_condition_on_the_looked_up_column_is_not_taken_for_the_lookup(dialect: str) -> None:
    inner = replace(OWN, where=(FieldPredicate("so_cccd", "eq", "2"),))
    made = _planned("SELECT ho_ten FROM cong_dan WHERE so_cccd = '1'", dialect, inner, LookupPredicate("so_cccd"))
    assert "\"so_cccd\" = '1'" in made.sql


INNER = '(SELECT "ho_so"."so_cccd" FROM "{s}"."ho_so" WHERE "ho_so"."don_vi" = \'A\')'
TAMPERING = [
    ("not a member", f"IN {INNER}", f"IN {INNER} OR TRUE"),
    ("members of another unit", "'A'", "'B'"),
    ("members of all units", " WHERE \"ho_so\".\"don_vi\" = 'A')", ")"),
    ("other members", '"ho_so"."so_cccd" FROM', '"ho_so"."don_vi" FROM'),
    ("another table", '"{s}"."ho_so"', '"{s}"."phan_cong"'),
    ("another schema", '"{s}"."ho_so"', '"khac"."ho_so"'),
    ("a table beside it", '"{s}"."ho_so"', '"{s}"."ho_so", "{s}"."phan_cong"'),
    ("members and others", "= 'A')", '= \'A\' UNION SELECT "so_cccd" FROM "{s}"."cong_dan")'),
    ("the outer column", '"ho_so"."so_cccd" FROM', '"cong_dan"."so_cccd" FROM'),
    ("everyone but members", '"so_cccd" IN (', '"so_cccd" NOT IN ('),
    ("the fence", " OFFSET 0", ""),
    ("another sub-query", " OFFSET 0", ' AND EXISTS (SELECT 1 FROM "{s}"."phan_cong") OFFSET 0'),
    ("read from outside", "AS \"cong_dan\"", 'AS "cong_dan" WHERE EXISTS (SELECT 1 FROM "{s}"."ho_so")'),
    ("read below a table", "AS \"cong_dan\"",
     'AS "cong_dan" WHERE EXISTS (SELECT 1 FROM "{s}"."ho_so" WHERE 1 IN (SELECT 1 FROM "{s}"."phan_cong"))'),
]  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("what", "old", "new"), TAMPERING, ids=[case[0] for case in TAMPERING])
def test_tampering_with_a_membership_is_noticed(what: str, old: str, new: str, dialect: str) -> None:
    made = _planned("SELECT ho_ten FROM cong_dan", dialect, OWN)
    old, new = (text.replace("{s}", SCHEMA[dialect]) for text in (old, new))
    assert old in made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=made.sql.replace(old, new, 1)), _decision(dialect, OWN), _catalog(dialect))


def test_plans_are_not_shared_between_memberships() -> None:
    variants: list[Predicate] = [
        OWN,
        replace(OWN, field="ho_ten"),
        replace(OWN, table="{s}.phan_cong"),
        replace(OWN, column="don_vi"),
        replace(OWN, where=()),
        replace(OWN, where=(FieldPredicate("don_vi", "ne", "A"),)),
        LookupPredicate("so_cccd"),
    ]
    assert len({decision_key(_decision("duckdb", one)) for one in variants}) == len(variants)
