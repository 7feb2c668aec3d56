"""A regular expression as its position automaton: which character class may follow which, and in how many ways.

Read from the parse tree of Python's own `re`. Counted repeats of one class are written out up to `_CLASS_TIMES` times,
those of a group up to `_GROUP_TIMES`; above they count as unbounded, which can only make more of their ways.
Look-around is a pattern of its own here. Atomic and possessive parts are read as if they could be taken back.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined] # the parser that `re` itself uses has no public name
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

#: Characters of the values that are reckoned with.
LENGTH = 64
_CLASS_TIMES, _GROUP_TIMES = 32, 8
_MOST_POSITIONS = 2_000
#: Ways are counted up to here.
_MANY = 1e30
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT)
_CATEGORIES = {
    code.CATEGORY_DIGIT: r"\d", code.CATEGORY_NOT_DIGIT: r"\D", code.CATEGORY_SPACE: r"\s",
    code.CATEGORY_NOT_SPACE: r"\S", code.CATEGORY_WORD: r"\w", code.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
#: Characters that tell any classes apart, beside the ends of the ranges that a pattern names.
_COMMON = frozenset([*map(chr, range(32, 127)), *"àỹĐđạß\u00a0\u0661\ue000"])


class TooLargeError(Exception):
    """A pattern has too many positions to be judged."""


@dataclass(slots=True)
class _Part:
    """A part of a pattern: its first and last positions with how often, ways to match nothing, and ways in all."""

    first: Counter[int]
    last: Counter[int]
    empty: int
    ways: float


@dataclass(slots=True)
class Automaton:
    """`first` positions, and `follow`: how many ways lead from one position to another. `ways` bounds all readings.

    `repeated` are the positions that may be there more or less often: `classes` before and after them stand once.
    """

    first: Counter[int] = field(default_factory=Counter)
    follow: Counter[tuple[int, int]] = field(default_factory=Counter)
    ways: float = 1.0
    classes: list[tuple[Any, Any]] = field(default_factory=list)
    ignore_case: bool = False
    repeated: set[int] = field(default_factory=set)

    def accepts(self) -> dict[str, frozenset[int]]:
        """Return which positions take a character, for characters that tell all classes apart."""
        keys = [repr(one) for one in self.classes]
        tests = dict(zip(keys, self.classes, strict=True))
        named = {char for one in tests.values() for char in _named(*one)} - _COMMON
        taken = {
            key: _common(*_fixed(one), ignore_case=self.ignore_case)
            | {char for char in named if _takes_cased(*one, char, ignore_case=self.ignore_case)}
            for key, one in tests.items()
        }
        return {
            char: frozenset(number for number, key in enumerate(keys) if char in taken[key])
            for char in sorted(named | _COMMON)
        }


def read_tree(tree: Any, *, ignore_case: bool) -> list[Automaton]:
    """Return the automaton of a parsed pattern, and those of its look-arounds. Raises `TooLargeError`."""
    whole = Automaton(ignore_case=ignore_case)
    reader = _Reader(whole, ignore_case)
    part = reader.sequence(tree)
    whole.first, whole.ways = part.first, part.ways
    return [whole, *reader.asides]


class _Reader:
    def __init__(self, automaton: Automaton, ignore_case: bool) -> None:
        self._automaton = automaton
        self._ignore_case = ignore_case
        self.asides: list[Automaton] = []

    def sequence(self, items: Any) -> _Part:
        part = _Part(Counter(), Counter(), 1, 1.0)
        for operator, argument in items:
            part = self._joined(part, self._item(operator, argument))
        return part

    def _item(self, operator: Any, argument: Any) -> _Part:
        if operator in _REPEATS:
            return self._repeat(*argument)
        if operator is code.SUBPATTERN:
            return self.sequence(argument[3])
        if operator is code.ATOMIC_GROUP:
            return self.sequence(argument)
        if operator is code.BRANCH:
            return self._either([self.sequence(branch) for branch in argument[1]])
        if operator is code.GROUPREF_EXISTS:
            return self._either([self.sequence(branch or []) for branch in argument[1:]])
        if operator in (code.ASSERT, code.ASSERT_NOT):
            self.asides += read_tree(argument[1], ignore_case=self._ignore_case)
            return _Part(Counter(), Counter(), 1, 1.0)
        if operator is code.AT:
            return _Part(Counter(), Counter(), 1, 1.0)
        if operator is code.GROUPREF:  # whatever was found before, again
            return self._repeat(0, LENGTH, [(code.ANY, None)])
        return self._position(operator, argument)

    def _position(self, operator: Any, argument: Any) -> _Part:
        number = len(self._automaton.classes)
        if number >= _MOST_POSITIONS:
            raise TooLargeError
        self._automaton.classes.append((operator, argument))
        return _Part(Counter([number]), Counter([number]), 0, 1.0)

    def _repeat(self, least: int, most: int, body: Any) -> _Part:
        known = len(self._automaton.classes)
        part = self._repeated(least, most, body)
        if least != most:
            self._automaton.repeated.update(range(known, len(self._automaton.classes)))
        return part

    def _repeated(self, least: int, most: int, body: Any) -> _Part:
        most, counted = min(int(most), LENGTH), int(most) <= LENGTH
        single = len(body) == 1 and body[0][0] in (code.IN, code.LITERAL, code.NOT_LITERAL, code.ANY)
        if counted and most <= (_CLASS_TIMES if single else _GROUP_TIMES):
            tail = _Part(Counter(), Counter(), 1, 1.0)
            for _ in range(most - least):
                again = self._joined(self.sequence(body), tail)
                tail = _Part(again.first, again.last, again.empty + 1, again.ways + 1)
            part = tail
            for _ in range(least):
                part = self._joined(self.sequence(body), part)
            return part
        part = self.sequence(body)
        # A counted repeat may take nothing and count it; an open one ends there.
        times = 2 if counted and part.empty else 1
        self._follow(part.last, part.first, times)
        ways = _sum_of_powers(part.ways, least, most)
        return _Part(part.first, part.last, max(part.empty, int(least == 0)), ways)

    def _either(self, parts: list[_Part]) -> _Part:
        first, last = Counter[int](), Counter[int]()
        for part in parts:
            first.update(part.first)
            last.update(part.last)
        return _Part(first, last, sum(part.empty for part in parts), sum(part.ways for part in parts))

    def _joined(self, one: _Part, two: _Part) -> _Part:
        self._follow(one.last, two.first)
        first, last = one.first, two.last
        if one.empty:
            first = first + Counter({position: count * one.empty for position, count in two.first.items()})
        if two.empty:
            last = last + Counter({position: count * two.empty for position, count in one.last.items()})
        return _Part(first, last, one.empty * two.empty, min(_MANY, one.ways * two.ways))

    def _follow(self, last: Counter[int], first: Counter[int], times: int = 1) -> None:
        for one, count in last.items():
            for two, more in first.items():
                self._automaton.follow[one, two] += count * more * times


def _sum_of_powers(ways: float, least: int, most: int) -> float:
    total, power = 0.0, 1.0
    for times in range(most + 1):
        total += power if times >= least else 0.0
        power = min(_MANY, power * ways)
        if total >= _MANY:
            break
    return min(_MANY, total)


def _named(operator: Any, argument: Any) -> set[str]:
    """Return the characters a class names, and their neighbours."""
    if operator is code.IN:
        return {char for item in argument for char in _named(*item)}
    if operator is code.RANGE:
        ends = set(argument)
    elif operator in (code.LITERAL, code.NOT_LITERAL):
        ends = {argument}
    else:
        return set()
    return {chr(number + by) for number in ends for by in (-1, 0, 1) if 0 <= number + by <= 0x10FFFF}


def _fixed(one: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return a class as something to be remembered."""
    operator, argument = one
    return operator, tuple(argument) if isinstance(argument, list) else argument


@lru_cache(maxsize=1024)
def _common(operator: Any, argument: Any, *, ignore_case: bool) -> frozenset[str]:
    """Return which of the common characters a class takes."""
    return frozenset(char for char in _COMMON if _takes_cased(operator, argument, char, ignore_case=ignore_case))


def _takes_cased(operator: Any, argument: Any, char: str, *, ignore_case: bool) -> bool:
    forms = {char, char.lower(), char.upper()} if ignore_case else {char}
    return any(_takes(operator, argument, form) for form in forms)


def _takes(operator: Any, argument: Any, char: str) -> bool:
    if len(char) != 1:  # a capital of several letters
        return False
    if operator is code.IN:
        negated = argument[0][0] is code.NEGATE
        return any(_takes(item[0], item[1], char) for item in argument[int(negated) :]) is not negated
    if operator is code.LITERAL:
        return bool(ord(char) == argument)
    if operator is code.NOT_LITERAL:
        return bool(ord(char) != argument)
    if operator is code.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    if operator is code.CATEGORY:
        return _is_of(argument, char)
    return char != "\n"  # ANY


@lru_cache(maxsize=4096)
def _is_of(category: Any, char: str) -> bool:
    return re.match(_CATEGORIES[category], char) is not None


def parse(pattern: str) -> Any:
    """Return the parse tree of a pattern that compiles."""
    return sre.parse(pattern)
