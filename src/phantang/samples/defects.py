"""The faults real registers have, in known shares: this is what quality checks are there to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from phantang.samples.draws import Bools, Ints, Rng, chosen, take

if TYPE_CHECKING:
    from phantang.samples.code_lists import CodeLists

CAPITALS: Final = 0.03
"""Share of names typed in capitals without diacritics."""
DECOMPOSED: Final = 0.005
"""Share of names in Unicode NFD instead of NFC."""
SPACES: Final = 0.01
"""Share of names with a double or a trailing space."""
LOST_ZERO: Final = 0.005
"""Share of personal numbers that lost the leading zero in a spreadsheet, outside the population register."""
LOST_PHONE_ZERO: Final = 0.01
"""Share of phone numbers that lost the leading zero."""
LEGACY: Final = 0.01
"""Share of rows that still carry the code of a ward abolished on 1 July 2025."""
CONTRADICTION: Final = 0.003
"""Share of citizens whose date of birth or sex contradicts the personal number."""


def plain(texts: pl.Series) -> pl.Series:
    """Return the texts without diacritics: `Nguyễn Văn Đức` becomes `Nguyen Van Duc`."""
    marks = texts.str.normalize("NFD").str.replace_all(r"\p{Mn}", "")
    return marks.str.replace_all("đ", "d", literal=True).str.replace_all("Đ", "D", literal=True)


def misspelt(rng: Rng, names: pl.Series, untouched: int | None = None) -> pl.Series:
    """Return the names with CAPITALS, DECOMPOSED and SPACES defects, never two on one name; `untouched` is a row."""
    lot = rng.random(len(names))
    if untouched is not None:
        lot[untouched] = 1.0
    bounds = np.cumsum([CAPITALS, DECOMPOSED, SPACES / 2, SPACES / 2])
    kind = pl.Series(np.searchsorted(bounds, lot, side="right"))
    return pl.select(
        pl.when(kind == 0)
        .then(plain(names).str.to_uppercase())
        .when(kind == 1)
        .then(names.str.normalize("NFD"))
        .when(kind == 2)
        .then(names.str.replace(" ", "  ", literal=True))
        .when(kind == 3)
        .then(names + " ")
        .otherwise(names)
    ).to_series()


def lose_zero(values: pl.Series, rows: Bools) -> pl.Series:
    """Return the values with one leading zero dropped at `rows`; a value without one stays."""
    return values.str.strip_prefix("0").zip_with(pl.Series(rows), values)


def legacy_wards(rng: Rng, lists: CodeLists, communes: Ints, untouched: int | None = None) -> Ints:
    """Return for each commune row a row of `lists.legacy` in LEGACY of the cases, -1 otherwise."""
    stale = chosen(rng, len(communes), LEGACY)
    if untouched is not None:
        stale[untouched] = False
    return np.where(stale, lists.legacy_of_commune.draw(rng, communes), -1)


def commune_codes(lists: CodeLists, communes: Ints, wards: Ints) -> pl.Series:
    """Return the commune codes, with the abolished ward's code wherever `wards` has one."""
    current = take(lists.communes["commune_code"], communes)
    return take(lists.legacy["old_ward_code"], wards).fill_null(current) if (wards >= 0).any() else current
