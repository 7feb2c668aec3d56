"""Names and comments as words: original diacritics first, split, and only then fold.

Folding too early makes `họ` (surname), `hộ` (household) and `hồ` (dossier) one word. A word that carries marks is
compared with its marks; a word without marks, in a name that has none anywhere, is compared folded.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from phantang.classify.text.folding import fold

#: Grave, acute, tilde, hook above, dot below: the five tone marks. Where in a syllable they are typed varies (hòa,
#: hoà).
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
#: Capitals of which a serialiser made the first ones small: `TEN_KHANG` is `teN_KHANG` in the JSON of .NET.
_SERIALISED = re.compile(r"[a-z]+[A-Z](?:_[A-Z0-9]+)+")
#: Letters that are vowels in a name without marks.
VOWELS = frozenset("aeiouy")
_SINGULAR_S = ("ss", "us", "is")
#: Letters before an `h` that an English plural ends in (months, graphs); hs after others is short for something.
_BEFORE_H = frozenset("cgpst")
_PLURAL_ES = ("ches", "shes", "sses", "xes")
#: What a syllable begins with before its vowel; nothing, too. `gi` is one before another vowel only (`gia`, not `gin`).
_ONSET = re.compile(r"ngh|gi(?=[aeiouy])|qu|ch|gh|kh|ng|nh|ph|th|tr|[bcdghklmnpqrstvx]|")
#: A Vietnamese syllable without its marks: an onset, and a rhyme.
_SYLLABLE = re.compile(
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:ieu|yeu|oai|oay|uay|uoi|uou|uya|uye|uyu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
    r"(?:ch|ng|nh|[cmnpt])?"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `key` keeps diacritics, its tone moved to the end; `folded` has none; `exact` compares by `key`.

    `guessed`: the name does not say this word, but something that may be short for it.
    """

    key: str
    folded: str
    exact: bool
    guessed: bool = False

    def is_like(self, other: Word) -> bool:
        """Tell whether this word of a column's name can be `other`, a word of a rule's phrase."""
        return self.key == other.key if self.exact else self.folded == other.folded


def accent_key(text: str) -> str:
    """Return `text` lower-cased, composed, tone marks at the end: `hòa`, `hoà` and their NFD forms are one key."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    tones = "".join(char for char in decomposed if char in _TONES)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if char not in _TONES)) + tones


@lru_cache(maxsize=65536)
def onset_of(word: str) -> str:
    """Return the consonants that a syllable begins with (`ngh`, `gi`, `qu`), or an empty text."""
    found = _ONSET.match(word)
    return found[0] if found else ""


@lru_cache(maxsize=32768)  # packs ask ten times for each
def is_syllable(text: str) -> bool:
    """Tell whether folded `text` can be a Vietnamese syllable."""
    return len(text) <= 7 and _SYLLABLE.fullmatch(text) is not None


def _kind(char: str) -> str:
    if char.isdigit():
        return "digit"
    if not char.isalpha():
        return ""
    return "upper" if char.isupper() else "lower"


def _split(text: str) -> list[str]:
    """Split at everything that is not a letter or digit, at camel humps, and between letters and digits."""
    if text.isalpha() and text.islower():
        return [text]
    if "_" in text and _SERIALISED.fullmatch(text):
        text = text.lower()
    pieces: list[str] = []
    current, last = "", ""
    for position, char in enumerate(text):
        kind = _kind(char)
        following = _kind(text[position + 1]) if position + 1 < len(text) else ""
        hump = kind == "upper" and (last == "lower" or (last == "upper" and following == "lower"))
        if current and (not kind or hump or (kind == "digit") != (last == "digit")):
            pieces.append(current)
            current = ""
        if kind:
            current += char
        last = kind
    return [*pieces, current] if current else pieces


def _singular(word: str) -> str:
    if len(word) > 3 and word.isascii() and word.endswith("s") and not word.endswith(_SINGULAR_S):
        if word[-2] == "h" and word[-3] not in _BEFORE_H:  # SOHS
            return word
        if word.endswith(_PLURAL_ES):
            return word[:-2]
        return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    return word


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[Word, ...]:
    """Split a column name, table name, comment or phrase into words.

    Snake, camel, upper case, acronyms (`SoCMND`), digits (`phone2`), NFC and NFD are understood; an English plural
    `s` is dropped. All words are `exact` as soon as one of them carries a diacritic.
    """
    parts = text.split() if text.isascii() else unicodedata.normalize("NFC", text).split()
    marked = not text.isascii() and any(_is_marked(part) for part in parts)
    if len(parts) == 1:
        return _words_of_part(parts[0], exact=marked)
    return tuple([word for part in parts for word in _words_of_part(part, exact=marked)])


@lru_cache(maxsize=16384)
def _words_of_part(part: str, *, exact: bool) -> tuple[Word, ...]:
    """Split text without blanks. Packs say the same few thousand words in tens of thousands of phrases."""
    return tuple(Word(_singular(accent_key(piece)), _singular(fold(piece)), exact) for piece in _split(part))


@lru_cache(maxsize=16384)
def _is_marked(part: str) -> bool:
    return any(fold(piece) != piece.lower() for piece in _split(part))
