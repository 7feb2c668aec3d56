"""What people are known by, as clerks and forms write it: names, numbers, births, homes, phones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from .heldout_people import Row
from .heldout_text import fold
from .wide_people import digits, half, me, own

_TITLES = ("Ông", "Bà", "Anh", "Chị", "BS.", "TS.", "ThS.", "Bà:", "Ông ", "GS.TS", "Đ/c")
_FORMATS = {
    "dmy": "%d/%m/%Y",
    "mdy": "%m/%d/%Y",
    "ymd": "%Y-%m-%d",
    "dot": "%d.%m.%Y",
    "dash": "%d-%m-%Y",
    "compact": "%Y%m%d",
    "dmycompact": "%d%m%Y",
    "year": "%Y",
    "iso": "%Y-%m-%dT00:00:00",
    "my": "%m/%Y",
    "short": "%d/%m/%y",
    "mon": "%d-%b-%Y",
    "slash": "%Y/%m/%d",
    "time": "%Y-%m-%d 00:00:00",
}


def wname(row: Row, style: str = "full", role: str = "self") -> str:
    someone = me(row, role)
    name, family, middle, given = someone.name, someone.family, someone.middle, someone.given
    first, rng = (middle.split() or ["T"])[0][0], row.rng
    if style == "messy":
        style = rng.choice(("full", "full", "full", "upper", "fold", "foldupper", "lower", "spaces", "title"))
    return {
        "full": name,
        "upper": name.upper(),
        "fold": fold(name),
        "foldupper": fold(name).upper(),
        "lower": name.lower(),
        "spaces": name.replace(" ", "  ", 1) + " ",
        "title": f"{rng.choice(_TITLES)} {name}",
        "given": given,
        "fammid": f"{family} {middle}".strip(),
        "family": family,
        "middle": middle or given,
        "reversed": f"{given} {middle} {family}",
        "comma": f"{family}, {middle} {given}".replace(",  ", ", "),
        "initials": f"{family[0]}.{first}. {given}",
        "half": f"{family} {first}. {given}",
        "midgiven": f"{middle} {given}".strip(),
        "year": f"{name} ({someone.born.year})",
        "underscore": fold(name).replace(" ", "_"),
        "glued": fold(name).replace(" ", ""),
        "stars": f"{family} {middle} {given[0]}***".replace("  ", " "),
    }[style]


def wid(row: Row, style: str = "plain", role: str = "self") -> str | float | int:
    number, rng = me(row, role).cccd, row.rng
    if style == "messy":
        style = rng.choice(("plain", "plain", "plain", "lost", "space", "dots", "cmnd", "prefix", "quote", "nbsp"))
    ways: dict[str, str | float] = {
        "plain": number,
        "lost": number.lstrip("0"),
        "space": f"{number[:4]} {number[4:8]} {number[8:]}",
        "dots": f"{number[:3]}.{number[3:6]}.{number[6:9]}.{number[9:]}",
        "cmnd": wcmnd(row, role=role),
        "prefix": f"{rng.choice(('CCCD: ', 'CCCD ', 'Số ', 'CC '))}{number}",
        "quote": f"'{number}",
        "nbsp": f"{number}\u00a0",
        "float": float(number),
        "floattext": f"{int(number)}.0",
        "int": int(number),
        "masked": f"{number[:3]}******{number[-3:]}",
        "tail": f"********{number[-4:]}",
        "dated": f"{number} cấp {rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{rng.randrange(2018, 2026)}",
        "sci": f"{float(number):.5E}".replace("E", "E"),
        "excel": f'="{number}"',
        "dash": f"{number[:3]}-{number[3:]}",
    }
    return ways[style]


def wcmnd(row: Row, style: str = "plain", role: str = "self") -> str:
    rng = own(row, "cmnd", role)
    number = rng.choice(("01", "02", "03", "11", "12", "13", "16", "18", "20", "21", "23", "24", "27", "33", "36"))
    number += digits(rng, 7)
    return f"{number[:3]} {number[3:6]} {number[6:]}" if style == "space" else number


def wbirth(row: Row, style: str = "dmy", role: str = "self") -> str | int:
    born = me(row, role).born
    if style == "messy":
        style = row.rng.choice(("dmy", "dmy", "ymd", "dot", "dash", "year", "my", "short"))
    if style == "words":
        return f"ngày {born.day:02d} tháng {born.month:02d} năm {born.year}"
    if style == "flat":
        return f"{born.day}/{born.month}/{born.year}"
    return born.strftime(_FORMATS[style])


def wyear(row: Row, role: str = "self") -> int:
    return me(row, role).born.year


def wage(row: Row, style: str = "int", role: str = "self") -> int | str:
    years = (date(2026, 11, 1) - me(row, role).born).days // 365
    return f"{years} tuổi" if style == "text" else years


def wday(row: Row, first: str = "2019", last: str = "2026", style: str = "dmy") -> str:
    """A day of a document, of work or of trade."""
    span = 365 * (int(last) - int(first) + 1) - 60
    day = date(int(first), 1, 1) + timedelta(row.rng.randrange(span))
    return day.strftime(_FORMATS[style])


def wlife(row: Row, low: str, high: str, style: str = "dmy") -> str:
    """A day of somebody's life, at an age between `low` and `high`."""
    born = me(row).born
    day = min(born + timedelta(row.rng.randrange(int(low) * 365, int(high) * 365)), date(2026, 10, 30))
    return day.strftime(_FORMATS[style])


def wsex(row: Row, men: str = "Nam", women: str = "Nữ", role: str = "self") -> str:
    return row.rng.choice((women if me(row, role).female else men).split("/"))


def _bare(place: str) -> str:
    return re.sub(r"^(?:Xã|Phường|Thị trấn|Huyện|Quận|Thành phố|Thị xã) ", "", place)


def waddr(row: Row, style: str = "full", role: str = "self") -> str:
    someone, rng = me(row, role), own(row, "address", role)
    commune, district, province, since = someone.place
    house = rng.choice(
        (str(rng.randrange(1, 900)), f"{rng.randrange(1, 300)}/{rng.randrange(1, 60)}", f"{rng.randrange(1, 90)}A")
    )
    street, hamlet = rng.choice(half(row, "w_street")), rng.choice(half(row, "w_hamlet"))
    home = f"{house} {street}" if commune.startswith("Phường") else hamlet
    city = "TP. " if province in {"Hà Nội", "Hồ Chí Minh"} else "T. "
    ways: dict[str, str] = {
        "full": f"{home}, {commune}, {district}, {province}",
        "new": f"{home}, {since}, {province}",
        "abbr": f"{home}, {_abbreviated(commune)}, {_abbreviated(district)}, {city}{province}",
        "short": f"{house} {street} - {_bare(district)}",
        "street": f"{house} {street}",
        "sn": f"SN {house}, ngõ {rng.randrange(1, 200)}, {street}",
        "hamlet": f"{hamlet}, {commune}",
        "commune": commune,
        "barecommune": _bare(commune),
        "district": district,
        "province": province,
        "newcommune": since,
        "dash": f"{_bare(commune)} - {_bare(district)} - {province}",
        "tokp": f"Tổ {rng.randrange(1, 40)}, KP{rng.randrange(1, 9)}, {_abbreviated(commune)}, {province}",
        "pair": f"{commune}, {province}",
        "only": hamlet,
        "room": f"P{rng.randrange(101, 2420)} CT{rng.randrange(1, 6)}, KĐT {_bare(commune)}, {province}",
    }
    if style == "messy":
        style = row.rng.choice(("full", "abbr", "abbr", "short", "hamlet", "dash", "tokp", "sn", "new"))
    return ways[style]


def _abbreviated(place: str) -> str:
    for long, short in (("Phường ", "P."), ("Quận ", "Q."), ("Xã ", "X. "), ("Huyện ", "H. "), ("Thành phố ", "TP "),
                        ("Thị trấn ", "TT "), ("Thị xã ", "TX. ")):  # fmt: skip
        if place.startswith(long):
            return short + place.removeprefix(long)
    return place


def wphone(row: Row, style: str = "plain", role: str = "self") -> str | int:
    number, rng = me(row, role).phone, row.rng
    if style == "messy":
        style = rng.choice(("plain", "plain", "plus", "bare84", "dots", "spaces", "lost", "dash", "line"))
    other = me(row, "other").phone
    ways: dict[str, str | int] = {
        "plain": number,
        "plus": f"+84{number[1:]}",
        "bare84": f"84{number[1:]}",
        "lost": number[1:],
        "dots": f"{number[:4]}.{number[4:7]}.{number[7:]}",
        "spaces": f"{number[:3]} {number[3:6]} {number[6:]}",
        "dash": f"{number[:4]}-{number[4:]}",
        "line": wline(row),
        "two": f"{number} - {other}",
        "both": f"{number}/{other}",
        "int": int(number),
        "float": f"{int(number)}.0",
        "paren": f"(+84) {number[1:]}",
        "masked": f"{number[:4]}***{number[-3:]}",
        "named": f"{number} ({me(row, 'other').given})",
        "xmask": f"xxxxxx{number[-4:]}",
        "double0": f"0084{number[1:]}",
        "pairs": ".".join(number[at : at + 2] for at in range(0, 10, 2)),
    }
    return ways[style]


def wline(row: Row, style: str = "plain") -> str:
    code = row.rng.choice(("024", "028", "0236", "0292", "0225", "0210", "0237", "0238", "0262", "0274"))
    rest = row.rng.choice("36") + digits(row.rng, 7 if len(code) == 3 else 6)
    return (
        f"({code}) {rest[:-4]} {rest[-4:]}" if style == "paren" else f"{code}.{rest}" if style == "dot" else code + rest
    )


def wmail(row: Row, style: str = "plain", role: str = "self") -> str:
    login, host = me(row, role).login, own(row, "host", role).choice(half(row, "w_mailhost"))
    if style == "masked":
        return f"{login[:2]}***@{host}"
    if style == "named":
        return f"{me(row, role).name} <{login}@{host}>"
    return f"{login}@{host}".upper() if style == "upper" else f"{login}@{host}"


def wlogin(row: Row, style: str = "plain") -> str:
    login = me(row).login
    return f"CORP\\{login}" if style == "domain" else f"@{login}" if style == "at" else login


def wdoc(row: Row, kind: str, style: str = "plain") -> str:
    """A number of a document given to a person."""
    someone, rng = me(row), own(row, kind)
    if kind == "passport":
        return f"{rng.choice('BCNKP')}{digits(rng, 7)}"
    if kind == "licence":
        return f"{someone.cccd[1:3]}{int(someone.female)}{rng.randrange(5, 26):02d}{digits(rng, 7)}"
    if kind == "bhxh":
        number = (
            rng.choice(("01", "79", "31", "48", "38", "40", "02", "74"))
            + f"{rng.randrange(8, 25):02d}"
            + digits(rng, 6)
        )
        return number.lstrip("0") if style == "lost" else number
    if kind == "bhyt":
        head, place = (
            rng.choice(("DN4", "HS4", "GD4", "HN2", "TE1", "HT3", "CH4", "CC1", "HC4", "TQ4")),
            someone.cccd[1:3],
        )
        number = f"{head}{place}{digits(rng, 10)}"
        if style == "space":
            return f"{number[:2]} {number[2]} {number[3:5]} {number[5:]}"
        return number[5:] if style == "tail" else number
    if kind == "mst":
        return _tax(rng, rng.choice(("80", "81", "83", "85", "87")))
    raise ValueError(kind)


def _tax(rng: Random, head: str) -> str:
    while True:
        body = head + digits(rng, 9 - len(head))
        check = (
            10
            - sum(int(sign) * weight for sign, weight in zip(body, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)) % 11
        )
        if check < 10:
            return f"{body}{check}"


def wcompanytax(row: Row, style: str = "plain") -> str:
    number = _tax(row.rng, row.rng.choice(("01", "03", "26", "31", "49", "60")))
    return f"{number}-{row.rng.randrange(1, 40):03d}" if style == "branch" else number


TYPED: dict[str, Callable[..., str | int | float]] = {
    made.__name__: made
    for made in (
        wname,
        wid,
        wcmnd,
        wbirth,
        wyear,
        wage,
        wday,
        wlife,
        wsex,
        waddr,
        wphone,
        wline,
        wmail,
        wlogin,
        wdoc,
        wcompanytax,
    )
}
