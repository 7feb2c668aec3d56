"""Recipes of the Vietnamese half of `blind2/`: papers, money, days, traces, sentences, mixed and damaged cells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from .blind2_papers import PAPERS
from .blind2_people import PEOPLE, bborn, bid, bname, bphone, who
from .heldout_people import Row, words
from .heldout_text import fold

_WORD_LISTS = {"sick": "b2_sick", "symptom": "b2_symptom", "crime": "b2_crime", "private": "b2_private"}
_OCR = {"0": "O", "1": "l", "5": "S", "8": "B", "ô": "ó", "ế": "ê", "ữ": "ũ", "ạ": "a", "n": "n ", "Đ": "D"}


def _one(row: Row, text: str) -> str | int | float:
    """`recipe:argument:argument` made."""
    name, *arguments = text.split(":")
    return BLIND2[name](row, *arguments)


def bof(row: Row, key: str) -> str:
    return row.rng.choice(words()[f"b2_{key}"])


def beach(row: Row, key: str) -> str:
    """The words of a list in turn, as a code list has them."""
    listed = list(dict.fromkeys(words()[f"b2_{key}"]))
    return listed[row.index % len(listed)]


def bmany(row: Row, key: str, parting: str = "; ") -> str:
    return parting.join(row.rng.sample(list(dict.fromkeys(words()[f"b2_{key}"])), row.rng.choice((1, 1, 2, 3))))


def btell(row: Row, key: str) -> str:
    """A sentence, what stands in its braces filled in."""

    def fill(found: re.Match[str]) -> str:
        text = found[1]
        if text in _WORD_LISTS:
            return row.rng.choice(words()[_WORD_LISTS[text]])
        plain = {"mo": f"{row.rng.randrange(1, 13)}", "no": f"{row.rng.randrange(10, 3000)}", "given": who(row).given}
        return plain.get(text) or str(_one(row, text))

    return re.sub(r"\{([\w:]+)\}", fill, row.rng.choice(words()[f"b2_tell_{key}"]))


def bcode(row: Row, form: str) -> str:
    """`form` filled in: 9 a digit, @ a capital, # the row's number in four digits, <y> a year, <d> a day."""
    day = date(2023, 6, 1) + timedelta(row.rng.randrange(1200))
    signs = {"9": "0123456789", "@": "ABCDEGHKLMNPQRSTVX"}
    made = "".join(row.rng.choice(signs[sign]) if sign in signs else sign for sign in form)
    return made.replace("#", f"{row.index + 1:04d}").replace("<y>", f"{day.year}").replace("<d>", f"{day:%y%m%d}")


def bint(row: Row, low: str, high: str) -> int:
    return row.rng.randrange(int(low), int(high) + 1)


def breal(row: Row, low: str, high: str, places: str = "1", unit: str = "") -> str:
    return f"{row.rng.uniform(float(low), float(high)):.{int(places)}f}{unit}"


def bseq(row: Row, first: str = "1") -> int:
    return int(first) + row.index


def bpick(row: Row, *choices: str) -> str:
    return row.rng.choice(choices)


def bmark(row: Row, share: str, mark: str = "x", other: str = "") -> str:
    return mark if row.rng.random() < float(share) else other


def bday(row: Row, style: str = "dmy", first: str = "2023", last: str = "2026") -> str | int:
    """A day of business; `any` is as several hands type it."""
    start = date(int(first), 1, 1)
    day = start + timedelta(row.rng.randrange((min(date(int(last), 12, 31), date(2026, 11, 20)) - start).days))
    if style == "any":
        style = row.rng.choice(("dmy", "short", "iso", "words", "dots"))
    ways: dict[str, str | int] = {
        "dmy": f"{day:%d/%m/%Y}",
        "short": f"{day.day}/{day.month}/{day:%y}",
        "iso": f"{day:%Y-%m-%d}",
        "dots": f"{day:%d.%m.%Y}",
        "words": f"ngày {day:%d} tháng {day.month} năm {day.year}",
        "month": f"T{day.month}/{day.year}",
        "year": day.year,
        "solid": f"{day:%Y%m%d}",
        "quarter": f"Quý {(day.month + 2) // 3}/{day.year}",
        "hour": f"{row.rng.randrange(7, 21)}h{row.rng.choice(('00', '15', '30'))} {day:%d/%m}",
    }
    return ways[style]


def btime(row: Row, style: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (datetime(2024, 5, 1, tzinfo=UTC) + timedelta(seconds=row.rng.randrange(78_000_000))).strftime(style)


def bepoch(row: Row, unit: str = "ms") -> int:
    return (1_714_521_600 + row.rng.randrange(78_000_000)) * (1000 if unit == "ms" else 1)


def bmoney(row: Row, low: str, high: str, style: str = "plain") -> str | int:
    """An amount of dong; `any` is as several hands type it."""
    amount = row.rng.randrange(int(low), int(high)) // 1000 * 1000
    if style == "any":
        style = row.rng.choice(("plain", "dots", "commas", "tr", "d"))
    ways: dict[str, str | int] = {
        "plain": amount,
        "dots": f"{amount:,}".replace(",", "."),
        "commas": f"{amount:,}",
        "d": f"{amount:,}".replace(",", ".") + "đ",
        "tr": f"{amount / 1e6:.1f}tr".replace(".", ","),
        "vnd": f"{amount:,} VND",
        "float": f"{amount}.00",
    }
    return ways[style]


def bmix(row: Row, *recipes: str) -> str | int | float:
    """One of several recipes: `bmix(bphone:dots, bmail)`."""
    return _one(row, row.rng.choice(recipes))


def bjson(row: Row, *fields: str) -> str:
    """`bjson(ten bname, ds bphone:dots)`: keys and recipes."""
    return json.dumps({key: _one(row, made) for key, made in (one.split() for one in fields)}, ensure_ascii=False)


def bxml(row: Row, root: str, *fields: str) -> str:
    made = "".join(f"<{key}>{_one(row, recipe)}</{key}>" for key, recipe in (one.split() for one in fields))
    return f"<{root}>{made}</{root}>"


def bline(row: Row, parting: str, *recipes: str) -> str:
    """Several recipes in one cell; `parting` is `pipe`, `tab`, `semi`, `dash` or `comma`."""
    signs = {"pipe": "|", "tab": "\t", "semi": "; ", "dash": " - ", "comma": ", ", "break": "\n"}
    return signs[parting].join(str(_one(row, recipe)) for recipe in recipes)


def blabel(row: Row, *fields: str) -> str:
    """`blabel(Họ_tên bname, ĐT bphone)`: labelled lines of a form, `_` for a space."""
    return "; ".join(f"{key.replace('_', ' ')}: {_one(row, made)}" for key, made in (one.split() for one in fields))


def bkin(row: Row, style: str = "one") -> str:
    """Relatives in one cell, as forms of families have them."""
    role, word = row.rng.choice((("father", "Bố"), ("mother", "Mẹ"), ("kid", "con")))
    ways: dict[str, Callable[[], str]] = {
        "one": lambda: f"{word}: {bname(row, 'plain', role)}, {bborn(row, 'born', role)}",
        "parents": lambda: f"Bố {bname(row, 'plain', 'father')} - Mẹ {bname(row, 'plain', 'mother')}",
        "kids": lambda: ", ".join(
            f"{bname(row, 'given', f'kid{at}')} ({bborn(row, 'year', f'kid{at}')})"
            for at in range(row.rng.randrange(1, 4))
        ),
        "called": lambda: f"{bphone(row, 'plain', role)} {word.lower()}",
    }
    return ways[style]()


def bocr(row: Row, recipe: str) -> str:
    """A recipe as a scanner read it: letters and digits confused, spaces lost or added."""
    made = str(_one(row, recipe))
    return "".join(_OCR.get(sign, sign) if row.rng.random() < 0.12 else sign for sign in made)


def bcut(row: Row, size: str, recipe: str) -> str:
    """A recipe cut off at the width of an old field."""
    return str(_one(row, recipe))[: int(size)]


def bscan(row: Row) -> str:
    """The lines of an identity card as a scanner gives them."""
    return f"{bid(row)} | {fold(bname(row, 'caps'))} | {bborn(row)} | {who(row).place[6]}".replace(" | ", "|")


_OWN: tuple[Callable[..., str | int | float], ...] = (
    bof, beach, bmany, btell, bcode, bint, breal, bseq, bpick, bmark, bday, btime, bepoch, bmoney,
    bmix, bjson, bxml, bline, blabel, bkin, bocr, bcut, bscan,
)  # fmt: skip
BLIND2: dict[str, Callable[..., str | int | float]] = {**PEOPLE, **PAPERS} | {made.__name__: made for made in _OWN}
