"""A report as a workbook: one sheet a section, filters, frozen heads, tiers in colour. Every text is only text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from phantang.flow.report.report import Report, Section

_TIER_COLOUR = {"T0": "#E3F4E3", "T1": "#E3F4E3", "T2": "#FFF3C4", "T3": "#FBD5D0", "T4": "#F3A59B", "T5": "#D9534F"}
_WIDTHS = {"evidence": 60, "basis": 38, "column_names": 50, "content": 60, "rule": 60, "meaning": 28, "reason": 30}
_WIDTHS |= dict.fromkeys((*_TIER_COLOUR, "share", "tier", "item"), 8)
_NUMBERS = {"confidence", "rows", "columns", "subjects"}
#: Characters of one cell, and of a sheet's name, that a spreadsheet takes.
_CELL, _SHEET = 32_000, 31


def write_xlsx(report: Report, out: str) -> None:
    """Write the workbook to `out`. Raises `InputError` `output_unwritable`."""
    import xlsxwriter

    try:
        # strings_to_*: a column called "=1+1" must stay text when an officer opens the report.
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(out, options) as book:
            book.set_properties({"title": report.title, "subject": report.subtitle})
            bold = book.add_format({"bold": True, "font_size": 14})
            formats = {
                "head": book.add_format(
                    {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True}
                ),
                "text": book.add_format({"text_wrap": True, "valign": "top"}),
                "fraction": book.add_format({"num_format": "0.00", "valign": "top"}),
                "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
                **{tier: book.add_format({"bg_color": fill, "bold": True}) for tier, fill in _TIER_COLOUR.items()},
            }
            cover = book.add_worksheet(_sheet_name(0, report.title))
            cover.set_column(0, 0, 110)
            for line, text in enumerate((report.title, report.subtitle, *report.notes)):
                cover.write_string(line, 0, text, bold if line == 0 else None)
            start = len(report.notes) + 3
            for number, section in enumerate(report.sections, start=1):
                name = _sheet_name(number, section.title)
                cover.write_url(start + number, 0, f"internal:'{name}'!A1", string=section.title)
                _write(book.add_worksheet(name), section, formats)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        cause = error if isinstance(error, OSError) else error.args[0] if error.args else None  # the writer wraps it
        what = cause if isinstance(cause, OSError) else OSError()
        raise InputError("output_unwritable", path=out, what=what) from None


def _write(sheet: Any, section: Section, formats: dict[str, Any]) -> None:
    sheet.write_string(0, 0, section.title)
    sheet.write_string(1, 0, section.note)
    for position, (key, title) in enumerate(section.heads):
        sheet.write_string(2, position, title, formats["head"])
        sheet.set_column(position, position, _WIDTHS.get(key, 12 if key in _NUMBERS else 18))
    for line, row in enumerate(section.rows, start=3):
        for position, ((key, _), cell) in enumerate(zip(section.heads, row, strict=True)):
            if isinstance(cell, int | float):
                sheet.write_number(line, position, cell, formats["fraction" if isinstance(cell, float) else "count"])
            elif cell is not None:
                style = formats.get(cell) if key == "tier" else None
                sheet.write_string(line, position, cell[:_CELL], style or formats["text"])
    sheet.freeze_panes(3, 0)
    sheet.autofilter(2, 0, max(3, 2 + len(section.rows)), len(section.heads) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(2)
    sheet.fit_to_pages(1, 0)


def _sheet_name(number: int, title: str) -> str:
    plain = "".join(" " if char in "[]:*?/\\'" else char for char in title)
    return f"{number} {' '.join(plain.split())}"[:_SHEET].rstrip()
