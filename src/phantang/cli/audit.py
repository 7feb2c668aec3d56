"""`phantang audit`: read, verify, prove and replay the ledger."""

from __future__ import annotations

from pathlib import Path
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


@click.group(short_help="Read, verify, prove and replay the ledger.")
def audit() -> None:
    """Read the ledger: who asked what, what was decided, and that nothing was altered since."""


@audit.command("list", short_help="List entries; who saw this table, what did this subject ask.")
@click.option("--subject", metavar="SUBJECT", help="Only decisions for this subject, and how they ended.")
@click.option(
    "--table", metavar="[[SOURCE.]SCHEMA.]TABLE", help="Only decisions that read this table, and how they ended."
)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_obj
def list_(session: Session, subject: str | None, table: str | None, form: str) -> None:
    """List ledger entries, oldest first."""
    from phantang.flow.audit.log import list_entries, unmet_filters

    entries = list_entries(session.workspace, subject=subject, table=table)
    first = next(entries, None)
    if form == "jsonl":
        for entry in () if first is None else (first, *entries):
            session.print_json(entry_json(entry))
    else:
        session.out.print(_entries_table(session, () if first is None else (first, *entries)))
    if first is None:
        unmet = unmet_filters(session.workspace, subject=subject, table=table)
        for one in unmet:
            near = session.word("unmet.near", names=", ".join(one.near)) if one.near else ""
            session.err.print(session.word(f"unmet.{one.kind}", name=one.name, near=near), soft_wrap=True)
        if not unmet:
            session.err.print(session.word("unmet_nothing"), soft_wrap=True)


def _entries_table(session: Session, entries: Iterable[Any]) -> Table:
    """Return ledger entries, a line each; a narrow terminal gets the tables below the outcome."""
    from phantang.flow.audit.log import tables_of
    from phantang.flow.clock import local_time

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
        tables = tables_of(entry)
        names = [*tables] or body.get("columns") or list(filter(None, [body.get("column")]))
        several = 1 if session.narrow else _SHOWN_NAMES
        more = f" +{len(names) - several}" if len(names) > several else ""
        read = Text(", ".join(names[:several]) + more, style="dim")
        style = "green" if code in {"allowed", "completed"} else "red"
        outcome = Text(session.value("outcome", code) if code else "", style=style)
        view.add_row(
            str(entry.index),
            local_time(entry.time, session.lang),
            session.kind(entry.kind),
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
    """Print the entries of DECISION (an id, its first eight characters, or a number of `audit list`) as JSON lines."""
    from phantang.flow.audit.log import show_decision

    for entry in show_decision(session.workspace, decision_id):
        session.print_json(entry_json(entry))


@audit.command(short_help="Verify every entry, the tree and the signature; or one proof.")
@click.option("--checkpoint", metavar="F", help="A checkpoint kept outside, to detect a rolled-back ledger.")
@click.option("--proof", metavar="F", help="Check this proof of `audit prove` instead; the ledger is not read.")
@click.option("--key", metavar="F", help="With --proof: the ledger's public key (ledger.pub), kept outside.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def verify(session: Session, checkpoint: str | None, proof: str | None, key: str | None, form: str) -> int:
    """Check that no entry was flipped, dropped, reordered or added behind the ledger's back.

    With --proof and --key no workspace is needed. Exit code 3 when something is wrong: the problems say which entry.
    """
    from phantang.flow.audit.log import parse_pin, verify_ledger
    from phantang.flow.audit.proofs import check_proof

    if key is not None and proof is None:
        raise click.UsageError(session.word("usage.key_without_proof"))
    pinned = parse_pin(read_text(checkpoint)) if checkpoint else None
    if proof is not None:
        public = read_text(key) if key else session.workspace.public_key()
        size, problem = check_proof(read_text(proof), public, pinned)
        found: list[dict[str, Any]] = (
            [] if problem is None else [{"code": problem.code, "entry": None, "what": problem.params.get("what")}]
        )
        messages = [] if problem is None else [f"{problem.message(session.lang)} [{problem.code}]"]
        fine = session.word("proof_holds", count=size)
    else:
        result = verify_ledger(session.workspace, pinned)
        size = result.entries
        found = [{"code": p.code, "entry": p.entry, "what": p.what} for p in result.problems]
        messages = [f"{ledger_place(session, p.entry)}: {p.message(session.lang)} [{p.code}]" for p in result.problems]
        fine = session.word("ledger_agrees", count=size)
    if form == "json":
        session.print_json({"ok": not found, "entries": size, "problems": found})
        return 3 if found else 0
    for message in messages:
        session.out.print(Text.assemble((session.word("broken"), "bold red"), f"  {message}"))
    if not found:
        session.out.print(Text.assemble((session.word("ok"), "bold green"), f"  {fine}"))
    return 3 if found else 0


@audit.command(short_help="Prove one entry to somebody who may not see the others.")
@click.argument("entry", metavar="ENTRY")
@click.option("--since", metavar="F", help="Also prove that the ledger grew from this earlier checkpoint.")
@click.pass_obj
def prove(session: Session, entry: str, since: str | None) -> None:
    """Print a proof that ENTRY (its number, or a decision id) is in the ledger, as one JSON object.

    `phantang audit verify --proof F --key ledger.pub` checks it without the ledger; docs/ledger-format.md says how to
    check it without phantang.
    """
    from phantang.flow.audit.proofs import prove_entry

    session.print_json(prove_entry(session.workspace, entry, read_text(since) if since else None))


@audit.command(short_help="Does the log still say what its policies say?")
@click.option(
    "--policies",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The policies of the decisions to replay (default: the workspace's).",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def replay(session: Session, policies: Path | None, form: str) -> int:
    """Decide again every logged decision made by exactly these policies, and name each that differs.

    Nothing is executed. Decisions of another revision are counted, and replayed when --policies gives that revision.
    Exit code 3 when a decision differs.
    """
    from phantang.flow.policy.replay import replay_decisions

    found = replay_decisions(session.workspace, policies)
    if form == "json":
        session.print_json(found.to_json())
        return 3 if found.mismatches else 0
    for mismatch in found.mismatches:
        place = ledger_place(session, mismatch.entry)
        what = session.word(
            "replay_differs",
            recorded=session.value("impact.value", mismatch.recorded),
            replayed=session.value("impact.value", mismatch.replayed),
            parts=", ".join(mismatch.parts),
        )
        session.out.print(Text.assemble((session.word("broken"), "bold red"), f"  {place}: {what}"))
    session.err.print(
        session.word("replay", same=found.same, differ=len(found.mismatches), undecided=found.undecided),
        soft_wrap=True,
    )
    for revision, count in sorted(found.other.items()):
        session.err.print(session.word("replay_other", revision=revision, count=count), soft_wrap=True)
    for index in found.older:
        session.err.print(f"{ledger_place(session, index)}: {session.word('replay_older')}", soft_wrap=True)
    return 3 if found.mismatches else 0
