"""The words of a report, in Vietnamese and English: `report.yaml` beside this file."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib import resources
from typing import Protocol

import yaml


class Say(Protocol):
    """Returns one of `texts()` in the report's language, `{params}` filled in."""

    def __call__(self, key: str, **params: object) -> str: ...  # noqa: D102


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return what a report says: `{key: {vi, en}}`."""
    text = resources.files("phantang.flow.report").joinpath("report.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return table


def speaker(lang: str) -> Say:
    """Return what says a report's words in `lang`, `vi` or `en`."""
    return partial(_say, lang)


def _say(lang: str, key: str, **params: object) -> str:
    text = texts()[key][lang]
    return text.format(**params) if params else text


#: What acts are called in Vietnamese; the catalog keeps the English spelling. In this order.
_ACTS = (
    (re.compile(r"\bLaw (\S+) \(Identification\)"), r"Luật Căn cước \1"),
    (re.compile(r"\bLaw (\S+) \(Denunciation\)"), r"Luật Tố cáo \1"),
    (re.compile(r"\bData Law\b"), "Luật Dữ liệu"),
    (re.compile(r"\bLaw\b"), "Luật"),
    (re.compile(r"\bDecree\b"), "Nghị định"),
    (re.compile(r"\bDecision\b"), "Quyết định"),
)
_PLACE = re.compile(r"\bArt (\d+)(?: item (\d+)|\((\d+)\)(?:\((\w)\))?)?")
_PLACES = re.compile(rf"(.*?) ({_PLACE.pattern}(?:, {_PLACE.pattern})*)")


def cited(ref: str, lang: str) -> str:
    """Return a citation as it is written in `lang`; acts are apart by `; `, places in one act by commas.

    Vietnamese names the place before the act, the smallest part first: `điểm a khoản 1 Điều 4 Nghị định ...`.
    """
    return "; ".join(map(_vietnamese, ref.split("; "))) if lang == "vi" else ref


def _vietnamese(act: str) -> str:
    for pattern, called in _ACTS:
        act = pattern.sub(called, act)
    found = _PLACES.fullmatch(act)
    return f"{_PLACE.sub(_place, found[2])} {found[1]}" if found else _PLACE.sub(_place, act)


def _place(found: re.Match[str]) -> str:
    article, item, clause, point = found.groups()
    parts = [f"điểm {point}" if point else "", f"khoản {item or clause}" if item or clause else "", f"Điều {article}"]
    return " ".join(filter(None, parts))
