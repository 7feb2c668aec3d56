"""Which columns of rows about people tell when they were born or died: years by personal number, ages, late dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from phantang.classify.text.dates import days_of, years_of
from phantang.classify.values.reading_numbers import new_numbers
from phantang.classify.values.validators import birth_year

_AGE = re.compile(r"(\d{1,3})(?:\.0)? ?(?:tuổi|tuoi|t|years?(?: old)?|yrs?|yo)?", re.IGNORECASE)
#: Of people on a register at most this share are dead, and so many at least; a date with hours is of a program.
_DEAD, _DEATHS, _HOURS = 0.2, 4, re.compile(r"\d:\d\d")
_MIDNIGHT = re.compile(r"[T ]00:00:00(?:\.0+)?$")
_Values = Sequence[str | None]
_Years = Sequence[int | None]
#: Rows that must be known before anything is concluded; what part of them must agree.
_ROWS, _AGREE = 12, 0.95
#: Values that tell whether it is worth looking at all; no date is written with so many characters.
_FEW, _LONG = 9, 40
#: How long ago ages may have been written down; how old people get.
_SINCE, _OLDEST = 2000, 110
#: Ages that nothing but their spread supports: so many different ones, the highest at least, the lowest at most.
_DIFFERENT, _HIGHEST, _GROWN = 15, 58, 14


def years_by_numbers(values: _Values) -> list[int | None]:
    """Return the year of birth that each row's personal number states; empty if there are too few."""
    years = [birth_year(one) if one else None for one in new_numbers(values)]
    return years if len(years) - years.count(None) >= _ROWS else []


def years_in(values: _Values) -> list[int | None]:
    """Return the year of each date among `values`, as typed; `None` for all else."""
    dated = [value for value in filter(None, values) if value[0].isdigit() and len(value) < _LONG]
    if not dated:
        return [None] * len(values)
    years = years_of(dated)
    return [years.get(value) if value else None for value in values]


def have_years(values: _Values) -> bool:
    """Tell whether the first few values are dates, or years."""
    years = years_in(list(islice(filter(None, values[:40]), 5)))
    return (len(years) - years.count(None)) * 2 > len(years)


def may_agree(values: _Values, years: _Years) -> bool:
    """Tell whether the first few rows leave it open that `years_in` of `values` and `years` agree."""
    first = zip(years_in(values[:_ROWS]), years, strict=False)
    against = sum(one != two for one, two in first if one is not None and two is not None)
    return against <= (1 - _AGREE) * len(years) + 0.5  # so many may stand against it in all rows, and no more


def agree(one: _Years, two: _Years) -> bool:
    """Tell whether the years of enough rows are the same, nearly always."""
    both = [first == second for first, second in zip(one, two, strict=True) if first is not None and second is not None]
    return len(both) >= _ROWS and sum(both) >= _AGREE * len(both)


def ages(values: _Values) -> list[int | None]:
    """Return the numbers of years that values state; empty unless nearly all of them are whole ones up to 110."""
    first = list(islice(filter(None, values), _FEW))
    if sum(_age(value) is not None for value in first) * 2 < len(first):  # nearly all are none
        return []
    years = [_age(value) if value else None for value in values]
    given = sum(bool(value and value.strip()) for value in values)
    return years if given >= _ROWS and len(years) - years.count(None) >= _AGREE * given else []


def _age(value: str) -> int | None:
    found = _AGE.fullmatch(value.strip())
    return int(found[1]) if found and int(found[1]) <= _OLDEST else None


def are_ages(found: Sequence[int | None], years: _Years) -> bool:
    """Tell whether numbers and years of birth add up to one year of writing, give or take the birthday."""
    sums = [age + year for age, year in zip(found, years, strict=True) if age is not None and year is not None]
    if len(sums) < _ROWS or len({age for age in found if age is not None}) < _ROWS // 2:
        return False
    middle = sorted(sums)[len(sums) // 2]
    near = sum(abs(one - middle) <= 1 for one in sums)
    return near >= 0.9 * len(sums) and _SINCE <= middle <= datetime.now(UTC).year + 1


def spread_as_ages(found: Sequence[int | None], *, of_all: bool) -> bool:
    """Tell whether numbers are spread as ages: many different ones, the highest of the old, the lowest of grown-ups.

    `of_all` takes children in: no lowest age, but people of every decade.
    """
    kept = sorted(age for age in found if age is not None)
    if len(set(kept)) < _DIFFERENT or not _HIGHEST <= kept[-1] <= _OLDEST:
        return False
    if kept[0] >= _GROWN:
        return sum(age % 10 == 0 for age in kept) * 3 < len(kept)
    return of_all and kept[0] <= _GROWN and len({age // 10 for age in kept}) >= 6


def are_few(values: _Values) -> bool:
    """Tell whether few rows have a value, as few as are dead of people on a register."""
    return _DEATHS <= len(values) - values.count(None) - values.count("") <= _DEAD * len(values)


def are_deaths(values: _Values, births: _Years) -> bool:
    """Tell whether dates are past, none before the birth of the same row, and some on a weekend."""
    stated = [(value, born) for value, born in zip(values, births, strict=False) if value and value.strip()]
    texts = [_MIDNIGHT.sub("", value) for value, _ in stated]
    if any(map(_HOURS.search, texts)):
        return False
    years, days = years_of(texts), days_of(texts)
    if len(years) < len(set(texts)) or not days or max(days) > datetime.now(UTC).date():
        return False
    if len(days) > 2 * _FEW and not any(day.weekday() > 4 for day in days):
        return False
    return all(born is None or born <= years[text] for text, (_, born) in zip(texts, stated, strict=True))
