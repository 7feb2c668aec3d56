"""Sampled values of a column as distinct lines of text: cleaned, numbers as they were typed, arrays taken apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import NamedTuple

from phantang.classify.text.encodings import repaired
from phantang.classify.text.folding import codes_of

#: At most this many distinct values are looked at, and this many characters of each.
MAX_VALUES, MAX_LENGTH = 1000, 400
#: Blanks other than the space.
_ONE_BLANK = bytes.maketrans(b"\n", b" ")
_BLANK = re.compile(r"[\t\r\v\f\x1c-\x1f\x85\xa0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
#: A whole number that a spreadsheet or a float column gave a fraction or an exponent.
_FLOAT = re.compile(r"-?\d+(?:\.\d*)?(?:[eE]\+?\d{1,2})?")
#: A character as HTML writes it: `&#244;`, `&agrave;`.
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[0-9A-Fa-f]{2,5}|[A-Za-z]{2,8});")
_ARRAY = re.compile(r"[\[{(](.*)[\]})]", re.DOTALL)
_WORDS_ONLY = re.compile(r"[^\W\d_]+(?:[ ][^\W\d_]+)+(?:[ ]*\r?\n[ ]*[^\W\d_]+(?:[ ][^\W\d_]+)+)+\s*")
#: Lines of an address, at most so many and so long; it has a digit. A key and a document have signs of their own.
_MOST_LINES, _LINE = 6, 60
_NO_ADDRESS = re.compile(r"[<>{}\[\]=|]|^-----|^[^\d]*$")
_POSTGRES_ARRAY = re.compile(r'\{(?:"[^"{}:]*"|[^"{}:,]+)(?:,(?:"[^"{}:]*"|[^"{}:,]+))*\}')
#: What keeps a spreadsheet from taking the zeros of `="0123"` or `'0123` away, and quotes that an export left.
_KEPT_AS_TEXT = re.compile(r"""=?"([^"\n]*)"|'([^'\n]*)'?""")
#: Of a longer value, what is read beyond `MAX_LENGTH`: these parts, with what stands around them.
_FAR = re.compile(r"@|\d(?:[ .\-]?\d){7}|[A-Z]{2}\d{6}|MẬT|Mật")
_FAR_PARTS, _AROUND = 8, 40
_QUOTED = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.|'')*)'|([^,]*))\s*(?:,|$)""")


class Lines(NamedTuple):
    """Distinct values, each on one line; all of them as one text, and its `codes_of`, if that is known."""

    lines: tuple[str, ...]
    joined: str | None = None
    codes: bytes | None = None


def distinct_values(values: Iterable[str | None], encodings: Mapping[str, Mapping[str, str]] = {}) -> tuple[str, ...]:
    """Return at most `MAX_VALUES` distinct non-empty values in order, each on one line.

    Of a long one the first `MAX_LENGTH` characters are kept, and what looks like a number or an address beyond.
    Of more values they are taken evenly spread: what a database returns first is often what was entered first.
    Whole numbers stored as floats (`85000001.0`, `8.5000001E7`) lose the fraction, if all values are such; text in an
    old or wrong encoding is read back with the tables in `encodings`.
    """
    return read_lines(values, encodings).lines


def read_lines(values: Iterable[str | None], encodings: Mapping[str, Mapping[str, str]] = {}) -> Lines:
    """Return the same as `distinct_values`, with what was found out on the way."""
    distinct = values if isinstance(values, dict) else dict.fromkeys(values)
    kept = list(distinct)
    if None in distinct:
        kept.remove(None)
    count = len(kept)
    if count > MAX_VALUES:
        kept = [kept[place * count // (MAX_VALUES + 1)] for place in range(MAX_VALUES + 1)]
    found, joined = _joined(kept)
    if not joined:
        return Lines(())
    if encodings and not joined.isascii():  # before anything is cleaned: a lost encoding looks like blanks
        found = list(repaired(found, encodings) or found)
        joined = "\n".join(found)
    if "&" in joined and _ENTITY.search(joined) is not None:  # from a page
        found = list(map(unescape, found))
        joined = "\n".join(found)
    codes = codes_of(joined)
    are_lines = joined.count("\n") < len(found) and not _has_long_line(joined)
    unclean = _is_unclean(joined) if codes is None else _has_spaces_to_lose(codes)
    if unclean or not are_lines:
        found = list(dict.fromkeys(_clean(value) for value in found))
    elif codes is None and not unicodedata.is_normalized("NFC", joined):
        found = list(dict.fromkeys(unicodedata.normalize("NFC", value) for value in found))
    elif '"' not in joined and "'" not in joined:
        # No value is empty: it would have left two newlines side by side, or one at an end.
        lines = tuple(found[:MAX_VALUES])
        typed = _as_typed(lines, codes)
        return Lines(typed, joined, codes) if typed is lines and len(typed) == len(found) else Lines(typed)
    if '"' in joined or "'" in joined:
        found = list(dict.fromkeys(map(_unquoted, found)))
    return Lines(_as_typed(tuple(filter(None, found))[:MAX_VALUES]))


def _joined(values: list[str]) -> tuple[list[str], str]:
    """Return `values` as texts, and all of them on lines; an engine may give types of its own."""
    try:
        return values, "\n".join(values)
    except TypeError:
        texts = list(map(str, values))
        return texts, "\n".join(texts)


def are_arrays(values: Sequence[str | None]) -> bool:
    """Tell whether the first values are arrays as PostgreSQL writes them into text: `{a,b}`, `{"a b",c}`."""
    first = [value for value in values[:20] if value][:4]
    return bool(first) and "{" in first[0] and all(_POSTGRES_ARRAY.fullmatch(value.strip()) for value in first)


def elements(values: Sequence[str | None]) -> Iterator[str | None]:
    """Yield the elements of arrays written as text: `{a,b}`, `[a, b]`, `["a", "b"]`; other values as they are."""
    for value in values:
        inside = _ARRAY.fullmatch(value.strip()) if value else None
        if inside is None:
            yield value
            continue
        for double, single, bare in _QUOTED.findall(inside[1]):
            item = double or single or bare.strip()
            if item and item.upper() != "NULL":
                yield item


def _has_long_line(text: str) -> bool:
    """Tell whether a line is longer than `MAX_LENGTH`: there is no newline in so many characters from its start on."""
    start = 0
    while len(text) - start > MAX_LENGTH:
        newline = text.rfind("\n", start, start + MAX_LENGTH + 1)
        if newline < 0:
            return True
        start = newline + 1
    return False


def _has_spaces_to_lose(codes: bytes) -> bool:
    """Tell whether there are two spaces side by side, or one at the end of a line, or an empty line."""
    if b" " in codes:
        codes = codes.translate(_ONE_BLANK)
        return b"  " in codes or codes[:1] == b" " or codes[-1:] == b" "
    return b"\n\n" in codes or codes[:1] == b"\n" or codes[-1:] == b"\n"


def _is_unclean(text: str) -> bool:
    if " " in text:
        # One space or newline between any two words, none at the ends, and no other blank.
        return len(text.split()) != text.count(" ") + text.count("\n") + 1
    if "\n\n" in text or text[:1] == "\n" or text[-1:] == "\n":
        return True
    # What is printable has no blank but the space, and that is far quicker to tell.
    return not text.replace("\n", "").isprintable() and _BLANK.search(text) is not None


def _unquoted(value: str) -> str:
    inside = _KEPT_AS_TEXT.fullmatch(value) if value[:1] in {"=", '"', "'"} else None
    return value if inside is None else (inside[1] or inside[2] or "").strip()


def _clean(value: str) -> str:
    """Return `value` on one line: its first `MAX_LENGTH` characters, and of the rest what may identify somebody."""
    if len(value) > MAX_LENGTH:
        parts, stop = [value[:MAX_LENGTH]], 0
        for item in islice(_FAR.finditer(value, MAX_LENGTH - _AROUND), _FAR_PARTS):
            parts.append(value[max(stop, item.start() - _AROUND) : item.end() + _AROUND])
            stop = item.end() + _AROUND
        value = " ".join(parts)
    if "\n" in value and _WORDS_ONLY.fullmatch(value):  # several of them below each other
        value = "; ".join(filter(None, map(str.strip, value.split("\n"))))
    elif "\n" in value and _NO_ADDRESS.search(value) is None:
        value = _on_one_line(value)
    return unicodedata.normalize("NFC", " ".join(value.split()))


def _on_one_line(value: str) -> str:
    """Return a few short lines, as addresses have them, with commas between; other text as it is."""
    parts = [part for line in value.splitlines() if (part := line.strip().rstrip(","))]
    if not 1 < len(parts) <= _MOST_LINES or max(map(len, parts)) > _LINE:
        return value
    return ", ".join(parts)


def _as_typed(lines: tuple[str, ...], codes: bytes | None = None) -> tuple[str, ...]:
    """Return whole numbers as they were typed, if all `lines` are such; `codes` may be those of all of them."""
    if not lines or not lines[0].isascii() or not _FLOAT.fullmatch(lines[0]):
        return lines
    if codes is not None and not codes.translate(None, b"\n0123456789"):
        return lines
    if all(map(str.isdigit, lines)):
        return lines
    numbers: list[float] = []
    for line in lines:
        if not _FLOAT.fullmatch(line) or not (number := float(line)).is_integer() or abs(number) >= 2**53:
            return lines
        numbers.append(number)
    return tuple(dict.fromkeys(str(int(number)) for number in numbers))
