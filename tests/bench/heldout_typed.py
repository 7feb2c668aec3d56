"""Names, phones, numbers and births as people type them: cut short, mixed, several in a cell, as numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from .heldout_people import Row, words
from .heldout_text import fold

_RARE = (
    "Khuất",
    "Nghiêm",
    "Ninh",
    "Phí",
    "Thân",
    "Viên",
    "Tiêu",
    "Ông",
    "Lục",
    "Nông",
    "Ma",
    "Thạch",
    "Kim",
    "Chế",
    "Đàm",
)
_TITLES = ("Ông", "Bà", "Anh", "Chị", "BS.", "ThS.", "Cô", "Thầy", "Bs", "Đ/c")
_EN_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Miss", "Prof.")


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def own(row: Row, what: str, who: str = "self") -> Random:
    """A generator that gives the same for one person whatever the column."""
    return Random(f"{row.seed}/{row.index}/{who}/{what}")


def _full(row: Row, who: str) -> tuple[str, str, str]:
    someone, rng = row.person(who), own(row, "name", who)
    return (rng.choice(_RARE) if rng.random() < 0.12 else someone.family), someone.middle, someone.given


def typed_name(row: Row, who: str = "self") -> str:
    """A name as a clerk types it: mostly whole; in capitals or small letters, without marks, parts of it cut short."""
    family, middle, given = _full(row, who)
    name, chance = f"{family} {middle} {given}", row.rng.random()
    if chance < 0.62:
        return name
    if chance < 0.72:
        return name.upper()
    if chance < 0.80:
        return fold(name).upper() if row.rng.random() < 0.6 else fold(name)
    if chance < 0.86:
        return name.lower()
    return short_name(row, who) if chance < 0.95 else f"{row.rng.choice(_TITLES)} {name}"


def short_name(row: Row, who: str = "self") -> str:
    """`Nguyễn V. A`, `Ng. Văn An`, `N.V.An`, `Nguyễn V An`, `Tr.T.Hoa`."""
    family, middle, given = _full(row, who)
    initials = [part[0] for part in middle.split()] or ["T"]
    return row.rng.choice(
        (
            f"{family} {initials[0]}. {given}",
            f"{family[:2]}. {middle} {given}",
            ".".join((family[0], *initials, given)),
            f"{family} {initials[0]} {given}",
            f"{family} {'.'.join(initials)}. {given[0]}",
            f"{family[:2]}.{'.'.join(initials)}.{given}",
        )
    )


def two_names(row: Row) -> str:
    """Two people in a cell, often with what they are to each other."""
    one, two = " ".join(_full(row, "self")), " ".join(_full(row, "spouse"))
    return row.rng.choice(
        (f"{one} - {two}", f"{one}, {two}", f"{one} và {two}", f"{one}; {two}", f"{one} (vợ: {two})", one)
    )


def titled_name(row: Row, who: str = "self") -> str:
    """A name behind what one calls a person."""
    if who.startswith("en"):
        someone = row.person(who)
        return f"{row.rng.choice(_EN_TITLES)} {someone.given} {someone.family}"
    return f"{row.rng.choice(_TITLES)} {' '.join(_full(row, who))}"


def en_typed(row: Row, who: str = "en") -> str:
    """An English name as typed: `J. Carver`, `CARVER, Diana`, `Diana M Carver`, `diana carver`."""
    someone = row.person(who)
    given, family, initial = someone.given, someone.family, row.rng.choice("ABCDEFGHJKLMRST")
    forms = (
        f"{given} {family}", f"{given} {family}", f"{family}, {given}", f"{family.upper()}, {given}",
        f"{given[0]}. {family}",
        f"{given} {initial}. {family}", f"{given} {family}".lower(), f"{given} {family}".upper(),
    )  # fmt: skip
    return row.rng.choice(forms)


def _number(row: Row, who: str = "self") -> str:
    rng = own(row, "phone", who)
    return rng.choice(words()["mobile_prefixes"]) + digits(rng, 7)


def phone_mix(row: Row, who: str = "self") -> str:
    """A phone in the way somebody writes it."""
    bare = _number(row, who)
    ways: tuple[Callable[[], str], ...] = (
        lambda: bare, lambda: bare, lambda: f"+84{bare[1:]}", lambda: f"84{bare[1:]}", lambda: bare[1:],
        lambda: f"{bare[:4]} {bare[4:7]} {bare[7:]}", lambda: f"{bare[:4]}.{bare[4:7]}.{bare[7:]}",
        lambda: f"{bare[:3]}-{bare[3:6]}-{bare[6:]}", lambda: f"+84 {bare[1:4]} {bare[4:7]} {bare[7:]}",
        lambda: f"(+84){bare[1:]}", lambda: f"{bare} ", lambda: f"024.3{bare[3:6]}.{bare[6:]}",
    )  # fmt: skip
    return row.rng.choice(ways)()


def phones(row: Row) -> str:
    """One to three phones in a cell, some with whose they are."""
    made = [phone_mix(row, who).strip() for who in ("self", "spouse", "child")[: row.rng.choice((1, 2, 2, 3))]]
    text = row.rng.choice((" / ", ", ", " - ", "; ", "/", "\n")).join(made)
    return f"{text} (vợ)" if row.rng.random() < 0.1 else text


def us_phone(row: Row) -> str:
    """A phone of North America, in reserved exchanges."""
    area, line = row.rng.choice(("212", "415", "312", "617", "206")), digits(row.rng, 4)
    return row.rng.choice((f"({area}) 555-{line}", f"{area}-555-{line}", f"+1 {area} 555 {line}", f"{area}.555.{line}"))


def uk_phone(row: Row) -> str:
    """A phone of Great Britain, in ranges kept free for fiction."""
    line = digits(row.rng, 3)
    return row.rng.choice((f"07700 900{line}", f"07700900{line}", f"+44 7700 900{line}", f"020 7946 0{line}"))


def ssn(row: Row) -> str:
    """A number of the form of a US social security number."""
    rng = own(row, "ssn")
    return f"{rng.randrange(100, 640)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"


def nino(row: Row) -> str:
    """A number of the form of a UK national insurance number."""
    rng = own(row, "nino")
    head = f"{rng.choice('ABCEHJ')}{rng.choice('ABCEHJ')}"
    return f"{head} {digits(rng, 2)} {digits(rng, 2)} {digits(rng, 2)} {rng.choice('ABCD')}"


def id_mix(row: Row, who: str = "self") -> str:
    """Old and new identity numbers, some without their first zero, spaced, or as a spreadsheet left them."""
    someone = row.person(who)
    new, old, chance = someone.cccd, f"{someone.serial:09d}", row.rng.random()
    if chance < 0.5:
        return new
    if chance < 0.72:
        return old
    if chance < 0.84:
        return new.lstrip("0")
    return row.rng.choice(
        (f"{new[:3]} {new[3:6]} {new[6:]}", f"'{new}", f"{new} ", f"{new[:6]}.{new[6:]}", f"{int(new)}.0")
    )


def birth_any(row: Row, who: str = "self") -> str:
    """A birth date in four orders, with a time, or the year alone."""
    born = row.person(who).born
    styles = (
        "%d/%m/%Y",
        "%d/%m/%Y",
        "%d-%m-%Y",
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%Y/%m/%d",
        "%m/%d/%Y",
        "%d/%m/%Y 00:00",
        "%Y",
        "%m/%Y",
    )
    return born.strftime(row.rng.choice(styles))


def birth_year(row: Row, who: str = "self") -> int:
    return row.person(who).born.year


def birth_epoch(row: Row, who: str = "self") -> int:
    """Seconds since 1970, below zero for those born before."""
    return (row.person(who).born - date(1970, 1, 1)).days * 86_400
