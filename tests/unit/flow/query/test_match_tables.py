"""Which table a business is answered from, which of its columns are compared, and what is said where none can be."""

from __future__ import annotations

import pytest

from phantang.flow.query.match import _columns, _table
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import InputError
from phantang.model.names import TableName

NUMBER, NAME, BORN = "person.national_id", "person.name", "person.birth_date"


def asset(table: str, columns: dict[str, str], unit: str | None = None) -> Asset:
    """Return a table of the schema hk whose columns have these tags."""
    entries = tuple(ColumnEntry(name, "text", Status.ACCEPTED, tag) for name, tag in columns.items())
    return Asset(TableName("nk", "hk", table), entries, privacy_unit=unit)


PERSON = {"HoTen": NAME, "NgaySinh": BORN}
MERGED = {"SoCCCD": NUMBER, "SoCMND": NUMBER, **PERSON}


def test_of_two_numbers_the_privacy_unit_is_compared() -> None:
    assert _columns(asset("NhanKhau", MERGED, "SoCCCD"))["number"] == "SoCCCD"
    assert _columns(asset("NhanKhau", MERGED, "SoCMND"))["number"] == "SoCMND"


def test_a_relatives_column_is_left_aside_for_the_persons_own() -> None:
    family = {"so_cccd_me": NUMBER, "so_cccd": NUMBER, "ho_ten": NAME, "ho_ten_cha": NAME, "ngay_sinh": BORN}
    assert _columns(asset("tre_em", family)) == {"number": "so_cccd", "name": "ho_ten", "birth_date": "ngay_sinh"}


def test_the_name_of_a_child_is_never_compared_beside_the_number_of_a_parent() -> None:
    parents = {"so_cccd_me": NUMBER, "so_cccd_cha": NUMBER, "ho_ten": NAME, "ngay_sinh": BORN}
    assert "number" not in _columns(asset("tre_em", parents, unit="so_cccd_me"))


@pytest.mark.parametrize("table", [None, "hk.NhanKhau", "NhanKhau"])
def test_what_stands_in_the_way_is_named(table: str | None) -> None:
    with pytest.raises(InputError) as caught:
        _table([asset("NhanKhau", MERGED), asset("HoKhau", {"HoTenChuHo": NAME})], "nk", table)
    assert caught.value.code == ("match_table_none" if table is None else "match_table_lacks")
    for lang in ("vi", "en"):
        assert "hk.NhanKhau" in caught.value.message(lang)
        assert "person.national_id: SoCCCD, SoCMND" in caught.value.message(lang)
        assert "privacy_unit" in caught.value.remedy(lang)
        assert "HoKhau" not in str(caught.value)


def test_a_table_may_be_named_without_its_schema_and_a_slip_is_answered_with_the_table_meant() -> None:
    able = asset("NhanKhau", MERGED, "SoCCCD")
    others = [asset("HoKhau", PERSON), asset("TamTru", {"SoCCCD": NUMBER, **PERSON})]
    assert _table([able, *others], "nk", "NhanKhau") is able
    for wanted, code, named in (("nhan_khau", "unknown", "hk.NhanKhau"), (None, "several", "hk.NhanKhau, hk.TamTru")):
        with pytest.raises(InputError) as caught:
            _table([able, *others], "nk", wanted)
        assert (caught.value.code, caught.value.params["known"]) == (f"match_table_{code}", named)
