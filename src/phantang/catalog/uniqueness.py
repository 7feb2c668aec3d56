"""Which small sets of columns tell people apart, though no single one of them is an identifier.

A row that is one of a kind in a sample need not be so among all people. So each such row counts by the chance that no
row outside the sample is like it: `exp(-(N - n) * p)`, with `p` the product of how common its values are, column by
column, as if columns did not depend on each other. A value seen once in the sample is given its share of what Good and
Turing estimate for all of those (Good, Biometrika 40, 1953): `2 * n2 / (n1 * n)` with `n1`, `n2` the number of values
seen once and twice. Where the sample is the whole table the count is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

#: The cost is bounded: rows looked at, columns combined (those with the most distinct values), sets reported.
MAX_ROWS, MAX_COLUMNS, MAX_SETS = 1000, 8, 3


@dataclass(frozen=True, slots=True)
class UniqueSet:
    """Of `sampled` rows, `unique` are likely the only ones of the whole table with their values in `columns`."""

    columns: tuple[str, ...]
    unique: int
    sampled: int


def singling_out(
    samples: Mapping[str, Sequence[str | None]],
    among: Collection[str],
    *,
    rows: int | None,
    columns: int,
    share: float,
) -> tuple[UniqueSet, ...]:
    """Return the minimal sets of at most `columns` of `among` by which a `share` of the sampled rows is one of a kind.

    `rows` is the size of the table, `None` for that of the sample. A row with a NULL in a set is not told apart by it.
    Smaller sets come first, then those that tell more rows apart.
    """
    step = max(1, -(-len(next(iter(samples.values()), ())) // MAX_ROWS))
    read = {name: values[::step] for name, values in samples.items() if name in among}
    varied = {name: len(set(values) - {None}) for name, values in read.items()}
    chosen = sorted((name for name in varied if varied[name] > 1), key=lambda name: (-varied[name], name))[:MAX_COLUMNS]
    if not chosen:
        return ()
    sampled = len(read[chosen[0]])
    unseen = max(0, (rows or 0) - sampled)
    coded = {name: _coded(read[name]) for name in chosen}
    found: list[UniqueSet] = []
    for size in range(1, columns + 1):
        for names in combinations(chosen, size):
            if any(set(smaller.columns) <= set(names) for smaller in found):
                continue
            unique = _unique([coded[name] for name in names], unseen)
            if unique and unique >= share * sampled:
                found.append(UniqueSet(tuple(sorted(names)), unique, sampled))
    return tuple(sorted(found, key=lambda one: (len(one.columns), -one.unique, one.columns))[:MAX_SETS])


def _coded(values: Sequence[str | None]) -> tuple[Any, Any]:
    """Return, for each row, a number for its value (-1 for NULL) and how common the value is among all people."""
    import numpy as np

    number: dict[str | None, int] = {None: -1}
    codes = np.array([number.setdefault(value, len(number) - 1) for value in values], dtype=np.int64)
    known = codes[codes >= 0]
    counts = np.bincount(known, minlength=1)
    repeated = np.bincount(counts, minlength=3)
    once = min(1.0, (2 * int(repeated[2]) + 1) / max(1, int(repeated[1]))) / len(known)
    shares = np.where(counts == 1, once, counts / len(known))
    return codes, np.where(codes < 0, 1.0, shares[codes])


def _unique(columns: Sequence[tuple[Any, Any]], unseen: int) -> int:
    import numpy as np

    keys, common = columns[0]
    known = keys >= 0
    for codes, shares in columns[1:]:
        keys, common, known = keys * (codes.max() + 2) + codes, common * shares, known & (codes >= 0)
    _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    alone = (counts[place] == 1) & known
    return round(float(np.exp(-unseen * common[alone]).sum()))
