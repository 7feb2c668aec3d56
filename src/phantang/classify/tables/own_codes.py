"""Codes and numbers that every row of a register has for itself: numbers of papers, files, cards and customers.

In rows with names and births or sexes such a column is nearly always a number that somebody gave to that person. What
begins with a day, counts seconds, versions or rows, is random (keys, hashes) or stands on goods is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from phantang.classify.values.measures import is_article

#: Rows with a value, at least; the share of them whose code is their own, and that must have the form.
_ROWS, _OWN, _SHARE = 12, 0.97, 0.95
#: Letters and digits: `SHV649`, `WS 458392`, `BD-NV-0001`, `07.530338`; and what has their form.
_CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-zĐ])[A-Za-zĐ0-9][\w\-./]{3,19}|[A-ZĐ]{1,4} \d{4,10}|\d{2,6}[.\-]\d{2,9}")
_RANDOM = re.compile(r"[0-9a-fA-F\-]{12,}")
_MEASURED, _MONTH = re.compile(r"[1-9]\d*\.\d+|0\.\d+"), re.compile(r"\d{4}-\d{2}")
#: Digits alone: numbers of 12 digits are told by other signs, those of 15 stand on chips and devices.
_NUMBER = re.compile(r"\d{4,11}|\d{13,14}")
_DAY = re.compile(r"(?:20)?[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
#: Seconds since 1970 in this century; numbers given one after the other lie so near each other.
_SECONDS = (946_684_800, 1_900_000_000)
_NEAR = 3
#: So few digits are a number only where zeros stand before it: PIN, last four, postal code.
_SHORT = 5


def are_own_codes(values: Sequence[str], *, numbers: bool) -> bool:
    """Tell whether `values`, one a row, are codes, or `numbers` alone, of which nearly every row has another."""
    if len(values) < _ROWS or len(set(values)) < _OWN * len(values):
        return False
    if all(map(_CODE.fullmatch, values)):
        return not any(all(map(form.fullmatch, values)) for form in (_RANDOM, _MEASURED, _MONTH))
    return numbers and all(map(_NUMBER.fullmatch, values)) and _are_numbers(values)


def _are_numbers(values: Sequence[str]) -> bool:
    """Tell whether digits are numbers given to strangers: of one length, no days, amounts, seconds, rows or goods."""
    count, least = len(values), _SHARE * len(values)
    length, same = Counter(map(len, values)).most_common(1)[0]
    zeros = any(value[0] == "0" for value in values)
    if same < least or (length <= _SHORT and not zeros):
        return False
    if sum(value.endswith("00") for value in values) * 5 >= count:
        return False
    if length >= 6 and sum(map(bool, map(_DAY.match, values))) * 2 >= count:
        return False
    if length == 13 and sum(map(is_article, values)) * 2 >= count:
        return False
    numbers = sorted(map(int, values))
    if sum(_SECONDS[0] <= number <= _SECONDS[1] for number in numbers) >= least:
        return False
    return sum(two - one <= _NEAR for one, two in pairwise(numbers)) * 3 < count
