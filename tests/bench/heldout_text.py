"""Vietnamese text as old systems hold it: without marks, in TCVN3 and VNI fonts, or as UTF-8 in the wrong code page.

TCVN3 is TCVN 5712:1993 (VN3); VNI is the VNI-Windows font set, a base letter followed by a mark letter.
Both are shown as a database returns them: the font's bytes read as Windows-1252.
"""

from __future__ import annotations

import unicodedata

_TCVN3_LETTERS = (
    "ÀB5 ẢB6 ÃB7 ÁB8 ẠB9 ẰBB ẲBC ẴBD ẮBE ẶC6 ẦC7 ẨC8 ẪC9 ẤCA ẬCB ÈCC ẺCE ẼCF ÉD0 ẸD1 ỀD2 ỂD3 ỄD4 ẾD5 ỆD6 "
    "ÌD7 ỈD8 ĨDC ÍDD ỊDE ÒDF ỎE1 ÕE2 ÓE3 ỌE4 ỒE5 ỔE6 ỖE7 ỐE8 ỘE9 ỜEA ỞEB ỠEC ỚED ỢEE "
    "ÙEF ỦF1 ŨF2 ÚF3 ỤF4 ỪF5 ỬF6 ỮF7 ỨF8 ỰF9 ỲFA ỶFB ỸFC ÝFD ỴFE ĂA8 ÂA9 ÊAA ÔAB ƠAC ƯAD ĐAE"
)
_TCVN3 = {pair[0].lower(): bytes.fromhex(pair[1:]).decode("cp1252") for pair in _TCVN3_LETTERS.split()}
_TCVN3 |= dict(zip("ĂÂÊÔƠƯĐ", bytes(range(0xA1, 0xA8)).decode("cp1252"), strict=True))

_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_ROOFS = {"\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä", "": "â"}
_BREVES = {"\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë", "": "ê"}
_SINGLE = {"ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}


def fold(value: str) -> str:
    """Without marks, in ASCII: `Đặng` becomes `Dang`."""
    marks = unicodedata.normalize("NFD", value.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in marks if not unicodedata.combining(letter))


def to_tcvn3(value: str) -> str:
    """TCVN3 (ABC fonts): one byte a letter; toned capitals fall on their small letters, as the fonts have it."""
    composed = unicodedata.normalize("NFC", value)
    return "".join(_TCVN3.get(letter) or _TCVN3.get(letter.lower(), letter) for letter in composed)


def _vni_letter(letter: str) -> str:
    small = letter.lower()
    if small in _SINGLE:
        written = _SINGLE[small]
    else:
        base, *marks = list(unicodedata.normalize("NFD", small))
        tone = next((mark for mark in marks if mark in _TONES), "")
        if "\u0302" in marks:
            written = base + _ROOFS[tone]
        elif "\u0306" in marks:
            written = base + _BREVES[tone]
        else:
            horn = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
            written = horn + _TONES.get(tone, "")
    return written if letter == small else written.upper()


def to_vni(value: str) -> str:
    """VNI-Windows: `Nguyễn` becomes `Nguyeãn`."""
    return "".join(_vni_letter(letter) for letter in unicodedata.normalize("NFC", value))


def to_mojibake(value: str) -> str:
    """UTF-8 read as Windows-1252, unknown bytes kept: `Nguyễn` becomes `Nguyá»…n`."""
    return "".join(
        bytes([byte]).decode("cp1252") if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in unicodedata.normalize("NFC", value).encode()
    )
