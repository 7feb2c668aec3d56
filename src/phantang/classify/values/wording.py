"""Which rules the words of a column's first values leave over: all rules that look into lists are told at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from phantang.classify.rules.confidence import needed
from phantang.classify.values.hints import LANE, Hints

if TYPE_CHECKING:
    from phantang.classify.rules.rule import ValueTest
    from phantang.classify.values.measured import Measured

#: The highest bit of a lane. The first look has fewer values than it says.
_HIGH = 1 << LANE - 1


class Wording:
    """The rules with a hint, by its lane. Numbers of values are compared in all lanes by one sum.

    To each lane is added what `needed` lacks to its highest bit: the bit is set where so many values, or more, have a
    word for the validator.
    """

    def __init__(self, tests: Mapping[int, ValueTest], hints: Hints) -> None:
        self._rules: dict[int, int] = {}
        self._shares: dict[int, float] = {}
        for number, test in tests.items():
            if test.validator and test.validator in Hints.by_words:
                lane = hints.lane(test.validator)
                self._rules[lane] = self._rules.get(lane, 0) | 1 << number
                self._shares[lane] = min(test.share, self._shares.get(lane, 1.0))
        self._highs = sum(_HIGH << lane for lane in self._rules)
        #: The rules, as bits, that may be left out here.
        self.asked = sum(self._rules.values())
        self._lacking = lru_cache(maxsize=512)(self._lacking_of)
        self._without = lru_cache(maxsize=4096)(self._rules_without)

    def unspoken(self, seen: Measured) -> int:
        """Return the rules, as bits, for which fewer of the first values have a word than they must not to be out."""
        look = seen.first
        return self._without(look.counts + self._lacking(look.count, *seen.told) & self._highs)

    def _lacking_of(self, count: int, total: int, neutral: int) -> int:
        return sum(_HIGH - needed(count, share, total, neutral) << lane for lane, share in self._shares.items())

    def _rules_without(self, highs: int) -> int:
        return sum(rules for lane, rules in self._rules.items() if not highs >> lane & _HIGH)
