"""Which rules a column's name, or comment, speaks for: phrases are compared as word sequences, longest wins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from phantang.classify.gluing import cheapest
from phantang.classify.roles import RoleNames
from phantang.classify.rule import Level, Lexicon, Rule
from phantang.classify.sequences import PhraseSet, Places
from phantang.classify.skeletons import Skeletons
from phantang.classify.slots import PhraseBook
from phantang.classify.words import Word, is_syllable, words_of

_SHORTEST_GLUED = 4
_ABBREVIATION_COST, _SYLLABLE_COST = 1.1, 2.2
#: What is written in capitals before whose it is: `SoCMNDTN`, `CCCDNNT`, `SDTPH`.
_ACRONYMS, _SHORT_ROLE = ("cccd", "cmnd", "sdt", "mst", "stk", "bhxh", "bhyt", "gplx"), 3
#: A comment names its subject early; what a sentence mentions later is about something else.
_COMMENT_HEAD = 3
_PLACEHOLDER = re.compile(r"(<\w+>)")
_RANK = {Level.STRONG: 3, Level.HEAD: 3, Level.WHOLE: 3, Level.PERSON: 2, Level.WEAK: 1}


@dataclass(frozen=True, slots=True)
class Claim:
    """Rule number `rule` claims words `start` to `start + length` of a name of `total` words.

    `of_role`: the rest of the name says whose field it is (`nv_gt`), whatever the table is about.
    """

    rule: int
    level: Level
    start: int
    length: int
    total: int
    of_role: bool = False

    @property
    def rank(self) -> tuple[int, int, int]:
        """Order of claims on one name: level, then length, then the earlier (Vietnamese puts the head first)."""
        return (_RANK[self.level], self.length, -self.start)


class PhraseIndex:
    """All phrases of all rules: a phrase says the number of its rule and its level, `None` under `never`."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon) -> None:
        self._rules = rules
        self._keeps = frozenset(lexicon.keeps)
        self._coded = frozenset(lexicon.coded)
        self._abbreviations = {words_of(key)[0].key: words_of(text) for key, text in lexicon.abbreviations.items()}
        self._fillers = {
            "<person>": tuple(dict.fromkeys(lexicon.roles)),
            "<organisation>": tuple(dict.fromkeys(lexicon.organisations)),
            "<thing>": tuple(dict.fromkeys(lexicon.things)),
        }
        self._book: PhraseBook[tuple[int, Level | None]] = PhraseBook(
            {name: [self._spoken(one) for one in words] for name, words in self._fillers.items()}
        )
        for number, rule in enumerate(rules):
            for level, phrases in rule.names.items():
                self._add(phrases, number, level)
            self._add(rule.never, number, None)
        self._elsewhere = (
            Places(self._sequences(lexicon.first), first=True),
            Places(self._sequences(lexicon.last), last=True),
            Places(self._sequences(lexicon.anywhere)),
        )
        self._counts = Places(self._sequences(lexicon.counts))
        self._keys = Places(self._sequences(lexicon.keys), last=True)
        #: Words that may stand beside a one-word phrase which needs help: a code, a number, or whose it is in one word.
        self._beside = frozenset(
            phrase[0].folded
            for phrase in self._sequences((*lexicon.generic, *lexicon.roles, *lexicon.tables.get("person", ())))
            if len(phrase) == 1
        )
        self._pairs = frozenset(self._book.pairs())
        self._seconds: dict[str, set[str]] = defaultdict(set)
        for one, two in self._pairs:
            self._seconds[two].add(one)
        self._vocabulary = frozenset(self._book.words())
        self._skeletons = Skeletons(self._plain_phrases())
        self._roles = RoleNames(self._sequences(lexicon.roles))
        self.words = lru_cache(maxsize=65536)(self._words)
        self.claims = lru_cache(maxsize=65536)(self._claims)

    def expand(self, phrase: str) -> tuple[str, ...]:
        """Return the phrases that `<person>`, `<organisation>` and `<thing>` in `phrase` stand for."""
        found: tuple[str, ...] = (phrase,)
        for placeholder, words in self._fillers.items():
            if placeholder in phrase:
                found = tuple(text.replace(placeholder, w) for text in found for w in words)
        return found

    def _plain_phrases(self) -> Iterator[tuple[Word, ...]]:
        """Yield the phrases that speak for a rule and stand for themselves."""
        for rule in self._rules:
            for phrases in rule.names.values():
                yield from (self._spoken(phrase) for phrase in phrases if "<" not in phrase)

    def _sequences(self, phrases: Iterable[str]) -> tuple[tuple[Word, ...], ...]:
        return tuple(self._spoken(full) for phrase in phrases for full in self.expand(phrase))

    def _spoken(self, phrase: str) -> tuple[Word, ...]:
        """Return the words of a phrase, abbreviations written out, as those of a name are."""
        words = words_of(phrase)
        if self._abbreviations.keys().isdisjoint([word.key for word in words]):
            return words
        return tuple(part for word in words for part in self._abbreviations.get(word.key, (word,)))

    def _add(self, phrases: Iterable[str], rule: int, level: Level | None) -> None:
        for phrase in phrases:
            self._book.add(tuple(self._parts(phrase)), (rule, level))

    def _parts(self, phrase: str) -> Iterator[Word | str]:
        """Yield the words of a phrase, and its placeholders as they are."""
        for text in _PLACEHOLDER.split(phrase):
            if text in self._fillers:
                yield text
            else:
                yield from self._spoken(text)

    def _words(self, text: str) -> tuple[Word, ...]:
        """Split a name into words, expand abbreviations and take glued words apart (`hoten`, `ngaysinh`, `MAXA`)."""
        found: list[Word] = []
        for word in self._rejoin(words_of(text)):
            if expansion := self._abbreviations.get(word.key):
                found.extend(expansion)
            elif pieces := self._unglue(word) or (() if word.exact else self._skeletons.read(word.folded)):
                found.extend(pieces)
            else:
                found.append(word)
        return tuple(found)

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
        acronym = next((one for one in _ACRONYMS if text.startswith(one)), text)
        if 0 < len(rest := text[len(acronym) :]) <= _SHORT_ROLE:
            return *self._spoken(acronym), Word(rest, rest, exact=False)
        pieces = cheapest(text, self._cost, self._pairs)
        if len(pieces) < 2 or sum(self._cost(piece) > _ABBREVIATION_COST for piece in pieces) * 2 > len(pieces):
            return ()
        words = tuple(
            part for piece in pieces for part in self._abbreviations.get(piece, (Word(piece, piece, exact=False),))
        )
        if any((one.folded, two.folded) in self._pairs for one, two in pairwise(words)):
            return words
        whole = len(pieces) <= 3 and all(len(piece) > 2 and is_syllable(piece) for piece in pieces)
        return words if whole and all(piece in self._vocabulary for piece in pieces) else ()

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

    def _cost(self, piece: str) -> float:
        """Return what a piece of a glued word costs; 0 if it is no word at all."""
        if len(piece) == 1:
            return _ABBREVIATION_COST * (piece == "o")
        if piece in self._vocabulary or piece in self._abbreviations:
            return 1.0 if piece in self._vocabulary else _ABBREVIATION_COST
        return _SYLLABLE_COST if is_syllable(piece) else 0.0

    def phrase_set(self, phrases: Iterable[str]) -> PhraseSet:
        """Return a test for whether a name contains one of `phrases`, in any of their expansions."""
        return PhraseSet(self._sequences(phrases), self.words)

    def _claims(self, text: str, *, comment: bool = False) -> tuple[Claim, ...]:
        """Return the claims of a name, or of a comment, best first.

        A claim inside a longer one is dropped; so is one whose name is headed by something else (`ngày cấp`,
        `verified`).
        """
        words = self.words(text)
        standing, barred = self._standing(words, comment=comment)
        if not comment and (span := self._roles.span(words)):
            standing = self._of_role(words, span, standing, barred)
        best: dict[int, Claim] = {}
        for claim in sorted(standing, key=lambda item: item.rank, reverse=True):
            best.setdefault(claim.rule, claim)
        return tuple(best.values())

    def _standing(self, words: Sequence[Word], *, comment: bool = False) -> tuple[list[Claim], set[int]]:
        """Return the claims that stand, in order of place, and the rules that a phrase under `never` bars."""
        found: list[Claim] = []
        barred: set[int] = set()
        for start in range(len(words)):
            for (rule, level), end in self._book.at(words, start):
                if level is None:
                    barred.add(rule)
                elif self._fits_place(words, start, end, level):
                    heard = Level.WEAK if comment and start > _COMMENT_HEAD else level
                    found.append(Claim(rule, heard, start, end - start, len(words)))
        kept = [claim for claim in found if claim.rule not in barred]
        longest = [
            claim
            for claim in kept
            if not any(_covered(claim, other) and not self._rules[other.rule].companion for other in kept)
        ]
        return [claim for claim in longest if not self._demoted(words, claim)], barred

    def _of_role(
        self, words: Sequence[Word], span: tuple[int, int], standing: list[Claim], barred: set[int]
    ) -> list[Claim]:
        """Read a name without the role it begins or ends with: `nhanvien_dantoc` is an ethnicity, `gt_nv` a gender."""
        start, end = span
        shift = 0 if start else end
        field, _ = self._standing(words[:start] if start else words[end:])
        own = [one for one in field if self._rules[one.rule].personal and one.rule not in barred]
        own = [one for one in own if one.level is not Level.WHOLE or one.length > 1]  # sinh viên năm is no sex
        if not own:
            return standing
        kept = [claim for claim in standing if claim.start < start or claim.start + claim.length > end]
        return [replace(one, start=one.start + shift, total=len(words), of_role=True) for one in own] + kept

    def _fits_place(self, words: Sequence[Word], start: int, end: int, level: Level) -> bool:
        """Tell whether a phrase of `level` from `start` to `end` may count at its place.

        Under `whole` it is all there is, under `head` it comes first. One word that needs help (`tên`, `dt`, `tin`) may
        have beside it only numbers and words for codes and persons: `thongTin` is not a TIN, `biên bản` no hamlet.
        """
        if level is Level.WHOLE:
            return end - start == len(words)
        if level is Level.HEAD:
            return start == 0
        if level is Level.STRONG or end - start > 1:
            return True
        others = (word for place, word in enumerate(words) if place != start)
        return all(word.folded.isdigit() or word.folded in self._beside for word in others)

    def _demoted(self, words: Sequence[Word], claim: Claim) -> bool:
        """Tell whether words outside the claim say that the name is about something else."""
        tag = self._rules[claim.rule].tag
        if tag == "none":
            return False

        end = claim.start + claim.length
        if self._counts.outside(words, claim.start, end):
            return True
        if tag in self._keeps:
            return False
        if tag not in self._coded and self._keys.outside(words, claim.start, end):
            return True
        return any(places.outside(words, claim.start, end) for places in self._elsewhere)


def _covered(one: Claim, other: Claim) -> bool:
    """Tell whether `other` takes the words of `one`: it is longer and around it, or earlier, as long, and overlaps it.

    In `don_vi_do` the words `vi do` belong to `don vi` (a unit of measure) and are no latitude.
    """
    ends, end = other.start + other.length, one.start + one.length
    if other.start <= one.start and end <= ends:
        return one.length < other.length
    return other.start < one.start < ends and other.length >= one.length
