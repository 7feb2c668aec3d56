"""Joins that would count some people more often than others do not tell of one of them: asked on real databases."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.model.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Commune 00070 has 60 men and one woman; commune 00004 has 30 men and 30 women.
STATEMENTS = [
    """CREATE TABLE nguoi_dan (so_cccd VARCHAR PRIMARY KEY, gioi_tinh VARCHAR, ma_xa VARCHAR, ma_tinh VARCHAR,
       tro_cap DOUBLE PRECISION, dien_tich DOUBLE PRECISION, khoi_luong DOUBLE PRECISION)""",
    """CREATE TABLE luot_kham (ma_luot VARCHAR PRIMARY KEY, ma_tinh VARCHAR, ma_khoa VARCHAR,
       so_cccd VARCHAR REFERENCES nguoi_dan (so_cccd), so_luong DOUBLE PRECISION)""",
    "CREATE TABLE dm_xa (ma_xa VARCHAR PRIMARY KEY, ten VARCHAR)",
    """INSERT INTO nguoi_dan SELECT '0' || (10850000000 + i * 7),
       CASE WHEN i < 60 THEN 'Nam' WHEN i = 60 OR i % 2 = 1 THEN 'Nữ' ELSE 'Nam' END,
       CASE WHEN i <= 60 THEN '00070' ELSE '00004' END, '01', 500.0 + i, i, 2 * i FROM generate_series(0, 120) t(i)""",
    """INSERT INTO luot_kham SELECT 'L' || (i * 2 + k), '01', CASE WHEN k = 0 THEN 'NOI' ELSE 'NGOAI' END,
       '0' || (10850000000 + i * 7), i FROM generate_series(0, 120) t(i), generate_series(0, 1) s(k)
       WHERE k = 0 OR i >= 40""",
    """INSERT INTO luot_kham SELECT 'M' || i, '01', 'NHI', '0' || (10850000000 + i * 7), i
       FROM generate_series(0, 39) t(i)""",
    "INSERT INTO luot_kham VALUES ('X', '01', 'SAN', '0' || (10850000000 + 77), 1)",
    "INSERT INTO dm_xa VALUES ('00070', 'Xã A'), ('00004', 'Xã B'), ('00005', 'Xã C')",
]
ASK = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "so"}
JOINED = "FROM nguoi_dan a JOIN nguoi_dan b ON a.ma_xa = b.ma_xa WHERE b.gioi_tinh = 'Nữ'"
#: Each weighs a woman by the people of her commune, or by her visits and those of others.
WEIGHED = [
    f"SELECT count(*) AS w, count(DISTINCT b.so_cccd) AS r, sum(b.tro_cap) AS s {JOINED}",
    f"SELECT avg(b.tro_cap) AS s {JOINED}",
    f"SELECT count(DISTINCT b.so_cccd) AS r {JOINED} HAVING count(*) >= 1860",
    "SELECT sum(b.tro_cap) FROM nguoi_dan a, nguoi_dan b WHERE a.ma_xa = b.ma_xa AND b.gioi_tinh = 'Nữ'",
    "SELECT sum(b.tro_cap) FROM nguoi_dan a JOIN nguoi_dan b USING (ma_xa) WHERE b.gioi_tinh = 'Nữ'",
    f"SELECT sum(s.tro_cap) FROM (SELECT b.tro_cap {JOINED}) s",
    "SELECT count(*) FROM nguoi_dan a JOIN dm_xa x ON x.ma_xa = a.ma_xa JOIN nguoi_dan b ON b.ma_xa = x.ma_xa",
    "SELECT count(*) FROM nguoi_dan b LEFT JOIN nguoi_dan a ON a.ma_xa = b.ma_xa",
    "SELECT count(*) FROM luot_kham k JOIN luot_kham l ON k.so_cccd = l.so_cccd",
]
HONEST = {
    "SELECT a.gioi_tinh, count(*) AS n FROM luot_kham k JOIN nguoi_dan a ON a.so_cccd = k.so_cccd GROUP BY 1": 2,
    "SELECT a.gioi_tinh, count(*) AS n FROM luot_kham k LEFT JOIN nguoi_dan a USING (so_cccd) GROUP BY 1": 2,
    "SELECT x.ma_xa, count(*) AS n FROM luot_kham k, nguoi_dan a, dm_xa x "
    "WHERE a.so_cccd = k.so_cccd AND x.ma_xa = a.ma_xa GROUP BY 1": 2,
    "SELECT x.ma_xa, count(a.so_cccd) AS n FROM dm_xa x LEFT JOIN nguoi_dan a ON a.ma_xa = x.ma_xa GROUP BY 1": 2,
    "SELECT a.ma_xa, count(DISTINCT a.so_cccd) AS n FROM nguoi_dan a JOIN luot_kham k USING (so_cccd) GROUP BY 1": 2,
}


@pytest.fixture(params=["duckdb", "postgres"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateway]:
    """Open a workspace that a user made over the register."""
    if request.param == "duckdb":
        url = f"duckdb:///{tmp_path / 'so.duckdb'}"
        with duckdb.connect(str(tmp_path / "so.duckdb")) as database:
            for statement in STATEMENTS:
                database.execute(statement)
    else:
        url = request.getfixturevalue("postgres_database")
        with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
            for statement in STATEMENTS:
                connection.execute(statement.encode())
    folder = tmp_path / "workspace"
    assert run(["init", str(folder), "--source", f"so={url}"]) == 0
    assert run(["-w", str(folder), "scan", "--accept", "--by", "tests"]) == 0
    with Gateway.open(folder) as opened:
        yield opened


def test_one_woman_is_not_told_by_how_often_she_counts(gateway: Gateway) -> None:
    gateway.query("SELECT ma_xa, count(*) AS n FROM nguoi_dan GROUP BY ma_xa", **ASK)
    gateway.query("SELECT sum(tro_cap) FROM nguoi_dan WHERE gioi_tinh = 'Nữ'", **ASK)
    for statement in WEIGHED:
        assert gateway.explain(statement, **ASK).at_run == "group_size_repeats", statement
        with pytest.raises(Refused) as refused:
            gateway.query(statement, **ASK)
        assert refused.value.code == "group_size_repeats", statement
    assert gateway.query(f"SELECT count(DISTINCT b.so_cccd) AS r {JOINED}", **ASK).table.to_pylist() == [{"r": 31}]


def test_joins_by_a_key_are_answered(gateway: Gateway) -> None:
    found = {statement: gateway.query(statement, **ASK).table.num_rows for statement in HONEST}
    assert found == HONEST


def test_a_group_of_one_answer_and_part_of_a_group_of_another(gateway: Gateway) -> None:
    """Both communes, then one of them with the women of the other, of whom there is one: she is their difference."""
    gateway.query("SELECT ma_xa, count(*), sum(tro_cap) FROM nguoi_dan GROUP BY ma_xa", **ASK)
    question = "SELECT count(*), sum(tro_cap) FROM nguoi_dan WHERE ma_xa = '00004' OR gioi_tinh = '{}'"
    with pytest.raises(Refused) as refused:
        gateway.query(question.format("Nữ"), **ASK)
    assert refused.value.code == "aggregate_difference"
    by_sex = "SELECT gioi_tinh, count(*) AS n, sum(tro_cap) AS s FROM nguoi_dan GROUP BY gioi_tinh"
    assert gateway.query(by_sex, **ASK).table.num_rows == 2
    # All men of the one and all people of the other leave the same woman.
    with pytest.raises(Refused) as refused:
        gateway.query(question.format("Nam"), **ASK)
    assert refused.value.code == "aggregate_difference"


VISITS = "FROM luot_kham k JOIN nguoi_dan a ON a.so_cccd = k.so_cccd"
ALLOWANCES = "SELECT sum(tro_cap) AS s FROM nguoi_dan"
OF_PEOPLE = "SELECT count(DISTINCT so_cccd) AS n FROM luot_kham"
#: All have two visits but one, who has a third, in a ward of his own: questions in turn, and whether one is refused.
IN_TURN = {
    "a sum in which he counts three times": ([f"SELECT sum(a.tro_cap) AS s {VISITS}", ALLOWANCES], True),
    "the other way round": ([ALLOWANCES, f"SELECT avg(a.tro_cap) AS s {VISITS}"], True),
    "everybody counts twice": (
        [f"SELECT sum(a.tro_cap) AS s {VISITS} WHERE k.ma_khoa IN ('NOI', 'NGOAI', 'NHI')", ALLOWANCES],
        False,
    ),
    "by ward, of which some were in two": (
        [f"SELECT k.ma_khoa, sum(a.tro_cap) AS s {VISITS} WHERE k.ma_khoa <> 'SAN' GROUP BY 1", ALLOWANCES],
        False,
    ),
    "sums of wards that he alone tells apart": (
        [
            f"SELECT sum(a.tro_cap) AS s {VISITS} WHERE k.ma_khoa = 'NOI'",
            f"SELECT sum(a.tro_cap) AS s {VISITS} WHERE k.ma_khoa IN ('NGOAI', 'NHI', 'SAN')",
        ],
        True,
    ),
    "sums over two columns, less those over one of them": (
        [
            f"SELECT sum(a.dien_tich + k.so_luong) AS s {VISITS}",
            "SELECT sum(so_luong) AS s FROM luot_kham",
            "SELECT sum(khoi_luong) AS s FROM nguoi_dan",
            "SELECT sum(dien_tich + khoi_luong) AS s FROM nguoi_dan",
        ],
        True,
    ),
    "people of one ward, of the other and of both": (
        [f"{OF_PEOPLE} WHERE ma_khoa IN ('NOI', 'NGOAI')", f"{OF_PEOPLE} WHERE ma_khoa = 'NOI'"],
        False,
    ),
    "people of two wards, of whom one is in both": (
        [
            f"{OF_PEOPLE} WHERE ma_khoa IN ('SAN', 'NGOAI')",
            f"{OF_PEOPLE} WHERE ma_khoa = 'NGOAI'",
        ],
        True,
    ),
    "by a condition inside the count": (
        [
            f"{OF_PEOPLE} WHERE ma_khoa IN ('SAN', 'NGOAI')",
            "SELECT count(DISTINCT CASE WHEN ma_khoa = 'NGOAI' THEN so_cccd END) AS n FROM luot_kham",
        ],
        True,
    ),
    "passages of the same, which are many": (
        [f"SELECT count(*) AS n {VISITS}", "SELECT count(*) AS n FROM nguoi_dan", f"SELECT count(*) AS n {VISITS}"],
        False,
    ),
}


def test_how_often_rows_count_is_known_to_the_database(gateway: Gateway) -> None:
    for case, (questions, refused) in IN_TURN.items():
        shutil.rmtree(gateway.workspace.usage().path.parent, ignore_errors=True)
        codes = []
        for question in questions:
            try:
                gateway.query(question, **ASK)
            except Refused as error:
                codes.append(error.code)
        assert codes == ["aggregate_difference"] * refused, case
