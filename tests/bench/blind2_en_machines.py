"""What machines write of people and of themselves, for the English half of `blind2/`: traces, secrets, places, keys."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from random import Random

from .blind2_en_people import ascii_of, login_of, of
from .heldout_numbers import luhn
from .heldout_people import Row

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _hex(rng: Random, size: int) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(size))


def _word(rng: Random, size: int, signs: str = _LETTERS) -> str:
    return "".join(rng.choice(signs) for _ in range(size))


def _b64(rng: Random, size: int, head: bytes = b"") -> str:
    return base64.b64encode(head + rng.randbytes(size)).decode()


def gagent(row: Row) -> str:
    """What a browser or a program says it is."""
    rng = row.rng
    version = rng.randrange(96, 141)
    return rng.choice(
        (
            f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0",
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7; rv:{version}.0) Gecko/20100101 Firefox/{version}.0",
            f"Dalvik/2.1.0 (Linux; U; Android {rng.randrange(9, 16)}; SM-G9{rng.randrange(10, 99)}F Build/UP1A)",
            f"MyBankApp/{rng.randrange(2, 9)}.{rng.randrange(20)} CFNetwork/1494.0.7 Darwin/23.4.0",
            f"curl/8.{rng.randrange(9)}.0",
        )
    )


def gnet(row: Row, style: str = "ip") -> str:
    """Addresses in networks and numbers of devices."""
    rng = row.rng
    first = rng.choice((5, 31, 58, 88, 103, 125, 177, 186, 210))
    four = f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    six = ":".join(f"{rng.randrange(65536):x}" for _ in range(4))
    hard = _hex(rng, 12)
    ways: dict[str, Callable[[], str]] = {
        "ip": lambda: four,
        "both": lambda: four if rng.random() < 0.7 else f"2405:4802:{six}::{rng.randrange(9)}",
        "six": lambda: f"2a02:8108:{six}::1",
        "port": lambda: f"{four}:{rng.randrange(1024, 65000)}",
        "forwarded": lambda: f"{four}, 10.4.{rng.randrange(256)}.{rng.randrange(1, 255)}",
        "masked": lambda: four.rsplit(".", 1)[0] + ".0",
        "inner": lambda: f"10.20.{rng.randrange(4)}.{rng.randrange(2, 250)}",
        "range": lambda: f"172.{rng.randrange(16, 32)}.{rng.randrange(256)}.0/24",
        "mac": lambda: "-".join(hard[at : at + 2].upper() for at in range(0, 12, 2)),
        "cisco": lambda: ".".join(hard[at : at + 4] for at in range(0, 12, 4)),
        "imei": lambda: luhn(rng, rng.choice(("3572", "8640", "0138")), 15),
        "imsi": lambda: f"45201{row.digits(10)}",
        "android": lambda: _hex(rng, 16),
        "idfa": lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4)).upper(),
        "push": lambda: f"{_word(rng, 22)}:APA91b{_word(rng, 90)}",
        "serial": lambda: f"SN{rng.randrange(10, 99)}-{_word(rng, 6).upper()}",
        "host": lambda: f"{rng.choice(('web', 'db', 'etl'))}-{rng.randrange(1, 40):02d}.dc2.internal",
        "url": lambda: (
            f"https://cdn.example.net/{rng.choice(('static', 'docs'))}/{_hex(rng, 10)}.{rng.choice(('css', 'pdf'))}"
        ),
        "cookie": lambda: f"GA1.2.{row.digits(9)}.{rng.randrange(1_600_000_000, 1_760_000_000)}",
        "cell": lambda: f"452-04-{rng.randrange(1000, 60000)}-{rng.randrange(1, 65535)}",
    }
    return ways[style]()


def gsecret(row: Row, style: str) -> str:
    """What opens doors: hashes, tokens, keys, codes."""
    rng = row.rng
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k1"}').decode().strip("=")
    claims = json.dumps({"sub": str(rng.randrange(10**6)), "exp": 1_790_000_000}).encode()
    ways: dict[str, Callable[[], str]] = {
        "argon": lambda: f"$argon2id$v=19$m=65536,t=3,p=4${_b64(rng, 15)}${_b64(rng, 30)}",
        "pbkdf": lambda: f"pbkdf2_sha256$600000${_word(rng, 22)}${_b64(rng, 32)}",
        "ssha": lambda: f"{{SSHA}}{_b64(rng, 24)}",
        "crypt": lambda: f"$6${_word(rng, 16)}${_word(rng, 86)}",
        "md5": lambda: _hex(rng, 32),
        "sha1": lambda: _hex(rng, 40).upper(),
        "sha256": lambda: _hex(rng, 64),
        "jwt": lambda: ".".join((head, base64.urlsafe_b64encode(claims).decode().strip("="), _word(rng, 86))),
        "live": lambda: f"{rng.choice(('key', 'whsec', 'rk'))}_live_{_word(rng, 24)}",
        "opaque": lambda: _word(rng, 43),
        "basic": lambda: "Basic " + base64.b64encode(f"svc{rng.randrange(99)}:{_word(rng, 12)}".encode()).decode(),
        "bearer": lambda: f"Bearer {_word(rng, 64)}",
        "totp": lambda: _word(rng, 32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        "otp": lambda: row.digits(6),
        "pin": lambda: row.digits(4),
        "plain": lambda: rng.choice(
            ("Summer2024!", "qwerty", "Abc@12345", "matkhau1", "letmein", "P@ssw0rd", "iloveyou2")
        ),
        "pem": lambda: f"-----BEGIN PRIVATE KEY-----\n{_b64(rng, 48)}\n-----END PRIVATE KEY-----",
        "ssh": lambda: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5{_word(rng, 40)} ops@bastion",
        "dsn": lambda: f"postgres://app:{_word(rng, 14)}@db-{rng.randrange(9)}.internal:5432/main",
        "reset": lambda: f"https://id.example.com/reset?token={_word(rng, 40)}",
        "recovery": lambda: " ".join(f"{_hex(rng, 4)}-{_hex(rng, 4)}" for _ in range(4)),
        "etag": lambda: f'W/"{_hex(rng, 20)}"',
        "salt": lambda: _b64(rng, 16),
    }
    return ways[style]()


def gkey(row: Row, style: str = "uuid") -> str | int:
    """Surrogate keys of databases."""
    rng = row.rng
    ways: dict[str, Callable[[], str | int]] = {
        "uuid": lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "braces": lambda: "{" + str(uuid.UUID(int=rng.getrandbits(128), version=4)).upper() + "}",
        "ulid": lambda: "01H" + _word(rng, 23, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
        "cuid": lambda: f"cl{_word(rng, 23, 'abcdefghijklmnopqrstuvwxyz0123456789')}",
        "object": lambda: f"65{_hex(rng, 22)}",
        "snow": lambda: rng.randrange(10**17, 9 * 10**17),
        "big": lambda: rng.randrange(10**8, 10**9),
        "twelve": lambda: f"{rng.randrange(1, 9)}{row.digits(11)}",
        "row": lambda: 1000 + row.index * 7,
        "tenDigits": lambda: f"0{rng.randrange(10**8, 10**9)}",
    }
    return ways[style]()


def _minutes(degrees: float, size: int, signs: str) -> str:
    """Degrees and minutes as NMEA writes them: `1046.5600,N`."""
    whole = int(abs(degrees))
    return f"{whole:0{size}d}{(abs(degrees) - whole) * 60:07.4f},{signs[degrees < 0]}"


def ggeo(row: Row, style: str, spread: str = "0.09", role: str = "self") -> str | float:
    """Where somebody or something is: about one of five towns, so that tracks stay near each other."""
    rng, base = row.rng, ((10.776, 106.7), (21.03, 105.85), (52.52, 13.4), (-23.55, -46.63), (51.51, -0.12))
    town = sum(map(ord, row.seed)) % 5
    lat, lng = base[town]
    lat, lng = lat + rng.uniform(-1, 1) * float(spread), lng + rng.uniform(-1, 1) * float(spread)
    ways: dict[str, str | float] = {
        "lat": round(lat, 6), "lng": round(lng, 6), "pair": f"{lat:.5f},{lng:.5f}",
        "wkt": f"SRID=4326;POINT({lng:.6f} {lat:.6f})",
        "json": json.dumps({"type": "Point", "coordinates": [round(lng, 6), round(lat, 6)]}), "e7": int(lat * 10**7),
        "nmea": (
            f"$GPRMC,{rng.randrange(24):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}.00,A,"
            f"{_minutes(lat, 2, 'NS')},{_minutes(lng, 3, 'EW')},{rng.randrange(70)}.0,,"
        ),
        "hash": ("w3gv", "w7er", "u33d", "6gyf", "gcpv")[town] + _word(rng, 5, "0123456789bcdefghjkmnpqrstuvwxyz"),
        "dms": f"{int(abs(lat))}°{rng.randrange(60)}'{rng.randrange(60)}\"N {int(abs(lng))}°{rng.randrange(60)}'E",
        "maps": f"https://maps.example.com/?q={lat:.6f},{lng:.6f}",
    }  # fmt: skip
    return ways[style]


def gfile(row: Row, style: str, role: str = "self") -> str:
    """Pictures, scans and other files; `face...` and `card...` are of a person."""
    one, rng = of(row, "world", role), row.rng
    slug, mark = ascii_of(login_of(one)), _hex(rng, 12)
    ways = {
        "face": f"s3://kyc-prod/selfies/2026/{mark}.jpg",
        "avatar": f"https://img.example.com/avatars/{slug}_{rng.randrange(999)}.png",
        "data": f"data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ{_b64(rng, 60)}",
        "blob": _b64(rng, 70, b"\x89PNG\r\n\x1a\n"),
        "card": f"/uploads/ids/{mark}_front.jpg", "cardback": f"/uploads/ids/{mark}_back.jpg",
        "passport": f"passport_scan_{slug}.pdf",
        "product": f"/media/catalog/{rng.choice(('fan', 'sofa', 'lamp'))}-{rng.randrange(9999)}.webp",
        "pdf": f"reports/2026/Q{rng.randrange(1, 5)}/{mark}.pdf",
        "log": f"/var/log/app/{rng.randrange(30)}.log.gz", "finger": "Rk1SACAyMAA" + _b64(rng, 60),
        "iris": _hex(rng, 96).upper(),
        "voice": f"voiceprints/{mark}.npy", "vcf": f"gs://biobank/wgs/{mark}.vcf.gz",
        "signature": f"data:image/svg+xml;base64,{_b64(rng, 50)}",
        "face_vector": json.dumps([round(rng.gauss(0, 0.08), 5) for _ in range(32)]),
        "vector": json.dumps([round(rng.uniform(0, 1), 3) for _ in range(12)]),
    }  # fmt: skip
    return ways[style]


MACHINES: dict[str, Callable[..., str | int | float]] = {
    made.__name__: made for made in (gagent, gnet, gsecret, gkey, ggeo, gfile)
}
