"""How a table names its columns: a prefix they share, its own initials in them, the type in front (`strHoTen`).

What every column bears tells nothing of any of them; `maLX` in a table of drivers (`LaiXe`) is a driver's number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from phantang.classify.text.folding import fold
from phantang.classify.text.words import Word, words_of
from phantang.model.schema import TableInfo

#: A prefix must stand before this many columns, and this share of them.
_COLUMNS, _SHARE = 4, 0.7
_LETTER_AND_NUMBER = re.compile(r"[A-Za-z]_?\d{1,3}")
_PREFIX = re.compile(r"([^\W\d_]{1,6})_+(?=\w)|([a-z]{2,4})(?=[A-Z])")
#: Types written before a name; known ones only, as `so`, `ma` and `ten` look the same.
_TYPES = re.compile(r"(?:str|int|lng|dbl|dtm|bln|bool|txt|fld|col|vch|nvc)(?=[A-Z])|(?:txt|fld|col|str)_")
#: A type as one letter (`sHoTen`, `dNgaySinh`), and the number of a question (`p1_tuoi`): where most names have one.
_LETTER_TYPES = re.compile(r"[bcdfilmnst](?=[A-Z])")
_QUESTION = re.compile(r"[A-Za-z]{1,2}\d{1,3}[a-z]?_+(?=[^\W\d_])")
#: Words for a table before its name.
_TABLE_WORDS = frozenset({"tbl", "tb", "table", "t", "dbo", "bang"})
#: What stands before the initials of the table, written together.
_HEADS = frozenset({"ma", "ten", "hoten", "so", "tuoi", "id"})
_KEEP = frozenset({"so", "ma", "ten", "ngay", "nam", "gioi", "dia", "noi", "is", "la", "user", "cmnd", "cccd", "sdt"})

#: Words that stand where a name should (`field_12`, `cot_3`, `Q5`, `val_a`).
_PLACEHOLDERS = frozenset(
    {
        "field", "fld", "col", "column", "attr", "attribute", "value", "val", "item", "data", "var", "variable",
        "question", "param", "string", "text", "num", "cot", "truong", "thuoc", "tinh", "unnamed", "unknown",
    }
)  # fmt: skip
#: Words, folded, that say nothing of a column where nothing but a number tells it from its neighbours: `noi_dung_2`.
_NUMBERED = _PLACEHOLDERS | {
    "noi", "dung", "gia", "tri", "du", "lieu", "thong", "tin", "chi", "tieu", "muc", "hang", "bien", "info", "content",
    "property", "prop", "ext", "extra", "custom", "udf", "dong",
}  # fmt: skip


@lru_cache(maxsize=16384)
def is_opaque(name: str) -> bool:
    """Tell whether a name says nothing: numbers, single letters and placeholders (`c7`, `field_12`, `nội dung 3`)."""
    words = [word.folded for word in words_of(name)]
    return all(len(word) < 2 or word.isdigit() or word in _PLACEHOLDERS for word in words) or _is_numbered(words)


def numbered(names: Sequence[str]) -> frozenset[str]:
    """Return those of a table's column names that nothing but a number tells apart: `thông tin 5`, `f1` to `f9`."""
    series = Counter(name[0].lower() for name in names if _LETTER_AND_NUMBER.fullmatch(name))
    return frozenset(
        name
        for name in names
        if _is_numbered([word.folded for word in words_of(name)])
        or (_LETTER_AND_NUMBER.fullmatch(name) and series[name[0].lower()] >= _COLUMNS)
    )


def _is_numbered(words: Sequence[str]) -> bool:
    return len(words) > 1 and words[-1].isdigit() and all(word in _NUMBERED for word in words[:-1])


def spoken_names(table: TableInfo, split: Callable[[str], Sequence[Word]] = words_of) -> Mapping[str, str]:
    """Return, for each column, its name as it should be read within `table`; `split` takes the table's name apart."""
    names = [column.name for column in table.columns]
    prefixes = Counter(prefix for name in names if (prefix := _prefix(name)))
    shared, count = prefixes.most_common(1)[0] if prefixes else ("", 0)
    if count < _COLUMNS or count < _SHARE * len(names) or shared.lower() in _KEEP:
        shared = ""
    own = [word for word in split(table.name.table) if word.folded not in _TABLE_WORDS]
    initials = "".join(word.folded[0] for word in own if word.folded.isalpha())
    whole = 2 <= len(initials) <= 3 and len(own) > 1 and all(len(word.folded) > 1 for word in own)  # D03-TS is no noun
    noun = "_".join(word.key for word in own) if whole else ""
    return {
        name: _spoken(bare, shared, initials, noun) for name, bare in zip(names, _without_front(names), strict=True)
    }


def _without_front(names: Sequence[str]) -> Sequence[str]:
    """Return names without what stands before most and says nothing: a letter for the type, a question's number.

    Names that only this tells apart keep it.
    """
    for front in (_LETTER_TYPES, _QUESTION):
        found = [match[0] for name in names if (match := front.match(name))]
        if len(found) >= max(_COLUMNS, _SHARE * len(names)) and (front is _QUESTION or len(set(found)) > 1):
            bare = [name[match.end() :] if (match := front.match(name)) else name for name in names]
            return bare if len(set(bare)) == len(bare) else names
    return names


@lru_cache(maxsize=16384)
def _prefix(name: str) -> str:
    found = _PREFIX.match(name)
    return found[0].rstrip("_") if found else ""


@lru_cache(maxsize=16384)
def _spoken(name: str, shared: str, initials: str, noun: str) -> str:
    text = _TYPES.sub("", name, count=1) if _TYPES.match(name) else name
    if shared and _prefix(text) == shared:
        text = text[len(shared) :].lstrip("_")
    if not noun:
        return text
    if text.isascii():  # marks of the written-out table (bnhan) beside words without any say nothing
        noun = fold(noun)
    head = text.lower().removesuffix(initials)
    if head in _HEADS and len(text) == len(head) + len(initials):  # TENTN in THANNHAN
        return f"{head}_{noun}"
    words = words_of(text)
    if len(words) < 2 or not any(word.folded == initials for word in words):
        return text
    return "_".join(noun if word.folded == initials else word.key for word in words)
