"""Names of people and of the places they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from phantang.samples.draws import Bools, Ints, Rng, chosen, joined, take, weighted
from phantang.samples.vocabulary import document

if TYPE_CHECKING:
    from phantang.samples.code_lists import CodeLists
    from phantang.samples.families import Families

_KINH: Final = "Kinh"
_RELIGIONS: Final = {
    "Không": 80,
    "Phật giáo": 7,
    "Công giáo": 7,
    "Tin Lành": 1.2,
    "Cao Đài": 1.2,
    "Phật giáo Hòa Hảo": 1.5,
    "Không tôn giáo": 1.6,
}


def ethnicities(rng: Rng, lists: CodeLists, provinces: Ints) -> Ints:
    """Return a row of `lists.ethnicities` for each household, by the peoples who live in its province."""
    rows = {name: row for row, name in enumerate(lists.ethnicities)}
    kinh = rows.get(_KINH, 0)
    result = np.full(len(provinces), kinh)
    shares = lists.provinces["minority_share"].fill_null("0").to_list()
    local = lists.provinces["minorities"].fill_null("").to_list()
    for province in range(len(lists.provinces)):
        here = np.flatnonzero((provinces == province) & (rng.random(len(provinces)) < float(shares[province])))
        peoples = [part.split(":") for part in local[province].split("|") if part]
        known = [(rows[name], float(weight)) for name, weight in peoples if name in rows] or [(kinh, 1.0)]
        picks = weighted(rng, [weight for _, weight in known], len(here))
        result[here] = np.array([row for row, _ in known])[picks]
    anyone = chosen(rng, len(provinces), 0.002)  # the long tail: every people of the list occurs
    result = np.where(anyone, rng.integers(0, len(rows), len(provinces)), result)
    result[0] = kinh  # the family of the demo's citizen
    return result


def religions(rng: Rng, lists: CodeLists, households: int) -> pl.Series:
    """Return the religion of each household; most have none, written in two ways as registers do."""
    tail = [name for name in lists.religions if name not in _RELIGIONS]
    names = [*_RELIGIONS, *tail]
    weights = [*_RELIGIONS.values(), *([0.5 / max(len(tail), 1)] * len(tail))]
    return take(names, weighted(rng, weights, households))


def full_names(rng: Rng, families: Families, ethnicity: Ints, lists: CodeLists) -> pl.Series:
    """Return `họ đệm tên` of each person in NFC; children bear the surname of their father, else of the head."""
    pool, surname = _surnames(rng, ethnicity[families.household], lists)
    parent = np.where(families.father >= 0, families.father, families.mother)
    surname = np.where(parent >= 0, surname[parent], surname)
    words = document("names")
    middle, second, given = (_by_sex(rng, words[part], families.female) for part in ("middle", "second", "given"))
    names = joined(take(pool, surname), " ", middle, " ", second, " ", given)
    return names.str.replace("  ", " ", literal=True)  # most have no second middle name


def _surnames(rng: Rng, ethnicity: Ints, lists: CodeLists) -> tuple[list[str], Ints]:
    """Return all surnames and a position in them for each person."""
    tables: dict[str, dict[str, float]] = document("names")["surnames"]
    pool = sorted({name for table in tables.values() for name in table})
    position = {name: row for row, name in enumerate(pool)}
    result = np.zeros(len(ethnicity), dtype=np.int64)
    for row, people in enumerate(lists.ethnicities):
        here = np.flatnonzero(ethnicity == row)
        table = tables.get(people, tables[_KINH])
        picks = weighted(rng, list(table.values()), len(here))
        result[here] = np.array([position[name] for name in table])[picks]
    return pool, result


def _by_sex(rng: Rng, table: dict[str, dict[str, float]], female: Bools) -> pl.Series:
    men, women = table["male"], table["female"]
    picks = np.where(
        female,
        len(men) + weighted(rng, list(women.values()), len(female)),
        weighted(rng, list(men.values()), len(female)),
    )
    return take([*men, *women], picks)


def streets(rng: Rng, lists: CodeLists, communes: Ints) -> pl.Series:
    """Return the part of an address below the commune: house, lane and street in a ward, hamlet elsewhere."""
    size, words = len(communes), document("places")
    south = (lists.communes["province_code"] >= words["south_from"]).to_numpy()[communes]
    urban = (lists.communes["division_type"] == "phường").to_numpy()[communes]
    number, lane, block = (rng.integers(1, top, size) for top in (220, 60, 30))
    house = _numbers(number, "Số ") + _numbers(np.where(lane > 40, -1, lane), ", ngõ ").fill_null("")
    street = take(words["streets"], rng.integers(0, len(words["streets"]), size))
    quarter = take(["Tổ dân phố", "Khu phố"], south.astype(np.int64)) + " " + _numbers(block, "")
    hamlet = take(["Thôn", "Ấp"], south.astype(np.int64))
    hamlet = hamlet + " " + take(words["hamlets"], rng.integers(0, len(words["hamlets"]), size))
    town = house + ", đường " + street + ", " + quarter
    return town.zip_with(pl.Series(urban), hamlet)


def places(lists: CodeLists, communes: Ints, wards: Ints | None = None) -> pl.Series:
    """Return `xã, tỉnh` for each commune row; where `wards` has a legacy row, `xã, huyện, tỉnh` as before July 2025."""
    provinces = take(lists.provinces["name"], lists.province_of_commune[communes])
    current = take(lists.communes["name"], communes) + ", " + provinces
    if wards is None or not (wards >= 0).any():
        return current
    old = lists.legacy
    before = old["old_ward"] + ", " + old["old_district"] + ", " + old["old_province"]
    return take(before, wards).fill_null(current)


def _numbers(numbers: Ints, before: str) -> pl.Series:
    known = np.where(numbers < 0, 0, numbers)
    return take([f"{before}{number}" for number in range(int(known.max()) + 1)], np.where(numbers < 0, -1, known))
