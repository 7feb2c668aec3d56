"""`rules.yaml`, read once: formats, thresholds and the words of column names."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_D_BAR = str.maketrans("đĐ", "dD")


@cache
def rules() -> Mapping[str, Any]:
    """Return the content of `rules.yaml`, which ships with the package."""
    text = resources.files("phantang.contracts").joinpath("rules.yaml").read_text(encoding="utf-8")
    content: Mapping[str, Any] = yaml.safe_load(text)
    return content


def words(name: str) -> tuple[str, ...]:
    """Return the words of a column name, folded: `meSoGiayToTuyThan` gives `me so giay to tuy than`."""
    decomposed = unicodedata.normalize("NFD", name)
    plain = "".join(char for char in decomposed if unicodedata.category(char) != "Mn").translate(_D_BAR)
    return tuple(word.lower() for word in _WORD.findall(plain))


def whose(name: str) -> frozenset[str]:
    """Return the words that tell one person's columns from another's in the same table; empty for the row's own."""
    return frozenset(words(name)) - frozenset(rules()["names"]["generic"])


def says(name: str, meaning: str) -> bool:
    """Tell whether `name` contains one of the word sequences listed under `names: meaning`."""
    found = words(name)
    return any(_contains(found, tuple(wanted)) for wanted in rules()["names"][meaning])


def _contains(found: Sequence[str], wanted: tuple[str, ...]) -> bool:
    return any(tuple(found[start : start + len(wanted)]) == wanted for start in range(len(found)))


def has_tag(tag: str | None, wanted: str) -> bool:
    """Tell whether `tag` is `wanted` or finer."""
    return tag is not None and (tag == wanted or tag.startswith(f"{wanted}."))


def format_of(tag: str | None) -> Mapping[str, str] | None:
    """Return the format of the longest prefix of `tag` that has one."""
    while tag:
        if tag in rules()["formats"]:
            found: Mapping[str, str] = rules()["formats"][tag]
            return found
        tag = tag.rpartition(".")[0]
    return None
