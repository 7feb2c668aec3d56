"""Sums, averages and counts of a table under differential privacy: bounded at the source, on both engines."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from phantang import Gateway
from phantang.cli.app import run as run_command
from phantang.flow.query.noise import draws_of, noised, threshold
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations, Privacy
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.noise import Bounds, Contributions
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import DIALECTS, guard, plan, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from phantang.model.plan import Plan
    from phantang.store import Workspace

    Run = Callable[[list[tuple[Any, ...]], str], Any]

SIZE = 3
GIVEN = Contributions(
    rows=2,
    bounds={"tien": Bounds(-100.0, 1000.0, 0.5), "diem": Bounds(0.0, 10.0)},
    keys={"xa": ("A", "B", "C"), "gioi": ("Nam", "Nữ")},
)
COLUMNS = {"ma": "VARCHAR", "xa": "VARCHAR", "gioi": "VARCHAR", "tien": "DOUBLE PRECISION", "diem": "INTEGER"}
OWED = Obligations(aggregate_only=True, min_group_size=SIZE, differential_privacy=Privacy(1.0, 10))
SCHEMA = {"duckdb": "main", "postgres": "public"}
ANSWERED = [
    "SELECT sum(tien) AS s, avg(tien) AS t, count(tien) AS c, count(*) AS n FROM luot",
    "SELECT xa, sum(tien) AS s, count(DISTINCT ma) AS n FROM luot GROUP BY xa",
    "SELECT xa, gioi, avg(diem) AS a, sum(diem) AS b, avg(tien) AS c FROM luot WHERE gioi <> 'x' GROUP BY 1, 2",
    "SELECT sum(s.t) AS tong FROM (SELECT tien AS t, xa FROM luot) AS s WHERE s.xa = 'A'",
    "SELECT count(*) FROM luot WHERE xa IN ('A', 'B') OR gioi = 'Nam'",
]


def catalog_of(dialect: str, given: Contributions | None = GIVEN) -> list[Asset]:
    columns = tuple(
        ColumnEntry(name, kind, Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
        for name, kind in COLUMNS.items()
    )
    return [
        Asset(
            TableName("s", SCHEMA[dialect], "luot"),
            columns,
            privacy_unit="ma",
            differential_privacy=OWED.differential_privacy,
            contributions=given,
        )
    ]


def decided(dialect: str) -> Decision:
    columns = {f"{SCHEMA[dialect]}.luot": dict.fromkeys(COLUMNS, ColumnDecision(Effect.CLEAR))}
    return Decision(True, columns, dict.fromkeys(columns, ()), OWED, (), "r")


def planned(sql: str, dialect: str) -> Plan:
    catalog, allowed = catalog_of(dialect), decided(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made


@pytest.fixture
def on_duckdb() -> Iterator[Run]:
    with duckdb.connect() as database:

        def run(rows: list[tuple[Any, ...]], sql: str) -> Any:
            database.execute(f"CREATE OR REPLACE TABLE luot ({', '.join(f'{n} {k}' for n, k in COLUMNS.items())})")
            if rows:
                database.executemany("INSERT INTO luot VALUES (?, ?, ?, ?, ?)", rows)
            return database.sql(sql).to_arrow_table()

        yield run


@pytest.fixture
def on_postgres(postgres_database: str) -> Iterator[Run]:
    import pyarrow as pa

    with psycopg.connect(postgres_database.replace("postgresql+psycopg", "postgresql"), autocommit=True) as database:

        def run(rows: list[tuple[Any, ...]], sql: str) -> Any:
            database.execute("DROP TABLE IF EXISTS luot")
            database.execute(f"CREATE TABLE luot ({', '.join(f'{n} {k}' for n, k in COLUMNS.items())})".encode())
            with database.cursor() as cursor:
                cursor.executemany("INSERT INTO luot VALUES (%s, %s, %s, %s, %s)", rows)
            found = database.execute(sql.encode())
            names = [column.name for column in found.description or ()]
            return (
                pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in found.fetchall()])
                if (found.rowcount)
                else pa.table({name: pa.array([], pa.int64()) for name in names})
            )

        yield run


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> tuple[str, Run]:
    """Run on both engines."""
    return request.param, request.getfixturevalue(f"on_{request.param}")


def people(rng: random.Random, many: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for number in range(many):
        for _ in range(rng.choice([1, 1, 2, 5])):
            value = rng.choice([None, 0.25, 3.0, -7.5, 999.75, 1e300, float("nan"), float("inf"), float("-inf")])
            rows.append(
                (
                    f"p{number}",
                    rng.choice("ABCZ"),
                    rng.choice(["Nam", "Nữ", None]),
                    value,
                    rng.choice([None, -5, 3, 99]),
                )
            )
    return rows


def noiseless(made: Plan, table: Any, least: int = 0) -> list[dict[str, Any]]:
    assert made.noise is not None
    rows: list[dict[str, Any]] = noised(
        table, made.noise, {m.place: int for m in made.noise.measures}, least
    ).to_pylist()
    return rows


def test_values_are_moved_into_bounds_and_rows_counted_per_person(engine: tuple[str, Run]) -> None:
    dialect, run = engine
    rows: list[tuple[Any, ...]] = [(f"p{number}", "A", "Nam", 10.3, 5) for number in range(4)]
    rows += [("p0", "A", "Nam", float("inf"), 99)]  # his second row: 1000, 10
    rows += [("p0", "A", "Nam", 7.0, 7)] * 50  # and no more of him
    rows += [("p4", "A", "Nam", float("-inf"), -3), ("p5", "A", "Nam", float("nan"), None)]
    rows += [(None, "A", "Nam", 500.0, 5)] * 20  # nobody's
    made = planned("SELECT xa, sum(tien) AS s, avg(tien) AS t, count(tien) AS c, count(*) AS n, sum(diem) AS d, "
                   "count(DISTINCT ma) AS p FROM luot GROUP BY xa", dialect)  # fmt: skip
    [row] = noiseless(made, run(rows, made.sql))
    # 10.3 is twenty steps of 0.5; p0 has two rows, so seven rows of six people, six of them with an amount.
    assert row == {
        "xa": "A",
        "s": 4 * 10.0 + 1000 - 100,
        "t": (4 * 10.0 + 1000 - 100) / 6,
        "c": 6,
        "n": 7,
        "d": 30,
        "p": 6,
    }


@pytest.mark.parametrize("sql", ANSWERED)
def test_one_person_moves_an_answer_by_no_more_than_its_reach(engine: tuple[str, Run], sql: str) -> None:
    """The sensitivity that noise is drawn for, on data: with and without one person, over all groups together."""
    dialect, run = engine
    made = planned(sql, dialect)
    assert made.noise is not None
    rng = random.Random(sql)
    for _ in range(12 if dialect == "duckdb" else 4):
        rows = people(rng, 14)
        gone = f"p{rng.randrange(14)}"
        tables = [
            run(some, made.sql.replace(f">= {SIZE}", ">= 1")) for some in (rows, [r for r in rows if r[0] != gone])
        ]
        keys = [place for place in range(made.noise.shown) if place not in {one.place for one in made.noise.measures}]
        cells = [
            {tuple(row[key] for key in keys): row for row in zip(*table.to_pydict().values(), strict=True)}
            for table in tables
        ]
        for one in made.noise.measures:
            changes = [
                abs(int((cells[0].get(cell) or {one.place: 0})[one.place] or 0)
                    - int((cells[1].get(cell) or {one.place: 0})[one.place] or 0))
                for cell in {*cells[0], *cells[1]}
            ]  # fmt: skip
            assert sum(changes) <= one.reach, (one, sum(changes))


def test_with_noise_the_figures_are_near_and_small_groups_gone(engine: tuple[str, Run]) -> None:
    dialect, run = engine
    rows = [(f"p{number}", "A", "Nam", 100.0, 5) for number in range(600)]
    rows += [(f"q{number}", "B", "Nam", 100.0, 5) for number in range(5)]
    rows += [(f"z{number}", "Z", "Nam", 100.0, 5) for number in range(600)]  # a commune on no list
    made = planned("SELECT xa, sum(tien) AS s, count(DISTINCT ma) AS n FROM luot GROUP BY xa", dialect)
    assert made.noise is not None
    epsilon = 2.0
    table = noised(run(rows, made.sql), made.noise, draws_of(made.noise, epsilon), threshold(made.noise, epsilon, SIZE))
    [row] = table.to_pylist()
    assert row["xa"] == "A"
    # Scales 2 x 2000 x 2 / 2 = 4000 steps of 0.5 and 2; beyond with probability e^-25.
    assert abs(row["s"] - 60_000) < 50_000
    assert abs(row["n"] - 600) < 50


def test_an_empty_table_answers_nothing(engine: tuple[str, Run]) -> None:
    dialect, run = engine
    for sql in ANSWERED[:2]:
        made = planned(sql, dialect)
        assert noiseless(made, run([], made.sql)) == []


REFUSED = {
    "SELECT sum(tien * 2) FROM luot": "an expression",
    "SELECT sum(tien) + 1 FROM luot": "arithmetic on it",
    "SELECT sum(DISTINCT tien) FROM luot": "one value, many people",
    "SELECT stddev(tien) FROM luot": "no bound known",
    "SELECT max(tien) FROM luot": "one person's value",
    "SELECT ma, sum(tien) FROM luot GROUP BY ma": "a key nobody may know",
    "SELECT tien, count(*) FROM luot GROUP BY tien": "neither public",
    "SELECT count(DISTINCT xa) FROM luot": "counts no people",
    "SELECT sum(tien) FROM luot WHERE tien > 5": "a condition that may fail",
    "SELECT xa, sum(tien) FROM luot GROUP BY xa ORDER BY 2": "an order of exact sums",
    "SELECT xa, sum(tien) FROM luot GROUP BY xa HAVING sum(tien) > 5": "an exact condition",
    "SELECT sum(tien) FROM luot LIMIT 1": "",
    "SELECT sum(a.tien) FROM luot a JOIN luot b ON a.ma = b.ma": "one person many times",
    "SELECT sum(tien) FILTER (WHERE xa = 'A') FROM luot": "",
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("sql", REFUSED)
def test_what_has_no_bound_is_refused(dialect: str, sql: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(sql, dialect)
    assert refused.value.code in {"dp_unsupported", "group_size_unsupported"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_masked_or_textual_column_is_not_summed(dialect: str) -> None:
    catalog, allowed = catalog_of(dialect), decided(dialect)
    table = f"{SCHEMA[dialect]}.luot"
    coarse = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "bucket", "width": 10})
    masked = replace(allowed, columns={table: {**allowed.columns[table], "tien": coarse}})
    query = resolve("SELECT sum(tien) FROM luot", dialect, catalog)
    with pytest.raises(Refused):
        plan(query, masked, catalog)
    text = replace(catalog[0], columns=tuple(replace(one, type="VARCHAR") for one in catalog[0].columns))
    with pytest.raises(Refused):
        plan(resolve("SELECT sum(tien) FROM luot", dialect, [text]), allowed, [text])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_notices_bounds_that_were_widened_or_left_out(dialect: str) -> None:
    catalog, allowed = catalog_of(dialect), decided(dialect)
    made = planned("SELECT xa, avg(tien) AS t, count(*) AS n FROM luot GROUP BY xa", dialect)
    noise = made.noise
    assert noise is not None
    alias = '"luot"'
    tampered = [
        made.sql.replace("1000.0", "9000.0"),
        made.sql.replace('"__phantang_nth" <= 2', '"__phantang_nth" <= 20'),
        made.sql.replace(f'{alias}."__phantang_nth" <= 2 AND', "TRUE AND"),
        made.sql.replace('PARTITION BY "luot"."ma"', 'PARTITION BY "luot"."ma", "luot"."xa"'),
        made.sql.replace('SUM("luot"."__phantang_steps0")', 'SUM("luot"."tien")'),
        made.sql.replace('SUM("luot"."__phantang_steps0")', 'SUM("luot"."__phantang_steps0" * 2)'),
        made.sql.replace(f">= {SIZE}", ">= 1"),
        made.sql.replace('IS NULL', 'IS NULL OR TRUE'),
    ]  # fmt: skip
    for sql in tampered:
        assert sql != made.sql, made.sql
        with pytest.raises(GuardError):
            guard(replace(made, sql=sql), allowed, catalog)
    narrowed = [
        replace(noise, measures=tuple(replace(one, reach=max(one.reach - 1, 1)) for one in noise.measures)),
        replace(noise, measures=noise.measures[1:]),
        replace(noise, keys=()),
        replace(noise, keys=((0, ("A", "Z")),)),
        replace(noise, people=2),
        replace(noise, shown=noise.shown + 1, keys=()),
        None,
    ]
    for wrong in narrowed:
        with pytest.raises(GuardError):
            guard(replace(made, noise=wrong), allowed, catalog)
    with pytest.raises(GuardError):  # nor is it what another catalog allows
        guard(made, allowed, catalog_of(dialect, replace(GIVEN, rows=1)))


RESEARCH: dict[str, Any] = {"subject": "vien-nghien-cuu", "purpose": "R1", "source": "y_te"}
BY_DISEASE = 'SELECT "MA_BENH_CHINH", count(*) AS n FROM "HO_SO_KHAM" GROUP BY "MA_BENH_CHINH"'


@pytest.fixture(params=["workspace", "postgres_workspace"])
def clinic(request: pytest.FixtureRequest) -> Workspace:
    """Return a workspace over DuckDB, then over PostgreSQL, whose diagnoses are coded and whose visits are noisy."""
    opened: Workspace = request.getfixturevalue(request.param)
    (visits,) = (opened.path / "catalog/assets/y_te").glob("*.HO_SO_KHAM.yaml")
    schema = visits.name.partition(".")[0]
    column = f"y_te.{schema}.HO_SO_KHAM.MA_BENH_CHINH"
    words = ["catalog", "set", column, "--tag", "sensitive.health.icd10", "--reason", "mã ICD-10", "--by", "tests"]
    assert run_command(["-w", str(opened.path), *words]) == 0
    mark = "differential_privacy:\n  epsilon: 8\n  budget: 40\n  rows_per_person: 2\n  keys:\n    MA_BENH_CHINH: "
    text = visits.read_text(encoding="utf-8")
    listed = f"{mark}{{table: {schema}.DM_BENH, column: MA_BENH}}\ncolumns:"
    visits.write_text(text.replace("\ncolumns:", f"\n{listed}", 1), encoding="utf-8")
    return opened


def asset_of(workspace: Workspace, table: str) -> Path:
    (found,) = (workspace.path / "catalog/assets/y_te").glob(f"*.{table}.yaml")
    return found


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_keys_come_from_a_code_list(clinic: Workspace) -> None:
    schema = asset_of(clinic, "DM_BENH").name.partition(".")[0]
    with Gateway.open(clinic.path) as gateway:
        answer = gateway.query(BY_DISEASE, **RESEARCH)
        listed = gateway.engine("y_te").run(f'SELECT "MA_BENH" FROM {schema}."DM_BENH"', [], timeout=60)
    assert answer.noise is not None
    codes = set(listed.column(0).to_pylist())
    shown = {row["MA_BENH_CHINH"]: row["n"] for row in answer.table.to_pylist()}
    assert len(shown) > 3
    assert shown.keys() <= codes
    # A list that lacks a frequent code hides it, as `keys` written out do.
    frequent = max(shown, key=lambda code: shown[code])
    fewer = ", ".join(f'"{code}"' for code in sorted(codes - {frequent}))
    replaced(asset_of(clinic, "HO_SO_KHAM"), f"{{table: {schema}.DM_BENH, column: MA_BENH}}", f"[{fewer}]")
    with Gateway.open(clinic.path) as gateway:
        less = {row["MA_BENH_CHINH"] for row in gateway.query(BY_DISEASE, **RESEARCH).table.to_pylist()}
    assert frequent not in less
    assert len(less) >= len(shown) - 3


@pytest.mark.parametrize(
    ("table", "old", "new", "code"),
    [
        ("DM_BENH", "status: accepted", "status: proposed", "dp_keys"),
        ("DM_BENH", "tier: T1", "tier: T2", "dp_keys"),
        ("DM_BENH", "columns:", "privacy_unit: MA_BENH\ncolumns:", "dp_keys"),
        ("DM_BENH", 'structure: "sha256:', 'structure: "sha256:0000', "catalog_drift"),
        ("HO_SO_KHAM", "DM_BENH, column: MA_BENH}", "DM_BENH, column: MA}", "dp_keys"),
        ("HO_SO_KHAM", "DM_BENH, column: MA_BENH}", "BENH_NHAN, column: MA_BN}", "dp_keys"),
        ("HO_SO_KHAM", "DM_BENH, column: MA_BENH}", "DM_BENHH, column: MA_BENH}", "dp_keys"),
    ],
)
def test_what_is_no_code_list_gives_no_keys(clinic: Workspace, table: str, old: str, new: str, code: str) -> None:
    file = asset_of(clinic, table)
    replaced(file, old, new)
    if "sha256" in new:
        line = next(line for line in file.read_text(encoding="utf-8").split("\n") if line.startswith("structure:"))
        replaced(file, line, line[:-5] + '"')
    with Gateway.open(clinic.path) as gateway:
        foreseen = gateway.explain(BY_DISEASE, **RESEARCH).at_run
        with pytest.raises(Refused) as caught:
            gateway.query(BY_DISEASE, **RESEARCH)
    assert foreseen == (code if code == "dp_keys" else None)
    assert caught.value.code == code
    found = run_command(["-w", str(clinic.path), "doctor"])
    assert (found == 2) is (code == "dp_keys")
    replaced(file, new, old)
    if code == "dp_keys":  # nothing was spent
        with Gateway.open(clinic.path) as gateway:
            answer = gateway.query(BY_DISEASE, **RESEARCH)
        assert answer.noise is not None
        assert answer.noise.remaining == 32
