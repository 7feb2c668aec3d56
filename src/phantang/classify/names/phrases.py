"""Which rules a column's name, or comment, speaks for: phrases are compared as word sequences, longest wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from phantang.classify.names.claim import Claim, is_covered
from phantang.classify.names.cut_phrases import CutPhrases
from phantang.classify.names.initials import Initials
from phantang.classify.names.ordinary import OrdinaryLetters
from phantang.classify.names.reading import WordReader
from phantang.classify.names.roles import RoleNames, is_short_role
from phantang.classify.names.sequences import PhraseSet, Places
from phantang.classify.names.slots import PhraseBook
from phantang.classify.rules.rule import BY_ITSELF, Level, Lexicon, Rule
from phantang.classify.text.words import VOWELS, Word, is_syllable, words_of

#: A comment names its subject early; what a sentence mentions later is about something else.
_COMMENT_HEAD = 3
_PLACEHOLDER = re.compile(r"(<\w+>)")
#: Kinds of table whose words, before the end of a name, make it no person's field: `product_photo`, `branch_address`.
_OTHERS = ("organisation", "thing", "animal", "reference", "statistics", "vehicle")
#: What people have in tables of things, too: who answers for it, and how to reach him.
_ANYBODYS = frozenset({"person.name", "person.phone", "person.email"})
_SHORTEST_HEAD, _CARRIERS = 3, frozenset({"url", "uri", "link", "path", "file", "image", "certificate"})


class PhraseIndex:
    """All phrases of all rules: a phrase says the number of its rule and its level, `None` under `never`."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon) -> None:
        self._rules = rules
        self._keeps = frozenset(lexicon.keeps)
        self._coded = frozenset(lexicon.coded)
        self._abbreviations = {words_of(key)[0].key: words_of(text) for key, text in lexicon.abbreviations.items()}
        self._spoken = lru_cache(maxsize=65536)(self._written_out)
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
        self._keys = tuple(Places(self._sequences(lexicon.keys), first=not last, last=last) for last in (True, False))
        #: Words that may stand beside a one-word phrase which needs help: a code, a number, or whose it is in one word.
        self.beside = frozenset(
            phrase[0].folded
            for phrase in self._sequences((*lexicon.generic, *lexicon.roles, *lexicon.tables.get("person", ())))
            if len(phrase) == 1
        )
        #: Words that may follow what a name ends in, and those that make it the field of something else.
        self._trailing = frozenset(phrase[0].folded for phrase in self._sequences(lexicon.trailing) if len(phrase) == 1)
        others = (phrase for kind in _OTHERS for phrase in lexicon.tables.get(kind, ()))
        self._others = frozenset(
            phrase[0].folded
            for phrase in self._sequences((*lexicon.organisations, *lexicon.things, *others))
            if len(phrase) == 1
        )
        roles = self._sequences(lexicon.roles)
        self._ordinary = OrdinaryLetters(words_of(phrase) for phrase in lexicon.ordinary)
        self._reader = WordReader(
            self._abbreviations,
            (words_of(phrase) for phrase in lexicon.short),
            self._plain_phrases(),
            pairs=frozenset(self._book.pairs()),
            vocabulary=frozenset(self._book.words()),
            roles=frozenset(one for one in lexicon.roles if len(one) == 2 and one.isascii() and is_short_role(one)),
            initials=Initials(
                {letters: words_of(text) for letters, text in lexicon.what.items()},
                {letters: words_of(text) for letters, text in lexicon.whose.items()},
                roles,
                lexicon.glued,
            ),
            ordinary=self._ordinary,
        )
        #: Fields of a person as one word (`hoten`).
        self.heads = frozenset("".join(word.folded for word in words_of(phrase)) for phrase in lexicon.short)
        self._roles = RoleNames(roles)
        self._cut = CutPhrases(
            (self._spoken(phrase), rule.tag)
            for rule in rules
            for phrases in rule.names.values()
            for phrase in phrases
            if "<" not in phrase
        )
        self.words = lru_cache(maxsize=65536)(self._reader.read)
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

    def _written_out(self, phrase: str) -> tuple[Word, ...]:
        """Return the words of a phrase, abbreviations written out, as those of a name are."""
        words = words_of(phrase)
        if self._abbreviations.keys().isdisjoint([word.key for word in words]):
            return words
        return tuple(part for word in words for part in self._abbreviations.get(word.key, (word,)))

    def _add(self, phrases: Iterable[str], rule: int, level: Level | None) -> None:
        for phrase in phrases:
            parts = tuple(self._parts(phrase)) if "<" in phrase else self._spoken(phrase)
            self._book.add(parts, (rule, level))

    def _parts(self, phrase: str) -> Iterator[Word | str]:
        """Yield the words of a phrase, and its placeholders as they are."""
        for text in _PLACEHOLDER.split(phrase):
            if text in self._fillers:
                yield text
            else:
                yield from self._spoken(text)

    @property
    def known(self) -> frozenset[str]:
        """Words, folded, and short forms that phrases and abbreviations know."""
        return self._reader.known | self.beside

    def is_count(self, name: str) -> bool:
        """Tell whether a name says a number of things (`tong_gv`, `case_count`)."""
        words = self.words(name)
        return self._counts.outside(words, len(words), len(words))

    def phrase_set(self, phrases: Iterable[str]) -> PhraseSet:
        """Return a test for whether a name contains one of `phrases`, in any of their expansions."""
        return PhraseSet(self._sequences(phrases), self.words)

    def _claims(self, text: str, *, comment: bool = False, question: bool = False) -> tuple[Claim, ...]:
        """Return the claims of a name, or of a comment, best first; all of a `question` is its subject.

        A claim inside a longer one is dropped; so is one whose name is headed by something else (`ngày cấp`,
        `verified`).
        """
        words = self.words(text)
        standing, barred = self._standing(words, comment=comment, reach=len(words) if question else _COMMENT_HEAD)
        if not comment and len(plain := _without_digits(words)) > 1:
            without = self._standing(plain)
            if max((one.length for one in without[0]), default=0) > max((one.length for one in standing), default=0):
                words, (standing, barred) = plain, without
        if not comment and not any(self._rules[one.rule].personal for one in standing):
            standing = self._cut_short(text) or standing
        if not comment and (span := self._roles.span(words)):
            standing = self._of_role(words, span, standing, barred)
        best: dict[int, Claim] = {}
        for claim in sorted(standing, key=lambda item: item.rank, reverse=True):
            best.setdefault(claim.rule, claim)
        return tuple(best.values())

    def _cut_short(self, text: str) -> list[Claim]:
        """Return the claims of the phrase that a name without any personal claim is cut from, for tables of people."""
        words = words_of(text)
        claims, _ = self._standing(() if self._ordinary.fit(words) else self._cut.read(words))
        return [replace(one, level=Level.PERSON, guessed=False) for one in claims if self._rules[one.rule].personal]

    def _standing(
        self, words: Sequence[Word], *, comment: bool = False, reach: int = _COMMENT_HEAD
    ) -> tuple[list[Claim], set[int]]:
        """Return the claims that stand, in order of place, and the rules that a phrase under `never` bars."""
        found: list[Claim] = []
        barred: set[int] = set()
        ordinary = not comment and self._ordinary.fit(words)
        for start in range(1 if ordinary else len(words)):
            for (rule, level), end in self._book.at(words, start):
                if level is None:
                    barred.add(rule)
                elif self._fits_place(words, start, end, level):
                    heard = Level.WEAK if comment and start > reach else level
                    guessed = any(word.guessed for word in words[start:end])
                    guessed = guessed or (ordinary and end - start > 1 and self._rules[rule].personal)
                    if guessed and heard in BY_ITSELF:
                        heard = Level.PERSON
                    head = end == len(words) and _is_english_head(words[-1].folded)
                    found.append(Claim(rule, heard, start, end - start, len(words), guessed=guessed, head=head))
        kept = [claim for claim in found if claim.rule not in barred]
        longest = [
            claim
            for claim in kept
            if not any(is_covered(claim, other) and self._takes_over(other, claim) for other in kept)
        ]
        return [claim for claim in longest if not self._demoted(words, claim)], barred

    def _takes_over(self, other: Claim, claim: Claim) -> bool:
        """Tell whether a longer claim leaves nothing of one inside it.

        Whoever is named or reached stays so: its rule may hold in a table of things where the other's does not.
        """
        rule, own = self._rules[other.rule], self._rules[claim.rule]
        return not rule.companion and not (rule.tag == own.tag and own.tag in _ANYBODYS)

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
        if level is Level.TAIL:
            return self._is_tail(words, start, end)
        if level is Level.STRONG or end - start > 1:
            return True
        others = (word for place, word in enumerate(words) if place != start)
        return all(word.folded.isdigit() or word.folded in self.beside for word in others)

    def _is_tail(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Tell whether a name ends in the words from `start` to `end`, and no word before makes it a thing's field."""
        before = (word.folded in self._others for word in words[:start])
        after = (word.folded in self._trailing or word.folded.isdigit() for word in words[end:])
        return all(after) and not any(before)

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
        if tag not in self._coded and any(keys.outside(words, claim.start, end) for keys in self._keys):
            return True
        return any(places.outside(words, claim.start, end) for places in self._elsewhere)


def _is_english_head(word: str) -> bool:
    """Tell whether a last word can be what an English name is about: no Vietnamese syllable, no mere carrier of it."""
    whole = len(word) >= _SHORTEST_HEAD and not VOWELS.isdisjoint(word)
    return whole and word not in _CARRIERS and not is_syllable(word)


def _without_digits(words: Sequence[Word]) -> tuple[Word, ...]:
    """Return `words` without the numbers among them (`emergency2Number1`), or nothing if there are none."""
    kept = tuple(word for word in words if not word.folded.isdigit())
    return kept if len(kept) < len(words) else ()
