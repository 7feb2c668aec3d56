"""What is particular to PostgreSQL: logins, privileges, the server's own kinds of objects, lost connections."""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING

import psycopg
import pyarrow as pa
import pytest

from phantang import scan
from phantang.catalog import schema_drift
from phantang.cli.app import run
from phantang.engines import connect
from phantang.engines.postgres import engine as postgres
from phantang.flow.scan.scan import scan_url
from phantang.flow.scan.source import ScanOptions
from phantang.model.errors import EngineError

from ...services.postgres_load import load

if TYPE_CHECKING:
    from ...services.postgres import Server
    from .conftest import PostgresBench


@pytest.fixture(autouse=True)
def no_password_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the user's own PGPASSWORD and password file out of the tests."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGPASSFILE", "/nonexistent")


def refusal(url: str) -> str:
    """Return the code of the error that opening `url` gives; nothing of the URL may be in it."""
    with pytest.raises(EngineError) as error:
        connect(url, "thu").close()
    assert error.value.__context__ is None
    assert error.value.params == {"source": "thu"}
    return error.value.code


def test_logins(postgres_server: Server) -> None:
    with connect(postgres_server.tcp_url(), "thu") as engine:
        engine.ping()
        assert "matkhau" not in repr(engine)
        assert "matkhau" not in str(engine)
    assert refusal(postgres_server.tcp_url(password="bi-mat-sai")) == "source_auth"
    assert refusal(f"postgresql://phantang@127.0.0.1:{postgres_server.port}/postgres") == "source_auth"
    assert refusal(f"postgresql://ai_do:x@127.0.0.1:{postgres_server.port}/postgres") == "source_auth"
    assert refusal(postgres_server.url("khong_co")) == "source_database_missing"
    assert refusal(postgres_server.tcp_url("khong_co")) == "source_database_missing"
    assert refusal(postgres_server.tcp_url() + "?sslmode=require") == "source_unreachable"


def test_nobody_listens() -> None:
    with socket.socket() as closed:  # bound but not listening: the port is nobody else's, and refuses
        closed.bind(("127.0.0.1", 0))
        assert refusal(f"postgresql://u:p@127.0.0.1:{closed.getsockname()[1]}/d") == "source_unreachable"
    assert refusal("postgresql://u:p@/d?host=/nonexistent") == "source_unreachable"
    assert refusal("postgresql://u:p@no-such-host.invalid/d") == "source_unreachable"


def test_the_session_cannot_write(postgres_bench: PostgresBench) -> None:
    postgres_bench.execute(
        "CREATE TABLE t (x INTEGER)",
        "CREATE FUNCTION ghi() RETURNS INTEGER LANGUAGE SQL AS 'INSERT INTO public.t VALUES (1) RETURNING x'",
        "CREATE SEQUENCE s",
    )
    with postgres_bench.open() as engine:
        for sql in (
            "SELECT public.ghi()",
            "SELECT nextval('public.s')",
            "WITH w AS (INSERT INTO public.t VALUES (1) RETURNING x) SELECT * FROM w",
            "SELECT set_config('transaction_read_only', 'off', true), public.ghi()",
            "SELECT set_config('transaction_read_only', 'off', false)",
        ):
            with pytest.raises(EngineError):
                engine.run(sql, timeout=10)
        engine.run("SELECT set_config('default_transaction_read_only', 'off', false)", timeout=10)
        with pytest.raises(EngineError):
            engine.run("SELECT public.ghi()", timeout=10)
        settings = engine.run("SELECT current_setting('default_transaction_read_only') AS r", timeout=10)
        assert settings.to_pydict() == {"r": ["on"]}
        assert engine.fetch(postgres_bench.name("t"), None).num_rows == 0
        name = engine.run("SELECT current_setting('application_name') AS n", timeout=10).to_pydict()
        assert name == {"n": ["phantang"]}


def test_the_time_limit_covers_all_of_a_query(postgres_bench: PostgresBench) -> None:
    many_rows = "SELECT md5(a::text) FROM generate_series(1, 3000) a, generate_series(1, 3000) b"
    with postgres_bench.open() as engine, pytest.raises(EngineError) as error:
        engine.run(many_rows, timeout=0.5)  # no single fetch takes nearly that long
    assert error.value.code == "query_timeout"
    with postgres_bench.open() as engine, pytest.raises(EngineError) as error:
        engine.run("SELECT pg_sleep(0.5)", timeout=0)  # no time is not no limit
    assert error.value.code == "query_timeout"


def test_a_lost_connection_is_opened_again(postgres_bench: PostgresBench) -> None:
    with postgres_bench.open() as engine:
        postgres_bench.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'phantang'"
        )
        with pytest.raises(EngineError) as error:
            engine.ping()
        assert error.value.code == "source_unreachable"
        engine.ping()


def test_privileges(postgres_bench: PostgresBench, capsys: pytest.CaptureFixture[str]) -> None:
    postgres_bench.execute(
        "CREATE TABLE mo (x INTEGER)", "CREATE TABLE kin (x INTEGER)", "DROP ROLE IF EXISTS doc_han_che",
        "CREATE ROLE doc_han_che LOGIN", "GRANT SELECT ON mo TO doc_han_che",
    )  # fmt: skip
    try:
        with connect(postgres_bench.url.replace("phantang@", "doc_han_che@"), "thu") as engine:
            assert [table.name.table for table in engine.introspect()] == ["mo"]
            for ask in (
                lambda: engine.run("SELECT x FROM public.kin", timeout=5),
                lambda: engine.sample(postgres_bench.name("kin"), 1),
            ):
                with pytest.raises(EngineError) as error:
                    ask()
                assert error.value.code == "source_permission"
        postgres_bench.execute(
            "CREATE SCHEMA rieng", "CREATE TABLE rieng.kin (x INTEGER)", "CREATE VIEW xem AS SELECT 1"
        )
        restricted = postgres_bench.url.replace("phantang@", "doc_han_che@")
        assert run(["--lang", "en", "scan", restricted, "--format", "jsonl"]) == 0
        out, err = capsys.readouterr()
        assert "3 tables that this account may not read" in err
        assert [json.loads(line)["sampling"]["unreadable_tables"] for line in out.splitlines()] == [3]
        assert run(["--lang", "en", "scan", restricted, "--tables", "kin"]) == 0
        assert "2 tables that this account may not read" in capsys.readouterr().err
        postgres_bench.execute(
            "CREATE TABLE nua (x INTEGER, y INTEGER, z INTEGER)", "GRANT SELECT (y) ON nua TO doc_han_che"
        )
        assert run(["--lang", "en", "scan", restricted, "--tables", "nua", "--format", "jsonl"]) == 0
        out, err = capsys.readouterr()
        assert [
            (row["column"], row["sampling"]["unreadable_columns"]) for row in map(json.loads, out.splitlines())
        ] == [("y", 2)]
        assert "public.nua: 2 columns that this account may not read" in " ".join(err.split())
        assert "tables that this account" not in err
        assert run(["--lang", "en", "scan", postgres_bench.url]) == 0
        assert "may not read" not in capsys.readouterr().err
    finally:
        postgres_bench.execute("DROP OWNED BY doc_han_che", "DROP ROLE doc_han_che")


def test_every_kind_of_relation_and_type(postgres_bench: PostgresBench) -> None:
    postgres_bench.execute(
        "CREATE DOMAIN chuoi AS VARCHAR(12)",
        "CREATE DOMAIN so_cccd AS chuoi CHECK (length(VALUE) = 12)",
        "CREATE TYPE \"Màu\" AS ENUM ('đỏ')",
        "CREATE TABLE goc (ma INTEGER, ngay DATE, PRIMARY KEY (ma, ngay)) PARTITION BY RANGE (ngay)",
        "CREATE TABLE goc_2024 PARTITION OF goc FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "CREATE TABLE goc_2025 PARTITION OF goc FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO goc SELECT i, DATE '2024-06-01' + i FROM generate_series(1, 400) r(i)",
        'CREATE TABLE t (a so_cccd, b "Màu", c TEXT[], d TIMESTAMPTZ(3), e NUMERIC(10, 2), ma INTEGER, ngay DATE, '
        "FOREIGN KEY (ma, ngay) REFERENCES goc (ma, ngay))",
        "CREATE MATERIALIZED VIEW m AS SELECT ma FROM goc",
        "CREATE TABLE khong_cot ()",
    )
    with postgres_bench.open() as engine:
        tables = {table.name.table: table for table in engine.introspect()}
        assert sorted(tables) == ["goc", "khong_cot", "m", "t"]
        assert [column.type for column in tables["t"].columns] == [
            "CHARACTER VARYING(12)",
            '"Màu"',
            "TEXT[]",
            "TIMESTAMP(3) WITH TIME ZONE",
            "NUMERIC(10,2)",
            "INTEGER",
            "DATE",
        ]
        assert tables["goc"].primary_key == ("ma", "ngay")
        assert tables["t"].foreign_keys[0].to == ("ma", "ngay")
        assert (tables["goc"].rows, tables["m"].rows, tables["m"].kind) == (400, 400, "view")
        assert len(engine.sample(tables["goc"].name, 50)["ma"]) == 50
        assert engine.sample(tables["khong_cot"].name, 5) == {}
    postgres_bench.execute("ANALYZE")
    with postgres_bench.open() as engine:
        assert {table.name.table: table.rows for table in engine.introspect()}["goc"] == 400


def test_composite_types_are_sampled_as_json_and_their_fields_tagged(postgres_bench: PostgresBench) -> None:
    postgres_bench.execute(
        "CREATE TYPE dia_chi AS (so_nha TEXT, phuong TEXT)",
        "CREATE TYPE nguoi AS (ho_ten TEXT, so_cccd TEXT, o dia_chi)",
        "CREATE DOMAIN mot_nguoi AS nguoi",
        "CREATE TABLE t (a nguoi, b nguoi[], c mot_nguoi, d TEXT[], e POINT, f NAME)",
        """INSERT INTO t SELECT r, ARRAY[r, r], r, '{x}', '(1,2)', 'x' FROM (
             SELECT ROW('Nguyễn "Văn" An', '0012030' || lpad(i::text, 5, '0'), ROW('12', 'Ba Đình'))::nguoi AS r
             FROM generate_series(10, 40) i) s""",
        "INSERT INTO t VALUES (NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    with postgres_bench.open() as engine:
        sampled = engine.sample(postgres_bench.name("t"), 100)
    first = json.loads(sampled["a"][0] or "")
    assert first["ho_ten"] == 'Nguyễn "Văn" An'
    assert first["o"] == {"so_nha": "12", "phuong": "Ba Đình"}
    assert json.loads(sampled["b"][0] or "") == [first, first]
    assert json.loads(sampled["c"][0] or "") == first
    assert (sampled["d"][0], sampled["e"][0], sampled["f"][0]) == ("{x}", "(1,2)", "x")
    assert {values[-1] for values in sampled.values()} == {None}
    rows = {row["column"]: row for row in scan(postgres_bench.url)}
    for name in ("a", "b", "c"):
        assert {"person.name", "person.national_id"} <= set(rows[name]["tags"]), rows[name]


def test_values_only_postgres_has(postgres_bench: PostgresBench) -> None:
    sql = (
        "SELECT 'NaN'::NUMERIC AS nan, 12345678901234567890123456789012345678901234567890::NUMERIC AS big, "
        "1.25::NUMERIC AS n, "
        "'{1,NULL}'::INTEGER[] AS arr, '0044-03-15 BC'::DATE AS bc, ROW(1, 'a') AS rec, '\\x'::BYTEA AS e, "
        "'2025-07-01 00:00:00+07'::TIMESTAMPTZ AS tz, 1::OID AS oid, inet '10.0.0.1' AS ip"
    )
    with postgres_bench.open() as engine:
        (row,) = engine.run(sql, timeout=10).to_pylist()
    assert (row["nan"], row["big"][-3:], str(row["n"]), row["arr"]) == ("NaN", "890", "1.25", "{1,NULL}")
    assert (row["bc"], row["rec"], row["e"], row["oid"], row["ip"]) == ("0044-03-15 BC", "(1,a)", b"", 1, "10.0.0.1")
    assert row["tz"].isoformat() == "2025-06-30T17:00:00+00:00"


def test_arrow_tables_are_loaded(postgres_bench: PostgresBench) -> None:
    rows = pa.table({"x": [1, None], "s": ["tab\tvà \\ xuống\ndòng", None]})
    load(postgres_bench.url, ['CREATE TABLE "Bảng" (s TEXT, x INTEGER)'], {"Bảng": rows})
    with postgres_bench.open() as engine:
        assert engine.fetch(postgres_bench.name("Bảng"), None).select(["x", "s"]).to_pydict() == rows.to_pydict()


def test_a_database_that_is_not_utf8(postgres_server: Server) -> None:
    with postgres_server.connect() as admin:
        admin.execute("CREATE DATABASE cu TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    try:
        with postgres_server.connect("cu") as owner:
            owner.execute("CREATE TABLE t (x TEXT)")
            owner.execute("INSERT INTO t SELECT convert_from('\\x4ee0'::BYTEA, 'SQL_ASCII')")
        with connect(postgres_server.url("cu"), "thu") as engine:
            (table,) = engine.introspect()
            assert engine.sample(table.name, 1) == {"x": ["N\ufffd"]}
    finally:
        with postgres_server.connect() as admin:
            admin.execute("DROP DATABASE cu WITH (FORCE)")


def test_a_table_that_another_session_has_locked_costs_a_scan_that_table_alone(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LOCK_WAIT", 0.2)
    with psycopg.connect(postgres_database, autocommit=True) as admin, psycopg.connect(postgres_database) as busy:
        for statement in (
            "CREATE TABLE nguoi (ho_ten text)",
            "CREATE TABLE dang_sua (ho_ten text)",
            "CREATE VIEW xem AS SELECT * FROM dang_sua",
            "CREATE VIEW xem_tren_xem AS SELECT * FROM xem",
        ):
            admin.execute(statement)
        pinned = scan_url(postgres_database, ScanOptions()).assets
        with connect(postgres_database, pinned[0].name.source) as engine:
            free = {info.name.table: info for info in engine.introspect()}
            busy.execute("LOCK TABLE dang_sua IN ACCESS EXCLUSIVE MODE")
            seen = {info.name.table: info for info in engine.introspect()}
            assert seen.keys() == free.keys()
            assert {name for name, info in seen.items() if info.structure is None} == {
                "dang_sua",
                "xem",
                "xem_tren_xem",
            }
            assert seen["nguoi"] == free["nguoi"]
            assert list(schema_drift(pinned, seen.values())) == []
            assert "dang_sua" not in {name.table for name in engine.statistics()}
        report = scan_url(postgres_database, ScanOptions())
        assert [asset.name.table for asset in report.assets] == ["nguoi"]
        failed = {failure.table.table: failure.error.code for failure in report.failures}
        assert failed == dict.fromkeys(("dang_sua", "xem", "xem_tren_xem"), "table_locked")
