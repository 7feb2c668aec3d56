"""Words of a name, whatever its style: `SoCMND`, `so_cmnd` and `Số CMND` are the same words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def folded_words(text: str) -> list[str]:
    """Return the words of `text` in lower case and without diacritics."""
    decomposed = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return [word.lower() for word in _WORD.findall(plain)]


def has_phrase(text: str, phrase: str) -> bool:
    """Tell whether the words of `phrase` stand next to each other in `text`."""
    return _spaced(phrase) in _spaced(text)


@lru_cache(maxsize=4096)
def _spaced(text: str) -> str:
    return f" {' '.join(folded_words(text))} "
