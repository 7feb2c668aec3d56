"""Recipes of the columns judged by value (`wide1a` ...): words of lists, codes, documents, and what people have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from .heldout_people import Row
from .wide_marks import MARKS
from .wide_more import WRITTEN
from .wide_people import half
from .wide_third import THIRD
from .wide_traces import TRACES
from .wide_typed import TYPED


def of(row: Row, key: str) -> str:
    """A word of this side's half of a list."""
    return row.rng.choice(half(row, key))


def each(row: Row, key: str) -> str:
    """The words of this side's half of a list in turn, as a code list has them."""
    listed = list(dict.fromkeys(half(row, key)))
    return listed[row.index % len(listed)]


def several(row: Row, key: str, parting: str = ";") -> str:
    count = row.rng.choice((1, 1, 2, 2, 3))
    return f"{parting} ".join(row.rng.sample(half(row, key), count))


def wnote(row: Row, key: str = "w_note_id") -> str:
    """A sentence of a list, the recipes named in its braces filled in."""
    return re.sub(r"\{(\w+)\}", lambda name: str(WIDE[name[1]](row)), row.rng.choice(half(row, key)))


def wcode(row: Row, form: str) -> str:
    """`form` filled in: 9 a digit, @ a capital, # the row's number in four digits, Y a year, D a day of a year."""
    day = date(2024, 1, 1) + timedelta(row.rng.randrange(1000))
    made = form.replace("#", f"{row.index + 1:04d}").replace("Y", f"{day.year}").replace("D", f"{day:%y%m%d}")
    return "".join(
        row.rng.choice("0123456789") if sign == "9" else row.rng.choice("BCDGHKLMNPQRSTVX") if sign == "@" else sign
        for sign in made
    )


def wint(row: Row, low: str, high: str) -> int:
    return row.rng.randrange(int(low), int(high) + 1)


def wreal(row: Row, low: str, high: str, places: str = "1", unit: str = "") -> str:
    return f"{row.rng.uniform(float(low), float(high)):.{int(places)}f}{unit}"


def wpick(row: Row, *choices: str) -> str:
    return row.rng.choice(choices)


def wrow(row: Row, first: str = "1", step: str = "1") -> int:
    return int(first) + row.index * int(step)


def wstamp(row: Row, style: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=row.rng.randrange(80_000_000))).strftime(style)


def wepoch(row: Row, unit: str = "s") -> int:
    return (1_704_067_200 + row.rng.randrange(80_000_000)) * (1000 if unit == "ms" else 1)


def whex(row: Row, size: str) -> str:
    return "".join(row.rng.choice("0123456789abcdef") for _ in range(int(size)))


def wmark(row: Row, share: str, mark: str = "x") -> str:
    return mark if row.rng.random() < float(share) else ""


def wjson(row: Row, *fields: str) -> str:
    """`wjson(ten wname, ds wphone)`: keys and recipes; an argument of a recipe stands behind a colon."""
    made = {}
    for field in fields:
        key, recipe = field.split()
        made[key] = WIDE[recipe.split(":")[0]](row, *recipe.split(":")[1:])
    return json.dumps(made, ensure_ascii=False)


def wxml(row: Row, root: str, *fields: str) -> str:
    made = json.loads(wjson(row, *fields))
    return f"<{root}>" + "".join(f"<{key}>{value}</{key}>" for key, value in made.items()) + f"</{root}>"


def warray(row: Row, recipe: str, style: str = "json") -> str:
    """One to three people's values in one cell."""
    name, *arguments = recipe.split(":")
    made = [
        str(WIDE[name](row, *(arguments or ["plain" if name != "wname" else "full"]), role))
        for role in ("self", "other", "third")[: row.rng.choice((1, 2, 2, 3))]
    ]
    return (
        json.dumps(made, ensure_ascii=False)
        if style == "json"
        else "{" + ",".join(f'"{one}"' for one in made) + "}"
        if style == "pg"
        else "\n".join(made)
    )


def wofficemail(row: Row) -> str:
    box = row.rng.choice(("info", "contact", "sales", "ketoan", "vanthu", "hotro", "cskh", "tuyendung"))
    return f"{box}@{row.rng.choice('kmnpqrst')}{row.rng.randrange(99)}.com.vn"


_OWN = (
    of,
    each,
    several,
    wnote,
    wcode,
    wint,
    wreal,
    wpick,
    wrow,
    wstamp,
    wepoch,
    whex,
    wmark,
    wjson,
    wxml,
    warray,
    wofficemail,
)
WIDE: dict[str, Callable[..., str | int | float]] = {**TYPED, **MARKS, **WRITTEN, **TRACES, **THIRD} | {
    made.__name__: made for made in _OWN
}
