"""What a text must look like for a pattern to match it: facts so cheap to check that most patterns are never run.

The facts are read from the parsed pattern and err on one side only: a text that fails them is never matched, a text
that passes them may or may not be. Nothing in a pattern that is not understood restricts anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

# Private modules of `re`: should they change, `form_of` restricts nothing and everything works, only slower.
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from phantang.classify.text.folding import codes_of

#: Kinds of character: digits, capitals and small letters of ASCII, every other character of ASCII by itself, `?` for
#: that one and all others, but for the digits of other scripts: they are written as a character no line has.
_KINDS = bytes(
    ord("0" if chr(at).isdigit() else "A" if chr(at).isupper() else "a" if chr(at).islower() else chr(at))
    for at in range(128)
)
#: For UTF-8: the first byte of a longer character stands for it, the others are left out.
_TO_KINDS, _LEFT_OUT = _KINDS + b"?" * 128, bytes(range(0x80, 0xC0))
#: For the bytes of `codes_of`: what is not ASCII has the codes of control characters, and those beyond.
_OF_CODES = bytes(_KINDS[at] if at in {0, 10} or 32 <= at < 127 else ord("?") for at in range(256))
_OTHER, _FOREIGN = ord("?"), 1
_LETTERS = 1 << ord("A") | 1 << ord("a")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
#: What is kept of the kinds of which a match needs one: that many alternatives, each of so many kinds.
_MOST_NEEDS, _MOST_KINDS = 8, 6
_EVERY = (1 << 128) - 1
#: Longer than any text that is looked at.
_ENDLESS = 1 << 30
_CATEGORIES = {
    codes.CATEGORY_DIGIT: re.compile(r"\d"),
    codes.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    codes.CATEGORY_SPACE: re.compile(r"\s"),
    codes.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    codes.CATEGORY_WORD: re.compile(r"\w"),
    codes.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """Every match has `least` to `most` characters, of the kinds in `allowed` only.

    It has a character of one of the kinds in each of `needed`, and contains one of the texts `needles`, if there are
    any.
    """

    allowed: int = _EVERY
    needed: frozenset[int] = frozenset()
    least: int = 0
    most: int = _ENDLESS
    needles: frozenset[str] = frozenset()

    def fits(self, length: int, kinds: int) -> bool:
        """Tell whether a text of `length` and `kinds` may match as a whole."""
        return length <= self.most and not kinds & ~self.allowed and self.fits_inside(length, kinds)

    def fits_inside(self, length: int, kinds: int) -> bool:
        """Tell whether a part of such a text may match."""
        return self.least <= length and all(kinds & needed for needed in self.needed)

    def with_a_letter(self) -> Form:
        """Return the form of those texts that have a letter, of any script."""
        return replace(self, needed=self.needed | {_LETTERS | 1 << _OTHER})

    def may_be_in(self, text: str) -> bool:
        """Tell whether `text` has one of the needles, if there are any."""
        return not self.needles or any(needle in text for needle in self.needles)


class _UnknownError(Exception):
    """Something in a pattern that is not understood."""


def kinds_in(text: str) -> int:
    """Return the kinds of character in `text`, as a `Form` has them."""
    return as_bits(set(coded(text)))


def coded(text: str) -> bytes:
    """Return the kind of every character of `text`."""
    codes = codes_of(text)
    if codes is not None:
        return codes.translate(_OF_CODES)
    if not text.isascii():
        text = _FOREIGN_DIGIT.sub(chr(_FOREIGN), text)
    return text.encode("utf-8", "surrogatepass").translate(_TO_KINDS, _LEFT_OUT)


def as_bits(kinds: Iterable[int]) -> int:
    """Return kinds of character as the bits of a number."""
    bits = 0
    for kind in kinds:
        bits |= 1 << kind
    return bits


def form_of(pattern: str, flags: int = 0) -> Form:
    """Return what every match of `pattern` looks like."""
    try:
        parsed = parser.parse(pattern, flags)
        return _sequence(parsed, ignore_case=bool(parsed.state.flags & re.IGNORECASE))
    except (_UnknownError, re.error, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return Form()


def either(forms: Iterable[Form]) -> Form:
    """Return what every match of one of several patterns looks like."""
    found = list(forms)
    allowed, needed = 0, found[0].needed
    for form in found:
        allowed |= form.allowed
        needed = _useful(one | two for one in needed for two in form.needed)
    needles = (
        frozenset[str]().union(*(form.needles for form in found)) if all(f.needles for f in found) else frozenset()
    )
    return Form(allowed, needed, min(f.least for f in found), max(f.most for f in found), needles)


def _useful(needed: Iterable[int]) -> frozenset[int]:
    return frozenset(sorted({one for one in needed if one.bit_count() <= _MOST_KINDS}, key=int.bit_count)[:_MOST_NEEDS])


def _sequence(nodes: Iterable[tuple[Any, Any]], *, ignore_case: bool) -> Form:
    allowed = least = most = 0
    needed, run, needles = frozenset[int](), "", frozenset[str]()
    for kind, value in nodes:
        form = _node(kind, value, ignore_case=ignore_case)
        allowed |= form.allowed
        needed = _useful(needed | form.needed)
        least, most = least + form.least, min(most + form.most, _ENDLESS)
        if kind is codes.LITERAL and not ignore_case:
            run += chr(value)
            needles = _better(needles, frozenset({run}))
        elif kind is not codes.AT:
            run = ""
            needles = _better(needles, form.needles)
    return Form(allowed, needed, least, most, needles)


def _better(one: frozenset[str], two: frozenset[str]) -> frozenset[str]:
    """Return the needles that are harder to come by: the shortest of them is longer."""
    return two if min(map(len, two), default=0) > min(map(len, one), default=0) else one


def _node(kind: Any, value: Any, *, ignore_case: bool) -> Form:
    """Return the form of one part of a parsed pattern."""
    if kind in {codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY}:
        return _one(_kinds_of(kind, value, ignore_case=ignore_case))
    if kind in {codes.AT, codes.ASSERT, codes.ASSERT_NOT}:
        return Form(0, frozenset(), 0, 0)
    if kind is codes.BRANCH:
        return either(_sequence(branch, ignore_case=ignore_case) for branch in value[1])
    if kind is codes.SUBPATTERN:
        _, added, removed, part = value
        if removed or added & ~re.IGNORECASE:
            raise _UnknownError
        return _sequence(part, ignore_case=ignore_case or bool(added))
    if kind is codes.ATOMIC_GROUP:
        return _sequence(value, ignore_case=ignore_case)
    if kind in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        low, high, part = value
        form = _sequence(part, ignore_case=ignore_case)
        return Form(
            form.allowed if high else 0,
            form.needed if low else frozenset(),
            low * form.least,
            min(_ENDLESS, int(high) * form.most),
            form.needles if low else frozenset(),
        )
    raise _UnknownError


def _one(kinds: int) -> Form:
    """Return the form of one character of one of `kinds`."""
    return Form(kinds, _useful([kinds]), 1, 1)


def _kinds_of(kind: Any, value: Any, *, ignore_case: bool) -> int:
    """Return the kinds of the characters that one part of a pattern accepts."""
    if kind is codes.ANY:
        return _EVERY
    if kind is codes.NOT_LITERAL:
        return _kinds_among(((codes.NEGATE, None), (codes.LITERAL, value)), ignore_case=ignore_case)
    return _kinds_among(((kind, value),) if kind is codes.LITERAL else tuple(value), ignore_case=ignore_case)


@lru_cache(maxsize=512)
def _kinds_among(items: tuple[tuple[Any, Any], ...], *, ignore_case: bool) -> int:
    negated = any(item is codes.NEGATE for item, _ in items)
    beyond = [(item, one) for item, one in items if _beyond_ascii(item, one)]
    found = 1 << _FOREIGN if negated or beyond else 0
    if negated or any(item is not codes.CATEGORY or one is not codes.CATEGORY_DIGIT for item, one in beyond):
        found |= 1 << _OTHER
    for at in range(128):
        cased = {at, ord(chr(at).swapcase())} if ignore_case else {at}
        if any(_accepts(item, value, one) for item, value in items for one in cased) != negated:
            found |= 1 << _KINDS[at]
    # Without regard to case, letters of ASCII also stand for some beyond it (the Kelvin sign is a K).
    return found | 1 << _OTHER if ignore_case and found & _LETTERS else found


def _accepts(kind: Any, value: Any, at: int) -> bool:
    if kind is codes.LITERAL:
        return bool(value == at)
    if kind is codes.RANGE:
        return bool(value[0] <= at <= value[1])
    if kind is codes.CATEGORY:
        return _CATEGORIES[value].match(chr(at)) is not None
    if kind is codes.NEGATE:
        return False
    raise _UnknownError


def _beyond_ascii(kind: Any, value: Any) -> bool:
    if kind is codes.CATEGORY:
        return True
    return bool((kind is codes.LITERAL and value > 127) or (kind is codes.RANGE and value[1] > 127))
