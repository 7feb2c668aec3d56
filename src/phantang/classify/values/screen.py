"""Which value rules can match anything in a column at all: one look at its texts instead of a run of every pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from phantang.classify.rules.confidence import needed
from phantang.classify.rules.rule import ValueTest
from phantang.classify.values.forms import Form, as_bits, form_of, kinds_in, shapes

#: Validators that accept nothing without a letter: they look for words in lists of which all have letters.
LETTERED = frozenset(
    {
        "account_and_bank", "address", "address_typed", "crime_said", "crimes", "diagnosis_text", "disability",
        "english_name_typed", "ethnic_group_en", "ethnicity", "facility",
        "full_name", "hamlet", "hardship", "health_said", "kinship", "kinship_said", "majors", "marital",
        "medicine", "middle_and_given", "name_inside", "name_reversed", "name_turned", "nationalities",
        "occupation_text", "occupations", "organisation_name", "party", "party_said", "people_named", "place_name",
        "place_of_people", "plea_said", "private_text", "religion", "sexual", "user_name", "vaccines",
        "vietnamese_surname", "welfare_said", "words_of_place",
        "latin_name", "latin_name_partly", "latin_given_name", "latin_surname", "world_address", "post_held", "demonym",
        "university",
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
        self._shares = {number: test.share for number, test in tests.items() if number not in self._foreign}
        self._rules = lru_cache(maxsize=32768)(self._fitting)
        self._recognisers = lru_cache(maxsize=4096)(self._may_be_asked)
        self._demanded = lru_cache(maxsize=512)(self._demanded_lines)

    def possible(self, text: str, total: int = 0, neutral: int = 0) -> int:
        """Return the rules, as bits, that may match as many lines of `text` as they must not to be out.

        There are `total` lines, if it is told, some of which may be `neutral`: see `confidence.needed`.
        """
        fits: dict[int, int] = {}
        for (length, kinds), times in shapes(text).items():
            fit = self._rules(length, kinds)
            fits[fit] = fits.get(fit, 0) + times
        if len(fits) == 1:
            return next(iter(fits))
        demanded = self._demanded(text.count("\n") + 1, total, neutral)
        # By number of lines, from none: the rules that so many lines, or more, fit.
        reached = [-1, *(0 for _ in demanded[1:])]
        for fit, times in fits.items():
            for lines in range(len(reached) - 1, 0, -1):
                reached[lines] |= fit & reached[lines - times] if lines > times else fit
        found = 0
        for rules, those in zip(demanded, reached, strict=True):
            found |= rules & those
        return found

    def foreign(self, text: str) -> int:
        """Return those of Presidio's recognisers, as bits, that may find something in a line of `text`."""
        return self._recognisers(max(map(len, text.split("\n"))), kinds_in(text))

    def _demanded_lines(self, count: int, total: int, neutral: int) -> list[int]:
        """Return, by number of lines, the rules, as bits, that demand so many of `count` at the least."""
        found = [0]
        for number, share in self._shares.items():
            least = needed(count, share, total, neutral)
            found += [0] * (least + 1 - len(found))
            found[least] |= 1 << number
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
        for number in self._shares:
            if any(form.fits(length, bits) for form in self._forms[number]):
                found |= 1 << number
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
