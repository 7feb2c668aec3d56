from __future__ import annotations

import re
import unicodedata

import pytest

from phantang.classify.text.folding import fold, spaced
from phantang.classify.text.words import accent_key, onset_of, words_of

_COMBINING = re.compile("[\u0300-\u036f]")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("so_cccd", "so cccd"),
        ("SO_CCCD", "so cccd"),
        ("SoCMND", "so cmnd"),
        ("maBHXH", "ma bhxh"),
        ("HoVaTen", "ho va ten"),
        ("meSoGiayToTuyThan", "me so giay to tuy than"),
        ("DungTen_HoVaTen", "dung ten ho va ten"),
        ("XMLHttpRequest", "xml http request"),
        ("phone2", "phone 2"),
        ("icd10_code", "icd 10 code"),
        ("Số điện thoại", "so dien thoai"),
        ("emails", "email"),
        ("companies", "company"),
        ("address", "address"),
        ("", ""),
        ("___", ""),
    ],
)
def test_names_are_split_in_every_convention(name: str, words: str) -> None:
    assert " ".join(word.folded for word in words_of(name)) == words


def test_composed_and_decomposed_text_are_the_same() -> None:
    text = "Họ và tên Nguyễn"
    assert words_of(unicodedata.normalize("NFD", text)) == words_of(text)


def test_diacritics_decide_where_a_name_has_them() -> None:
    (surname,), (household,), (plain,) = words_of("họ"), words_of("hộ"), words_of("ho")
    assert not household.is_like(surname)
    assert plain.is_like(surname)
    assert plain.is_like(household)


def test_where_the_tone_is_typed_does_not_matter() -> None:
    assert accent_key("hòa") == accent_key("hoà")
    assert accent_key("thuỳ") == accent_key("thùy")


def test_folding() -> None:
    assert fold("ĐẶNG Thị Hường") == "dang thi huong"
    assert spaced("ĐẶNG-Thị\nHường, 12°C") == "dang thi\nhuong  12 c"


def test_every_character_is_folded_by_the_table_as_without_it() -> None:
    for char in map(chr, [*range(0x2100), 0x212A, 0x1F0A1, 0xD800]):
        bare = _COMBINING.sub("", unicodedata.normalize("NFD", char.lower().replace("đ", "d")))
        assert fold(char) == bare, ascii(char)
        assert fold(f"{char}à") == f"{bare}a", ascii(char)
        words = re.sub(r"[^\w\n]|_", " ", bare)
        assert spaced(f"{char}à") == f"{words}a", ascii(char)


def test_capitals_that_a_serialiser_made_small_are_one_word() -> None:
    assert [word.folded for word in words_of("teN_KHANG")] == ["ten", "khang"]
    assert [word.folded for word in words_of("maKH_Cu")] == ["ma", "kh", "cu"]


@pytest.mark.parametrize(
    ("word", "onset"),
    [("nghiem", "ngh"), ("gia", "gi"), ("gin", "g"), ("quan", "qu"), ("tran", "tr"), ("an", ""), ("", "")],
)
def test_what_a_syllable_begins_with(word: str, onset: str) -> None:
    assert onset_of(word) == onset


@pytest.mark.parametrize(
    ("name", "folded"),
    [("SOHS", "sohs"), ("NgayHS", "hs"), ("months", "month"), ("graphs", "graph"), ("steps", "step")],
)
def test_hs_is_no_plural_where_english_has_none(name: str, folded: str) -> None:
    assert words_of(name)[-1].folded == folded
