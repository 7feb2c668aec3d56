"""Identifiers that pass their own format checks: personal numbers, phones, health cards, chassis numbers.

Serials are drawn at random inside the published formats; no register was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from phantang.samples.draws import Bools, Ints, Rng, digits, distinct, joined, take
from phantang.samples.vocabulary import MOBILE_PREFIXES

if TYPE_CHECKING:
    from phantang.samples.code_lists import CodeLists

DEMO_CITIZEN_CCCD: Final = "001190000000"
"""The personal number of the citizen the demo's officer looks up, whatever the seed and size.

A woman born on 15 March 1990 and registered in Hà Nội, who lives in Phường Ba Đình. Serial 000000 is given to
nobody else here: sample citizens have serials from 000001.
"""

_VIN: Final = tuple("ABCDEFGHJKLMNPRSTUVWXYZ0123456789")  # ISO 3779 leaves out I, O and Q


def personal_numbers(rng: Rng, prefixes: Ints, female: Bools, years: Ints) -> Ints:
    """Return different 12-digit personal numbers; the first person is the demo's citizen.

    Structure (Decree 137/2015 Art 13, Circular 59/2021/TT-BCA): three digits for the province of birth registration,
    one for century and sex (0/1 born 19xx male/female, 2/3 born 20xx), two for the year, six of serial.

    Args:
        rng: source of serials.
        prefixes: province of birth registration, 1..96.
        female: sex.
        years: year of birth, 1900..2099.

    """
    century_sex = 2 * (years // 100 - 19) + female
    base = prefixes * 10**9 + century_sex * 10**8 + (years % 100) * 10**6
    numbers = distinct(lambda rows: base[rows] + rng.integers(1, 10**6, len(rows)), len(base))
    numbers[0] = int(DEMO_CITIZEN_CCCD)
    return numbers


def mobile_phones(rng: Rng, size: int) -> pl.Series:
    """Return different ten-digit mobile numbers with the leading zero."""
    heads = np.array([int(prefix) for prefix in MOBILE_PREFIXES])
    numbers = distinct(
        lambda rows: heads[rng.integers(0, len(heads), len(rows))] * 10**7 + rng.integers(0, 10**7, len(rows)), size
    )
    return digits(numbers, 10)


def old_identity_cards(rng: Rng, size: int) -> pl.Series:
    """Return nine-digit numbers of the identity card that personal numbers replaced."""
    return digits(rng.integers(10_000_001, 390_000_000, size), 9)


def health_cards(rng: Rng, groups: pl.Series, provinces: pl.Series) -> pl.Series:
    """Return 15-character health-insurance cards.

    Args:
        rng: source of the ten-digit insurance number.
        groups: object group and benefit level, such as `DN4`.
        provinces: issuing province, the old two-digit code.

    """
    return joined(groups, provinces, digits(rng.integers(10**8, 9 * 10**9, len(groups)), 10))


def chassis_numbers(rng: Rng, makers: pl.Series) -> pl.Series:
    """Return 17-character chassis numbers that begin with the three characters of `makers`."""
    size = len(makers)
    letters = [take(_VIN, rng.integers(0, len(_VIN), size)) for _ in range(7)]
    return joined(makers, *letters, digits(rng.integers(0, 10**7, size), 7))


def birth_prefixes(lists: CodeLists, rows: Ints) -> Ints:
    """Return the number before a personal number for each row of `lists.birth_provinces`."""
    return lists.birth_provinces["cccd_prefix"].cast(pl.Int64).to_numpy()[rows]
