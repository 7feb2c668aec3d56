"""Phrases as sequences of words, looked for in the words of a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from phantang.classify.words import Word


class PhraseSet:
    """Phrases to look for in names. Answers are remembered: schemas repeat their names."""

    def __init__(self, phrases: Iterable[Sequence[Word]], words: Callable[[str], tuple[Word, ...]]) -> None:
        self._words = words
        self._index: dict[str, list[Sequence[Word]]] = defaultdict(list)
        for phrase in phrases:
            if phrase:
                self._index[phrase[0].folded].append(phrase)
        self.span = lru_cache(maxsize=4096)(self._span)

    def __contains__(self, name: object) -> bool:
        return self.span(str(name)) is not None

    def _span(self, name: str) -> tuple[int, int] | None:
        """Return where in the words of `name` the first phrase, the longest there, begins and ends, or `None`."""
        words = self._words(name)
        for start, word in enumerate(words):
            lengths = [len(phrase) for phrase in self._index.get(word.folded, ()) if is_at(words, start, phrase)]
            if lengths:
                return start, start + max(lengths)
        return None


def is_at(words: Sequence[Word], start: int, phrase: Sequence[Word]) -> bool:
    """Tell whether `phrase` is in `words` from `start` on."""
    if start < 0 or start + len(phrase) > len(words):
        return False
    return all(words[start + offset].is_like(word) for offset, word in enumerate(phrase))
