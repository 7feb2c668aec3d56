"""URLs are parsed strictly, and never repeated to anyone."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantang.engines import connect
from phantang.engines.urls import DuckDBTarget, PostgresTarget, parse
from phantang.model.errors import InputError

SECRET = "Bi-Mat-9"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("duckdb:///a/b.duckdb", "/base/a/b.duckdb"),
        ("duckdb:////tuyệt/đối.duckdb", "/tuyệt/đối.duckdb"),
        ("duckdb:///d%E1%BB%AF%20li%E1%BB%87u.duckdb", "/base/dữ liệu.duckdb"),
    ],
)
def test_duckdb_files(url: str, path: str) -> None:
    assert parse(url, "thu", Path("/base")) == DuckDBTarget("thu", Path(path))


def test_postgres_reaches_the_driver_whole() -> None:
    url = "postgresql+psycopg://an:m%40t%3Akh%E1%BA%A9u@db.example:5433/dan_cu?sslmode=verify-full&sslrootcert=/ca.pem"
    target = parse(url, "thu")
    assert isinstance(target, PostgresTarget)
    assert target.conninfo == {
        "host": "db.example",
        "port": 5433,
        "user": "an",
        "password": "m@t:khẩu",
        "dbname": "dan_cu",
        "sslmode": "verify-full",
        "sslrootcert": "/ca.pem",
    }
    assert repr(target) == "PostgresTarget(source='thu')"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "duckdb",
        "dan_cu.duckdb",
        "://",
        "duckdb://",
        "duckdb:///",
        "duckdb:///:memory:",
        f"duckdb://{SECRET}/a.duckdb",
        f"duckdb://u:{SECRET}@h/a.duckdb",
        "duckdb:///a.duckdb?access_mode=read_write",
        "duckdb:///a%00b",
        "duckdb:///a\0b",
        "duckdb:///\ud800",
        f"postgresql://u:{SECRET}@h",
        f"postgresql://u:{SECRET}@h/",
        f"postgresql://u:{SECRET}@h:cong/d",
        f"postgresql://u:mot@{SECRET}@h/d",
        f"postgresql://u@h/d?password={SECRET}",
        "postgresql://u@h/d?options=-c%20default_transaction_read_only%3Doff",
        "postgresql://u@h/d?service=x",
        "postgresql://u@h/d?passfile=/etc/passwd",
        "postgresql://u@h/d?host=/tmp",
        "postgresql://u@/d?host=a&host=b",
        "postgresql://u@h/a%00b",
        f"postgresql://u:{SECRET}@h/d\n?x",
        "x" * 100_000,
    ],
)
def test_what_cannot_be_passed_on_is_refused(url: str) -> None:
    with pytest.raises(InputError) as error:
        connect(url, "thu")
    assert error.value.code == "url_invalid"
    assert error.value.__context__ is None
    assert SECRET not in f"{error.value} {error.value!r} {error.value.message('vi')} {error.value.params}"


@pytest.mark.parametrize("scheme", ["mysql", "sqlite", "postgres", "postgresql+asyncpg", "DUCKDB", "oracle+oracledb"])
def test_other_databases_are_named_as_unsupported(scheme: str) -> None:
    with pytest.raises(InputError) as error:
        connect(f"{scheme}://u:{SECRET}@h/d", "thu")
    assert error.value.code == "engine_unsupported"
    assert scheme in error.value.message("en")
    assert "duckdb, postgresql" in error.value.remedy("vi")
    assert SECRET not in str(error.value)


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        connect("duckdb:///khong-co.duckdb", "thu", base=tmp_path)
    assert error.value.code == "source_missing"
    assert list(tmp_path.iterdir()) == []
