"""Phrases as sequences of words, looked for in the words of a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from functools import lru_cache

from phantang.classify.text.words import Word


class PhraseSet:
    """Phrases to look for in names. Answers are remembered: schemas repeat their names."""

    def __init__(self, phrases: Iterable[Sequence[Word]], words: Callable[[str], tuple[Word, ...]]) -> None:
        self._words = words
        self._index = by_first_word(phrases)
        self.span = lru_cache(maxsize=4096)(self._span)

    @property
    def first_words(self) -> Set[str]:
        """What phrases begin with, folded: a name without any of them has none of the phrases."""
        return self._index.keys()

    def __contains__(self, name: object) -> bool:
        return self.span(str(name)) is not None

    def _span(self, name: str) -> tuple[int, int] | None:
        """Return where in the words of `name` the first phrase, the longest there, begins and ends, or `None`."""
        words = self._words(name)
        if self._index.keys().isdisjoint([word.folded for word in words]):
            return None
        for start, word in enumerate(words):
            lengths = [len(phrase) for phrase in self._index.get(word.folded, ()) if is_at(words, start, phrase)]
            if lengths:
                return start, start + max(lengths)
        return None


class Places:
    """Phrases that count at some place of a name only: `first`, `last` or anywhere."""

    def __init__(self, phrases: Iterable[Sequence[Word]], *, first: bool = False, last: bool = False) -> None:
        self._index = by_first_word(phrases)
        self._only_first, self._only_last = first, last

    def outside(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether one of the phrases stands at its place and takes none of the words from `start` to `end`."""
        for place, word in enumerate(words[:1] if self._only_first else words):
            for phrase in self._index.get(word.folded, ()):
                stop = place + len(phrase)
                fits = (stop <= start or place >= end) and (not self._only_last or stop == len(words))
                if fits and is_at(words, place, phrase):
                    return True
        return False


def by_first_word(phrases: Iterable[Sequence[Word]]) -> dict[str, list[Sequence[Word]]]:
    """Return phrases, in order, by their first word, folded."""
    index: dict[str, list[Sequence[Word]]] = defaultdict(list)
    for phrase in phrases:
        if phrase:
            index[phrase[0].folded].append(phrase)
    return dict(index)


def is_at(words: Sequence[Word], start: int, phrase: Sequence[Word]) -> bool:
    """Tell whether `phrase` is in `words` from `start` on."""
    if start < 0 or start + len(phrase) > len(words):
        return False
    return all(words[start + offset].is_like(word) for offset, word in enumerate(phrase))
