"""Joins on keys hashed alike run on the raw bytes: equal answers, and the bytes are used for nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.decision import Mask
from phantang.model.errors import GuardError
from phantang.sql import guard, plan, resolve
from phantang.sql.rewriting.passes.join_raw_keys import KEY, join_raw_keys

from .twins import all_but, answer, assets, corpus, decision, unguarded

if TYPE_CHECKING:
    from .conftest import Twins

HASHED: dict[str, dict[str, tuple[Mask, dict[str, str | float]]]] = {
    "cong_dan": {"ma_ho": (Mask.HASH, {}), "ma_xa": (Mask.TOKEN, {}), "so_cccd": (Mask.HASH, {})},
    "ho_gia_dinh": {"ma_ho": (Mask.HASH, {}), "ma_xa": (Mask.HASH, {})},
}
FROM = "FROM cong_dan c JOIN ho_gia_dinh h"
PAIRS = "FROM cong_dan a JOIN cong_dan b ON a.ma_ho = b.ma_ho"


@pytest.mark.parametrize(
    ("sql", "keys"),
    [
        (f"SELECT h.so_nhan_khau, count(*) AS n {FROM} ON c.ma_ho = h.ma_ho GROUP BY 1 ORDER BY 1", 2),
        (f"SELECT c.ma_ho, count(*) AS n {FROM} ON (h.ma_ho) = c.ma_ho GROUP BY c.ma_ho ORDER BY 1", 2),
        ("SELECT count(*) AS n FROM cong_dan c, ho_gia_dinh h WHERE c.ma_ho = h.ma_ho AND h.so_nhan_khau > 2", 2),
        ("SELECT max(h.so_nhan_khau) AS n FROM ho_gia_dinh h LEFT JOIN cong_dan c ON c.ma_ho = h.ma_ho", 2),
        (f"SELECT a.ma_tinh {PAIRS} AND a.so_cccd = b.so_cccd GROUP BY a.ma_tinh ORDER BY 1", 4),
        # rows in the order of a join, or what an aggregate makes of that order
        (f"SELECT c.ma_ho, h.ma_ho AS x {FROM} ON h.ma_ho = c.ma_ho ORDER BY 1, 2", 0),
        (f"SELECT string_agg(c.ma_tinh, ',') AS x {FROM} ON h.ma_ho = c.ma_ho WHERE c.ma_tinh = '01'", 0),
        (f"SELECT c.ma_tinh, row_number() OVER () AS x {FROM} ON h.ma_ho = c.ma_ho GROUP BY 1 ORDER BY 1, 2", 0),
        (f"SELECT count(*) AS n {PAIRS} JOIN ho_gia_dinh h ON b.ma_ho = h.ma_ho", 3),
        # not both masked alike, not an equality, not in this SELECT, merged by USING, or shown by a star
        (f"SELECT count(*) AS n {FROM} ON c.ma_xa = h.ma_xa", 0),
        (f"SELECT count(*) AS n {FROM} ON c.ma_ho < h.ma_ho", 0),
        (f"SELECT count(*) AS n {FROM} ON c.ma_ho = h.ma_ho OR h.so_nhan_khau = 1", 0),
        (f"SELECT count(*) AS n {FROM} ON upper(c.ma_ho) = upper(h.ma_ho)", 0),
        (f"SELECT count(*) AS n {FROM} USING (ma_ho)", 0),
        (f"SELECT * {FROM} ON c.ma_ho = h.ma_ho ORDER BY so_nhan_khau, c.ma_tinh, c.so_cccd", 0),
        ("SELECT count(*) AS n FROM ho_gia_dinh h WHERE EXISTS (SELECT 1 FROM cong_dan c WHERE c.ma_ho = h.ma_ho)", 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("hide_rows", [False, True])
def test_answers_are_those_of_the_hashes(sql: str, keys: int, hide_rows: bool, dialect: str, twins: Twins) -> None:
    masks = {
        table: {name: one for name, one in columns.items() if one[0] is Mask.HASH} for table, columns in HASHED.items()
    }
    allowed = decision(dialect, masks=masks, hide_rows=hide_rows)
    made = plan(resolve(sql, dialect, assets(dialect)), allowed, assets(dialect))
    guard(made, allowed, assets(dialect))
    assert made.sql.count(f'AS "{KEY}') == keys
    hashed = unguarded(sql, dialect, allowed, all_but(join_raw_keys))
    assert hashed is not None
    for run in twins:
        assert answer(run, made.sql) == answer(run, hashed)


def test_every_corpus_answers_the_same(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks={**HASHED, "cong_dan": {**HASHED["cong_dan"], "ma_xa": (Mask.HASH, {})}})
    changed = 0
    for case in corpus("honest"):
        if dialect in case.dialects:
            hashed = unguarded(case.sql, dialect, allowed, all_but(join_raw_keys))
            made = unguarded(case.sql, dialect, allowed)
            if hashed is not None and made is not None and made != hashed:
                changed += 1
                for run in twins:
                    got, expected = answer(run, made), answer(run, hashed)
                    assert (got[0], got[1] if got[0] == "error" else got[1][1]) == (
                        expected[0],
                        expected[1] if expected[0] == "error" else expected[1][1],
                    ), made
    assert changed > 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('SELECT "c"."ma_tinh"', 'SELECT "c"."__phantang_key0_8"'),
        ('SELECT "c"."ma_tinh"', "SELECT *"),
        (', COUNT(*) AS "n"', ', ROW_NUMBER() OVER () AS "n"'),
        (', COUNT(*) AS "n"', ', LAST("h"."so_nhan_khau") AS "n"'),
        ('SELECT "c"."ma_tinh"', 'SELECT "c".*'),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', '"c"."__phantang_key0_8" < "h"."__phantang_key1_0"'),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', "\"c\".\"__phantang_key0_8\" = 'H1'"),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', '"c"."__phantang_key0_8" = "h"."ma_ho"'),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', '"h"."__phantang_key0_8" = "c"."__phantang_key1_0"'),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', '"__phantang_key0_8" = "__phantang_key1_0"'),
        ('"c"."__phantang_key0_8" = "h"."__phantang_key1_0"', '"c"."__phantang_key0_8" = "h"."__phantang_key1_2"'),
        ('ON "c"."__phantang_key0_8" = "h"."__phantang_key1_0"', 'USING ("__phantang_key0_8")'),
        ('"cong_dan"."ma_ho"{e}) AS "__phantang_key0_8"', '"cong_dan"."ma_xa"{e}) AS "__phantang_key0_8"'),
        ('"cong_dan"."ma_ho"{e}) AS "__phantang_key0_8"', '"cong_dan"."ghi_chu"{e}) AS "__phantang_key0_8"'),
        ('"cong_dan"."ma_ho"{e}) AS "__phantang_key0_8"', '"cong_dan"."ma_ho"{e}) AS "__phantang_key1_0"'),
    ],
)  # fmt: skip
def test_the_guard_lets_keys_meet_equal_keys_only(old: str, new: str, dialect: str) -> None:
    sql = f"SELECT c.ma_tinh, count(*) AS n {FROM} ON c.ma_ho = h.ma_ho GROUP BY c.ma_tinh"
    allowed = decision(dialect, masks=HASHED)
    made = plan(resolve(sql, dialect, assets(dialect)), allowed, assets(dialect))
    guard(made, allowed, assets(dialect))
    end = "" if dialect == "duckdb" else ", 'UTF8'"
    old, new = (text.replace("{e}", end) for text in (old, new))
    assert old in made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=made.sql.replace(old, new)), allowed, assets(dialect))
