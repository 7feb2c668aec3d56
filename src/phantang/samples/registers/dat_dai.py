"""`dat_dai`: the land register: parcels and certificates of land-use rights."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phantang.samples.database import SampleDatabase
from phantang.samples.defects import LOST_ZERO, commune_codes, legacy_wards, lose_zero, misspelt
from phantang.samples.draws import Ints, Rng, blank, chosen, digits, distinct, joined, stream, take, weighted
from phantang.samples.families import TODAY, YEAR
from phantang.samples.population import Population, days

PARCELS: Final = 0.55
"""Parcels per citizen."""
CERTIFICATES: Final = 0.45
"""Certificates per citizen; each is for a parcel of its own."""

# Land-use codes with their share in towns and in the country, and the median area in m2. status: memory
_USES: Final = {
    "ODT": (70.0, 1.0, 75.0),
    "ONT": (0.0, 42.0, 240.0),
    "LUC": (4.0, 26.0, 900.0),
    "CLN": (8.0, 14.0, 1_100.0),
    "BHK": (3.0, 8.0, 700.0),
    "NTS": (1.0, 4.0, 1_500.0),
    "RSX": (1.0, 4.0, 9_000.0),
    "TMD": (8.0, 0.5, 260.0),
    "SKC": (5.0, 0.5, 1_800.0),
}
_SHEETS: Final = 60
_LETTERS: Final = tuple("ABCDĐEGHKLMNPQRSTUVXY")
_NEW_SERIES: Final = (2025 - 1970) * YEAR  # eight digits instead of six since Circular 10/2024/TT-BTNMT


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `THUA_DAT` and `GIAY_CHUNG_NHAN`."""
    lists, size = population.lists, len(population)
    parcels, certificates = int(size * PARCELS), int(size * CERTIFICATES)
    rng = stream(seed, "dat_dai.owners")
    adults = np.flatnonzero(population.age >= 22)
    owner = adults[rng.integers(0, len(adults), certificates)]
    elsewhere = population.commune[rng.integers(0, size, parcels)]
    commune = elsewhere.copy()
    commune[:certificates] = np.where(
        chosen(rng, certificates, 0.82), population.commune[owner], commune[:certificates]
    )
    wards = legacy_wards(stream(seed, "dat_dai.wards"), lists, commune)
    codes = commune_codes(lists, commune, wards)
    keys = _parcel_keys(stream(seed, "dat_dai.parcels"), lists.communes["commune_code"], commune)
    parcel = _parcels(stream(seed, "dat_dai.uses"), population, commune, keys).with_columns(MA_XA=codes)
    order = stream(seed, "dat_dai.order")
    certificate = _certificates(stream(seed, "dat_dai.certificates"), population, owner).with_columns(
        MA_THUA=parcel["MA_THUA"].head(certificates), MA_XA=codes.head(certificates)
    )
    return SampleDatabase.of(
        "dat_dai",
        THUA_DAT=parcel[order.permutation(parcels)],
        GIAY_CHUNG_NHAN=certificate[order.permutation(certificates)],
    )


def _parcel_keys(rng: Rng, codes: pl.Series, commune: Ints) -> Ints:
    """Return different numbers `commune row * 10^9 + sheet * 10^6 + parcel`."""
    numbers = 400 + np.bincount(commune, minlength=len(codes)) // 10  # room for large communes
    top = numbers[commune]

    def draw(rows: Ints) -> Ints:
        sheet = rng.integers(1, _SHEETS + 1, len(rows))
        return commune[rows] * 10**9 + sheet * 10**6 + rng.integers(1, top[rows] + 1)

    return distinct(draw, len(commune))


def _parcels(rng: Rng, population: Population, commune: Ints, keys: Ints) -> pl.DataFrame:
    urban = (population.lists.communes["division_type"] == "phường").to_numpy()[commune]
    town, country, median = (np.array(column) for column in zip(*_USES.values(), strict=True))
    use = np.where(urban, weighted(rng, town, len(keys)), weighted(rng, country, len(keys)))
    area = np.round(median[use] * rng.lognormal(0.0, 0.55, len(keys)), 1)
    sheet, number = keys // 10**6 % 1000, keys % 10**6
    code = take(population.lists.communes["commune_code"], commune)
    return pl.DataFrame(
        {
            "MA_THUA": joined(code, "-", digits(sheet, 1), "-", digits(number, 1)),
            "MA_XA": code,
            "SO_TO": pl.Series(sheet).cast(pl.Int32),
            "SO_THUA": pl.Series(number).cast(pl.Int32),
            "DIEN_TICH": pl.Series(area),
            "MUC_DICH_SU_DUNG": blank(take(list(_USES), use), chosen(rng, len(keys), 0.015)),
        }
    )


def _certificates(rng: Rng, population: Population, owner: Ints) -> pl.DataFrame:
    size = len(owner)
    issued = TODAY - 1 - np.floor((rng.random(size) ** 1.4) * 22 * YEAR).astype(np.int64)
    issued = np.maximum(
        issued, population.families.born[owner] + int(20 * YEAR)
    )  # nobody gets one before the age of 20
    recent = issued >= _NEW_SERIES
    pair = len(_LETTERS) ** 2
    serial = distinct(
        lambda rows: rng.integers(0, pair, len(rows)) * 10**8 + rng.integers(1, np.where(recent, 10**8, 10**6)[rows]),
        size,
    )
    letters = [a + b for a in _LETTERS for b in _LETTERS]
    spaced = take(["", " "], chosen(rng, size, 0.7).astype(np.int64))
    number = digits(serial % 10**8, 8).zip_with(pl.Series(recent), digits(serial % 10**8, 6))
    organisation = chosen(rng, size, 0.02)
    firm = joined("Công ty TNHH Mẫu số ", digits(rng.integers(1, 400, size), 3))
    name = misspelt(rng, population.name.gather(owner))
    couple = population.families.spouse[owner]
    both = chosen(rng, size, 0.12) & (couple >= 0)
    partner = take(population.name, couple).fill_null("")
    name = joined(name, " và ", partner).zip_with(pl.Series(both), name)
    cccd = lose_zero(population.cccd.gather(owner), chosen(rng, size, LOST_ZERO))
    return pl.DataFrame(
        {
            "SO_GCN": joined(take(letters, serial // 10**8), spaced, number),
            "MA_THUA": "",
            "CHU_SU_DUNG": firm.zip_with(pl.Series(organisation), name),
            "SO_CCCD": blank(cccd, organisation | chosen(rng, size, 0.06)),
            "NGAY_CAP": days(issued),
            "MA_XA": "",
        }
    )
