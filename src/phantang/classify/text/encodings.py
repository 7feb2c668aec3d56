"""Vietnamese text in the wrong encoding, read back: UTF-8 shown as Latin-1 or CP1252, and the old TCVN3 (ABC) and VNI.

The two font encodings are tables in `classifiers/lists/legacy_encodings.csv`. A column is repaired only if that turns
words which are no Vietnamese syllables into words which are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice

from phantang.classify.text.folding import fold
from phantang.classify.text.words import is_syllable

#: Looked at to decide; a column is of one encoding.
_LOOKED_AT = 15
#: The share of words with marks that must be syllables after the repair, and may be before it.
_AFTER, _BEFORE = 0.8, 0.6
_LETTERS = frozenset("aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz")
_WORD = re.compile(r"[^\s\d.,;:/()\-\"'+&]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def repaired(lines: Sequence[str], tables: Mapping[str, Mapping[str, str]]) -> tuple[str, ...] | None:
    """Return `lines` in Unicode, or `None` if they are so already, or if no known encoding explains them.

    `tables` maps the name of an encoding to its characters, or pairs of characters, in Unicode.
    """
    marked = list(islice((line for line in lines if not line.isascii()), _LOOKED_AT))
    if not marked or _share(marked) > _BEFORE:
        return None
    read = {"utf-8": [_utf8(line) for line in marked]}
    read |= {name: [_translated(line, table) for line in marked] for name, table in tables.items()}
    best = max(read, key=lambda name: _share(read[name]))
    if _share(read[best]) < _AFTER:
        return None
    if best == "utf-8":
        return tuple(_utf8(line) for line in lines)
    return tuple(_translated(line, tables[best]) for line in lines)


def _share(lines: Sequence[str]) -> float:
    """Return which part of the words with marks are Vietnamese syllables in Vietnamese letters; a sign (£) is none."""
    words = [word for word in _WORD.findall("\n".join(lines)) if not word.isascii()]
    said = [one for one in map(_vietnamese, words) if one is not None]
    return sum(said) / len(said) if said else 1.0


@lru_cache(maxsize=8192)
def _vietnamese(word: str) -> bool | None:
    """Tell whether a word is a Vietnamese syllable; `None` for one without letters."""
    if not any(map(str.isalpha, word)):
        return None
    lower = word.lower()
    decomposed = unicodedata.normalize("NFD", lower)
    plain = unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in _TONES))
    if not set(plain) <= _LETTERS or sum(char in _TONES for char in decomposed) > 1:
        return False
    return is_syllable(fold(word))


def _utf8(text: str) -> str:
    """Return what `text` was before its UTF-8 was read as CP1252 or Latin-1; the same text if it was not."""
    raw = bytearray()
    for char in text:
        try:
            raw += char.encode("cp1252")
        except UnicodeEncodeError:
            if ord(char) > 255:
                return text
            raw.append(ord(char))
    return raw.decode("utf-8", "replace")


def _translated(text: str, table: Mapping[str, str]) -> str:
    found: list[str] = []
    place = 0
    while place < len(text):
        pair = text[place : place + 2]
        if len(pair) == 2 and pair in table:
            found.append(table[pair])
            place += 2
        else:
            found.append(table.get(text[place], text[place]))
            place += 1
    return "".join(found)
