"""Columns without a telling name, in a table whose other columns show people: told by their values, look-alikes not."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_SURNAMES, _GIVEN = (
    ("Nguyễn Văn", "Trần Thị", "Lê Hoàng", "Phạm Minh", "Vũ Thị"),
    ("An", "Bình", "Hương", "Tuấn", "Mai"),
)
_PROVINCES = ("01", "19", "31", "48", "79", "92")
Draw = Callable[[random.Random], str]


def _digits(r: random.Random, count: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(count))


def _pick(*values: str) -> Draw:
    return lambda r: r.choice(values)


def _serial(prefix: str, width: int) -> Draw:
    return lambda r: f"{prefix}{r.randint(1, 300):0{width}d}"


def _born(r: random.Random) -> str:
    return f"0{r.choice(_PROVINCES)}{r.randint(0, 1)}{r.randint(40, 99)}{_digits(r, 6)}"


def _tag(classifier: Classifier, draw: Draw, *, people: bool) -> str:
    r = random.Random(7)
    samples = {"c2": [draw(r) for _ in range(120)]}
    columns = [ColumnInfo("c2", "VARCHAR")]
    if people:
        columns.insert(0, ColumnInfo("c1", "VARCHAR"))
        samples["c1"] = [f"{r.choice(_SURNAMES)} {r.choice(_GIVEN)}" for _ in range(120)]
    info = TableInfo(TableName("s", "main", "t017"), tuple(columns))
    return classifier.classify(info, samples)[-1].tag


PEOPLE: dict[str, tuple[Draw, str]] = {
    "passport": (lambda r: r.choice("BCNP") + _digits(r, 7), "person.passport"),
    "old and new identity numbers": (
        lambda r: _born(r).lstrip("0") if r.random() < 0.6 else _digits(r, 9),
        "person.national_id",
    ),
    "insurance number": (lambda r: r.choice(_PROVINCES) + _digits(r, 8), "person.social_insurance"),
    "picture": (lambda r: f"/anh/{_digits(r, 6)}.jpg", "person.photo"),
    "field of study": (_pick("Kế toán", "Luật", "Công nghệ thông tin", "Dược học"), "person.education"),
    "vaccine": (_pick("BCG", "Sởi", "Viêm gan B", "HPV"), "sensitive.health"),
    "measured with its unit": (lambda r: f"{r.randint(140, 190)} cm", "sensitive.health"),
    "height": (lambda r: str(r.randint(148, 186)), "sensitive.health"),
    "mark": (lambda r: f"{r.uniform(3, 10):.1f}", "person.education"),
    "coefficient of pay": (_pick("2.34", "2.67", "3.00", "3.33", "4.98"), "sensitive.finance"),
    "class at school": (lambda r: f"{r.randint(6, 9)}{r.choice('ABC')}", "person.education"),
    "class of licence": (_pick("A1", "B2", "C", "FC"), "person.driver_licence"),
    "blood group": (_pick("A", "B", "O"), "person.blood_type"),
    "picture as data": (lambda r: f"/9j/4AAQSkZJRgABAQ{_digits(r, 40)}", "person.photo"),
    "commune": (_pick("Xã Hải Minh", "P. Tân Định", "Ea Kao", "Quận 3"), "person.address"),
    "degrees": (
        lambda r: f"21°{r.randint(0, 59)}'{r.randint(0, 59)}.5\"N 105°{r.randint(0, 59)}'3.1\"E", "sensitive.location",
    ),
    "page": (_pick("https://vay.example.vn/nhanh", "tiktok.com", "shop.example.com/gio-hang"), "sensitive.behaviour"),
}  # fmt: skip
ANYWHERE: dict[str, tuple[Draw, str]] = {
    "year of birth": (lambda r: str(r.randint(1941, 2004)), "person.birth_date"),
    "code with a role": (_serial("BN", 6), "person.other"),
    "IMSI": (lambda r: f"45204{_digits(r, 10)}", "person.account"),
    "user name": (
        lambda r: r.choice(("an", "huong", "tuan", "mai", "linh", "hung")) + r.choice("nptv") + r.choice("tvhn"),
        "person.account",
    ),
    "picture of a card": (lambda r: f"/ekyc/cccd_truoc/{_digits(r, 6)}.png", "sensitive.id_card_image"),
    "offence": (_pick("Trộm cắp tài sản", "Đánh bạc", "Cố ý gây thương tích"), "sensitive.criminal"),
    "disability": (_pick("Vận động", "Nghe, nói", "Nhìn", "Trí tuệ"), "sensitive.health"),
    "hardship": (_pick("Hộ nghèo", "Hộ cận nghèo", "Không nghèo"), "sensitive.private_life"),
    "party": (_pick("Đảng viên", "Quần chúng", "Đoàn viên"), "sensitive.political"),
    "karyotype": (_pick("46,XX", "46,XY", "47,XX,+21"), "sensitive.genetic"),
    "driving licence": (
        lambda r: f"{r.choice(_PROVINCES)}{r.randint(0, 1)}{r.randint(0, 24):02d}{_digits(r, 7)}",
        "person.driver_licence",
    ),
    "masked card": (lambda r: f"970422******{_digits(r, 4)}", "sensitive.payment_card"),
    "masked personal number": (lambda r: f"0{r.choice(_PROVINCES)}******{_digits(r, 3)}", "person.national_id"),
    "masked phone": (lambda r: f"09{_digits(r, 2)}***{_digits(r, 3)}", "person.phone"),
    "tail of a number": (lambda r: f"********{_digits(r, 4)}", "person.other"),
    "masked mail": (lambda r: f"{r.choice('abcd')}{_digits(r, 2)}***@example.vn", "person.email"),
    "masked name": (lambda r: f"{r.choice(_SURNAMES)} {r.choice('ABC')}***", "person.name"),
    "password": (lambda r: f"{r.choice(('Hanoi', 'matkhau', 'Abc'))}@{r.randint(100, 9999)}", "sensitive.credential"),
    "user name with year": (
        lambda r: r.choice(("an", "huong", "tuan", "mai")) + r.choice(("nguyen", "tran", "le")) + _digits(r, 2),
        "person.account",
    ),
    "phones in an array": (
        lambda r: "{" + f"09{_digits(r, 8)},03{r.randint(2, 9)}{_digits(r, 7)}" + "}",
        "person.phone",
    ),
    "names below each other": (
        lambda r: f"{r.choice(_SURNAMES)} {r.choice(_GIVEN)}\n{r.choice(_SURNAMES)} {r.choice(_GIVEN)}",
        "person.name",
    ),
    "finger": (lambda r: f"Rk1SACAyMAAA{_digits(r, 30)}", "sensitive.biometric"),
}
ALIKE: dict[str, Draw] = {
    "seat": lambda r: r.choice("ABC") + str(r.randint(1, 40)),
    "running serial": lambda r: f"C{r.randint(1, 300):07d}",
    "order number": lambda r: f"25{r.randint(1, 12):02d}{r.randint(10, 28)}{_digits(r, 6)}",
    "invoice": lambda r: f"10{_digits(r, 8)}",
    "year of issue": lambda r: str(r.randint(2005, 2024)),
    "word": _pick("mới", "đang xử lý", "hoàn thành"),
    "scan": lambda r: f"/tep/{_digits(r, 6)}.pdf",
    "severity": _pick("Cao", "Trung bình", "Thấp"),
    "file": lambda r: f"hoadon{r.randint(1, 99)}",
    "price": lambda r: f"{r.uniform(1, 90):.1f}",
    "level of English": _pick("A1", "A2", "B1", "B2", "C1"),
    "count of goods": lambda r: str(r.randint(100, 900)),
    "goods": lambda r: f"/static/products/{_digits(r, 4)}.jpg",
    "number of goods": lambda r: f"893{_digits(r, 10)}",
    "version": lambda r: f"{r.randint(1, 9)}.{r.randint(0, 99)}.{r.randint(0, 9)}.{r.randint(0, 99)}",
    "hospital": _pick("Bệnh viện Bạch Mai", "Bệnh viện Chợ Rẫy", "Trạm y tế xã Hải Minh", "Phòng khám Hoàn Mỹ"),
    "school": _pick("Trường THPT Chu Văn An", "Trường Tiểu học Kim Đồng", "THCS Nguyễn Trãi"),
}


@pytest.mark.parametrize("kind", PEOPLE)
def test_forms_that_need_people_beside_them(classifier: Classifier, kind: str) -> None:
    draw, tag = PEOPLE[kind]
    assert _tag(classifier, draw, people=True) == tag
    assert _tag(classifier, draw, people=False) == "none"


@pytest.mark.parametrize("kind", ANYWHERE)
def test_forms_that_tell_by_themselves(classifier: Classifier, kind: str) -> None:
    draw, tag = ANYWHERE[kind]
    assert _tag(classifier, draw, people=False) == tag


@pytest.mark.parametrize("kind", ALIKE)
def test_look_alikes_stay_untagged_even_beside_people(classifier: Classifier, kind: str) -> None:
    assert _tag(classifier, ALIKE[kind], people=True) == "none"
