"""Numbers of values for many rules at once, each in its lane of one number: one sum adds, or compares, all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from phantang.classify.rules.confidence import needed

#: Bits of a lane, and the highest of them.
LANE, _HIGH = 8, 128


class Lane(NamedTuple):
    """What is counted in one lane: values for `rules`, as bits, which demand `share` of all values or more."""

    share: float
    rules: int


class Tally:
    """Lanes, by their lowest bit, of numbers under 128, so that the highest bit of each stays free.

    To compare, what `needed` lacks to that bit is added to each lane: it is set where so many values, or more, count.
    """

    def __init__(self, lanes: Mapping[int, Lane]) -> None:
        self._lanes = lanes
        self._highs = sum(_HIGH << place for place in lanes)
        self._lacking = lru_cache(maxsize=512)(self._lacking_in)
        self._reaching = lru_cache(maxsize=4096)(self._rules_at)

    def reaching(self, counts: int, sampled: int, total: int, neutral: int) -> int:
        """Return the rules, as bits, for which as many of `sampled` values count as `confidence.needed` tells."""
        return self._reaching(counts + self._lacking(sampled, total, neutral) & self._highs)

    def _lacking_in(self, *values: int) -> int:
        sampled, *told = values
        return sum(_HIGH - needed(sampled, lane.share, *told) << place for place, lane in self._lanes.items())

    def _rules_at(self, highs: int) -> int:
        return sum(lane.rules for place, lane in self._lanes.items() if highs >> place & _HIGH)
