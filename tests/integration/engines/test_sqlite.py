"""What is particular to SQLite: its files, its types that bind nobody, and the log beside the database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import SQLAlchemyError

from phantang.engines import Sampling, connect
from phantang.engines.relational.engine import RelationalEngine
from phantang.model.errors import EngineError
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey

if TYPE_CHECKING:
    from pathlib import Path


def name(table: str) -> TableName:
    return TableName("thu", "main", table)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dữ liệu 'a'?.sqlite"


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_structure_and_values_of_every_kind(path: Path) -> None:
    execute(
        path,
        "CREATE TABLE ho (ma TEXT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE t (a, b INTEGER, c NVARCHAR(10), d DATE, ma TEXT REFERENCES ho (ma), "
        "e GENERATED ALWAYS AS (b + 1))",
        "INSERT INTO ho VALUES ('H1')",
        "INSERT INTO t VALUES ('0123', 'chữ', 12, '2025-07-01', 'H1'), (x'FF00', 9007199254740993, 1.5, NULL, NULL)",
        "INSERT INTO t (c) VALUES (CAST(x'C3' AS TEXT))",
        "CREATE VIEW nhin AS SELECT a FROM t",
        "CREATE VIRTUAL TABLE tim USING fts5(noi_dung)",
    )
    with connect(str(path), "thu") as engine:
        found = {info.name.table: info for info in engine.introspect()}
        assert found["t"].foreign_keys == (ForeignKey(("ma",), name("ho"), ("ma",)),)
        assert found["nhin"].kind == "view"
        assert [one.generated for one in found["t"].columns] == [None] * 5 + ["b + 1"]
        sample = engine.draw(name("t"), Sampling(9))
        assert sample.values["a"] == ["0123", None, None]
        assert sample.values["b"] == ["chữ", "9007199254740993", None]
        assert sample.values["c"] == ["12", "1.5", "\ufffd"]
        assert engine.draw(name("ho"), Sampling(9)).values == {"ma": ["H1"]}
        assert engine.draw(name("nhin"), Sampling(9)).rows == 3
        assert engine.draw(name("tim"), Sampling(9)).rows == 0


def test_a_log_beside_the_database_is_read_and_left_alone(path: Path) -> None:
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE t (x)")
    writer.execute("INSERT INTO t VALUES ('moi')")
    writer.commit()
    log = path.with_name(path.name + "-wal")
    before = (path.read_bytes(), log.read_bytes())
    with connect(str(path), "thu") as engine:
        assert engine.sample(name("t"), 5) == {"x": ["moi"]}
    assert (path.read_bytes(), log.read_bytes()) == before
    writer.close()
    assert not log.exists()
    with connect(str(path), "thu") as engine:
        assert engine.sample(name("t"), 5) == {"x": ["moi"]}
        assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_the_session_cannot_write(path: Path) -> None:
    execute(path, "CREATE TABLE t (x)")
    with connect(str(path), "thu") as engine:
        assert isinstance(engine, RelationalEngine)
        for statement in ("INSERT INTO t VALUES (1)", "CREATE TABLE u (x)", "PRAGMA user_version = 7"):
            with engine._connection(5) as connection, pytest.raises(SQLAlchemyError, match=r"readonly|query_only"):
                connection.exec_driver_sql(statement)
        with engine._connection(5) as connection:
            for pragma, value in {"query_only": 1, "trusted_schema": 0, "cell_size_check": 1}.items():
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_file_somebody_else_is_writing(path: Path) -> None:
    execute(path, "CREATE TABLE t (x)")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(EngineError) as error:
            connect(str(path), "thu")
    assert error.value.code == "source_locked"


def test_a_view_that_never_ends_is_stopped(path: Path) -> None:
    endless = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) AS n FROM r"
    execute(path, f"CREATE VIEW mai AS {endless}", "CREATE VIEW vo AS SELECT * FROM khong_co", "CREATE TABLE t (x)")
    with connect(str(path), "thu") as engine:
        assert [info.name.table for info in engine.introspect()] == ["mai", "t", "vo"]
        for view, code in (("mai", "query_timeout"), ("vo", "table_vanished")):
            with pytest.raises(EngineError) as error:
                engine.draw(name(view), Sampling(5, seconds=0.3))
            assert error.value.code == code
        assert engine.sample(name("t"), 5) == {"x": []}


def test_a_file_damaged_further_on(path: Path) -> None:
    execute(path, "CREATE TABLE t (x)", "INSERT INTO t VALUES (printf('%.*c', 50000, 'x'))")
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    with connect(str(path), "thu") as engine, pytest.raises(EngineError) as error:
        engine.draw(name("t"), Sampling(5))
    assert error.value.code == "source_not_a_database"
