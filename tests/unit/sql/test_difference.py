"""Two answers to one subject, subtracted: refused exactly when the difference is a few people. On real engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pyarrow as pa
import pytest
from tests.bench.dashboards import refusals

from phantang.flow.query.comparison import require_apart
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, FieldPredicate, Mask, Obligations
from phantang.model.errors import Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import Selection, resolve, selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.flow.query.comparison import Run

Fetch = Callable[[str], list[tuple[Any, ...]]]
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
CARS = "SELECT count(DISTINCT xe) FROM hanh_trinh"
PASSAGES = "SELECT count(*) FROM hanh_trinh"
ALL_AND_ALL_BUT_A_FEW = "SELECT count(DISTINCT b.so) FROM cong_dan a, cong_dan b WHERE b.ma_xa <> 'C'"
ABD = f"{BY_COMMUNE[: BY_COMMUNE.index(' GROUP')]} WHERE ma_xa IN ('A', 'B', 'D') GROUP BY ma_xa"
ALL_BUT_HER = "NOT (ma_xa = 'B' AND gioi_tinh = 'Nữ')"
APART = [
    (ABD, f"{TOTAL} WHERE ma_xa IN ('B', 'D') OR (ma_xa = 'A' AND gioi_tinh = 'Nữ')"),
    (ABD, f"{TOTAL} WHERE ma_xa = 'D' OR (ma_xa = 'A' AND gioi_tinh = 'Nữ')"),
    # Groups that cross each other and leave three people: two of the one answer less one of the other.
    (
        "SELECT ma_xa, gioi_tinh, count(*) FROM cong_dan GROUP BY 1, 2",
        "SELECT ma_xa, right(so, 1) IN ('1', '3', '5'), count(*) FROM cong_dan GROUP BY 1, 2",
    ),
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
    (f"{PASSAGES} WHERE ngay = 2 AND gio = 7", f"{PASSAGES} WHERE ngay = 2 AND gio = 9 OR ngay = 1 AND gio = 8"),
    (f"{CARS} WHERE ngay = 2 AND gio = 7", f"{CARS} WHERE ngay = 2 AND gio = 9"),
    (f"{CARS[:6]} gio, {CARS[7:]} GROUP BY gio", CARS),
    # B has one woman, day 1 one car at eight: by such a condition they are not shown at all.
    ("SELECT ma_xa, count(*) FILTER (WHERE gioi_tinh = 'Nam') FROM cong_dan GROUP BY 1", f"{TOTAL} WHERE ma_xa = 'B'"),
    (
        "SELECT ngay, count(*) FILTER (WHERE gio = 7) FROM hanh_trinh GROUP BY 1",
        "SELECT count(*) FROM hanh_trinh WHERE ngay = 1",
    ),
]  # fmt: skip
SINGLED_OUT = [
    # Other passages, of the same cars and one more, and all cars but one.
    (f"{CARS} WHERE ngay = 2 AND gio = 7", f"{CARS} WHERE ngay = 2 AND gio = 9 OR ngay = 1 AND gio = 8"),
    (f"{CARS} WHERE ngay <= 2 AND gio = 7", f"{CARS} WHERE ngay = 1 OR ngay = 2 AND xe <> 'y0'"),
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
    # Some groups of one answer and part of another: what is left are the women of B, of whom there is one.
    (ABD, f"{TOTAL} WHERE ma_xa IN ('A', 'D') OR (ma_xa = 'B' AND gioi_tinh = 'Nữ')"),
    (ABD, f"{TOTAL} WHERE ma_xa = 'A' OR (ma_xa = 'B' AND gioi_tinh = 'Nam')"),
    (ABD, f"SELECT ma_tinh, count(*) FROM cong_dan WHERE {ALL_BUT_HER} AND ma_xa <> 'C' GROUP BY 1"),
    (ABD, f"SELECT gioi_tinh, count(*) FROM cong_dan WHERE {ALL_BUT_HER} AND ma_xa <> 'C' GROUP BY 1"),
    (
        "SELECT ma_xa, gioi_tinh, count(*) FROM cong_dan WHERE ma_xa <> 'C' GROUP BY 1, 2",
        f"{TOTAL} WHERE ma_xa IN ('B', 'D')",
    ),
    # Several groups of both, none of which would do alone: A and D against men and women, but for one of each.
    (
        "SELECT ma_xa, count(*) FROM cong_dan WHERE ma_xa IN ('A', 'D') GROUP BY 1",
        "SELECT gioi_tinh, count(*) FROM cong_dan WHERE ma_xa IN ('A', 'D') AND so NOT IN ('ANam0', 'DNữ0') GROUP BY 1",
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
def on_duckdb() -> Iterator[Fetch]:
    with duckdb.connect(config={"threads": 1}) as database:
        for statement, rows in statements():
            if rows:
                database.executemany(statement, rows)
            else:
                database.execute(statement)
        yield lambda sql: list(database.execute(sql).fetchall())


@pytest.fixture
def on_postgres(postgres_database: str) -> Iterator[Fetch]:
    with psycopg.connect(postgres_database.replace("postgresql+psycopg", "postgresql")) as database:
        for statement, rows in statements():
            with database.cursor() as cursor:
                if rows:
                    cursor.executemany(statement.replace("?", "%s").encode(), rows)
                else:
                    cursor.execute(statement.encode())
        yield lambda sql: list(database.execute(sql.encode()).fetchall())


@cache
def chosen(sql: str, dialect: str, hidden: bool = False) -> Selection:
    allowed = decided(dialect)
    if hidden:
        people = f"{SCHEMA[dialect]}.cong_dan"
        rows = {**allowed.rows, people: (FieldPredicate("ma_tinh", "eq", "1"),)}
        allowed = replace(allowed, rows=rows)
    found = selection(resolve(sql, dialect, assets(dialect)), allowed, assets(dialect))
    assert found is not None
    return Selection.from_json(found.to_json())


def table_of(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * 3
    return pa.table([pa.array(column) for column in columns], names=[str(number) for number in range(len(columns))])


def runner(fetch: Fetch) -> Run:
    def run(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        return table_of(fetch(statement))

    return run


def singled_out(one: Selection, other: Selection, fetch: Fetch) -> bool:
    """Tell whether the second of two answers is refused after the first; it must not matter which was the first."""
    run = runner(fetch)

    def refused(*answers: Selection) -> bool:
        try:
            require_apart(answers[-1], answers[:-1], run)
        except Refused as error:
            return error.code == "aggregate_difference"
        return False

    # What singles out by itself is never answered, so that nothing comes after it.
    found = {refused(*pair) for pair in ((one, other), (other, one)) if not refused(pair[0])} or {True}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_tells_of_many_passes(one: str, other: str, on_duckdb: Fetch) -> None:
    assert not singled_out(chosen(one, "duckdb"), chosen(other, "duckdb"), on_duckdb)


@pytest.mark.parametrize(("one", "other"), SINGLED_OUT)
def test_what_tells_of_few_is_noticed(one: str, other: str, on_duckdb: Fetch) -> None:
    assert singled_out(chosen(one, "duckdb"), chosen(other, "duckdb"), on_duckdb)


def test_the_same_on_postgres(on_postgres: Fetch) -> None:
    for expected, pairs in ((False, APART), (True, SINGLED_OUT)):
        for one, other in pairs:
            assert singled_out(chosen(one, "postgres"), chosen(other, "postgres"), on_postgres) is expected, (
                one,
                other,
            )


@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_matching_people_says_what_matching_rows_says(dialect: str, fetchers: Callable[..., Any]) -> None:
    """Tables of one row a person are counted in a quicker way; the general one must agree."""
    fetch = cache(fetchers(dialect))  # each is asked many times, of data that stay
    texts = sorted(
        {text for pair in (*APART, *SINGLED_OUT) for text in pair if "hanh" not in text and "JOIN" not in text}
    )
    compared = 0
    for number, (one, other) in enumerate(list(combinations(texts, 2))[::4]):
        # Every other time with rows of a second province hidden.
        first, second = chosen(one, dialect, hidden=number % 2 > 0), chosen(other, dialect)
        if first.single and second.single:
            slow = singled_out(replace(first, single=False), replace(second, single=False), fetch)
            assert singled_out(first, second, fetch) == slow, (one, other)
            # Where there are too many cells the database matches people itself.
            unshaped = [replace(answer, shape=None) for answer in (first, second)]
            assert number % 5 or singled_out(unshaped[0], unshaped[1], fetch) == slow, (one, other)
            compared += 1
    assert compared > 40


def test_cells_of_which_some_are_missing_are_not_read(on_duckdb: Fetch) -> None:
    """An engine reads so many rows and no more; then people are matched by the database."""
    statements = []

    def cut(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        statements.append(statement)
        found = table_of(on_duckdb(statement))
        return found.slice(1) if len(statements) == 1 else found

    with pytest.raises(Refused) as caught:
        require_apart(chosen(TOTAL, "duckdb"), [chosen(f"{TOTAL} WHERE ma_xa <> 'C'", "duckdb")], cut)
    assert (caught.value.code, len(statements)) == ("aggregate_difference", 2)


def test_what_is_asked_in_another_order_under_other_names_is_the_same_answer() -> None:
    texts = [
        "SELECT ma_xa, gioi_tinh, count(*) FROM cong_dan WHERE ma_tinh = '1' AND ma_xa IN ('A', 'B') GROUP BY 1, 2",
        (
            "SELECT c.gioi_tinh AS g, c.ma_xa AS noi, count(*) AS n FROM cong_dan AS c"
            " WHERE (c.ma_xa IN ('B', 'A', 'A')) AND (c.ma_tinh = '1') GROUP BY g, noi ORDER BY n"
        ),
    ]
    one, same = (chosen(text, "duckdb").digest for text in texts)
    assert one == same
    for other in ("ma_tinh = '2'", "ma_xa IN ('A', 'C')", "ma_xa NOT IN ('A', 'B')"):
        text = texts[0].replace("ma_tinh = '1'" if "tinh" in other else "ma_xa IN ('A', 'B')", other)
        assert chosen(text, "duckdb").digest != one


def test_spelling_the_question_otherwise_is_the_same_key() -> None:
    one = chosen("SELECT c.ma_xa AS noi, count(*) FROM cong_dan AS c GROUP BY noi", "duckdb")
    assert one.keys == chosen(BY_COMMUNE, "duckdb").keys
    assert one.keys != chosen("SELECT ma_tinh, count(*) FROM cong_dan GROUP BY 1", "duckdb").keys


def test_nothing_to_compare_without_people_or_a_size() -> None:
    query = resolve("SELECT loai, count(*) FROM xa GROUP BY loai", "duckdb", assets("duckdb"))
    assert selection(query, decided("duckdb"), assets("duckdb")) is None


MEN = f"{TOTAL} WHERE gioi_tinh = 'Nam'"
WOMEN = f"{TOTAL} WHERE gioi_tinh = 'Nữ'"
#: Answers that no two of tell of a few, the last one being asked: what three of them tell.
TOGETHER_FEW = [
    # A, B and C are the province but for C's two people.
    (f"{TOTAL} WHERE ma_xa = 'A'", f"{TOTAL} WHERE ma_xa = 'B'", f"{TOTAL} WHERE ma_tinh = '1'"),
    (f"{TOTAL} WHERE ma_tinh = '1'", f"{TOTAL} WHERE ma_xa = 'A'", f"{TOTAL} WHERE ma_xa = 'B'"),
    (f"{TOTAL} WHERE ma_xa = 'B'", f"{TOTAL} WHERE ma_tinh = '1'", f"{TOTAL} WHERE ma_xa = 'A'"),
    # The same of each gender: nobody but one woman of B is in neither.
    (
        f"{TOTAL} WHERE ma_xa IN ('A', 'B', 'D')",
        f"{MEN} AND ma_xa IN ('A', 'B', 'D')",
        f"{WOMEN} AND ma_xa IN ('A', 'D')",
    ),
    # Cars: all passages, those before and those from eight; one without a plate is in neither.
    ("SELECT count(*) FROM hanh_trinh WHERE gio > 7", "SELECT count(*) FROM hanh_trinh WHERE gio <= 7 AND ngay < 3",
     "SELECT count(*) FROM hanh_trinh"),
]  # fmt: skip
TOGETHER_MANY = [
    (TOTAL, MEN, WOMEN),
    (TOTAL, f"{TOTAL} WHERE ma_xa = 'A'", f"{TOTAL} WHERE ma_xa = 'D'"),
    (TOTAL, "SELECT gioi_tinh, count(*) FROM cong_dan GROUP BY 1", "SELECT ma_tinh, sum(x) FROM cong_dan GROUP BY 1"),
    (MEN, f"{TOTAL} WHERE ma_xa = 'D'", f"{TOTAL} WHERE ma_xa = 'A'", f"{TOTAL} WHERE ma_tinh = '2'"),
    ("SELECT count(*) FROM hanh_trinh WHERE ngay = 2",
     "SELECT count(*) FROM hanh_trinh WHERE gio = 7 AND ngay = 2", MEN),
    (PAIRS, TOTAL, MEN),
]  # fmt: skip


def asked(statements: tuple[str, ...], dialect: str, fetch: Callable[[str], list[tuple[object, ...]]]) -> list[bool]:
    """Ask one after the other; tell of each whether it is refused."""
    return refusals((chosen(statement, dialect) for statement in statements), runner(fetch))


@pytest.fixture
def fetchers(request: pytest.FixtureRequest) -> Callable[[str], Callable[[str], list[tuple[object, ...]]]]:
    return lambda dialect: request.getfixturevalue(f"on_{dialect}")


@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_three_answers_that_tell_of_few_together(dialect: str, fetchers: Callable[..., Any]) -> None:
    fetch = fetchers(dialect)
    for statements in TOGETHER_FEW:
        assert asked(statements, dialect, fetch) == [False, False, True], statements
    for more in TOGETHER_MANY:
        assert not any(asked(more, dialect, fetch)), more


def test_three_in_each_cell(on_duckdb: Any) -> None:
    """By commune: all, men, women; one person of A is neither."""
    on_duckdb("INSERT INTO cong_dan VALUES ('khac', 'A', '1', NULL, 0)")
    try:
        where = "WHERE ma_xa IN ('A', 'D')"
        by = "GROUP BY ma_xa"
        texts = (
            f"SELECT ma_xa, count(*) FROM cong_dan {where} AND gioi_tinh = 'Nam' {by}",
            f"SELECT ma_xa, count(*) FROM cong_dan {where} AND gioi_tinh = 'Nữ' {by}",
            f"SELECT ma_xa, count(*) FROM cong_dan {where} {by}",
        )
        assert asked(texts, "duckdb", on_duckdb) == [False, False, True]
    finally:
        on_duckdb("DELETE FROM cong_dan WHERE so = 'khac'")


def test_what_a_collation_takes_for_one_group_is_one_group() -> None:
    """Whoever is in commune a is in the group of A: without him it is another group."""
    with duckdb.connect(config={"threads": 1}) as database:
        for statement, rows in statements():
            if rows:
                database.executemany(statement, rows)
            else:
                database.execute(statement.replace("ma_xa VARCHAR", "ma_xa VARCHAR COLLATE nocase"))
        database.execute("INSERT INTO cong_dan VALUES ('nho', 'a', '1', 'Nam', 0)")
        pair = [chosen(text, "duckdb") for text in (BY_COMMUNE, BY_COMMUNE.replace("GROUP", "WHERE so <> 'nho' GROUP"))]
        for ways in ({}, {"shape": None}, {"shape": None, "single": False}):
            one, other = (replace(answer, **ways) for answer in pair)
            assert singled_out(one, other, lambda sql: list(database.execute(sql).fetchall())), ways


def test_many_answers_are_told_apart(on_duckdb: Any) -> None:
    """More than one number's worth of bits, in two statements: equal and disjoint answers are not looked at alone."""
    statements = []

    def run(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        statements.append(statement)
        return table_of(on_duckdb(statement))

    answered = [chosen(f"{TOTAL} WHERE ma_xa = 'D' AND x < {100 + number}", "duckdb") for number in range(45)]
    require_apart(chosen(f"{TOTAL} WHERE ma_xa = 'A'", "duckdb"), answered, run)
    assert len(statements) == 1
    with pytest.raises(Refused):
        require_apart(chosen(f"{TOTAL} WHERE ma_xa = 'D' AND so <> 'DNam0'", "duckdb"), answered, run)
