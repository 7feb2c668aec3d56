"""What values say of rules: the hits of one rule on a column, and those of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ValueHits(NamedTuple):
    """`hits` of `sampled` distinct values matched, `also` more only agree; `checked` is the column check's verdict.

    `candidates` distinct texts have the form, whether or not the validator accepts them.
    """

    hits: int
    also: int
    sampled: int
    checked: bool = True
    candidates: int = 0

    @property
    def share(self) -> float:
        """Return hits over sampled."""
        return self.hits / self.sampled if self.sampled else 0.0


class ColumnHits(NamedTuple):
    """All rules' hits on one column: whole values, and inside longer text. `stopped` is the rule that ended it."""

    sampled: int
    whole: Mapping[int, ValueHits]
    in_text: Mapping[int, ValueHits]
    stopped: int | None = None
