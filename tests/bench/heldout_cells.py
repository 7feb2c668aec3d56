"""Invented values as people type them and as old systems keep them, beside those of `heldout_typed.py`.

Recipes for the columns whose names say nothing (`cells/`, `sealed/`); `heldout_values.py` knows them beside its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from .heldout_numbers import luhn
from .heldout_people import Row, words
from .heldout_text import fold
from .heldout_typed import (
    birth_any,
    birth_epoch,
    birth_year,
    digits,
    en_typed,
    id_mix,
    nino,
    own,
    phone_mix,
    phones,
    short_name,
    ssn,
    titled_name,
    two_names,
    typed_name,
    uk_phone,
    us_phone,
)

_TODAY = date(2026, 11, 1)
_BANKS = {
    "VCB": ("0071000", 6), "VCB HN": ("0011004", 6), "BIDV": ("2151000", 7), "Agribank": ("3900205", 6),
    "TCB": ("19035", 9), "MB": ("0801", 6), "ACB": ("2149", 5), "Sacombank": ("0600", 8), "VietinBank": ("10287", 7),
}  # fmt: skip
_OUIS = ("00:1a:2b", "a4:5e:60", "3c:22:fb", "f0:18:98", "d8:bb:c1")


def _later(row: Row, low: int, high: int, what: str, who: str = "self") -> date:
    """A day that many years after birth, but not after today."""
    born, rng = row.person(who).born, own(row, what, who)
    day = born + timedelta(rng.randrange(low * 365, high * 365))
    return min(day, _TODAY - timedelta(rng.randrange(1, 900)))


def life_day(row: Row, what: str = "party", style: str = "%d/%m/%Y", who: str = "self") -> str:
    """A day of a life: `party` admission, `marriage`, `hire` (a working day, often the first), `issue` of a card."""
    spans = {"party": (20, 42), "marriage": (20, 38), "hire": (21, 40)}
    if what == "issue":
        day = date(2016, 1, 4) + timedelta(own(row, what, who).randrange(3600))
    elif what == "death":
        day = _later(row, 40, 92, what, who)
    else:
        day = _later(row, *spans[what], what, who)
    if what in {"hire", "issue"} and day.weekday() > 4:
        day -= timedelta(2)
    if what == "hire" and row.rng.random() < 0.5:
        day = day.replace(day=1)
    if what == "party" and row.rng.random() < 0.25:
        day = day.replace(*row.rng.choice(((day.year, 2, 3), (day.year, 5, 19), (day.year, 9, 2))))
    return day.strftime(style)


def workday(row: Row, first: str, last: str, style: str = "%d/%m/%Y") -> str:
    """A working day of an office between two years."""
    day = date(int(first), 1, 1) + timedelta(row.rng.randrange(365 * (int(last) - int(first) + 1)))
    return (day - timedelta(2) if day.weekday() > 4 else day).strftime(style)


def built(row: Row, first: str = "1950", last: str = "2020", style: str = "%d/%m/%Y") -> str:
    """When something was built or founded: any decade, often the first of a year or a month."""
    year = row.rng.randrange(int(first), int(last) + 1)
    day = row.rng.choice(
        (
            date(year, 1, 1),
            date(year, row.rng.randrange(1, 13), 1),
            date(year, row.rng.randrange(1, 13), row.rng.randrange(1, 29)),
        )
    )
    return day.strftime(style)


def serial_day(row: Row, first: str, last: str) -> int:
    """A day as a spreadsheet counts it."""
    day = date(int(first), 1, 1) + timedelta(row.rng.randrange(365 * (int(last) - int(first) + 1)))
    return (day - date(1899, 12, 30)).days


def address_cut(row: Row, who: str = "self", level: str = "any") -> str:
    """An address cut short: `12/3 Lê Lợi P5 Q10`, `Thôn 3, X. Hòa Bình`, `Tổ 5 KP3`, without marks at times."""
    someone, rng = row.person(who), own(row, f"address{level}", who)
    commune = someone.place[1].removeprefix("Xã ").removeprefix("Phường ").removeprefix("Thị trấn ")
    district = someone.place[3].split(" ", 1)[1].removeprefix("phố ").removeprefix("xã ")
    province, street = someone.place[5], rng.choice(words()["street_a"])
    house, hamlet = f"{rng.randrange(1, 500)}", rng.choice(words()["hamlet_a" if level != "b" else "hamlet_b"])
    ways = (
        f"{house}/{rng.randrange(1, 60)} {street} P{rng.randrange(1, 15)} Q{rng.randrange(1, 12)}",
        f"{house} {street}, P. {commune}, Q. {district}, TP. {province}",
        f"{hamlet}, X. {commune}, H. {district}",
        f"{hamlet}, {commune}, {district}, {province}",
        f"{hamlet}, xã {commune}",
        f"Tổ {rng.randrange(1, 30)} KP{rng.randrange(1, 8)}, P. {commune}",
        f"SN {house} ngõ {rng.randrange(2, 90)} {street}, {province}",
        f"{house} {street}, phường {commune}, {province}",
        f"{commune} - {district} - {province}",
        f"xã {commune}, tỉnh {province}",
        f"{house} đường số {rng.randrange(1, 40)}, KDC {commune}",
        f"Căn {rng.choice('ABC')}{rng.randrange(1, 30):02d}.{rng.randrange(1, 20):02d} CC {commune}, {street}",
    )
    text = rng.choice(ways)
    chance = row.rng.random()
    return fold(text).upper() if chance < 0.1 else text.lower() if chance < 0.15 else text


def en_address_cut(row: Row, who: str = "en") -> str:
    """An English address with a post code, as typed."""
    rng = own(row, "address", who)
    street, city = rng.choice(words()["en_street_b"] + words()["en_streets"]), rng.choice(words()["en_cities"])
    area = f"{rng.choice(('LS', 'BS', 'SW', 'M', 'EH'))}{rng.randrange(1, 20)}"
    code = f"{area} {rng.randrange(1, 9)}{rng.choice('ABDEFG')}{rng.choice('HJLNP')}"
    house = rng.choice(
        (
            str(rng.randrange(1, 200)),
            f"Flat {rng.randrange(1, 30)}, {rng.randrange(1, 90)}",
            f"{rng.randrange(1, 90)}{rng.choice('ab')}",
        )
    )
    return rng.choice((f"{house} {street}", f"{house} {street}, {city}", f"{house} {street}, {city} {code}"))


def plate_mix(row: Row) -> str:
    """A plate as typed: `51F-123.45`, `51F12345`, `29-B1 123.45`, `51f 123 45`."""
    rng, head = row.rng, row.rng.choice(words()["plates"])
    letter, five = rng.choice("ABCEFGHKL"), digits(rng, 5)
    return rng.choice(
        (
            f"{head}{letter}-{five[:3]}.{five[3:]}", f"{head}{letter}{five}",
            f"{head}-{letter}{rng.randrange(1, 9)} {five[:3]}.{five[3:]}",
            f"{head}{letter} {five}", f"{head}{letter.lower()}-{five}", f"{head}{letter}{rng.randrange(1, 9)}-{five}",
        )
    )  # fmt: skip


def account(row: Row, who: str = "self") -> str:
    """A number of a bank account."""
    prefix, rest = own(row, "bank", who).choice(list(_BANKS.values()))
    return prefix + digits(own(row, "account", who), rest)


def account_bank(row: Row) -> str:
    """An account and its bank in one cell."""
    bank = own(row, "bank").choice(list(_BANKS))
    prefix, rest = _BANKS[bank]
    number = prefix + digits(own(row, "account"), rest)
    return row.rng.choice(
        (f"{number} - {bank}", f"{bank} {number}", f"STK {number} {bank}", f"{number} ({bank})", f"{number} NH {bank}")
    )


def card_spaced(row: Row) -> str:
    """A payment card as embossed."""
    number = luhn(row.rng, row.rng.choice(("4", "5213", "970436", "970415")), 16)
    return " ".join(number[at : at + 4] for at in range(0, 16, 4)) if row.rng.random() < 0.5 else number


def trace(row: Row, axis: str, spread: str = ".05") -> float:
    """A coordinate near one town, as of somebody who moves about."""
    base = {"lat": 10.776, "lng": 106.701}[axis]
    return round(base + row.rng.uniform(-1, 1) * float(spread), 6)


def mac_real(row: Row) -> str:
    return f"{row.rng.choice(_OUIS)}:" + ":".join(f"{row.rng.randrange(256):02x}" for _ in range(3))


def imei(row: Row) -> str:
    return luhn(row.rng, row.rng.choice(("35", "86")), 15)


def ip_home(row: Row) -> str:
    first, rng = row.rng.choice((14, 27, 42, 113, 115, 118, 171, 203)), row.rng
    return f"{first}.{rng.randrange(160, 250)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def en_email(row: Row) -> str:
    someone = row.person("en")
    given, family = fold(someone.given).lower(), fold(someone.family).lower()
    box = row.rng.choice((f"{given}.{family}", f"{given[0]}{family}", f"{given}{row.rng.randrange(60, 99)}"))
    return f"{box}@{row.rng.choice(words()['mail_hosts'])}"


def office_mail(row: Row, domain: str = "example.vn") -> str:
    box = row.rng.choice(("info", "sales", "contact", "ketoan", "hotro", "admin", "phongdaotao", "cskh"))
    part, host = row.rng.choice(("", "", "1", ".hn", ".hcm")), row.rng.choice("abcdefgh")
    return f"{box}{part}@{host}{row.rng.randrange(90)}.{domain}"


def code_of(row: Row, form: str) -> str:
    """`form` filled in: 9 a digit, A a capital, Y the year, M month and day, # the row's number in five digits."""
    filled = form.replace("Y", str(row.rng.randrange(2021, 2027))).replace(
        "M", f"{row.rng.randrange(1, 13):02d}{row.rng.randrange(1, 29):02d}"
    )
    filled = filled.replace("#", f"{row.index + 1:05d}")
    return "".join(
        row.rng.choice("0123456789") if sign == "9" else row.rng.choice("ABCDEFGHKLMNP") if sign == "a" else sign
        for sign in filled
    )


def cross(row: Row, who: str = "self", mark: str = "X", of: str = "female") -> str:
    """A mark in the column of one sex, nothing in the other."""
    return mark if row.person(who).female == (of == "female") else ""


def sexes(row: Row, men: str, women: str, who: str = "self") -> str:
    """Words for the sex, each side several ways parted by `/`: `sexes(Nam/nam/NAM, Nữ/nu/Nu)`."""
    return row.rng.choice((women if row.person(who).female else men).split("/"))


def stamp(row: Row, style: str = "%Y-%m-%d %H:%M:%S", first: str = "2024", last: str = "2026") -> str:
    seconds = 86400 * 365 * (int(last) - int(first) + 1)
    day = datetime(int(first), 1, 1, tzinfo=UTC) + timedelta(seconds=row.rng.randrange(seconds))
    return day.strftime(style)


def icd_cell(row: Row, key: str, style: str = "one") -> str:
    """Codes of diseases: one, several parted by `;`, or without their point."""
    one = row.rng.choice(words()[key])
    if style == "bare":
        return one.replace(".", "")
    if style == "many":
        return "; ".join(row.rng.sample(words()[key], row.rng.randrange(1, 4)))
    return one


def sick_cell(row: Row, key: str) -> str:
    """One to three diagnoses in a cell."""
    return row.rng.choice((" / ", ", ", " - ", "; ")).join(row.rng.sample(words()[key], row.rng.choice((1, 1, 2, 3))))


def apgar_like(row: Row, low: str, high: str, unit: str = "") -> str:
    return f"{row.rng.randrange(int(low), int(high) + 1)}{unit}"


def pressure(row: Row) -> str:
    return f"{row.rng.randrange(9, 19) * 10}/{row.rng.randrange(5, 11) * 10}"


def grouped_money(row: Row, low: str, high: str, ending: str = "") -> str:
    """Money as typed: `12.500.000đ`."""
    return f"{row.rng.randrange(int(low), int(high)) // 1000 * 1000:,}".replace(",", ".") + ending


CELLS: dict[str, Callable[..., str | int | float]] = {
    made.__name__: made
    for made in (
        typed_name, short_name, two_names, titled_name, en_typed, phone_mix, phones, us_phone, uk_phone, ssn,
        nino, id_mix, birth_any, birth_year, birth_epoch, life_day, workday, built, serial_day, address_cut,
        en_address_cut, plate_mix, account, account_bank, card_spaced, trace, mac_real, imei, ip_home,
        en_email, office_mail, code_of, cross, sexes, stamp, icd_cell, sick_cell, apgar_like, pressure,
        grouped_money,
    )
}  # fmt: skip
