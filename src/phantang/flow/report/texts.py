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


#: How a citation is written in Vietnamese; the catalog keeps the English spelling. In this order.
_CITED = (
    (re.compile(r"\bData Law\b"), "Luật Dữ liệu"),
    (re.compile(r"\bDecree\b"), "Nghị định"),
    (re.compile(r"\bDecision\b"), "Quyết định"),
    (re.compile(r"\bLaw\b"), "Luật"),
    (re.compile(r"\(Identification\)"), "(Căn cước)"),
    (re.compile(r"\bArt (\d+)\((\d+)\)\((\w)\)"), r"Điều \1 khoản \2 điểm \3"),
    (re.compile(r"\bArt (\d+)\((\d+)\)"), r"Điều \1 khoản \2"),
    (re.compile(r"\bArt (\d+)"), r"Điều \1"),
    (re.compile(r"\bitem (\d+)"), r"mục \1"),
)


def cited(ref: str, lang: str) -> str:
    """Return a citation as it is written in `lang`."""
    if lang == "vi":
        for pattern, vietnamese in _CITED:
            ref = pattern.sub(vietnamese, ref)
    return ref
