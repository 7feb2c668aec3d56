"""CSV and TSV files as tables: values stay text, so that `0123` keeps its zero.

A file up to `WHOLE` bytes is read through once for its rows and once for the sample; of a larger one only ranges spread
over it are read. A row of another length than the header is cut, or filled with NULL; nothing makes a file fail but
bytes that are no text.
"""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from phantang.engines.files.grid import HEAD, TITLES, Grid, read_grid
from phantang.engines.files.text import Encoding, detect
from phantang.engines.sampling import Sample, Sampling, evenly, starts
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

#: Bytes of a file that is read to its end.
WHOLE = 16 * 2**20
#: Bytes read at the beginning, and of each piece further on, to know the encoding.
PEEK, PIECE, PIECES = 256 * 1024, 16 * 1024, 8
#: Ranges a large file is sampled from, and the bytes of each.
RANGES, RANGE = 25, 128 * 1024
_DELIMITERS = ",;\t|"
#: Characters of the longest field; one that never ends (a quote that is not closed) is an error of the parser.
_LONGEST = 4 * 2**20
csv.field_size_limit(_LONGEST)


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a file: what `look` found out about it."""

    encoding: Encoding
    delimiter: str
    grid: Grid
    size: int
    #: Rows of data, exact for a small file; else an estimate from the lengths of the first lines.
    rows: int
    quoting: int
    #: Cells of the usual row, empty ones at its end included.
    width: int


def look(path: Path, options: Mapping[str, str], source: str) -> Layout | None:
    """Return the layout of a file; `None` if it is empty. Raises `OSError`, `EngineError` `source_file_damaged`."""
    size = path.stat().st_size
    with path.open("rb") as file:
        pieces = [file.read(PEEK)]
        for start in starts(PEEK, size - 1, PIECES, 0) if size > PEEK else ():
            file.seek(start - start % 4)
            pieces.append(file.read(PIECE))
    encoding = _encoding(pieces, options)
    if encoding is None:
        raise EngineError("source_file_damaged", source=source)
    text = encoding.decode(pieces[0][encoding.skip :])
    if size > PEEK:  # the last line may be half of one
        text = text[: text.rfind("\n") + 1] or text
    delimiter = options.get("delimiter") or _delimiter(text, tab=path.suffix.lower() == ".tsv")
    quoting = _quoting(text, delimiter)
    rows = list(islice(_parse(io.StringIO(text, newline=""), delimiter, quoting), HEAD + TITLES))
    head = [_cells(row) for row in rows]
    header = {"yes": True, "no": False}.get(options.get("header", ""))
    grid = read_grid(head, header=header)
    if grid is None:
        return None
    width = Counter(map(len, filter(_is_row, rows))).most_common(1)[0][0]
    lines = max(text.count("\n"), 1)
    layout = Layout(encoding, delimiter, grid, size, max(1, size * lines // max(len(pieces[0]), 1)), quoting, width)
    if size > WHOLE:
        return layout
    count = sum(1 for _ in _every_row(path, layout))
    return replace(layout, rows=count)


def draw(path: Path, layout: Layout, sampling: Sampling, source: str) -> Sample:
    """Return a sample of a file. Raises `OSError`, `EngineError` `query_timeout`."""
    names = layout.grid.names
    rows, length = sampling.fit(len(names))
    deadline = time.monotonic() + sampling.seconds
    found: list[list[str | None]] = []
    if layout.size > WHOLE:
        method = "byte_ranges"
        chosen: Iterable[list[str | None]] = _ranged_rows(path, layout, rows, sampling.seed)
    else:
        method = "all" if layout.rows <= rows else "row_stride"
        wanted = set(evenly(layout.rows, rows, sampling.seed))
        chosen = (row for at, row in enumerate(_every_row(path, layout)) if at in wanted)
    for row in chosen:
        found.append([cell[:length] if cell else None for cell in row])
        if time.monotonic() > deadline:
            raise EngineError("query_timeout", source=source)
    values = {
        name: [row[at] if at < len(row) else None for row in found]
        for at, name in enumerate(names)
        if name not in sampling.without
    }
    return Sample(values, method, len(found))


def _encoding(pieces: list[bytes], options: Mapping[str, str]) -> Encoding | None:
    found = detect(pieces)
    if "encoding" in options:
        codec = options["encoding"]
        same = found is not None and found.codec == codec
        return found if same else Encoding(codec, 0, 2 if codec.startswith("utf-16") else 1)
    if pieces[0][:4] in (b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0", b"%PDF"):  # another kind of file by this name
        return None
    return found


def _delimiter(text: str, *, tab: bool) -> str:
    """Return the delimiter that cuts the most lines into the same number of fields, more than one."""
    first = text[:16].splitlines()[:1]
    if first and first[0].lower().startswith("sep=") and len(first[0]) == 5:  # Excel's own way to say it
        return first[0][4]
    best, chosen = (0.0, 0), "\t" if tab else ","
    for delimiter in _DELIMITERS:
        rows = islice(_parse(io.StringIO(text, newline=""), delimiter, csv.QUOTE_MINIMAL), HEAD)
        widths = Counter(len(row) for row in rows if row)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        score = (round(count / max(sum(widths.values()), 1), 1), width)
        if width > 1 and score > best:
            best, chosen = score, delimiter
    return chosen


def _quoting(text: str, delimiter: str) -> int:
    """Return whether quotes mean anything: not where one is opened and, lines later, still not closed."""
    longest = max(
        (
            row.count("\n")
            for fields in _parse(io.StringIO(text, newline=""), delimiter, csv.QUOTE_MINIMAL)
            for row in fields
        ),
        default=0,
    )
    return csv.QUOTE_NONE if longest > HEAD else csv.QUOTE_MINIMAL


def _parse(lines: Iterable[str], delimiter: str, quoting: int) -> Iterator[list[str]]:
    """Yield the rows of `lines`; where the parser gives up, what follows is left out."""
    rows = csv.reader(lines, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type] # a member of an enum
    while True:
        try:
            yield next(rows)
        except (StopIteration, csv.Error):
            return


def _cells(row: list[str]) -> list[str | None]:
    return [cell.strip() or None for cell in row]


def _is_row(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


def _every_row(path: Path, layout: Layout) -> Iterator[list[str | None]]:
    """Yield the rows of data of a whole file."""
    with path.open("rb") as file:
        text = layout.encoding.decode(file.read(WHOLE)[layout.encoding.skip :])
    rows = _parse(io.StringIO(text, newline=""), layout.delimiter, layout.quoting)
    for row in islice(rows, layout.grid.first, None):
        if _is_row(row):
            yield _cells(row)


def _ranged_rows(path: Path, layout: Layout, limit: int, seed: int) -> Iterator[list[str | None]]:
    """Yield runs of rows from ranges spread over the file; rows of another width may be halves of rows, so are left."""
    points = starts(layout.encoding.skip, layout.size - 1, RANGES, seed)
    each = -(-limit // len(points))
    unit = layout.encoding.unit
    left = limit
    with path.open("rb") as file:
        for point in points:
            file.seek(point - (point - layout.encoding.skip) % unit)
            text = layout.encoding.decode(file.read(RANGE))
            lines = text.splitlines(keepends=True)[1:-1]  # the first and the last are cut
            rows = _parse(lines, layout.delimiter, layout.quoting)
            good = (row for row in rows if len(row) == layout.width and _is_row(row))
            for row in islice(good, min(each, left)):
                left -= 1
                yield _cells(row)
