"""Tables whose names say nothing: what their columns say of each other, and whom their rows are about."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from phantang.classify import Classifier
from phantang.model.finding import Finding
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

_ROWS = 120
_TOWN = (10.776, 106.701)
Columns = dict[str, list[str | None]]


def _read(classifier: Classifier, columns: Columns, table: str = "t7") -> dict[str, Finding]:
    info = TableInfo(TableName("s", "main", table), tuple(ColumnInfo(name, "VARCHAR") for name in columns))
    return {found.column.column: found for found in classifier.classify(info, columns)}


def _day(r: random.Random, low: int, high: int) -> date:
    return date(low, 1, 1) + timedelta(r.randrange(365 * (high - low)))


@pytest.fixture
def people() -> Columns:
    """Names, personal numbers, births, admissions to the Party, and a mark for women, row by row."""
    r = random.Random(3)
    rows = []
    for _ in range(_ROWS):
        female, born = r.random() < 0.5, _day(r, 1950, 1999)
        middle, given = "Thị" if female else "Văn", r.choice(("An", "Bình", "Mai"))
        name = f"{r.choice(('Nguyễn', 'Trần', 'Lê', 'Phạm'))} {middle} {given}"
        number = f"0{r.choice(('01', '79', '48'))}{int(female)}{born.year % 100:02d}{r.randrange(10**6):06d}"
        joined = born + timedelta(r.randrange(365 * 20, 365 * 27))
        rows.append((name, number, f"{born:%d/%m/%Y}", f"{joined:%d/%m/%Y}", "x" if female else None))
    return {f"c{place}": list(values) for place, values in enumerate(zip(*rows, strict=True), 1)}


def test_a_date_agrees_with_the_number_or_is_later(classifier: Classifier, people: Columns) -> None:
    found = _read(classifier, people)
    assert [found[name].tag for name in ("c1", "c2", "c3", "c4")] == [
        "person.name", "person.national_id", "person.birth_date", "none",
    ]  # fmt: skip


def test_without_numbers_the_earlier_of_two_dates_is_of_birth(classifier: Classifier, people: Columns) -> None:
    found = _read(classifier, {name: people[name] for name in ("c1", "c3", "c4")})
    assert (found["c3"].tag, found["c4"].tag) == ("person.birth_date", "none")


@pytest.mark.parametrize("by", ["c1", "c2"])
def test_a_mark_that_goes_with_the_sex_is_a_gender(classifier: Classifier, people: Columns, by: str) -> None:
    assert _read(classifier, {by: people[by], "c5": people["c5"]})["c5"].tag == "person.gender"
    mixed: list[str | None] = [random.Random(place).choice(("x", None)) for place in range(_ROWS)]
    assert _read(classifier, {by: people[by], "c5": mixed})["c5"].tag == "none"


def test_columns_of_unequal_length_are_no_rows(classifier: Classifier, people: Columns) -> None:
    assert _read(classifier, {"c1": people["c1"][:-1], "c5": people["c5"]})["c5"].tag == "none"


def test_two_degrees_beside_somebody_are_a_place_of_theirs(classifier: Classifier, people: Columns) -> None:
    r = random.Random(5)
    degrees: Columns = {
        "c8": [f"{_TOWN[0] + r.uniform(-0.1, 0.1):.6f}" for _ in range(_ROWS)],
        "c9": [f"{_TOWN[1] + r.uniform(-0.1, 0.1):.6f}" for _ in range(_ROWS)],
    }
    found = _read(classifier, {"c1": people["c1"], **degrees})
    assert (found["c8"].tag, found["c9"].tag) == ("sensitive.location", "sensitive.location")
    assert _read(classifier, {"c1": people["c1"], "c8": degrees["c8"]})["c8"].tag == "none"
    stations: list[str | None] = [f"Trạm {r.choice(('Láng', 'Phú Bài', 'Hòa Bình', 'An Khê'))}" for _ in range(_ROWS)]
    found = _read(classifier, {"c1": stations, **degrees})
    assert {one.tag for one in found.values()} == {"none"}


def test_contacts_of_organisations_are_nobodys(classifier: Classifier) -> None:
    r = random.Random(11)
    columns: Columns = {
        "c1": [f"Công ty TNHH {r.choice(('An Phú', 'Minh Long', 'Hòa Bình'))} {place}" for place in range(_ROWS)],
        "c2": [f"09{r.randrange(10**8):08d}" for _ in range(_ROWS)],
        "c3": [f"{r.choice(('lan.tran', 'hung'))}{place}@example.vn" for place in range(_ROWS)],
        "c4": [f"{r.randrange(1, 300)} Lê Lợi, Phường {r.randrange(1, 15)}, Quận 3, Hồ Chí Minh" for _ in range(_ROWS)],
    }
    assert [one.tag for one in _read(classifier, columns).values()] == ["organisation.name", "none", "none", "none"]
    staff: Columns = {
        **columns,
        "c1": [r.choice(("Công ty An Phú", "Công ty Minh Long", "Công ty Hòa Bình")) for _ in range(_ROWS)],
        "c5": [f"{r.choice(('Trần', 'Lê', 'Bùi', 'Đỗ'))} Văn {r.choice(('An', 'Bình', 'Dũng'))}" for _ in range(_ROWS)],
    }
    assert _read(classifier, staff)["c2"].tag == "person.phone"


def test_a_list_of_codes_has_each_value_once(classifier: Classifier) -> None:
    listed: list[str | None] = [
        "Chủ hộ",
        "Vợ",
        "Chồng",
        "Con đẻ",
        "Con nuôi",
        "Con dâu",
        "Con rể",
        "Bố",
        "Mẹ",
        "Cháu ruột",
    ]
    assert _read(classifier, {"c1": [*listed]})["c1"].tag == "none"
    assert _read(classifier, {"c1": listed * 6})["c1"].tag == "person.family"


def test_a_table_called_a_summary_can_be_a_list_of_people(classifier: Classifier, people: Columns) -> None:
    r = random.Random(13)
    phones: list[str | None] = [f"09{r.randrange(10**8):08d}" for _ in range(_ROWS)]
    columns: Columns = {"ma": people["c2"], "ten": people["c1"], "gia_tri": phones, "loai": ["A"] * _ROWS}
    found = _read(classifier, {**columns}, "du_lieu_tong_hop")
    assert [one.tag for one in found.values()] == ["person.national_id", "person.name", "person.phone", "none"]


def test_a_sheet_called_after_a_place_can_list_people(classifier: Classifier, people: Columns) -> None:
    r = random.Random(19)
    phones: list[str | None] = [f"09{r.randrange(10**8):08d}" for _ in range(_ROWS)]
    pressures: list[str | None] = [f"{r.randrange(95, 170)}/{r.randrange(55, 95)} mmHg" for _ in range(_ROWS)]
    columns: Columns = {"f1": people["c1"], "f2": people["c3"], "f3": phones, "f4": pressures}
    found = _read(classifier, columns, "tram_y_te")
    assert [one.tag for one in found.values()] == [
        "person.name", "person.birth_date", "person.phone", "sensitive.health",
    ]  # fmt: skip
    stations: Columns = {
        "f1": [f"Trạm {r.choice(('Láng', 'Phú Bài', 'Hòa Bình', 'An Khê'))} {place}" for place in range(_ROWS)],
        "f2": [f"{_day(r, 2020, 2025):%d/%m/%Y}" for _ in range(_ROWS)],
        "f3": phones,
        "f4": pressures,
    }
    assert {one.tag for one in _read(classifier, stations, "tram_y_te").values()} == {"none"}


def test_rows_of_people_by_name_are_somebodys_once_values_name_them(classifier: Classifier, people: Columns) -> None:
    r = random.Random(23)
    young: list[str | None] = [f"{_day(r, 2008, 2016):%Y-%m-%d}" for _ in range(_ROWS)]
    assert _read(classifier, {"c1": people["c1"], "c2": young}, "hoc_sinh")["c2"].tag == "person.birth_date"


def test_ages_agree_with_births_or_stand_for_them(classifier: Classifier, people: Columns) -> None:
    ages: list[str | None] = [str(2025 - int(str(born)[-4:])) for born in people["c3"]]
    shuffled = random.Random(29).sample(ages, len(ages))
    assert _read(classifier, {"c1": people["c1"], "c3": people["c3"], "c6": ages})["c6"].tag == "person.birth_date"
    assert _read(classifier, {"c2": people["c2"], "c6": ages})["c6"].tag == "person.birth_date"
    # Beside other births the same numbers may be of anything; without any they are ages.
    assert _read(classifier, {"c1": people["c1"], "c3": people["c3"], "c6": shuffled})["c6"].tag == "none"
    assert _read(classifier, {"c1": people["c1"], "c6": shuffled})["c6"].tag == "person.birth_date"
    counts: list[str | None] = [str(random.Random(place).randrange(1, 40)) for place in range(_ROWS)]
    assert _read(classifier, {"c1": people["c1"], "c6": counts})["c6"].tag == "none"


def test_given_names_tell_the_sex_where_middle_names_do_not(classifier: Classifier) -> None:
    r = random.Random(31)
    sexes = [r.random() < 0.5 for _ in range(_ROWS)]
    columns: Columns = {
        "c1": [
            f"{r.choice(('Nguyễn', 'Trần', 'Lê'))} {r.choice(('Minh', 'Ngọc'))} "
            f"{r.choice(('Hoa', 'Thảo', 'Yến') if female else ('Hùng', 'Dũng', 'Cường'))}"
            for female in sexes
        ],
        "c2": [str(int(female) + 1) if r.random() > 0.05 else str(r.randrange(1, 3)) for female in sexes],
        "c3": [str(r.randrange(1, 3)) for _ in sexes],
    }
    found = _read(classifier, columns)
    assert (found["c2"].tag, found["c3"].tag) == ("person.gender", "none")


def test_an_account_needs_money_beside_it(classifier: Classifier, people: Columns) -> None:
    r = random.Random(37)
    accounts: list[str | None] = [f"0011{r.randrange(10**9):09d}" for _ in range(_ROWS)]
    pay: list[str | None] = [str(r.randrange(4_000, 30_000) * 1000) for _ in range(_ROWS)]
    assert _read(classifier, {"c1": people["c1"], "c7": accounts, "c8": pay})["c7"].tag == "sensitive.bank_account"
    assert _read(classifier, {"c1": people["c1"], "c7": accounts})["c7"].tag != "sensitive.bank_account"


def test_provinces_are_no_surnames(classifier: Classifier, people: Columns) -> None:
    provinces = ("Thái Bình", "Hà Nam", "Cao Bằng", "Lâm Đồng", "Hà Nội", "Thái Nguyên", "Hà Giang", "Đắk Lắk")
    places: list[str | None] = [random.Random(place).choice(provinces) for place in range(_ROWS)]
    assert _read(classifier, {"c1": people["c1"], "c9": places})["c9"].tag != "person.name"


def test_two_kinds_of_what_people_are_told_apart_by(classifier: Classifier) -> None:
    r = random.Random(41)
    columns: Columns = {
        "c1": [r.choice(("Phật giáo", "Công giáo", "Tin lành", "Không")) for _ in range(_ROWS)],
        "c2": [r.choice(("Độc thân", "Đã kết hôn", "Ly hôn")) for _ in range(_ROWS)],
        "c3": [str(r.randrange(148, 186)) for _ in range(_ROWS)],
    }
    assert _read(classifier, columns)["c3"].tag == "sensitive.health"
    assert _read(classifier, {"c3": columns["c3"]})["c3"].tag == "none"


@pytest.fixture
def register() -> Columns:
    """Names and days of birth of people on a register, row by row."""
    r = random.Random(17)
    names = [
        f"{r.choice(('Nguyễn', 'Trần', 'Lê'))} Văn {r.choice(('An', 'Bình', 'Dũng', 'Hải'))}" for _ in range(_ROWS)
    ]
    return {"c1": list(names), "c2": [f"{_day(r, 1940, 1999):%d/%m/%Y}" for _ in range(_ROWS)]}


def _numbers(*, first: int, last: int, seed: int = 7) -> list[str | None]:
    return [str(one) for one in random.Random(seed).sample(range(first, last), _ROWS)]


@pytest.mark.parametrize(
    ("codes", "tag"),
    [
        ([f"LS-{place * 37 + 10001}" for place in range(_ROWS)], "person.other"),
        ([f"WS {place * 371 + 100001}" for place in range(_ROWS)], "person.other"),
        (_numbers(first=100_000, last=999_999), "person.other"),
        ([str(place) for place in range(700_001, 700_001 + _ROWS)], "none"),
        (_numbers(first=1_600_000_000, last=1_700_000_000), "none"),
        ([f"{place % 20}.{place % 7}.{place + 1000}" for place in range(_ROWS)], "none"),
    ],
    ids=["letters", "paper", "digits", "one after the other", "seconds", "versions"],
)
def test_codes_of_a_register_are_somebodys(
    classifier: Classifier, register: Columns, codes: list[str | None], tag: str
) -> None:
    assert _read(classifier, {**register, "c3": codes})["c3"].tag == tag
    assert _read(classifier, {"c1": register["c1"], "c3": codes})["c3"].tag == "none"


def test_a_date_that_few_of_a_register_have_is_of_death(classifier: Classifier, register: Columns) -> None:
    r = random.Random(23)
    days = [f"{_day(r, 2015, 2025):%d/%m/%Y}" if place % 12 == 0 else None for place in range(_ROWS)]
    assert _read(classifier, {**register, "c3": days})["c3"].tag == "person.death_date"
    hours = [f"{day} 08:31:07" if day else None for day in days]
    assert _read(classifier, {**register, "c3": hours})["c3"].tag == "none"
    assert _read(classifier, {**register, "c3": days, "c4": days[::-1]})["c3"].tag == "none"
    assert _read(classifier, {"c1": register["c1"], "c3": days})["c3"].tag == "none"


def test_amounts_and_bodies_of_a_register(classifier: Classifier, register: Columns) -> None:
    r = random.Random(29)
    columns: Columns = {
        **register,
        "c3": [f"{r.uniform(20, 4000):.2f}" for _ in range(_ROWS)],
        "c4": [f"{r.uniform(12, 95):.1f}" for _ in range(_ROWS)],
        "c5": [f"{r.uniform(1, 900):.2f}" for _ in range(_ROWS)],
        "c6": [f"{r.uniform(20, 400):.1f}" for _ in range(_ROWS)],
    }
    found = _read(classifier, columns)
    assert [found[name].tag for name in ("c3", "c4", "c5", "c6")] == [
        "sensitive.finance", "sensitive.health", "none", "none",
    ]  # fmt: skip
