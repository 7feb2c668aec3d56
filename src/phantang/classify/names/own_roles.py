"""Whose fields a table's columns are, in letters that only this table uses: `nam_sinh_csd`, `dc_csd`, `hotenndn`.

Letters without a vowel that end or begin several names, or end several that are written as one word, are a role if one
of these names is, without them, something that only a person has. Letters that mean something elsewhere (`dt`: điện
thoại) are one if they bound three names or more, two of them such a thing or first letters of one (`HT_DT`, `NGS_DT`),
or one of them and two other fields that people have (`cccd_ct`, `dc_ct`, `dt_ct`).
The others are then read as fields of a person, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache

from phantang.classify.text.words import VOWELS, words_of

_LETTERS = range(2, 5)
#: What such letters are read as.
_ROLE = "cong_dan"
#: How many names known letters must bound, and how many of them must be a person's without them.
_KNOWN_COLUMNS, _KNOWN_PERSONAL = 3, 2
#: Fields that only a person has, which `is_of_person` does not know.
_ALSO = frozenset({"họ tên", "họ và tên", "tuổi"})
_NAMES = frozenset({"hoten", "ho_ten", "ho_va_ten", "hovaten", "hten"})
#: The shortest field that letters are written behind, and letters that end a syllable.
_SHORTEST, _CODAS = 3, frozenset({"ng", "nh", "ch"})


class OwnRoles:
    """Finds such letters.

    `known` are words that mean something already, `beside` those that say whose or which one as they are, `letters`
    those that are short for fields (`ht`: họ tên), `heads` fields as one word (`hoten`); `is_of_person` tells whether
    a name is of what only a person has.
    """

    def __init__(
        self,
        known: Container[str],
        is_of_person: Callable[[str], bool],
        *,
        beside: Container[str] = (),
        letters: Mapping[str, str] | None = None,
        heads: Iterable[str] = (),
    ) -> None:
        self._known, self._is_of_person = known, is_of_person
        self._beside = beside
        self._fields = frozenset(letters or {})
        self._letters = {one for one, text in (letters or {}).items() if text in _ALSO or is_of_person(text)}
        self._heads: dict[str, list[str]] = defaultdict(list)
        for head in heads:
            self._heads[head[:_SHORTEST]].append(head)
        self._behind_each = lru_cache(maxsize=16384)(self._behind_word)

    def apply(self, names: Mapping[str, str]) -> Mapping[str, str]:
        """Return `names` (column: name to read) with such letters replaced by a role."""
        split = self._apart({column: _keys_of(name) for column, name in names.items()})
        bearers: dict[str, list[str]] = defaultdict(list)
        for column, words in split.items():
            for token in _ends(words):
                bearers[token].append(column)
        found = dict(names)
        for token, columns in bearers.items():
            if len(columns) > 1 and self._is_role(token, [split[column] for column in columns]):
                for column in columns:
                    found[column] = "_".join(_ROLE if word == token else word for word in split[column])
        return found

    def _is_role(self, token: str, names: Sequence[Sequence[str]]) -> bool:
        rests = ["_".join(word for word in name if word != token) for name in names]
        own = sum(rest in self._letters or rest in _NAMES or self._is_of_person(rest) for rest in rests)
        if token not in self._known:
            return own > 0
        if token in self._beside or len(names) < _KNOWN_COLUMNS:
            return False
        return own >= _KNOWN_PERSONAL or (own > 0 and sum(rest in self._fields for rest in rests) >= _KNOWN_PERSONAL)

    def _apart(self, names: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        """Take letters off the words they are written behind, where they are so behind two fields (`hotenndn`)."""
        behind: dict[str, set[str]] = defaultdict(set)
        for words in names.values():
            for word in words:
                for head, letters in self._behind_each(word):
                    behind[letters].add(head)
        own = {letters for letters, heads in behind.items() if len(heads) > 1 and any(map(self._is_of_person, heads))}
        if not own:
            return names
        return {column: tuple(part for word in words for part in _cut(word, own)) for column, words in names.items()}

    def _behind_word(self, word: str) -> tuple[tuple[str, str], ...]:
        """Return the fields that a word may begin with, each with the letters behind it."""
        found = []
        for head in self._heads.get(word[:_SHORTEST], ()):
            letters = word[len(head) :]
            if word.startswith(head) and _could_be_role(letters) and not (letters in self._known or letters in _CODAS):
                found.append((head, letters))
        return tuple(found)


@lru_cache(maxsize=16384)
def _keys_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, marks kept."""
    return tuple(word.key for word in words_of(name))


@lru_cache(maxsize=16384)
def _ends(words: tuple[str, ...]) -> frozenset[str]:
    """Return the first and the last word of several, a number aside, as far as they could be a role."""
    ends = (words[0], words[-2 if words[-1].isdigit() else -1]) if len(words) > 1 else ()
    return frozenset(filter(_could_be_role, ends))


def _could_be_role(token: str) -> bool:
    return len(token) in _LETTERS and token.isalpha() and not set(token) & VOWELS


def _cut(word: str, own: Iterable[str]) -> tuple[str, ...]:
    for letters in own:
        if len(word) >= len(letters) + _SHORTEST and word.endswith(letters):
            return word[: -len(letters)], letters
    return (word,)
