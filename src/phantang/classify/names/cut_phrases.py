"""Names that are a known phrase cut short: `nhtho` and `nh_tho` (nhịp thở), `con_ls` (con liệt sĩ), `dkkcb`.

A name fits a phrase if it has the last word whole and of those before it all or the beginning; or the first words whole
and of the others the first letters; or first letters only. What it fits is known if all such phrases say the same
tag: those that fit more letters with whole words go before. Even so it is a guess, for tables about people only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from phantang.classify.text.words import Word, is_syllable, onset_of

_WORDS = range(2, 6)
#: Letters that a cut name, its last word, first letters behind words and first letters alone have at least.
_SHORTEST, _LAST, _TAIL, _LETTERS = 5, 2, 2, 4

Phrase = tuple[str, ...]


class CutPhrases:
    """Phrases, each with the tag it speaks for (`none` among them), to look cut names up in."""

    def __init__(self, phrases: Iterable[tuple[Sequence[Word], str]]) -> None:
        self._by_ends: dict[tuple[str, str], list[tuple[Phrase, str]]] = defaultdict(list)
        self._by_first: dict[str, list[tuple[Phrase, str]]] = defaultdict(list)
        self._by_letters: dict[str, list[tuple[Phrase, str]]] = defaultdict(list)
        for phrase, tag in phrases:
            words = tuple([word.folded for word in phrase])
            if len(words) in _WORDS and all(map(is_syllable, words)):
                self._by_ends[words[0][0], words[-1]].append((words, tag))
                self._by_first[words[0]].append((words, tag))
                self._by_letters["".join(word[0] for word in words)].append((words, tag))

    def read(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the words of the phrase that a name of `words` is cut from, or none."""
        parts = [word.folded for word in words]
        if any(word.exact for word in words) or not all(part.isalpha() and part.isascii() for part in parts):
            return ()
        text = "".join(parts)
        found = self._with_last(text) if len(text) >= _SHORTEST else []
        if not found and len(parts) > 1:
            found = self._with_first(parts)
        if not found and len(parts) == 1 and len(text) >= _LETTERS:
            found = [(0, phrase, tag) for phrase, tag in self._by_letters.get(text, ())]
        return _agreed(found)

    def _with_last(self, text: str) -> list[tuple[int, Phrase, str]]:
        found = []
        for start in range(1, len(text) - _LAST + 1):
            for phrase, tag in self._by_ends.get((text[0], text[start:]), ()):
                whole = _fit(text[:start], phrase[:-1])
                if whole is not None:
                    found.append((whole + len(phrase[-1]), phrase, tag))
        return found

    def _with_first(self, parts: Sequence[str]) -> list[tuple[int, Phrase, str]]:
        """Look up whole words and first letters of the others: `so_nguoi_pt`."""
        *before, letters = parts
        found = []
        for phrase, tag in self._by_first.get(before[0], ()):
            length = len(before)
            if len(letters) >= _TAIL and phrase[:length] == tuple(before) and len(phrase) - length >= _TAIL:
                tail = phrase[length:]
                if letters in {"".join(word[0] for word in tail), "".join(map(_onset, tail))}:
                    found.append((sum(map(len, before)), phrase, tag))
        return found


def _agreed(found: Sequence[tuple[int, Phrase, str]]) -> tuple[Word, ...]:
    """Return the words of the phrases that fit best, if they speak for one tag."""
    most = max((whole for whole, _, _ in found), default=0)
    best = [(phrase, tag) for whole, phrase, tag in found if whole == most]
    if len({tag for _, tag in best}) != 1:
        return ()
    return tuple(Word(word, word, exact=False, guessed=True) for word in best[0][0])


@lru_cache(maxsize=65536)
def _fit(text: str, words: Phrase) -> int | None:
    """Return how many letters of `text` are of whole words, if it consists of the beginnings of `words` in turn."""
    if not words:
        return None if text else 0
    first, rest = words[0], words[1:]
    best: int | None = None
    for part in {first, _onset(first), first[0]}:
        if text.startswith(part) and (after := _fit(text[len(part) :], rest)) is not None:
            best = max(best or 0, after + (len(part) if part == first else 0))
    return best


def _onset(word: str) -> str:
    return onset_of(word) or word[0]
