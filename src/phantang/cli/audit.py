"""`phantang audit`: read and verify the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from phantang.cli.session import read_text

if TYPE_CHECKING:
    from phantang.cli.session import Session


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
    view = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("#", "time", "kind", "who", "purpose", "tables", "outcome", "decision"):
        view.add_column(name, justify="right" if name == "#" else "left")
    for entry in entries:
        body = entry.body
        outcome = str(body.get("code") or body.get("status") or "")
        view.add_row(
            str(entry.index),
            entry.time,
            entry.kind,
            str(body.get("requested_by") or body.get("accepted_by") or body.get("by") or ""),
            str(body.get("purpose") or ""),
            Text(", ".join(body.get("tables") or [])[:60]),
            Text(outcome, style="green" if outcome in {"allowed", "completed"} else "red"),
            (entry.decision_id or "")[:8],
        )
    session.out.print(view)


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
        place = "ledger" if problem.entry is None else f"entry #{problem.entry}"
        session.out.print(Text.assemble(("BROKEN ", "bold red"), f"{place}: {problem.what} [{problem.code}]"))
    if result.ok:
        session.out.print(Text.assemble(("OK ", "bold green"), f"{result.entries} entries, tree and signature agree"))
    return 0 if result.ok else 3
