"""Named checks of columns of numbers beside people: marks of pupils, coefficients of pay, heights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import sub

_SMALL, _MANY = 8, 12
#: First coefficient in hundredths, step and number of grades: Decree 204/2004/NĐ-CP, tables 2 and 3.
_SCALES = (
    (620, 36, 6), (575, 36, 6), (440, 34, 8), (400, 34, 8), (234, 33, 9), (210, 31, 10), (186, 20, 12), (165, 18, 12),
    (200, 18, 12), (150, 18, 12), (135, 18, 12),
)  # fmt: skip
_COEFFICIENTS = frozenset(first + step * grade for first, step, grades in _SCALES for grade in range(grades))


def _numbers(values: Sequence[str]) -> list[float]:
    return sorted(float(value.replace(",", ".")) for value in values)


def salary_coefficients(values: Sequence[str]) -> bool:
    """Coefficients of pay: four or more different ones, all of them on the scales of civil servants."""
    found = {round(number * 100) for number in _numbers(values)}
    return len(found) >= _SMALL // 2 and len(found & _COEFFICIENTS) >= 0.95 * len(found)


def marks_of_pupils(values: Sequence[str]) -> bool:
    """Points of pupils up to 10, or averages up to 4: many different ones, most with a decimal, some near the top."""
    numbers = _numbers(values)
    fractions = sum(value[-1:] != "0" and ("." in value or "," in value) for value in values)
    if len(numbers) < _MANY or fractions * 2 < len(numbers):
        return False
    best, middle = numbers[-1], numbers[len(numbers) // 2]
    return (8.5 <= best <= 10 and middle >= 4) or (3.5 <= best <= 4 and middle >= 1.8)


def heights(values: Sequence[str]) -> bool:
    """Heights of grown-ups or pupils in centimetres: a dozen different ones from 110 to 205, over 80 at most."""
    numbers = _numbers(values)
    spread = numbers[-1] - numbers[0]
    return len(numbers) >= _MANY and numbers[0] >= 110 and numbers[-1] <= 205 and 20 <= spread <= 80


#: The first year whose days are looked for in front of order numbers; the last is the next one.
_SINCE = 17
_NEAR = 50


@lru_cache(maxsize=2)
def _days(next_year: int) -> frozenset[str]:
    """Return the days that order numbers may begin with, `yymmdd`, up to the end of a year of two digits."""
    years, months, days = range(_SINCE, next_year + 1), range(1, 13), range(1, 32)
    return frozenset(f"{year}{month:02}{day:02}" for year in years for month in months for day in days)


def accounts_of_one_bank(values: Sequence[str]) -> bool:
    """Numbers of one or two lengths that strangers got: no days in front, no codes of goods, none after another."""
    count, lengths = len(values), set(map(len, values))
    if count < 2 * _SMALL or len(lengths) > 2:
        return False
    days = _days(datetime.now(UTC).year % 100 + 1)
    dated = [one for one in values if one[:6] in days or (one[:2] == "20" and one[2:8] in days)]
    if len(dated) * 2 >= count:
        return False
    numbers = sorted(map(int, values))
    if sum(map(_NEAR.__gt__, map(sub, numbers[1:], numbers))) * 5 >= count:
        return False
    if 13 in lengths and sum(len(value) == 13 and is_article(value) for value in values) * 2 >= count:
        return False
    return len({value[-5:] for value in values}) > 0.9 * count


def is_article(value: str) -> bool:
    """Tell whether 13 digits are of Viet Nam or a book, or end with the check digit of GS1: weights 1 and 3 in turn."""
    if value.startswith(("893", "978", "979")):
        return True
    digits = list(map(int, value))
    return (sum(digits[:12:2]) + 3 * sum(digits[1:12:2]) + digits[12]) % 10 == 0


_CLASSES_OF_LORRIES = frozenset(
    {"C", "D", "E", "F", "BE", "CE", "C1E", "DE", "FB", "FB2", "FC", "FD", "FE", "D1", "D2"}
)
_CLASSES_OF_CARS = frozenset({"A1", "A2", "A3", "B", "B1", "B2", "A"})


def classes_of_licence(values: Sequence[str]) -> bool:
    """Classes of driving licences: three or more, of lorries or buses and of motorcycles or cars."""
    found = {part for value in values for part in value.replace(",", " ").replace(";", " ").split()}
    return len(found) >= 3 and bool(found & _CLASSES_OF_LORRIES) and bool(found & _CLASSES_OF_CARS - {"A", "B"})


MEASURES: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check
    for check in (salary_coefficients, marks_of_pupils, heights, accounts_of_one_bank, classes_of_licence)
}
