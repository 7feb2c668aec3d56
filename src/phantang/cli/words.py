"""The fixed words of the command line, in Vietnamese and English: `words.yaml` beside this file."""

from __future__ import annotations

from functools import cache
from importlib import resources

import yaml

#: Every language the command line speaks, and the order in which the demo says both.
LANGUAGES = ("vi", "en")
_VIETNAMESE = str.maketrans(",.", ".,")


@cache
def words() -> dict[str, dict[str, str]]:
    """Return the table of words: `{key: {vi, en}}`."""
    text = resources.files("phantang.cli").joinpath("words.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return table


def number(value: float, lang: str, *, places: int = 0) -> str:
    """Return a number as people write it: `1,234.5` in English, `1.234,5` in Vietnamese, where the comma is decimal."""
    text = f"{value:,.{places}f}"
    return text.translate(_VIETNAMESE) if lang == "vi" else text


def word(key: str, lang: str, **params: object) -> str:
    """Return the word `key` in `lang`, `{params}` filled in. Raises `KeyError` for a key that does not exist."""
    text = words()[key][lang]
    return text.format(**params) if params else text


def word_or_code(prefix: str, code: str, lang: str) -> str:
    """Return the word for a value of an open set, such as a ledger outcome, or the value itself if it has none."""
    found = words().get(f"{prefix}.{code}")
    return found[lang] if found else code
