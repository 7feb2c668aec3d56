"""How values are spread: days of births against days of offices, amounts, mailboxes, numbers of accounts and people."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from phantang.classify.values.columnwise import COLUMN_CHECKS, birth_dates
from phantang.classify.values.distributions import days_of_birth

_COUNT = 150


def _days(low: int = 1950, high: int = 2005) -> list[date]:
    r = random.Random(1)
    return [date(low, 1, 1) + timedelta(r.randrange(365 * (high - low))) for _ in range(_COUNT)]


def _working(day: date) -> date:
    return day - timedelta(2) if day.weekday() > 4 else day


def test_births_fall_on_any_day() -> None:
    days = _days()
    assert days_of_birth(days)
    assert days_of_birth([day.replace(month=1, day=1) if place % 3 == 0 else day for place, day in enumerate(days)])
    assert not days_of_birth([_working(day) for day in days])
    assert not days_of_birth([day.replace(day=1) if place % 3 else day for place, day in enumerate(days)])
    assert not days_of_birth([day.replace(month=2, day=3) if place % 5 == 0 else day for place, day in enumerate(days)])


@pytest.mark.parametrize("style", ["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y"])
def test_dates_of_an_office_are_no_births(style: str) -> None:
    assert birth_dates([day.strftime(style) for day in _days()])
    assert not birth_dates([_working(day).strftime(style) for day in _days()])


def _numbers(low: int, high: int) -> list[str]:
    r = random.Random(2)
    return [str(r.randrange(low, high)) for _ in range(_COUNT)]


def _moments(low: int, high: int, step: int) -> list[str]:
    return [str(int(value) * step) for value in _numbers(low, high)]


@pytest.mark.parametrize(
    ("check", "values", "verdict"),
    [
        ("births_of_the_young", [f"{day:%d/%m/%Y}" for day in _days(2008, 2018)], True),
        ("births_of_the_young", [f"{_working(day):%d/%m/%Y}" for day in _days(2008, 2018)], False),
        ("births_of_the_young", [f"{day:%d/%m/%Y}" for day in _days(2018, 2026)], False),
        ("birth_serials", _numbers(18_000, 38_000), True),
        ("birth_serials", _numbers(10_000, 99_999), False),
        ("birth_serials", _numbers(10_000, 19_999), False),
        ("birth_serials", _moments(180, 380, 100), False),
        ("birth_moments", _moments(-7_000, 12_000, 86_400), True),
        ("birth_moments", _moments(-7_000, 12_000, 86_400_000), True),
        ("birth_moments", _numbers(10**9, 17 * 10**8), False),
        ("birth_moments", _moments(19_000, 20_500, 86_400), False),
        ("amounts_of_money", _moments(300, 30_000, 1_000), True),
        ("amounts_of_money", _numbers(300_000, 30_000_000), False),
        ("serials_of_people", _numbers(10**8, 10**9), True),
        ("serials_of_people", [str(10**8 + place) for place in range(_COUNT)], False),
        ("serials_of_people", _numbers(15 * 10**8, 17 * 10**8), False),
        ("serials_of_people", [f"{day:%Y%m%d}" for day in _days()], False),
        ("people_in_mailboxes", ["lan.tran@example.vn", "hung@example.vn", "info@example.vn"], True),
        ("people_in_mailboxes", ["sales.hn@example.vn", "ketoan1@example.vn", "hung@example.vn"], False),
        ("some_mobiles", ["0912345678", "02438251234 / 0987654321", "02438251234"], True),
        ("some_mobiles", ["02438251234", "(028) 3829 1234"], False),
        ("numbers_of_accounts", [*_numbers(10**8, 10**9), *_numbers(10**11, 10**12), *_numbers(10**13, 10**14)], True),
        ("numbers_of_accounts", _numbers(10**12, 10**13), False),
    ],
)  # fmt: skip
def test_a_check_of_a_column(check: str, values: list[str], verdict: bool) -> None:
    assert COLUMN_CHECKS[check](values) is verdict
