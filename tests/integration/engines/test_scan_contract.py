"""What every source promises to a scan, asked of real files and real servers of each kind."""

from __future__ import annotations

import unicodedata
from itertools import count
from typing import TYPE_CHECKING

import pytest

from phantang.engines import Sampling
from phantang.engines.sampling import METHODS, SHORT_TEXT
from phantang.model.errors import EngineError

from .scan_benches import CSVScan, DuckDBScan, ExcelScan, MariaDBScan, ParquetScan, PostgresScan, ScanBench, SQLiteScan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ...services.mariadb import MariaDB
    from ...services.postgres import Server
    from .conftest import PostgresBench

_numbers = count(1)


@pytest.fixture
def duckdb_scan(tmp_path: Path) -> ScanBench:
    return DuckDBScan(tmp_path)


@pytest.fixture
def sqlite_scan(tmp_path: Path) -> ScanBench:
    return SQLiteScan(tmp_path)


@pytest.fixture
def postgres_scan(tmp_path: Path, postgres_server: Server, postgres_bench: PostgresBench) -> ScanBench:
    return PostgresScan(tmp_path, postgres_server, postgres_bench.url)


@pytest.fixture
def mariadb_scan(tmp_path: Path, mariadb_server: MariaDB) -> Iterator[ScanBench]:
    name = f"thu_{next(_numbers)}"
    mariadb_server.execute(f"CREATE DATABASE {name}")
    yield MariaDBScan(tmp_path, mariadb_server, name)
    mariadb_server.execute(f"DROP DATABASE {name}")


@pytest.fixture
def csv_scan(tmp_path: Path) -> ScanBench:
    return CSVScan(tmp_path)


@pytest.fixture
def parquet_scan(tmp_path: Path) -> ScanBench:
    return ParquetScan(tmp_path)


@pytest.fixture
def excel_scan(tmp_path: Path) -> ScanBench:
    return ExcelScan(tmp_path)


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
        "sqlite",
        "csv",
        "parquet",
        "excel",
    ]
)
def scan(request: pytest.FixtureRequest) -> ScanBench:
    """Return an empty source of each kind in turn."""
    bench: ScanBench = request.getfixturevalue(f"{request.param}_scan")
    return bench


PEOPLE: dict[str, list[str | bytes | None]] = {
    "id": ["1", "2", "3"],
    "Họ tên": ["Nguyễn Văn Ân", None, "Đỗ Thị Ý"],
    "so_cccd": ["001090000001", "0", None],
}


def test_structure_and_values(scan: ScanBench) -> None:
    scan.put("cong_dan", PEOPLE)
    with scan.open() as engine:
        (info,) = engine.introspect()
        assert engine.introspect() == (info,)
        assert info.name == scan.name("cong_dan")
        assert [column.name for column in info.columns] == list(PEOPLE)
        assert all(column.type == column.type.upper() for column in info.columns)
        assert info.structure is not None
        assert engine.structures([info.name, scan.name("khac")]) == {info.name: info.structure}
        assert (info.kind, engine.dialect) == ("table", scan.dialect)
        sample = engine.draw(info.name, Sampling(10))
        assert sample.values == PEOPLE
        assert (sample.method in METHODS, sample.rows) == (True, 3)
        assert engine.sample(info.name, 10) == PEOPLE
        engine.ping()


def test_any_name_the_source_takes(scan: ScanBench) -> None:
    for name in scan.odd_names:
        scan.put(name, {name: ["á"], "x": ["b"]})
    with scan.open() as engine:
        assert {info.name.table for info in engine.introspect()} == set(scan.odd_names)
        for name in scan.odd_names:
            assert engine.sample(scan.name(name), 5) == {name: ["á"], "x": ["b"]}, name


def test_decomposed_names_stay_what_they_are(scan: ScanBench) -> None:
    name = unicodedata.normalize("NFD", "họ_tên")
    scan.put("t", {name: ["a"], "b": ["c"]})
    with scan.open() as engine:
        (info,) = engine.introspect()
        assert [column.name for column in info.columns] == [name, "b"]
        assert engine.sample(info.name, 5) == {name: ["a"], "b": ["c"]}


def test_empty_and_wide_tables(scan: ScanBench) -> None:
    scan.put("trong", {"id": [], "b": []})
    wide = {f"cot_{number}": [f"x{number}", None if number else "y"] for number in range(scan.columns)}
    scan.put("rong", wide)
    with scan.open() as engine:
        found = {info.name.table: info for info in engine.introspect()}
        assert [column.name for column in found["trong"].columns] == ["id", "b"]
        assert engine.draw(scan.name("trong"), Sampling(5)).values == {"id": [], "b": []}
        assert engine.sample(scan.name("rong"), 5) == wide


def test_long_binary_and_empty_values(scan: ScanBench) -> None:
    table: dict[str, list[str | bytes | None]] = {
        "id": ["1", "2"],
        "dai": ["ễ" * 20_000, None],
        "la": ['a"b,\n\\N \\. c', None],
    }
    if scan.binary:
        table["anh"] = [b"\xde\xad\x00", None]
    if scan.empty_text:
        table["rong"] = ["", None]
        scan.put("mot", {"x": ["", None, "b"]})
    scan.put("t", table)
    with scan.open() as engine:
        engine.introspect()
        sample = engine.sample(scan.name("t"), 10)
        assert sample["la"] == table["la"]
        assert sample["dai"] == ["ễ" * 4000, None]
        if scan.binary:
            assert sample["anh"] == [None, None]
        if scan.empty_text:
            assert sample["rong"] == ["", None]
            assert engine.sample(scan.name("mot"), 10) == {"x": ["", None, "b"]}


def test_samples_are_spread_bounded_and_repeat_themselves(scan: ScanBench) -> None:
    size = 5_000
    scan.put("t", {"id": [str(n) for n in range(size)], "s": [f"văn bản {n}" for n in range(size)]})
    drawn = []
    with scan.open() as engine:
        engine.introspect()
        for seed in (1, 1, 2):
            sample = engine.draw(scan.name("t"), Sampling(100, seed))
            assert sample.method == scan.spread
            assert 50 <= sample.rows <= 100
            assert len(sample.values["id"]) == len(sample.values["s"]) == sample.rows
            drawn.append(sample.values)
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    picked = sorted(int(value or -1) for value in drawn[0]["id"])
    assert len(set(picked)) == len(picked)
    assert all(text == f"văn bản {n}" for n, text in zip(drawn[0]["id"], drawn[0]["s"], strict=True))
    quarters = {number * 4 // size for number in picked}
    assert quarters == {0, 1, 2, 3}


def test_columns_that_must_not_be_read_are_left_out(scan: ScanBench) -> None:
    scan.put("t", {"id": ["1"], "mat": ["bí mật"], "c": ["z"]})
    with scan.open() as engine:
        engine.introspect()
        sample = engine.draw(scan.name("t"), Sampling(5, without=frozenset({"mat"})))
        assert sample.values == {"id": ["1"], "c": ["z"]}
        assert engine.draw(scan.name("t"), Sampling(5, without=frozenset({"id", "mat", "c"}))).values == {}


def test_a_table_that_is_not_there(scan: ScanBench) -> None:
    scan.put("t", {"id": ["1"]})
    with scan.open() as engine:
        for name in ("khong_co", 'a"b', "x" * 500, "../t"):
            with pytest.raises(EngineError) as error:
                engine.draw(scan.name(name), Sampling(5))
            assert error.value.code == "table_vanished"
            assert error.value.__context__ is None


def test_statistics_tell_what_did_not_change(scan: ScanBench) -> None:
    scan.put("t", {"id": ["1"], "s": ["a"]})
    scan.put("u", {"id": ["1"], "s": ["a"]})
    with scan.open() as engine:
        engine.introspect()
        first = engine.statistics()
    with scan.open() as engine:
        engine.introspect()
        assert first.items() <= engine.statistics().items()
        assert engine.capabilities.statistics
    if scan.dialect != "mysql":  # the time of a write that is not two seconds old tells nothing
        assert {name.table for name in first} == {"t", "u"}


def test_questions_are_refused_where_they_cannot_be_answered(scan: ScanBench) -> None:
    scan.put("t", {"id": ["1"]})
    with scan.open() as engine:
        engine.introspect()
        if engine.capabilities.query:
            assert engine.run("SELECT 1 AS x", timeout=5).num_rows == 1
            return
        with pytest.raises(EngineError) as asked:
            engine.run("SELECT 1 AS x", timeout=5)
        with pytest.raises(EngineError) as fetched:
            engine.fetch(scan.name("t"), 1)
        assert asked.value.code == fetched.value.code == "source_scan_only"
        assert asked.value.exit_code == 2


def test_nothing_on_disk_changes(scan: ScanBench) -> None:
    scan.put("t", {"id": [str(n) for n in range(3000)], "s": ["a"] * 3000})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scan.place.rglob("*") if path.is_file()}
    with scan.open() as engine:
        engine.introspect()
        engine.statistics()
        engine.draw(scan.name("t"), Sampling(10))
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in scan.place.rglob("*") if path.is_file()}
    assert after == before


def test_a_very_wide_sample_stays_within_its_budget() -> None:
    rows, length = Sampling(1_000_000).fit(1_000)
    assert rows * length * 1_000 <= 64 * 2**20
    assert length >= SHORT_TEXT
    assert Sampling(1_000).fit(4) == (1_000, 4_000)
