"""Named checks of how the values of a column are spread: days of a calendar, amounts, mailboxes, numbers of accounts.

A day of birth falls on any day of the week and of the month; what offices date, found or build does not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import sub

from phantang.classify.text.dates import days_of
from phantang.classify.values.issued import routing_numbers
from phantang.classify.values.typed_values import has_mobile

_SMALL, _LOOKED_AT = 8, 80
#: Days below which nothing is concluded from their spread over a week.
_WEEKS = 40
_DAY = 86_400
#: Day 0 of a spreadsheet; days of births: 1915 on.
_SPREADSHEET, _EARLIEST = date(1899, 12, 30), date(1915, 1, 1)
#: Mailboxes of an office.
_ROLES = (
    "info", "contact", "sales", "support", "admin", "office", "hello", "help", "noreply", "no-reply", "webmaster",
    "hr", "tuyendung", "lienhe", "hotro", "cskh", "kinhdoanh", "ketoan", "vanthu", "vanphong", "phong", "banhang",
    "service", "enquiries", "billing", "accounts", "marketing", "team", "ubnd", "bbt", "tongdai", "hanhchinh",
    "daotao", "tochuc", "kythuat", "jobs", "careers", "press", "orders", "reception",
)  # fmt: skip


def days_of_birth(days: Sequence[date]) -> bool:
    """Tell whether days are spread as births are: over the week, over the month, over the year.

    False if under one in twelve falls on a weekend (two in seven do), if more than one in eight of those not on
    1 January falls on a first of a month, or if one day of the year has more than one in ten. 1 January stands for a
    day that nobody knows.
    """
    known = [day for day in days if (day.month, day.day) != (1, 1)]
    if len(known) < _WEEKS // 2:
        return True
    firsts, weekends = sum(day.day == 1 for day in known), sum(day.weekday() > 4 for day in known)
    busiest = Counter((day.month, day.day) for day in known).most_common(1)[0][1]
    if firsts * 8 > len(known) or busiest * 10 > max(len(known), _WEEKS):
        return False
    return len(known) < _WEEKS or weekends * 12 >= len(known)


def as_days(values: Sequence[str]) -> list[date]:
    """Return the days that `values` state, at most 80 of them, evenly taken; a year alone states none."""
    taken = values[:: -(-len(values) // _LOOKED_AT)] if values else values
    return days_of(value for value in taken if len(value) > 4)


def births_of_the_young(values: Sequence[str]) -> bool:
    """Dates of birth of pupils: 40 or more, over three to 25 years, the last two years ago or more, at any weekday.

    From one in six to two in five fall on a weekend (two in seven are to be expected), and no day stands out.
    """
    days = sorted(as_days(values))
    if len(days) < _WEEKS or not days_of_birth(days):
        return False
    weekends, today = sum(day.weekday() > 4 for day in days), datetime.now(UTC).date()
    years = (days[-1] - days[0]).days / 365
    even = len(days) <= 6 * weekends and 5 * weekends <= 2 * len(days)
    return even and 3 <= years <= 25 and (today - days[-1]).days >= 2 * 365


def birth_serials(values: Sequence[str]) -> bool:
    """Days as a spreadsheet counts them, from 1915 to today, over 20 years or more, on any day, half after 1954."""
    today = datetime.now(UTC).date()
    low, high = (_EARLIEST - _SPREADSHEET).days, (today - _SPREADSHEET).days
    numbers = sorted(map(int, values))
    if len(numbers) < 2 * _SMALL or numbers[0] < low or numbers[-1] > high or numbers[-1] - numbers[0] < 20 * 365:
        return False
    round_ones, median = sum(number % 100 == 0 for number in numbers), numbers[len(numbers) // 2]
    if median < 20_000 or Counter(value[0] for value in values).most_common(1)[0][1] > 0.85 * len(values):
        return False
    days = [_SPREADSHEET + timedelta(number) for number in numbers[:: -(-len(numbers) // _LOOKED_AT)]]
    return round_ones * 10 < len(numbers) and median < high - 2 * 365 and days_of_birth(days)


def birth_moments(values: Sequence[str]) -> bool:
    """Seconds or milliseconds since 1970, all at one time of day, over 20 years or more, few of them recent."""
    count, numbers = len(values), list(map(int, values))
    if count < _SMALL:
        return False
    first, last = min(numbers), max(numbers)
    unit = 1000 if max(-first, last) > 10**10 else 1
    now, day = datetime.now(UTC).timestamp() * unit, _DAY * unit
    if last > now or last - first < 20 * 365 * day:
        return False
    # A time that nine in ten share is that of more than half of twice as many as may have another, and of two.
    others = count - math.ceil(0.9 * count)
    if len({number % day for number in numbers[: 2 * others + 2]}) > others + 1:
        return False
    same = Counter([number % day for number in numbers]).most_common(1)[0][1]
    return same >= 0.9 * count and sorted(numbers)[count // 2] < now - 2 * 365 * day


def people_in_mailboxes(values: Sequence[str]) -> bool:
    """E-mail addresses: over half of the mailboxes are no office's (`info`, `sales.hn`, `ketoan1`)."""
    roles = sum(value.lower().partition("@")[0].rstrip("0123456789").split(".")[0] in _ROLES for value in values)
    return roles * 2 < len(values)


def some_mobiles(values: Sequence[str]) -> bool:
    """Phones: three in ten or more are mobile numbers; switchboards have none."""
    taken = values[:: -(-len(values) // _LOOKED_AT)]
    return sum(map(has_mobile, taken)) * 10 >= 3 * len(taken)


def amounts_of_money(values: Sequence[str]) -> bool:
    """Whole amounts: many different ones, nearly all in hundreds, the largest 100,000 or more or in thousands."""
    numbers = [int(digits or "0") for digits in _digits_of(values)]
    if len([number for number in numbers if number % 100 == 0]) < 0.95 * len(numbers):
        return False
    return len(set(numbers)) >= 10 and 50_000 <= max(numbers) <= 10**12


def numbers_of_accounts(values: Sequence[str]) -> bool:
    """Numbers of several banks: three lengths or more, several beginnings, none of them the phones of most values."""
    if len(values) < 2 * _SMALL or len(set(map(len, values))) < 3:
        return False
    heads = Counter(value[:3] for value in values)
    if len(heads) < 4 or max(heads.values()) > 0.5 * len(values):
        return False
    return sum(map(has_mobile, values)) * 4 <= len(values)


def serials_of_people(values: Sequence[str]) -> bool:
    """Numbers given to strangers: of one or two lengths, not one after the other.

    No days, no seconds since 1970, no routing numbers of banks.
    """
    digits = _digits_of(values)
    lengths = set(map(len, digits))
    if len(lengths) > 2:
        return False
    numbers = sorted(map(int, filter(None, digits)))
    if len(numbers) < 2 * _SMALL:
        return False
    if 10 in lengths and len([one for one in digits if len(one) == 10 and one[0] == "1"]) >= 0.8 * len(digits):
        return False  # seconds of this century or of the end of the last
    if 8 in lengths and len(days_of(one for one in digits if len(one) == 8)) >= 0.8 * len(digits):
        return False
    if lengths == {9} and routing_numbers(digits):
        return False
    steps = list(map(sub, numbers[1:], numbers))
    return max(Counter(steps).values()) <= 0.3 * len(numbers)


def _digits_of(values: Sequence[str]) -> Sequence[str]:
    """Return the digits of every value."""
    return values if "".join(values).isdigit() else ["".join(filter(str.isdigit, value)) for value in values]


def blood_groups(values: Sequence[str]) -> bool:
    """Blood groups: three of them or more, A, B and O or AB among them; AB or a Rhesus factor must be met."""
    groups = _groups(values)
    factor = any(sign in value for value in values for sign in "+-−")
    return len(groups) >= 3 and {"A", "B"} <= groups and ("AB" in groups or ("O" in groups and factor))


def main_blood_groups(values: Sequence[str]) -> bool:
    """Blood groups in rows of people: A, B and O and nothing else, which may mark anything elsewhere."""
    return _groups(values) == {"A", "B", "O"}


def _groups(values: Sequence[str]) -> set[str]:
    return {"".join(filter(str.isalpha, value)).upper().removesuffix("RH") for value in values}


DISTRIBUTION_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check
    for check in (
        births_of_the_young, birth_serials, birth_moments, people_in_mailboxes, some_mobiles, amounts_of_money,
        numbers_of_accounts, serials_of_people, blood_groups, main_blood_groups,
    )
}  # fmt: skip
