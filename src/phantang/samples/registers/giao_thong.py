"""`giao_thong`: vehicles and a week of position pings."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from phantang.samples.database import SampleDatabase
from phantang.samples.defects import LOST_ZERO, lose_zero, misspelt
from phantang.samples.draws import Ints, Rng, blank, choice, chosen, digits, distinct, joined, stream, take, weighted
from phantang.samples.families import TODAY, YEAR
from phantang.samples.identifiers import chassis_numbers
from phantang.samples.population import Population, days
from phantang.samples.traffic import pings
from phantang.samples.vocabulary import document

VEHICLES: Final = 0.4
"""Vehicles per citizen."""
PINGS: Final = 1.25
"""Position pings per citizen."""

_LETTERS: Final = tuple("ABCDEFGHKLMNPSTUVXYZ")  # serial letters of plates in use


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `phuong_tien` and `hanh_trinh`."""
    rng = stream(seed, "giao_thong.owners")
    size = int(len(population) * VEHICLES)
    adults = np.flatnonzero(population.age >= 18)
    owner = adults[rng.integers(0, len(adults), size)]
    kinds: list[dict[str, Any]] = document("vehicles")
    kind = weighted(rng, [entry["share"] for entry in kinds], size)
    plate = _plates(stream(seed, "giao_thong.plates"), population, owner, kind)
    vehicle = _vehicles(stream(seed, "giao_thong.vehicles"), population, owner, kind, plate)
    ping = pings(
        stream(seed, "giao_thong.pings"),
        plates=plate,
        provinces=take(population.lists.provinces["province_code"], population.province[owner]),
        size=int(len(population) * PINGS),
    )
    order = stream(seed, "giao_thong.order").permutation(size)
    return SampleDatabase.of("giao_thong", phuong_tien=vehicle[order], hanh_trinh=ping)


def _plates(rng: Rng, population: Population, owner: Ints, kind: Ints) -> pl.Series:
    """Return different plates of the owners' provinces: `30A-123.45`, `29-B1 123.45`, or without separators."""
    lists, size = population.lists, len(owner)
    office = lists.plates_of_province.draw(rng, population.province[owner])
    code = lists.plates["plate_code"].cast(pl.Int64).to_numpy()[office]
    kinds: list[dict[str, Any]] = document("vehicles")
    series = [entry.get("letters", "".join(_LETTERS)) for entry in kinds]
    table = np.array([[_LETTERS.index(letters[i % len(letters)]) for i in range(60)] for letters in series])
    is_bike = np.array([entry["plate"] == "motorbike" for entry in kinds])[kind]

    def draw(rows: Ints) -> Ints:
        letter = table[kind[rows], rng.integers(0, 60, len(rows))]
        digit = np.where(is_bike[rows], rng.integers(1, 10, len(rows)), 0)
        numbers: Ints = ((code[rows] * 100 + letter) * 10 + digit) * 10**5 + rng.integers(1, 10**5, len(rows))
        return numbers

    number = distinct(draw, size)
    serial, head = number % 10**5, number // 10**5
    letter, digit, area = take(_LETTERS, head // 10 % 100), digits(head % 10, 1), digits(head // 1000, 2)
    high, low = digits(serial // 100, 3), digits(serial % 100, 2)
    bike, style = pl.Series(is_bike), rng.random(size)
    dotted = joined(area, "-", letter, digit, " ", high, ".", low).zip_with(
        bike, joined(area, letter, "-", high, ".", low)
    )
    compact = joined(area, letter, digit, high, low).zip_with(bike, joined(area, letter, high, low))
    return dotted.zip_with(pl.Series(style < 0.7), compact)


def _vehicles(rng: Rng, population: Population, owner: Ints, kind: Ints, plate: pl.Series) -> pl.DataFrame:
    size = len(owner)
    kinds: list[dict[str, Any]] = document("vehicles")
    organisation = chosen(rng, size, 0.01) | (chosen(rng, size, 0.55) & (kind >= len(kinds) - 2))
    firm = joined("Công ty TNHH Vận tải Mẫu số ", digits(rng.integers(1, 300, size), 3))
    name = misspelt(rng, population.name.gather(owner))
    cccd = lose_zero(population.cccd.gather(owner), chosen(rng, size, LOST_ZERO))
    registered = TODAY - 1 - np.floor((rng.random(size) ** 1.2) * 14 * YEAR).astype(np.int64)
    registered = np.maximum(registered, population.families.born[owner] + int(17.9 * YEAR))
    chassis = chassis_numbers(rng, take([entry["wmi"] for entry in kinds], kind))
    return pl.DataFrame(
        {
            "bien_so": plate,
            "so_khung": blank(chassis, chosen(rng, size, 0.02)),
            "loai_xe": take([entry["kind"] for entry in kinds], kind),
            "nhan_hieu": blank(_makes(rng, kinds, kind), chosen(rng, size, 0.03)),
            "ho_ten_chu_xe": firm.zip_with(pl.Series(organisation), name),
            "cccd_chu_xe": blank(cccd, organisation | chosen(rng, size, 0.08)),
            "ngay_dang_ky": days(registered),
            "ma_tinh": take(population.lists.provinces["province_code"], population.province[owner]),
        }
    )


def _makes(rng: Rng, kinds: list[dict[str, Any]], kind: Ints) -> pl.Series:
    by_kind = [choice(rng, entry["makes"], len(kind)) for entry in kinds]
    flat = pl.concat(by_kind)
    return flat.gather(kind * len(kind) + np.arange(len(kind)))
