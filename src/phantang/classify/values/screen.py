"""Which value rules can match anything in a column at all: one look at its texts instead of a run of every pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from phantang.classify.rules.rule import ValueTest
from phantang.classify.values.forms import Form, as_bits, form_of, kinds_in, shapes

#: Validators that accept nothing without a letter: they look for words in lists of which all have letters.
LETTERED = frozenset(
    {
        "account_and_bank", "address", "address_typed", "crime_said", "crimes", "diagnosis_text", "disability",
        "english_name", "english_name_typed", "english_surname", "ethnicity", "facility", "full_name", "given_name",
        "hamlet", "hardship", "health_said", "kinship", "majors", "marital", "medicine", "nationalities",
        "occupation_text", "occupations", "organisation_name", "party", "party_said", "people_named", "place_name",
        "place_of_people", "plea_said", "private_text", "religion", "sexual", "user_name", "vaccines",
        "vietnamese_surname", "welfare_said", "words_of_place",
    }
)  # fmt: skip


class Screen:
    """The forms of all value rules. It errs on one side: what it leaves out never matches."""

    def __init__(self, tests: Mapping[int, ValueTest]) -> None:
        self._forms = {number: _forms(test) for number, test in tests.items()}
        #: Rules of which every match has a text beyond ASCII.
        self._marked = frozenset(
            number
            for number, forms in self._forms.items()
            if all(form.needles and not any(map(str.isascii, form.needles)) for form in forms)
        )
        self._foreign = frozenset(number for number, test in tests.items() if test.presidio)
        self._rules = lru_cache(maxsize=32768)(self._fitting)

    def possible(self, text: str) -> int:
        """Return the rules, as bits, that may match a line of `text` as a whole; of Presidio's, be asked."""
        found = 0
        for length, kinds in shapes(text):
            found |= self._rules(length, kinds)
        return found

    def inside(self, text: str, numbers: Iterable[int]) -> Iterator[int]:
        """Yield those of the rules `numbers` that may match a part of `text`."""
        length, kinds = len(text), None
        if text.isascii():
            numbers = [number for number in numbers if number not in self._marked]
        for number in numbers:
            forms = [form for form in self._forms[number] if form.may_be_in(text)]
            if forms and kinds is None:
                kinds = kinds_in(text)
            if kinds is not None and any(form.fits_inside(length, kinds) for form in forms):
                yield number

    def _fitting(self, length: int, kinds: frozenset[int]) -> int:
        bits, found = as_bits(kinds), 0
        for number, forms in self._forms.items():
            inside = number in self._foreign
            if any(form.fits_inside(length, bits) if inside else form.fits(length, bits) for form in forms):
                found |= 1 << number
        return found


def members(bits: int) -> Iterator[int]:
    """Yield the numbers that `bits` holds, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _forms(test: ValueTest) -> tuple[Form, ...]:
    flags = re.IGNORECASE if test.ignore_case else 0
    forms = (form_of(pattern, flags) for pattern in ((test.form,) if test.form else test.patterns))
    return tuple(form.with_a_letter() if test.validator in LETTERED else form for form in forms)
