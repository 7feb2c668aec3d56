"""A report as a workbook: one sheet a section, filters, frozen heads, tiers in colour. Every text is only text.

Rows are as high as their text needs: LibreOffice, unlike Excel, does not find that out when it opens a workbook.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.flow.report.report import Report, Section

_TIER_COLOUR = {"T0": "#E3F4E3", "T1": "#E3F4E3", "T2": "#FFF3C4", "T3": "#FBD5D0", "T4": "#F3A59B", "T5": "#D9534F"}
_WIDTHS = {"evidence": 48, "basis": 28, "column_names": 50, "content": 50, "rule": 50, "meaning": 22, "reason": 20}
_WIDTHS |= {"time": 20, "table": 24, "column": 22, "tag": 22, "proposed": 22, "table_a": 24, "table_b": 24}
_WIDTHS |= dict.fromkeys((*_TIER_COLOUR, "tier", "item"), 8)
_WIDTHS |= dict.fromkeys(("share", "decree_13", "tables", "tagged", "decided", "untagged", "basic", "sensitive"), 13)
_WIDTHS |= dict.fromkeys(("rows", "columns", "subjects", "uncounted", "at_least", "at_most", "confidence"), 13)
_WIDTHS |= dict.fromkeys(("source", "type", "personal_class", "basis_status", "status", "decided_by"), 14)
_OTHERS = 18
#: Characters of one cell, and of a sheet's name, that a spreadsheet takes.
_CELL, _SHEET = 32_000, 31
#: Points of a line of text, and of the highest row a spreadsheet takes.
_LINE, _HIGHEST = 15, 409
#: What a capital counts: a small letter fits into a width of 1 in Excel's own font; more fit in others.
_CAPITAL = 1.25
#: How much larger the title of the cover is.
_TITLE = 1.4
#: Numbers of paper sizes; the second for a sheet wider than this.
_A4, _A3, _WIDE = 9, 8, 200
_COVER = 70


def write_xlsx(report: Report, out: str) -> None:
    """Write the workbook to `out`. Raises `InputError` `output_unwritable`."""
    import xlsxwriter

    try:
        # strings_to_*: a column called "=1+1" must stay text when an officer opens the report.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(out, options) as book:
            book.set_properties({"title": report.title, "subject": report.subtitle})
            formats = _formats(book)
            cover = book.add_worksheet(_sheet_name(0, report.title))
            cover.set_column(0, 0, _COVER)
            for line, text in enumerate((report.title, report.subtitle, *report.notes)):
                larger = _TITLE if line == 0 else 1
                cover.set_row(line, _height([(text, _COVER / larger)]) * larger)
                cover.write_string(line, 0, text, formats["title" if line == 0 else "free"])
            _page(cover, report)
            start = len(report.notes) + 3
            for number, section in enumerate(report.sections, start=1):
                name = _sheet_name(number, section.title)
                cover.write_url(start + number, 0, f"internal:'{name}'!A1", string=section.title)
                _write(book.add_worksheet(name), section, report, formats)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        cause = error if isinstance(error, OSError) else error.args[0] if error.args else None  # the writer wraps it
        what = cause if isinstance(cause, OSError) else OSError()
        raise InputError("output_unwritable", path=out, what=what) from None


def _formats(book: Any) -> dict[str, Any]:
    cell = {"valign": "top", "border": 1, "border_color": "#C9C9C9"}
    number = {**cell, "align": "right", "indent": 1}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 14, "text_wrap": True, "valign": "top"},
        "section": {"bold": True, "font_size": 12},
        "free": {"text_wrap": True, "valign": "top"},
        "head": {**cell, "bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True},
        "text": {**cell, "text_wrap": True},
        "fraction": {**number, "num_format": "0.00"},
        "count": {**number, "num_format": "#,##0"},
        **{tier: {**cell, "bg_color": fill, "bold": True} for tier, fill in _TIER_COLOUR.items()},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _write(sheet: Any, section: Section, report: Report, formats: dict[str, Any]) -> None:
    widths = [_WIDTHS.get(key, _OTHERS) for key, _ in section.heads]
    sheet.write_string(0, 0, section.title, formats["section"])
    sheet.merge_range(1, 0, 1, len(widths) - 1, section.note, formats["free"])
    sheet.set_row(1, _height([(section.note, sum(widths))]))
    sheet.set_row(2, _height(zip((title for _, title in section.heads), widths, strict=True), bold=True))
    for position, (_, title) in enumerate(section.heads):
        sheet.write_string(2, position, title, formats["head"])
        sheet.set_column(position, position, widths[position])
    for line, row in enumerate(section.rows, start=3):
        sheet.set_row(line, _height((cell, width) for cell, width in zip(row, widths, strict=True)))
        for position, ((key, _), cell) in enumerate(zip(section.heads, row, strict=True)):
            if isinstance(cell, int | float):
                sheet.write_number(line, position, cell, formats["fraction" if isinstance(cell, float) else "count"])
            elif cell is None:
                sheet.write_blank(line, position, None, formats["text"])
            else:
                style = formats.get(cell) if key == "tier" else None
                sheet.write_string(line, position, cell[:_CELL], style or formats["text"])
    if not section.rows:
        sheet.write_string(3, 0, report.words["nothing"])
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, max(3, 2 + len(section.rows)), len(widths) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(2)
    _page(sheet, report, sum(widths))


def _page(sheet: Any, report: Report, width: int = _COVER) -> None:
    """Print as wide as a page, each page numbered and named."""
    sheet.set_paper(_A3 if width > _WIDE else _A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    # `&` begins a code in a footer, and 255 characters is all it takes.
    sheet.set_footer(f"&L&8{report.subtitle[:180].replace('&', '&&')}&R&8&P / &N")


def _height(cells: Iterable[tuple[object, float]], *, bold: bool = False) -> float:
    """Return how high a row must be, in points, for the texts it holds, each with the width of its column."""
    lines = max(
        (_lines(cell, width * (0.9 if bold else 1)) for cell, width in cells if isinstance(cell, str)), default=1
    )
    return min(_LINE * lines, _HIGHEST)


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes, broken at blanks, or anywhere within a word that is wider than a line."""
    room = max(int(width), 1)
    lines, used = 1, 0.0
    for word in text.split():
        wide = len(word) + (_CAPITAL - 1) * sum(map(str.isupper, word))
        taken = used + bool(used) + wide
        if taken <= room:
            used = taken
            continue
        more = math.ceil(wide / room)
        lines += more - (used == 0)
        used = wide - (more - 1) * room
    return lines


def _sheet_name(number: int, title: str) -> str:
    plain = "".join(" " if char in "[]:*?/\\'" else char for char in title)
    return f"{number} {' '.join(plain.split())}"[:_SHEET].rstrip()
