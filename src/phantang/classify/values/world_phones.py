"""Phones as people of other countries write them: each by its digits, a column of them by how it is written.

Bare digits may be anything; a column in which some stand in brackets, behind a plus or a 0, and some do not, holds
phones. Sources: ITU-T E.164; North American Numbering Plan; national numbering plans.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from phantang.classify.rules.codelists import CodeLists

#: A Vietnamese mobile number without what stands before its nine digits (plan of 2018).
MOBILE = r"(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}"
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|#|poste) ?\d{1,6}$", re.IGNORECASE)
_SIGNS = re.compile(r"[ .()/\-]+")
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"(?:19|20)\d{2}[.\-/ ]\d{1,2}[.\-/ ]\d{1,2}|\d{1,2}[.\-/ ]\d{1,2}[.\-/ ](?:19|20)?\d{2}")
#: A number of a book or an article, which begins like one of a country.
_ARTICLE = re.compile(r"97[89][\- ]\d")
_NORTH_AMERICA = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_BARE = re.compile(r"\d+")
_LOCAL = re.compile(r"\d{4}[ .\-]\d{4}")
_FEWEST = 8


def world_phone(value: str, _: CodeLists) -> bool:
    """Accept an international number, a national one with its 0, one of North America, or ten digits."""
    digits = value
    if not value.isdigit():
        if _DATE.fullmatch(value) or _ARTICLE.match(value):
            return False
        digits = _SIGNS.sub("", _EXTENSION.sub("", value))
    if digits.startswith("+"):
        return digits[1:].isdigit() and 8 <= len(digits) <= 16 and digits[1] != "0"
    if not digits.isdigit():
        return False
    if digits.startswith("00"):
        return 10 <= len(digits) <= 16
    if digits[0] == "0":
        return 9 <= len(digits) <= 12
    if value[0] == "(":
        return 10 <= len(digits) <= 11
    return len(digits) == 10 or _NORTH_AMERICA.fullmatch(digits) is not None or _LOCAL.fullmatch(value) is not None


def phones_mixed(values: Sequence[str]) -> bool:
    """Phones of strangers, written in three ways or more, a sixth of them with a plus, brackets or an extension."""
    if len(values) < _FEWEST or all(map(str.isdecimal, values)):
        return False
    forms = {_DIGIT.sub("9", value) for value in values}
    if len(forms) < 3 or not _of_strangers(values):
        return False
    marked = sum(value[0] in "+(" or "(" in value or _EXTENSION.search(value) is not None for value in values)
    return marked * 6 >= len(values)


def phones_written(values: Sequence[str]) -> bool:
    """Phones of strangers, nine in ten of them behind a 0 or a plus and in groups, or as North America groups them."""
    if len(values) < _FEWEST or all(map(str.isdecimal, values)) or not _of_strangers(values):
        return False
    grouped = sum(value[0] in "0+(" and _BARE.fullmatch(value) is None for value in values)
    american = sum(
        _BARE.fullmatch(value) is None and _NORTH_AMERICA.fullmatch(_SIGNS.sub("", value)) is not None
        for value in (_EXTENSION.sub("", value) for value in values)
    )
    return max(grouped, american) * 10 >= 9 * len(values)


def phones_of_abroad(values: Sequence[str]) -> bool:
    """Phones as `phones_written`, in three ways or more, under half of them landlines as Viet Nam has them."""
    landlines = sum(value.startswith("02") and len(_DIGIT.findall(value)) == 11 for value in values)
    forms = {_DIGIT.sub("9", value) for value in values}
    return len(forms) >= 3 and 2 * landlines < len(values) and phones_written(values)


def phones_of_north_america(values: Sequence[str]) -> bool:
    """Ten bare digits: all of them numbers that the plan of North America allows, of many areas."""
    return (
        len(values) >= 3 * _FEWEST
        and all(map(_NORTH_AMERICA.fullmatch, values))
        and _of_strangers(values)
        and len({value[:3] for value in values}) * 4 >= len(values)
    )


def _of_strangers(values: Sequence[str]) -> bool:
    """Tell whether numbers end in any four digits, and do not all begin with the same three."""
    digits = ["".join(_DIGIT.findall(_EXTENSION.sub("", value))) for value in values]
    starts = Counter(number[:5] for number in digits)
    return len({number[-4:] for number in digits}) >= 0.8 * len(digits) and max(starts.values()) <= 0.6 * len(digits)


WORLD_PHONES: Mapping[str, Callable[[str, CodeLists], bool]] = {world_phone.__name__: world_phone}
PHONE_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check for check in (phones_mixed, phones_written, phones_of_abroad, phones_of_north_america)
}
