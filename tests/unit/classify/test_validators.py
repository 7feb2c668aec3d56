from __future__ import annotations

import inspect
import pkgutil
import random
from collections import Counter
from datetime import date
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.classify import values
from phantang.classify.rules.codelists import CodeLists, parse_lists
from phantang.classify.text.dates import parse_date
from phantang.classify.values.columnwise import COLUMN_CHECKS, REFUSING
from phantang.classify.values.validators import VALIDATORS


@pytest.fixture(scope="module")
def codes(lists: dict[str, str]) -> CodeLists:
    return parse_lists(lists)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("personal_number", ["001200000000", "079303000000", "096199000000"],
         ["001400000000", "003199000000", "001299000000"]),
        ("tax_code", ["0100233488", "0314409058-002", "0100047516"], ["0100233480", "0100047516-000", "0100000000"]),
        ("mobile_phone", ["0912345678", "+84912345678", "84372345678", "0551234567", "0871234567"],
         ["0512345678", "091234567", "01202345678"]),
        ("phone", ["02438251234", "02963841234", "+842838291234", "0912.345.678"], ["0243825123", "02171234567"]),
        ("vehicle_plate", ["30A12345", "59X112345", "80NG01234", "29LD12345", "51F1234", "30a-123.45"],
         ["00A12345", "30W12345", "30A123", "13A12345"]),
        ("luhn", ["4111111111111111", "378282246310005"], ["4111111111111112", "0000000000000000", "1"]),
        ("commune_code", ["00004", "30292"], ["99999", "4", ""]),
        ("province_code", ["01", "79", "91"], ["1", "99"]),
        ("ip_address", ["203.113.131.1", "2001:db8::1"], ["300.1.1.1", "1.2.3", "::"]),
        ("ethnicity", ["Kinh", "H'Mông", "khơ me", "Ê-đê"], ["Hà Nội", ""]),
        ("religion", ["Phật giáo", "CAO DAI"], ["Hà Nội"]),
        ("full_name", ["Nguyễn Văn An", "TRAN THI BINH"], ["Văn An Nguyễn 2", "Nguyễn", "Bánh mì Sài Gòn", ""]),
        ("address", ["Số 12, phố Hàng Bài, phường Hoàn Kiếm", "12 Baker Street"], ["Hà Nội", "Nguyễn Văn An"]),
        ("coordinate", ["21.02851", "105.8542", "21.0285, 105.8542", "POINT(105.8542 21.0285)"],
         ["55.7558", "A-12", "nan", "1, 2, 3"]),
        ("international_phone", ["+14155550123"], ["+0123", "14155550123"]),
    ],
)  # fmt: skip
def test_good_and_bad_values(name: str, good: list[str], bad: list[str], codes: CodeLists) -> None:
    check = VALIDATORS[name]
    assert [value for value in good if not check(value, codes)] == []
    assert [value for value in bad if value and check(value, codes)] == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02/09/1945", date(1945, 9, 2)),
        ("1945-09-02", date(1945, 9, 2)),
        ("19450902", date(1945, 9, 2)),
        ("194509021430", date(1945, 9, 2)),
        ("2.9.1945", date(1945, 9, 2)),
        ("1945", date(1945, 1, 1)),
        ("00/00/1950", date(1950, 1, 1)),
        ("31/02/1990", None),
        ("1899-01-01", None),
        ("99999999", None),
        ("November 5, 1981", date(1981, 11, 5)),
        ("5 tháng 11, 1981", date(1981, 11, 5)),
        ("1981-11-04T17:00:00.000Z", date(1981, 11, 4)),
        ("hôm qua", None),
    ],
)
def test_dates_in_several_orders(text: str, day: date | None) -> None:
    assert parse_date(text) == day


@given(st.integers(4, 15), st.integers(0, 9), st.integers(1, 40), st.randoms())
def test_checks_that_are_not_asked_would_refuse(length: int, first: int, count: int, chance: random.Random) -> None:
    """Digits and nothing else, and texts of one length, are refused by these checks whatever they are."""
    values = [f"{first}{chance.randrange(10 ** (length - 1)):0{length - 1}}" for _ in range(count)]
    of_digits, of_one_length = REFUSING
    assert not any(COLUMN_CHECKS[check](values) for check in of_digits | of_one_length)
    mixed = values + ["1" * (3 + place % 13) for place in range(count)]
    assert not any(COLUMN_CHECKS[check](mixed) for check in of_digits)


def test_order_numbers_do_not_pass_as_personal_numbers() -> None:
    check = COLUMN_CHECKS["birth_years_spread"]
    assert check([f"001{0 if y < 100 else 2}{y % 100:02d}00000{y % 10}" for y in range(40, 110, 3)])
    assert not check([f"00120{5 + n % 2}{n:06d}" for n in range(60)])


def test_versions_do_not_pass_as_addresses() -> None:
    check = COLUMN_CHECKS["addresses_not_versions"]
    assert check(["203.113.131.1", "10.0.0.1", "2001:db8::1"])
    assert not check(["1.2.3.4", "2.10.0.1", "4.0.12.9"])
    assert not check(["10.0.0.201", "10.0.3.117"])  # machines of one office


def test_admissions_do_not_pass_as_births() -> None:
    check = COLUMN_CHECKS["birth_dates"]
    assert check(["1950-01-01", "1984-05-05", "2001-02-03"])
    assert not check(["2025-01-01", "2026-05-05"])
    assert not check(["1950-01-01", "2099-01-01"])
    assert not check([])


def test_no_name_means_two_checks() -> None:
    named = {*VALIDATORS, *COLUMN_CHECKS}
    modules = [import_module(f"{values.__name__}.{one.name}") for one in pkgutil.iter_modules(values.__path__)]
    defined = Counter(
        name
        for module in modules
        for name, check in vars(module).items()
        if name in named and inspect.isfunction(check) and check.__module__ == module.__name__
    )
    assert [name for name, times in defined.items() if times > 1] == []
