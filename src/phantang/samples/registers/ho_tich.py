"""`ho_tich`: civil status: births and marriages, consistent with the families of the population register."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phantang.samples.database import SampleDatabase
from phantang.samples.defects import LOST_ZERO, commune_codes, legacy_wards, lose_zero, misspelt
from phantang.samples.draws import Ints, Rng, blank, chosen, digits, joined, stream, take
from phantang.samples.families import CHILD, HEAD, TODAY, YEAR
from phantang.samples.identifiers import old_identity_cards
from phantang.samples.population import Population, days

BIRTHS_SINCE: Final = TODAY - int(9 * YEAR)
"""The electronic register of births goes back nine years; days since 1970-01-01."""
MARRIAGES_SINCE: Final = TODAY - int(11 * YEAR)
"""The electronic register of marriages goes back eleven years."""
_CARDS_ENDED: Final = int((2021 - 1970) * YEAR)  # nine-digit identity cards were issued until about then


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `KhaiSinh` and `KetHon`."""
    return SampleDatabase.of(
        "ho_tich",
        KhaiSinh=_births(stream(seed, "ho_tich.births"), population),
        KetHon=_marriages(stream(seed, "ho_tich.marriages"), population),
    )


def _births(rng: Rng, population: Population) -> pl.DataFrame:
    families = population.families
    child = np.flatnonzero((families.role == CHILD) & (families.born > BIRTHS_SINCE))
    late = np.where(chosen(rng, len(child), 0.04), rng.integers(60, 900, len(child)), rng.integers(1, 60, len(child)))
    registered = np.minimum(families.born[child] + late, TODAY - 1)
    order = np.argsort(registered, kind="stable")
    child, registered = child[order], registered[order]
    size, lists = len(child), population.lists
    mother, father = families.mother[child], families.father[child]
    old = lists.birth_provinces["old_province_name"]
    born_in = take(old, population.birthplace[child])
    place = take(["Bệnh viện Đa khoa ", "Bệnh viện Phụ sản ", "Trạm y tế xã, "], rng.integers(0, 3, size))
    commune = population.commune[child]
    return pl.DataFrame(
        {
            "SoDangKy": _register_numbers(registered),
            "nksHoTen": misspelt(rng, population.name.gather(child)),
            "nksNgaySinh": days(families.born[child]),
            "nksGioiTinh": take(["Nam", "Nữ"], families.female[child].astype(np.int64)),
            "nksDanToc": blank(population.ethnicity.gather(child), chosen(rng, size, 0.01)),
            "nksNoiSinh": blank(joined(place, born_in), chosen(rng, size, 0.02)),
            "meHoTen": misspelt(rng, take(population.name, mother)),
            "meSoGiayToTuyThan": _papers(rng, population, mother, registered),
            "chaHoTen": misspelt(rng, take(population.name, father)),
            "chaSoGiayToTuyThan": _papers(rng, population, father, registered),
            "maXa": commune_codes(lists, commune, legacy_wards(rng, lists, commune)),
            "ngayDangKy": days(registered),
        }
    )


def _marriages(rng: Rng, population: Population) -> pl.DataFrame:
    families = population.families
    head = np.flatnonzero((families.role == HEAD) & (families.spouse >= 0))
    partner = families.spouse[head]
    adult = np.maximum(families.born[head], families.born[partner]) + int(20 * YEAR)
    wedding = adult + np.floor(rng.gamma(2.0, 2.6, len(head)) * YEAR).astype(np.int64)
    wedding = np.where(wedding < TODAY, wedding, adult + ((TODAY - adult) * rng.random(len(head))).astype(np.int64))
    recent = np.flatnonzero(wedding > MARRIAGES_SINCE)
    recent = recent[np.argsort(wedding[recent], kind="stable")]
    head, partner, wedding = head[recent], partner[recent], wedding[recent]
    husband = np.where(families.female[head], partner, head)
    wife = np.where(families.female[head], head, partner)
    commune = population.commune[wife]
    return pl.DataFrame(
        {
            "SoDangKy": _register_numbers(wedding),
            "chongHoTen": misspelt(rng, population.name.gather(husband)),
            "chongSoGiayToTuyThan": _papers(rng, population, husband, wedding),
            "voHoTen": misspelt(rng, population.name.gather(wife)),
            "voSoGiayToTuyThan": _papers(rng, population, wife, wedding),
            "ngayDangKy": days(wedding),
            "maXa": commune_codes(population.lists, commune, legacy_wards(rng, population.lists, commune)),
        }
    )


def _register_numbers(registered: Ints) -> pl.Series:
    """Return `running number/year` for entries in order of their day."""
    year = days(registered).dt.year().cast(pl.Int64).to_numpy()
    _, first, entry = np.unique(year, return_index=True, return_inverse=True)
    return joined(digits(np.arange(len(year)) - first[entry] + 1, 1), "/", digits(year, 4))


def _papers(rng: Rng, population: Population, people: Ints, registered: Ints) -> pl.Series:
    """Return the identity papers shown: the personal number, or in older entries sometimes a nine-digit card."""
    size = len(people)
    number = lose_zero(take(population.cccd, people), chosen(rng, size, LOST_ZERO))
    card = (registered < _CARDS_ENDED) & chosen(rng, size, 0.3) & (people >= 0)
    shown = old_identity_cards(rng, size).zip_with(pl.Series(card), number)
    return blank(shown, chosen(rng, size, 0.03))
