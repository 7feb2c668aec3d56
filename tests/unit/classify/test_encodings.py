"""Vietnamese in lost encodings: mojibake, TCVN3 (ABC) and VNI, as values and in whole columns."""

from __future__ import annotations

import unicodedata

import pytest

from phantang.classify import Classifier
from phantang.classify.rules.codelists import parse_lists
from phantang.classify.text.encodings import repaired
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

NAMES = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Đạt", "Đặng Thùy Dương", "Phạm Hữu Phước", "Vũ Quỳnh Như")
TCVN3 = ("NguyÔn V¨n An", "TrÇn ThÞ B×nh", "Lª Hoµng §¹t", "§Æng Thïy D\xad¬ng", "Ph¹m H÷u Ph\xadíc", "Vò Quúnh Nh\xad")
VNI = (
    "Nguyeãn Vaên An",
    "Traàn Thò Bình",
    "Leâ Hoaøng Ñaït",
    "Ñaëng Thuøy Döông",
    "Phaïm Höõu Phöôùc",
    "Vuõ Quyønh Nhö",
)


@pytest.mark.parametrize(
    "written",
    [
        TCVN3,
        VNI,
        [name.encode().decode("latin-1") for name in NAMES],
        [name.encode().decode("cp1252", "ignore") for name in NAMES[:2]],
    ],
)
def test_lost_encodings_are_read_back(written: tuple[str, ...], lists: dict[str, str]) -> None:
    assert repaired(written, parse_lists(lists).encodings) == NAMES[: len(written)]


@pytest.mark.parametrize(
    "fine",
    [NAMES, [unicodedata.normalize("NFC", "Cà Mau")], ["José Müller", "Zoë Brontë"], [], ["naïve café"], ["Ñandú"]],
)
def test_what_is_right_stays(fine: tuple[str, ...], lists: dict[str, str]) -> None:
    assert repaired(fine, parse_lists(lists).encodings) is None


@pytest.mark.parametrize("written", [TCVN3, VNI, [name.encode().decode("latin-1") for name in NAMES]])
def test_a_column_of_names_is_recognised_in_any_encoding(written: tuple[str, ...], classifier: Classifier) -> None:
    info = TableInfo(TableName("s", "main", "t1"), (ColumnInfo("c1", "VARCHAR"),))
    assert classifier.classify(info, {"c1": written})[0].tag == "person.name"


def test_signs_of_currencies_are_no_letters(classifier: Classifier) -> None:
    assert classifier.values.lines(["£23,400", "£19,113"]) == ("£23,400", "£19,113")
