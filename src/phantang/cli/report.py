"""Write classified columns for a terminal, a script (JSON lines), a spreadsheet or a browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phantang.cli.output import writing
from phantang.cli.render import print_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from phantang.cli.session import Session
    from phantang.flow.report.report import Report


_ENDINGS = {".xlsx": "xlsx", ".html": "html", ".htm": "html", ".csv": "csv", ".json": "json", ".jsonl": "jsonl"}


def form_of(form: str | None, out: str | None, forms: Collection[str], default: str) -> str:
    """Return the asked `form`; without one that which the ending of `out` says, if it is of the `forms`."""
    said = _ENDINGS.get(Path(out).suffix.lower(), default) if out else default
    return form or (said if said in forms else default)


def write_columns(
    session: Session, rows: list[dict[str, Any]], form: str, out: str | None, report: Callable[[], Report]
) -> None:
    """Write `rows` (the objects of `scan --format jsonl`) as `form` to `out`, or to the terminal.

    A page or a spreadsheet is the whole `report` on them.
    """
    if form == "table" and out is None:
        print_columns(session, rows)
        return
    if form in {"xlsx", "html"}:
        write_report(session, report(), form, out)
        return
    write_text(session, _jsonl(rows) if form == "jsonl" else _plain(rows), out, count=len(rows))


def write_report(session: Session, report: Report, form: str, out: str | None) -> None:
    """Write a report as a page (to the terminal too) or a spreadsheet, which needs `out`."""
    count = next(len(part.rows) for part in report.sections if part.key in {"columns", "compared"})
    if form == "xlsx":
        if out is None:
            raise click.UsageError(session.word("usage.needs_out", form=form))
        from phantang.cli.report_xlsx import write_xlsx

        write_xlsx(report, out)
        session.err.print(session.word("exported", count=count, path=out), soft_wrap=True)
        return
    from phantang.cli.report_html import report_html

    write_text(session, report_html(report), out, count=count)


def write_text(session: Session, text: str, out: str | None, *, count: int) -> None:
    """Write `text` to `out`, or to the terminal. Raises `InputError` `output_unwritable`."""
    if out is None:
        click.echo(text, nl=False)
        return
    with writing(out):
        Path(out).write_text(text, encoding="utf-8", newline="")
    session.err.print(session.word("exported", count=count, path=out), soft_wrap=True)


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _plain(rows: list[dict[str, Any]]) -> str:
    keys = ("source", "schema", "table", "column", "type", "tag", "tier", "personal_class", "confidence", "status")
    return "".join("\t".join("" if row[key] is None else str(row[key]) for key in keys) + "\n" for row in rows)
