"""What is particular to DuckDB: files, locks, and a session that can reach nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pytest

from phantang.engines import Sampling, connect, write_duckdb
from phantang.engines.duckdb.engine import interrupted
from phantang.model.errors import EngineError, InputError, PhantangError
from phantang.model.names import TableName

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import DuckDBBench

DDL = ["CREATE TABLE a (x INTEGER PRIMARY KEY, s VARCHAR)", "CREATE TABLE b (x INTEGER REFERENCES a (x))"]
ROWS = {"a": pa.table({"s": ["á", "ệ"], "x": [1, 2]}), "b": pa.table({"x": [2, 2]})}


def refusal(path: Path) -> str:
    """Return the code of the error that opening `path` gives; it must not name the path or quote the driver."""
    with pytest.raises(PhantangError) as error:
        connect(f"duckdb:///{path}", "thu").close()
    assert error.value.__context__ is None
    assert str(path.parent) not in str(error.value)
    return error.value.code


def test_files_that_are_no_database(tmp_path: Path, duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT i FROM range(100000) r(i)")
    whole = duckdb_bench.path.read_bytes()
    contents = {
        "trong": b"",
        "van_ban": "Đây không phải dữ liệu\n".encode() * 999,
        "cut": whole[:9000],
        "0": bytes(20_000),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name) == "source_not_a_database", name
    assert refusal(tmp_path) == "source_not_a_database"
    assert refusal(tmp_path / "khong-co.duckdb") == "source_missing"
    assert not (tmp_path / "khong-co.duckdb").exists()


def test_a_path_with_quotes_and_diacritics(tmp_path: Path) -> None:
    path = tmp_path / "dữ liệu 'của' tôi.duckdb"
    write_duckdb(path, DDL, ROWS)
    with connect(f"duckdb:///{path}", "thu") as engine:
        assert engine.sample(TableName("thu", "main", "a"), 9) == {"x": ["1", "2"], "s": ["á", "ệ"]}
    with connect(f"duckdb:///{path.name}", "thu", base=tmp_path) as engine:
        engine.ping()


def test_a_file_that_another_process_writes_is_locked(duckdb_bench: DuckDBBench) -> None:
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(duckdb_bench.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert refusal(duckdb_bench.path) == "source_locked"
        holder.communicate()
    with duckdb_bench.open() as engine:
        engine.ping()


def test_a_file_that_this_process_writes_is_locked(duckdb_bench: DuckDBBench) -> None:
    with duckdb.connect(str(duckdb_bench.path)):
        assert refusal(duckdb_bench.path) == "source_locked"


def test_another_process_may_read_the_same_file(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT 7 AS x")
    script = (
        "import sys; from phantang.engines import connect\n"
        "with connect(sys.argv[1], 'thu') as e: print(e.run('SELECT x FROM t', timeout=10).to_pylist())"
    )
    with duckdb_bench.open():
        command = [sys.executable, "-c", script, duckdb_bench.url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[{'x': 7}]\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM a_table_of_this_process",
        "SELECT * FROM read_csv('https://example.invalid/x.csv')",
        "SELECT getenv('HOME')",
        "SELECT * FROM duckdb_secrets() WHERE error('x')",
    ],
)
def test_the_session_reaches_nothing_but_the_file(duckdb_bench: DuckDBBench, sql: str) -> None:
    a_table_of_this_process = pa.table({"x": [1]})
    assert a_table_of_this_process.num_rows == 1
    with duckdb_bench.open() as engine, pytest.raises(EngineError) as error:
        engine.run(sql, timeout=10)
    assert error.value.code in ("query_failed", "table_vanished")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("enable_external_access", False),
        ("lock_configuration", True),
        ("allow_community_extensions", False),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("python_enable_replacements", False),
        ("temp_directory", ""),  # what spills would lie in clear beside the source
        ("memory_limit", "1.8 GiB"),
    ],
)
def test_the_session_is_locked_down(duckdb_bench: DuckDBBench, setting: str, value: object) -> None:
    with duckdb_bench.open() as engine:
        assert engine.run(f"SELECT current_setting('{setting}') AS x", timeout=5).to_pylist() == [{"x": value}]


def test_the_source_file_does_not_change(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT 1 AS x")
    before = duckdb_bench.path.read_bytes()
    with duckdb_bench.open() as engine:
        engine.introspect()
        engine.sample(duckdb_bench.name("t"), 5)
        engine.run("SELECT * FROM t", timeout=10)
    assert duckdb_bench.path.read_bytes() == before
    assert [path.name for path in duckdb_bench.path.parent.iterdir()] == [duckdb_bench.path.name]


def test_a_column_called_rowid_does_not_mislead_sampling(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT 'chữ' || i AS RowID FROM range(5000) r(i)")
    with duckdb_bench.open() as engine:
        assert len(engine.sample(duckdb_bench.name("t"), 100)["RowID"]) == 100


def test_views_that_lost_their_table(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT 1 AS x", "CREATE VIEW v AS SELECT x FROM t", "DROP TABLE t")
    with duckdb_bench.open() as engine:
        (view,) = engine.introspect()
        with pytest.raises(EngineError) as error:
            engine.sample(view.name, 5)
    assert error.value.code == "table_vanished"


def test_macros_of_a_file_do_not_take_the_place_of_functions(duckdb_bench: DuckDBBench) -> None:
    """A mask is made of functions and operators; one of the file's own under their names would undo it."""
    duckdb_bench.execute(
        "CREATE SCHEMA kho",
        'CREATE SCHEMA "Hồ sơ, ""2026"" \'a\'"',
        'CREATE TABLE "Hồ sơ, ""2026"" \'a\'".t AS SELECT 1 AS x',
        "CREATE TABLE kho.t AS SELECT '001085000001' AS x, 2 AS n",
        "CREATE VIEW kho.v AS SELECT x FROM t",
        *(f'CREATE MACRO {schema}."{name}"(a, b) AS a' for schema in ("main", "kho") for name in ("left", "||", "+")),
        "CREATE MACRO regexp_replace(a, b, c, d) AS a",
        "CREATE MACRO lower(a) AS 'của tệp'",
        "CREATE MACRO sum(a) AS 99",
        "CREATE MACRO pg_typeof(a) AS 'của tệp'",
        "CREATE MACRO range(a) AS TABLE SELECT 'của tệp' AS range",
        "CREATE VIEW cua_tep AS SELECT lower(x) AS x FROM kho.t",
    )
    asked = (
        """SELECT regexp_replace("t"."x", '[0-9]', 'n', 'g') || left(x, 2), n + 1, sum(n), lower('A'), """
        """pg_typeof('b') FROM "kho"."t" GROUP BY ALL"""
    )
    with duckdb_bench.open() as engine:
        assert [*engine.run(asked, timeout=5).to_pylist()[0].values()] == ["nnnnnnnnnnnn00", 3, 2, "a", "varchar"]
        assert engine.run('SELECT * FROM range(1) AS "r"', timeout=5).to_pylist() == [{"r": 0}]
        assert engine.run('SELECT * FROM "kho"."v"', timeout=5).to_pylist() == [{"x": "001085000001"}]
        assert engine.run('SELECT * FROM "main"."cua_tep"', timeout=5).to_pylist() == [{"x": "của tệp"}]
        for info in engine.introspect():
            assert list(engine.sample(info.name, 5)) == [column.name for column in info.columns]


def test_a_table_called_as_a_view_of_duckdb_is_reported_and_not_read(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute(
        "CREATE SCHEMA kho", "CREATE TABLE duckdb_tables (x INTEGER)", "CREATE TABLE kho.duckdb_tables AS SELECT 7 AS x"
    )
    with duckdb_bench.open() as engine:
        assert [(info.name.schema, info.rows) for info in engine.introspect()] == [("kho", 1)]
        assert engine.unreadable() == {TableName("thu", "main", "duckdb_tables"): None}
        assert engine.statistics().keys() <= {TableName("thu", "kho", "duckdb_tables")}
        assert engine.run('SELECT x FROM "kho"."duckdb_tables"', timeout=5).to_pylist() == [{"x": 7}]


def test_enum_labels_are_not_part_of_a_type(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute(
        "CREATE TYPE mau AS ENUM ('A+', 'O''), x', 'B')",
        "CREATE TABLE t (m mau, n INTEGER[], s STRUCT(a VARCHAR, m mau), d DECIMAL(10, 2))",
        "INSERT INTO t VALUES ('B', [1], {'a': 'x', 'm': 'B'}, 1.5)",
    )
    with duckdb_bench.open() as engine:
        (table,) = engine.introspect()
        types = [column.type for column in table.columns]
        assert types == ["ENUM", "INTEGER[]", "STRUCT(A VARCHAR, M ENUM)", "DECIMAL(10,2)"]
        assert engine.sample(table.name, 1)["m"] == ["B"]


def test_structures_are_sampled_as_json(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute(
        "CREATE TABLE t (s STRUCT(ho_ten VARCHAR, ngay DATE), m MAP(VARCHAR, VARCHAR),"
        " a STRUCT(sdt VARCHAR)[], n TEXT[])",
        "INSERT INTO t VALUES ({'ho_ten': 'An, \"B\"', 'ngay': DATE '1990-01-02'}, MAP {'k': 'v'},"
        " [{'sdt': '09'}], ['x'])",
        "INSERT INTO t VALUES (NULL, NULL, NULL, NULL)",
    )
    with duckdb_bench.open() as engine:
        (table,) = engine.introspect()
        sampled = engine.sample(table.name, 2)
    assert json.loads(sampled["s"][0] or "") == {"ho_ten": 'An, "B"', "ngay": "1990-01-02"}
    assert (sampled["m"][0], sampled["a"][0], sampled["n"][0]) == ('{"k":"v"}', '[{"sdt":"09"}]', "[x]")
    assert [values[1] for values in sampled.values()] == [None] * 4


def test_samples_are_the_text_of_the_rows_whatever_columns_are_called(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute(
        """CREATE TABLE "Lạ ""x" AS SELECT i AS "lambda", 'é' || i AS "a b", i AS "columns",
        DATE '2020-01-01' + i::INT AS d, 'x'::BLOB AS anh, repeat('đ', i::INT) AS dai,
        CASE WHEN i % 3 > 0 THEN i / 4 END AS n FROM range(900) r(i)""",
        """DELETE FROM "Lạ ""x" WHERE "lambda" % 2 = 1 OR "lambda" > 700""",
        """CREATE VIEW v AS SELECT *, 1 AS rowid FROM "Lạ ""x" """,
    )
    with duckdb_bench.open() as engine:
        tables = engine.introspect()
        assert len(tables) == 2
        for table in tables:
            for rows in (7, 100, 1_000):
                whole = engine.draw(table.name, Sampling(rows))
                assert 0 < whole.rows <= rows
                assert whole.values["anh"] == [None] * whole.rows
                part = engine.draw(table.name, Sampling(rows, without=frozenset({"a b", "d"})))
                assert part.values == {name: one for name, one in whole.values.items() if name not in {"a b", "d"}}
                for number, text, day, long in zip(
                    *(whole.values[one] for one in ("lambda", "a b", "d", "dai")), strict=True
                ):
                    assert text == f"é{number}"
                    assert day == str(date(2020, 1, 1) + timedelta(int(number or 0)))
                    assert (long or "") == ("đ" * int(number or 0))[: Sampling(rows).fit(7)[1]]
            assert engine.draw(table.name, Sampling(7, without=frozenset(whole.values))).values == {}


@pytest.mark.parametrize(
    "gone",
    [
        "FALSE",
        "i >= 20000",
        "i > 299990",
        "i < 250000",
        "i % 3 = 0",
        "i BETWEEN 9 AND 299000",
        "i % 1000 > 0",
        "TRUE",
    ],
)
def test_a_sample_is_spread_over_the_rows_whatever_was_deleted(duckdb_bench: DuckDBBench, gone: str) -> None:
    duckdb_bench.execute("CREATE TABLE t AS SELECT i FROM range(300000) r(i)", "CHECKPOINT")
    duckdb_bench.execute(f"DELETE FROM t WHERE {gone}")
    with duckdb_bench.open() as engine:
        (table,) = engine.introspect()
        left = table.rows or 0
        for rows in (10, 1_000):
            sample = engine.draw(table.name, Sampling(rows))
            numbers = [int(number or 0) for number in sample.values["i"]]
            assert len(set(numbers)) == sample.rows <= rows
            assert sample.rows >= min(left, rows) / 2
            assert (sample.method == "all") == (sample.rows == left)
            if gone in {"FALSE", "i >= 20000", "i > 299990"}:  # the first rows are all there
                assert (sample.method, sample.rows) == ("row_id_stride", rows)
            if sample.method == "row_id_stride":
                with duckdb.connect(str(duckdb_bench.path), read_only=True) as connection:
                    half = connection.execute("SELECT median(i) FROM t").fetchall()[0][0]
                assert 0.3 * sample.rows <= sum(number <= half for number in numbers) <= 0.7 * sample.rows


def test_an_interruption_between_two_statements_is_not_lost() -> None:
    with duckdb.connect(config={"threads": 1}) as connection, interrupted(connection, 0.01):
        time.sleep(0.1)
        with pytest.raises(duckdb.InterruptException):
            connection.execute("SELECT count(*) FROM range(2000000000) a(i) WHERE hash(i) = 1").fetchall()


def test_no_answer_comes_after_the_time_is_over(duckdb_bench: DuckDBBench) -> None:
    with duckdb_bench.open() as engine:
        for _ in range(5):  # an interruption may come between two statements, and is forgotten then
            with pytest.raises(EngineError) as error:
                engine.run("SELECT 1", timeout=0)
            assert error.value.code == "query_timeout"


def test_a_sample_that_took_too_long_harms_none_after_it(duckdb_bench: DuckDBBench) -> None:
    duckdb_bench.execute(
        "CREATE TABLE t AS SELECT 'x' || i AS x FROM range(50) r(i)",
        "CREATE VIEW lau AS SELECT count(*) AS n FROM range(10000000000) a(i) WHERE hash(i) = 1",
    )
    with duckdb_bench.open() as engine:
        for _ in range(3):
            with pytest.raises(EngineError) as error:
                engine.draw(duckdb_bench.name("lau"), Sampling(5, seconds=0.2))
            assert error.value.code == "query_timeout"
            # The limit of this one ends long after it does, while others run on the same connection.
            assert engine.draw(duckdb_bench.name("t"), Sampling(5, seconds=0.5)).rows == 5
        until = time.monotonic() + 1
        while time.monotonic() < until:
            assert engine.draw(duckdb_bench.name("t"), Sampling(5, seconds=30)).rows == 5
        with ThreadPoolExecutor(6) as threads:
            drawn = list(threads.map(lambda _: engine.draw(duckdb_bench.name("t"), Sampling(50)).values, range(60)))
    assert all(values == drawn[0] for values in drawn)


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "moi" / "thu.duckdb"
    write_duckdb(path, DDL, ROWS)
    before = path.read_bytes()
    with pytest.raises(InputError) as refused:
        write_duckdb(path, DDL, ROWS)
    assert refused.value.code == "file_exists"
    broken: list[tuple[list[str], dict[str, pa.Table]]] = [
        (["CREATE TABLE ("], {}),
        (DDL, {"b": pa.table({"x": [404]})}),
        (DDL, {"a": pa.table({"x": [1, 1], "s": ["bí mật", "x"]})}),
        (DDL, {"c": pa.table({"x": [1]})}),
        (DDL, {"a": pa.table({"y": [1]})}),
    ]
    for statements, tables in broken:
        with pytest.raises(EngineError) as failed:
            write_duckdb(path, statements, tables, overwrite=True)
        assert failed.value.code == "write_failed"
        assert failed.value.__context__ is None
        assert path.read_bytes() == before
    write_duckdb(path, DDL, {"a": ROWS["a"]}, overwrite=True)
    with connect(f"duckdb:///{path}", "thu") as engine:
        assert engine.fetch(TableName("thu", "main", "b"), None).num_rows == 0
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_a_stale_log_is_not_replayed_into_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "thu.duckdb"
    script = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('SET wal_autocheckpoint = \"1GB\"')\n"
        "c.execute('CREATE TABLE cu AS SELECT 1 AS x'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    assert path.with_name("thu.duckdb.wal").exists()
    with connect(f"duckdb:///{path}", "thu") as engine:  # an unfinished log of the file itself is read
        assert [table.name.table for table in engine.introspect()] == ["cu"]
    write_duckdb(path, DDL, ROWS, overwrite=True)
    with connect(f"duckdb:///{path}", "thu") as engine:
        assert [table.name.table for table in engine.introspect()] == ["a", "b"]
