"""Joins by which one person would count a thousand times are noticed; code lists are not taken for such."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from phantang.model.decision import ColumnDecision, Effect, Mask, Obligations
from phantang.model.errors import Refused
from phantang.sql import DIALECTS, repetitions, resolve

from ...property.twins import SCHEMA, assets, decision

OWED = Obligations(aggregate_only=True, min_group_size=3)
#: `ho_gia_dinh` has nobody's identifier, and the key `ma_ho`.
FINE = [
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho",
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b USING (ma_ho) WHERE b.ma_xa = '1'",
    "SELECT count(*) FROM cong_dan, ho_gia_dinh h WHERE cong_dan.ma_ho = h.ma_ho AND cong_dan.ma_xa = h.ma_xa",
    "SELECT count(*) FROM cong_dan a LEFT JOIN ho_gia_dinh b ON (b.ma_ho = a.ma_ho)",
    "SELECT count(*) FROM cong_dan a, ho_gia_dinh b WHERE b.ma_ho = 'H1'",  # everybody alike
    "SELECT count(*) FROM cong_dan a JOIN hanh_trinh b ON a.ghi_chu = b.bien_so",  # people on both sides
    "SELECT count(*) FROM cong_dan",
    "SELECT count(*) FROM ho_gia_dinh a JOIN ho_gia_dinh b ON a.ma_xa = b.ma_xa",  # no people at all
    "SELECT s.k, count(*) FROM (SELECT a.ma_xa AS k FROM cong_dan a JOIN ho_gia_dinh b USING (ma_ho)) s GROUP BY 1",
]
#: What is asked of the database: the table and the columns that ought to be a key.
ASKED = {
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_xa = b.ma_xa": [("ho_gia_dinh", ["ma_xa"])],
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b USING (ma_xa) WHERE b.so_nhan_khau = 3": [
        ("ho_gia_dinh", ["ma_xa", "so_nhan_khau"])
    ],
    # The second is matched by its key, the first by what several households share.
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_xa = b.ma_xa JOIN ho_gia_dinh c ON c.ma_ho = b.ma_ho": [
        ("ho_gia_dinh", ["ma_xa"])
    ],
    # An output called as the column is does not make the column a constant.
    "SELECT count(*) AS so_nhan_khau FROM cong_dan a JOIN ho_gia_dinh b ON so_nhan_khau = a.thu_nhap": [
        ("ho_gia_dinh", ["so_nhan_khau"])
    ],
    'SELECT count(*) FROM cong_dan a JOIN "KhaiSinh" k ON k."SoDangKy" = a.ghi_chu': [("KhaiSinh", ["SoDangKy"])],
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whole_keys_repeat_nothing(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    for sql in FINE:
        assert repetitions(resolve(sql, dialect, catalog), allowed, catalog) == [], sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_other_columns_the_database_is_asked(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    for sql, expected in ASKED.items():
        checks = repetitions(resolve(sql, dialect, catalog), allowed, catalog)
        assert len(checks) == len(expected), sql
        for (name, check), (table, columns) in zip(checks, expected, strict=True):
            assert name == f"{SCHEMA[dialect]}.{table}"
            keys = ", ".join(f'"{column}"' for column in columns)
            assert f"GROUP BY {keys} " in check, check


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("join", ["NATURAL JOIN ho_gia_dinh", "NATURAL LEFT JOIN ho_gia_dinh b(k)"])
def test_what_a_natural_join_compares_is_not_guessed(dialect: str, join: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    with pytest.raises(Refused) as refused:
        repetitions(resolve(f"SELECT count(*) FROM cong_dan a {join}", dialect, catalog), allowed, catalog)
    assert refused.value.code == "group_size_repeats"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_mask_that_makes_several_keys_one_is_refused(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    table = f"{SCHEMA[dialect]}.ho_gia_dinh"
    for mask, refused in ((Mask.TOKEN, False), (Mask.NULL, True)):
        masked = {**allowed.columns[table], "ma_ho": ColumnDecision(Effect.MASK, mask)}
        coarse = replace(allowed, columns={**allowed.columns, table: masked})
        query = resolve(FINE[0], dialect, catalog)
        if refused:
            with pytest.raises(Refused):
                repetitions(query, coarse, catalog)
        else:
            assert repetitions(query, coarse, catalog) == []


def test_what_is_asked_finds_the_repeated_row() -> None:
    catalog, allowed = assets("duckdb"), decision("duckdb", obligations=OWED)
    [(_, check)] = repetitions(resolve(next(iter(ASKED)), "duckdb", catalog), allowed, catalog)
    with duckdb.connect() as database:
        database.execute("CREATE TABLE ho_gia_dinh AS SELECT 'H' || i AS ma_ho, 1 AS so_nhan_khau, 'X' || i AS ma_xa "
                         "FROM range(5) r(i)")  # fmt: skip
        database.execute("INSERT INTO ho_gia_dinh SELECT 'N', 0, NULL FROM range(3)")
        assert database.execute(check).fetchall() == []
        database.execute("INSERT INTO ho_gia_dinh VALUES ('H9', 1, 'X1')")
        assert database.execute(check).fetchall() == [(1,)]
