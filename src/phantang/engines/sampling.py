"""How a sample is asked for and what came of it: the same few bounds and words for every kind of source."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

#: Seed used where nobody gives one: the same rows every night.
SEED = 42
#: Seconds allowed to the reading of one table.
SECONDS = 60.0
#: Characters kept of one sampled value; classifiers look at shapes, not at documents.
SAMPLE_TEXT = 4000
#: Characters kept of a value when there are so many columns that their whole values would not fit.
SHORT_TEXT = 256
#: Characters kept of the sample of one table, all columns together (at most four bytes each).
BUDGET = 64 * 2**20

#: What a sample can be called. Every one of them gives the same rows for the same data and seed.
METHODS = {
    "all": "every row",
    "row_id_stride": "every n-th row id, the first chosen by the seed",
    "key_ranges": "short ranges of the key, spread between its lowest and highest value, shifted by the seed",
    "random_rows": "each row with equal probability, by the database's seeded generator (a whole scan)",
    "random_pages": "whole pages with equal probability, by the database's seeded generator",
    "row_stride": "every n-th row of a whole read, the first chosen by the seed",
    "byte_ranges": "short runs of lines at offsets spread over the file, shifted by the seed",
    "row_groups": "the first rows of row groups spread over the file, the first chosen by the seed",
    "first_rows": "the first rows in the order the source gives them",
}


@dataclass(frozen=True, slots=True)
class Sampling:
    """What may be read of one table: at most `rows` rows, within `seconds`, of every column that is not `without`."""

    rows: int
    seed: int = SEED
    seconds: float = SECONDS
    without: frozenset[str] = frozenset()

    def fit(self, columns: int) -> tuple[int, int]:
        """Return the rows to read of a table of so many `columns`, and the characters to keep of each value.

        Together they stay below `BUDGET`: first long values are cut, to `SHORT_TEXT` at the least, then rows left out.
        """
        columns = max(columns, 1)
        rows = max(1, min(self.rows, BUDGET // (columns * SHORT_TEXT)))
        return rows, max(SHORT_TEXT, min(SAMPLE_TEXT, BUDGET // (columns * rows)))


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts column by column, `None` for NULL and for binary; `method` is one of `METHODS`, `rows` how many came."""

    values: dict[str, list[str | None]]
    method: str
    rows: int


def offset(seed: int, step: int) -> int:
    """Return where a stride of `step` starts: below `step`, the same for the same seed."""
    return seed % max(step, 1)


def starts(low: int, high: int, count: int, seed: int) -> list[int]:
    """Return `count` integers spread over `low` to `high`, in order, one in each of as many equal parts."""
    width = high - low + 1
    if width <= count:
        return list(range(low, high + 1))
    chance = random.Random(seed)  # noqa: S311 - picks rows, guards nothing
    edges = [low + width * part // count for part in range(count + 1)]
    return [chance.randrange(left, right) for left, right in pairwise(edges)]


def evenly(size: int, wanted: int, seed: int) -> list[int]:
    """Return the positions of `wanted` rows spread evenly over `size` rows, in order; or all of them."""
    if size <= wanted:
        return list(range(size))
    shift = offset(seed, max(1, size // wanted))
    return [min(size - 1, row * size // wanted + shift) for row in range(wanted)]
