"""What bytes of a text file mean: its encoding, told from a few pieces of it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: In Windows-1258 tones are characters of their own, behind their vowel.
_TONES = re.compile(rb"[\xcc\xd2\xde\xec\xf2]")
_TONE_ON_VOWEL = re.compile(rb"[aeiouyAEIOUY\xc2\xca\xd4\xc3\xd5\xdd\xe2\xea\xf4\xe3\xf5\xfd][\xcc\xd2\xde\xec\xf2]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, the bytes before the text, and the number of bytes that every character begins on a multiple of."""

    codec: str
    skip: int = 0
    unit: int = 1

    def decode(self, data: bytes) -> str:
        """Return text in composed form (NFC where the codec writes tones apart); no byte makes this fail."""
        text = data.decode(self.codec, "replace")
        return unicodedata.normalize("NFC", text) if self.codec == "cp1258" else text


def detect(pieces: list[bytes]) -> Encoding | None:
    """Return the encoding of a file from its first bytes and pieces of it further on; `None` for what is no text."""
    head = pieces[0]
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return Encoding(codec, len(mark), {"utf-8": 1}.get(codec, 4 if "32" in codec else 2))
    if b"\0" in head:
        return _without_mark(head)
    if all(_is_utf8(piece) for piece in pieces):
        return Encoding("utf-8")
    data = b"".join(pieces)
    tones = len(_TONES.findall(data))
    if tones >= 3 and len(_TONE_ON_VOWEL.findall(data)) >= 0.9 * tones:
        return Encoding("cp1258")
    # Each byte a character: TCVN3 and VNI stay what they are, for the classifier to know them by.
    return Encoding("cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "latin-1")


def _without_mark(head: bytes) -> Encoding | None:
    """Tell UTF-16 by its zero bytes: delimiters, digits and most letters have one, all on the same side."""
    half = len(head) // 2
    if not half:
        return None
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.3 and even < 0.05:
        return Encoding("utf-16-le", unit=2)
    if even > 0.3 and odd < 0.05:
        return Encoding("utf-16-be", unit=2)
    return None


def _is_utf8(piece: bytes) -> bool:
    """Tell whether a piece is UTF-8 but for a character cut in two at either end."""
    start = next((at for at in range(min(4, len(piece))) if piece[at] & 0xC0 != 0x80), 0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece[start:])
    except UnicodeDecodeError:
        return False
    return True
