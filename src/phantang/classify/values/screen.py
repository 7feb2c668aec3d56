"""Which value rules can match anything in a column at all: one look at its texts instead of a run of every pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from phantang.classify.rules.rule import ValueTest
from phantang.classify.values.forms import Form, as_bits, coded, form_of, kinds_in
from phantang.classify.values.tally import LANE, Lane, Tally

#: Validators that accept nothing without a letter: they look for words in lists of which all have letters.
LETTERED = frozenset(
    {
        "account_and_bank", "address", "address_typed", "allergens", "cities", "crime_said", "crimes", "diagnosis_text",
        "disability", "english_name_typed", "ethnic_group_en", "ethnicity", "facility",
        "full_name", "hamlet", "hardship", "health_said", "kinship", "kinship_said", "majors", "marital",
        "medicine", "middle_and_given", "name_inside", "name_reversed", "name_turned", "nationalities",
        "occupation_text", "occupations", "organisation_name", "party", "party_said", "people_named", "place_name",
        "place_of_people", "plea_said", "private_text", "religion", "sexual", "user_name", "vaccines",
        "vietnamese_surname", "welfare_said", "words_of_place",
        "latin_name", "latin_name_of_passport",
        "latin_name_partly", "latin_given_name", "latin_surname", "world_address", "post_held", "demonym",
        "university",
    }
)  # fmt: skip


#: Lines of codes, numbers and names are alike in many tables: of those so short, what fits them is kept by line.
_SHORT = 24


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
        asked = [form for number in self._foreign for form in self._forms[number]]
        #: Lengths from which, and kinds of which, they do not tell texts apart.
        self._longest = max((form.least for form in asked), default=0)
        self._telling = tuple({kind for form in asked for kinds in form.needed for kind in members(kinds)})
        own = {number: test.share for number, test in tests.items() if number not in self._foreign}
        self._lanes = {number: 1 << LANE * place for place, number in enumerate(own)}
        lanes = {LANE * place: Lane(share, 1 << number) for place, (number, share) in enumerate(own.items())}
        self._tally = Tally(lanes)
        #: For a line of some length and kinds, 1 in the lane of each rule that it fits.
        self._rules = lru_cache(maxsize=32768)(self._fitting)
        self._fit = lru_cache(maxsize=32768)(lambda line: self._rules(len(line), frozenset(line)))
        self._recognisers = lru_cache(maxsize=4096)(self._may_be_asked)

    def possible(self, text: str, total: int = 0, neutral: int = 0) -> int:
        """Return the rules, as bits, that may match as many lines of `text` as they must not to be out.

        There are `total` lines, if it is told, some of which may be `neutral`: see `confidence.needed`.
        """
        lines, counts = coded(text).split(b"\n"), 0
        for line in lines:
            counts += self._fit(line) if len(line) <= _SHORT else self._rules(len(line), frozenset(line))
        return self._tally.reaching(counts, len(lines), total, neutral)

    def foreign(self, text: str) -> int:
        """Return those of Presidio's recognisers, as bits, that may find something in a line of `text`."""
        kinds, longest = coded(text), max(map(len, text.split("\n")))
        return self._recognisers(min(longest, self._longest), as_bits(kind for kind in self._telling if kind in kinds))

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
        for number, one in self._lanes.items():
            if any(form.fits(length, bits) for form in self._forms[number]):
                found |= one
        return found

    def _may_be_asked(self, length: int, kinds: int) -> int:
        asked = (n for n in self._foreign if any(form.fits_inside(length, kinds) for form in self._forms[n]))
        return sum(1 << number for number in asked)

    def signs(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return texts, as short as may be, one of which a text has that any of the rules `numbers` may match inside.

        Empty if there is none for some form of theirs.
        """
        forms = [form for number in numbers for form in self._forms[number]]
        if not all(form.needles for form in forms):
            return ()
        return tuple({_sign(needle) for form in forms for needle in form.needles})


def members(bits: int) -> Iterator[int]:
    """Yield the numbers that `bits` holds, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _sign(needle: str) -> str:
    """Return a part of a needle that texts seldom have: its last letter beyond ASCII with those beside it, or all."""
    at = max((place for place, char in enumerate(needle) if not char.isascii()), default=None)
    return needle if at is None else needle[max(0, at - 1) : at + 2]


def _forms(test: ValueTest) -> tuple[Form, ...]:
    flags = re.IGNORECASE if test.ignore_case else 0
    forms = (form_of(pattern, flags) for pattern in ((test.form,) if test.form else test.patterns))
    return tuple(form.with_a_letter() if test.validator in LETTERED else form for form in forms)
