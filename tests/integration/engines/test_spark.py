"""A real Spark session: the same rules over its samples. Skipped, visibly, without pyspark and Java."""

from __future__ import annotations

import datetime as dt
import importlib.util
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import phantang
from phantang.engines import Sampling, connect, open_frame
from phantang.model.errors import EngineError, InputError
from phantang.model.names import TableName

from ...services.tether import unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),  # a session takes seconds to start and half a gigabyte
    # Spark's own sockets to its Java process are closed with it.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        unavailable("no Spark: make spark, and Java 17")
    from pyspark.sql import SparkSession

    place = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[1]").appName("thu")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(place),
        "spark.sql.shuffle.partitions": "1",
        "spark.local.dir": str(place),
        "spark.driver.memory": "512m",
    }.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def test_a_frame_is_scanned_like_a_table(spark: Any) -> None:
    rows = [(f"0790900{n:05}", f"Nguyễn Văn {chr(65 + n % 26)}", b"\xff", n, dt.date(1990, 1, 1)) for n in range(3000)]
    frame = spark.createDataFrame(rows, "so_cccd string, `họ.tên` string, anh binary, so int, ngay_sinh date")
    found = {row["column"]: row for row in phantang.scan(frame, sample_rows=300, seed=7)}
    assert list(found) == ["so_cccd", "họ.tên", "anh", "so", "ngay_sinh"]
    assert found["so_cccd"]["tag"] == "person.national_id"
    assert found["so_cccd"]["sampling"]["method"] == "random_rows"
    assert [row["type"] for row in found.values()] == ["STRING", "STRING", "BINARY", "INT", "DATE"]
    with open_frame(frame) as engine:
        name = TableName("spark", "main", "dataframe")
        one, two, other = (engine.draw(name, Sampling(300, seed)) for seed in (7, 7, 8))
        assert one == two != other
        assert 150 <= one.rows <= 300
        assert set(one.values["anh"]) == {None}
        assert {int(value or -1) // 1000 for value in one.values["so"]} == {0, 1, 2}
        assert engine.draw(name, Sampling(3, without=frozenset({"so_cccd"}))).values.keys() == found.keys() - {
            "so_cccd"
        }
        with pytest.raises(EngineError) as error:
            engine.run("SELECT 1", timeout=1)
    assert error.value.code == "source_scan_only"


def test_structures_lists_and_maps_are_looked_into(spark: Any) -> None:
    rows = [
        ({"cccd": f"0790900{n:05}", "ten": "Nguyễn Văn An"}, [f"09123456{n % 90 + 10}"], {"thu": f"a{n}@vi.du.vn"})
        for n in range(60)
    ]
    frame = spark.createDataFrame(rows, "x1 struct<cccd:string,ten:string>, x2 array<string>, x3 map<string,string>")
    found = {row["column"]: row for row in phantang.scan(frame)}
    assert {"person.national_id", "person.name"} <= set(found["x1"]["tags"])
    assert found["x2"]["tag"] == "person.phone"
    assert found["x3"]["tag"] == "person.email"
    paths = {path["path"] for one in found["x1"]["evidence"] for path in one.get("paths", ())}
    assert paths == {"$.cccd", "$.ten"}


def test_files_are_read_by_spark(spark: Any, tmp_path: Path) -> None:
    folder = tmp_path / "kho"
    (folder / "lon.parquet").mkdir(parents=True)
    for part in range(2):
        pq.write_table(pa.table({"ma": ["0123", None]}), folder / "lon.parquet" / f"part-{part}.parquet")
    (folder / "nho.csv").write_text('ma,ten\n0123,"hai\ndòng"\n', encoding="utf-8")
    (folder / "hong.parquet").write_bytes(b"PAR1")
    with connect(f"spark+parquet:///{folder}/lon.parquet", "thu") as engine:
        (info,) = engine.introspect()
        assert info.name == TableName("thu", "main", "lon")
        assert engine.sample(info.name, 9) == {"ma": ["0123", None, "0123", None]}
    with connect(f"spark+csv:///{folder}", "thu") as engine:
        assert engine.sample(TableName("thu", "main", "nho"), 9) == {"ma": ["0123"], "ten": ["hai\ndòng"]}
    with pytest.raises(EngineError) as error:
        connect(f"spark+parquet:///{folder}/hong.parquet", "thu")
    assert error.value.code in ("source_file_damaged", "query_failed")
    assert str(folder) not in str(error.value)


def test_anything_else_is_no_frame() -> None:
    with pytest.raises(InputError) as error:
        phantang.scan(object())
    assert error.value.code == "frame_unknown"
