"""All recipes of the English half of `blind2/`; here its words, sentences and documents with people inside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from .blind2_en_machines import MACHINES
from .blind2_en_papers import PAPERS
from .blind2_en_people import PEOPLE, fill
from .heldout_people import Row, words

Made = str | int | float | date


def gof(row: Row, key: str) -> str:
    return row.rng.choice(words()[key])


def geach(row: Row, key: str) -> str:
    """The words of a list in turn, as a catalogue has them."""
    listed = list(dict.fromkeys(words()[key]))
    return listed[row.index % len(listed)]


def gsome(row: Row, key: str, style: str = "semicolon") -> str:
    """One to three words of a list in a cell."""
    made = row.rng.sample(list(dict.fromkeys(words()[key])), row.rng.choice((1, 1, 2, 3)))
    return {
        "semicolon": "; ".join(made),
        "json": json.dumps(made, ensure_ascii=False),
        "pg": "{" + ",".join(f'"{one}"' for one in made) + "}",
        "pipe": "|".join(made),
        "hash": ";#".join(made),
    }[style]


def gtext(row: Row, key: str) -> str:
    """A sentence of a list, the recipes named in its braces filled in: `{gphone vn messy}`."""

    def made(match: re.Match[str]) -> str:
        recipe, *arguments = match[1].split()
        return str(BLIND2_EN[recipe](row, *arguments))

    return re.sub(r"\{([^}]+)\}", made, row.rng.choice(words()[key]))


def gthread(row: Row, key: str, plain: str = "g_plain_long") -> str:
    """Some lines, of which one in the middle comes from `key`."""
    first, last = row.rng.sample(words()[plain], 2)
    return f"{first}\n{gtext(row, key)}\n{last}"


def gmix(row: Row, *recipes: str) -> Made:
    """One of several recipes, arguments behind colons, so that a column holds more than one kind."""
    recipe, *arguments = row.rng.choice(recipes).split(":")
    return BLIND2_EN[recipe](row, *arguments)


def gtogether(row: Row, form: str, *recipes: str) -> str:
    """Several recipes in a cell: dash, slash, lines, semicolon, caret or bracket between them."""
    made = []
    for one in recipes:
        recipe, *arguments = one.split(":")
        made.append(str(BLIND2_EN[recipe](row, *arguments)))
    if form == "bracket":
        return f"{made[0]} ({' '.join(made[1:])})"
    return {"dash": " - ", "slash": " / ", "lines": "\n", "semicolon": "; ", "caret": "^", "space": " "}[form].join(
        made
    )


def gcode(row: Row, form: str) -> str:
    """`form` with # for a digit, X for a capital, * for the row's number in five digits."""
    return fill(row.rng, form.replace("*", f"{row.index + 1:05d}"))


def gdoc(row: Row, style: str, *fields: str) -> str:
    """A document of keys and recipes: json, nested, xml, kv, query, php, hl7 or ini."""
    made: dict[str, Made] = {}
    for field in fields:
        key, recipe = field.split()
        name, *arguments = recipe.split(":")
        made[key] = BLIND2_EN[name](row, *arguments)
    text = {key: str(value) for key, value in made.items()}
    return {
        "json": lambda: json.dumps(made, ensure_ascii=False, default=str),
        "escaped": lambda: json.dumps(made, default=str),
        "nested": lambda: json.dumps(
            {"v": 2, "data": {"attributes": made}, "ok": True}, ensure_ascii=False, default=str
        ),
        "xml": lambda: "<row>" + "".join(f"<{key}>{value}</{key}>" for key, value in text.items()) + "</row>",
        "attributes": lambda: "<rec " + " ".join(f'{key}="{value}"' for key, value in text.items()) + "/>",
        "kv": lambda: "; ".join(f"{key}={value}" for key, value in text.items()),
        "query": lambda: "?" + urlencode(text),
        "hstore": lambda: ", ".join(f'"{key}"=>"{value}"' for key, value in text.items()),
        "php": lambda: (
            f"a:{len(text)}:{{"
            + "".join(f's:{len(key)}:"{key}";s:{len(value)}:"{value}";' for key, value in text.items())
            + "}"
        ),
        "hl7": lambda: "PID|1||" + "|".join(text.values()),
        "lines": lambda: "\n".join(f"{key}: {value}" for key, value in text.items()),
    }[style]()


def gday(row: Row, style: str = "%Y-%m-%d", first: str = "2019", last: str = "2026") -> str | int | date:
    """A day that says nothing of a birth."""
    day = date(int(first), 1, 1) + timedelta(row.rng.randrange(365 * (int(last) - int(first)) + 300))
    if style in {"date", "int"}:
        return day if style == "date" else int(f"{day:%Y%m%d}")
    return day.strftime(style)


def gwhen(row: Row, style: str = "%Y-%m-%d %H:%M:%S") -> str | int:
    moment = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(seconds=row.rng.randrange(110_000_000))
    if style in {"s", "ms"}:
        return int(moment.timestamp()) * (1000 if style == "ms" else 1)
    return {"iso": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "offset": f"{moment:%Y-%m-%dT%H:%M:%S}.{row.digits(3)}+07:00"}.get(
        style, moment.strftime(style)
    )


def gint(row: Row, low: str, high: str) -> int:
    return row.rng.randrange(int(low), int(high) + 1)


def greal(row: Row, low: str, high: str, places: str = "2") -> float:
    return round(row.rng.uniform(float(low), float(high)), int(places))


def gmoney(row: Row, middle: str, style: str = "plain") -> str | int | float:
    """An amount spread about `middle` as amounts are."""
    amount = float(middle) * row.rng.lognormvariate(0, 0.6)
    ways: dict[str, str | int | float] = {
        "plain": round(amount, 2), "whole": int(amount), "thousands": int(amount) // 1000 * 1000,
        "minor": int(amount * 100),
        "usd": f"${amount:,.2f}", "vnd": f"{int(amount) // 1000 * 1000:,} ₫".replace(",", "."),
        "k": f"{amount / 1000:.0f}k",
        "signed": round(amount * row.rng.choice((-1, 1)), 2), "comma": f"{amount:.2f}".replace(".", ","),
    }  # fmt: skip
    return ways[style]


def gbody(row: Row, style: str) -> str | float:
    """What is measured on a body."""
    rng, low = row.rng, row.rng.randrange(55, 98)
    ways: dict[str, str | float] = {
        "pressure": f"{low + rng.randrange(30, 65)}/{low} mmHg", "kg": round(rng.uniform(41, 118), 1),
        "cm": rng.randrange(146, 196),
        "bmi": round(rng.uniform(17, 41), 1), "pulse": rng.randrange(44, 182),
        "sugar": f"{rng.uniform(3.9, 19):.1f} mmol/L",
        "test": rng.choice(("Negative", "Negative", "POSITIVE", "Reactive", "Indeterminate", "Not detected")),
        "steps": rng.randrange(200, 21000), "sleep": f"{rng.randrange(3, 9)}h{rng.randrange(60):02d}m",
        "score": rng.randrange(0, 28),
        "spo2": rng.randrange(86, 101), "eye": f"R 6/{rng.choice((6, 9, 12, 60))} L 6/{rng.choice((6, 9, 18))}",
        "inches": f"{rng.choice((5, 5, 5, 6))}'{rng.randrange(12)}\"", "cd4": rng.randrange(80, 900),
    }  # fmt: skip
    return ways[style]


_OWN: tuple[Callable[..., Made], ...] = (
    gof, geach, gsome, gtext, gthread, gmix, gtogether, gcode, gdoc, gday, gwhen, gint, greal, gmoney, gbody,
)  # fmt: skip
BLIND2_EN: dict[str, Callable[..., Made]] = {**PEOPLE, **PAPERS, **MACHINES} | {made.__name__: made for made in _OWN}
