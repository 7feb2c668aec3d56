"""URLs are parsed strictly, and never repeated to anyone."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantang.engines import absolute_url, connect, dialect_of, is_place, platform_of, source_name
from phantang.engines.urls import DuckDBTarget, FileTarget, PostgresTarget, ServerTarget, parse
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
        "csv:///",
        f"csv://{SECRET}/a.csv",
        "csv:///a.csv?encoding=rot13",
        "csv:///a.csv?delimiter=x",
        "parquet:///a.parquet?header=no",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=rw",
        "sqlite:///a.db?uri=true&vfs=x",
        f"mysql://u:{SECRET}@",
        f"mysql://u:mot@{SECRET}@h/d",
        f"mysql://u:{SECRET}@h/d?read_default_file=/etc/my.cnf",
        f"mysql://u:{SECRET}@h/d?init_command=DROP",
        f"mysql://u:{SECRET}@h/d?local_infile=1",
        f"mssql://u:{SECRET}@h/d?conn_properties=x",
        f"oracle://u:{SECRET}@h/?events=true",
    ],
)
def test_what_cannot_be_passed_on_is_refused(url: str) -> None:
    with pytest.raises(InputError) as error:
        connect(url, "thu")
    assert error.value.code == "url_invalid"
    assert error.value.__context__ is None
    assert SECRET not in f"{error.value} {error.value!r} {error.value.message('vi')} {error.value.params}"


@pytest.mark.parametrize("scheme", ["db2", "postgres", "postgresql+asyncpg", "mysql+mysqldb", "DUCKDB", "csvs"])
def test_other_databases_are_named_as_unsupported(scheme: str) -> None:
    with pytest.raises(InputError) as error:
        connect(f"{scheme}://u:{SECRET}@h/d", "thu")
    assert error.value.code == "engine_unsupported"
    assert scheme in error.value.message("en")
    assert "duckdb, excel, files, mariadb" in error.value.remedy("vi")
    assert SECRET not in str(error.value)


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        connect("duckdb:///khong-co.duckdb", "thu", base=tmp_path)
    assert error.value.code == "source_missing"
    assert list(tmp_path.iterdir()) == []


def test_servers_reach_their_driver() -> None:
    target = parse(f"mariadb://u:{SECRET}@h:3307/d?ssl_ca=/ca.pem", "thu")
    assert isinstance(target, ServerTarget)
    assert (target.kind, target.url.drivername, target.url.password) == ("mysql", "mysql+pymysql", SECRET)
    assert repr(target) == "ServerTarget(source='thu', kind='mysql')"


@pytest.mark.parametrize(
    ("place", "kind", "path"),
    [
        ("a.csv", "csv", "/base/a.csv"),
        ("kho/Danh sách 100%?.xlsx", "excel", "/base/kho/Danh sách 100%?.xlsx"),
        ("/x/a.TSV", "csv", "/x/a.TSV"),
        ("./a", "csv", "/base/a"),
        ("x.parquet", "parquet", "/base/x.parquet"),
        ("parquet:///kho/*.parquet", "parquet", "/base/kho/*.parquet"),
        ("csv:////kho/a.csv?header=no&delimiter=%3B", "csv", "/kho/a.csv"),
        ("sqlite:///a.db", "sqlite", "/base/a.db"),
        ("/", "files", "/"),
    ],
)
def test_files_may_be_given_by_path(place: str, kind: str, path: str) -> None:
    target = parse(place, "thu", Path("/base"))
    assert target == FileTarget("thu", kind, Path(path), getattr(target, "options", {}))
    assert is_place(place)


def test_options_of_csv_files_travel_with_an_absolute_url() -> None:
    url = absolute_url("csv:///a.csv?delimiter=%3B&header=no", Path("/base"))
    assert url == "csv:////base/a.csv?delimiter=%3B&header=no"
    assert parse(url, "thu") == FileTarget("thu", "csv", Path("/base/a.csv"), {"delimiter": ";", "header": "no"})


def test_names_of_sources_are_no_places() -> None:
    assert not any(map(is_place, ("dan_cu", "ho_tich", "y-te", "")))
    assert source_name("mysql://u@h/dan_cu") == source_name("kho/dan_cu.xlsx") == "dan_cu"
    assert source_name("csv:///kho/*.csv") == "kho"


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        (f"postgresql://u:{SECRET}@h/dan_cu", ("postgres", "dan_cu")),
        (f"mssql://u:{SECRET}@h/Dan Cu", ("mssql", "Dan Cu")),
        (f"mysql://u:{SECRET}@h/dan_cu", ("mysql", None)),
        ("duckdb:///a", ("duckdb", None)),
        ("sqlite:///a.sqlite", ("sqlite", None)),
        ("csv:///a.csv", (None, None)),
    ],
)
def test_the_platform_and_the_name_of_a_database_are_in_its_url(
    url: str, platform: tuple[str | None, str | None]
) -> None:
    assert platform_of(url) == platform


def test_a_dialect_is_for_what_is_queried() -> None:
    assert dialect_of("duckdb:///a") == "duckdb"
    with pytest.raises(InputError) as error:
        dialect_of(f"mysql://u:{SECRET}@h/d", "thu")
    assert (error.value.code, error.value.params) == ("source_scan_only", {"source": "thu", "kind": "mysql"})
