"""Concepts cut short by rule: each syllable of `địa chỉ` may be whole, its onset, its first letters, without its end.

`dchi`, `d_chi`, `dia_ch`, `DiaC`: which forms stand for which concept is computed from the concepts the lexicon lists
under `short`, commonest first. A form that other phrases could be cut to as well, or that is but a letter or two
beside a word, is a guess: it counts in a table about people only. English words are cut at their end, lose their
vowels or are misspelt (`occup`, `gndr`, `pasport`), always as guesses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product

from phantang.classify.text.words import Word, is_syllable, onset_of

_CODA = re.compile(r"(?:ch|ng|nh|[cmnpt])$")
_VOWELS = re.compile(r"[aeiouy]")
#: Letters that a form without a gap, one of two words, a cut last word and a shortened English word must have.
_GLUED, _APART, _LAST, _ENGLISH = 4, 4, 2, 4
#: Letters of an English word that people misspell.
_MISSPELT = 7
#: Words a name's pieces are compared with at once.
_LONGEST = 3


class Shortenings:
    """Short forms, as the pieces of a name that they are, each with the words it stands for."""

    def __init__(
        self, concepts: Iterable[Sequence[Word]], pairs: Collection[tuple[str, str]], vocabulary: Collection[str]
    ) -> None:
        """`pairs` and `vocabulary` are words, folded, that phrases of rules have: what a form must not be read for."""
        self._forms: dict[tuple[str, ...], tuple[Word, ...]] = {}
        known = {word for word in vocabulary if len(word) > 1 and is_syllable(word)}
        said = [tuple(word.folded for word in concept) for concept in concepts]
        for words in said:
            for pieces in _english(words) if len(words) == 1 else _cut(words):
                spoken = pieces[0] in vocabulary if len(pieces) == 1 else all(piece in known for piece in pieces)
                spoken = spoken or (pieces in pairs and not is_syllable(pieces[-1]))  # mã kh is no mật khẩu
                if pieces not in self._forms and not spoken:
                    self._forms[pieces] = _stand_for(words, guessed=_is_guess(pieces, words))
        self._doubt(said, pairs)
        self._firsts = frozenset(pieces[0] for pieces in self._forms)

    def at(self, words: Sequence[Word], start: int) -> tuple[tuple[Word, ...], int]:
        """Return what the longest form at `start` stands for and where it ends; nothing and `start` if none is."""
        if words[start].folded in self._firsts and not words[start].exact:
            for end in range(min(len(words), start + _LONGEST), start, -1):
                found = self._forms.get(tuple(word.folded for word in words[start:end]))
                if found:
                    return found, end
        return (), start

    def glued(self) -> Iterator[tuple[str, tuple[Word, ...]]]:
        """Yield the forms of one piece that mean one thing: parts of longer glued words."""
        for pieces, words in self._forms.items():
            if len(pieces) == 1 and not any(word.guessed for word in words):
                yield pieces[0], words

    def _doubt(self, said: Iterable[tuple[str, ...]], pairs: Iterable[tuple[str, str]]) -> None:
        """Make a guess of every form that two other words which follow each other in a phrase could be cut to."""
        known = {pair for words in said for pair in pairwise(words)}
        initials = {(words[0][0], words[1][0]) for words in said if len(words) == 2}
        for one, two in pairs:
            if (one[:1], two[:1]) not in initials or (one, two) in known:
                continue
            if is_syllable(one) and is_syllable(two):
                for pieces in product(_starts(one, last=False), _starts(two, last=True)):
                    for form in (pieces, ("".join(pieces),)):
                        if found := self._forms.get(form):
                            self._forms[form] = tuple(Word(w.key, w.folded, exact=False, guessed=True) for w in found)


def _stand_for(words: Iterable[str], *, guessed: bool) -> tuple[Word, ...]:
    return tuple(Word(word, word, exact=False, guessed=guessed) for word in words)


def _is_guess(pieces: Sequence[str], words: Sequence[str]) -> bool:
    """Tell whether a form alone proves little: an English word cut, a letter apart, a syllable, or a last word cut."""
    text = "".join(pieces)
    if len(words) == 1 or is_syllable(text) or len(text) < _GLUED:
        return True
    if len(pieces) == 1:
        return not text.endswith(words[-1])
    return any(len(piece) == 1 for piece in pieces) or pieces[-1] != words[-1]


def _cut(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the forms of syllables, in one piece and apart; at least one is cut, and they are no other syllables."""
    choices = [_starts(word, last=place == len(words) - 1) for place, word in enumerate(words)]
    for parts in product(*choices):
        if parts == words:
            continue
        text = "".join(parts)
        if len(text) >= _APART:
            yield parts
        if len(text) >= _GLUED and not is_syllable(text):
            yield (text,)


@lru_cache(maxsize=4096)
def _starts(word: str, *, last: bool) -> tuple[str, ...]:
    """Return a syllable whole, without its final consonants, and cut after its first vowel, onset or letter."""
    head = onset_of(word)
    found = {word, _CODA.sub("", word) if len(word) > 3 else word}
    if head:
        found |= {head, word[: len(head) + 1]}
        if not last:
            found.add(word[0])
    return tuple(sorted(one for one in found if one and (not last or len(one) >= _LAST)))


def _english(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the beginnings of a word that end in a consonant, and the word without its vowels."""
    word = words[0]
    for length in range(_ENGLISH, len(word) - 1):
        if word[length - 1] not in "aeiou":
            yield (word[:length],)
    bare = word[0] + _VOWELS.sub("", word[1:])
    if len(bare) >= _ENGLISH:
        yield (bare,)
    if len(word) >= _MISSPELT:
        yield from ((form,) for form in _misspelt(word))


def _misspelt(word: str) -> Iterator[str]:
    """Yield `word` with a letter left out, written twice, or before its neighbour: `pasport`, `sruname`."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
        yield word[:place] + word[place] + word[place:]
        if place + 1 < len(word):
            yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]
