"""Numbers on papers, accounts, plates, places and what machines know, for the Vietnamese half of `blind2/`."""

from __future__ import annotations

import json
from collections.abc import Callable

from .blind2_people import fixed, numerals, who
from .heldout_numbers import luhn, tax_code
from .heldout_people import Row, words
from .heldout_text import fold

_SOCIAL = ("01", "31", "38", "40", "48", "74", "75", "79", "91", "92")


def bpaper(row: Row, kind: str, role: str = "self") -> str:
    """A number that an office, insurer, school or employer gave to a person."""
    one, rng = who(row, role), fixed(row, f"paper{kind}", role)
    card = rng.choice(("DN4", "HN2", "TE1", "GD4", "HT3", "BT2", "XN2", "HC4"))
    social = f"{rng.choice(_SOCIAL)}{numerals(rng, 8)}"
    ways: dict[str, Callable[[], str]] = {
        "passport": lambda: rng.choice(("C", "P0", "K0", "B", "E")) + numerals(rng, 7),
        "anypassport": lambda: rng.choice((f"M{numerals(rng, 8)}", f"TR{numerals(rng, 7)}", f"E{numerals(rng, 8)}",
                                           f"P{numerals(rng, 7)}")),
        "licence": lambda: f"{one.birth_code[1:]}{int(one.female)}{rng.randrange(2, 26):02d}{numerals(rng, 7)}",
        "oldlicence": lambda: f"{rng.choice('ABCD')}{numerals(rng, 6)}",
        "social": lambda: social,
        "insured": lambda: f"{card}{one.birth_code[1:]}{social}",
        "insuredspaced": lambda: f"{card[:2]} {card[2]} {one.birth_code[1:]} {social[:3]} {social[3:7]} {social[7:]}",
        "tax": lambda: tax_code(rng, "", ("80", "83", "84", "85", "87")),
        "taxnew": lambda: one.number,
        "company": lambda: tax_code(rng, "", ("01", "03", "04", "37", "60")),
        "branch": lambda: f"{tax_code(rng, '', ('03', '37', '18'))}-{rng.randrange(1, 20):03d}",
        "party": lambda: f"{one.birth_code[1:]}.{numerals(rng, 6)}",
        "land": lambda: rng.choice((f"CS {numerals(rng, 6)}", f"AA {numerals(rng, 8)}", f"DĐ {numerals(rng, 6)}")),
        "book": lambda: f"{rng.choice(('Q', 'HK'))}{rng.randrange(1, 30)}/{rng.randrange(1, 200)}",
        "entry": lambda: f"{rng.randrange(1, 400)}/{rng.randrange(2016, 2027)}",
        "pupil": lambda: f"{one.place[5]}{one.born.year + 6}{numerals(rng, 6)}",
        "student": lambda: f"{(one.born.year + 18) % 100:02d}{rng.choice(('DH', 'CD', 'KT'))}{numerals(rng, 5)}",
        "patient": lambda: f"{rng.choice(('24', '25', '26'))}.{numerals(rng, 6)}",
        "staff": lambda: f"{rng.choice(('NV', 'CB', 'GV', 'TX'))}{numerals(rng, 4)}",
        "member": lambda: f"{rng.choice(('VIP', 'MEM', 'KHTT'))}-{numerals(rng, 6)}",
        "visa": lambda: rng.choice((f"{numerals(rng, 9)}", f"DN{numerals(rng, 7)}", f"LĐ{numerals(rng, 7)}")),
    }  # fmt: skip
    return ways[kind]()


def bacct(row: Row, style: str = "plain", role: str = "self") -> str:
    """A bank account, or a card."""
    rng = fixed(row, "account", role)
    number = rng.choice(("1903", "0451000", "060", "1020", "8888", "19000", "33110")) + numerals(rng, 7)
    card = luhn(rng, rng.choice(("970432", "970423", "4283", "5471", "3565")), 16)
    ways = {
        "plain": number,
        "bank": f"{number} {rng.choice(words()['b2_bank'])}",
        "owner": f"{number} - {fold(who(row, role).name).upper()} - {rng.choice(words()['b2_bank'])}",
        "phone": who(row, role).phone,
        "card": card,
        "cardspaced": " ".join(card[at : at + 4] for at in range(0, 16, 4)),
        "cardhalf": f"{card[:6]}xxxxxx{card[-4:]}",
        "napas": f"9704{numerals(rng, 15)}",
    }
    return ways[style]


def bplate(row: Row, style: str = "any", role: str = "self") -> str:
    """A plate of a car or a motorbike in several writings."""
    rng = fixed(row, "plate", role)
    head, letter, five = rng.choice(("14", "18", "30", "34", "38", "47", "51", "62", "65", "77", "86")), rng.choice(
        "ABDEFGHK"
    ), numerals(rng, 5)  # fmt: skip
    if style == "any":
        style = row.rng.choice(("car", "bike", "solid", "low", "space"))
    ways = {
        "car": f"{head}{letter}-{five[:3]}.{five[3:]}",
        "bike": f"{head}-{letter}{five[0]} {five[:3]}.{five[3:]}",
        "bike5": f"{head}{letter}{rng.choice('ABM')}-{five[:3]}.{five[3:]}",
        "solid": f"{head}{letter}{five}",
        "low": f"{head}{letter.lower()} {five}",
        "space": f"{head} {letter} {five[:3]} {five[3:]}",
        "old": f"{head}{letter}{five[0]}-{five[:4]}",
        "model": f"{rng.choice(('Wave RSX', 'Vios', 'Xpander', 'SH Mode'))} {head}{letter}-{five}",
    }
    return ways[style]


def bgeo(row: Row, style: str = "pair", spread: str = "4") -> str | float:
    """Coordinates, around Da Nang by default; a small `spread` is somebody who moves about town."""
    lat = 16.05 + row.rng.uniform(-1, 1) * float(spread)
    lng = 107.9 + row.rng.uniform(-1, 1) * float(spread) / 4
    minutes, seconds, east = int(lat % 1 * 60), row.rng.uniform(0, 60), int(lng % 1 * 60)
    ways: dict[str, str | float] = {
        "lat": round(lat, 6),
        "lng": round(lng, 6),
        "pair": f"{lat:.5f},{lng:.5f}",
        "dms": f"{int(lat)}°{minutes:02d}'{seconds:.1f}\"N {int(lng)}°{east:02d}'E",
        "wkt": f"SRID=4326;POINT({lng:.6f} {lat:.6f})",
        "geojson": json.dumps({"type": "Point", "coordinates": [round(lng, 6), round(lat, 6)]}),
        "cell": f"452-0{row.rng.choice('124')}-{row.rng.randrange(1000, 65000)}-{row.rng.randrange(10**4, 10**6)}",
        "grid": f"48P {row.rng.randrange(400000, 800000)} {row.rng.randrange(10**6, 2 * 10**6)}",
        "vn2000": f"{row.rng.uniform(1_000_000, 2_400_000):.2f}",
    }
    return ways[style]


def btrace(row: Row, style: str) -> str:
    """What machines know: devices, addresses, cookies, keys, templates."""
    rng = row.rng
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ0123456789"

    def text(count: int) -> str:
        return "".join(rng.choice(letters) for _ in range(count))

    def hexes(count: int) -> str:
        return "".join(rng.choice("0123456789abcdef") for _ in range(count))

    ways: dict[str, Callable[[], str]] = {
        "ip": lambda: ".".join(
            str(part) for part in (rng.choice((1, 14, 42, 58, 116, 123, 222)), *rng.sample(range(2, 250), 3))
        ),
        "ip6": lambda: f"2405:4802:{hexes(4)}:{hexes(4)}::{hexes(3)}",
        "lan": lambda: f"192.168.{rng.randrange(1, 9)}.{rng.randrange(2, 254)}",
        "iport": lambda: (
            f"113.{rng.randrange(160, 190)}.{rng.randrange(256)}.{rng.randrange(1, 255)}:{rng.randrange(1024, 65535)}"
        ),
        "mac": lambda: "-".join(hexes(2).upper() for _ in range(6)),
        "android": lambda: hexes(16),
        "idfa": f"{hexes(8)}-{hexes(4)}-{hexes(4)}-{hexes(4)}-{hexes(12)}".upper,
        "imei": lambda: luhn(rng, rng.choice(("3567", "8650", "3582")), 15),
        "fcm": lambda: f"{text(11)}:APA91b{text(60)}",
        "cookie": lambda: f"GA1.2.{numerals(rng, 9)}.17{numerals(rng, 8)}",
        "fbid": lambda: f"1000{numerals(rng, 11)}",
        "key": lambda: rng.choice(("sk_live_", "AKIA", "ghp_", "xoxb-")) + text(24),
        "md5": lambda: hexes(32),
        "pbkdf2": lambda: f"pbkdf2_sha256$600000${text(12)}${text(43)}=",
        "argon": lambda: f"$argon2id$v=19$m=65536,t=3,p=4${text(16)}${text(32)}",
        "simple": lambda: rng.choice(("123456", "Abc@123", "Vnpt#2025", "xaBacHa1", "matkhau1", "admin", "Tet2026!")),
        "otp": lambda: numerals(rng, 6),
        "dsn": lambda: f"postgres://app:{text(10)}@10.0.{rng.randrange(9)}.{rng.randrange(250)}/dvc",
        "vcf": lambda: (
            f"chr{rng.randrange(1, 22)}\t{numerals(rng, 8)}\t.\t{rng.choice('AC')}\t{rng.choice('GT')}\tPASS\tGT\t0/1"
        ),
        "rtsp": lambda: f"rtsp://admin:{text(8)}@10.9.{rng.randrange(9)}.{rng.randrange(250)}:554/ch1",
        "serial": lambda: f"5401{hexes(24).upper()}",
        "template": lambda: f"Rk1SACAyMAAA{text(90)}",
        "face": lambda: " ".join(f"{rng.uniform(-0.3, 0.3):.3f}" for _ in range(24)),
        "data": lambda: f"data:image/jpeg;base64,/9j/4AAQ{text(70)}",
        "uuid": lambda: f"{hexes(8)}-{hexes(4)}-4{hexes(3)}-a{hexes(3)}-{hexes(12)}",
        "sha": lambda: hexes(64),
    }
    return ways[style]()


def bsocial(row: Row, role: str = "self") -> str:
    """A name or an address in a social network."""
    login, rng = who(row, role).login, fixed(row, "social", role)
    tail = numerals(rng, rng.choice((2, 3, 4)))
    return rng.choice(
        (f"facebook.com/{login}.{tail}", f"fb.com/1000{numerals(rng, 11)}", f"zalo.me/{who(row, role).phone}",
         f"tiktok.com/@{login}_{tail}", f"@{login}{tail}", f"t.me/{login}", f"instagram.com/{login}.{tail}")
    )  # fmt: skip


def bfile(row: Row, folder: str, ending: str = "jpg") -> str:
    return f"{folder}/{row.rng.randrange(2023, 2027)}/{row.rng.randrange(1, 13):02d}/{numerals(row.rng, 9)}.{ending}"


PAPERS: dict[str, Callable[..., str | float]] = {
    made.__name__: made for made in (bpaper, bacct, bplate, bgeo, btrace, bsocial, bfile)
}
