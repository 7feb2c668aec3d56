"""Joins by which one person would count a thousand times are noticed; code lists are not taken for such."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang.model.decision import ColumnDecision, Effect, Mask, Obligations
from phantang.model.errors import Refused
from phantang.sql import DIALECTS, repetitions, resolve

from ...property.twins import SCHEMA, assets, decision

if TYPE_CHECKING:
    from phantang.model.catalog import Asset

OWED = Obligations(aggregate_only=True, min_group_size=3)
#: `ho_gia_dinh` has nobody's identifier, and the key `ma_ho`.
FINE = [
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho",
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b USING (ma_ho) WHERE b.ma_xa = '1'",
    "SELECT count(*) FROM cong_dan, ho_gia_dinh h WHERE cong_dan.ma_ho = h.ma_ho AND cong_dan.ma_xa = h.ma_xa",
    "SELECT count(*) FROM cong_dan a LEFT JOIN ho_gia_dinh b ON (b.ma_ho = a.ma_ho)",
    "SELECT count(*) FROM cong_dan a, ho_gia_dinh b WHERE b.ma_ho = 'H1'",  # everybody alike
    "SELECT count(*) FROM hanh_trinh v JOIN cong_dan a ON v.bien_so = a.so_cccd",  # people on both sides, by a key
    "SELECT sum(b.thu_nhap) FROM cong_dan a LEFT JOIN cong_dan b ON b.so_cccd = a.ghi_chu",
    "SELECT count(*) FROM cong_dan a RIGHT JOIN hanh_trinh v ON v.bien_so = a.so_cccd",
    "SELECT h.ma_xa, count(a.so_cccd) FROM ho_gia_dinh h LEFT JOIN cong_dan a USING (ma_ho) GROUP BY h.ma_xa",
    "SELECT count(*) FROM cong_dan a FULL JOIN ho_gia_dinh h USING (ma_ho)",
    "SELECT count(*) FROM hanh_trinh v, cong_dan a, ho_gia_dinh h WHERE a.so_cccd = v.bien_so AND h.ma_ho = a.ma_ho",
    "SELECT count(*) FROM (hanh_trinh v JOIN cong_dan a ON (a.so_cccd) = v.bien_so) JOIN ho_gia_dinh h USING (ma_ho)",
    # However often a row is repeated, it is one person.
    "SELECT count(DISTINCT b.so_cccd) FROM cong_dan a JOIN cong_dan b ON a.ma_xa = b.ma_xa",
    "SELECT count(*) FROM cong_dan LEFT JOIN ho_gia_dinh h USING (ma_ho) LEFT JOIN ho_gia_dinh l ON l.ma_ho = h.ma_xa",
    "SELECT a.ma_xa, count(DISTINCT bien_so) FROM cong_dan a, hanh_trinh WHERE bien_so = a.ghi_chu GROUP BY 1",
    "SELECT count(*) FROM cong_dan",
    "SELECT count(*) FROM ho_gia_dinh a JOIN ho_gia_dinh b ON a.ma_xa = b.ma_xa",  # no people at all
    "SELECT s.k, count(*) FROM (SELECT a.ma_xa AS k FROM cong_dan a JOIN ho_gia_dinh b USING (ma_ho)) s GROUP BY 1",
]
#: No table is the root from which keys reach every other: some people count more often than others.
WEIGHED = [
    "SELECT count(*) FROM cong_dan a, hanh_trinh v",
    "SELECT count(*), count(DISTINCT b.so_cccd) FROM cong_dan a CROSS JOIN cong_dan b",
    "SELECT count(DISTINCT b.ho_ten) FROM cong_dan a, cong_dan b",
    "SELECT count(DISTINCT b.so_cccd) FROM cong_dan a, cong_dan b HAVING count(*) > 3",
    # Rows without the root still have people.
    "SELECT count(*) FROM cong_dan a FULL JOIN hanh_trinh v ON v.bien_so = a.so_cccd",
    """SELECT count(*) FROM cong_dan b CROSS JOIN cong_dan c LEFT JOIN hanh_trinh v
       ON b.so_cccd = v.bien_so AND c.so_cccd = v.bien_so""",
    # The equality in ON says nothing of the rows on one side of an outer join.
    """SELECT count(*) FROM hanh_trinh v CROSS JOIN cong_dan a LEFT JOIN ho_gia_dinh h
       ON a.so_cccd = v.bien_so AND h.ma_ho = a.ma_ho""",
    # A list that only some people meet.
    "SELECT count(*) FROM cong_dan a LEFT JOIN (ho_gia_dinh h CROSS JOIN ho_gia_dinh l) ON h.ma_ho = a.ma_ho",
    # USING is about the tables that it joins: `l` has a so_cccd, too.
    "SELECT count(*) FROM cong_dan a JOIN cong_dan b USING (so_cccd) JOIN cong_dan l ON l.thu_nhap > 5",
]
#: What is asked of the database: the table and the columns that ought to be a key.
ASKED = {
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh h USING (ma_ho) JOIN ho_gia_dinh l ON l.ma_xa = a.ma_xa": [
        ("ho_gia_dinh", ["ma_xa"])
    ],
    "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh h ON h.ma_ho = a.ma_xa AND h.so_nhan_khau = a.thu_nhap "
    "LEFT JOIN ho_gia_dinh l ON l.ma_xa = h.ma_xa": [("ho_gia_dinh", ["ma_xa"])],
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
    catalog, allowed = keyed(dialect), decision(dialect, obligations=OWED)
    for sql in FINE:
        assert repetitions(resolve(sql, dialect, catalog), allowed, catalog) == [[]], sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_other_columns_the_database_is_asked(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    for sql, expected in ASKED.items():
        [checks] = repetitions(resolve(sql, dialect, catalog), allowed, catalog)
        assert len(checks) == len(expected), sql
        for (name, check), (table, columns) in zip(checks, expected, strict=True):
            assert name == f"{SCHEMA[dialect]}.{table}"
            keys = ", ".join(f'"{column}"' for column in columns)
            assert f"GROUP BY {keys} " in check, check


def keyed(dialect: str) -> tuple[Asset, ...]:
    """Return the catalog with the key of people that their register has."""
    people = f"{SCHEMA[dialect]}.cong_dan"
    return tuple(replace(one, primary_key=("so_cccd",)) if one.name.local == people else one for one in assets(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_two_tables_of_people_one_has_to_be_a_key(dialect: str) -> None:
    catalog, allowed = keyed(dialect), decision(dialect, obligations=OWED)
    for sql in WEIGHED:
        with pytest.raises(Refused) as refused:
            repetitions(resolve(sql, dialect, catalog), allowed, catalog)
        assert refused.value.code == "group_size_repeats", sql
    sql = "SELECT count(*) FROM cong_dan a JOIN hanh_trinh b ON a.ghi_chu = b.bien_so"
    ways = repetitions(resolve(sql, dialect, catalog), allowed, catalog)
    assert [[name for name, _ in checks] for checks in ways] == [
        [f"{SCHEMA[dialect]}.{table}"] for table in ("hanh_trinh", "cong_dan")
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_part_of_a_key_is_none(dialect: str) -> None:
    homes, allowed = f"{SCHEMA[dialect]}.ho_gia_dinh", decision(dialect, obligations=OWED)
    catalog = [
        replace(one, primary_key=("ma_xa", "ma_ho")) if one.name.local == homes else one for one in keyed(dialect)
    ]
    asked = "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON a.ma_ho = b.ma_ho"
    [[(table, check)]] = repetitions(resolve(asked, dialect, catalog), allowed, catalog)
    assert table == homes
    assert 'GROUP BY "ma_ho" ' in check
    assert repetitions(resolve(f"{asked} AND a.ma_xa = b.ma_xa", dialect, catalog), allowed, catalog) == [[]]


def test_a_number_is_several_keys_of_a_text() -> None:
    catalog, allowed = keyed("duckdb"), decision("duckdb", obligations=OWED)
    for literal, ways in (("'1'", 0), ("1", 1)):
        asked = f"SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b USING (ma_xa) WHERE b.ma_ho = {literal}"
        [checks] = repetitions(resolve(asked, "duckdb", catalog), allowed, catalog)
        assert len(checks) == ways


def test_a_key_compared_as_another_type_is_none() -> None:
    """`'01'` and `'1'` are two keys of a text column, and both equal the number 1."""
    catalog, allowed = keyed("duckdb"), decision("duckdb", obligations=OWED)
    sql = "SELECT count(*) FROM cong_dan a JOIN ho_gia_dinh b ON b.ma_ho = a.thu_nhap"
    with pytest.raises(Refused):
        repetitions(resolve(sql, "duckdb", catalog), allowed, catalog)


def test_an_output_named_in_a_condition_is_not_taken_for_a_constant() -> None:
    catalog, allowed = keyed("duckdb"), decision("duckdb", obligations=OWED)
    sql = "SELECT b.ma_xa AS k, count(*) FROM cong_dan a, ho_gia_dinh b WHERE k = a.ma_xa GROUP BY 1"
    with pytest.raises(Refused):
        repetitions(resolve(sql, "duckdb", catalog), allowed, catalog)


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
            assert repetitions(query, coarse, catalog) == [[]]


def test_what_is_asked_finds_the_repeated_row() -> None:
    catalog, allowed = assets("duckdb"), decision("duckdb", obligations=OWED)
    [[(_, check)]] = repetitions(resolve(next(iter(ASKED)), "duckdb", catalog), allowed, catalog)
    with duckdb.connect() as database:
        database.execute("CREATE TABLE ho_gia_dinh AS SELECT 'H' || i AS ma_ho, 1 AS so_nhan_khau, 'X' || i AS ma_xa "
                         "FROM range(5) r(i)")  # fmt: skip
        database.execute("INSERT INTO ho_gia_dinh SELECT 'N', 0, NULL FROM range(3)")
        assert database.execute(check).fetchall() == []
        database.execute("INSERT INTO ho_gia_dinh VALUES ('H9', 1, 'X1')")
        assert database.execute(check).fetchall() == [(1,)]
