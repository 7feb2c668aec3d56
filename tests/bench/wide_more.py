"""Recipes of the second and third round of columns judged by value: other customs, other damages, English records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from .heldout_people import Row
from .heldout_text import fold
from .wide_people import digits, half, me, own

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def xname(row: Row, style: str = "short", role: str = "self") -> str:
    """Names by other customs: a saint's name in front, a rank, a nickname behind, signed, cut, in a note."""
    someone, rng = me(row, role), row.rng
    name, given = someone.name, someone.given
    family, middle = someone.family, someone.middle
    if style == "messy":
        style = rng.choice(("full", "saint", "rank", "born", "nick", "caps", "dots", "tab", "full", "full"))
    return {
        "full": name,
        "short": f"{middle.split()[-1] if middle else ''} {given}".strip(),
        "saint": f"{rng.choice(half(row, 'x_saint'))} {name}",
        "rank": f"{rng.choice(half(row, 'x_rank'))} {name}",
        "nick": f"{name} ({rng.choice(half(row, 'x_nick'))})",
        "signed": f"Ký bởi: {name}",
        "born": f"{name} - {someone.born.year}",
        "dob": f"{name}, sinh {someone.born:%d/%m/%Y}",
        "phone": f"{given} {someone.phone}",
        "caps": f"{fold(family).upper()} {middle[:1]} {fold(given).upper()}",
        "dots": f"{family[0]}.{middle[:1]}.{given[0]}",
        "tab": f"{name}\t",
        "last": f"{given.upper()} {family} {middle}",
        "mixed": " ".join(part.upper() if at else part for at, part in enumerate(name.split())),
        "code": f"{someone.serial % 9000 + 1000} - {name}",
        "dept": f"{name} - {rng.choice(half(row, 'w_depart'))}",
    }[style]


def xen(row: Row, style: str = "full", role: str = "self") -> str | int:
    """Somebody with an English name, and what follows from it."""
    rng = own(row, "en", role)
    given, family = rng.choice(half(row, "x_en_given")), rng.choice(half(row, "x_en_family"))
    born = date(1940, 1, 1).toordinal() + rng.randrange(24000)
    day, number = date.fromordinal(born), rng.randrange(10**9)
    login = f"{given[0]}{fold(family)}".lower().replace("'", "").replace(" ", "")
    area = rng.choice(("AB", "CR", "EX", "HP", "LE", "NB", "SY"))
    letters = rng.choice("ABDEF") + rng.choice("HJLNP")
    ways: dict[str, str | int] = {
        "full": f"{given} {family}",
        "given": given,
        "family": family,
        "comma": f"{family.upper()}, {given}",
        "initial": f"{given[0]} {family}",
        "title": f"{rng.choice(('Mr', 'Mrs', 'Dr', 'Ms', 'Prof'))} {given} {family}",
        "middle": f"{given} {rng.choice('ABCDEJKLMT')}. {family}",
        "lower": f"{given} {family}".lower(),
        "dob": f"{day:%d/%m/%Y}",
        "us": f"{day:%m/%d/%Y}",
        "iso": f"{day:%Y-%m-%d}",
        "long": f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
        "email": f"{login}{number % 90}@{rng.choice(('mail.example', 'inbox.example.com', 'post.example.org'))}",
        "login": login,
        "nino": f"{area}{number % 10**6:06d}{rng.choice('ABCD')}",
        "ssn": f"{number % 665 + 1:03d}-{number % 89 + 10}-{number % 9000 + 1000}",
        "nhs": _nhs(rng),
        "mobile": f"07{number % 10**9:09d}",
        "us_phone": f"({number % 700 + 200}) 555-{number % 10**4:04d}",
        "age": 2026 - day.year,
        "postcode": f"{rng.choice(('LS', 'BS', 'SA', 'DD', 'NR'))}{number % 19 + 1} {number % 9 + 1}{letters}",
        "address": f"{number % 240 + 1} {rng.choice(half(row, 'x_street_en'))}, {rng.choice(half(row, 'x_town_en'))}",
        "town": rng.choice(half(row, "x_town_en")),
        "passport": f"{number % 10**9:09d}",
        "plate": f"{area}{number % 70 + 2:02d} {rng.choice('ABCDE')}{rng.choice('KLMNP')}{rng.choice('RSTUV')}",
        "gender": "Female" if number % 2 else "Male",
        "sex": "F" if number % 2 else "M",
        "pronoun": "she/her" if number % 2 else "he/him",
        "sortcode": f"{number % 90 + 10}-{number % 80 + 10}-{number % 70 + 10} {number % 10**8:08d}",
    }
    return ways[style]


def _nhs(rng: Random) -> str:
    while True:
        body = digits(rng, 9)
        check = 11 - sum(int(sign) * (10 - at) for at, sign in enumerate(body)) % 11
        if check != 10:
            number = f"{body}{check % 11}"
            return f"{number[:3]} {number[3:6]} {number[6:]}"


def xbirth(row: Row, style: str) -> str | int:
    born = me(row).born
    months = (date(2026, 11, 1) - born).days // 30
    ways: dict[str, str | int] = {
        "utc": f"{date.fromordinal(born.toordinal() - 1):%Y-%m-%d}T17:00:00.000Z",
        "vi": f"{born.day} tháng {born.month}, {born.year}",
        "mysql": f"{born:%Y-%m-%d} 00:00:00",
        "unpadded": f"{born.day}-{born.month}-{born.year}",
        "ym": f"{born:%Y%m}",
        "unknown": f"00/00/{born.year}" if row.rng.random() < 0.4 else f"{born:%d/%m/%Y}",
        "months": f"{months} tháng tuổi",
        "band": f"{months // 120 * 10}-{months // 120 * 10 + 9}",
        "year2": f"{born.year % 100:02d}",
        "sn": f"SN {born.year}",
        "dotshort": f"{born:%d.%m.%y}",
        "ampm": f"{born.month}/{born.day}/{born.year} 12:00:00 AM",
    }
    return ways[style]


def xdoc(row: Row, style: str) -> str:
    someone, rng = me(row), own(row, f"doc{style}")
    number = someone.cccd
    return {
        "cert": f"{rng.randrange(1, 400)}/{rng.randrange(2005, 2026)}",
        "land": f"{rng.choice(('CS', 'DB', 'AĐ', 'BH', 'CH'))} {digits(rng, 6)}",
        "mrz": f"IDVNM{number[3:12]}{rng.randrange(10)}{number}<<{rng.randrange(10)}",
        "book": f"{digits(rng, 9)}/HK",
        "pair": f"{number} / {digits(rng, 9)}",
        "label": f"Số CCCD: {number}",
        "slash": f"{number}/Cục CSQLHC",
        "vneid": f"{number}@vneid.example.vn",
        "gks": f"GKS {rng.randrange(1, 400)} quyển {rng.randrange(1, 9)}/{rng.randrange(2005, 2026)}",
        "student": f"B{rng.randrange(14, 25)}{rng.choice(('DCCN', 'DCKT', 'DCQT'))}{digits(rng, 3)}",
        "staff": f"VNPT{digits(rng, 6)}",
        "bhyt10": digits(rng, 10),
        "oldlic": f"{rng.choice('ABCDE')}{rng.choice('KMNPT')} {digits(rng, 6)}",
    }[style]


def xaddr(row: Row, style: str) -> str:
    someone, rng = me(row), own(row, "xaddress")
    commune, district, province, since = someone.place
    house, street = rng.randrange(1, 600), rng.choice(half(row, "w_street"))
    bare, town = (fold(place.split(" ", 1)[1]) for place in (commune, district))
    block = f"{rng.choice('ABC')}{rng.randrange(1, 30)}-{rng.randrange(1, 20):02d}"
    return {
        "english": f"{house} {fold(street)} St., {bare} Ward, {town} Dist., {fold(province)}",
        "folded": fold(f"{house} {street}, {commune}, {district}, {province}"),
        "lower": f"{house} {street}, {commune}, {province}".lower(),
        "tphcm": f"{house}/{rng.randrange(1, 40)} {street}, {since}, TP.HCM"
        if province == "Hồ Chí Minh"
        else f"{house} {street}, {since}, {province}",
        "apt": f"Căn hộ {block}, CC {rng.choice(half(row, 'w_street'))}, {province}",
        "mien": f"{commune} ({district.lower()})",
        "kv": f"Khu vực {rng.randrange(1, 9)}, {since}",
        "lines": f"{house} {street}\n{commune}\n{province}",
        "doi": f"Đội {rng.randrange(1, 14)}, {commune}",
        "unitnew": f"{since} - {province}",
        "code": f"{house} {street}, {province} {rng.randrange(10, 97)}0000",
    }[style]


def xphone(row: Row, style: str) -> str:
    number = me(row).phone
    return {
        "tel": f"tel:+84{number[1:]}",
        "zalo": f"Zalo {number}",
        "label": f"SĐT: {number}",
        "ext": f"028{number[2:]} ext {row.rng.randrange(100, 999)}",
        "three": f"{number[:4]} {number[4:7]} {number[7:]}",
        "slash": f"{number[:4]}/{number[4:]}",
        "wa": f"https://wa.me/84{number[1:]}",
        "quote": f"'{number}",
        "country": f"VN{number[1:]}",
        "dashall": "-".join((number[:3], number[3:6], number[6:])),
    }[style]


WRITTEN: dict[str, Callable[..., str | int | float]] = {
    made.__name__: made for made in (xname, xen, xbirth, xdoc, xaddr, xphone)
}
