"""Invented people for the held-out columns, and the row of a table that recipes see.

Columns of one row speak of the same person, so that a birth date, a personal number and a health card agree, as they do
in a register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import yaml

from .heldout_text import fold

_FOLDER = Path(__file__).parent.parent / "fixtures" / "heldout"


_SEX_OF_ROLE = {"father": "male", "mother": "female", "young_man": "male", "young_woman": "female"}
_BIRTHS = {"child": (date(2009, 1, 1), 4000), "young": (date(1996, 1, 1), 4300)}


@cache
def words() -> dict[str, list[str]]:
    """Word lists by key, from the files `words*.yaml`, which have no key in common."""
    files = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("words*.yaml"))]
    return {key: listed for one in files for key, listed in one.items()}


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    female: bool
    born: date
    family: str
    middle: str
    given: str
    serial: int
    place: tuple[str, ...]  # commune code, commune, district code, district, province code, province
    birth_province: str

    @property
    def name(self) -> str:
        return f"{self.family} {self.middle} {self.given}"

    @property
    def cccd(self) -> str:
        century = (self.born.year // 100 - 19) * 2 + self.female
        return f"0{self.birth_province}{century}{self.born.year % 100:02d}{self.serial % 10**6:06d}"

    @property
    def username(self) -> str:
        initials = "".join(fold(part)[0] for part in (self.family, *self.middle.split()))
        return f"{fold(self.given)}{initials}".lower() + ("" if self.serial % 3 else str(self.serial % 90 + 1))


@cache
def person(seed: str, role: str) -> Person:
    """One invented person a row and role; `child` is a minor, `young...` about twenty, `en...` have English names."""
    rng, lists = Random(f"{seed}/{role}"), words()
    female = rng.random() < 0.5 if role not in _SEX_OF_ROLE else _SEX_OF_ROLE[role] == "female"
    first, days = next((span for start, span in _BIRTHS.items() if role.startswith(start)), (date(1946, 1, 1), 22000))
    born = first + timedelta(rng.randrange(days))
    places = [tuple(place.split(";")) for place in lists["places"]]
    if role.startswith("en"):
        names = rng.choice(lists["en_family"]), "", rng.choice(lists["en_women" if female else "en_men"])
    else:
        middle, given = ("women_middle", "women") if female else ("men_middle", "men")
        names = rng.choice(lists["family"]), rng.choice(lists[middle]), rng.choice(lists[given])
    return Person(female, born, *names, rng.randrange(10**9), rng.choice(places), rng.choice(places)[4])


@dataclass(frozen=True)
class Row:
    """One row of one table as a recipe sees it: its number, its people, and a generator for one column."""

    seed: str
    index: int
    rng: Random

    def person(self, role: str = "self") -> Person:
        return person(f"{self.seed}/{self.index}", role)

    def digits(self, count: int) -> str:
        return "".join(self.rng.choice("0123456789") for _ in range(count))
