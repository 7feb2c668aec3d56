"""What accounts, cards, vehicles, devices, pictures and bodies leave behind."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from .heldout_people import Row
from .wide_people import digits, half, me, own


def wacct(row: Row, style: str = "plain") -> str:
    rng = own(row, "account")
    prefix, rest = rng.choice(
        (("0451000", 6), ("1903", 10), ("2151000", 7), ("060", 9), ("1010", 6), ("711A", 8), ("5010", 6), ("31010", 9))
    )
    number = prefix + digits(rng, rest)
    bank = rng.choice(("VCB", "Techcombank", "BIDV", "Sacombank", "Agribank CN Hậu Lộc", "VietinBank", "MB", "ACB"))
    if style == "bank":
        return f"{number} {bank}"
    return (
        f"{bank}: {number}"
        if style == "head"
        else f"{'*' * (len(number) - 4)}{number[-4:]}"
        if style == "tail"
        else number
    )


def _luhn(body: str) -> str:
    total = sum(sum(divmod(int(sign) * (2 - at % 2), 10)) for at, sign in enumerate(reversed(body)))
    return body + str(-total % 10)


def wcard(row: Row, style: str = "plain") -> str:
    number = _luhn(row.rng.choice(("411111", "520082", "970422", "970407", "356600", "444333")) + digits(row.rng, 9))
    groups = [number[at : at + 4] for at in range(0, 16, 4)]
    return {
        "plain": number,
        "space": " ".join(groups),
        "dash": "-".join(groups),
        "masked": f"{number[:6]}******{number[-4:]}",
        "tail": f"**** **** **** {number[-4:]}",
        "float": f"{number}.0",
    }[style]


def wiban(row: Row) -> str:
    country, bban = row.rng.choice((("DE", 18), ("GB", 0), ("FR", 23)))
    body = (
        f"{row.rng.choice(('BARC', 'LOYD', 'HBUK'))}{digits(row.rng, 14)}" if country == "GB" else digits(row.rng, bban)
    )
    number = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{body}"


def wplate(row: Row, style: str = "car") -> str:
    rng = row.rng
    head = rng.choice(("29", "30", "34", "36", "43", "47", "51", "61", "65", "72", "79", "84", "98", "99"))
    letter, five, four = rng.choice("ABCDEFGHKLM"), digits(rng, 5), digits(rng, 4)
    if style == "messy":
        style = rng.choice(("car", "moto", "bare", "old", "space"))
    return {
        "car": f"{head}{letter}-{five[:3]}.{five[3:]}",
        "moto": f"{head}-{letter}{rng.randrange(1, 10)} {five[:3]}.{five[3:]}",
        "bare": f"{head}{letter}{five}",
        "old": f"{head}{letter}-{four}",
        "space": f"{head}{letter} {five}",
        "two": f"{head}-{letter}{rng.randrange(1, 10)}\n{five}",
        "army": f"{rng.choice(('TM', 'QA', 'KB', 'AV', 'BC'))}-{five[:2]}-{five[2:4]}",
        "colour": f"{head}{letter}-{five[:3]}.{five[3:]} ({rng.choice(('trắng', 'vàng', 'xanh'))})",
        "coded": f"{head}{letter}{five}{rng.choice('TVX')}",
        "dip": f"{head}-{rng.randrange(11, 999):03d}-{rng.choice(('NG', 'NN'))}-{rng.randrange(1, 99):02d}",
        "electric": f"{head}-MĐ{rng.randrange(1, 9)} {five[:3]}.{five[3:]}",
    }[style]


def wgeo(row: Row, style: str, spread: str = ".2") -> str | float:
    rng = own(row, "geo")
    lat, lng = 21.03 + rng.uniform(-1, 1) * float(spread), 105.85 + rng.uniform(-1, 1) * float(spread)
    minutes = [(int(one), int(one % 1 * 60), one * 60 % 1 * 60) for one in (lat, lng)]
    ways: dict[str, str | float] = {
        "lat": round(lat, 6),
        "lng": round(lng, 6),
        "text": f"{lat:.6f},{lng:.6f}",
        "wkt": f"POINT ({lng:.7f} {lat:.7f})",
        "dms": "{}°{}'{:.1f}\"N {}°{}'{:.1f}\"E".format(*minutes[0], *minutes[1]),
        "json": json.dumps({"lat": round(lat, 6), "lng": round(lng, 6)}),
        "geojson": json.dumps({"type": "Point", "coordinates": [round(lng, 5), round(lat, 5)]}),
        "comma": f"{lat:.6f}".replace(".", ","),
        "url": f"https://maps.google.com/?q={lat:.6f},{lng:.6f}",
    }
    return ways[style]


def _octets(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(1, 255)


def wnet(row: Row, kind: str) -> str:
    rng = row.rng
    hexed = "".join(rng.choice("0123456789abcdef") for _ in range(40))
    return {
        "ip": ".".join(map(str, (rng.choice((1, 14, 27, 42, 58, 113, 118, 171, 222)), *_octets(rng)))),
        "ip6": f"2405:4802:{hexed[:4]}:{hexed[4:8]}::{hexed[8:12]}",
        "lan": f"192.168.{rng.randrange(3)}.{rng.randrange(2, 254)}",
        "mac": "-".join(hexed[at : at + 2] for at in range(0, 12, 2)).upper(),
        "imei": _luhn(f"35{digits(rng, 12)}"),
        "android": hexed[:16],
        "idfa": f"{hexed[:8]}-{hexed[8:12]}-4{hexed[12:15]}-a{hexed[15:18]}-{hexed[18:30]}".upper(),
        "fb": f"1000{digits(rng, 11)}",
        "fburl": f"https://www.facebook.com/{me(row).login}",
        "zalo": f"https://zalo.me/{me(row).phone}",
        "cookie": f"GA1.2.{digits(rng, 9)}.17{digits(rng, 8)}",
        "ipport": f"113.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}:{rng.randrange(1024, 65000)}",
    }[kind]


def wsecret(row: Row, kind: str) -> str:
    rng = row.rng
    alpha = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    mixed, hexed = (
        "".join(rng.choice(alpha) for _ in range(90)),
        "".join(rng.choice("0123456789abcdef") for _ in range(128)),
    )
    claims = (
        base64.urlsafe_b64encode(json.dumps({"sub": rng.randrange(10**6), "exp": 1790000000}).encode())
        .decode()
        .rstrip("=")
    )
    return {
        "bcrypt": f"$2y$12${mixed[:53]}",
        "argon": f"$argon2id$v=19$m=65536,t=3,p=4${mixed[:22]}${mixed[22:65]}",
        "pbkdf2": f"pbkdf2_sha256$600000${mixed[:22]}${mixed[22:65]}=",
        "sha512crypt": f"$6${mixed[:8]}${mixed[8:90]}",
        "plainpass": rng.choice(half(row, "w_mid_f")).split()[-1].lower()
        + rng.choice(("@123", "123456", "#2024", "abc!"))
        + digits(rng, 2),
        "jwt": f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.{mixed[:43]}",
        "otp": digits(rng, 6),
        "key": f"-----BEGIN RSA PRIVATE KEY-----\n{mixed[:64]}\n{mixed[:40]}\n-----END RSA PRIVATE KEY-----",
        "token": f"{rng.choice(('ghp_', 'sk_live_', 'xoxb-', 'AIza'))}{mixed[:36]}",
        "md5": hexed[:32],
        "sha256": hexed[:64],
        "fcm": f"{mixed[:22]}:APA91b{mixed[22:90]}",
        "ldap": f"{{SSHA}}{mixed[:31]}=",
        "bearer": f"Bearer {mixed[:40]}",
    }[kind]


def wimage(row: Row, kind: str) -> str:
    rng = row.rng
    body = base64.b64encode(bytes(rng.randrange(256) for _ in range(90))).decode()
    day = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(rng.randrange(600))
    return {
        "jpeg": f"/9j/4AAQSkZJRgABAQEAYABgAAD/{body}",
        "datauri": f"data:image/png;base64,iVBORw0KGgo{body}",
        "path": f"uploads/avatar/{day:%Y%m}/{rng.randrange(10**6)}.jpg",
        "face": f"anh_chan_dung_{me(row).cccd}.jpg",
        "card": f"/kyc/{day:%Y/%m/%d}/cccd_mat_truoc_{rng.randrange(10**6)}.png",
        "finger": f"Rk1SACAyMAAA{body}",
        "vector": json.dumps([round(rng.uniform(-0.3, 0.3), 5) for _ in range(32)]),
        "doc": f"cong_van/{day:%Y}/{rng.randrange(999)}-cv.pdf",
        "goods": f"/static/products/{rng.randrange(9999)}/main.webp",
        "avatar": f"https://cdn.example.vn/avatars/{me(row).login}.png",
    }[kind]


def wbody(row: Row, kind: str) -> str:
    rng = row.rng
    return {
        "height": f"{rng.randrange(145, 185)} cm",
        "heightm": f"1m{rng.randrange(45, 85)}",
        "weight": f"{rng.randrange(38, 92)}kg",
        "both": f"{rng.randrange(145, 185)}cm/{rng.randrange(40, 90)}kg",
        "pressure": f"{rng.randrange(95, 180)}/{rng.randrange(55, 105)}",
        "pressuremm": f"{rng.randrange(95, 180)}/{rng.randrange(55, 105)} mmHg",
        "temp": f"{rng.uniform(36, 40):.1f}°C",
        "sight": f"{rng.randrange(1, 11)}/10",
        "blood": rng.choice(("A", "B", "O", "AB", "O", "B")),
        "bloodrh": rng.choice(("A+", "B+", "O+", "AB+", "O-", "A-")),
        "bloodtext": rng.choice(("Nhóm O Rh+", "Nhóm A Rh+", "Nhóm B Rh+", "Nhóm AB Rh+", "Nhóm O Rh-")),
        "snp": rng.choice(("A/A", "A/G", "G/G", "C/T", "T/T", "C/C")),
        "str": f"{rng.randrange(6, 19)},{rng.randrange(6, 19)}",
        "pulse": f"{rng.randrange(55, 120)} l/p",
        "dna": "".join(rng.choice("ACGT") for _ in range(40)),
    }[kind]


def wmoney(row: Row, low: str, high: str, style: str = "int") -> str | int:
    amount = row.rng.randrange(int(low), int(high)) // 1000 * 1000
    grouped = f"{amount:,}"
    ways: dict[str, str | int] = {
        "int": amount,
        "dots": grouped.replace(",", "."),
        "commas": grouped,
        "vnd": f"{grouped.replace(',', '.')} VNĐ",
        "d": f"{grouped.replace(',', '.')}đ",
        "tr": f"{amount / 1e6:.1f} triệu".replace(".", ","),
        "float": f"{amount}.00",
    }
    return ways[style]


MARKS: dict[str, Callable[..., str | int | float]] = {
    made.__name__: made for made in (wacct, wcard, wiban, wplate, wgeo, wnet, wsecret, wimage, wbody, wmoney)
}
