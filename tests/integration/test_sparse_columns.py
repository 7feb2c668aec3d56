"""A commune of a hundred people of whom one draws an allowance: nobody learns how much, in one answer or several."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.model.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

ASK = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "x"}
#: In 00070 one person of a hundred has `tro_cap`, and one lacks `ton_giao`; in 00004 everybody has both.
CREATE = """
CREATE TABLE nguoi_dan (
    so_cccd VARCHAR PRIMARY KEY, gioi_tinh VARCHAR, ma_xa VARCHAR, ma_tinh VARCHAR, tro_cap DOUBLE, ton_giao VARCHAR
);
INSERT INTO nguoi_dan SELECT
    '0' || lpad(CAST(1085000000 + i * 7 AS VARCHAR), 11, '0'), CASE WHEN i % 2 = 0 THEN 'Nam' ELSE 'Nữ' END,
    CASE WHEN i < 100 THEN '00070' ELSE '00004' END, '01', CASE WHEN i = 5 THEN 4321.5 WHEN i >= 100 THEN 500.0 + i END,
    CASE WHEN i <> 5 THEN 'Không' END
FROM range(200) t(i);
CREATE TABLE dm_ton_giao (ton_giao VARCHAR PRIMARY KEY, ten VARCHAR);
INSERT INTO dm_ton_giao VALUES ('Không', 'Không theo tôn giáo');
"""
LISTED = "FROM nguoi_dan n LEFT JOIN dm_ton_giao d ON d.ton_giao = n.ton_giao"
ATTACKS = [
    "SELECT ma_xa, count(*), count(tro_cap), sum(tro_cap) FROM nguoi_dan GROUP BY ma_xa",
    "SELECT ma_xa, sum(tro_cap) FROM nguoi_dan GROUP BY ma_xa",
    "SELECT ma_xa, avg(t) AS tb FROM (SELECT ma_xa, tro_cap AS t FROM nguoi_dan) s GROUP BY ma_xa",
    "SELECT ma_xa, regr_avgx(tro_cap, tro_cap) AS tb FROM nguoi_dan GROUP BY ma_xa",
    "SELECT ma_xa, count(*), count(ton_giao) FROM nguoi_dan GROUP BY ma_xa",
    f"SELECT n.ma_xa, count(*), count(d.ten) {LISTED} GROUP BY n.ma_xa",
    f"SELECT n.ma_xa, count(d.ton_giao) {LISTED} GROUP BY n.ma_xa",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sparse")
    with duckdb.connect(str(folder / "x.duckdb")) as database:
        database.execute(CREATE)
    assert run(["init", str(folder / "ws"), "--source", f"x=duckdb:///{folder / 'x.duckdb'}"]) == 0
    assert run(["-w", str(folder / "ws"), "scan", "x", "--accept"]) == 0
    return folder / "ws"


@pytest.fixture
def gateway(place: Path) -> Gateway:
    shutil.rmtree(place / ".phantang/usage", ignore_errors=True)
    return Gateway.open(place)


@pytest.mark.parametrize("sql", ATTACKS)
def test_the_commune_is_left_out(gateway: Gateway, sql: str) -> None:
    with gateway:
        assert gateway.query(sql, **ASK).table.column("ma_xa").to_pylist() == ["00004"]


def test_the_total_is_refused_after_the_communes(gateway: Gateway) -> None:
    with gateway:
        gateway.query(ATTACKS[1], **ASK)
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT sum(tro_cap) FROM nguoi_dan", **ASK)
        assert caught.value.code == "aggregate_difference"
        # What has nothing to do with the allowance is answered.
        counted = gateway.query("SELECT ma_xa, count(*) AS n FROM nguoi_dan GROUP BY ma_xa", **ASK).table
        assert counted.column("n").to_pylist() == [100, 100]
        assert gateway.query("SELECT count(*) FROM nguoi_dan", **ASK).table.num_rows == 1


def test_who_is_not_on_a_list_is_refused_after_all_who_may_be(gateway: Gateway) -> None:
    with gateway:
        gateway.query("SELECT count(*) FROM nguoi_dan", **ASK)
        for counted in ("count(d.ten)", "count(d.ton_giao)"):
            assert gateway.query(f"SELECT {counted} {LISTED}", **ASK).table.num_rows == 0
        with pytest.raises(Refused) as caught:
            gateway.query(f"SELECT count(*) {LISTED} WHERE d.ten IS NOT NULL", **ASK)
        assert caught.value.code == "aggregate_difference"
