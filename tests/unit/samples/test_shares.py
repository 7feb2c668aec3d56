"""The promises of `tests/fixtures/samples/shares.yaml`, asked of a real DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from phantang.samples import build_registers

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "samples" / "shares.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_share(case: dict[str, Any], db: duckdb.DuckDBPyConnection) -> None:
    row = db.execute(case["sql"]).fetchone()
    least, most = case["between"]
    assert row is not None
    assert row[0] is not None
    assert least <= row[0] <= most


def test_personal_numbers_stay_distinct_when_zeros_are_restored(db: duckdb.DuckDBPyConnection) -> None:
    row = db.execute("SELECT count(*) - count(DISTINCT lpad(so_cccd, 12, '0')) FROM dan_cu.cong_dan").fetchone()
    assert row == (0,)


def test_plates_stay_distinct_without_separators(db: duckdb.DuckDBPyConnection) -> None:
    row = db.execute(
        "SELECT count(*) - count(DISTINCT regexp_replace(bien_so, '[-. ]', '', 'g')) FROM giao_thong.phuong_tien"
    ).fetchone()
    assert row == (0,)


def test_big_cities_are_heaviest(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute("SELECT ma_tinh FROM dan_cu.cong_dan GROUP BY 1 ORDER BY count(*) DESC LIMIT 2").fetchall()
    assert rows == [("79",), ("01",)]


def test_traffic_has_cells_to_show_and_cells_to_suppress(lists: dict[str, str]) -> None:
    databases = {database.name: database for database in build_registers(lists, 40_000)}
    with duckdb.connect() as connection:
        connection.register("hanh_trinh", databases["giao_thong"].tables["hanh_trinh"])
        row = connection.execute(
            "SELECT count(*) FILTER (n >= 10), count(*) FILTER (n < 10) FROM (SELECT count(DISTINCT bien_so) AS n "
            "FROM hanh_trinh GROUP BY round(vi_do, 2), round(kinh_do, 2), date_trunc('hour', thoi_diem))"
        ).fetchone()
    assert row is not None
    assert row[0] >= 3
    assert row[1] > 1_000
