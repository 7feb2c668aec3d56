"""Which joins leave each person one row, so that what a code list says of him is counted like a column of his."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import Selection, cells, resolve, selection

TABLES = {
    "nguoi": (("so", "xa", "gioi"), "so", ("so",)),
    "luot": (("so_luot", "nguoi_di", "noi"), "nguoi_di", ("so_luot",)),
    "dm_xa": (("ma_xa", "loai", "tinh"), None, ("ma_xa",)),
    "dm_tinh": (("ma_tinh", "vung"), None, ("ma_tinh",)),
    "dm_gioi": (("gioi", "ten"), None, ("gioi",)),
    "dm_hai": (("k1", "k2", "ten"), None, ("k1", "k2")),
}
ASSETS = [
    Asset(
        TableName("s", "main", name),
        tuple(
            ColumnEntry(one, "VARCHAR", Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
            for one in columns
        ),
        privacy_unit=unit,
        primary_key=key,
    )
    for name, (columns, unit, key) in TABLES.items()
]
CLEAR = {f"main.{name}": dict.fromkeys(of[0], ColumnDecision(Effect.CLEAR)) for name, of in TABLES.items()}
DECISION = Decision(
    True, CLEAR, dict.fromkeys(CLEAR, ()), Obligations(aggregate_only=True, min_group_size=3), (), "r"
)  # fmt: skip
ONE_ROW = [
    "nguoi",
    "nguoi JOIN dm_xa ON ma_xa = xa",
    "nguoi n INNER JOIN dm_xa d ON n.xa = d.ma_xa AND d.loai <> 'xã' AND n.gioi = 'Nam'",
    "nguoi LEFT JOIN dm_xa ON xa = ma_xa",
    "nguoi JOIN dm_xa ON ma_xa = xa LEFT OUTER JOIN dm_tinh ON ma_tinh = tinh",
    "nguoi LEFT JOIN dm_xa a ON a.ma_xa = xa LEFT JOIN dm_xa b ON b.ma_xa = a.tinh",
    "nguoi JOIN dm_hai ON k1 = xa AND k2 = '1'",
    "nguoi, dm_xa WHERE ma_xa = xa",
    "nguoi JOIN dm_xa ON TRUE JOIN dm_tinh ON ma_tinh = tinh AND ma_xa = xa",
    "nguoi JOIN dm_xa ON TRUE JOIN dm_tinh ON ma_tinh = tinh WHERE ma_xa = xa",
    "dm_xa JOIN nguoi ON ma_xa = xa",
    "dm_tinh, dm_xa, nguoi WHERE ma_xa = xa AND tinh = ma_tinh",
    "nguoi, dm_xa LEFT JOIN dm_tinh ON ma_tinh = tinh WHERE ma_xa = xa",
    "dm_xa RIGHT JOIN nguoi ON ma_xa = xa",
    "nguoi JOIN dm_gioi USING (gioi)",
    "nguoi LEFT JOIN dm_gioi USING (gioi) WHERE gioi = 'Nam'",
    "dm_gioi JOIN nguoi USING (gioi) WHERE gioi = 'Nam'",
    "dm_gioi RIGHT JOIN nguoi USING (gioi) WHERE gioi = 'Nam'",
]
NOT_ONE_ROW = [
    "luot",
    "luot JOIN dm_xa ON ma_xa = noi",
    "nguoi CROSS JOIN dm_xa",
    "nguoi JOIN dm_xa ON loai = gioi",
    "nguoi JOIN dm_xa ON ma_xa = tinh",  # of itself only: each such row beside everybody
    "nguoi JOIN dm_hai ON k1 = xa",
    "nguoi JOIN dm_xa ON ma_xa = xa OR loai = 'xã'",
    "nguoi RIGHT JOIN dm_xa ON ma_xa = xa",
    "nguoi FULL JOIN dm_xa ON ma_xa = xa",
    "nguoi RIGHT JOIN dm_gioi USING (gioi)",
    "nguoi FULL JOIN dm_gioi USING (gioi)",
    "nguoi NATURAL JOIN dm_gioi",
    "dm_xa LEFT JOIN nguoi ON ma_xa = xa",
    "nguoi, dm_xa WHERE ma_xa = xa OR nguoi.gioi = 'Nam'",
    "nguoi, dm_xa WHERE NOT ma_xa = xa",
    "nguoi, dm_xa JOIN dm_tinh ON ma_tinh = tinh",
    "nguoi LEFT JOIN dm_xa ON ma_xa = xa, dm_tinh WHERE ma_tinh = tinh",
    "nguoi JOIN dm_gioi USING (gioi) LEFT JOIN dm_xa ON ma_xa = xa RIGHT JOIN dm_tinh ON ma_tinh = tinh",
    "nguoi a JOIN nguoi b ON a.so = b.so",
    "nguoi JOIN luot ON nguoi_di = so",
    "nguoi JOIN (dm_xa JOIN dm_tinh ON ma_tinh = tinh) ON ma_xa = xa",
    "nguoi WHERE xa IN (SELECT ma_xa FROM dm_xa)",
]


def chosen(source: str, decided: Decision = DECISION) -> Selection:
    found = selection(resolve(f"SELECT count(*) FROM {source}", "duckdb", ASSETS), decided, ASSETS)
    assert found is not None
    return Selection.from_json(found.to_json())


@pytest.mark.parametrize("source", ONE_ROW)
def test_who_has_one_row_is_counted_by_cells(source: str) -> None:
    one = chosen(source)
    assert one.single
    assert cells([one, chosen("nguoi")]) is not None


@pytest.mark.parametrize("source", NOT_ONE_ROW)
def test_who_may_have_several_is_not(source: str) -> None:
    one = chosen(source)
    assert not one.single
    assert one.shape is None
    assert cells([one, chosen("nguoi")]) is None


def test_a_key_that_a_mask_makes_one_is_no_key() -> None:
    coarse = {**CLEAR, "main.dm_xa": {**CLEAR["main.dm_xa"], "ma_xa": ColumnDecision(Effect.MASK, Mask.SHOW_LAST_4)}}
    assert chosen("nguoi JOIN dm_xa ON ma_xa = xa", replace(DECISION, columns=coarse)).shape is None


def test_lists_that_are_joined_alike_are_joined_once() -> None:
    several = [
        chosen("nguoi JOIN dm_xa ON ma_xa = xa"),
        chosen("nguoi AS n LEFT JOIN dm_xa AS d ON d.ma_xa = n.xa"),
        chosen("nguoi JOIN dm_xa ON ma_xa = xa WHERE gioi = 'Nam'"),
    ]
    counted = cells(several)
    assert counted is not None
    assert counted.statement.count("LEFT JOIN") == 1
    assert len({one.digest for one in several}) == 3
