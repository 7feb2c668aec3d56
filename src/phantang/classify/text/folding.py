"""Text as bytes, one a character, and without diacritics: by tables that C walks through, the rest the long way."""

from __future__ import annotations

import codecs
import re
import unicodedata

_COMBINING = re.compile("[\u0300-\u036f]+")
#: The bytes that U+0300 to U+033F are written with in UTF-8; the first starts no other character.
_MARKS = b"\xcc" + bytes(range(0x80, 0xC0))
_NO_WORD = re.compile(r"[^\w\n]|_")
#: Grave, acute, tilde, hook above, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def codes_of(text: str) -> bytes | None:
    """Return `text` as one byte a character, the usual one for ASCII; `None` if it has characters without a place.

    Text that has codes has no blank but space and newline, no digit but those of ASCII, and is NFC.
    """
    if text.isascii():
        codes = text.encode()
        return codes if len(codes.translate(None, _CONTROLS)) == len(codes) else None
    try:
        return codecs.charmap_encode(text, "strict", _PLACES)[0]
    except UnicodeEncodeError:
        return None


def fold(text: str) -> str:
    """Return `text` lower-cased without any diacritics; `đ` becomes `d`."""
    if text.isascii():
        return text.lower()
    codes = codes_of(text)
    return _decomposed(text) if codes is None else codecs.charmap_decode(codes, "strict", _FOLDED)[0]


def spaced(text: str) -> str:
    """Return the lines of `text` folded, with everything but letters and digits turned into blanks."""
    codes = codes_of(text)
    return _NO_WORD.sub(" ", _decomposed(text)) if codes is None else codes.translate(_SPACED).decode()


def _decomposed(text: str) -> str:
    """Fold any text, several times as slowly."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    try:
        bare = decomposed.encode().translate(None, _MARKS)
    except UnicodeEncodeError:  # half of a surrogate pair
        bare = b"\xff"
    # Nothing but ASCII and marks was there: far quicker to tell than to look for every mark.
    return bare.decode() if bare.isascii() else _COMBINING.sub("", decomposed)


def _alphabet() -> str:
    """Return the characters by their codes, at most 256: ASCII at its own, the others at those of control characters.

    They are Vietnamese letters with marks, small and capital, and signs of print.
    """
    letters = {unicodedata.normalize("NFC", base + tone) for base in "aăâeêioôơuưyđ" for tone in ("", *_TONES)}
    small = sorted(one for one in letters if len(one) == 1 and not one.isascii())
    others = iter("".join(small) + "".join(small).upper() + "–—‘’“”…•°")
    # Unused codes stand for U+FFFE, which codecs take for none.
    return "".join(chr(code) if code in {0, 10} or 32 <= code < 127 else next(others, "\ufffe") for code in range(256))


_ALPHABET = _alphabet()
_PLACES = codecs.charmap_build(_ALPHABET)
_CONTROLS = bytes(code for code in range(1, 128) if code != 10 and not 32 <= code < 127)
_FOLDED = "".join(map(_decomposed, _ALPHABET))
#: All of them are ASCII, so that bytes become bytes.
_SPACED = _NO_WORD.sub(" ", _FOLDED).encode()
