"""Texts by what they speak of: phrases anywhere in a value, with the marks of Vietnamese where it has any."""

from __future__ import annotations

import random

import pytest

from phantang.classify import Classifier
from phantang.classify.rules.codelists import TOPICS
from phantang.classify.values.topics import TOPIC_VALIDATORS, topics_of
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 80
#: Words of columns beside a name, and their tag. None of them stands in the lists as a whole.
_TOLD = {
    "sensitive.health": (
        "Đau bụng âm ỉ đã hai hôm", "Vết mổ liền tốt", "Không dị ứng", "hen suyễn từ bé", "Enalapril 5mg sáng tối",
        "Mổ cườm mắt trái, thị lực giảm", "dau bung, sot nhe",
    ),
    "sensitive.criminal": ("Bị phạt tù vì đánh bạc", "Án treo hai năm", "Từng trộm cắp xe máy", "Đang bị truy nã"),
    "person.education": ("Tốt nghiệp THPT năm 2003", "Kỹ sư cầu đường", "Hết lớp 7", "Cử nhân Luật", "Học hết lớp 5"),
    "sensitive.private_life": ("Con thương binh nặng", "Hộ nghèo bền vững", "Trẻ mồ côi", "Già yếu neo đơn", "Không"),
    "none": ("Dầu ăn", "Đậu xanh", "Sơn nước", "Hộp đựng", "Thùng giấy", "Đầu bút"),
}  # fmt: skip


@pytest.mark.parametrize("tag", _TOLD)
def test_words_beside_somebody(classifier: Classifier, tag: str) -> None:
    r = random.Random(7)
    columns: dict[str, list[str | None]] = {
        "c1": [f"{r.choice(('Nguyễn', 'Trần', 'Lê'))} {r.choice(('Văn', 'Thị'))} Dung" for _ in range(_ROWS)],
        "c2": [r.choice(_TOLD[tag]) for _ in range(_ROWS)],
    }
    info = TableInfo(TableName("s", "main", "t1"), tuple(ColumnInfo(name, "VARCHAR") for name in columns))
    assert [one.tag for one in classifier.classify(info, columns)] == ["person.name", tag]
    alone = TableInfo(info.name, info.columns[1:])
    assert classifier.classify(alone, {"c2": columns["c2"]})[0].tag in {"none", tag}


@pytest.mark.parametrize(
    ("validator", "value", "accepted"),
    [
        ("health_said", "đau lưng", True),
        ("health_said", "dầu lạc", False),
        ("health_said", "dau", False),  # may be any of six words
        ("health_said", "viem hong", True),
        ("medicine", "atorvastatin", True),
        ("medicine", "Cefuroxim 250mg", True),
        ("medicine", "250mg", False),
        ("crime_said", "Tủ bếp", False),
        ("crime_said", "hai năm tù", True),
        ("study_said", "Đại học", True),
        ("plea_said", "Xin giữ kín tên tôi", True),
    ],
)
def test_one_value(classifier: Classifier, validator: str, value: str, accepted: bool) -> None:
    assert TOPIC_VALIDATORS[validator](value, classifier.lists) is accepted


def test_every_phrase_is_found_in_a_sentence(classifier: Classifier) -> None:
    """All topics are looked for at once, by the words of a text; the lists say what must be found, phrase by phrase."""
    said = classifier.lists.said.values()
    for phrase, topics in (item for phrases in said for item in phrases.items()):
        if len(phrase.split()) <= 4 and not phrase.isascii() and "/" not in phrase:
            assert topics <= topics_of(f"Mai {phrase}, rồi", classifier.lists), phrase
    for topic in TOPICS:
        for phrase in classifier.lists.words[f"said_{topic}"]:
            if 1 < len(phrase.split()) <= 4:
                assert topic in topics_of(f"mai {phrase}, roi", classifier.lists), phrase
