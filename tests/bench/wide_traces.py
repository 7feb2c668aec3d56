"""More recipes of the columns judged by value: money as typed, traces of devices, secrets, numbers of things."""

from __future__ import annotations

import base64
from collections.abc import Callable

from .heldout_people import Row, words
from .wide_people import digits, me


def xmoney(row: Row, style: str) -> str | int:
    amount = row.rng.randrange(3, 60)
    ways: dict[str, str | int] = {
        "tr": f"{amount}tr",
        "tr5": f"{amount}tr{row.rng.randrange(1, 9)}",
        "range": f"{amount}-{amount + 5} triệu",
        "k": f"{amount * 100}k",
        "usd": f"${amount * 97}.00",
        "gbp": f"£{amount * 831:,}",
        "minus": (amount - 30) * 51_000,
        "month": f"{amount}.000.000/tháng",
        "score": 300 + amount * 9,
        "group": f"Nhóm {row.rng.choice((1, 1, 1, 2, 3, 5))}",
        "pounds": amount * 1217,
    }
    return ways[style]


def xnet(row: Row, style: str) -> str:
    rng, login = row.rng, me(row).login
    hexed = "".join(rng.choice("0123456789abcdef") for _ in range(64))
    return {
        "tele": f"https://t.me/{login.replace('.', '')}",
        "tiktok": f"tiktok.com/@{login}",
        "insta": f"@{login}",
        "linkedin": f"linkedin.com/in/{login}",
        "session": f"sess_{hexed[:24]}",
        "ios": f"ios:{hexed[:40]}",
        "serial": f"C0{hexed[:9].upper()}Q{rng.choice('ABC')}",
        "imsi": f"45204{digits(rng, 10)}",
        "iccid": f"898404{digits(rng, 13)}",
        "cidr": f"10.{rng.randrange(200)}.{rng.randrange(200)}.0/24",
        "apip": f"10.0.{rng.randrange(9)}.{rng.randrange(2, 250)}",
        "ipv4": ".".join(
            map(
                str,
                (
                    rng.choice((27, 42, 113, 116, 123, 171)),
                    rng.randrange(256),
                    rng.randrange(256),
                    rng.randrange(1, 255),
                ),
            )
        ),
        "maccolon": ":".join(hexed[at : at + 2] for at in range(0, 12, 2)),
        "macdot": ".".join(hexed[at : at + 4] for at in range(0, 12, 4)),
        "geohash": "".join(rng.choice("0123456789bcdefghjkmnpqrstuvwxyz") for _ in range(8)),
        "plus": "7P28"
        + "".join(rng.choice(each) for each in ("QRVW", "23456", "V", "CFGH", "+", "2345", "CFGH", "2345")),
        "agent": f"Zalo iOS/{rng.randrange(400, 600)} iPhone{rng.randrange(10, 16)},{rng.randrange(1, 4)}",
    }[style]


def xsecret(row: Row, style: str) -> str:
    rng, lists = row.rng, words()
    alpha = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    mixed = "".join(rng.choice(alpha) for _ in range(64))
    return {
        "pin": digits(rng, 4),
        "gitlab": f"glpat-{mixed[:20]}",
        "aws": f"AKIA{mixed[:16].upper()}",
        "basic": "Basic " + base64.b64encode(f"{me(row).login}:{mixed[:8]}".encode()).decode(),
        "cert": f"-----BEGIN PRIVATE KEY-----MIIEvQ{mixed}-----END PRIVATE KEY-----",
        "scrypt": f"$scrypt$ln=16,r=8,p=1${mixed[:22]}${mixed[22:65]}",
        "answer": rng.choice(lists["w_giv_f"]) + rng.choice((" 1990", " hoa hồng", " Hà Nội")),
        "otpauth": f"otpauth://totp/VNPT:{me(row).login}?secret={mixed[:16].upper()}",
        "conn": f"postgresql://svc:{mixed[:10]}@10.0.0.5:5432/hr",
        "words": " ".join(
            rng.sample(
                [
                    "abandon",
                    "zebra",
                    "river",
                    "olive",
                    "tunnel",
                    "crisp",
                    "motor",
                    "lemon",
                    "jacket",
                    "winter",
                    "fossil",
                    "vivid",
                    "orbit",
                    "sugar",
                    "walnut",
                ],
                12,
            )
        ),
        "weak": rng.choice(
            (
                "123456",
                "password",
                "111111",
                "abc123",
                "qwerty",
                "iloveyou",
                "matkhau",
                "anhyeuem",
                "12345678",
                "admin123",
            )
        ),
        "sha1salt": f"{mixed[:8]}:{''.join(rng.choice('0123456789abcdef') for _ in range(40))}",
        "phpass": f"$P$B{mixed[:30]}",
    }[style]


def xthing(row: Row, style: str) -> str:
    """Numbers of goods and papers that look like those of people."""
    rng = row.rng
    vin = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(11))
    return {
        "vin": f"RLU{vin}{digits(rng, 3)}",
        "isbn": f"978-604-{digits(rng, 2)}-{digits(rng, 4)}-{rng.randrange(10)}",
        "container": f"{rng.choice(('TCLU', 'MSKU', 'OOLU'))}{digits(rng, 7)}",
        "flight": f"{rng.choice(('VN', 'VJ', 'QH'))}{rng.randrange(100, 1999)}",
        "hs": f"{digits(rng, 4)}.{digits(rng, 2)}.{digits(rng, 2)}",
        "acct": f"{rng.choice(('131', '331', '511', '642', '1121'))}",
        "swift": f"{rng.choice(('BFTV', 'VTCB', 'ICBV', 'BIDV'))}VNVX",
        "lot": f"L{digits(rng, 6)}{rng.choice('AB')}",
        "gtin": f"893{digits(rng, 10)}",
        "decl": f"10{digits(rng, 10)}",
        "meter": digits(rng, 8),
        "awb": f"738-{digits(rng, 8)}",
        "bill": f"1C26T{rng.choice('ABC')}{rng.choice('KLM')} {digits(rng, 7)}",
        "sku": f"{rng.choice(('AO', 'QU', 'GI'))}-{rng.choice('NMB')}-{digits(rng, 4)}",
        "commit": "".join(rng.choice("0123456789abcdef") for _ in range(40)),
        "short": "".join(rng.choice("0123456789abcdef") for _ in range(8)),
        "semver": f"{rng.randrange(9)}.{rng.randrange(30)}.{rng.randrange(9)}-rc{rng.randrange(5)}",
        "coords": f"{rng.randrange(1150000, 2400000)}.{digits(rng, 3)}",
        "range": f"{rng.randrange(18, 25)}-{rng.randrange(30, 45)} tuổi",
        "po": f"PO{digits(rng, 8)}",
        "stock": f"{rng.choice(('FPT', 'VNM', 'HPG', 'VCB', 'SSI', 'MWG'))}",
        "hotline": rng.choice(("1900 6600", "18006324", "1900.545.486", "1800 54 54 41")),
    }[style]


TRACES: dict[str, Callable[..., str | int | float]] = {made.__name__: made for made in (xmoney, xnet, xsecret, xthing)}
