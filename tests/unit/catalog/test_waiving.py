"""A person says no to what a table is as a whole: for these columns, with a reason, and a second person where asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantang.catalog import (
    Measured,
    approve_waivers,
    asset_path,
    parse_asset,
    parse_snapshot,
    propose,
    render_asset,
    unwaive,
    waive,
)
from phantang.catalog.uniqueness import UniqueSet
from phantang.model.catalog import Asset
from phantang.model.errors import InputError
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, TableInfo
from phantang.model.tier import Tier

ROOT = Path(__file__).parents[3] / "catalog"
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in ROOT.rglob("*.yaml")
    if "assets" not in path.parts
}
SNAPSHOT = parse_snapshot(FILES)
NAME = TableName("s", "main", "khao_sat")
TAGS = {"ma_xa": "admin.unit_code", "gioi_tinh": "person.gender", "nghe": "person.occupation", "diem": "none"}


def scan(existing: Asset | None = None, columns: tuple[str, ...] = ("ma_xa", "gioi_tinh", "nghe")) -> Asset:
    info = TableInfo(NAME, tuple(ColumnInfo(column, "VARCHAR") for column in TAGS))
    evidence = (Evidence("r", "name"),)
    found = [Finding(ColumnName(NAME, column), tag, (tag,), 0.9, evidence) for column, tag in TAGS.items()]
    measured = Measured({"linkage": (UniqueSet(columns, 30, 100),)})
    return propose(existing, info, found, SNAPSHOT.tags, None, {}, rules=SNAPSHOT.raise_rules, measured=measured)


def test_a_rejected_raise_no_longer_stands_and_the_text_says_who_said_so() -> None:
    asset = waive(scan(), "linkage", "An", "mẫu khảo sát đã gộp")
    assert asset.raised == ()
    text = render_asset(asset)
    assert "waived:" in text
    assert "mẫu khảo sát đã gộp" in text
    assert parse_asset(asset_path(NAME), text, SNAPSHOT.tags) == asset


def test_it_holds_at_the_next_scan_for_these_columns_and_no_others() -> None:
    asset = waive(scan(), "linkage", "An", "đã gộp")
    again = scan(asset)
    assert again.raised == ()
    assert again.waived == asset.waived
    other = scan(asset, ("ma_xa", "gioi_tinh"))
    assert [found.columns for found in other.raised] == [("ma_xa", "gioi_tinh")]


def test_a_second_person_agrees_where_the_workspace_asks_for_one() -> None:
    asset = waive(scan(), "linkage", "An", "đã gộp", two_person=True)
    assert [found.rule for found in asset.raised] == ["linkage"]
    assert [found.rule for found in scan(asset).raised] == ["linkage"]
    assert parse_asset(asset_path(NAME), render_asset(asset), SNAPSHOT.tags) == asset
    with pytest.raises(InputError) as same:
        approve_waivers(asset, " AN ")
    assert same.value.code == "catalog_same_person_raise"
    with pytest.raises(InputError) as twice:
        waive(asset, "linkage", "Bình", "x", two_person=True)
    assert twice.value.code == "catalog_no_such_raise"
    settled = approve_waivers(asset, "Bình")
    assert settled.raised == ()
    assert (settled.waived[0].by, settled.waived[0].approved_by) == ("An", "Bình")
    assert scan(settled).raised == ()


def test_it_can_be_taken_back() -> None:
    before = scan()
    assert unwaive(waive(before, "linkage", "An", "x"), "linkage", "Bình") == before
    assert unwaive(waive(before, "linkage", "An", "x", two_person=True), "linkage", "Bình") == before
    with pytest.raises(InputError) as none:
        unwaive(before, "linkage", "An")
    assert none.value.code == "catalog_no_such_waiver"


@pytest.mark.parametrize(
    ("rule", "by", "reason", "code"),
    [
        ("linkage", "An", "  ", "catalog_raise_reason"),
        ("linkage", " ", "x", "catalog_decider_required"),
        ("location", "An", "x", "catalog_no_such_raise"),
    ],
)
def test_what_cannot_be_rejected_is_said(rule: str, by: str, reason: str, code: str) -> None:
    with pytest.raises(InputError) as told:
        waive(scan(), rule, by, reason)
    assert told.value.code == code


def test_the_tier_of_the_table_follows() -> None:
    columns = {"gioi_tinh": "admin.unit_code", "nghe": "admin.unit_code"}
    info = TableInfo(NAME, tuple(ColumnInfo(column, "VARCHAR") for column in columns))
    found = [Finding(ColumnName(NAME, one), tag, (tag,), 0.9, ()) for one, tag in columns.items()]
    measured = Measured({"linkage": (UniqueSet(("gioi_tinh", "nghe"), 30, 100),)})
    asset = propose(None, info, found, SNAPSHOT.tags, "nghe", {}, rules=SNAPSHOT.raise_rules, measured=measured)
    assert asset.raised[0].tier is Tier.T2
    unit = Tier.highest(entry.effective_tier for entry in asset.columns)
    assert waive(asset, "linkage", "An", "x").tier == unit
    assert asset.tier == Tier.highest([unit, Tier.T2])
