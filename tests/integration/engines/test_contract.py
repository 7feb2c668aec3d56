"""What every engine promises, asked of real files and a real server."""

from __future__ import annotations

import threading
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from phantang.model.errors import EngineError
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey

if TYPE_CHECKING:
    from .conftest import Bench

HOUSEHOLDS = (
    "CREATE TABLE ho_gia_dinh (ma_ho VARCHAR PRIMARY KEY, so_nhan_khau INTEGER)",
    (
        "CREATE TABLE cong_dan (so_cccd VARCHAR(12) PRIMARY KEY, ho_ten VARCHAR NOT NULL, "
        "ma_ho VARCHAR REFERENCES ho_gia_dinh (ma_ho))"
    ),
    "CREATE VIEW chu_ho AS SELECT ho_ten, ma_ho FROM cong_dan",
    "COMMENT ON TABLE cong_dan IS 'Công dân'",
    "COMMENT ON COLUMN cong_dan.ho_ten IS 'Họ và tên'",
    "INSERT INTO ho_gia_dinh VALUES ('H1', 4), ('H2', 2)",
    "INSERT INTO cong_dan VALUES ('001090000001', 'Nguyễn Văn Ân', 'H1'), ('001190000002', 'Đỗ Thị Ý', 'H2')",
)


def codes(error: pytest.ExceptionInfo[EngineError]) -> tuple[str, str]:
    """Return the code and SQLSTATE class, having checked that nothing of the driver travels along."""
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    assert set(error.value.params) <= {"source", "state"}
    return error.value.code, error.value.params.get("state", "")


def test_introspection_reports_structure(bench: Bench) -> None:
    bench.execute(*HOUSEHOLDS, "CREATE SCHEMA phu", 'CREATE TABLE phu."Bảng.Một" (x INTEGER)')
    with bench.open() as engine:
        tables = engine.introspect()
        assert engine.introspect() == tables
    local = [f"{bench.schema}.chu_ho", f"{bench.schema}.cong_dan", f"{bench.schema}.ho_gia_dinh", "phu.Bảng.Một"]
    assert [table.name.local for table in tables] == sorted(local)
    found = {table.name.table: table for table in tables}
    citizens = found["cong_dan"]
    assert citizens.comment == "Công dân"
    assert [(c.name, c.nullable, c.comment) for c in citizens.columns] == [
        ("so_cccd", False, None),
        ("ho_ten", False, "Họ và tên"),
        ("ma_ho", True, None),
    ]
    assert all(column.type == column.type.upper() for column in citizens.columns)
    assert citizens.primary_key == ("so_cccd",)
    assert citizens.foreign_keys == (ForeignKey(("ma_ho",), bench.name("ho_gia_dinh"), ("ma_ho",)),)
    assert (citizens.rows, citizens.kind) == (2, "table")
    assert (found["chu_ho"].rows, found["chu_ho"].kind) == (None, "view")
    assert [column.name for column in found["chu_ho"].columns] == ["ho_ten", "ma_ho"]
    assert found["Bảng.Một"].rows == 0


def test_an_empty_database_has_no_tables(bench: Bench) -> None:
    with bench.open() as engine:
        assert engine.introspect() == ()
        assert engine.dialect == bench.dialect
        engine.ping()


@pytest.mark.parametrize(
    "odd",
    [
        'Bảng "trong" ngoặc',
        "có.dấu.chấm",
        "SELECT",
        "'; DROP TABLE x; --",
        "$1",
        "%s {x}",
        unicodedata.normalize("NFD", "Số căn cước"),
        "身份",
        "x" * 63,
    ],
)
def test_any_name_a_database_takes_is_handled(bench: Bench, odd: str) -> None:
    quoted = '"' + odd.replace('"', '""') + '"'
    bench.execute(f"CREATE SCHEMA {quoted}", f"CREATE TABLE {quoted}.{quoted} ({quoted} VARCHAR PRIMARY KEY)")
    bench.execute(f"INSERT INTO {quoted}.{quoted} VALUES ('á')")
    with bench.open() as engine:
        (table,) = engine.introspect()
        assert table.name == bench.name(odd, odd)
        assert (table.columns[0].name, table.primary_key, table.rows) == (odd, (odd,), 1)
        assert engine.sample(table.name, 5) == {odd: ["á"]}
        assert engine.fetch(table.name, None).to_pydict() == {odd: ["á"]}
        assert engine.run(f"SELECT {quoted} FROM {quoted}.{quoted}", timeout=30).to_pydict() == {odd: ["á"]}


def test_precomposed_and_decomposed_names_are_different_columns(bench: Bench) -> None:
    decomposed = unicodedata.normalize("NFD", "họ_tên")
    bench.execute(f'CREATE TABLE t ("họ_tên" VARCHAR, "{decomposed}" VARCHAR)', "INSERT INTO t VALUES ('a', 'b')")
    with bench.open() as engine:
        assert engine.sample(bench.name("t"), 1) == {"họ_tên": ["a"], decomposed: ["b"]}


@pytest.mark.parametrize("name", ["khong_co", 'a"b', "\ud800", "a\0b", "x" * 5000])
def test_a_table_that_does_not_exist(bench: Bench, name: str) -> None:
    with bench.open() as engine:
        with pytest.raises(EngineError) as sampled:
            engine.sample(bench.name(name), 5)
        with pytest.raises(EngineError) as fetched:
            engine.fetch(bench.name("x", schema=name), None)
    assert codes(sampled) == codes(fetched) == ("table_vanished", "")


def test_empty_tables_keep_their_columns(bench: Bench) -> None:
    bench.execute("CREATE TABLE trong (a INTEGER, b VARCHAR)")
    with bench.open() as engine:
        assert engine.sample(bench.name("trong"), 10) == {"a": [], "b": []}
        assert engine.fetch(bench.name("trong"), 10).num_rows == 0
        assert engine.run(f"SELECT a, b FROM {bench.schema}.trong", timeout=10).column_names == ["a", "b"]


@pytest.mark.parametrize(("size", "limit"), [(7, 10), (10, 10), (5_000, 100), (60_000, 1_000)])
def test_samples_are_spread_and_repeatable(bench: Bench, size: int, limit: int) -> None:
    source = f"range({size}) r(i)" if bench.dialect == "duckdb" else f"generate_series(0, {size - 1}) r(i)"
    bench.execute(f"CREATE TABLE t AS SELECT i, 'văn bản ' || i AS s FROM {source}")
    with bench.open() as engine:
        first = engine.sample(bench.name("t"), limit)
        assert engine.sample(bench.name("t"), limit) == first
        typed = engine.fetch(bench.name("t"), limit)
    picked = sorted(int(value or -1) for value in first["i"])
    assert min(size, limit) * 0.5 <= len(picked) <= limit
    assert len(set(picked)) == len(picked)
    assert all(text == f"văn bản {i}" for i, text in zip(first["i"], first["s"], strict=True))
    assert picked[-1] >= (size - 1) * 0.9  # the newest rows are seen too
    assert sorted(typed.column("i").to_pylist()) == picked


def test_after_deletions_a_sample_is_still_found(bench: Bench) -> None:
    source = "range(20000) r(i)" if bench.dialect == "duckdb" else "generate_series(0, 19999) r(i)"
    bench.execute(f"CREATE TABLE t AS SELECT i FROM {source}", "DELETE FROM t WHERE i < 19900")
    with bench.open() as engine:
        assert len(engine.sample(bench.name("t"), 50)["i"]) >= 25


def test_samples_of_views_and_long_and_binary_values(bench: Bench) -> None:
    literal = "'\\xDE\\xAD'::BLOB" if bench.dialect == "duckdb" else "'\\xdead'::BYTEA"
    bench.execute(
        f"CREATE TABLE t (x INTEGER, dai VARCHAR, anh {bench.binary})",
        f"INSERT INTO t VALUES (1, repeat('ễ', 10000), {literal}), (2, NULL, NULL)",
        "CREATE VIEW v AS SELECT * FROM t",
    )
    with bench.open() as engine:
        for name in ("t", "v"):
            sample = engine.sample(bench.name(name), 10)
            assert sample == {"x": ["1", "2"], "dai": ["ễ" * 4000, None], "anh": [None, None]}
        assert len(engine.sample(bench.name("v"), 1)["x"]) == 1
        assert engine.fetch(bench.name("t"), None).column("anh").to_pylist() == [b"\xde\xad", None]


def test_parameters_are_bound_by_number(bench: Bench) -> None:
    cast = "BLOB" if bench.dialect == "duckdb" else "BYTEA"
    sql = f"SELECT CAST($2 AS VARCHAR) AS b, CAST($1 AS {cast}) AS a, CAST($2 AS VARCHAR) AS c, '$1' AS d, '%s' AS e"
    with bench.open() as engine:
        row = engine.run(sql, [b"\x00\xff", "tiếng Việt"], timeout=10).to_pylist()
    assert row == [{"b": "tiếng Việt", "a": b"\x00\xff", "c": "tiếng Việt", "d": "$1", "e": "%s"}]


def test_values_keep_their_types(bench: Bench) -> None:
    sql = (
        "SELECT CAST(1 AS SMALLINT) AS i, CAST(1.5 AS DOUBLE PRECISION) AS f, CAST('1.50' AS DECIMAL(10, 2)) AS d, "
        "1 = 1 AS b, CAST('2025-07-01' AS DATE) AS day, CAST('2025-07-01 08:30:00.25' AS TIMESTAMP) AS ts, 'ạ' AS s, "
        "CAST(NULL AS INTEGER) AS n"
    )
    with bench.open() as engine:
        table = engine.run(sql, timeout=10)
    assert [str(kind) for kind in table.schema.types] == [
        "int16",
        "double",
        "decimal128(10, 2)",
        "bool",
        "date32[day]",
        "timestamp[us]",
        "string",
        "int32",
    ]
    row = table.to_pylist()[0]
    assert (row["f"], row["d"], row["ts"].microsecond, row["s"], row["n"]) == (1.5, Decimal("1.50"), 250_000, "ạ", None)


def test_values_beyond_python_do_not_break_anything(bench: Bench) -> None:
    array = "[CAST('infinity' AS DATE)]" if bench.dialect == "duckdb" else "ARRAY[CAST('infinity' AS DATE)]"
    sql = (
        "SELECT CAST('infinity' AS DATE) AS d, CAST('-infinity' AS TIMESTAMP) AS t, CAST('NaN' AS DOUBLE PRECISION) "
        f"AS n, CAST('Infinity' AS REAL) AS r, {array} AS a, CAST('3 days' AS INTERVAL) AS i, "
        "CAST('10:00' AS TIME) AS c, "
        "CAST('{\"a\": 1}' AS JSON) AS j, CAST('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' AS UUID) AS u"
    )
    import polars as pl

    with bench.open() as engine:
        table = engine.run(sql, timeout=10)
    row = table.to_pylist()[0]
    assert (row["d"], row["t"], row["r"]) == ("infinity", "-infinity", float("inf"))
    assert row["n"] != row["n"]
    assert "infinity" in row["a"]
    assert row["i"] == "3 days"
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == 1
    assert frame.select(pl.all().cast(pl.String)).write_csv()


def test_rows_are_capped(bench: Bench) -> None:
    source = "range(50000) r(i)" if bench.dialect == "duckdb" else "generate_series(0, 49999) r(i)"
    with bench.open() as engine:
        for wanted in (0, 1, 9_999, 10_000, 10_001, 50_000, 60_000):
            table = engine.run(f"SELECT i FROM {source} ORDER BY i", timeout=30, max_rows=wanted)
            assert table.column("i").to_pylist() == list(range(min(wanted, 50_000)))
        assert engine.run(f"SELECT i FROM {source}", timeout=30).num_rows == 50_000


def test_two_columns_of_one_name_both_arrive(bench: Bench) -> None:
    with bench.open() as engine:
        table = engine.run("SELECT 1 AS x, 2 AS x", timeout=10)
    assert table.column_names == ["x", "x"]
    assert [column.to_pylist() for column in table.columns] == [[1], [2]]


def test_slow_queries_are_stopped_and_the_engine_goes_on(bench: Bench) -> None:
    with bench.open() as engine:
        with pytest.raises(EngineError) as error:
            engine.run(bench.slow, timeout=0.3)
        assert codes(error) == ("query_timeout", "")
        assert engine.run("SELECT 1 AS x", timeout=5).to_pydict() == {"x": [1]}


def test_a_query_that_streams_for_too_long_is_stopped(bench: Bench) -> None:
    rows = "range(100000000)" if bench.dialect == "duckdb" else "generate_series(1, 100000000)"
    with bench.open() as engine:
        with pytest.raises(EngineError) as error:
            engine.run(f"SELECT * FROM {rows} a, {rows} b", timeout=0.3)
        assert codes(error)[0] == "query_timeout"


def test_greedy_queries_are_refused_by_name(bench: Bench) -> None:
    with bench.open() as engine, pytest.raises(EngineError) as error:
        engine.run(bench.greedy, timeout=60)
    assert codes(error)[0] == "query_resources"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES ('x')",
        "DROP TABLE t",
        "CREATE TEMP TABLE u (x INTEGER)",
        "SELECT 1; DROP TABLE t",
        "SELECT 1; SELECT 2",
        "BEGIN",
        "EXPLAIN SELECT 1",
        "SET search_path = 'x'",
        "COPY t TO STDOUT",
        "",
        ";",
        "SELEC",
        "SELECT '\0'",
        "SELECT '\ud800'",
    ],
)
def test_only_one_query_is_run(bench: Bench, sql: str) -> None:
    bench.execute("CREATE TABLE t (x VARCHAR)", "INSERT INTO t VALUES ('a')")
    with bench.open() as engine:
        with pytest.raises(EngineError) as error:
            engine.run(sql, timeout=10)
        assert codes(error)[0] == "query_failed"
        assert engine.run(f"SELECT x FROM {bench.schema}.t", timeout=10).to_pydict() == {"x": ["a"]}


@pytest.mark.parametrize(
    "expression",
    ["CAST(x AS INTEGER)", "CAST(x AS DATE)", "CAST(x AS DECIMAL(4, 2))", "CAST(CAST(y AS BIGINT) * 1000 AS INTEGER)"],
)
def test_errors_of_data_never_say_which_or_what(bench: Bench, expression: str) -> None:
    bench.execute("CREATE TABLE t (x VARCHAR, y INTEGER)", "INSERT INTO t VALUES ('079090001234', 2000000000)")
    with bench.open() as engine, pytest.raises(EngineError) as error:
        engine.run(f"SELECT {expression} FROM {bench.schema}.t", timeout=10)
    assert codes(error) == ("query_failed", "22000")
    for text in (str(error.value), repr(error.value), error.value.message("vi"), str(error.value.__dict__)):
        assert "079090001234" not in text
        assert "2000000000" not in text


@pytest.mark.parametrize(
    "change", ["DROP TABLE t", "ALTER TABLE t DROP COLUMN x", "ALTER TABLE t RENAME COLUMN x TO z"]
)
def test_a_structure_that_changed_since_the_scan(bench: Bench, change: str) -> None:
    bench.execute("CREATE TABLE t (x INTEGER, y INTEGER)")
    engine = bench.open()
    assert len(engine.introspect()) == 1
    if not bench.live_ddl:
        engine.close()
    bench.execute(change)
    if not bench.live_ddl:
        engine = bench.open()
    with engine, pytest.raises(EngineError) as error:
        engine.run(f'SELECT t.x FROM "{bench.schema}"."t" AS t', timeout=10)
    assert codes(error)[0] == "table_vanished"


def test_threads_share_an_engine(bench: Bench) -> None:
    answers: list[int] = []
    with bench.open() as engine:

        def ask(number: int) -> None:
            answers.append(engine.run(f"SELECT {number} AS x", timeout=30).to_pylist()[0]["x"])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == list(range(8))


def test_two_engines_read_one_database(bench: Bench) -> None:
    bench.execute("CREATE TABLE t AS SELECT 1 AS x")
    with bench.open() as one, bench.open() as two:
        sql = f"SELECT x FROM {bench.schema}.t"
        assert one.run(sql, timeout=10) == two.run(sql, timeout=10)
        assert one.introspect() == two.introspect()


def test_a_closed_engine_may_be_closed_again(bench: Bench) -> None:
    engine = bench.open()
    engine.close()
    engine.close()


def test_names_from_another_schema_are_not_mixed_up(bench: Bench) -> None:
    catalog = "thu." if bench.dialect == "duckdb" else ""  # the file is called thu too: ambiguous, if opened naively
    bench.execute("CREATE TABLE t AS SELECT 1 AS x", f"CREATE SCHEMA {catalog}thu")
    bench.execute(f"CREATE TABLE {catalog}thu.t AS SELECT 2 AS x")
    with bench.open() as engine:
        assert engine.sample(bench.name("t"), 1) == {"x": ["1"]}
        assert engine.sample(TableName("thu", "thu", "t"), 1) == {"x": ["2"]}
        assert engine.run("SELECT x FROM thu.t", timeout=10).to_pydict() == {"x": [2]}
