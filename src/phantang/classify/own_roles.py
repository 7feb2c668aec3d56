"""Whose fields a table's columns are, in letters that only this table uses: `nam_sinh_csd`, `dc_csd`, `ten_csd`.

Letters without a vowel that end or begin several names are a role if one of these names is, without them, something
that only a person has. The others are then read as fields of a person, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence

from phantang.classify.words import Word, words_of

_LETTERS = range(2, 5)
_VOWELS = frozenset("aeiouy")
#: What such letters are read as.
_ROLE = "cong_dan"


def with_roles(
    names: Mapping[str, str], known: Container[str], is_of_person: Callable[[str], bool]
) -> Mapping[str, str]:
    """Return `names` (column: name to read) with such letters replaced by a role.

    `known` are words that mean something already; `is_of_person` tells whether a name is of what only a person has.
    """
    bearers: dict[str, list[str]] = defaultdict(list)
    split = {column: words_of(name) for column, name in names.items()}
    for column, words in split.items():
        if len(words) > 1:
            for token in {words[0].folded, words[-1].folded}:
                if _could_be_role(token) and token not in known:
                    bearers[token].append(column)
    found = dict(names)
    for token, columns in bearers.items():
        if len(columns) > 1 and any(is_of_person(_without(split[column], token)) for column in columns):
            for column in columns:
                found[column] = "_".join(_ROLE if word.folded == token else word.key for word in split[column])
    return found


def _could_be_role(token: str) -> bool:
    return len(token) in _LETTERS and token.isalpha() and not set(token) & _VOWELS


def _without(words: Sequence[Word], token: str) -> str:
    return "_".join(word.key for word in words if word.folded != token)
