"""Rows of texts as people write them: where the header is, what the columns are called, what type they look like."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = Sequence[str | None]

#: Rows looked at to find the header and the types.
HEAD = 200
#: Rows of titles and blanks that may stand above a header.
TITLES = 20
#: The share of a table's width that a row of it fills at least; a title fills less.
FULL = 0.6
_LONGEST_NAME = 120

_DATA = re.compile(
    r"[-+]?[\d.,\s]+%?"  # numbers
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*"  # dates
    r"|\S+@\S+\.\S+|https?://.*"
    r"|.*\d{6,}.*"  # identifiers
)
#: A person's name in the first row makes it data: it must not become the name of a column (invariant 9).
_PERSON = re.compile(
    r"(nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý)(\s+\w+){1,4}", re.IGNORECASE
)
_ORDINAL = re.compile(r"[\[(]?(\d{1,2}|[A-Z])[\])]?")
_TYPES = (
    ("BOOLEAN", re.compile(r"true|false", re.IGNORECASE)),
    ("INTEGER", re.compile(r"-?(0|[1-9]\d{0,17})")),  # 0123 is text: a leading zero means something
    ("DOUBLE", re.compile(r"-?(0|[1-9]\d{0,17})(\.\d+)?([eE][-+]?\d+)?")),
    ("DATE", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("TIMESTAMP", re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?")),
)


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of rows of text, and the position of the first row of data among the rows that were looked at."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    first: int


def read_grid(rows: Sequence[Row], *, header: bool | None = None, header_rows: int = 1) -> Grid | None:
    """Return what `rows`, the first of a sheet or file, look like; `None` if there is nothing in them.

    `header` says that there is one, or none, where somebody knows. A header may be `header_rows` high: its cells are
    joined from top to bottom.
    """
    width = max((_width(row) for row in rows), default=0)
    if width == 0:
        return None
    start = next((at for at, row in enumerate(rows[:TITLES]) if _filled(row) >= FULL * width), None)
    if start is None:
        start = next(at for at, row in enumerate(rows) if _filled(row))
    below = rows[start + 1 :]
    if header if header is not None else _is_header(rows[start], below):
        # Rows may be too long by mistake; columns are those that have a name, or that most rows fill.
        usual = Counter(_width(row) for row in rows[start:] if _filled(row)).most_common(1)[0][0]
        width = max(_width(rows[start]), usual)
        parts = rows[start : start + header_rows]
        names = [_joined([row[at] if at < len(row) else None for row in parts]) for at in range(width)]
        first = start + len(parts)
        if first < len(rows) and _numbers_columns(rows[first]):
            first += 1
    else:
        names, first = [""] * width, start
    data = rows[first:]
    types = tuple(_type([row[at] for row in data if at < len(row) and row[at]]) for at in range(width))
    return Grid(_distinct(names), types, first)


def _width(row: Row) -> int:
    return max((at + 1 for at, cell in enumerate(row) if cell), default=0)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell)


def _is_header(row: Row, below: Sequence[Row]) -> bool:
    """Tell whether `row` names columns: words, none a person's name, none found again below in its own column."""
    for at, cell in enumerate(row):
        if not cell:
            continue
        text = cell.strip()
        if len(text) > _LONGEST_NAME or _DATA.fullmatch(text) or _PERSON.fullmatch(text):
            return False
        if any(at < len(other) and other[at] == cell for other in below):
            return False
    return True


def _numbers_columns(row: Row) -> bool:
    """Tell whether `row` only numbers the columns, (1) (2) (3), as printed forms do under their header."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    marks = [found[1] for cell in cells if (found := _ORDINAL.fullmatch(cell))]
    digits = [int(mark) for mark in marks if mark.isdigit()]
    in_order = all(after == before + 1 for before, after in pairwise(digits))
    return len(cells) >= 3 and len(marks) == len(cells) and in_order


def _joined(cells: Sequence[str | None]) -> str:
    parts = dict.fromkeys(" ".join(cell.split()) for cell in cells if cell and cell.strip())
    return " / ".join(parts)[:_LONGEST_NAME]


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return `names` with `c1`, `c2`, ... for empty ones and a number after those that stand there already."""
    seen: Counter[str] = Counter()
    made: list[str] = []
    for place, name in enumerate(names, 1):
        wanted = "".join(char for char in name if char.isprintable()).strip() or f"c{place}"
        seen[wanted] += 1
        unique = wanted if seen[wanted] == 1 else f"{wanted}_{seen[wanted]}"
        while unique in made:
            seen[wanted] += 1
            unique = f"{wanted}_{seen[wanted]}"
        made.append(unique)
    return tuple(made)


def _type(cells: Sequence[str | None]) -> str:
    for name, pattern in _TYPES:
        if cells and all(pattern.fullmatch(cell.strip()) for cell in cells if cell):
            return name
    return "VARCHAR"
