"""Invented values for the held-out columns: a recipe, a seed and a row number give one value, always the same.

A recipe reads `name(arguments) modifier modifier=x`, e.g. `name upper nulls=.1` or `pick(Nam, Nữ)`.
"""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from . import heldout_text as text
from .blind2_en import BLIND2_EN
from .blind2_values import BLIND2
from .heldout_cells import CELLS
from .heldout_numbers import iban, luhn, shape, tax_code
from .heldout_people import Row, words
from .wide_values import WIDE

Value = str | int | float | bool | date | None
_RECIPE = re.compile(r"(?P<name>\w+)(?:\((?P<arguments>[^)]*)\))?(?P<modifiers>(?: \w+(?:=[\w.]+)?)*)")
_TODAY = date(2026, 1, 1)


Recipe = Callable[..., Value]


def _day(row: Row, first: str = "2015", last: str = "2025") -> date:
    years = max(1, int(last) - int(first) + 1)
    return date(int(first), 1, 1) + timedelta(row.rng.randrange(365 * years))


def _moment(row: Row, first: str = "2015", last: str = "2025") -> datetime:
    return datetime.combine(_day(row, first, last), datetime.min.time()) + timedelta(seconds=row.rng.randrange(86400))


def _written(day: date, style: str, row: Row) -> str:
    if style == "mixed":
        style = row.rng.choice(("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y"))
    return day.strftime(style)


def _phone(row: Row, role: str = "self") -> str:
    rng = Random(f"{row.seed}/{row.index}/{role}/phone")
    return rng.choice(words()["mobile_prefixes"]) + "".join(rng.choice("0123456789") for _ in range(7))


def _health_card(row: Row, role: str = "self") -> str:
    someone = row.person(role)
    group = words()["health_card_groups"][someone.serial % len(words()["health_card_groups"])]
    return f"{group}{someone.serial % 5 + 1}{someone.place[4]}{someone.serial:010d}"


def _address(row: Row, role: str = "self", style: str = "full") -> str:
    someone, rng = row.person(role), Random(f"{row.seed}/{row.index}/{role}/address")
    _, commune, _, district, _, province = someone.place
    if style == "en":
        return f"{rng.randrange(1, 2400)} {rng.choice(words()['en_streets'])}"
    house = f"{rng.randrange(1, 400)} {rng.choice(words()['streets'])}" if rng.random() < 0.6 else ""
    house = house or f"{rng.choice(('Thôn', 'Ấp', 'Tổ dân phố', 'Xóm'))} {rng.randrange(1, 15)}"
    return house if style == "street" else f"{house}, {commune}, {district}, {province}"


def _record(row: Row, style: str = "json") -> str:
    someone = row.person("en" if style == "en" else "self")
    keys = ("hoTen", "ngaySinh", "soDinhDanh", "dienThoai")
    if style == "en":
        keys = ("name", "birthDate", "nationalId", "phone")
    name = " ".join(someone.name.split())
    fields = dict(zip(keys, (name, f"{someone.born:%d/%m/%Y}", someone.cccd, _phone(row)), strict=True))
    if style != "xml":
        return json.dumps(fields, ensure_ascii=False)
    return "<congDan>" + "".join(f"<{key}>{value}</{key}>" for key, value in fields.items()) + "</congDan>"


def _fields(row: Row, *fields: str) -> str:
    """A form as JSON; each argument is a key, a recipe and its arguments: `fields(hoTen name, benh list diagnosis)`."""
    split = [field.split() for field in fields]
    made = {key: RECIPES[recipe](row, *arguments) for key, recipe, *arguments in split}
    return json.dumps(made, ensure_ascii=False, default=str)


def _elements(row: Row, root: str, *fields: str) -> str:
    """The same as XML below the element `root`."""
    made = json.loads(_fields(row, *fields))
    return f"<{root}>" + "".join(f"<{key}>{value}</{key}>" for key, value in made.items()) + f"</{root}>"


def _told(row: Row, key: str) -> str:
    """A sentence of the word list `key`, the recipes named in its braces filled in."""
    return re.sub(r"\{(\w+)\}", lambda name: str(RECIPES[name[1]](row)), row.rng.choice(words()[key]))


def _listed(row: Row, key: str, order: str = "") -> str:
    if not order:
        return row.rng.choice(words()[key])
    distinct = list(dict.fromkeys(words()[key]))
    return distinct[row.index % len(distinct)]


def _code(row: Row, prefix: str, size: str = "6", step: str = "1") -> str:
    return f"{prefix}{1 + row.index * int(step):0{size}d}"


RECIPES: dict[str, Recipe] = {**CELLS, **WIDE, **BLIND2, **BLIND2_EN} | {
    # people; the first argument is whose: self, father, mother, spouse, child, staff, other, en
    "name": lambda row, who="self": row.person(who).name,
    "family": lambda row, who="self": row.person(who).family,
    "middle": lambda row, who="self": f"{row.person(who).family} {row.person(who).middle}".strip(),
    "given": lambda row, who="self": row.person(who).given,
    "en_name": lambda row, who="en": f"{row.person(who).given} {row.person(who).family}",
    "username": lambda row, who="self": row.person(who).username,
    "email": lambda row, who="self": f"{row.person(who).username}@{row.rng.choice(words()['mail_hosts'])}",
    "gender": lambda row, man="Nam", woman="Nữ", who="self": woman if row.person(who).female else man,
    "birth": lambda row, who="self": row.person(who).born,
    "birth_text": lambda row, style="%d/%m/%Y", who="self": _written(row.person(who).born, style, row),
    "age": lambda row, who="self": _TODAY.year - row.person(who).born.year,
    "cccd": lambda row, who="self": row.person(who).cccd,
    "cmnd": lambda row, who="self": f"{row.person(who).serial:09d}",
    "cccd_or_cmnd": lambda row, who="self": (
        row.person(who).cccd if row.rng.random() < 0.6 else f"{row.person(who).serial:09d}"
    ),
    "passport": lambda row, who="self": f"{'BCNP'[row.person(who).serial % 4]}{row.person(who).serial % 10**7:07d}",
    "licence": lambda row, who="self": (
        f"{row.person(who).place[4]}{int(row.person(who).female)}{row.rng.randrange(8, 24):02d}{row.digits(7)}"
    ),
    "social": lambda row, who="self": f"{row.person(who).serial:010d}",
    "health_card": _health_card,
    "personal_tax": lambda row, age="old": (
        tax_code(row.rng, "", ("80", "82", "84", "86")) if age == "old" else row.person().cccd
    ),
    "phone": _phone,
    "contact": lambda row: RECIPES[row.rng.choice(("phone", "phone", "email"))](row),
    "landline": lambda row: row.rng.choice(("024", "028")) + "3" + row.digits(7),
    "address": _address,
    "place": lambda row, part="5", who="self": row.person(who).place[int(part)],
    "record": _record,
    "note_with": lambda row, inner="cccd", who="self": row.rng.choice(words()["id_notes"]).format(
        RECIPES[inner](row, who)
    ),
    "fields": _fields,
    "elements": _elements,
    "told": _told,
    "either": lambda row, *recipes: RECIPES[row.rng.choice(recipes)](row),
    "en_home": lambda row, who="en": f"{_address(row, who, 'en')}, {row.rng.choice(words()['en_cities'])}",
    "birth_serial": lambda row, who="self": (row.person(who).born - date(1899, 12, 30)).days,
    "birth_millis": lambda row, who="self": (row.person(who).born - date(1970, 1, 1)).days * 86_400_000,
    "plate": lambda row, size="5": (
        f"{row.rng.choice(words()['plates'])}{row.rng.choice('ABCEFGHKL')}-{row.digits(int(size))}"
    ),
    "motorbike": lambda row: (
        f"{row.rng.choice(words()['plates'])}-{row.rng.choice('BCDFGHKLX')}{row.rng.choice('123456789')} "
        f"{row.digits(3)}.{row.digits(2)}"
    ),
    # numbers, codes and dates
    "company_tax": lambda row, suffix="": tax_code(row.rng, suffix),
    "card": lambda row, prefix="970436", size="16": luhn(row.rng, prefix, int(size)),
    "iban": lambda row: iban(row.rng),
    "shape": lambda row, form: shape(row.rng, form),
    "pick": lambda row, *choices: row.rng.choice(choices),
    "list": _listed,
    "code": _code,
    "digits": lambda row, count, prefix="": prefix + row.digits(int(count) - len(prefix)),
    "number": lambda row, low, high: row.rng.randrange(int(low), int(high) + 1),
    "decimal": lambda row, low, high, places="2": round(row.rng.uniform(float(low), float(high)), int(places)),
    "money": lambda row, low, high, unit="1000": row.rng.randrange(int(low), int(high)) // int(unit) * int(unit),
    "sequence": lambda row, first="1": int(first) + row.index,
    "order12": lambda row: f"{_day(row, '2021'):%y%m%d}{row.digits(6)}",
    "day": _day,
    "day_text": lambda row, style="%d/%m/%Y", first="2015", last="2025": _written(_day(row, first, last), style, row),
    "moment": _moment,
    "epoch": lambda row: int(_moment(row).timestamp()) + 7 * 3600,
    "flag": lambda row, share=".5": row.rng.random() < float(share),
    "latitude": lambda row: round(row.rng.uniform(8.6, 23.2), 6),
    "longitude": lambda row: round(row.rng.uniform(102.3, 109.4), 6),
    "latlng": lambda row, south="8.6", north="23.2", west="102.3", east="109.4": (
        f"{row.rng.uniform(float(south), float(north)):.6f}, {row.rng.uniform(float(west), float(east)):.6f}"
    ),
    "point": lambda row: f"POINT({RECIPES['longitude'](row)} {RECIPES['latitude'](row)})",
    # machines
    "hex": lambda row, count: "".join(row.rng.choice("0123456789abcdef") for _ in range(int(count))),
    "bcrypt": lambda row: (
        "$2a$10$" + "".join(row.rng.choice("abcdefghijkmnopqrstuvwxyzABCDEFGH0123456789./") for _ in range(53))
    ),
    "base64": lambda row, count="120": "".join(
        row.rng.choice("ABCDEFGHabcdefgh0123456789+/") for _ in range(int(count))
    ),
    "jpeg": lambda row: f"/9j/4AAQSkZJRgABAQ{RECIPES['base64'](row, '100')}",
    "jwt": lambda row: ".".join(("eyJhbGciOiJIUzI1NiJ9", f"eyJ{RECIPES['base64'](row, '60')}", row.digits(43))),
    "uuid": lambda row: str(uuid.UUID(int=row.rng.getrandbits(128), version=4)),
    "ip": lambda row: ".".join(str(row.rng.randrange(1, 255)) for _ in range(4)),
    "version4": lambda row: (
        f"{row.rng.randrange(1, 12)}.{row.rng.randrange(20)}.{row.rng.randrange(30)}.{row.rng.randrange(3000)}"
    ),
    "mac": lambda row: ":".join(f"{row.rng.randrange(256):02x}" for _ in range(6)),
    "file": lambda row, folder, ending: f"/{folder}/{_day(row):%Y/%m}/{row.digits(8)}.{ending}",
    "vector": lambda row, size="64": json.dumps([round(row.rng.uniform(-1, 1), 4) for _ in range(int(size))]),
}

CHANGES: dict[str, Callable[[str], Value]] = {
    "upper": str.upper,
    "lower": str.lower,
    "folded": text.fold,
    "nfd": lambda value: unicodedata.normalize("NFD", value),
    "vni": text.to_vni,
    "tcvn3": text.to_tcvn3,
    "mojibake": text.to_mojibake,
    "int": int,
    "float": float,
    "real_text": lambda value: f"{int(value)}.0",
    "lost_zero": lambda value: value.lstrip("0"),
    "spaced": lambda value: " ".join(value[at : at + 4] for at in range(0, len(value), 4)),
    "dotted": lambda value: f"{value[:-6]}.{value[-6:-3]}.{value[-3:]}",
    "plus84": lambda value: f"+84{value[1:]}",
    "only84": lambda value: f"84{value[1:]}",
    "grouped": lambda value: f"{int(value):,}".replace(",", "."),
    "masked": lambda value: f"{value[:3]}****{value[-3:]}",
    "compact": lambda value: re.sub(r"[-. ]", "", value),
    "padded": lambda value: value.ljust(40),
    "quoted": lambda value: f"'{value}",  # as a spreadsheet marks a number that is text
    "scientific": lambda value: f"{float(value):.5E}",
    "lossy": lambda value: value.encode("latin-1", "replace").decode("latin-1"),  # a code page without Vietnamese
    "entities": lambda value: value.encode("ascii", "xmlcharrefreplace").decode(),
}
SHARES = frozenset({"nulls", "empty", "sparse"})


@dataclass(frozen=True)
class Parsed:
    """A recipe taken apart; ValueError says which word of it is unknown."""

    name: str
    arguments: tuple[str, ...]
    changes: tuple[str, ...]
    shares: dict[str, float]
    otherwise: str  # a word list that fills the rows a sparse recipe leaves out

    @classmethod
    def of(cls, recipe: str) -> Parsed:
        match = _RECIPE.fullmatch(recipe)
        if match is None or match["name"] not in RECIPES:
            raise ValueError(f"unknown recipe {recipe!r}")
        changes: list[str] = []
        options: dict[str, str] = {}
        for modifier in match["modifiers"].split():
            word, _, value = modifier.partition("=")
            if not value and word in CHANGES:
                changes.append(word)
            elif value and (word in SHARES or (word == "else" and value in words())):
                options[word] = value
            else:
                raise ValueError(f"unknown modifier {modifier!r} in {recipe!r}")
        arguments = tuple(part.strip() for part in match["arguments"].split(",")) if match["arguments"] else ()
        otherwise = options.pop("else", "")
        return cls(
            match["name"], arguments, tuple(changes), {word: float(options[word]) for word in options}, otherwise
        )


def values(recipe: str, seed: str, column: str, rows: int) -> list[Value]:
    """The first `rows` values of a column; equal arguments give equal values."""
    parsed = Parsed.of(recipe)
    return [_value(parsed, Row(seed, index, Random(f"{seed}/{index}/{column}"))) for index in range(rows)]


def _value(parsed: Parsed, row: Row) -> Value:
    if "sparse" in parsed.shares:
        period = round(1 / parsed.shares["sparse"])
        if row.index % period != period // 2:
            return row.rng.choice(words()[parsed.otherwise]) if parsed.otherwise else None
    if row.rng.random() < parsed.shares.get("nulls", 0.0):
        return None
    if row.rng.random() < parsed.shares.get("empty", 0.0):
        return ""
    value: Any = RECIPES[parsed.name](row, *parsed.arguments)
    for change in parsed.changes:
        value = CHANGES[change](str(value))
    return value if isinstance(value, str | int | float | date) else str(value)
