"""The one population behind all registers: the same invented people own land, drive, fall ill and hand in dossiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from phantang.samples.code_lists import CodeLists
from phantang.samples.draws import Bools, Ints, Rng, blank, chosen, digits, stream, take, weighted
from phantang.samples.families import CHILD, ELDER, TODAY, YEAR, Families, form
from phantang.samples.identifiers import birth_prefixes, mobile_phones, personal_numbers
from phantang.samples.naming import ethnicities, full_names, religions, streets

DEMO_PEOPLE: Final = 0.0015
"""Least share of the population that lives in the demo's commune; never fewer than DEMO_LEAST people."""
DEMO_LEAST: Final = 45


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """People as they truly are, before any register misspells them. Row 0 is the demo's citizen.

    Args:
        lists: the code lists that positions refer to.
        families: households, parents, spouses, sexes and days of birth.
        commune: row of `lists.communes` where each person lives.
        birthplace: row of `lists.birth_provinces` where the birth was registered.
        name, cccd: text.
        phone: text, null for children and people without one.
        ethnicity, religion: text.
        street: address below the commune, by household.

    """

    lists: CodeLists
    families: Families
    commune: Ints
    birthplace: Ints
    name: pl.Series
    cccd: pl.Series
    phone: pl.Series
    ethnicity: pl.Series
    religion: pl.Series
    street: pl.Series

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.commune)

    @property
    def age(self) -> Ints:
        """Return ages in full years on the day of extraction."""
        return ((TODAY - self.families.born) // YEAR).astype(np.int64)

    @property
    def province(self) -> Ints:
        """Return the row of `lists.provinces` where each person lives."""
        return self.lists.province_of_commune[self.commune]

    def birth_dates(self, people: Ints) -> pl.Series:
        """Return dates of birth."""
        return days(self.families.born[people])

    def sample(self, rng: Rng, size: int, eligible: Bools) -> Ints:
        """Return up to `size` different eligible people, in random order."""
        return rng.permutation(np.flatnonzero(eligible))[:size]


def days(since_epoch: Ints) -> pl.Series:
    """Return dates from days since 1970-01-01."""
    return pl.Series(since_epoch).cast(pl.Int32).cast(pl.Date)


def populate(lists: CodeLists, citizens: int, seed: int) -> Population:
    """Return `citizens` invented people in households, consistent with the code lists."""
    families = form(stream(seed, "families"), citizens)
    home = _homes(stream(seed, "homes"), lists, families.sizes)
    commune = home[families.household]
    birthplace = _birthplaces(stream(seed, "birthplaces"), lists, families, lists.province_of_commune[commune])
    rng = stream(seed, "peoples")
    ethnicity = ethnicities(rng, lists, lists.province_of_commune[home])
    religion = religions(rng, lists, len(home))
    religion = pl.select(
        pl.when(pl.int_range(len(home)) == 0).then(pl.lit("Phật giáo")).otherwise(religion)
    ).to_series()
    years = days(families.born).dt.year().cast(pl.Int64).to_numpy()
    numbers = personal_numbers(
        stream(seed, "personal_numbers"), birth_prefixes(lists, birthplace), families.female, years
    )
    return Population(
        lists=lists,
        families=families,
        commune=commune,
        birthplace=birthplace,
        name=full_names(stream(seed, "names"), families, ethnicity, lists),
        cccd=digits(numbers, 12),
        phone=_phones(stream(seed, "phones"), families),
        ethnicity=take(lists.ethnicities, ethnicity[families.household]),
        religion=religion.gather(families.household),
        street=streets(stream(seed, "streets"), lists, home),
    )


def _homes(rng: Rng, lists: CodeLists, sizes: Ints) -> Ints:
    """Return a commune for each household: provinces by population, communes unequal, the demo's assured."""
    millions = lists.provinces["population_million"].cast(pl.Float64).fill_null(1.0).to_numpy()
    province = lists.province_of_commune
    towns = (lists.communes["division_type"] == "phường").to_numpy()
    size = rng.lognormal(0.0, 0.7, len(province)) * np.where(towns, 2.0, 1.0)
    weights = size * millions[province] / np.bincount(province, weights=size, minlength=len(millions))[province]
    homes = weighted(rng, weights, len(sizes))
    wanted = max(DEMO_LEAST, int(sizes.sum() * DEMO_PEOPLE))
    order = np.concatenate(([0], 1 + rng.permutation(len(sizes) - 1)))
    enough = int(np.searchsorted(np.cumsum(sizes[order]), wanted)) + 1
    homes[order[:enough]] = lists.demo_commune
    return homes


def _birthplaces(rng: Rng, lists: CodeLists, families: Families, provinces: Ints) -> Ints:
    """Return where births were registered: mostly the home province as it was before 2025, else anywhere."""
    native = chosen(rng, len(provinces), 0.78) | ((families.role == CHILD) & chosen(rng, len(provinces), 0.85))
    anywhere = rng.integers(0, len(lists.birth_provinces), len(provinces))
    birthplace = np.where(native, lists.births_of_province.draw(rng, provinces), anywhere)
    demo_province = lists.province_of_commune[lists.demo_commune]
    birthplace[0] = int(np.flatnonzero(lists.birth_provinces["province"].to_numpy() == demo_province)[0])
    return birthplace


def _phones(rng: Rng, families: Families) -> pl.Series:
    born = families.born
    young, old = born > TODAY - 14 * YEAR, (families.role == ELDER) | (born < TODAY - 75 * YEAR)
    missing = rng.random(len(born)) < np.where(young, 1.0, np.where(old, 0.5, 0.12))
    missing[0] = False
    return blank(mobile_phones(rng, len(born)), missing)
