"""Two answers to one subject, subtracted: refused exactly when the difference is a few people. On real engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import Selection, comparisons, refutes, resolve, selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 3
SCHEMA = {"duckdb": "main", "postgres": "public"}
TABLES = {
    "cong_dan": ("so", dict.fromkeys(("so", "ma_xa", "ma_tinh", "gioi_tinh"), "VARCHAR") | {"x": "DOUBLE PRECISION"}),
    "hanh_trinh": ("xe", {"xe": "VARCHAR", "gio": "INTEGER", "ngay": "INTEGER"}),
    "xa": (None, {"ma": "VARCHAR", "loai": "VARCHAR"}),
}  # fmt: skip
#: commune, province, gender, how many. C has two people, B one woman.
PEOPLE = [
    ("A", "1", "Nam", 5), ("A", "1", "Nữ", 3), ("B", "1", "Nam", 4), ("B", "1", "Nữ", 1), ("C", "1", "Nam", 2),
    ("D", "2", "Nam", 6), ("D", "2", "Nữ", 4),
]  # fmt: skip
#: Five cars at hour 7 of day 1, one of them also at 8; four others on day 2 at 7 and 9; on day 3 one without a plate.
TRIPS = [
    *((f"x{car}", 7, 1) for car in range(5)), ("x0", 8, 1),
    *((f"y{car}", hour, 2) for car in range(4) for hour in (7, 9)), (None, 7, 3),
]  # fmt: skip
COMMUNES = [("A", "phường"), ("B", "phường"), ("C", "xã"), ("D", "phường")]

BY_COMMUNE = "SELECT ma_xa, count(*) FROM cong_dan GROUP BY ma_xa"
TOTAL = "SELECT count(*) FROM cong_dan"
PAIRS = "SELECT count(*) FROM cong_dan a JOIN cong_dan b ON a.ma_xa = b.ma_xa"
ALL_AND_ALL_BUT_A_FEW = "SELECT count(DISTINCT b.so) FROM cong_dan a, cong_dan b WHERE b.ma_xa <> 'C'"
APART = [
    (BY_COMMUNE, "SELECT c.ma_xa AS noi, count(*) AS n FROM cong_dan AS c GROUP BY 1 ORDER BY n"),
    (BY_COMMUNE, "SELECT ma_xa, avg(x) FROM cong_dan GROUP BY ma_xa HAVING count(*) > 4"),
    ("SELECT ma_xa, count(*) FROM cong_dan WHERE ma_tinh = '2' GROUP BY ma_xa", f"{TOTAL} WHERE ma_tinh = '2'"),
    (f"{TOTAL} WHERE ma_xa = 'D'", f"{TOTAL} WHERE ma_xa = 'D' AND gioi_tinh = 'Nam'"),
    (TOTAL, f"{TOTAL} WHERE ma_xa = 'A'"),
    (TOTAL, "SELECT gioi_tinh, count(*) FROM cong_dan GROUP BY gioi_tinh"),
    ("SELECT gioi_tinh, count(*) FROM cong_dan GROUP BY 1", "SELECT ma_tinh, count(*) FROM cong_dan GROUP BY ma_tinh"),
    (TOTAL, "SELECT count(*) FROM hanh_trinh"),
    ("SELECT count(*) FROM hanh_trinh WHERE ngay = 2", "SELECT count(*) FROM hanh_trinh WHERE ngay = 2 AND gio = 7"),
    ("SELECT floor(x), count(*) FROM cong_dan GROUP BY floor(x)", TOTAL),
    (PAIRS, PAIRS),
    (PAIRS, TOTAL),
]  # fmt: skip
SINGLED_OUT = [
    (BY_COMMUNE, TOTAL),
    (BY_COMMUNE, f"{TOTAL} WHERE ma_xa IS NOT NULL"),
    (BY_COMMUNE, "SELECT ma_tinh, count(*) FROM cong_dan GROUP BY ma_tinh"),
    (BY_COMMUNE, f"{TOTAL} WHERE ma_tinh = '1'"),
    (BY_COMMUNE, "SELECT ma_xa, count(*) FROM cong_dan WHERE gioi_tinh = 'Nam' GROUP BY ma_xa"),
    (BY_COMMUNE, f"{TOTAL} WHERE ma_xa = 'B' AND gioi_tinh = 'Nam'"),
    (BY_COMMUNE, "SELECT ma_xa, gioi_tinh, count(*) FROM cong_dan GROUP BY ma_xa, gioi_tinh"),
    ("SELECT ma_xa, gioi_tinh, sum(x) FROM cong_dan GROUP BY 1, 2", "SELECT sum(x) FROM cong_dan WHERE ma_xa = 'B'"),
    (TOTAL, f"{TOTAL} WHERE ma_xa <> 'C'"),
    (TOTAL, f"{TOTAL} WHERE NOT (ma_xa = 'B' AND gioi_tinh = 'Nữ')"),
    (TOTAL, "SELECT count(*) FROM cong_dan JOIN xa ON ma = ma_xa WHERE loai = 'phường'"),
    ("SELECT loai, count(*) FROM cong_dan JOIN xa ON ma = ma_xa GROUP BY loai", TOTAL),
    (f"{BY_COMMUNE} HAVING count(*) > 5", TOTAL),
    (f"{BY_COMMUNE} ORDER BY 2 DESC LIMIT 3", TOTAL),
    # Groups that cross each other add up to the same communes.
    (
        "SELECT ma_xa, gioi_tinh, count(*) FROM cong_dan GROUP BY 1, 2",
        "SELECT ma_xa, right(so, 1) IN ('1', '3', '5'), count(*) FROM cong_dan GROUP BY 1, 2",
    ),
    # One table under two names: its second selection is everyone but a few.
    (TOTAL, ALL_AND_ALL_BUT_A_FEW),
    (ALL_AND_ALL_BUT_A_FEW, ALL_AND_ALL_BUT_A_FEW),
    # A row without an identifier is somebody's.
    ("SELECT count(*) FROM hanh_trinh", "SELECT count(*) FROM hanh_trinh WHERE ngay <= 2"),
    # The same cars on both sides, but the rows between them are one car's.
    ("SELECT count(*) FROM hanh_trinh WHERE gio <= 7", "SELECT count(*) FROM hanh_trinh WHERE gio <= 8"),
    ("SELECT ngay, gio, count(*) FROM hanh_trinh GROUP BY 1, gio", "SELECT ngay, count(*) FROM hanh_trinh GROUP BY 1"),
]  # fmt: skip


def assets(dialect: str) -> tuple[Asset, ...]:
    return tuple(
        Asset(
            TableName("s", SCHEMA[dialect], name),
            tuple(
                ColumnEntry(column, kind, Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
                for column, kind in columns.items()
            ),
            privacy_unit=unit,
            primary_key=("so",) if name == "cong_dan" else (),
        )
        for name, (unit, columns) in TABLES.items()
    )


def decided(dialect: str) -> Decision:
    clear = ColumnDecision(Effect.CLEAR)
    columns = {f"{SCHEMA[dialect]}.{name}": dict.fromkeys(listed, clear) for name, (_, listed) in TABLES.items()}
    columns[f"{SCHEMA[dialect]}.cong_dan"]["x"] = ColumnDecision(
        Effect.MASK, Mask.GENERALIZE, {"kind": "bucket", "width": 10}
    )
    return Decision(
        True, columns, dict.fromkeys(columns, ()), Obligations(aggregate_only=True, min_group_size=SIZE), (), "r"
    )


def statements() -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    for name, (_, columns) in TABLES.items():
        yield f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})", []
    people = [
        (f"{commune}{gender}{number}", commune, province, gender, float(number))
        for commune, province, gender, many in PEOPLE
        for number in range(many)
    ]
    for name, rows in (("cong_dan", people), ("hanh_trinh", TRIPS), ("xa", COMMUNES)):
        yield f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def on_duckdb() -> Iterator[Callable[[str], tuple[int, ...]]]:
    with duckdb.connect() as database:
        for statement, rows in statements():
            if rows:
                database.executemany(statement, rows)
            else:
                database.execute(statement)
        yield lambda sql: database.execute(sql).fetchall()[0]


@pytest.fixture
def on_postgres(postgres_database: str) -> Iterator[Callable[[str], tuple[int, ...]]]:
    with psycopg.connect(postgres_database.replace("postgresql+psycopg", "postgresql")) as database:
        for statement, rows in statements():
            with database.cursor() as cursor:
                if rows:
                    cursor.executemany(statement.replace("?", "%s").encode(), rows)
                else:
                    cursor.execute(statement.encode())
        yield lambda sql: database.execute(sql.encode()).fetchall()[0]


def chosen(sql: str, dialect: str) -> Selection:
    found = selection(resolve(sql, dialect, assets(dialect)), decided(dialect), assets(dialect))
    assert found is not None
    return Selection.from_json(found.to_json())


def singled_out(one: str, other: str, dialect: str, run: Callable[[str], tuple[int, ...]]) -> bool:
    first, second = chosen(one, dialect), chosen(other, dialect)
    forth, back = (
        any(refutes(run(statement)) for statement in comparisons(*pair))  # type: ignore[arg-type]
        for pair in ((first, second), (second, first))
    )
    assert forth == back
    return forth


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_tells_of_many_passes(one: str, other: str, on_duckdb: Callable[[str], tuple[int, ...]]) -> None:
    assert not singled_out(one, other, "duckdb", on_duckdb)


@pytest.mark.parametrize(("one", "other"), SINGLED_OUT)
def test_what_tells_of_few_is_noticed(one: str, other: str, on_duckdb: Callable[[str], tuple[int, ...]]) -> None:
    assert singled_out(one, other, "duckdb", on_duckdb)


def test_the_same_on_postgres(on_postgres: Callable[[str], tuple[int, ...]]) -> None:
    for expected, pairs in ((False, APART), (True, SINGLED_OUT)):
        for one, other in pairs:
            assert singled_out(one, other, "postgres", on_postgres) is expected, (one, other)


def test_spelling_the_question_otherwise_is_the_same_key() -> None:
    one = chosen("SELECT c.ma_xa AS noi, count(*) FROM cong_dan AS c GROUP BY noi", "duckdb")
    assert one.keys == chosen(BY_COMMUNE, "duckdb").keys
    assert one.keys != chosen("SELECT ma_tinh, count(*) FROM cong_dan GROUP BY 1", "duckdb").keys


def test_nothing_to_compare_without_people_or_a_size() -> None:
    query = resolve("SELECT loai, count(*) FROM xa GROUP BY loai", "duckdb", assets("duckdb"))
    assert selection(query, decided("duckdb"), assets("duckdb")) is None
