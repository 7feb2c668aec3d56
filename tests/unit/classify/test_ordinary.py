"""Letters behind a word that ordinary phrases share are nobody's field by themselves."""

from __future__ import annotations

import pytest

from phantang.classify import Classifier
from phantang.classify.names.ordinary import OrdinaryLetters
from phantang.classify.text.words import words_of
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

LETTERS = OrdinaryLetters(words_of(phrase) for phrase in ("mã khuyến mãi", "ngày sản xuất", "mã", "ngày lập"))


@pytest.mark.parametrize("name", ["ma_km", "MaKM", "MA_KM_2", "ngay_sx"])
def test_letters_of_an_ordinary_phrase_are_known(name: str) -> None:
    assert LETTERS.fit(words_of(name))


@pytest.mark.parametrize("name", ["km", "ma", "ma_km_moi", "mã_km", "ngay_lap", "ngay_l", "ma_khuyen_mai", ""])
def test_other_names_are_not(name: str) -> None:
    assert not LETTERS.fit(words_of(name))


def _tag(classifier: Classifier, name: str, *beside: str) -> str:
    columns = tuple(ColumnInfo(one, "VARCHAR") for one in (*beside, name))
    return classifier.classify(TableInfo(TableName("s", "main", "ds"), columns), {})[-1].tag


@pytest.mark.parametrize(
    "name", ["ma_km", "ma_bp", "ma_dx", "ma_tg", "ma_hc", "ten_sp", "ten_px", "ngay_hs", "ngay_sx", "ngay_dt", "so_gd"]
)
def test_an_ordinary_reading_keeps_a_field_of_a_person_away(classifier: Classifier, name: str) -> None:
    assert _tag(classifier, name, "ho_ten", "ngay_sinh") == "none"


@pytest.mark.parametrize(("name", "tag"), [("ten_tb", "person.name"), ("ma_hk", "person.family")])
def test_what_a_rule_lists_counts_in_tables_of_people_only(classifier: Classifier, name: str, tag: str) -> None:
    assert _tag(classifier, name, "ho_ten", "ngay_sinh") == tag
    assert _tag(classifier, name, "so_luong", "don_gia") == "none"


@pytest.mark.parametrize(
    ("name", "tag"), [("ten_nv", "person.name"), ("ma_bn", "person.other"), ("ngay_vd", "sensitive.political")]
)
def test_letters_without_an_ordinary_reading_still_count(classifier: Classifier, name: str, tag: str) -> None:
    assert _tag(classifier, name, "ho_ten", "ngay_sinh") == tag


@pytest.mark.parametrize(
    ("name", "tag"), [("ten_nv", "person.name"), ("ten_kh", "person.name"), ("ma_kh", "person.other")]
)
def test_commonest_roles_count_in_any_table(classifier: Classifier, name: str, tag: str) -> None:
    assert _tag(classifier, name, "so_luong", "don_gia") == tag
