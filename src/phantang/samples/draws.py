"""Seeded random draws. Every table has streams of its own, so that a change in one leaves the others as they were."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Rng: TypeAlias = np.random.Generator


def stream(seed: int, name: str) -> Rng:
    """Return the generator called `name` under `seed`. Equal arguments give equal draws on every run and machine."""
    words = np.frombuffer(sha256(name.encode()).digest(), dtype="<u4")
    return np.random.default_rng(np.random.SeedSequence([seed % 2**64, *words.tolist()]))


def chosen(rng: Rng, size: int, share: float) -> Bools:
    """Return a mask that is true for about `share` (0..1) of `size` rows."""
    return rng.random(size) < share


def weighted(rng: Rng, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Return `size` positions in `weights`, drawn in proportion to them."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    positions: Ints = np.minimum(found, len(edges) - 1)
    return positions


def choice(rng: Rng, weights: Mapping[str, float], size: int) -> pl.Series:
    """Return `size` keys of `weights`, drawn in proportion to its values."""
    return take(list(weights), weighted(rng, list(weights.values()), size))


def take(values: Sequence[str] | pl.Series, positions: Ints) -> pl.Series:
    """Return the texts at `positions`; a negative position gives a null."""
    missing = positions < 0
    texts = pl.Series(values, dtype=pl.String).gather(np.where(missing, 0, positions))
    return blank(texts, missing) if missing.any() else texts


def blank(values: pl.Series, rows: Bools) -> pl.Series:
    """Return `values` with nulls at `rows`."""
    return pl.Series([None], dtype=values.dtype).new_from_index(0, len(values)).zip_with(pl.Series(rows), values)


def digits(numbers: Ints, width: int) -> pl.Series:
    """Return `numbers` as decimal text, padded with zeros to `width` characters."""
    return pl.Series(numbers).cast(pl.String).str.zfill(width)


def joined(*parts: pl.Series | str) -> pl.Series:
    """Return the parts joined row by row; a null part makes a null."""
    return pl.select(pl.concat_str([pl.lit(part) for part in parts])).to_series()


def distinct(draw: Callable[[Ints], Ints], size: int) -> Ints:
    """Return `size` different numbers; `draw(rows)` gives one candidate per row and is asked again where two are equal.

    The caller sees to it that there are clearly more candidates than rows.
    """
    numbers = draw(np.arange(size))
    while True:
        _, first = np.unique(numbers, return_index=True)
        if len(first) == size:
            return numbers
        again = np.setdiff1d(np.arange(size), first)
        numbers[again] = draw(again)


class Groups:
    """Rows grouped by a small integer key, to draw a row of the same group as someone."""

    def __init__(self, keys: Ints, groups: int) -> None:
        """Group the positions of `keys`, whose values lie in `0..groups-1`."""
        self._rows = np.argsort(keys, kind="stable")
        self.counts: Ints = np.bincount(keys, minlength=groups).astype(np.int64)
        self._starts = np.cumsum(self.counts) - self.counts

    def draw(self, rng: Rng, keys: Ints) -> Ints:
        """Return for each key a row of its group, every row as likely as the others; -1 where the group is empty."""
        counts = self.counts[keys]
        offsets = np.floor(rng.random(len(keys)) * counts).astype(np.int64)
        if not len(self._rows):
            return np.full(len(keys), -1)
        rows = self._rows[(self._starts[keys] + offsets).clip(max=len(self._rows) - 1)]
        return np.where(counts == 0, -1, rows)
