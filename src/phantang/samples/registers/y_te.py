"""`y_te`: patients and visits, named as in the XML that hospitals send to health insurance."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from phantang.samples.database import SampleDatabase
from phantang.samples.defects import (
    LOST_PHONE_ZERO,
    LOST_ZERO,
    commune_codes,
    legacy_wards,
    lose_zero,
    misspelt,
)
from phantang.samples.draws import Bools, Ints, Rng, blank, chosen, digits, joined, stream, take, weighted
from phantang.samples.families import TODAY
from phantang.samples.identifiers import health_cards
from phantang.samples.population import Population
from phantang.samples.vocabulary import document, frame

PATIENTS: Final = 0.35
"""Patients per citizen."""
VISITS: Final = 0.45
"""Visits per citizen."""

_DAY: Final = 86_400


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `DM_BENH`, `BENH_NHAN` and `HO_SO_KHAM`."""
    rng = stream(seed, "y_te.people")
    people = population.sample(rng, int(len(population) * PATIENTS), np.ones(len(population), dtype=np.bool_))
    codes = joined("BN", digits(10_000_000 + 13 * rng.permutation(len(people)), 8))
    return SampleDatabase.of(
        "y_te",
        DM_BENH=frame("icd10").select(MA_BENH="code", TEN_BENH="name"),
        BENH_NHAN=_patients(stream(seed, "y_te.patients"), population, people, codes),
        HO_SO_KHAM=_visits(stream(seed, "y_te.visits"), population, people, codes),
    )


def _patients(rng: Rng, population: Population, people: Ints, codes: pl.Series) -> pl.DataFrame:
    size, lists = len(people), population.lists
    names = population.name.gather(people)
    hospital = names.str.to_uppercase().zip_with(pl.Series(chosen(rng, size, 0.5)), misspelt(rng, names))
    cccd = lose_zero(population.cccd.gather(people), chosen(rng, size, LOST_ZERO))
    phone = lose_zero(population.phone.gather(people), chosen(rng, size, LOST_PHONE_ZERO))
    sex = np.where(population.families.female[people], 2, 1)
    commune = population.commune[people]
    wards = legacy_wards(rng, lists, commune)
    return pl.DataFrame(
        {
            "MA_BN": codes,
            "HO_TEN": hospital,
            "NGAY_SINH": _birth_texts(rng, population, people),
            "GIOI_TINH": pl.Series(np.where(chosen(rng, size, 0.002), 3, sex)).cast(pl.Int32),
            "SO_CCCD": blank(cccd, chosen(rng, size, 0.09)),
            "MA_THE_BHYT": blank(_cards(rng, population, people), chosen(rng, size, 0.06)),
            "DIEN_THOAI": phone,
            "MAXA_CU_TRU": blank(commune_codes(lists, commune, wards), chosen(rng, size, 0.01)),
        }
    )


def _birth_texts(rng: Rng, population: Population, people: Ints) -> pl.Series:
    """Return `yyyymmdd`, `yyyymmddHHMM`, and for some of the old `yyyy0000` where only the year is known."""
    size = len(people)
    day = population.birth_dates(people).dt.strftime("%Y%m%d")
    minutes = np.where(population.age[people] < 7, rng.integers(0, 1440, size), 0)
    timed = joined(day, digits(minutes // 60, 2), digits(minutes % 60, 2))
    year_only = joined(day.str.slice(0, 4), "0000")
    text = timed.zip_with(pl.Series(chosen(rng, size, 0.35)), day)
    return year_only.zip_with(pl.Series((population.age[people] >= 65) & chosen(rng, size, 0.12)), text)


def _cards(rng: Rng, population: Population, people: Ints) -> pl.Series:
    """Return health cards whose object group fits the age; the issuing province has its code of before 2025."""
    age, births = population.age[people], population.lists.birth_provinces
    pool = sorted({group for band in document("insurance") for group in band["groups"]})
    group = np.zeros(len(people), dtype=np.int64)
    for band in document("insurance"):
        here = np.flatnonzero((age >= band["min_age"]) & (age <= band["max_age"]))
        table: dict[str, Any] = band["groups"]
        group[here] = np.array([pool.index(name) for name in table])[weighted(rng, list(table.values()), len(here))]
    issuer = population.lists.births_of_province.draw(rng, population.province[people])
    return health_cards(rng, take(pool, group), take(births["cccd_prefix"].str.slice(1, 2), issuer))


def _visits(rng: Rng, population: Population, people: Ints, codes: pl.Series) -> pl.DataFrame:
    size = int(len(population) * VISITS)
    patient = np.floor(len(people) * rng.random(size) ** 1.3).astype(np.int64)  # some come again and again
    person = people[patient]
    born = population.families.born[person]
    earliest = np.maximum(TODAY - 3 * 365, born + 1)
    day = TODAY - 1 - np.floor(rng.random(size) * np.maximum(TODAY - 1 - earliest, 0)).astype(np.int64)
    second = rng.integers(7 * 3600, 20 * 3600, size)
    diseases = frame("icd10")
    disease = _diseases(rng, diseases, population.families.female[person], population.age[person])
    code, name = take(diseases["code"], disease), take(diseases["name"], disease)
    text = pl.select(
        pl.when(pl.Series(chosen(rng, size, 0.25))).then(joined(code, " - ", name)).otherwise(name)
    ).to_series()
    hospital = rng.integers(1, 60, size)
    births = population.lists.birth_provinces["cccd_prefix"].str.slice(1, 2)
    issuer = take(births, population.lists.births_of_province.draw(rng, population.province[person]))
    running = digits(np.arange(size), 7)
    compact = code.str.replace(".", "", literal=True)  # some hospitals write J189 for J18.9
    cost = np.round(rng.lognormal(12.9, 0.95, size), -2)
    return pl.DataFrame(
        {
            "MA_LK": joined("LK", issuer, running),
            "MA_BN": codes.gather(patient),
            "NGAY_VAO": pl.Series((day * _DAY + second) * 1_000_000).cast(pl.Datetime("us")),
            "MA_BENH_CHINH": compact.zip_with(pl.Series(chosen(rng, size, 0.05)), code),
            "CHAN_DOAN_RV": blank(text, chosen(rng, size, 0.08)),
            "MA_CSKCB": joined(issuer, digits(hospital, 3)),
            "T_TONGCHI": pl.Series(cost),
        }
    )


def _diseases(rng: Rng, table: pl.DataFrame, female: Bools, age: Ints) -> Ints:
    """Return a row of `table` for each visit, among the diagnoses that occur at that sex and age."""
    weight, low, high = (table[column].cast(pl.Float64).to_numpy() for column in ("weight", "min_age", "max_age"))
    sex = table["sex"].to_numpy()
    result = np.zeros(len(age), dtype=np.int64)
    for years in np.unique(age):
        for woman in (False, True):
            here = np.flatnonzero((age == years) & (female == woman))
            occurs = (low <= years) & (years <= high) & (sex != ("M" if woman else "F"))
            result[here] = weighted(rng, np.where(occurs, weight, 0.0), len(here))
    return result
