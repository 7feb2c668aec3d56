"""Recipes of the third round of columns judged by value: how land offices, wards, courts, clinics and hotels write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from .heldout_people import Row
from .heldout_text import fold
from .wide_people import digits, half, me, own


def yname(row: Row, style: str, role: str = "self") -> str:
    """People as owners of land, guests, accused, parents: titles, pairs, letters, machine lines."""
    someone, other = me(row, role), me(row, "other")
    family, middle, given = someone.family, someone.middle, someone.given
    letters = "".join(part[0] for part in f"{family} {middle} {given}".split())
    title, plain = ("Bà", "Ông")[not someone.female], fold(f"{family} {middle}".strip()).upper()
    polite, capitals = "MS" if someone.female else "MR", fold(given).upper()
    return {
        "owner": f"{title} {someone.name}",
        "pair": f"Ông {someone.name} và bà {other.name}",
        "household": f"Hộ {title.lower()} {someone.name}",
        "letters": letters,
        "dotted": ".".join(letters),
        "mrz": f"P<VNM{plain.replace(' ', '<')}<<{fold(given).upper()}".ljust(44, "<"),
        "guest": f"{polite} {plain} {capitals}",
        "slash": f"{plain.split()[0]}/{' '.join([*plain.split()[1:], capitals])} {polite}",
        "two": f"{someone.name}; {other.name}",
        "rare": half(row, "y_minority")[(row.index * 7 + len(role)) % len(half(row, "y_minority"))],
        "birth": f"{someone.name} (SN {someone.born.year})",
        "relation": f"{title} {someone.name} - {'mẹ' if someone.female else 'bố'}",
        "numbered": f"{row.index + 1}. {someone.name}",
        "noted": f"{someone.name} - {someone.phone}",
        "et": f"{someone.name} cùng {row.rng.randrange(1, 6)} đồng phạm",
    }[style]


def ybody(row: Row, style: str) -> str | int | float:
    """Signs of life and findings as nurses type them."""
    rng = row.rng
    low = rng.randrange(60, 95)
    ways: dict[str, str | int | float] = {
        "pressure": f"{low + rng.randrange(30, 60)}/{low}",
        "spo2": f"{rng.randrange(88, 100)}%",
        "warm": f"{rng.uniform(36, 39.8):.1f}",
        "warmc": f"{rng.uniform(36, 39.8):.1f} độ C",
        "blood": f"{rng.choice(('A', 'B', 'O', 'O', 'AB'))} Rh{rng.choice('+++-')}",
        "bloodword": f"Nhóm {rng.choice(('A', 'B', 'O', 'AB'))}",
        "test": rng.choice(("Âm tính", "Âm tính", "Dương tính", "(-)", "(+)", "Âm tính", "Nghi ngờ")),
        "codes": ", ".join(rng.sample(("I10", "E11.9", "J20", "K21", "M54.5", "N18", "H25"), rng.choice((1, 2, 3)))),
        "size": f"{rng.randrange(148, 182)}cm - {rng.randrange(40, 88)}kg",
        "weight": f"{rng.uniform(2.1, 4.4):.2f} kg",
        "apgar": f"{rng.randrange(6, 10)}/{rng.randrange(8, 11)}",
        "class": f"Loại {rng.choice(('I', 'II', 'II', 'III', 'IV', 'V'))}",
        "percent": f"{rng.randrange(21, 95)}%",
    }
    return ways[style]


def ytime(row: Row, style: str) -> str | int:
    """Ages and times of life."""
    someone = me(row)
    years = (date(2026, 11, 1) - someone.born).days // 365
    ways: dict[str, str | int] = {
        "age": years,
        "aget": f"{years}t",
        "ageyo": f"{years}Y",
        "sn": f"Sinh {someone.born.year}",
        "yearsex": f"{someone.born.year} - {'Nữ' if someone.female else 'Nam'}",
        "sexyear": f"{'Nữ' if someone.female else 'Nam'}, {years} tuổi",
        "flag": int(someone.female),
        "sexmf": "F" if someone.female else "M",
        "party": f"{someone.born + timedelta(365 * 22 + row.rng.randrange(9000)):%d/%m/%Y}",
        "contrib": f"{row.rng.randrange(1, 30)} năm {row.rng.randrange(0, 12)} tháng",
        "joined": f"{row.rng.randrange(1, 13):02d}/{row.rng.randrange(2005, 2026)}",
    }
    return ways[style]


def ynumber(row: Row, style: str) -> str | int:
    """Numbers of people, and of things that look like them."""
    someone, rng = me(row), own(row, f"y{style}")
    phone, card = someone.phone, rng.choice(("DN", "HT", "GB", "TE", "HS"))
    letters = "".join(part[0] for part in fold(f"{someone.family} {someone.middle}").lower().split())
    ways: dict[str, str | int] = {
        "msisdn": f"84{phone[1:]}",
        "intl": f"+84-{phone[1:3]}-{phone[3:6]}-{phone[6:]}",
        "twophones": f"{phone} - {me(row, 'other').phone}",
        "phonewho": f"{phone} ({rng.choice(('vợ', 'chồng', 'con', 'mẹ', 'bố'))})",
        "pgphones": f"{{{phone},{me(row, 'other').phone}}}",
        "masked": f"{phone[:3]}xxxx{phone[-3:]}",
        "maskedcard": f"9704{digits(rng, 2)}** **** **** {digits(rng, 4)}",
        "cif": f"{rng.randrange(10**7, 10**8)}",
        "account": f"{rng.choice(('0011', '1020', '7110', '2150'))}-{digits(rng, 3)}-{digits(rng, 6)}",
        "imei": _luhn(f"35{digits(rng, 12)}"),
        "domain": f"SYT\\{fold(someone.given).lower()}{letters}",
        "at": f"{someone.login}(at)mail.example",
        "hotel": f"{someone.cccd}" if rng.random() < 0.7 else f"M{digits(rng, 8)}",
        "visa": f"{rng.choice(('DA', 'KA', 'NA'))}{digits(rng, 7)}",
        "bhxhcard": f"{card} {rng.randrange(1, 5)} {someone.cccd[:2]} {digits(rng, 10)}",
        "lot": f"thửa {rng.randrange(1, 900)}, tờ {rng.randrange(1, 90)}",
        "lotcode": f"{rng.randrange(1, 900)}/{rng.randrange(1, 90)}",
        "ear": f"VN{rng.choice(('HN', 'DL', 'NA'))}{digits(rng, 8)}",
        "tyre": f"{rng.choice((185, 195, 205, 215))}/{rng.choice((55, 60, 65))} R{rng.choice((15, 16, 17))}",
        "seat": f"{rng.randrange(1, 40)}{rng.choice('ABCDEF')}",
        "asset": f"TS-{rng.randrange(2015, 2026)}-{digits(rng, 4)}",
        "case": f"{rng.randrange(1, 400)}/{rng.randrange(2020, 2026)}/HSST-{rng.choice(('ST', 'PT'))}",
        "vote": f"{rng.randrange(100, 9000)}",
        "track": f"SPXVN0{digits(rng, 10)}",
        "serial12": f"2{rng.randrange(1, 6)}{digits(rng, 10)}",
        "lottery": digits(rng, 6),
        "evn": f"PD{digits(rng, 11)}",
        "invoice": f"{rng.randrange(1, 99999):08d}",
        "depth": f"{rng.uniform(0.2, 8):.2f} m",
        "kwh": rng.randrange(80, 900),
        "room": f"P.{rng.randrange(1, 6)}0{rng.randrange(1, 9)} - G{rng.randrange(1, 9)}",
    }
    return ways[style]


def _luhn(body: str) -> str:
    total = sum(sum(divmod(int(sign) * (2 - at % 2), 10)) for at, sign in enumerate(reversed(body)))
    return body + str(-total % 10)


THIRD: dict[str, Callable[..., str | int | float]] = {made.__name__: made for made in (yname, ybody, ytime, ynumber)}
