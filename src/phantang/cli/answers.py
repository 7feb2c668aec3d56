"""`phantang answers`: which statistics are on record for comparison, and retiring those that nobody holds."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from phantang.cli.session import Session
    from phantang.flow.query.retiring import Chosen

_BY = click.option("--by", metavar="WHO", help="Who decides (default: your login name).")


def _choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments that say which answers, and hand them over as one, `chosen`."""

    @wraps(command)
    def choosing(
        session: Session,
        digests: tuple[str, ...],
        organisation: str | None,
        table: str | None,
        before: datetime | None,
        **others: Any,
    ) -> None:
        from phantang.flow.query.retiring import Chosen

        day = None if before is None else before.date().isoformat()
        command(session, chosen=Chosen(digests, organisation, table, day), **others)

    made: Callable[..., Any] = choosing
    for option in (
        click.option("--before", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Last given before this day."),
        click.option("--table", metavar="SOURCE[.SCHEMA.TABLE]", help="Only answers that count people of this table."),
        click.option("--organisation", metavar="ORGANISATION", help="Only answers that this organisation was given."),
        click.argument("digests", nargs=-1, metavar="[DIGEST ...]"),
    ):
        made = option(made)
    return made


@click.group(short_help="See which statistics were answered and are compared with new ones; retire old ones.")
def answers() -> None:
    """See what new statistics are compared with: the answers that each organisation was given.

    A question that is refused with `aggregate_earlier` names the answer that stands in its way by its DIGEST, of which
    the first eight characters are enough.
    """


@answers.command("list", short_help="List the answers on record.")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@click.pass_obj
@_choosing
def list_(session: Session, chosen: Chosen, form: str) -> None:
    """List answers on record, oldest first: whose, of which tables, last given when. No literal and no value."""
    from phantang.flow.query.retiring import kept_answers

    rows = [one.to_json() for one in kept_answers(session.workspace, chosen)]
    if session.print_rows(form, rows):
        return
    view = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("digest", "organisation", "tables", "column", "day", "group_size", "retiring"):
        view.add_column(session.word(name), overflow="fold", justify="right" if name == "group_size" else "left")
    for row in rows:
        waits = f"{row['retiring_by']}: {row['reason']}" if row["retiring_by"] else ""
        names = (", ".join(row[name]) for name in ("tables", "columns"))
        view.add_row(*map(Text, (row["digest"][:12], row["organisation"], *names, row["day"], str(row["size"]), waits)))
    session.out.print(view)
    session.err.print(session.word("answers_on_record", count=len(rows)))


@answers.command(short_help="Forget answers that nobody holds any more.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, kept in the ledger.")
@_BY
@click.pass_obj
@_choosing
def retire(session: Session, chosen: Chosen, reason: str, by: str | None) -> None:
    """Retire answers: new statistics are not compared with them any more. `list` with the same options shows which.

    Whoever still has a retired answer can subtract it from a new one. So who retired what and why stands in the ledger,
    and with `[review] two_person = true` nothing is forgotten before a second person agrees.
    """
    from phantang.flow.query.retiring import retire_answers

    found, waits = retire_answers(session.workspace, chosen, by=session.person(by), reason=reason)
    key = "answers_retire_await" if waits else "answers_retired"
    session.err.print(session.word(key, count=len(found), workspace=session.workspace_option), soft_wrap=True)


@answers.command(short_help="Agree, as a second person, to retiring answers.")
@_BY
@click.pass_obj
@_choosing
def approve(session: Session, chosen: Chosen, by: str | None) -> None:
    """Agree to what somebody else asked to retire (default: all of it); only then are these answers forgotten."""
    from phantang.flow.query.retiring import approve_answers

    found = approve_answers(session.workspace, chosen, by=session.person(by))
    session.err.print(session.word("answers_retired", count=len(found)))
