"""Write classified columns for a terminal, a script (JSON lines), a spreadsheet or a browser."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phantang.cli.render import columns_table
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from phantang.cli.session import Session

_HEADERS = (
    ("source", "Nguồn"),
    ("schema", "Lược đồ"),
    ("table", "Bảng"),
    ("column", "Cột"),
    ("type", "Kiểu"),
    ("tag", "Nhãn"),
    ("tier", "Tầng"),
    ("personal_class", "Loại dữ liệu cá nhân"),
    ("confidence", "Độ tin cậy"),
    ("status", "Trạng thái"),
    ("evidence", "Bằng chứng"),
)
_TIER_COLOUR = {"T0": "#e3f4e3", "T1": "#e3f4e3", "T2": "#fff3c4", "T3": "#fbd5d0", "T4": "#f3a59b", "T5": "#d9534f"}
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse}
th,td{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}th{background:#f5f5f5}"""


def write_columns(session: Session, rows: list[dict[str, Any]], form: str, out: str | None) -> None:
    """Write `rows` (the objects of `scan --format jsonl`) as `form` to `out`, or to the terminal."""
    if form == "xlsx" and out is None:
        raise click.UsageError(session.word("usage.needs_out", form=form))
    if form == "table" and out is None:
        session.out.print(columns_table(session, rows))
        return
    if form == "xlsx":
        _write_xlsx(rows, str(out))
        session.err.print(session.word("exported", count=len(rows), path=out), soft_wrap=True)
        return
    text = _jsonl(rows) if form == "jsonl" else _html(rows) if form == "html" else _plain(rows)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        Path(out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("output_exists", path=out, what=error.strerror or "I/O error") from None
    session.err.print(session.word("exported", count=len(rows), path=out), soft_wrap=True)


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _plain(rows: list[dict[str, Any]]) -> str:
    return "".join("\t".join(_cells(row)) + "\n" for row in rows)


def _cells(row: dict[str, Any]) -> list[str]:
    evidence = "; ".join(
        f"{item['rule']} [{item['kind']}]" + (f" {item['hits']}/{item['sampled']}" if item["sampled"] else "")
        for item in row["evidence"]
    )
    shown = {**row, "evidence": evidence}
    return ["" if shown[key] is None else str(shown[key]) for key, _ in _HEADERS]


def _html(rows: list[dict[str, Any]]) -> str:
    head = "".join(f"<th>{vi}<br><small>{key}</small></th>" for key, vi in _HEADERS)
    body = "".join(
        f'<tr style="background:{_TIER_COLOUR.get(row["tier"] or "", "#fff")}">'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row))
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Phân Tầng: báo cáo phân loại</title>'
        f"<style>{_STYLE}</style><h1>Báo cáo phân loại dữ liệu</h1><p>{len(rows)} cột. "
        f"Báo cáo chỉ chứa số đếm và mã quy tắc, không chứa giá trị.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></html>\n"
    )


def _write_xlsx(rows: list[dict[str, Any]], out: str) -> None:
    import xlsxwriter

    try:
        # strings_to_formulas: a column called "=1+1" must stay text when an officer opens the report.
        with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet("Phân loại")
            bold = book.add_format({"bold": True, "bg_color": "#f0f0f0"})
            fills = {tier: book.add_format({"bg_color": colour}) for tier, colour in _TIER_COLOUR.items()}
            for position, (key, vi) in enumerate(_HEADERS):
                sheet.write_string(0, position, f"{vi} ({key})", bold)
                sheet.set_column(position, position, 60 if key == "evidence" else 18)
            for line, row in enumerate(rows, start=1):
                for position, cell in enumerate(_cells(row)):
                    sheet.write_string(line, position, cell, fills.get(row["tier"] or ""))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(len(rows), 1), len(_HEADERS) - 1)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        cause = error if isinstance(error, OSError) else error.args[0] if error.args else None  # the writer wraps it
        what = getattr(cause, "strerror", None) or "I/O error"
        raise InputError("output_exists", path=out, what=what) from None
