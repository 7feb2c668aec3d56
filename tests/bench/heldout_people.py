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

_WORDS = Path(__file__).parent.parent / "fixtures" / "heldout" / "words.yaml"


@cache
def words() -> dict[str, list[str]]:
    """Word lists by key, from `words.yaml`."""
    content: dict[str, list[str]] = yaml.safe_load(_WORDS.read_text("utf-8"))
    return content


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
    """One invented person a row and role; `child` is a minor, `en` and `en2` have English names."""
    rng, lists = Random(f"{seed}/{role}"), words()
    female = rng.random() < 0.5 if role not in {"father", "mother"} else role == "mother"
    born = date(2009, 1, 1) if role == "child" else date(1946, 1, 1)
    born += timedelta(rng.randrange(4000 if role == "child" else 22000))
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
