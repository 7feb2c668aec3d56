"""`dan_cu`: the population register, with households."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phantang.samples.code_lists import DEMO_COMMUNE, DEMO_PROVINCE
from phantang.samples.database import SampleDatabase
from phantang.samples.defects import (
    CONTRADICTION,
    LOST_PHONE_ZERO,
    commune_codes,
    legacy_wards,
    lose_zero,
    misspelt,
    plain,
)
from phantang.samples.draws import Bools, Ints, Rng, blank, choice, chosen, digits, stream, take
from phantang.samples.families import CHILD, ELDER, HEAD, TODAY, YEAR
from phantang.samples.naming import places
from phantang.samples.population import Population, days
from phantang.samples.vocabulary import frame

_BLOOD: Final = {"O": 26, "O+": 16, "B": 20, "B+": 10, "A": 14, "A+": 7, "AB": 4, "AB+": 2, "O-": 0.5, "B-": 0.5}
_DAY: Final = 86_400
CASES: Final = 0.05
"""Open cases per citizen; the demo's citizen has two."""
_PROVINCIAL: Final = 0.15  # of the cases, those that a department of the province handles


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `ho_gia_dinh`, `cong_dan` and `ho_so_mot_cua`. The row of the demo's citizen is free of faults."""
    families = population.families
    wards = legacy_wards(stream(seed, "dan_cu.wards"), population.lists, population.commune, untouched=0)
    household_codes = digits(10_000_000 + 7 * np.arange(len(families.sizes)), 10)
    keys = _keys(stream(seed, "dan_cu.keys"), population.cccd)
    address = population.street.gather(families.household) + ", " + places(population.lists, population.commune, wards)
    codes = commune_codes(population.lists, population.commune, wards)
    households = pl.DataFrame(
        {
            "ma_ho": household_codes,
            "cccd_chu_ho": keys.gather(families.first),
            "dia_chi": address.gather(families.first),
            "ma_xa": codes.gather(families.first),
            "so_nhan_khau": pl.Series(families.sizes).cast(pl.Int32),
        }
    )
    born, sex = _contradicted(stream(seed, "dan_cu.contradictions"), population)
    rng = stream(seed, "dan_cu.columns")
    size = len(population)
    citizens = pl.DataFrame(
        {
            "so_cccd": keys,
            "ho_ten": misspelt(stream(seed, "dan_cu.names"), population.name, untouched=0),
            "ngay_sinh": born,
            "gioi_tinh": sex,
            "dan_toc": blank(population.ethnicity, _missing(rng, size, 0.005)),
            "ton_giao": blank(population.religion, _missing(rng, size, 0.04)),
            "que_quan": blank(_origins(stream(seed, "dan_cu.origins"), population), _missing(rng, size, 0.01)),
            "dia_chi_thuong_tru": address,
            "ma_xa": codes,
            "ma_tinh": take(population.lists.provinces["province_code"], population.province),
            "so_dien_thoai": lose_zero(population.phone, _missing(rng, size, LOST_PHONE_ZERO)),
            "email": emails(stream(seed, "dan_cu.emails"), population, np.arange(size), missing=0.62),
            "tinh_trang_hon_nhan": _marital(rng, population),
            "nhom_mau": blank(choice(rng, _BLOOD, size), _missing(rng, size, 0.55)),
            "ma_ho": blank(household_codes.gather(families.household), _missing(rng, size, 0.01)),
            "ngay_cap_nhat": _moments(rng, families.born),
        }
    )
    order = stream(seed, "dan_cu.order")
    return SampleDatabase.of(
        "dan_cu",
        ho_gia_dinh=households[order.permutation(len(households))],
        cong_dan=citizens[order.permutation(size)],
        ho_so_mot_cua=_cases(population, keys, seed),
    )


def _cases(population: Population, keys: pl.Series, seed: int) -> pl.DataFrame:
    """Return open cases, each assigned to the desk of the citizen's commune or to a department of the province.

    The accounts are ids of subjects: `xa-ba-dinh` and `so-tu-phap` are two of `catalog/agencies/`.
    """
    rng, lists = stream(seed, "dan_cu.cases"), population.lists
    adults = np.flatnonzero(population.age >= 16)
    size = max(2, int(len(population) * CASES))
    person = adults[rng.integers(0, len(adults), size)]
    provincial = chosen(rng, size, _PROVINCIAL)
    person[:2], provincial[:2] = 0, (False, True)
    commune, province = population.commune[person], population.province[person]
    codes = take(lists.communes["commune_code"], commune)
    provinces = take(lists.provinces["province_code"], province)
    desks = ("xa-" + codes).replace(f"xa-{DEMO_COMMUNE}", "xa-ba-dinh")
    departments = ("so-tu-phap-" + provinces).replace(f"so-tu-phap-{DEMO_PROVINCE}", "so-tu-phap")
    procedures = frame("procedures")["code"]
    return pl.DataFrame(
        {
            "ma_ho_so": "HS-" + digits(1 + np.arange(size), 7),
            "so_cccd": keys.gather(person),
            "ma_thu_tuc": take(procedures, rng.integers(0, len(procedures), size)),
            "ngay_tiep_nhan": days(TODAY - 1 - rng.integers(0, 60, size)),
            "ma_xa": codes,
            "ma_tinh": provinces,
            "can_bo_xu_ly": departments.zip_with(pl.Series(provincial), desks),
        }
    )


def emails(rng: Rng, population: Population, people: Ints, missing: float) -> pl.Series:
    """Return addresses made of the name, at domains reserved for examples; children have none."""
    names = plain(population.name.gather(people)).str.to_lowercase().str.replace_all(" ", ".", literal=True)
    number = rng.integers(1, 10_000, len(people))
    domain = choice(rng, {"example.vn": 60, "example.com": 40}, len(people))
    without = chosen(rng, len(people), missing) | (population.age[people] < 14)
    return blank(names + digits(number, 1) + "@" + domain, without)


def _missing(rng: Rng, size: int, share: float) -> Bools:
    rows = chosen(rng, size, share)
    rows[0] = False
    return rows


def _keys(rng: Rng, numbers: pl.Series) -> pl.Series:
    """Return the personal numbers; a handful lost the leading zero (at least three, one in 40,000)."""
    rows = np.zeros(len(numbers), dtype=np.bool_)
    rows[1 + rng.choice(len(numbers) - 1, max(3, len(numbers) // 40_000), replace=False)] = True
    return lose_zero(numbers, rows)


def _contradicted(rng: Rng, population: Population) -> tuple[pl.Series, pl.Series]:
    """Return dates of birth and sexes; CONTRADICTION of the citizens have one that denies the personal number."""
    size = len(population)
    wrong = _missing(rng, size, CONTRADICTION)
    wrong_sex = wrong & chosen(rng, size, 0.5)
    shift = np.where(wrong & ~wrong_sex, rng.integers(1, 4, size) * -366, 0)
    sex = take(["Nam", "Nữ"], (population.families.female ^ wrong_sex).astype(np.int64))
    return days(population.families.born + shift), sex


def _origins(rng: Rng, population: Population) -> pl.Series:
    """Return places of origin: a commune of today in the province of birth; children take their father's."""
    lists, families = population.lists, population.families
    birth_province = lists.birth_provinces["province"].to_numpy()[population.birthplace]
    commune = lists.communes_of_province.draw(rng, birth_province)
    commune = np.where(families.father >= 0, commune[families.father], commune)
    return places(lists, commune)


def _marital(rng: Rng, population: Population) -> pl.Series:
    """Return marital status by household: couples are married, elders mostly widowed, the young single."""
    families, age = population.families, population.age
    lot = rng.random(len(age))
    married, single, divorced, widowed = range(4)
    alone = np.where(age < 35, single, np.where(age < 60, np.where(lot < 0.5, divorced, single), widowed))
    parent = np.where(lot < 0.6, divorced, widowed)
    status = np.where(population.families.spouse >= 0, married, alone)
    with_children = (families.role == HEAD) & (families.spouse < 0) & (families.sizes[families.household] > 1)
    status = np.where(with_children, parent, status)
    status = np.where((families.role == CHILD) & (age < 45), single, status)
    status = np.where(families.role == ELDER, np.where(lot < 0.35, married, widowed), status)
    names = ["Đã kết hôn", "Chưa kết hôn", "Ly hôn", "Góa"]
    return blank(take(names, status), _missing(rng, len(age), 0.03) & (age >= 18))


def _moments(rng: Rng, born: Ints) -> pl.Series:
    """Return times of the last update: within six years and after birth, the recent ones more often."""
    longest = np.minimum(6 * YEAR, TODAY - born) * _DAY - 60
    ago = np.floor((rng.random(len(born)) ** 2) * longest).astype(np.int64) + 60
    return pl.Series((TODAY * _DAY - ago) * 1_000_000).cast(pl.Datetime("us"))
