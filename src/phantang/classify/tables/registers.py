"""What columns of a register are whose values are too few kinds, or too free of form, to say it anywhere else.

Beside people's names and what only people have (a birth, a sex, a faith), a list of two words may be their ethnic
groups (`Kinh`, `Tày`), a number of twelve digits their personal number though it states no province, and the earlier
of two dates, by half a generation, their birth. Rows are counted here, not different values: in a class all may be of
one group.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from phantang.classify.names.naming import is_opaque
from phantang.classify.rules.codelists import CodeLists, plain
from phantang.classify.tables.births import have_years, years_in
from phantang.classify.tables.by_rows import claimed, given, is_open
from phantang.classify.values.measured import NEUTRAL
from phantang.classify.values.people_values import place_of_people, words_of_place
from phantang.model.finding import Finding

_NONE, _NAME, _BIRTH, _GENDER = "none", "person.name", "person.birth_date", "person.gender"
#: What shows, beside names, that rows are of people and not of orders or letters.
_OF_PEOPLE = frozenset(
    {
        _BIRTH, _GENDER, "person.birth_place", "person.marital_status", "person.family", "person.health_insurance",
        "sensitive.ethnicity", "sensitive.religion", "sensitive.health", "person.education",
    }
)  # fmt: skip
#: What shows it well enough for dates years apart.
_AND_MORE = _OF_PEOPLE | {"person.national_id", "person.phone", "person.email", "person.address"}
#: Where people have one number, another of its length is of something else.
_NUMBERED = frozenset({"person.national_id", "person.health_insurance", "person.social_insurance"})
#: Rows with a value, at least; the share of them that must be of a kind; different values of a list.
_ROWS, _SHARE, _LISTED = 6, 0.9, 12
#: How sure a birth is that later dates of its rows show.
_SURE_BIRTH = 0.66
#: Numbers of one series begin alike, in this share of them.
_SERIES = 0.6
#: So many years lie between a birth and what happens to grown-ups; so old are the youngest whose birth nothing else
#: shows, and so many different days there are.
_GROWN, _YOUNGEST, _DAYS = 14, 4, 5
#: Weights in kilograms and heights in centimetres, with one decimal (of children, too) or whole.
_TENTH, _WHOLE = re.compile(r"\d{1,3}\.\d"), re.compile(r"\d{2,3}")
_LIGHTEST, _HEAVIEST, _TALLEST, _VARIED = (2, 30), 65, 215, 30
#: Amounts with cents: the share with two decimals (one in ten loses its last zero), and the largest at least.
_CENTS, _CENT_SHARE, _SUM = re.compile(r"-?\d{1,7}\.\d{1,2}"), 0.7, 1000
_Values = Sequence[str | None]
_Given = Sequence[str]

_MEN = frozenset({"nam", "male", "trai", "nam gioi", "ong", "mr"})
_WOMEN = frozenset({"nu", "female", "gai", "nu gioi", "ba", "mrs", "ms"})
_SEPARATORS = re.compile(r"[ .\-]")
#: The number of a house and the name of a street: `34/46 Lạch Tray`, `12A Lê Lợi, ...`.
_HOUSE = re.compile(r"(?:Số |số )?\d{1,4}[A-Za-z]?(?:[/\-]\d{1,4}[A-Za-z]?)*,? (?:[A-ZĐÀ-Ỹ][^\W\d]+[ ,]*){2,5}")
_HOUSES = 0.7
#: Ten digits, or eleven as they were until 2018.
_PHONE = re.compile(r"(?:0|84|\+84)(?:\d{9}|[12]\d{9})")
_IDENTITY = re.compile(r"\d{9}|\d{12}")
#: What begins like a day (20240131..., 240131...) is the number of a paper.
_DAY = re.compile(r"(?:20)?[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


class _Kind(NamedTuple):
    """What a column may be: its tag, the rule that evidence names, how sure that is, and what its values must be."""

    tag: str
    rule: str
    sure: float
    fits: Callable[[_Given, CodeLists], bool]


def completed(findings: Sequence[Finding], samples: Mapping[str, _Values], lists: CodeLists) -> list[Finding]:
    """Return `findings` of one table about people, with what its rows show of columns that no rule spoke of.

    `samples` maps the names of the findings' columns to values, row by row.
    """
    result = {one.column.column: one for one in findings}
    tags = {one.tag for one in findings}
    if _NAME not in tags or tags.isdisjoint(_AND_MORE):
        return list(findings)
    if _BIRTH not in tags and (name := _born(result, samples, by_itself=not tags.isdisjoint(_OF_PEOPLE))):
        result[name] = claimed(result[name], _BIRTH, "vn.birth_date", len(given(samples[name])), _SURE_BIRTH)
        tags.add(_BIRTH)
    for kinds in (_LISTS, _FORMS, _AMOUNTS, _NUMBERS):
        if kinds in (_AMOUNTS, _NUMBERS) and tags.isdisjoint(_OF_PEOPLE):
            break
        if kinds is _NUMBERS and not tags.isdisjoint(_NUMBERED):
            break
        for name, found in result.items():
            rows = given(samples[name]) if is_open(found) and (kinds in (_LISTS, _FORMS) or is_opaque(name)) else []
            kind = next((one for one in kinds if one.fits(rows, lists)), None) if len(rows) >= _ROWS else None
            if kind is not None:
                result[name] = claimed(found, kind.tag, kind.rule, len(rows), kind.sure)
                tags.add(kind.tag)
    return list(result.values())


def _born(found: Mapping[str, Finding], samples: Mapping[str, _Values], *, by_itself: bool) -> str | None:
    """Return the column of births: years before another date of the same rows, or the only dates, long past."""
    dated = {name: years_in(samples[name]) for name in found if have_years(samples[name])}
    known = {name: [year for year in years if year is not None] for name, years in dated.items()}
    open_ones = [name for name, years in known.items() if len(years) >= _ROWS and is_open(found[name])]
    if not open_ones:
        return None
    first = min(open_ones, key=lambda name: sorted(known[name])[len(known[name]) // 2])
    for other, years in dated.items():
        gaps = [two - one for one, two in zip(dated[first], years, strict=False) if one is not None and two is not None]
        if other != first and len(gaps) >= _ROWS and sum(gap >= _GROWN for gap in gaps) >= _SHARE * len(gaps):
            return first
    latest, now = max(known[first]), datetime.now(UTC).year
    days = len(set(given(samples[first])))
    return first if by_itself and len(dated) == 1 and latest <= now - _YOUNGEST and days >= _DAYS else None


def _words(rows: _Given) -> list[str]:
    """Return the values, plain, without those that say nothing."""
    return [word for word in map(plain, rows) if word not in NEUTRAL]


def _genders(rows: _Given, _: CodeLists) -> bool:
    return {plain(value) for value in rows} <= _MEN | _WOMEN


def _groups(rows: _Given, lists: CodeLists) -> bool:
    words = _words(rows)
    return "kinh" in words and sum(word in lists.ethnicities for word in words) >= _SHARE * len(words)


def _faiths(rows: _Given, lists: CodeLists) -> bool:
    words = _words(rows)
    return bool(words) and sum(word in lists.religions for word in words) >= _SHARE * len(words)


def _of_list(name: str, share: float = _SHARE, least: int = 2) -> Callable[[_Given, CodeLists], bool]:
    def fits(rows: _Given, lists: CodeLists) -> bool:
        words = _words(rows)
        few = 2 * len(words) >= len(rows) and least <= len(set(words)) <= _LISTED
        return few and sum(word in lists.words[name] for word in words) >= share * len(words)

    return fits


def _places(rows: _Given, lists: CodeLists) -> bool:
    known = {value for value in set(rows) if all(_is_place(part.strip(), lists) for part in value.split(","))}
    return sum(value in known for value in rows) >= _SHARE * len(rows)


def _is_place(part: str, lists: CodeLists) -> bool:
    if not part or plain(part) == "viet nam":
        return bool(part)
    return words_of_place(part, lists) or place_of_people(part, lists)


def _houses(rows: _Given, _: CodeLists) -> bool:
    different = set(rows)
    return len(different) >= _ROWS and sum(map(bool, map(_HOUSE.match, different))) >= _HOUSES * len(different)


def _own(numbers: _Given) -> bool:
    """Tell whether numbers are of many people: not of one series, nor given one after the other."""
    ordered = sorted({int(number) for number in numbers})
    if len(ordered) < max(_DAYS, len(numbers) // 5):
        return False
    if max(Counter(number[:3] for number in numbers).values()) > _SERIES * len(numbers):
        return False
    steps = [two - one for one, two in pairwise(ordered)]
    return bool(steps) and sum(step <= 2 for step in steps) * 2 <= len(steps)


def _identities(rows: _Given, _: CodeLists) -> bool:
    numbers = [_SEPARATORS.sub("", value) for value in rows if plain(value) not in NEUTRAL]
    formed = [number for number in numbers if _IDENTITY.fullmatch(number)]
    if not formed or len(formed) < _SHARE * len(numbers):
        return False
    return _own(formed) and sum(_DAY.match(number) is not None for number in formed) * 2 <= len(formed)


def _phones(rows: _Given, _: CodeLists) -> bool:
    numbers = [_SEPARATORS.sub("", value) for value in rows]
    formed = [number for number in numbers if _PHONE.fullmatch(number)]
    return len(formed) >= _SHARE * len(numbers) and len(set(formed)) * 2 >= len(formed)


def _amounts(rows: _Given) -> list[float]:
    """Return numbers, in order; empty if any value is none."""
    try:
        return sorted(map(float, rows))
    except ValueError:
        return []


def _bodies(rows: _Given, _: CodeLists) -> bool:
    """Tell whether numbers are weights or heights: many different ones of grown-ups, or with one decimal of anybody."""
    tenths = all(map(_TENTH.fullmatch, rows))
    if not tenths and not all(map(_WHOLE.fullmatch, rows)):
        return False
    numbers = _amounts(rows)
    low = _LIGHTEST[0] if tenths else _LIGHTEST[1]
    return low <= numbers[0] and _HEAVIEST <= numbers[-1] <= _TALLEST and len(set(numbers)) >= _VARIED


def _cents(rows: _Given, _: CodeLists) -> bool:
    """Tell whether numbers are amounts with cents: most of two decimals, the largest of a thousand or more."""
    if sum(map(bool, map(_CENTS.fullmatch, rows))) < _SHARE * len(rows):
        return False
    two = sum(value[-3] == "." for value in rows if len(value) > 3)
    return two >= _CENT_SHARE * len(rows) and max(map(float, rows)) >= _SUM and len(set(rows)) >= _VARIED


def _incomes(rows: _Given, _: CodeLists) -> bool:
    amounts = _amounts(rows)
    if not amounts:
        return False
    round_ones = sum(5e5 <= amount <= 5e8 and amount % 1000 == 0 for amount in amounts)
    return round_ones >= _SHARE * len(amounts) and len(set(amounts)) > 2


_LISTS = (
    _Kind(_GENDER, "vn.gender", 0.8, _genders),
    _Kind("sensitive.ethnicity", "vn.ethnicity", 0.85, _groups),
    _Kind("sensitive.religion", "vn.religion", 0.8, _faiths),
    _Kind("person.nationality", "value.nationality", 0.66, _of_list("nationalities", least=1)),
    _Kind("person.marital_status", "value.marital_status", 0.75, _of_list("marital")),
    _Kind("person.family", "value.kinship", 0.7, _of_list("kinship")),
    _Kind("person.occupation", "value.occupation", 0.66, _of_list("occupations", 0.6, least=1)),
    _Kind("person.education", "value.education", 0.66, _of_list("education", least=1)),
)
_FORMS = (
    _Kind("person.address", "value.vn.birth_province", 0.6, _places),
    _Kind("person.address", "vn.address", 0.58, _houses),
    _Kind("person.phone", "vn.phone", 0.62, _phones),
)
#: Only under names that say nothing, where rows are of people.
_AMOUNTS = (
    _Kind("sensitive.finance", "vn.income", 0.56, _incomes),
    _Kind("sensitive.finance", "vn.income", 0.55, _cents),
    _Kind("sensitive.health", "mark.height", 0.53, _bodies),
)
#: The same, where people have no other number.
_NUMBERS = (_Kind("person.national_id", "vn.national_id", 0.62, _identities),)
