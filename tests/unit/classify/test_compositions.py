"""Values put together by rule, and values behind a label that all of them share."""

from __future__ import annotations

import random

import pytest

from phantang.classify import Classifier
from phantang.classify.values.compositions import COMPOSITIONS
from phantang.classify.values.labels import unlabelled
from phantang.classify.values.typed_values import nhs_number
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 80


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("name_inside", ["Phêrô Đinh Công Danh", "Bs. CKI Hồ Thị Nga", "Lý Gia Hân (con bé Út)", "0012 - Bùi Văn Tám"],
         ["Trường THPT Phan Đình Phùng", "12 Nguyễn Thị Định, phường 2", "Cầu Nguyễn Văn Cừ", "Bánh xèo miền Tây"]),
        ("name_reversed", ["Yến Trịnh Thị Hải", "Minh Duc Le"], ["Hoa sữa", "Hoa hồng đỏ"]),
        ("middle_and_given", ["Thu Hương", "Thị Nga"], ["Bún bò", "Trần Văn Nam"]),
        ("kinship_said", ["Chị dâu", "Cháu họ", "Step-daughter", "Mother in law", "Partner"],
         ["Con lăn", "Bàn học", "Manager", "Daughterboard"]),
        ("ethnic_group_en", ["Black African", "Any other mixed background"], ["Black coffee", "Any other size"]),
    ],
)  # fmt: skip
def test_one_value(classifier: Classifier, name: str, good: list[str], bad: list[str]) -> None:
    check = COMPOSITIONS[name]
    assert [value for value in good if not check(value, classifier.lists)] == []
    assert [value for value in bad if check(value, classifier.lists)] == []


def test_a_number_of_the_health_service_has_a_check_digit(classifier: Classifier) -> None:
    assert nhs_number("943 476 5919", classifier.lists)
    assert not nhs_number("943 476 5911", classifier.lists)


@pytest.mark.parametrize(
    ("lines", "bare"),
    [
        (("SĐT: 0912345678", "SĐT: 0987654321"), ("0912345678", "0987654321")),
        (("tel:+84912345678", "tel:+84987654321"), ("+84912345678", "+84987654321")),
        (("45 tuổi", "7 tuổi"), ("45", "7")),
        (("Ký: Lê Văn Ba", "Ký: Trần Thị Tư"), ("Lê Văn Ba", "Trần Thị Tư")),
        (("SKU 12345", "SKU 54321"), ("SKU 12345", "SKU 54321")),
        (("ios:07a01c0b", "ios:e0f8f3c7"), ("ios:07a01c0b", "ios:e0f8f3c7")),
        (("SĐT: 0912345678", "không có", "0987654321"), ("SĐT: 0912345678", "không có", "0987654321")),
    ],
)
def test_what_all_values_begin_with(lines: tuple[str, ...], bare: tuple[str, ...]) -> None:
    assert unlabelled(lines, {"SĐT", "tel", "tuổi"}.__contains__) == bare


def _tag(classifier: Classifier, values: list[str], *, people: bool) -> str:
    r = random.Random(5)
    columns = [ColumnInfo("c2", "VARCHAR")]
    shown = [r.choice(values) for _ in range(_ROWS)] if len(values) < _ROWS else values
    samples: dict[str, list[str | None]] = {"c2": [*shown]}
    if people:
        columns.insert(0, ColumnInfo("c1", "VARCHAR"))
        samples["c1"] = [f"{r.choice(('Ngô', 'Trần', 'Lê'))} {r.choice(('Văn', 'Thị'))} Lan" for _ in samples["c2"]]
    return classifier.classify(TableInfo(TableName("s", "main", "t7"), tuple(columns)), samples)[-1].tag


def _digits(r: random.Random, count: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(count))


@pytest.mark.parametrize(
    ("tag", "form"),
    [
        ("person.national_id", "Số CCCD: 0{p}1{y}{d6}"),
        ("person.phone", "Zalo 09{d4}{d4}"),
        ("person.account", "https://www.facebook.com/user.{d6}"),
        ("person.account", "ios:{d6}af{d6}be{d6}"),
        ("sensitive.credential", "sess_{d6}af{d6}be{d6}"),
        ("sensitive.bank_account", "20-{p}-11 {d4}{d4}"),
        ("none", "10.{p}.3.0/24"),
        ("none", "10.0.{p}.7"),
        ("none", "SKU {d6}"),
    ],
)
def test_forms_by_themselves(classifier: Classifier, tag: str, form: str) -> None:
    r = random.Random(11)
    values = [
        form.format(p=r.choice(("01", "19", "48", "79")), y=r.randint(40, 99), d4=_digits(r, 4), d6=_digits(r, 6))
        for _ in range(_ROWS)
    ]
    assert _tag(classifier, values, people=False) == tag


@pytest.mark.parametrize(
    ("tag", "values"),
    [
        ("sensitive.finance", ["£23,400", "£19,113", "£31,870", "£45,000"]),
        ("sensitive.finance", ["12tr5", "8 triệu", "4500k", "7tr"]),
        ("person.family", ["Em họ", "Con riêng", "Hàng xóm", "Bà ngoại"]),
        ("sensitive.ethnicity", ["White Irish", "Black Caribbean", "Asian - Other", "Not stated"]),
        ("sensitive.location", ["7P28V4VG+5G5", "7P28V4VG+6H5", "7P28V5VC+5G2"]),
        ("none", ["White", "Black", "Red", "Blue"]),
        ("none", ["Đông", "Tây", "Nam", "Bắc"]),
    ],
)
def test_forms_beside_people(classifier: Classifier, tag: str, values: list[str]) -> None:
    assert _tag(classifier, values, people=True) == tag


def test_codes_of_a_register_are_somebodys(classifier: Classifier) -> None:
    r = random.Random(13)
    rows = range(_ROWS)
    samples: dict[str, list[str | None]] = {
        "c1": [f"B{r.randint(14, 25)}DCCN{place:03d}" for place in rows],
        "c2": [f"{r.choice(('Ngô', 'Trần', 'Lê'))} {r.choice(('Văn', 'Thị'))} Lan" for _ in rows],
        "c3": [f"{r.randint(1, 28):02d}/{r.randint(1, 12):02d}/{r.randint(1950, 2004)}" for _ in rows],
        "c4": [f"HĐ{place:05d}" for place in rows],
    }
    info = TableInfo(TableName("s", "main", "t7"), tuple(ColumnInfo(name, "VARCHAR") for name in samples))
    assert [one.tag for one in classifier.classify(info, samples)] == [
        "person.other", "person.name", "person.birth_date", "person.other",
    ]  # fmt: skip
    bought = {name: samples[name] for name in ("c2", "c4")}
    info = TableInfo(info.name, tuple(ColumnInfo(name, "VARCHAR") for name in bought))
    assert [one.tag for one in classifier.classify(info, bought)] == ["person.name", "none"]
