"""Forms that papers, cards and programs write of people, as whole columns under names that say nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from phantang.classify import Classifier
from phantang.model.finding import Finding
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 200
_NOW = datetime.now(UTC).year


def _found(classifier: Classifier, values: list[str], *, kind: str = "VARCHAR", people: bool = False) -> Finding:
    columns = {"c2": [str(value) for value in values]}
    names = [f"{family} Văn {given}" for family in ("Nguyễn", "Trần", "Lê", "Bùi") for given in ("An", "Bình", "Dũng")]
    if people:
        columns["c1"] = [names[place % len(names)] for place in range(len(values))]
    types = {"c1": "VARCHAR", "c2": kind}
    info = TableInfo(TableName("s", "main", "t7"), tuple(ColumnInfo(name, types[name]) for name in columns))
    return classifier.classify(info, columns)[0]


def _draw(make: object, seed: int = 5) -> list[str]:
    r = random.Random(seed)
    return [make(r) for _ in range(_ROWS)]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("make", "tag"),
    [
        (lambda r: str(r.randrange(1935, _NOW - 18)), "person.birth_date"),
        (lambda r: str(r.randrange(1980, _NOW)), "none"),
        (lambda r: f"{r.randrange(1935, _NOW - 18)}-{r.randrange(1, 13):02}", "person.birth_date"),
        (lambda r: f"{r.randrange(2019, _NOW)}-{r.randrange(1, 13):02}", "none"),
        (lambda r: f"{r.randrange(1, 13)}/{r.randrange(1, 29)}/{r.randrange(40, 105) % 100:02}", "person.birth_date"),
        (lambda r: f"{r.randrange(1, 13)}/{r.randrange(1, 29)}/{r.randrange(19, 26)}", "none"),
    ],
    ids=["years", "years of things", "months", "months of reports", "short years", "recent short years"],
)  # fmt: skip
def test_births_without_a_day_or_a_century(classifier: Classifier, make: object, tag: str) -> None:
    assert _found(classifier, _draw(make)).tag == tag


@pytest.mark.parametrize(
    ("make", "kind", "tag"),
    [
        (lambda r: f"{r.randrange(1, 13):02}{_NOW % 100 + r.randrange(6):02}", "CHAR(4)", "sensitive.payment_card"),
        (lambda r: f"{r.randrange(6, 22):02}{r.randrange(60):02}", "CHAR(4)", "none"),
        (lambda r: f"/9j/4AAQSkZJRgABAQ{r.randrange(10**40):040}", "BLOB", "person.photo"),
        (lambda r: f"ffd8ffe0{r.randrange(10**40):040}", "BYTEA", "person.photo"),
        (lambda r: f"{r.randrange(16**90):090x}", "VARBINARY(MAX)", "sensitive.biometric"),
        (lambda r: "".join(r.choices("abcdefgXYZPQR0123456789+/", k=64)), "TEXT", "sensitive.credential"),
        (lambda r: "".join(r.choices("abcdefgXYZPQR0123456789+/", k=43)) + "=", "TEXT", "none"),
    ],
    ids=["expiry", "times of day", "picture", "picture in hexadecimal", "bytes", "key", "digest"],
)
def test_what_programs_keep_of_people(classifier: Classifier, make: object, kind: str, tag: str) -> None:
    assert _found(classifier, _draw(make), kind=kind, people=True).tag == tag
    assert _found(classifier, _draw(make), kind=kind).tag == "none"


def test_entities_of_pages_are_read(classifier: Classifier) -> None:
    plain = ("Ngô Thùy Hoa", "Lê Thị Hồng Liên", "Đỗ Công Chiến", "Đinh Thị Linh", "Nguyễn Thị Thanh Ngân")
    coded = ["".join(c if c.isascii() else f"&#{ord(c)};" for c in name) for name in plain]
    assert _found(classifier, coded).tag == "person.name"


def test_surnames_first_as_in_passports(classifier: Classifier) -> None:
    typed = ["SMITH JOHN ALLEN", "SINGH RAJESH", "TANAKA HIROSHI", "MULLER HANS", "GARCIA MARIA", "KUMAR PRIYA ANITA"]
    assert _found(classifier, typed).tag == "person.name"
    assert _found(classifier, ["STEEL KETTLE", "OAK TABLE", "GREEN LAMP", "BATH TOWEL", "DESK FAN"]).tag == "none"


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        (("Khiển trách", "Cảnh cáo"), "sensitive.criminal"),
        (("HTXSNV", "HTTNV", "HTNV"), "person.occupation"),
        (("Điều 249", "Điều 173", "Điều 134"), "sensitive.criminal"),
        (("Điều 5", "Điều 12", "Điều 30"), "none"),
        (("03 năm 06 tháng", "07 năm", "Chung thân"), "sensitive.criminal"),
        (("12 tháng", "24 tháng", "36 tháng"), "none"),
        (("Penicillin", "Hải sản", "Không", "Phấn hoa"), "sensitive.health"),
        (("ÂT", "DT"), "sensitive.health"),
        (("A", "B"), "none"),
        (("GALWAY", "PERTH", "DENVER", "LEEDS", "DOVER"), "person.address"),
        (("KETTLE", "LAMP", "TABLE", "CHAIR", "DESK"), "none"),
    ],
)
def test_set_words_in_rows_of_people(classifier: Classifier, said: tuple[str, ...], tag: str) -> None:
    values = [said[place % len(said)] for place in range(_ROWS)]
    assert _found(classifier, values, people=True).tag == tag
    assert _found(classifier, values).tag == "none"
