"""What is particular to MySQL and MariaDB: logins, privileges, the server's own kinds of objects, time limits."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import SQLAlchemyError

from phantang.cli.app import run
from phantang.engines import Sampling, connect
from phantang.engines.relational.engine import RelationalEngine
from phantang.model.errors import EngineError
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...services.mariadb import MariaDB

LIMITED = "nguoi_doc"


@pytest.fixture
def database(mariadb_server: MariaDB) -> Iterator[str]:
    mariadb_server.execute("CREATE DATABASE rieng")
    yield "rieng"
    mariadb_server.execute("DROP DATABASE rieng", f"DROP USER IF EXISTS {LIMITED}")


def refusal(url: str) -> str:
    """Return the code of the error that opening `url` gives; nothing of the URL may be in it."""
    with pytest.raises(EngineError) as error:
        connect(url, "thu").close()
    assert error.value.__context__ is None
    assert error.value.params == {"source": "thu"}
    return error.value.code


def test_logins(mariadb_server: MariaDB, database: str) -> None:
    with connect(mariadb_server.url(database), "thu") as engine:
        engine.ping()
        assert "matkhau" not in f"{engine!r} {engine}"
    assert refusal(mariadb_server.url(database, password="bi-mat-sai")) == "source_auth"
    assert refusal(mariadb_server.url(database, user="ai_do")) == "source_auth"
    assert refusal(mariadb_server.url("khong_co")) == "source_database_missing"
    assert refusal(mariadb_server.url(database) + "?ssl_ca=/khong/co.pem") == "source_unreachable"


def test_nobody_listens() -> None:
    with socket.socket() as closed:  # bound but not listening: the port is nobody else's, and refuses
        closed.bind(("127.0.0.1", 0))
        assert refusal(f"mysql://u:p@127.0.0.1:{closed.getsockname()[1]}/d") == "source_unreachable"
    assert refusal("mysql://u:p@no-such-host.invalid/d") == "source_unreachable"


def test_a_server_that_goes_away(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute("CREATE TABLE t (x INT)", database=database)
    with connect(mariadb_server.url(database), "thu") as engine:
        for (number,) in mariadb_server.query("SELECT id FROM information_schema.processlist WHERE user = 'phantang'"):
            mariadb_server.execute(f"KILL {number}")
        with pytest.raises(EngineError) as error:
            engine.introspect()
        assert error.value.code == "source_unreachable"
        assert [info.name.table for info in engine.introspect()] == ["t"], "it is opened again"


def test_structure(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute(
        "CREATE TABLE ho (ma VARCHAR(10) PRIMARY KEY) COMMENT 'Hộ gia đình'",
        "CREATE TABLE nguoi (id BIGINT UNSIGNED PRIMARY KEY, ma_ho VARCHAR(10) COMMENT 'Mã hộ', "
        "gioi ENUM('nam', 'nữ, (khác'), co SET('a', 'b'), anh BLOB, co_bit BIT(3), noi POINT, j JSON, d DATETIME, "
        "duoi VARCHAR(4) AS (right(ma_ho, 4)), "
        "FOREIGN KEY (ma_ho) REFERENCES ho (ma))",
        "INSERT INTO ho VALUES ('H1')",
        "INSERT INTO nguoi (id, ma_ho, gioi, co, anh, co_bit, noi, j, d) "
        "VALUES (18446744073709551615, 'H1', 'nam', 'a,b', x'FF', b'101', POINT(1, 2), '{\"a\": 1}', "
        "'2025-07-01 08:00:00')",
        "CREATE VIEW nhin AS SELECT id, gioi FROM nguoi",
        database=database,
    )
    with connect(mariadb_server.url(database), "thu") as engine:
        ho, nguoi, nhin = engine.introspect()
        sample = engine.sample(nguoi.name, 5)
        assert engine.sample(nhin.name, 5) == {"id": ["18446744073709551615"], "gioi": ["nam"]}
    assert (ho.comment, ho.primary_key) == ("Hộ gia đình", ("ma",))
    assert nguoi.foreign_keys == (ForeignKey(("ma_ho",), ho.name, ("ma",)),)
    assert (nhin.kind, len(nhin.columns)) == ("view", 2)
    types = {column.name: column.type for column in nguoi.columns}
    assert types["id"].startswith("BIGINT")
    assert (types["gioi"], types["co"], types["anh"]) == ("ENUM", "SET", "BLOB")
    assert [one.generated for one in nguoi.columns] == [None] * 9 + ["right(`ma_ho`,4)"]
    assert nguoi.columns[1].comment == "Mã hộ"
    first = {name: values[0] for name, values in sample.items()}
    assert (first["co"], first["co_bit"], first["anh"], first["noi"]) == ("a,b", "5", None, None)
    assert (first["j"], first["d"]) == ('{"a": 1}', "2025-07-01 08:00:00")


def test_an_account_that_may_read_little(mariadb_server: MariaDB, database: str, tmp_path: Path) -> None:
    mariadb_server.execute(
        "CREATE TABLE mo (x INT)",
        "CREATE TABLE kin (x INT)",
        "INSERT INTO mo VALUES (1)",
        "CREATE VIEW qua AS SELECT x FROM kin",
        "CREATE SQL SECURITY INVOKER VIEW vo AS SELECT x FROM kin",
        f"CREATE USER {LIMITED} IDENTIFIED BY 'mat-khau'",
        *(f"GRANT SELECT ON {database}.{name} TO {LIMITED}" for name in ("mo", "qua", "vo")),
        database=database,
    )
    url = mariadb_server.url(database, user=LIMITED, password="mat-khau")
    with connect(url, "thu") as engine:
        assert [info.name.table for info in engine.introspect()] == ["mo", "qua", "vo"]
        assert engine.sample(TableName("thu", database, "qua"), 5) == {"x": []}
        with pytest.raises(EngineError) as error:
            engine.sample(TableName("thu", database, "vo"), 5)
    assert error.value.code in ("source_permission", "table_vanished")
    place = Workspace.create(tmp_path / "w", {"thu": url})
    assert run(["-w", str(place.path), "scan"]) == 2, "what could not be read is said, by the exit code too"
    assert {path.stem for path in (place.path / "catalog" / "assets" / "thu").glob("*.yaml")} == {
        f"{database}.mo",
        f"{database}.qua",
    }


def test_the_session_cannot_write(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute("CREATE TABLE t (x INT)", f"GRANT ALL ON {database}.* TO phantang", database=database)
    try:
        with connect(mariadb_server.url(database), "thu") as engine:
            assert isinstance(engine, RelationalEngine)
            for statement in ("INSERT INTO t VALUES (1)", "DROP TABLE t", "CREATE TABLE u (x INT)"):
                with engine._connection(5) as connection, pytest.raises(SQLAlchemyError, match="1792"):
                    connection.exec_driver_sql(statement)
    finally:
        mariadb_server.execute(f"REVOKE ALL ON {database}.* FROM phantang")


def test_a_slow_view_is_stopped_and_the_engine_goes_on(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute(
        "CREATE VIEW cham AS SELECT count(*) AS n FROM seq_1_to_1000000 a, seq_1_to_1000000 b", database=database
    )
    with connect(mariadb_server.url(database), "thu") as engine:
        with pytest.raises(EngineError) as error:
            engine.draw(TableName("thu", database, "cham"), Sampling(5, seconds=0.3))
        assert error.value.code == "query_timeout"
        assert len(engine.introspect()) == 1


def test_every_database_of_the_server(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute("CREATE TABLE t (x INT)", database=database)
    with connect(mariadb_server.url(), "thu") as engine:
        schemas = {info.name.schema for info in engine.introspect()}
        assert all(name.schema not in ("mysql", "sys") for name in engine.statistics())
    assert database in schemas
    assert not schemas & {"mysql", "sys", "performance_schema", "information_schema"}


def test_a_key_with_gaps_still_gives_a_sample(mariadb_server: MariaDB, database: str) -> None:
    mariadb_server.execute(
        "CREATE TABLE t (id BIGINT PRIMARY KEY) AS SELECT seq AS id FROM seq_1_to_5000",
        "INSERT INTO t VALUES (9000000000000000000), (-9000000000000000000)",
        "CREATE TABLE u (ma CHAR(8) PRIMARY KEY) AS SELECT lpad(seq, 8, '0') AS ma FROM seq_1_to_5000",
        database=database,
    )
    with connect(mariadb_server.url(database), "thu") as engine:
        for name in ("t", "u"):
            sample = engine.draw(TableName("thu", database, name), Sampling(100))
            assert (sample.method, sample.rows) == ("first_rows", 100)


def test_statistics_follow_writes(mariadb_server: MariaDB, database: str) -> None:
    name = TableName("thu", database, "t")
    mariadb_server.execute("CREATE TABLE t (x INT)", "INSERT INTO t VALUES (1)", database=database)
    with connect(mariadb_server.url(database), "thu") as engine:
        assert name not in engine.statistics(), "a write of this very second may not be the last"
        time.sleep(2.1)
        first = engine.statistics()[name]
        assert engine.statistics()[name] == first
        mariadb_server.execute("UPDATE t SET x = 2", database=database)
        assert name not in engine.statistics()
        time.sleep(2.1)
        assert engine.statistics()[name] != first
