"""Named checks of columns of what papers, cards and programs write of people: years of birth, expiry, keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

#: Years over which people on a register are born; how young grown-ups are, and how long ago the first were born.
_SPAN, _YOUNGEST, _OLDEST = 45, 15, 1915
#: The share of all years in between that are met: of years as numbers, and of months.
_MET, _MET_BY_MONTH, _MANY = 0.8, 0.45, 12
#: Years of two digits: those of the last century, in this share of the values at least.
_LAST_CENTURY, _THIS_CENTURY = 0.45, 31
_LETTERS = 8
_LONGEST_LIST = 120


def _years_of_generations(years: Sequence[int], share: float) -> bool:
    """Tell whether years are of births: over 45 or more, none of them recent, hardly any missing in between."""
    first, last = min(years), max(years)
    if not (first >= _OLDEST and last - first >= _SPAN and last <= datetime.now(UTC).year - _YOUNGEST):
        return False
    met = {year for year in years if first + 5 <= year <= last}
    return len(met) >= share * (last - first - 4)


def years_of_generations(values: Sequence[str]) -> bool:
    """Years of birth of grown-ups, as numbers: nearly every year of two generations is met, and none of the last 15."""
    return _years_of_generations([int(value) for value in values], _MET)


def months_of_generations(values: Sequence[str]) -> bool:
    """Months of birth (`1965-06`, `06/1965`): years as `years_of_generations`, and all months."""
    years = [int(value[:4] if value[:4].isdigit() else value[-4:]) for value in values]
    months = {value[-2:] if value[:4].isdigit() else value[:2] for value in values}
    return len(months) >= _MANY - 2 and len(values) >= 2 * _MANY and _years_of_generations(years, _MET_BY_MONTH)


def short_years_of_generations(values: Sequence[str]) -> bool:
    """Dates of birth with years of two digits: thirty years or more are met, half of the dates in the last century."""
    years = [int(value[-2:]) for value in values]
    old = sum(year >= _THIS_CENTURY for year in years)
    return len(set(years)) >= 30 and len(values) >= 3 * _MANY and old >= _LAST_CENTURY * len(years)


def months_to_come(values: Sequence[str]) -> bool:
    """Months in which cards expire: six or more different ones, of three years or more, the last of them to come."""
    digits = ["".join(filter(str.isdigit, value)) for value in values]
    starts = all(int(one[:2]) <= _MANY for one in digits)
    years = {int(one[2:] if starts else one[:2]) for one in digits}
    return len(values) >= 6 and len(years) >= 3 and max(years) >= datetime.now(UTC).year % 100


def letters_and_serials(values: Sequence[str]) -> bool:
    """Numbers of licences: eight first letters or more, other digits behind each."""
    letters = Counter(value[0] for value in values)
    return len(values) >= 2 * _LETTERS and len(letters) >= _LETTERS and len({value[1:4] for value in values}) >= _MANY


def random_texts(values: Sequence[str]) -> bool:
    """Keys and templates: all different, capitals, small letters and digits in nearly every one."""
    taken = values[:_LONGEST_LIST]
    mixed = sum(
        any(map(str.isupper, value)) and any(map(str.islower, value)) and any(map(str.isdigit, value))
        for value in taken
    )
    return (
        len(values) >= _MANY and mixed >= 0.95 * len(taken) and len({value[:6] for value in values}) * 2 > len(values)
    )


PAPER_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check
    for check in (
        years_of_generations, months_of_generations, short_years_of_generations, months_to_come,
        letters_and_serials, random_texts,
    )
}  # fmt: skip
