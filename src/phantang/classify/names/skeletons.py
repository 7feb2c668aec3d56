"""Words of which only the first letters are written: `NGVDANG` is ngày vào đảng, `chdanh` chức danh.

All words but the last are cut to their onset (`ng`, `ch`, `v`) or first letter, the last one is whole, as in files
of old whose names had ten characters. What several phrases could be stays unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from phantang.classify.text.words import Word, is_syllable, onset_of

_SHORTEST, _SHORTEST_LAST = 5, 3


class Skeletons:
    """Short forms of phrases of two to four words, each with the words it stands for."""

    def __init__(self, phrases: Iterable[Sequence[Word]]) -> None:
        found: dict[str, set[tuple[str, ...]]] = {}
        for words in {tuple([word.folded for word in phrase]) for phrase in phrases}:
            if 2 <= len(words) <= 4 and len(words[-1]) >= _SHORTEST_LAST and all(map(is_syllable, words)):
                for starts in product(*(_starts(word) for word in words[:-1])):
                    text = "".join(starts) + words[-1]
                    if len(text) >= _SHORTEST and not is_syllable(text):
                        found.setdefault(text, set()).add(words)
        self._words = {text: next(iter(phrases)) for text, phrases in found.items() if len(phrases) == 1}

    def read(self, text: str) -> tuple[Word, ...]:
        """Return the words that `text` stands for, or none."""
        return tuple(Word(word, word, exact=False) for word in self._words.get(text, ()))


def _starts(word: str) -> frozenset[str]:
    onset = onset_of(word)
    return frozenset({word[0], onset}) if onset else frozenset()
