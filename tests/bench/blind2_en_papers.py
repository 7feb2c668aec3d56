"""What the people of `blind2_en_people.py` have by their country: phones, homes, papers, plates, accounts, cards."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .blind2_en_people import ascii_of, fill, of
from .heldout_numbers import luhn, tax_code
from .heldout_people import Row, words

_DIAL = {
    "VN": "84", "GB": "44", "US": "1", "DE": "49", "FR": "33", "MX": "52", "BR": "55", "IN": "91", "JP": "81",
    "KR": "82",
    "CN": "86", "TH": "66", "PH": "63", "ID": "62", "NG": "234", "EG": "20", "RU": "7", "PL": "48", "SE": "46",
    "TR": "90",
}  # fmt: skip
_MOBILE = {
    "VN": ("9#######9", "3########", "7########", "8########"), "GB": ("7#########",),
    "US": ("2125550###", "4155550###"),
    "DE": ("151########", "1762#######"), "FR": ("6########", "7########"), "MX": ("55########",),
    "BR": ("119########",),
    "IN": ("98########", "70########"), "JP": ("90########",), "KR": ("10########",),
    "CN": ("138########", "186########"),
    "TH": ("8########",), "PH": ("917#######",), "ID": ("812########",), "NG": ("803#######",), "EG": ("100#######",),
    "RU": ("916#######",), "PL": ("60#######",), "SE": ("70#######",), "TR": ("532#######",),
}  # fmt: skip
_POST = {
    "GB": "NR## #XX", "US": "#####", "DE": "#####", "FR": "#####", "MX": "#####", "BR": "#####-###", "IN": "######",
    "JP": "###-####", "KR": "#####", "CN": "######", "PL": "##-###", "SE": "### ##", "RU": "######", "VN": "######",
}  # fmt: skip
_IDS = {
    "GB": "SX ## ## ## C", "US": "###-##-####", "BR": "###.###.###-##", "IN": "#### #### ####", "KR": "",
    "CN": "", "FR": "", "PL": "", "TR": "###########", "TH": "1-####-#####-##-#", "MX": "", "DE": "L#X##T#C#",
}  # fmt: skip
_PASSPORTS = {
    "VN": "C#######",
    "GB": "#########",
    "US": "A########",
    "DE": "C#X##X##X",
    "FR": "##XX#####",
    "IN": "Z#######",
}


def gphone(row: Row, kind: str = "world", style: str = "intl", role: str = "self") -> str:
    one = of(row, kind, role)
    rng, dial = one.own("phone"), _DIAL[one.country]
    bare = fill(rng, rng.choice(_MOBILE[one.country]))
    trunk = "" if one.country in {"US", "MX", "BR", "IN", "PL"} else "8" if one.country == "RU" else "0"
    if style == "messy":
        style = row.rng.choice(("intl", "e164", "national", "spaced", "zeros", "brackets", "dots", "ext", "note"))
    half = len(bare) // 2
    ways = {
        "e164": f"+{dial}{bare}", "intl": f"+{dial} {bare[:3]} {bare[3:6]} {bare[6:]}", "digits": f"{dial}{bare}",
        "zeros": f"00{dial}{bare}", "national": f"{trunk}{bare}", "spaced": f"{trunk}{bare[:half]} {bare[half:]}",
        "brackets": f"(+{dial}) {bare}", "dots": f"{trunk}{bare[:3]}.{bare[3:6]}.{bare[6:]}", "split": bare,
        "ext": f"+{dial}-{bare[:3]}-{bare[3:]} x{row.rng.randrange(10, 99)}",
        "masked": f"+{dial} *** *** {bare[-3:]}",
        "note": f"{trunk}{bare} ({row.rng.choice(('mob', 'work', 'wife', 'evenings'))})",
        "sip": f"sip:+{dial}{bare}@ims.example",
        "dash": f"{trunk}{bare[:3]}-{bare[3:6]}-{bare[6:]}", "nodial": f"{trunk}{bare}", "dial": f"+{dial}",
    }  # fmt: skip
    return ways[style]


def gaddr(row: Row, kind: str = "world", style: str = "full", role: str = "self") -> str:
    one = of(row, kind, role)
    rng, house = one.own("home"), one.own("house").randrange(1, 900)
    post = fill(rng, _POST.get(one.country, "#####"))
    if one.country == "VN":
        ward = rng.choice(words()["g_wards"])
        lane = rng.choice(
            (
                f"{house}",
                f"{house}/{rng.randrange(2, 60)}",
                f"Số {house} ngõ {rng.randrange(3, 90)}",
                f"P{house % 30 + 1:02d}.{house % 9}",
            )
        )
        street, town = f"{lane} {one.street}", f"{ward}, {one.city}"
    elif one.country in {"DE", "PL", "SE", "TR"}:
        street, town = f"{one.street} {house % 180 + 1}", f"{post} {one.city}"
    elif one.country in {"US", "PH", "IN"}:
        street, town = f"{house} {one.street}", f"{one.city} {post}"
    else:
        street, town = f"{house % 200 + 1}, {one.street}", f"{one.city}, {post}"
    ways = {
        "full": f"{street}, {town}", "street": street, "town": town, "city": one.city, "post": post,
        "country": one.country,
        "lines": f"{street}\n{town}\n{one.country}", "upper": ascii_of(f"{street} {town}").upper(),
        "unit": rng.choice(("Apt 4B", "Flat 2", "Căn 12A-05", "2nd floor", "", "c/o Brown")),
        "area": rng.choice(words()["g_wards"]),
        "born": f"{one.city}, {one.country}", "pipe": f"{street}^^{one.city}^^{post}^{one.country}",
    }  # fmt: skip
    return ways[style]


def gid(row: Row, kind: str = "world", style: str = "id", role: str = "self") -> str:
    """Numbers of papers by the country's own pattern."""
    one = of(row, kind, role)
    rng, day = one.own("papers"), one.born
    place = rng.choice(("001", "079", "048", "092", "031", "046", "075", "056", "038", "087"))
    century = (day.year // 100 - 19) * 2 + one.female
    if one.country == "VN":
        number = f"{place}{century}{day.year % 100:02d}{fill(rng, '######')}"
    elif form := _IDS.get(one.country):
        number = fill(rng, form)
    else:
        number = f"{day:%y%m%d}-{rng.choice('1234')}{fill(rng, '######')}"
    pass_form = _PASSPORTS.get(one.country, "XX#######")
    old = fill(rng, f"{place[1:]}#######")
    if style == "messy":
        style = rng.choice(("id", "id", "id", "passport", *(("dash", "old", "space") if one.country == "VN" else ())))
    plain = ascii_of(one.family).upper().replace(" ", "<"), ascii_of(one.given).upper().replace(" ", "<")
    ways = {
        "id": number, "old": old, "passport": fill(rng, pass_form),
        "space": " ".join((number[:4], number[4:8], number[8:])),
        "dash": f"{number[:3]}-{number[3:6]}-{number[6:]}", "tail": number[-4:],
        "social": fill(rng, f"{place[1:]}########"),
        "licence": fill(rng, f"{place[1:]}##########" if one.country == "VN" else "XXXXX######X#XX"),
        "health": f"{rng.choice(('DN', 'GD', 'HS', 'TE', 'HT'))}4{place[1:]}{fill(rng, '##########')}",
        "mrz": f"P<{one.country}{plain[0]}<<{plain[1]}".ljust(44, "<")[:44],
        "tax": tax_code(rng, "", ("80", "83", "85", "87")),
    }  # fmt: skip
    return ways[style]


def gplate(row: Row, kind: str = "world") -> str:
    """A plate of a car by the country's own pattern."""
    one = of(row, kind)
    forms = {
        "VN": "5#K-###.##",
        "GB": "XX## XXX",
        "DE": "M-XX ####",
        "FR": "XX-###-XX",
        "US": "#XXX###",
        "BR": "XXX#X##",
        "PL": "KR #####",
    }
    return fill(one.own("plate"), forms.get(one.country, "XX #### XX"))


def gbank(row: Row, kind: str = "world", style: str = "plain") -> str:
    """A bank account by the country's own pattern."""
    one = of(row, kind)
    rng = one.own("bank")
    forms = {
        "VN": "1903#######016",
        "GB": "20-##-## ########",
        "US": "021000021 #########",
        "IN": "HDFC000#### ############",
        "MX": "012180###########",
        "BR": "0001 #####-#",
    }
    body = fill(rng, "##################")
    check = 98 - int(f"{body}131400") % 97
    plain = fill(rng, forms[one.country]) if one.country in forms else f"DE{check:02d}{body}"
    bank = rng.choice(("VCB", "TPBank", "HSBC", "Citi", "OCB"))
    ways = {
        "plain": plain,
        "masked": f"XXXX{plain[-4:]}",
        "named": f"{plain} {bank} {ascii_of(one.name).upper()}",
        "digits": fill(rng, "############"),
        "iban": f"DE{check:02d}{body}",
    }
    return ways[style]


def gcard(row: Row, style: str = "pan") -> str:
    """A payment card with a right last digit."""
    number = luhn(Random(f"{row.seed}/{row.index}/card"), row.rng.choice(("4539", "5424", "3528", "970422")), 16)
    ways = {
        "pan": number, "spaced": " ".join(number[at : at + 4] for at in range(0, 16, 4)),
        "masked": f"{number[:6]}xxxxxx{number[-4:]}",
        "last": number[-4:], "due": f"{row.rng.randrange(1, 13):02d}/{row.rng.randrange(26, 32)}",
        "cvv": row.digits(3),
        "track": f"%B{number}^DOE/J^{row.rng.randrange(26, 32)}121010000?",
    }  # fmt: skip
    return ways[style]


PAPERS: dict[str, Callable[..., str]] = {made.__name__: made for made in (gphone, gaddr, gid, gplate, gbank, gcard)}
