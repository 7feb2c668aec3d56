"""Named validators of people's names in Latin letters, by two lists: what is a given name, and what is a surname.

A name is one if both its ends are listed; what only begins like one (`Virginia ham`, `Jordan river`) is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from phantang.classify.rules.codelists import CodeLists
from phantang.classify.text.folding import fold

#: What stands before a name, and behind it, folded and without points.
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "lady", "lord", "rev", "fr", "hon", "capt", "col",
    "lt", "maj", "sgt", "m", "mme", "mlle", "sr", "sra", "srta", "don", "dona", "herr", "frau", "sig", "dott", "shri",
    "smt", "kumari", "ing", "phd"}
)  # fmt: skip
_SUFFIXES = frozenset(
    {"jr", "sr", "ii", "iii", "iv", "v", "md", "dds", "dvm", "phd", "mba", "esq", "cpa", "rn", "do", "jd", "obe",
    "mbe", "pe", "dphil", "bsc", "msc", "ma", "ba"}
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
#: Behind one letter only: `O'Brien`, `D’Angelo`.
_APOSTROPHE = re.compile(r"(?<=\b[a-z])['’](?=[a-z])")
#: Letters of a whole name; shorter ones are as easily two syllables of anything.
_LETTERS, _MOST_WORDS = 7, 5
#: Names that are as often colours.
_COLOURS = frozenset(
    {"red", "green", "blue", "white", "black", "brown", "gray", "grey", "gold", "silver", "pink", "rose", "violet",
    "olive", "coral", "amber", "plum", "tan", "teal", "lime", "ivory", "salmon", "orange", "purple", "cherry", "ruby",
    "jade", "scarlet", "sienna", "hazel", "ginger", "crystal", "pearl", "ebony", "sandy", "misty", "dusty", "sage"}
)  # fmt: skip


def latin_name(value: str, lists: CodeLists) -> bool:
    """Accept a listed given name (or an initial) and a listed surname, in either order around a comma.

    `Kraig Lambert`, `LAMBERT, Kraig J.`, `Dr. Mireille de la Cruz`, `Anne-Marie Duval PhD`, `J. Lambert`.
    """
    words = _words_of(value)
    if words is None or not 2 <= len(words) <= _MOST_WORDS or sum(map(len, words)) < _LETTERS:
        return False
    given, family = lists.words["names_first"], lists.words["names_last"]
    last = words[-1] in family or " ".join(words[-2:]) in family or _all_parts(words[-1], family)
    if not last or _COLOURS.issuperset((words[0], words[-1])):
        return False
    if len(words[0]) == 1:
        return len(words) == 2 or len(words[1]) == 1
    return words[0] in given or _all_parts(words[0], given)


def latin_name_of_passport(value: str, lists: CodeLists) -> bool:
    """Accept capitals without a comma, the surname first, as machine-readable zones have it: `SMITH JOHN ALLEN`."""
    words = fold(value).split() if value.isupper() else []
    if not 2 <= len(words) <= _MOST_WORDS or sum(map(len, words)) < _LETTERS or not all(map(_WORD.fullmatch, words)):
        return False
    given, family = lists.words["names_first"], lists.words["names_last"] | lists.words["surnames_en"]
    if _COLOURS.issuperset((words[0], words[-1])):
        return False
    return (words[0] in family and not given.isdisjoint(words[1:])) or latin_name(value, lists)


def latin_name_partly(value: str, lists: CodeLists) -> bool:
    """Accept two capitalised words, the first a listed given name or the second a listed surname."""
    words = value.split()
    if len(words) != 2 or not all(word[0].isupper() and word[1:].islower() for word in words):
        return False
    first, last = map(fold, words)
    return first in lists.words["names_first"] or last in lists.words["names_last"]


def latin_given_name(value: str, lists: CodeLists) -> bool:
    """Accept one listed given name, or two joined: `Arnetta`, `Anne-Marie`, `José Luis`; one of Viet Nam by itself."""
    given = lists.words["names_first"]
    words = fold(value).replace("-", " ").split()
    if len(words) == 1 and words[0] in lists.words["given_names"]:
        return words[0] not in _COLOURS
    return 0 < len(words) <= 2 and all(word in given for word in words) and words[0] not in _COLOURS


def latin_surname(value: str, lists: CodeLists) -> bool:
    """Accept one listed surname, two joined, or one with its particle: `Bigot`, `Smith-Jones`, `O'Brien`, `Le Gall`."""
    family = lists.words["names_last"]
    text = _APOSTROPHE.sub("", fold(value))
    return text not in _COLOURS and (text in family or _all_parts(text, family))


def _words_of(value: str) -> list[str] | None:
    """Return the words of a name, folded, the given name first, without titles; `None` if it is none."""
    text = _APOSTROPHE.sub("", fold(value)).replace(".", " ")
    head, comma, tail = text.partition(",")
    ends = tail.split()
    reversed_ = comma and ends and not _SUFFIXES.issuperset(ends)
    words = [*ends, *head.split()] if reversed_ else head.split()
    while len(words) > 2 and words[0] in _TITLES:
        words = words[1:]
    while len(words) > 2 and words[-1] in _SUFFIXES:
        words = words[:-1]
    return words if all(map(_WORD.fullmatch, words)) else None


def _all_parts(word: str, listed: frozenset[str]) -> bool:
    parts = word.split("-")
    return len(parts) > 1 and all(part in listed for part in parts)


LATIN_NAMES: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check
    for check in (latin_name, latin_name_of_passport, latin_name_partly, latin_given_name, latin_surname)
}
