"""What offices, wards and clinics type: letters for names, titles, signs of life, ages, groups of debt; look-alikes."""

from __future__ import annotations

import random

import pytest

from phantang.classify import Classifier
from phantang.classify.tables.sexes import sexes_by_names
from phantang.classify.values.measures import accounts_of_one_bank
from phantang.classify.values.office_checks import OFFICE_CHECKS
from phantang.classify.values.typed_values import address_typed
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 90
_SURNAMES = ("Nguyễn", "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Hồ")
_MIDDLES = ("Thị", "Văn", "Thị Thu", "Văn", "Minh", "Ngọc", "Quốc", "Thị")
_GIVEN = ("An", "Bình", "Chi", "Dung", "Giang", "Hà", "Khoa", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quân", "Sơn", "Yến")


def _names(r: random.Random) -> list[str]:
    return [f"{r.choice(_SURNAMES)} {r.choice(_MIDDLES)} {r.choice(_GIVEN)}" for _ in range(_ROWS)]


def _tags(classifier: Classifier, **columns: list[str]) -> list[str]:
    info = TableInfo(TableName("s", "main", "t7"), tuple(ColumnInfo(name, "VARCHAR") for name in columns))
    samples: dict[str, list[str | None]] = {name: [*values] for name, values in columns.items()}
    return [one.tag for one in classifier.classify(info, samples)]


def test_letters_of_names_are_people_and_what_stands_beside_them_is_theirs(classifier: Classifier) -> None:
    r = random.Random(3)
    letters = ["".join(word[0] for word in name.split()) for name in _names(r)]
    ages = [str(r.randrange(1, 92)) for _ in letters]
    said = [r.choice(("Bụng mềm, vết mổ khô", "Sốt cao, mệt nhiều", "Tim đều, phổi trong", "Ăn kém")) for _ in letters]
    warm = [f"{r.uniform(36, 39.5):.1f}" for _ in letters]
    assert _tags(classifier, c1=letters, c2=ages, c3=said, c4=warm) == [
        "person.name", "person.birth_date", "sensitive.health", "sensitive.health",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "codes",
    [
        ["FPT", "VNM", "HPG", "VCB", "SSI", "MWG", "TCB", "VIC", "VHM", "MSN", "POW", "GAS", "PLX", "CTG", "BID", "STB",
         "HDB", "TPB", "VPB", "ACB", "LPB", "NVL", "PDR", "DIG", "KDH", "DXG", "HSG", "NKG", "PNJ", "REE"],
        ["VND", "USD", "EUR", "JPY", "GBP", "KRW"],
        ["HAN", "SGN", "DAD", "CXR", "HUI", "VII", "PQC", "DLI", "BMV", "UIH", "THD", "HPH", "VCA", "VDO", "PXU", "TBB",
         "VKG", "CAH", "DIN", "VCL", "BKK", "NRT", "ICN", "TPE", "HKG", "PVG", "CAN", "KUL", "SIN", "MNL"],
    ],
)  # fmt: skip
def test_codes_of_three_letters_are_nobody(classifier: Classifier, codes: list[str]) -> None:
    r = random.Random(4)
    assert _tags(classifier, c1=[r.choice(codes) for _ in range(_ROWS)], c2=[str(n) for n in range(_ROWS)])[0] == "none"


@pytest.mark.parametrize(
    ("tag", "values"),
    [
        ("sensitive.finance", ["Nhóm 1", "Nhóm 2", "Nhóm 4 - nợ nghi ngờ"]),
        ("sensitive.health", ["Nhẹ", "Nặng", "Đặc biệt nặng"]),
        ("sensitive.biometric", ["Sẹo tròn ở cằm", "Nốt ruồi trên trán", "Bớt xanh sau gáy", "Không có"]),
        ("person.address", ["Thường trú", "Tạm trú", "Tạm vắng"]),
        ("person.other", ["Miễn gọi nhập ngũ", "Tạm hoãn", "Dự bị hạng 2", "Đã xuất ngũ"]),
        ("person.birth_date", ["Nữ, 34 tuổi", "Nam, 5 tuổi", "Nữ, 71 tuổi", "Nam, 19 tuổi"]),
        ("sensitive.criminal", ["6 tháng tù treo", "Cải tạo không giam giữ", "Tù chung thân", "Buộc chữa bệnh"]),
        ("sensitive.health", ["Đỡ, giảm", "Nặng xin về", "Khỏi bệnh", "Tử vong"]),
        ("none", ["Nhẹ", "Nặng"]),
        ("none", ["Nhóm A", "Nhóm B", "Nhóm 7"]),
        ("none", ["Loại I", "Loại II"]),
    ],
)
def test_beside_people(classifier: Classifier, tag: str, values: list[str]) -> None:
    r = random.Random(5)
    assert _tags(classifier, c1=_names(r), c2=[r.choice(values) for _ in range(_ROWS)]) == ["person.name", tag]


@pytest.mark.parametrize(
    ("tag", "form"),
    [
        ("person.account", "SYT\\{given}{ends}"),
        ("none", "SRV{few}\\share{n}"),
        ("none", "2026-{n3}-{phone}"),
        ("none", "{ends}VN{ends}VX"),
        ("person.email", "{given}.{n}(at)mail.example"),
        ("person.name", "{name} - 09{phone}"),
        ("none", "thửa {n}, tờ {few}"),
        ("none", "P.{n3} - G{few}"),
        ("none", "{few}05/55 R1{few}"),
    ],
)
def test_forms_by_themselves(classifier: Classifier, tag: str, form: str) -> None:
    r = random.Random(6)
    values = [
        form.format(
            given=r.choice(("lan", "minh", "hoa", "tuan")), name=name, n=r.randrange(1, 900), few=r.randrange(1, 9),
            ends="".join(r.choices("BCDGHKLMNPQTVX", k=2)),
            phone=f"{r.randrange(10**8):08d}", n3=r.randrange(101, 620),
        )
        for name in _names(r)
    ]  # fmt: skip
    assert _tags(classifier, c1=values) == [tag]


def test_titles_before_given_names(classifier: Classifier) -> None:
    r = random.Random(7)
    values = [f"{r.choice(('cô', 'anh', 'chị', 'bác'))} {r.choice(_GIVEN)}" for _ in range(_ROWS)]
    assert _tags(classifier, c1=values) == ["person.name"]
    assert not OFFICE_CHECKS["titles_differ"]([f"anh {given}" for given in _GIVEN])
    assert not OFFICE_CHECKS["titles_differ"](
        [f"{title} Nam" for title in ("cô", "anh", "chị", "bác", "dì", "chú")] * 3
    )


def test_accounts_of_a_domain_are_more_than_its_domains() -> None:
    check = OFFICE_CHECKS["logins_of_domain"]
    names = ["an", "binh", "chi", "dung", "giang", "ha", "khoa", "lan", "mai", "nam", "oanh", "phuc"]
    assert check([f"SYT\\{name}" for name in names])
    assert not check([f"HOST{place}\\{name}" for place, name in enumerate(names)])


def test_numbers_in_groups_that_begin_with_a_year_are_no_accounts() -> None:
    check, r = OFFICE_CHECKS["accounts_in_groups"], random.Random(10)
    tails = [f"{r.randrange(100, 999)}-{r.randrange(10**5, 10**6)}" for _ in range(30)]
    assert check([f"{r.randrange(1000, 9999)}-{tail}" for tail in tails])
    assert not check([f"{r.randrange(2018, 2027)}-{tail}" for tail in tails])


def test_sizes_of_shoes_are_no_temperatures() -> None:
    check = OFFICE_CHECKS["temperatures"]
    assert check(["36.4", "36.8", "37.1", "37.3", "38.2", "38.9", "36.6", "39.1"])
    assert not check(["35.5", "36.0", "36.5", "37.0", "37.5", "38.0", "38.5", "39.0"])


def test_first_letters_need_surnames_and_middle_names() -> None:
    check = OFFICE_CHECKS["letters_of_names"]
    r = random.Random(8)
    real = sorted({"".join(word[0] for word in name.split()) for name in _names(r)})
    assert check(real)
    assert not check(real[:20])
    assert not check([f"{one}{two}" for one in "AEGKMQRSUXYZ" for two in "ABCDE"])
    assert not check([f"{one}{two}" + "X" * (one != "N") for one in "NTLPHVD" for two in "BCDEG"])


def test_names_of_peoples_of_the_mountains_tell_the_sex(classifier: Classifier) -> None:
    names = ["Giàng A Páo", "Lầu Y Mị", "Nay H'Bơm", "H'Lina Ayŭn", "K'Brèo Cil", "Vừ Thị Dợ", "Y Krông Niê"]
    assert sexes_by_names(names, classifier.lists) == [0, 1, 1, 1, 0, 1, None]


def test_a_parcel_and_a_room_are_no_address(classifier: Classifier) -> None:
    for bad in ("thửa 12, tờ 3", "P.504 - G5", "Tờ bản đồ 12, thửa 5"):
        assert not address_typed(bad, classifier.lists)
    for good in ("P.5, Q.10", "P.504 chung cư A, 12 Lê Lợi P5 Q10", "Thôn 3, X. Hòa Bình"):
        assert address_typed(good, classifier.lists)


def test_order_numbers_of_this_year_are_no_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from phantang.classify.values import measures

    class _Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return datetime(2031, 5, 1, tzinfo=UTC)

    r = random.Random(9)
    orders = [f"31{r.randrange(1, 13):02d}{r.randrange(1, 29):02d}{r.randrange(10**6):06d}" for _ in range(40)]
    assert accounts_of_one_bank(orders)
    monkeypatch.setattr(measures, "datetime", _Later)
    assert not accounts_of_one_bank(orders)
