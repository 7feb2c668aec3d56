"""Dates as they are typed in Vietnamese systems."""

from __future__ import annotations

import re
from datetime import date

_DMY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?:[T ].*)?")
_YMD = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}(?:\d{2})?)?")
_YEAR = re.compile(r"(?:19|20)\d{2}")


def parse_date(text: str) -> date | None:
    """Read `dd/mm/yyyy`, `yyyy-mm-dd` (with / . -), `yyyymmdd[HHMM[SS]]`, or a year alone; `None` for anything else.

    An unknown day or month is written 00 in old records; it is read as 1. Years outside 1900-2100 are refused.
    """
    text = text.strip()
    if _YEAR.fullmatch(text):
        return date(int(text), 1, 1)
    if found := _DMY.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YMD.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month or 1, day or 1)
    except ValueError:
        return None
