"""Write classified columns for a terminal, a script (JSON lines), a spreadsheet or a browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from phantang.cli.output import json_text, writing
from phantang.cli.render import print_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from phantang.cli.session import Session
    from phantang.flow.report.report import Report


_ENDINGS = {
    ".xlsx": "xlsx", ".html": "html", ".htm": "html", ".csv": "csv", ".json": "json", ".jsonl": "jsonl",
    ".txt": "table", ".tsv": "table",
}  # fmt: skip


def form_of(session: Session, form: str | None, out: str | None, forms: Collection[str], default: str) -> str:
    """Return the asked `form`; without one that which the ending of `out` says, `default` if it has none.

    It is asked for before any work is done. Raises `click.UsageError`: an ending that stands for none of the `forms`,
    and a spreadsheet, or a page on a terminal, without `out`.
    """
    ending = Path(out).suffix.lower() if out else ""
    found = form or (_ENDINGS.get(ending) if ending else default)
    if found not in forms or found is None:
        known = [one for one, meant in _ENDINGS.items() if meant in forms]
        raise click.UsageError(session.word("usage.ending", ending=ending, known=" ".join(known)))
    if out is None and (found == "xlsx" or (found == "html" and sys.stdout.isatty())):
        raise click.UsageError(session.word("usage.needs_out", form=found))
    return found


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
    write_text(session, json_text(form, rows) if form == "jsonl" else _plain(rows), out, count=len(rows))


def write_report(session: Session, report: Report, form: str, out: str | None) -> None:
    """Write a report as a page, to standard output without `out`, or as a spreadsheet, which needs `out`."""
    count = next(len(part.rows) for part in report.sections if part.key in {"columns", "compared"})
    if form == "xlsx" and out is not None:
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


def _plain(rows: list[dict[str, Any]]) -> str:
    keys = ("source", "schema", "table", "column", "type", "tag", "tier", "personal_class", "confidence", "status")
    return "".join("\t".join("" if row[key] is None else str(row[key]) for key in keys) + "\n" for row in rows)
