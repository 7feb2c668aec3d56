"""Excel workbooks: each sheet with anything in it is a table."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import python_calamine as calamine

from phantang.engines.files.grid import HEAD, TITLES, Grid, read_grid
from phantang.engines.sampling import Sample, Sampling, evenly
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Merges = list[tuple[tuple[int, int], tuple[int, int]]]

#: Bytes a workbook may have once it is unpacked: a small archive can hold a very large nothing.
UNPACKED = 2**30


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, what `read_grid` made of it, and how many rows of data follow."""

    name: str
    grid: Grid
    rows: int


def look(path: Path, source: str) -> list[Sheet]:
    """Return the sheets that hold a table. Raises `OSError` or `EngineError` `source_file_*`."""
    sheets = []
    with _open(path, source) as book:
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:  # a chart
                continue
            rows, merges = _rows(book, meta.name, source)
            head = list(islice(rows, HEAD + TITLES))
            grid = _grid(head, merges)
            if grid is not None:
                left = sum(1 for row in head[grid.first :] if any(row)) + sum(1 for row in rows if any(row))
                sheets.append(Sheet(meta.name, grid, left))
    return sheets


def draw(path: Path, sheet: Sheet, sampling: Sampling, source: str) -> Sample:
    """Return a sample of a sheet. Raises as `look`."""
    limit, length = sampling.fit(len(sheet.grid.names))
    wanted = set(evenly(sheet.rows, limit, sampling.seed))
    with _open(path, source) as book:
        rows, _ = _rows(book, sheet.name, source)
        data = (row for row in islice(rows, sheet.grid.first, None) if any(row))
        found = [row for at, row in enumerate(data) if at in wanted]
    values = {
        name: [(row[at] or "")[:length] or None if at < len(row) else None for row in found]
        for at, name in enumerate(sheet.grid.names)
        if name not in sampling.without
    }
    return Sample(values, "all" if sheet.rows <= limit else "row_stride", len(found))


def _open(path: Path, source: str) -> Any:
    with path.open("rb") as file:  # a missing file, or one without permission, is told from a damaged one
        packed = file.read(4) == b"PK\x03\x04"
    try:
        if packed:
            with zipfile.ZipFile(path) as archive:
                if sum(part.file_size for part in archive.infolist()) > UNPACKED:
                    raise EngineError("source_file_too_big", source=source)
        return calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError:
        problem = "source_file_encrypted"
    except (calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError):
        problem = "source_file_damaged"
    raise EngineError(problem, source=source)


def _rows(book: Any, name: str, source: str) -> tuple[Iterator[list[str | None]], Merges]:
    try:
        sheet = book.get_sheet_by_name(name)
        rows = ([_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False))
        return rows, list(sheet.merged_cell_ranges or [])
    except (calamine.CalamineError, ValueError, OSError):
        pass
    raise EngineError("source_file_damaged", source=source)


def _grid(head: list[list[str | None]], merges: Merges) -> Grid | None:
    """Fill merged cells of the header with their text, and join as many rows as its cells are high."""
    for (top, left), (bottom, right) in merges:
        if top >= TITLES or top >= len(head) or (left == 0 and right + 1 >= max(map(len, head))):  # a title across
            continue
        for row in head[top : bottom + 1]:
            for at in range(left, min(right + 1, len(row))):
                row[at] = row[at] or head[top][left]
    plain = read_grid(head)
    if plain is None or plain.first == 0:
        return plain
    width = len(plain.names)
    start = next(at for at, row in enumerate(head) if sum(1 for cell in row if cell) >= 0.6 * width)
    across = [(low, high) for low, high in merges if low[0] == start and high[1] > low[1]]
    if not across:
        tall = max((high[0] for low, high in merges if low[0] == start), default=start)
        return plain if tall == start else read_grid(head, header=True, header_rows=tall - start + 1)
    tall = max(high[0] for low, high in merges if low[0] == start)
    return read_grid(head, header=True, header_rows=max(tall - start + 1, 2))


def _text(cell: object) -> str | None:
    """Return a cell as text, in the forms a database would give; whole numbers without the point Excel keeps."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return None if cell is None else str(cell) if isinstance(cell, (int, timedelta)) else None
