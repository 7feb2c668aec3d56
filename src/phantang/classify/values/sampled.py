"""A column with its sampled values, made ready for rules: arrays taken apart, labels taken off, distinct, on lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from phantang.classify.values.labels import unlabelled
from phantang.classify.values.lines import are_arrays, elements

if TYPE_CHECKING:
    from phantang.classify.values.measured import Measured
    from phantang.classify.values.values import ValueMatcher
    from phantang.model.schema import ColumnInfo


class Sampled(NamedTuple):
    """One column, its distinct values as lines, how many values they are of, NULL aside, and ready for rules.

    `numbered` tells that its name is one of a series and says nothing.
    """

    column: ColumnInfo
    lines: tuple[str, ...]
    rows: int
    seen: Measured | None
    numbered: bool


class Sampler:
    """Makes values ready; `says` tells whether words in front of them are a name of personal data."""

    def __init__(self, values: ValueMatcher, says: Callable[[str], bool]) -> None:
        self._values, self._says = values, says

    def sampled(self, column: ColumnInfo, values: Sequence[str | None], *, numbered: bool) -> Sampled:
        """Return `column` with `values`, which may be none."""
        if not values:
            return Sampled(column, (), 0, None, numbered)
        listed = column.type.rstrip().endswith("[]") or are_arrays(values)
        distinct = dict.fromkeys(values)
        missing = values.count(None) if None in distinct else 0
        read = self._values.read(elements(values) if listed else distinct)
        lines = unlabelled(read.lines, self._says) if read.lines else ()
        known = read if lines is read.lines else (lines,)  # a label was taken off: nothing is known of what is left
        seen = self._values.measure(*known) if lines else None
        return Sampled(column, lines, len(values) - missing, seen, numbered)
