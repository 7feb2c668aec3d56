"""What a value must hold before a validator that looks into lists can accept it: some listed word, or text.

All words of a value are looked up at once, for all such validators; one that finds nothing of its own is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from phantang.classify.rules.codelists import TOPICS
from phantang.classify.values.tally import LANE
from phantang.classify.values.validators import ADDRESS_WORDS, LISTED, STREET
from phantang.classify.values.world_people import UNIVERSITIES

if TYPE_CHECKING:
    from phantang.classify.rules.codelists import CodeLists


def _words_of(name: str) -> Callable[[CodeLists], Iterable[str]]:
    return lambda lists: lists.words[name]


def _topic(name: str) -> Callable[[CodeLists], Iterable[str]]:
    return lambda lists: _first_words(lists.words[f"said_{name}"])


#: Validators that accept a value only if it is, as a whole and plain, one of these texts.
_WHOLE: Mapping[str, Callable[[CodeLists], Iterable[str]]] = {
    "ethnicity": lambda lists: lists.ethnicities,
    "religion": lambda lists: lists.religions,
    "demonym": lambda lists: lists.words["demonyms"],
} | {name: _words_of(name) for name in LISTED}
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
#: Validators that accept a value only if one of its plain words is one of these; `address` takes an English street too.
_ONE_WORD: Mapping[str, Callable[[CodeLists], Iterable[str]]] = {
    "full_name": lambda lists: lists.surnames,
    "vietnamese_surname": lambda lists: lists.surnames,
    "occupation_text": lambda lists: _first_words(lists.words["occupations"] | lists.words["occupation_heads"]),
    "people_named": lambda lists: lists.surnames | lists.words["given_names"],
    "latin_name": lambda lists: {*_all_words(lists.words["names_last"]), *_LETTERS},
    "latin_name_of_passport": lambda lists: _all_words(lists.words["names_last"] | lists.words["surnames_en"]),
    "latin_name_partly": lambda lists: lists.words["names_first"] | lists.words["names_last"],
    "latin_surname": lambda lists: {*_all_words(lists.words["names_last"]), *_LETTERS},
    "latin_given_name": lambda lists: lists.words["names_first"] | lists.words["given_names"],
    "post_held": lambda lists: _all_words(lists.words["posts"]),
    "university": lambda _: UNIVERSITIES,
    "english_name_typed": lambda lists: lists.words["given_names"] | lists.words["surnames_en"],
    "private_text": lambda lists: _first_words(lists.words["private"]),
    "facility": lambda lists: _first_words(lists.words["facilities"]),
    "account_and_bank": lambda lists: lists.words["banks"],
    "diagnosis_text": lambda lists: _first_words(lists.words["diagnoses"]),
    "organisation_name": lambda lists: _first_words(lists.words["organisations"]),
    **{f"{topic}_said": _topic(topic) for topic in TOPICS},
    "name_inside": lambda lists: lists.surnames,
    "name_reversed": lambda lists: lists.words["given_names"],
    "middle_and_given": lambda lists: lists.words["given_names"],
    "words_of_place": lambda lists: _first_words(lists.words["provinces"]),
    "place_name": lambda lists: _first_words(lists.words["provinces"]),
    "address": lambda lists: {*ADDRESS_WORDS, *_first_words(lists.words["provinces"])},
}


def _all_words(phrases: Iterable[str]) -> set[str]:
    return {word for phrase in phrases for word in phrase.split()}


def _first_words(phrases: Iterable[str]) -> set[str]:
    return {phrase.split()[0] for phrase in phrases if phrase}


#: Of these, some accept values without such a word.
_BESIDE_WORDS = frozenset({"address"})
#: There are never more values than a lane can hold.
MOST_VALUES = (1 << LANE) - 1


class Hints:
    """Counts how many of some values each validator could accept."""

    #: Names of the validators that are known here; any other may accept anything.
    known = frozenset({*_WHOLE, *_ONE_WORD})
    #: Those that accept nothing without one of their words.
    by_words = known - _BESIDE_WORDS

    def __init__(self, lists: CodeLists) -> None:
        self.lists = lists
        self._lanes = {validator: LANE * place for place, validator in enumerate(sorted(self.known))}
        self._whole = self._inverted(_WHOLE, lists)
        self._words = self._inverted(_ONE_WORD, lists)

    def of_each(self, values: Iterable[Sequence[str]]) -> list[int]:
        """Return for each of `values`, given as its words, the validators that could accept it: 1 in their lanes.

        The sum of at most `MOST_VALUES` of them counts the values that each validator could accept.
        """
        every, words, whole = [], self._words, self._whole
        for parts in values:
            found = whole.get(" ".join(parts), 0)
            for word in parts:
                if word in words:
                    found |= words[word]
            every.append(found)
        return every

    def lane(self, validator: str) -> int:
        """Return the place of the lowest bit of the lane of a validator."""
        return self._lanes[validator]

    def open_to(self, validator: str, lines: Sequence[str], hinted: Mapping[str, int]) -> Sequence[str]:
        """Return those of `lines` that `validator` could accept; `hinted` has the lanes of each."""
        if validator not in self.by_words:
            return lines
        place = self._lanes[validator]
        return [line for line in lines if hinted[line] >> place & 1]

    def most(self, validator: str, counts: int, lines: str) -> int:
        """Return how many of the values on `lines`, whose `counts` these are, `validator` could accept at the most."""
        streets = len(STREET.findall(lines)) if validator in _BESIDE_WORDS and lines.lower() != lines.upper() else 0
        return (counts >> self._lanes[validator] & MOST_VALUES) + streets

    def _inverted(self, wanted: Mapping[str, Callable[[CodeLists], Iterable[str]]], lists: CodeLists) -> dict[str, int]:
        found: dict[str, int] = {}
        for validator, texts in wanted.items():
            for text in texts(lists):
                found[text] = found.get(text, 0) | 1 << self._lanes[validator]
        return found
