"""`phantang explain` and `phantang query`: ask as a subject, for a purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import click

from phantang.cli.explained import print_denial, print_explanation, print_limits
from phantang.cli.render import print_receipt, print_rows
from phantang.cli.rows import write_rows
from phantang.cli.session import read_text
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.flow.query.gateway import Gateway
    from phantang.model.request import Grounds

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Rows shown on a terminal; the other formats hold every row.
_SHOWN_ROWS = 50


def _who_and_why(command: _Command) -> _Command:
    """Add the options that say who asks, why, and of which source."""
    for option in (
        click.option(
            "--identity",
            envvar="PHANTANG_IDENTITY",
            show_envvar=True,
            metavar="NUMBER",
            help="A citizen's own personal number, as the sign-in established it; kept nowhere.",
        ),
        click.option("--consent-until", metavar="DATE", help="The last day of the consent, YYYY-MM-DD."),
        click.option("--consent-id", metavar="ID", help="The person's consent, where policy asks for one."),
        click.option(
            "--officer",
            envvar="PHANTANG_OFFICER",
            show_envvar=True,
            metavar="ID",
            help="The officer who asks, as the sign-in established it, where cases are assigned to officers.",
        ),
        click.option("--case-id", metavar="ID", help="The case this query serves, where policy asks for one."),
        click.option("--legal-ref", metavar="CODE", help="Procedure code or article the query rests on."),
        click.option("--source", metavar="SOURCE", help="Which source of the workspace (default: the only one)."),
        click.option("--purpose", required=True, metavar="P", help="A purpose of catalog/purposes.yaml, such as L2."),
        click.option("--as", "subject", required=True, metavar="SUBJECT", help="A subject of catalog/agencies/."),
    ):
        command = option(command)
    return command


@click.command(short_help="Decide and show the rewritten SQL, without running it.")
@click.argument("sql", required=False)
@_who_and_why
@click.option("--dialect", metavar="D", help="Dialect the SQL is written in (default: the source's own).")
@click.option("--file", "file", metavar="F", help="Read the SQL from a file, - for standard input.")
@click.option("--batch", metavar="F.jsonl", help='One {"id", "sql", "dialect"?} a line; one JSON answer a line.')
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def explain(
    session: Session,
    sql: str | None,
    subject: str,
    purpose: str,
    source: str | None,
    dialect: str | None,
    file: str | None,
    batch: str | None,
    form: str,
    **grounds: Unpack[Grounds],
) -> int:
    """Say whether SUBJECT may run SQL for purpose P, why, and what would run instead.

    Exit code 3 when it is denied. With --batch every line is answered in order and the exit code is 0.
    """
    if sum(given is not None for given in (sql, file, batch)) != 1:
        raise click.UsageError(session.word("usage.one_of_sql_file_batch"))
    with _open(session) as gateway:
        ask = partial(
            gateway.explain,
            subject=subject,
            purpose=purpose,
            source=source,
            channel="cli",
            **grounds,
        )
        if batch is not None:
            for line in _batch_lines(batch):
                answer = ask(line["sql"], dialect=line.get("dialect") or dialect)
                session.print_json({"id": line["id"], **answer.to_json()})
            return 0
        explanation = ask(sql if sql is not None else read_text(str(file)), dialect=dialect)
    if form == "json":
        session.print_json(explanation.to_json())
    else:
        print_explanation(session, explanation)
    return 0 if explanation.allowed else 3


@click.command(short_help="Ask, as a subject and for a purpose; get rows and a receipt.")
@click.argument("sql", required=False)
@_who_and_why
@click.option("--file", "file", metavar="F", help="Read the SQL from a file, - for standard input.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "arrow", "parquet"]),
    default="table",
    show_default=True,
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write the rows to this file.")
@click.option("--raw", is_flag=True, help="CSV for programs: no apostrophe before text that a spreadsheet would run.")
@click.pass_obj
def query(
    session: Session,
    sql: str | None,
    subject: str,
    purpose: str,
    source: str | None,
    file: str | None,
    form: str,
    out: str | None,
    raw: bool,
    **grounds: Unpack[Grounds],
) -> int:
    """Run SQL as SUBJECT for purpose P, masked and filtered as policy decides.

    With --format json each row is one JSON object on a line of its own (JSON Lines): an answer without rows prints
    nothing.

    Exit code 3 when it is denied; the reasons, with the law and the remedy, are on standard error.
    """
    from phantang.flow.query.gateway import Denied

    if (sql is None) == (file is None):
        raise click.UsageError(session.word("usage.one_of_sql_file"))
    if form in {"arrow", "parquet"} and out is None:
        raise click.UsageError(session.word("usage.needs_out", form=form))
    with _open(session) as gateway:
        try:
            answer = gateway.query(
                sql if sql is not None else read_text(str(file)),
                subject=subject,
                purpose=purpose,
                source=source,
                channel="cli",
                **grounds,
            )
        except Denied as denied:
            return print_denial(session, denied.explanation)
    if form == "table" and out is None:
        print_rows(session, answer.table, _SHOWN_ROWS)
    else:
        write_rows(answer.table, form, out, raw=raw)
        if out is not None:
            session.err.print(session.word("rows_written", count=answer.table.num_rows, path=out), soft_wrap=True)
    if answer.noise is not None:
        words = {"epsilon": f"{answer.noise.epsilon:g}", "remaining": f"{answer.noise.remaining:g}"}
        session.err.print(session.word("noisy", **words), style="yellow", soft_wrap=True)
    print_limits(session, answer.explanation)
    print_receipt(session, session.err, answer.receipt)
    return 0


def _open(session: Session) -> Gateway:
    from phantang.flow.query.gateway import Gateway

    return Gateway.open(session.workspace.path)


def _batch_lines(path: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a batch file. A bad line raises `InputError` `batch_line` before any line is answered."""
    lines = [(number, text) for number, text in enumerate(read_text(path).split("\n"), start=1) if text.strip()]
    objects = []
    for number, text in lines:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError("batch_line", line=number, what="JSON") from None
        if not isinstance(value, dict):
            raise InputError("batch_line", line=number, what="JSON")
        sound = {
            "id": "id" in value,
            "sql": isinstance(value.get("sql"), str),
            "dialect": isinstance(value.get("dialect"), str | None),
        }
        if not all(sound.values()):
            raise InputError("batch_line", line=number, what=f'"{next(name for name in sound if not sound[name])}"')
        objects.append(value)
    yield from objects
