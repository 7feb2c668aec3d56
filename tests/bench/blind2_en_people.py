"""People of twenty countries, as the English half of `blind2/` keeps them: what they are called and known by.

The first argument of every recipe is where they come from: `vn`, `west`, `asia`, `world` (all),
`viet` (mostly Viet Nam).
Everything about one person of one row agrees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from .heldout_people import Row, words
from .heldout_text import fold

_TODAY = date(2026, 11, 1)
_WEST = ("GB", "US", "DE", "FR", "SE", "PL", "MX", "BR")
_ASIA = ("JP", "KR", "CN", "TH", "PH", "ID", "IN", "VN")

_ODD = (("comma", "initial", "middle", "title", "gap"), ("polite", "polite", "dots", "asciiupper"))


def fill(rng: Random, form: str) -> str:
    """`form` with each # replaced by a digit and each X by a capital letter."""
    signs = {"#": "0123456789", "X": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(rng.choice(signs[sign]) if sign in signs else sign for sign in form)


@dataclass(frozen=True)
class Human:
    """Somebody who does not exist."""

    country: str
    female: bool
    born: date
    given: str
    family: str
    city: str
    street: str
    seed: str

    @property
    def name(self) -> str:
        first, last = (self.family, self.given) if self.country in {"VN", "CN", "KR"} else (self.given, self.family)
        return f"{first} {last}"

    def own(self, what: str) -> Random:
        """A generator that gives the same for this person at every call."""
        return Random(f"{self.seed}/{what}")


@cache
def _nations() -> dict[str, list[list[str]]]:
    parts = [[group.strip().split(",") for group in line.split(";")] for line in words()["g_nations"]]
    return {group[0][0]: group[1:] for group in parts}


@cache
def human(seed: str, kind: str) -> Human:
    rng, nations = Random(f"{seed}/human"), _nations()
    groups = {
        "vn": ("VN",),
        "west": _WEST,
        "asia": _ASIA,
        "world": tuple(nations),
        "viet": ("VN",) * 8 + ("KR", "JP", "FR"),
    }
    country = rng.choice(groups[kind])
    women, men, families, cities, streets = nations[country]
    female = rng.random() < 0.5
    young, old = (300, 6200) if "child" in seed.lower() else (6600, 31000)
    born = _TODAY - timedelta(rng.randrange(young, old))
    given, family = rng.choice(women if female else men), rng.choice(families)
    return Human(country, female, born, given, family, rng.choice(cities), rng.choice(streets), seed)


def of(row: Row, kind: str, role: str = "self") -> Human:
    return human(f"{row.seed}/{row.index}/{role}", kind)


def ascii_of(text: str) -> str:
    letters = fold(text.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ı", "i").replace("ø", "o"))
    return "".join(sign for sign in letters if sign.isascii())


def login_of(one: Human) -> str:
    given, family = (
        "".join(sign for sign in ascii_of(part).lower() if sign.isalpha()) for part in (one.given, one.family)
    )
    year = one.born.year % 100
    ways = (
        f"{given}.{family}",
        f"{given[0]}{family}",
        f"{family}{given[0]}{year:02d}",
        f"{given}_{year:02d}",
        f"{family}.{given}",
    )
    return one.own("login").choice(ways)


def gname(row: Row, kind: str = "world", style: str = "full", role: str = "self") -> str:
    one, rng = of(row, kind, role), row.rng
    other, letter = of(row, kind, "partner"), rng.choice("ABCDEFHJLMRT")
    plain = ascii_of(one.name)
    if style == "messy":
        style = rng.choice(("full", "full", "full", "upper", "lower", "ascii", *_ODD[one.country == "VN"]))
    if style == "script":
        return rng.choice(words()["g_native"]) if rng.random() < 0.5 else one.name
    title = rng.choice(("Ms", "Mrs", "Dr", "Miss") if one.female else ("Mr", "Mr.", "Dr", "Sir"))
    polite, words_of_given = rng.choice(("Bà", "Chị") if one.female else ("Ông", "Anh")), one.given.split()
    glued = ascii_of(one.given).replace(" ", "").upper()
    ways: dict[str, str] = {
        "full": one.name, "given": one.given, "family": one.family, "comma": f"{one.family}, {one.given}",
        "upper": one.name.upper(), "lower": one.name.lower(), "ascii": plain, "asciiupper": plain.upper(),
        "initial": f"{one.given[0]}. {one.family}", "letter": letter if rng.random() < 0.7 else "",
        "middle": f"{one.given} {letter}. {one.family}", "title": f"{title} {one.name}", "salutation": title,
        "gap": f" {one.given}  {one.family}",
        "pnr": f"{ascii_of(one.family).replace(' ', '').upper()}/{glued}{title.upper().strip('.')}",
        "couple": f"{one.given} & {other.given} {one.family}", "nick": one.given.split()[-1],
        "polite": f"{polite} {one.name}", "dots": f"{one.family[:2]}. {one.given[0]}. {words_of_given[-1]}",
        "fammid": " ".join((one.family, *words_of_given[:-1])), "last": words_of_given[-1],
        "initials": f"{one.given[0]}{one.family[0]}".upper(), "slug": plain.lower().replace(" ", "-"),
        "box": f'"{one.name}" <{login_of(one)}@{one.own("mail").choice(words()["g_mail"])}>',
        "fixed": f"{ascii_of(one.family).upper()[:18]:<18}{ascii_of(one.given).upper()[:12]:<12}",
        "staff": f"{one.name} ({rng.randrange(1000, 9999)})", "masked": f"{one.given[0]}*** {one.family}",
    }  # fmt: skip
    return ways[style]


def gmail(row: Row, kind: str = "world", style: str = "plain", role: str = "self") -> str:
    one = of(row, kind, role)
    login, host = login_of(one), one.own("mail").choice(words()["g_mail"])
    if style == "messy":
        style = row.rng.choice(("plain", "plain", "plain", "upper", "space", "tag", "none"))
    ways = {
        "plain": f"{login}@{host}", "upper": f"{login}@{host}".upper(), "space": f" {login}@{host} ",
        "tag": f"{login}+news@{host}", "link": f"mailto:{login}@{host}", "work": f"{login}@kestrel-analytics.example",
        "masked": f"{login[0]}****{login[-1]}@{host}", "none": "n/a", "two": f"{login}@{host}; {login}@work.example",
    }  # fmt: skip
    return ways[style]


def glogin(row: Row, kind: str = "world", style: str = "plain", role: str = "self") -> str:
    one = of(row, kind, role)
    login, short = login_of(one), "".join(sign for sign in login_of(one) if sign.isalpha())
    ways = {
        "plain": login, "domain": f"CORP\\{short}", "upn": f"{login}@corp.example",
        "eight": f"{short.upper()[:7]:X<8}"[:8],
        "at": f"@{short}_{one.born.year % 100}", "fb": f"https://www.facebook.com/{login}",
        "linked": f"linkedin.com/in/{short}",
        "gamer": f"{short[:5]}{row.rng.choice(('Xx', '_TTV', '99', 'Pro', 'ツ'))}", "skype": f"live:{short}",
        "dn": f"CN={one.name},OU=Staff,DC=corp,DC=example", "telegram": f"t.me/{short}",
    }  # fmt: skip
    return ways[style]


def gbirth(row: Row, kind: str = "world", style: str = "%Y-%m-%d", role: str = "self") -> str | int | date:
    born = of(row, kind, role).born
    days = (born - date(1970, 1, 1)).days
    ways: dict[str, str | int | date] = {
        "date": born, "age": (_TODAY - born).days // 365, "year": born.year, "int": int(f"{born:%Y%m%d}"),
        "ms": days * 86_400_000,
        "months": (_TODAY - born).days // 30, "julian": f"{born.year}{born.timetuple().tm_yday:03d}",
        "serial": days + 25569,
        "band": f"{(_TODAY - born).days // 3650 * 10}s", "six": f"{born:%d%m%y}",
        "mixed": born.strftime(row.rng.choice(("%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%Y.%m.%d", "%B %d, %Y", "%Y"))),
    }  # fmt: skip
    return ways[style] if style in ways else born.strftime(style)


def gsex(row: Row, kind: str = "world", style: str = "MF", role: str = "self") -> str | int:
    female, rare = of(row, kind, role).female, row.rng.random() < 0.03
    ways: dict[str, tuple[str | int, str | int, str | int]] = {
        "MF": ("F", "M", "X"), "word": ("Female", "Male", "Non-binary"), "iso": (2, 1, 9), "bit": (0, 1, 1),
        "fhir": ("female", "male", "unknown"), "vn": ("Nữ", "Nam", "Khác"),
        "messy": (row.rng.choice(("f", "Woman", "FEMALE", "nữ")), row.rng.choice(("m", "Man", "MALE", "nam")), "?"),
    }  # fmt: skip
    return ways[style][2 if rare else 1 - female]


PEOPLE: dict[str, Callable[..., str | int | date]] = {
    made.__name__: made for made in (gname, gmail, glogin, gbirth, gsex)
}
