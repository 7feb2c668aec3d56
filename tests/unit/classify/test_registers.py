"""Registers of few kinds of values, and tables of logins: what rows show where different values are too few."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 24
_NAMES = [
    f"{surname} {middle} {given}"
    for surname, middle in (("Nguyễn", "Thị"), ("Trần", "Văn"), ("Lê", "Minh"), ("Phạm", "Thu"))
    for given in ("An", "Bình", "Hoa", "Sơn", "Lan", "Mai")
]
_SEXES = ["Nam", "Nữ"] * (_ROWS // 2)
_SHA1 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"
_LOGINS = [
    "lanpt", "minhnv", "hoattt", "sonle", "maitran", "anhnguyen", "binhpv", "thuvu", "quanglx", "duydt", "kimbt",
    "vyho",
]  # fmt: skip


def _tags(classifier: Classifier, **columns: list[str]) -> dict[str, str]:
    info = TableInfo(TableName("s", "main", "t7"), tuple(ColumnInfo(name, "VARCHAR") for name in columns))
    found = classifier.classify(info, {name: list(values) for name, values in columns.items()})
    return {one.column.column: one.tag for one in found}


def _numbers(form: Callable[[random.Random], str]) -> list[str]:
    r = random.Random(5)
    return [form(r) for _ in range(_ROWS)]


@pytest.mark.parametrize(
    ("values", "tag"),
    [
        (["Kinh"] * _ROWS, "sensitive.ethnicity"),
        (["Kinh", "Tày"] * (_ROWS // 2), "sensitive.ethnicity"),
        (["Không", "Công giáo"] * (_ROWS // 2), "sensitive.religion"),
        (["Không"] * _ROWS, "none"),
        (["Việt Nam"] * _ROWS, "person.nationality"),
        (["Cha", "Mẹ"] * (_ROWS // 2), "person.family"),
        (["Có", "Không"] * (_ROWS // 2), "none"),
        (["Hà Nội, Việt Nam", "Nghệ An, Việt Nam"] * (_ROWS // 2), "person.address"),
        (["Đang mở", "Đã khóa"] * (_ROWS // 2), "none"),
    ],
)
def test_short_lists_beside_names_and_sexes(classifier: Classifier, values: list[str], tag: str) -> None:
    assert _tags(classifier, c1=_NAMES, c2=_SEXES, c3=values)["c3"] == tag


def test_one_sex_is_a_sex_beside_names_and_mail(classifier: Classifier) -> None:
    mail = [f"nguoi{place}@vi.du.vn" for place in range(_ROWS)]
    assert _tags(classifier, c1=_NAMES, c2=mail, c3=["Nữ"] * _ROWS)["c3"] == "person.gender"
    assert _tags(classifier, c1=["Bàn"] * _ROWS, c2=mail, c3=["Nữ"] * _ROWS)["c3"] == "none"


@pytest.mark.parametrize(
    ("form", "tag"),
    [
        (lambda r: f"{r.randrange(10**11, 10**12)}", "person.national_id"),
        (lambda r: f"2024{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}{r.randrange(10**4):04d}", "none"),
        (lambda r: f"24{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}{r.randrange(10**6):06d}", "none"),
        (lambda r: f"893{r.randrange(10**9):09d}", "none"),
        (lambda r: f"01{r.randrange(10**8):08d}", "person.phone"),
        (lambda r: f"{r.randrange(60, 400)}00000", "sensitive.finance"),
        (lambda r: f"{r.randrange(10**5, 10**6)}", "person.other"),
    ],
)
def test_numbers_that_state_nothing(classifier: Classifier, form: Callable[[random.Random], str], tag: str) -> None:
    assert _tags(classifier, c1=_NAMES, c2=_SEXES, c3=_numbers(form))["c3"] == tag


def test_orders_of_named_buyers_are_no_register(classifier: Classifier) -> None:
    mail = [f"nguoi{place}@vi.du.vn" for place in range(_ROWS)]
    number = _numbers(lambda r: f"{r.randrange(10**11, 10**12)}")
    assert _tags(classifier, c1=_NAMES, c2=mail, c3=number)["c3"] == "none"


def test_of_two_dates_half_a_generation_apart_the_first_is_a_birth(classifier: Classifier) -> None:
    born = _numbers(lambda r: f"{r.randrange(1980, 1994)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}")
    hired = _numbers(lambda r: f"{r.randrange(2015, 2021)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}")
    found = _tags(classifier, c1=_NAMES, c2=_SEXES, c3=hired, c4=born)
    assert (found["c3"], found["c4"]) == ("none", "person.birth_date")
    later = _numbers(lambda r: f"{r.randrange(2022, 2024)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}")
    assert _tags(classifier, c1=_NAMES, c2=_SEXES, c3=hired, c4=later)["c3"] == "none"


def test_names_of_a_list_of_logins(classifier: Classifier) -> None:
    same = [_SHA1] * len(_LOGINS)
    assert _tags(classifier, c1=_LOGINS, c2=same) == {"c1": "person.account", "c2": "sensitive.credential"}
    few = ["admin", "kho_hang", "ketoan"]
    kept = ["$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"] * len(few)
    assert _tags(classifier, c1=few, c2=kept) == {"c1": "person.account", "c2": "sensitive.credential"}


def test_hashes_of_files_are_no_logins(classifier: Classifier) -> None:
    hashes = _numbers(lambda r: f"{r.randrange(16**40):040x}")
    files = [f"bao_cao_{place}.pdf" for place in range(_ROWS)]
    packages = [f"goi-{chr(97 + place)}x" for place in range(_ROWS)]
    assert _tags(classifier, c1=files, c2=hashes) == {"c1": "none", "c2": "none"}
    assert _tags(classifier, c1=packages, c2=hashes) == {"c1": "none", "c2": "none"}


@pytest.mark.parametrize(
    ("passwords", "tag"),
    [
        (_LOGINS, "sensitive.credential"),
        ([f"{login}#9a" for login in _LOGINS], "sensitive.credential"),
        (["123456"] * len(_LOGINS), "sensitive.credential"),
        (["1"] * len(_LOGINS), "none"),
        (["VND"] * len(_LOGINS), "none"),
    ],
)
def test_passwords_kept_as_typed(classifier: Classifier, passwords: list[str], tag: str) -> None:
    assert _tags(classifier, c1=_LOGINS, c2=passwords)["c2"] == tag


def test_user_names_made_of_the_names_in_their_rows(classifier: Classifier) -> None:
    made = [f"{['an', 'binh', 'hoa', 'son', 'lan', 'mai'][place % 6]}.{place}x" for place in range(_ROWS)]
    assert _tags(classifier, c1=_NAMES, c2=made)["c2"] == "person.account"
    other = [f"to{place}.{'xyz'[place % 3]}" for place in range(_ROWS)]
    assert _tags(classifier, c1=_NAMES, c2=other)["c2"] == "none"


def test_codes_beside_hashes_of_files_are_no_user_names(classifier: Classifier) -> None:
    hashes = _numbers(lambda r: f"{r.randrange(16**32):032x}")
    found = _tags(classifier, c1=[f"CV-{place:04d}" for place in range(_ROWS)], c2=hashes)
    assert found == {"c1": "none", "c2": "none"}


def test_contacts_of_a_list_of_departments_are_the_departments(classifier: Classifier) -> None:
    work = (
        "Kế hoạch", "Tổ chức", "Tài vụ", "Kỹ thuật", "Thanh tra", "Pháp chế", "Hành chính", "Đầu tư", "Vật tư",
        "Khảo thí", "Đào tạo", "Đối ngoại",
    )  # fmt: skip
    named = [f"Phòng {one}" for one in work]
    mail = [f"phong{place}@vi.du.vn" for place in range(len(work))]
    phone = [f"09{place:02d}123{place:03d}" for place in range(len(work))]
    assert _tags(classifier, c1=named, c2=mail, c3=phone) == {"c1": "organisation.name", "c2": "none", "c3": "none"}
