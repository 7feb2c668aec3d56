"""A name as the words it may mean: short forms written out, glued words taken apart, cut ones completed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from phantang.classify.names.gluing import cheapest
from phantang.classify.names.initials import Initials
from phantang.classify.names.ordinary import OrdinaryLetters
from phantang.classify.names.shortenings import Shortenings
from phantang.classify.names.skeletons import Skeletons
from phantang.classify.text.words import VOWELS, Word, is_syllable, words_of

_SHORTEST_GLUED = 4
_ABBREVIATION_COST, _SYLLABLE_COST = 1.1, 2.2
#: Roles that mainframe programs write before a field, both as one word: `CUSTINCM`, `EMPDOB`, `PATDOD`.
_ENGLISH_ROLES, _SHORTEST_FIELD = ("cust", "emp", "pat", "stu", "mem", "clm", "drv", "gst", "acct"), 3
#: What is written in capitals before whose it is: `SoCMNDTN`, `CCCDNNT`, `SDTPH`.
_ACRONYMS, _SHORT_ROLE = ("cccd", "cmnd", "cmt", "sdt", "mst", "stk", "bhxh", "bhyt", "gplx"), 3
#: How an English word ends and no Vietnamese syllable: it is not made of short forms (`part ic ip at ing`).
_ENGLISH_END = re.compile(r"(?:ing|[st]ion|[ae]nces?|ity|ment|[ai]ble|ive|ous|ness|ship|is[mt]|ical|[oa]ry|e[dr])$")
_SHORT_PIECE = 2
#: How many first letters of a word stand apart from the next one (`NG_KHAI`): a single one is its type (`sChucVu`).
_FIRST_LETTERS = 2
#: Payroll programs write an allowance as pc and the consonants of which one: `pctn`, `pcdbn`.
_ALLOWANCE = re.compile(r"pc[bcdghklmnpqrstvx]{1,4}")


class WordReader:
    """Reads names by what phrases of rules say; `known` are their words, folded, and the short forms."""

    def __init__(
        self,
        abbreviations: Mapping[str, tuple[Word, ...]],
        concepts: Iterable[Sequence[Word]],
        phrases: Iterable[Sequence[Word]],
        *,
        pairs: frozenset[tuple[str, str]],
        vocabulary: frozenset[str],
        initials: Initials,
        ordinary: OrdinaryLetters,
        roles: frozenset[str] = frozenset(),
    ) -> None:
        """`abbreviations` are written out; `concepts` are cut short by rule; `phrases` speak for rules by themselves.

        `pairs` are words, folded, that follow each other in some phrase, `vocabulary` all words of phrases. Names that
        are `ordinary` stay as they are. `roles` are two letters that say whose field a name is (`gtbn`).
        """
        self._abbreviations, self._pairs, self._vocabulary = abbreviations, pairs, vocabulary
        self._roles = roles
        self._seconds: dict[str, set[str]] = defaultdict(set)
        for one, two in pairs:
            self._seconds[two].add(one)
        self.known = vocabulary | abbreviations.keys()
        self._short = Shortenings(concepts, pairs, self.known)
        self._pieces = {**dict(self._short.glued()), **abbreviations}
        self._skeletons = Skeletons(phrases)
        self._initials, self._ordinary = initials, ordinary

    def read(self, text: str) -> tuple[Word, ...]:
        """Split a name into words, expand abbreviations and take glued words apart (`hoten`, `ngaysinh`, `MAXA`)."""
        found: list[Word] = []
        split = tuple(self._rejoin(words_of(text)))
        if self._ordinary.fit(split):
            return split
        place = 0
        while place < len(split):
            word = split[place]
            if expansion := self._abbreviations.get(word.key):
                found.extend(expansion)
            else:
                short, end = self._short.at(split, place)
                if short:
                    found.extend(short)
                    place = end
                    continue
                pieces = self._unglue(word) or (() if word.exact else self._whole(word.folded))
                if not pieces and place + 1 < len(split) and (pieces := self._first_letters(word, split[place + 1])):
                    place += 1
                found.extend(pieces or (word,))
            place += 1
        return tuple(self._initials.spell_out(found))

    def _whole(self, text: str) -> tuple[Word, ...]:
        """Return what a word that has no parts stands for as a whole, or nothing."""
        return self._skeletons.read(text) or (() if text in self._vocabulary else self._initials.glued(text))

    def _rejoin(self, words: Sequence[Word]) -> Iterator[Word]:
        """Put a single letter back before its word where that makes an abbreviation (`GTinh` was split in two)."""
        place = 0
        while place < len(words):
            word = words[place]
            if len(word.key) == 1 and place + 1 < len(words):
                after = words[place + 1]
                joined = Word(word.key + after.key, word.folded + after.folded, word.exact)
                if joined.key in self._abbreviations:
                    yield joined
                    place += 2
                    continue
            yield word
            place += 1

    def _unglue(self, word: Word) -> tuple[Word, ...]:
        """Take a glued word apart, at the least cost: known words and abbreviations, then any Vietnamese syllables."""
        text = word.folded
        if word.exact or text in self._vocabulary or len(text) < _SHORTEST_GLUED or not text.isalpha():
            return ()
        if not is_syllable(text) and (pair := self._by_initial(text)):
            return pair
        if _ALLOWANCE.fullmatch(text):
            return *self._written_out("pc"), Word(text[2:], text[2:], exact=False)
        acronym = next((one for one in _ACRONYMS if text.startswith(one)), text)
        if 0 < len(rest := text[len(acronym) :]) <= _SHORT_ROLE:
            return *self._written_out(acronym), Word(rest, rest, exact=False)
        if text[-2:] in self._roles and not is_syllable(text) and (field := text[:-2]) in self._initials.fields:
            return *self._written_out(field), Word(text[-2:], text[-2:], exact=False)
        pieces = cheapest(text, self._cost, self._pairs)
        if _ENGLISH_END.search(text) and any(len(piece) <= _SHORT_PIECE for piece in pieces):
            return ()
        if len(pieces) < 2 or sum(self._cost(piece) > _ABBREVIATION_COST for piece in pieces) * 2 > len(pieces):
            return self._behind_role(text)
        words = tuple(part for piece in pieces for part in self._pieces.get(piece, (Word(piece, piece, exact=False),)))
        if any((one.folded, two.folded) in self._pairs for one, two in pairwise(words)):
            return words
        whole = len(pieces) <= 3 and all(len(piece) > 2 and is_syllable(piece) for piece in pieces)
        return words if whole and all(piece in self._vocabulary for piece in pieces) else self._behind_role(text)

    def _behind_role(self, text: str) -> tuple[Word, ...]:
        """Read a field written as one word with the short English role before it (`CUSTINCM`), as a guess."""
        for role in _ENGLISH_ROLES:
            field = text[len(role) :]
            if text.startswith(role) and len(field) >= _SHORTEST_FIELD and field in self._abbreviations:
                return _guessed(role), *(replace(word, guessed=True) for word in self._abbreviations[field])
        return ()

    def _by_initial(self, text: str) -> tuple[Word, ...]:
        """Read first letters of a word and the whole next one (`DTHOAI`, `MKHAU`), if only one known pair fits."""
        for length in (2, 1):
            initial, second = text[:length], text[length:]
            if len(second) < 3 or initial[-1] in "aeiouy" or not is_syllable(second):
                continue
            firsts = [first for first in self._seconds.get(second, ()) if first.startswith(initial) and first != second]
            if len(firsts) == 1 and is_syllable(firsts[0]):
                return tuple(Word(piece, piece, exact=False) for piece in (firsts[0], second))
        return ()

    def _first_letters(self, word: Word, after: Word) -> tuple[Word, ...]:
        """Read first letters apart from the whole next word (`NG_KHAI`), as a guess."""
        letters = word.folded
        if word.exact or len(letters) != _FIRST_LETTERS or not letters.isalpha() or set(letters) & VOWELS:
            return ()
        if (letters, after.folded) in self._pairs:
            return ()
        pair = self._by_initial(word.folded + after.folded)
        if not pair or pair[1].folded != after.folded:
            return ()
        return tuple(replace(one, guessed=True) for one in pair)

    def _cost(self, piece: str) -> float:
        """Return what a piece of a glued word costs; 0 if it is no word at all."""
        if len(piece) == 1:
            return _ABBREVIATION_COST * (piece == "o")
        if piece in self._vocabulary or piece in self._pieces:
            return 1.0 if piece in self._vocabulary else _ABBREVIATION_COST
        return _SYLLABLE_COST if is_syllable(piece) else 0.0

    def _written_out(self, short: str) -> tuple[Word, ...]:
        return self._abbreviations.get(short, (Word(short, short, exact=False),))


def _guessed(text: str) -> Word:
    return Word(text, text, exact=False, guessed=True)
