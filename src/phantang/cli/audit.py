"""`phantang audit`: read and verify the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from phantang.cli.session import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.cli.session import Session

#: How many of the tables (or columns) an entry is about the list names; `--format jsonl` has them all.
_SHOWN_NAMES = 2


@click.group(short_help="Read and verify the ledger: list, show, verify.")
def audit() -> None:
    """Read the ledger: who asked what, what was decided, and that nothing was altered since."""


@audit.command("list", short_help="List entries; who saw this table, what did this subject ask.")
@click.option("--subject", metavar="SUBJECT", help="Only decisions for this subject.")
@click.option("--table", metavar="[SOURCE.]SCHEMA.TABLE", help="Only decisions that read this table.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_obj
def list_(session: Session, subject: str | None, table: str | None, form: str) -> None:
    """List ledger entries, oldest first."""
    from phantang.flow.audit import list_entries

    entries = list_entries(session.workspace, subject=subject, table=table)
    if form == "jsonl":
        for entry in entries:
            session.print_json(entry_json(entry))
        return
    session.out.print(_entries_table(session, entries))


def _entries_table(session: Session, entries: Iterable[Any]) -> Table:
    """Return ledger entries, a line each; a narrow terminal gets the tables below the outcome."""
    view = Table(header_style="bold", show_edge=False, pad_edge=False)
    view.add_column("#", justify="right", no_wrap=True)
    for name in ("time", "kind"):
        view.add_column(session.word(name), no_wrap=True)
    view.add_column(session.word("who"), overflow="fold")
    if not session.narrow:
        view.add_column(session.word("tables"), overflow="fold")
    view.add_column(session.word("outcome"), overflow="fold")
    view.add_column(session.word("decision"), no_wrap=True)
    for entry in entries:
        body = entry.body
        code = str(body.get("code") or body.get("status") or "")
        who = str(body.get("requested_by") or body.get("accepted_by") or body.get("by") or "")
        names = body.get("tables") or body.get("columns") or list(filter(None, [body.get("column")]))
        several = 1 if session.narrow else _SHOWN_NAMES
        more = f" +{len(names) - several}" if len(names) > several else ""
        read = Text(", ".join(names[:several]) + more, style="dim")
        style = "green" if code in {"allowed", "completed"} else "red"
        outcome = Text(session.value("outcome", code) if code else "", style=style)
        view.add_row(
            str(entry.index),
            entry.time[:19].replace("T", " "),
            session.value("kind", entry.kind),
            f"{who} ({body['purpose']})" if body.get("purpose") else who,
            *((Text("\n").join(filter(None, (outcome, read))),) if session.narrow else (read, outcome)),
            (entry.decision_id or "")[:8],
        )
    return view


def ledger_place(session: Session, entry: int | None) -> str:
    """Return where in the ledger something is: an entry, or the whole."""
    return session.word("ledger") if entry is None else session.word("ledger_entry", index=entry)


def entry_json(entry: Any) -> dict[str, Any]:
    """Return a ledger entry as one JSON object."""
    return {
        "index": entry.index,
        "time": entry.time,
        "kind": entry.kind,
        "decision_id": entry.decision_id,
        "body": dict(entry.body),
    }


@audit.command(short_help="Show everything recorded of one decision.")
@click.argument("decision_id", metavar="DECISION")
@click.pass_obj
def show(session: Session, decision_id: str) -> None:
    """Print the entries of DECISION (an id, or its first eight characters) as JSON lines."""
    from phantang.flow.audit import show_decision

    for entry in show_decision(session.workspace, decision_id):
        session.print_json(entry_json(entry))


@audit.command(short_help="Verify every entry, the tree and the signature.")
@click.option("--checkpoint", metavar="F", help="A checkpoint kept outside, to detect a rolled-back ledger.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def verify(session: Session, checkpoint: str | None, form: str) -> int:
    """Check that no entry was flipped, dropped, reordered or added behind the ledger's back.

    Exit code 3 when something was: the problems say which entry.
    """
    from phantang.flow.audit import parse_pin, verify_ledger

    pinned = parse_pin(read_text(checkpoint)) if checkpoint else None
    result = verify_ledger(session.workspace, pinned)
    if form == "json":
        session.print_json(
            {
                "ok": result.ok,
                "entries": result.entries,
                "problems": [{"code": p.code, "entry": p.entry, "what": p.what} for p in result.problems],
            }
        )
        return 0 if result.ok else 3
    for problem in result.problems:
        place = ledger_place(session, problem.entry)
        what = f"  {place}: {problem.message(session.lang)} [{problem.code}]"
        session.out.print(Text.assemble((session.word("broken"), "bold red"), what))
    if result.ok:
        fine = f"  {session.word('ledger_agrees', count=result.entries)}"
        session.out.print(Text.assemble((session.word("ok"), "bold green"), fine))
    return 0 if result.ok else 3
