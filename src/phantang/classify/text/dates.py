"""Dates as they are typed in Vietnamese systems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

_DMY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?:[T ].*)?")
_YMD = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ].*)?")
#: The same as lines of a text.
_DMY_LINES, _YMD_LINES = (re.compile(rf"^({one.pattern})$", re.MULTILINE) for one in (_DMY, _YMD))
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?")
_DMY_COMPACT = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])((?:19|20)\d{2})")
_SHORT = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2})")
_WORDS = re.compile(r"(\d{1,2})[ \-]([A-Za-z]{3})[a-z]*[ \-,]+(\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_SPOKEN = re.compile(r"(?:ngày )?(\d{1,2}) tháng (\d{1,2})(?: năm|,| ,|) (\d{4})", re.IGNORECASE)
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d{2}")
#: Lengths of a date, with or without a time, in digits alone.
_COMPACT_LENGTHS, _DATE_ONLY = frozenset({4, 8, 12, 14}), 8
#: What those with a time begin with, if their year is one that is read.
_CENTURIES = frozenset({"19", "20", "21"})
#: The most frequent ways to write a date, as lines of a text: all days but the 29th of February.
_MONTH, _DAY, _SPAN = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|1[0-9]|2[0-8])", "(?:19|20)[0-9][0-9]"
_LONG, _LONGEST = "(?:0?[13-9]|1[0-2])", "(?:0?[13578]|1[02])"
_YEAR_FIRST = re.compile(
    rf"^{_SPAN}[/.\-](?:{_MONTH}[/.\-]{_DAY}|{_LONG}[/.\-](?:29|30)|{_LONGEST}[/.\-]31)(?:[T ].*)?$", re.MULTILINE
)
_YEAR_LAST = re.compile(
    rf"^(?:{_DAY}[/.\- ]{_MONTH}|(?:29|30)[/.\- ]{_LONG}|31[/.\- ]{_LONGEST})[/.\- ]{_SPAN}$", re.MULTILINE
)


def years_of(values: Iterable[str]) -> Mapping[str, int]:
    """Return those of `values`, texts of one line, that `parse_date` reads, each with its year: all at once."""
    return _years_of(frozenset(values))


def days_of(values: Iterable[str]) -> list[date]:
    """Return the days that `parse_date` reads in those of `values`, texts of one line, that are dates: all at once."""
    texts = list(values)
    joined = "\n".join(texts)
    days = {text: _day(int(year), int(month), int(day)) for text, year, month, day in _YMD_LINES.findall(joined)}
    if len(days) < len(texts):
        days |= {text: _day_or_month(day, month, year) for text, day, month, year in _DMY_LINES.findall(joined)}
    found = (days[text] if text in days else parse_date(text) for text in texts)
    return [day for day in found if day is not None]


@lru_cache(maxsize=16)  # the validator and the column check ask for the same values
def _years_of(texts: frozenset[str]) -> dict[str, int]:
    joined = "\n".join(texts)
    years = {text: int(text[:4]) for text in _YEAR_FIRST.findall(joined)}
    if len(years) < len(texts):
        years |= {text: int(text[-4:]) for text in _YEAR_LAST.findall(joined)}
    if len(years) < len(texts):
        others = ((text, parse_date(text)) for text in texts if text not in years)
        years |= {text: day.year for text, day in others if day is not None}
    return years


def forget_dates() -> None:
    """Forget what was read: values are kept no longer than their table is looked at."""
    _years_of.cache_clear()
    parse_date.cache_clear()


@lru_cache(maxsize=8192)
def parse_date(text: str) -> date | None:
    """Read a date as typed; `None` for anything else.

    `dd/mm/yyyy`, `mm/dd/yyyy` where only that can be, `yyyy-mm-dd` (with / . -), `yyyymmdd[HHMM[SS]]`, `ddmmyyyy`,
    `dd/mm/yy`, `12-Jan-1990`, `January 12, 1990`, `ngày 1 tháng 2 năm 1990`, `1 tháng 2, 1990`, or a year alone. An
    unknown day or month is written 00 in old records; it is read as 1. Years outside 1900-2100 are refused.
    """
    text = text.strip()
    if text.isdigit():
        moment = len(text) > _DATE_ONLY and text.isascii()
        if len(text) not in _COMPACT_LENGTHS or (moment and text[:2] not in _CENTURIES):
            return None
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1)
    if found := _DMY.fullmatch(text) or _SPOKEN.fullmatch(text):
        return _day_or_month(*found.groups())
    if found := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DMY_COMPACT.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _SHORT.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        year += 2000 if year <= 30 else 1900
    elif (found := _WORDS.fullmatch(text)) and found[2].lower() in _MONTHS:
        day, month, year = int(found[1]), _MONTHS[found[2].lower()], int(found[3])
    elif (found := _MONTH_FIRST.fullmatch(text)) and found[1].lower() in _MONTHS:
        day, month, year = int(found[2]), _MONTHS[found[1].lower()], int(found[3])
    else:
        return None
    return _day(year, month, day)


def _day_or_month(first: str, second: str, year: str) -> date | None:
    """Return the day of a date whose month, by the way it is written, comes second, but first if only that can be."""
    day, month = int(first), int(second)
    return _day(int(year), day, month) if month > 12 >= day else _day(int(year), month, day)


def _day(year: int, month: int, day: int) -> date | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month or 1, day or 1)
    except ValueError:
        return None
