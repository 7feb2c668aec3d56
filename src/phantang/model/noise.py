"""What one person can add to an answer, and where noise goes (docs/adr/0010)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values a column is summed over: below `low` counts as `low`, above `high` as `high`, in whole `step`s."""

    low: float
    high: float
    step: float = 1.0

    @property
    def reach(self) -> int:
        """Return the most steps one value can add to a sum or take from it."""
        return max(abs(math.floor(self.low / self.step)), abs(math.floor(self.high / self.step)))


@dataclass(frozen=True, slots=True)
class KeyList:
    """Keys that a code list of the same source holds: a `column` of `table` (`schema.table`), read when it is asked."""

    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


#: The values of a key that everybody knows: said in the catalog, or where to read them.
Keys = tuple[str, ...] | KeyList


@dataclass(frozen=True, slots=True)
class Contributions:
    """What the catalog lets one person add: at most `rows` rows, of `bounds` a column, in groups of public `keys`."""

    rows: int
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    keys: Mapping[str, Keys] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the result that gets noise: one person changes all its values together by at most `reach` steps.

    `bounds` says what a step of a sum is worth. `beside` is the place of the count that a mean is divided by.
    """

    place: int
    reach: int
    bounds: Bounds | None = None
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class NoisePlan:
    """How a result becomes a noisy answer.

    Its first `shown` columns are the answer. `measures` share epsilon equally; that at `people` counts people, and
    groups in which it is too small are left out. `keys` has the values of each key column that may be shown.
    """

    measures: tuple[Measure, ...]
    people: int
    shown: int
    keys: tuple[tuple[int, Keys], ...] = ()

    @property
    def lists(self) -> tuple[KeyList, ...]:
        """Return the code lists that the answer's keys are held to."""
        return tuple(one for _, one in self.keys if isinstance(one, KeyList))
