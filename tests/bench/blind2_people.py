"""People of the Vietnamese half of `blind2/`, and how offices, shops and clerks write who they are.

Everything about one person of one row agrees; a role is `self`, `staff`, `kid`, `elder`, `spouse` or any word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from .heldout_people import Row, words
from .heldout_text import fold

TODAY = date(2026, 11, 1)
_SPANS = {"kid": (2010, 9), "elder": (1930, 28), "staff": (1966, 36), "baby": (2023, 3), "recruit": (2001, 7)}
_MOBILE = ("032", "033", "035", "037", "038", "070", "077", "079", "081", "082", "084", "086", "087", "088", "089",
           "090", "091", "092", "093", "094", "096", "097", "098", "099", "052", "056", "059")  # fmt: skip
_BIRTH_CODES = ("001", "004", "006", "008", "011", "015", "019", "022", "024", "025", "026", "027", "031", "033",
                "034", "035", "036", "037", "038", "040", "042", "044", "046", "048", "049", "051", "052", "054",
                "056", "058", "060", "062", "066", "068", "070", "072", "074", "077", "079", "080", "082", "083",
                "086", "087", "089", "091", "093", "094", "096")  # fmt: skip


@dataclass(frozen=True)
class Citizen:
    """Somebody who does not exist; `place` holds commune code, commune, old commune, old district, old province,
    province code, province."""

    female: bool
    born: date
    family: str
    middle: str
    given: str
    serial: int
    place: tuple[str, ...]
    cradle: tuple[str, ...]
    birth_code: str
    phone: str

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.family, self.middle, self.given) if part)

    @property
    def number(self) -> str:
        century = (self.born.year // 100 - 19) * 2 + self.female
        return f"{self.birth_code}{century}{self.born.year % 100:02d}{self.serial % 10**6:06d}"

    @property
    def login(self) -> str:
        initials = "".join(fold(part)[0] for part in f"{self.family} {self.middle}".split()).lower()
        given = fold(self.given).lower()
        return (f"{given}{initials}", f"{given}.{fold(self.family.split()[0]).lower()}", f"{initials}{given}",
                f"{given}{self.born.year % 100:02d}", f"{fold(self.name).lower().replace(' ', '')}")[
            self.serial % 5
        ]  # fmt: skip


@cache
def _citizen(seed: str, role: str) -> Citizen:
    rng, lists = Random(f"blind2/{seed}/{role}"), words()
    female = {"father": False, "mother": True, "wife": True, "husband": False}.get(role, rng.random() < 0.5)
    first, span = next((_SPANS[key] for key in _SPANS if role.startswith(key)), (1952, 54))
    born = date(first, 1, 1) + timedelta(rng.randrange(span * 365))
    side = "f" if female else "m"
    places = [tuple(place.split(";")) for place in lists["b2_places"]]
    return Citizen(
        female,
        born,
        rng.choice(lists["b2_family"]),
        rng.choice(lists[f"b2_mid_{side}"]),
        rng.choice(lists[f"b2_giv_{side}"]),
        rng.randrange(10**9),
        rng.choice(places),
        rng.choice(places),
        rng.choice(_BIRTH_CODES),
        rng.choice(_MOBILE) + "".join(rng.choice("0123456789") for _ in range(7)),
    )


def who(row: Row, role: str = "self") -> Citizen:
    return _citizen(f"{row.seed}/{row.index}", role)


def fixed(row: Row, what: str, role: str = "self") -> Random:
    """A generator that gives the same for one person whatever the column."""
    return Random(f"blind2/{row.seed}/{row.index}/{role}/{what}")


def numerals(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def bname(row: Row, style: str = "plain", role: str = "self") -> str:
    """A name in one style; `clerk` is as several hands type it."""
    one, other, rng = who(row, role), who(row, "spouse"), row.rng
    title = rng.choice(("Bà", "Chị", "Cô") if one.female else ("Ông", "Anh", "Chú"))
    if style == "clerk":
        style = rng.choice(("plain", "plain", "plain", "caps", "lower", "nomarks", "short", "title", "minority"))
        if style == "title" and role in {"kid", "baby"}:
            style = "plain"
    letters = [part[0] for part in one.name.split()]
    ways: dict[str, Callable[[], str]] = {
        "plain": lambda: one.name,
        "caps": one.name.upper,
        "lower": one.name.lower,
        "nomarks": lambda: fold(one.name).upper() if rng.random() < 0.7 else fold(one.name),
        "short": lambda: f"{one.family.split()[0]} {'.'.join(letters[1:-1]) or 'T'}. {one.given}",
        "title": lambda: f"{title} {one.name}",
        "called": lambda: f"{title.lower()} {one.given}",
        "reverse": f"{one.given} {one.family} {one.middle}".strip,
        "west": lambda: fold(f"{one.given} {one.family}"),
        "comma": lambda: fold(f"{one.family}, {one.middle} {one.given}").upper(),
        "couple": lambda: rng.choice((f"{one.name} - {other.name}", f"{one.name} & {other.name}",
                                      f"{one.name} (và vợ/chồng {other.name})")),
        "year": lambda: f"{one.name} {one.born.year}",
        "house": lambda: rng.choice((f"Hộ {one.name}", f"Hộ ông {one.name}", f"HKD {one.name}")),
        "signed": lambda: rng.choice((f"(đã ký) {one.name}", f"Ký bởi: {one.name}", f"{one.name} (ký số)")),
        "nick": lambda: rng.choice(words()["b2_nick"]),
        "minority": lambda: rng.choice(words()["b2_minority"]),
        "foreign": lambda: rng.choice(words()["b2_foreign"]),
        "monk": lambda: f"{rng.choice(words()['b2_dharma'])} ({one.name})",
        "dharma": lambda: rng.choice(words()["b2_dharma"]),
        "saint": lambda: f"{rng.choice(words()['b2_saint'])} {one.name}",
        "family": lambda: one.family,
        "middle": lambda: one.middle,
        "front": f"{one.family} {one.middle}".strip,
        "given": lambda: one.given,
        "letters": lambda: f"{one.family[0]}{one.given[0]}",
        "coded": lambda: f"{one.serial % 10**5:05d} - {one.name}",
        "underscore": lambda: fold(one.name).replace(" ", "_"),
    }  # fmt: skip
    return ways[style]()


def bphone(row: Row, style: str = "plain", role: str = "self") -> str | int:
    """A phone in one style; `any` is as several hands type it."""
    bare, rng = who(row, role).phone, row.rng
    if style == "any":
        style = rng.choice(("plain", "plain", "plain", "dots", "spaces", "nozero", "intl", "messy", "old"))
    ways: dict[str, Callable[[], str | int]] = {
        "plain": lambda: bare,
        "dots": lambda: f"{bare[:3]}.{bare[3:6]}.{bare[6:]}",
        "spaces": lambda: f"{bare[:4]} {bare[4:7]} {bare[7:]}",
        "dash": lambda: f"{bare[:4]}-{bare[4:]}",
        "nozero": lambda: bare[1:],
        "number": lambda: int(bare),
        "intl": lambda: rng.choice((f"+84 {bare[1:]}", f"0084{bare[1:]}", f"84-{bare[1:]}", f"(+84) {bare[1:]}")),
        "msisdn": lambda: f"84{bare[1:]}",
        "messy": lambda: rng.choice((f" {bare}", f"{bare}.", f"o{bare[1:]}", f"{bare[:5]} {bare[5:]}", f"ĐT:{bare}")),
        "old": lambda: f"016{bare[2]}{numerals(fixed(row, 'old', role), 7)}",
        "two": lambda: rng.choice((" / ", "-", ", ", " hoặc ")).join((bare, who(row, "spouse").phone)),
        "whose": lambda: f"{bare} ({rng.choice(('mẹ', 'bố', 'con gái', 'hàng xóm', 'vợ', 'chủ trọ'))})",
        "zalo": lambda: rng.choice((f"zalo {bare}", f"Zalo: {bare}", f"{bare} (zalo)")),
        "half": lambda: f"{bare[:4]}***{bare[7:]}",
        "land": lambda: (
            f"0{rng.choice(('24', '28', '236', '225', '292', '262'))}.3{numerals(rng, 3)}.{numerals(rng, 3)}"
        ),
        "float": lambda: f"{bare[1:]}.0",
    }
    return ways[style]()


def bid(row: Row, style: str = "new", role: str = "self") -> str | int:
    """A personal number or the number of an old identity card."""
    one, rng = who(row, role), row.rng
    new, old = one.number, f"{one.birth_code[1:]}{one.serial % 10**7:07d}"
    if style == "any":
        style = rng.choice(("new", "new", "new", "old", "lost", "groups", "label", "blank"))
    issued = date(2021, 2, 1) + timedelta(fixed(row, "issued", role).randrange(1900))
    ways: dict[str, Callable[[], str | int]] = {
        "new": lambda: new,
        "old": lambda: old,
        "lost": lambda: new.lstrip("0"),
        "number": lambda: int(new),
        "groups": lambda: f"{new[:3]}.{new[3:6]}.{new[6:9]}.{new[9:]}",
        "label": lambda: rng.choice((f"CCCD: {new}", f"CC {new}", f"Số CMND {old}", f"ĐDCN {new}")),
        "blank": lambda: f" {new} ",
        "issued": lambda: f"{new} cấp {issued:%d/%m/%Y} Cục CSQLHC về TTXH",
        "half": lambda: f"{new[:3]}******{new[9:]}",
        "soldier": lambda: f"QN {one.serial % 10**7:07d}",
        "both": lambda: f"{new} (CMND cũ {old})",
    }
    return ways[style]()


def bborn(row: Row, style: str = "dmy", role: str = "self") -> str | int:
    """A birth date or an age; `any` is as several hands type it."""
    born, rng = who(row, role).born, row.rng
    if style == "any":
        style = rng.choice(("dmy", "dmy", "dash", "year", "short", "iso", "us", "words"))
    days = (TODAY - born).days
    ways: dict[str, Callable[[], str | int]] = {
        "dmy": lambda: f"{born:%d/%m/%Y}",
        "dash": lambda: f"{born:%d-%m-%Y}",
        "dots": lambda: f"{born:%d.%m.%Y}",
        "iso": lambda: f"{born:%Y-%m-%d}",
        "us": lambda: f"{born:%m/%d/%Y}",
        "short": lambda: f"{born.day}/{born.month}/{born:%y}",
        "words": lambda: f"ngày {born:%d} tháng {born:%m} năm {born:%Y}",
        "year": lambda: born.year,
        "born": lambda: f"SN {born.year}",
        "solid": lambda: f"{born:%Y%m%d}",
        "stamp": lambda: f"{born:%Y-%m-%d}T17:00:00.000Z",
        "excel": lambda: (born - date(1899, 12, 30)).days,
        "d": lambda: born.day,
        "m": lambda: born.month,
        "age": lambda: days // 365,
        "old": lambda: f"{days // 365} tuổi",
        "months": lambda: f"{days // 30} tháng",
        "decade": lambda: f"{days // 3650 * 10}-{days // 3650 * 10 + 9}",
    }
    return ways[style]()


def bhome(row: Row, style: str = "new", role: str = "self") -> str:
    """An address; `any` is as several hands type it, in the units before and since July 2025."""
    one, rng = who(row, role), fixed(row, f"home{role}", role)
    _, commune, old_commune, district, old_province, _, province = one.place
    house, street = f"{rng.randrange(1, 600)}", rng.choice(words()["b2_street"])
    hamlet = rng.choice(words()["b2_hamlet"])
    if style == "any":
        style = row.rng.choice(("new", "old", "hamlet", "short", "alley", "plainlow", "flat", "bare"))
    bare = commune.split(" ", 1)[1]
    ways = {
        "new": f"Số {house} {street}, {commune.lower().replace(bare.lower(), bare)}, {province}",
        "old": f"{house} {street} - {old_commune} - {district} - {old_province}",
        "both": f"{hamlet}, {commune}, {province} (trước là {old_commune}, {district}, {old_province})",
        "hamlet": f"{hamlet}, {commune}, {province}",
        "short": f"{house} {street}",
        "alley": f"{rng.randrange(2, 90)}/{rng.randrange(1, 40)}/{rng.randrange(1, 9)} {street} {bare}",
        "plainlow": fold(f"{hamlet} {bare} {province}").lower(),
        "flat": f"P{rng.randrange(20, 309)} tòa {rng.choice('ABCS')}{rng.randrange(1, 6)} CC {bare}",
        "bare": f"{bare}, {province}",
        "thon": hamlet,
        "street": street,
        "house": house,
        "caps": fold(f"{house} {street}, {bare}, {province}").upper(),
        "english": fold(f"No. {house}, {street} Street, {bare} Ward, {province}, Vietnam"),
        "pipe": f"{hamlet}|{commune}|{province}",
    }
    return ways[style]


def bunit(row: Row, part: str = "0", role: str = "self") -> str:
    """Part 0 to 6 of the place where somebody lives, or `from0` ... of where somebody was born."""
    one = who(row, role)
    return one.cradle[int(part[4:])] if part.startswith("from") else one.place[int(part)]


def bsex(row: Row, man: str = "Nam", woman: str = "Nữ", role: str = "self") -> str:
    return woman if who(row, role).female else man


def bmail(row: Row, host: str = "", role: str = "self") -> str:
    one, rng = who(row, role), fixed(row, "mail", role)
    return f"{one.login}@{host or rng.choice(('gmail.com', 'gmail.com', 'yahoo.com.vn', 'icloud.com', 'hotmail.com'))}"


def blogin(row: Row, style: str = "plain", role: str = "self") -> str:
    one = who(row, role)
    ways = {
        "plain": one.login,
        "caps": one.login.upper(),
        "domain": f"UBND\\{one.login}",
        "office": f"{one.login}@hcc.example.vn",
        "numbered": f"nv{one.serial % 900 + 100}",
    }
    return ways[style]


PEOPLE: dict[str, Callable[..., str | int]] = {
    made.__name__: made for made in (bname, bphone, bid, bborn, bhome, bunit, bsex, bmail, blogin)
}
