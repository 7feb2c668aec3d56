"""Other invented people, as files keep them: by all customs of naming in Viet Nam, with all they are known by.

For the columns judged by value (`wide1a` ...); everything about one person of one row agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from .heldout_people import Row, words
from .heldout_text import fold

_PROVINCES = [
    "001",
    "002",
    "010",
    "011",
    "019",
    "024",
    "030",
    "034",
    "036",
    "037",
    "038",
    "040",
    "042",
    "045",
    "048",
    "049",
    "052",
    "056",
    "060",
    "064",
    "066",
    "068",
    "072",
    "074",
    "075",
    "079",
    "082",
    "084",
    "087",
    "089",
    "092",
    "095",
    "096",
]
_MOBILE = [
    "032",
    "033",
    "034",
    "035",
    "036",
    "037",
    "038",
    "039",
    "070",
    "076",
    "077",
    "078",
    "079",
    "081",
    "082",
    "083",
    "084",
    "085",
    "086",
    "088",
    "089",
    "090",
    "091",
    "093",
    "094",
    "096",
    "097",
    "098",
    "099",
    "056",
    "058",
]


def half(row: Row, key: str) -> list[str]:
    """Every second word of a list: those of systems `a_*`, or those of systems `b_*`, which never meet."""
    return words()[key][row.seed.startswith("b_") :: 2]


@dataclass(frozen=True)
class Soul:
    """Somebody who does not exist."""

    female: bool
    born: date
    family: str
    middle: str
    given: str
    order: str  # "vi" family first, "en" given first
    serial: int
    place: tuple[str, str, str, str]  # commune, district, province before July 2025, commune since
    rng_seed: str

    @property
    def name(self) -> str:
        parts = (self.family, self.middle, self.given) if self.order == "vi" else (self.given, self.middle, self.family)
        return " ".join(part for part in parts if part)

    @property
    def cccd(self) -> str:
        rng = Random(f"{self.rng_seed}/id")
        century = (self.born.year // 100 - 19) * 2 + self.female
        return f"{rng.choice(_PROVINCES)}{century}{self.born.year % 100:02d}{self.serial % 10**6:06d}"

    @property
    def phone(self) -> str:
        rng = Random(f"{self.rng_seed}/phone")
        return rng.choice(_MOBILE) + "".join(rng.choice("0123456789") for _ in range(7))

    @property
    def login(self) -> str:
        given, family = fold(self.given).lower(), fold(self.family).lower().replace(" ", "")
        ways = (
            f"{given}.{family}",
            f"{family}{given}{self.born.year % 100:02d}",
            f"{given}{self.born.year}",
            f"{given}_{family}",
            f"{given[0]}{family}{self.serial % 1000}",
        )
        return "".join(sign for sign in Random(f"{self.rng_seed}/login").choice(ways) if sign not in "' -")


@cache
def soul(seed: str, kind: str, ages: str, side: bool) -> Soul:
    """One person; `kind` is mixed, kinh, minority or foreign, `ages` all, child, pupil, student, work or old."""
    rng = Random(f"{seed}/{ages}")
    low, high = {
        "all": (0, 92),
        "child": (0, 6),
        "pupil": (6, 18),
        "student": (18, 24),
        "work": (20, 60),
        "old": (60, 98),
    }[ages]
    born = date(2026, 11, 1) - timedelta(rng.randrange(low * 365 + 20, high * 365))
    female, chance = rng.random() < 0.5, rng.random()
    if kind == "mixed":
        kind = "minority" if chance < 0.13 else "foreign" if chance < 0.16 else "kinh"
    order = "vi"
    if kind == "kinh":
        middle, given = ("w_mid_f", "w_giv_f") if female else ("w_mid_m", "w_giv_m")
        parts = [rng.choice(words()[key]) for key in ("w_family", middle, given)]
    else:
        name = rng.choice(words()[f"w_{kind}"][side::2]).split()
        order = "vi" if kind == "minority" else "en"
        parts = [name[0], " ".join(name[1:-1]), name[-1]]
        parts = parts if order == "vi" else parts[::-1]
    commune, district, province, since = rng.choice(words()["w_places"]).split(";")
    family, middle, given = parts
    home = (commune, district, province, since)
    return Soul(female, born, family, middle, given, order, rng.randrange(10**9), home, seed)


def who(row: Row, kind: str = "mixed", ages: str = "all", role: str = "self") -> Soul:
    return soul(f"{row.seed}/{row.index}/{role}", kind, ages, row.seed.startswith("b_"))


def of_table(row: Row) -> tuple[str, str]:
    """Kinds and ages of the people of a table, told by its name: `..._pupil`, `..._minority_old`."""
    table = row.seed.split("/")[-1]
    kind = next((one for one in ("kinh", "minority", "foreign") if one in table), "mixed")
    return kind, next((one for one in ("child", "pupil", "student", "work", "old") if one in table), "all")


def me(row: Row, role: str = "self") -> Soul:
    kind, ages = of_table(row)
    if role == "parent":
        ages = "work"
    return who(row, kind, ages, role)


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def own(row: Row, what: str, role: str = "self") -> Random:
    return Random(f"{row.seed}/{row.index}/{role}/{what}")
