"""`phantang catalog diff | accept | set | reject | approve | undo | retire`: what waits, and deciding."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

if TYPE_CHECKING:
    from phantang.catalog import Change
    from phantang.cli.session import Session

#: Exit code of `--exit-code` when something differs, for CI; the one of a denial.
DIFFERS = 3
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True
)
_BY = click.option("--by", metavar="WHO", help="Who decides (default: your login name).")
_REASON = click.option("--reason", metavar="TEXT", help="Why, kept in the catalog and the ledger.")
EXIT = click.option("--exit-code", is_flag=True, help="End with exit code 3 if there is anything, for CI.")


@click.command(short_help="Show what scans propose and nobody decided yet.")
@FORMAT
@EXIT
@click.pass_obj
def diff(session: Session, form: str, exit_code: bool) -> int:
    """Show pending proposals, one line a column, and whether the rule packs changed since the last scan."""
    from phantang.flow.catalog.retire import waiting_retirements
    from phantang.flow.catalog.review import pending_changes, read_catalog, waiting_raises
    from phantang.flow.scan.drift import packs_now, packs_of_last_scan

    snapshot = read_catalog(session.workspace)
    changes = pending_changes(snapshot)
    if not session.print_rows(form, map(_change_row, changes)):
        for change in changes:
            _print_change(session, change)
        for kind, count in Counter(change.kind for change in changes).items():
            told = session.word(f"pending.{kind}", count=count, workspace=session.workspace_option)
            session.err.print(told, soft_wrap=True)
        if not changes:
            session.err.print(session.word("columns_settled"))
    for table, waiver in waiting_raises(snapshot):
        told = session.word("raise_waits", rule=waiver.raised.rule, table=str(table), by=waiver.by)
        session.err.print(told, soft_wrap=True)
    for record in waiting_retirements(session.workspace):
        told = session.word("retire_waits", table=str(record.asset.name), by=record.by)
        session.err.print(told, soft_wrap=True)
    before, now = packs_of_last_scan(session.workspace), packs_now(session.workspace)
    if before is not None and before != now:
        told = session.word("packs_changed", before=before[:19], now=now[:19], workspace=session.workspace_option)
        session.err.print(told, soft_wrap=True)
    return DIFFERS if exit_code and changes else 0


def _change_row(change: Change) -> dict[str, Any]:
    return {
        "column": str(change.column),
        "kind": change.kind,
        "tag": change.tag,
        "tier": change.tier,
        "proposed_tag": change.proposed_tag,
        "proposed_tier": change.proposed_tier,
        "confidence": change.confidence,
    }


def _print_change(session: Session, change: Change) -> None:
    if change.before:
        session.out.print(Text(f"- {change.before}", style="red"))
    after = change.after
    if change.kind in {"unclassified", "absent", "computed"}:
        after = f"{change.column}: ({session.value('change', change.kind)})"
    elif change.kind == "awaiting":
        after = f"{after} ({session.value('change', change.kind)})"
    session.out.print(Text(f"+ {after}", style="green"))


@click.command(short_help="Accept proposals, in your name.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE[.COLUMN]]|PATTERN ...]")
@_BY
@_REASON
@click.option("--tag", metavar="TAG", help="Only columns proposed as this tag, or a finer one.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Only proposals at least so sure.")
@click.option("--raise", "rule", metavar="RULE", help="Let this raise of one table stand again that was rejected.")
@click.pass_obj
def accept(
    session: Session,
    names: tuple[str, ...],
    by: str | None,
    reason: str | None,
    tag: str | None,
    min_confidence: float | None,
    rule: str | None,
) -> None:
    """Accept what is proposed for the named tables, sources or patterns such as '*.cccd*' (default: everything)."""
    from phantang.flow.catalog.review import Selection, accept_proposals, accept_raise

    if rule is not None:
        if len(names) != 1 or tag is not None or min_confidence is not None:
            raise click.UsageError(session.word("usage.raise_of_one_table"))
        raised = accept_raise(session.workspace, names[0], rule, by=session.person(by))
        told = session.word("raise_accepted", rule=rule, table=str(raised.name), tier=raised.tier)
        session.err.print(told, soft_wrap=True)
        return
    selection = Selection(tag, min_confidence) if tag is not None or min_confidence is not None else None
    done = accept_proposals(session.workspace, names, by=session.person(by), reason=reason, selection=selection)
    session.err.print(session.word("columns_accepted", count=len(done.settled)))
    if done.before:
        session.err.print(session.word("columns_accepted_before", count=done.before), soft_wrap=True)
    for change in done.awaiting:
        told = session.word("column_awaits", column=str(change.column), tag=change.proposed_tag)
        session.err.print(told, soft_wrap=True)


@click.command("set", short_help="Decide the tag of one column yourself.")
@click.argument("column", metavar="SOURCE.SCHEMA.TABLE.COLUMN")
@click.option("--tag", required=True, metavar="TAG", help="A tag of catalog/tags.yaml, such as person.name or none.")
@click.option("--tier", type=click.Choice(["T0", "T1", "T2", "T3", "T4", "T5"]), help="Not the tag's own.")
@_REASON
@_BY
@click.pass_obj
def set_(session: Session, column: str, tag: str, tier: str | None, reason: str | None, by: str | None) -> None:
    """Override the classification of one column."""
    from phantang.flow.catalog.review import override_column
    from phantang.model.tier import Tier

    chosen = Tier(tier) if tier else None
    entry = override_column(session.workspace, column, tag=tag, by=session.person(by), reason=reason, tier=chosen)
    key = "column_awaits" if entry.awaiting else "column_is"
    session.err.print(session.word(key, column=column, tag=tag), soft_wrap=True)


@click.command(short_help="Say no to what is proposed for one column, or to a raise of a table.")
@click.argument("column", metavar="SOURCE.SCHEMA.TABLE[.COLUMN]")
@click.option("--raise", "rule", metavar="RULE", help="The raise of a table as a whole that does not hold.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, kept in the catalog and the ledger.")
@_BY
@click.pass_obj
def reject(session: Session, column: str, rule: str | None, reason: str, by: str | None) -> None:
    """Turn down what is pending on a column: no scan proposes it again.

    The rules that claimed it get a near miss in classifiers/feedback/near_misses.json: names only, never a value. A
    column without any decision then has no tag, and counts as sensitive until `catalog set` says what it is.

    With --raise the table is no more what that rule of catalog/tiers.yaml makes of these columns together, or of so
    many people; a raise over other columns comes up again.
    """
    from phantang.flow.catalog.review import reject_column, reject_raise

    if rule is not None:
        table = reject_raise(session.workspace, column, rule, by=session.person(by), reason=reason)
        key = "raise_awaits" if any(one.waits for one in table.waived) else "raise_rejected"
        told = session.word(key, rule=rule, table=str(table.name), tier=table.tier)
        session.err.print(told, soft_wrap=True)
        return
    entry = reject_column(session.workspace, column, by=session.person(by), reason=reason)
    stands = entry.tag or session.value("change", "unclassified")
    session.err.print(session.word("column_rejected", column=column, tag=stands), soft_wrap=True)


@click.command(short_help="Agree, as a second person, to what lowers a tier.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE[.COLUMN]] ...]")
@_BY
@click.pass_obj
def approve(session: Session, names: tuple[str, ...], by: str | None) -> None:
    """Approve decisions that lower a tier, where phantang.toml has `[review] two_person = true`."""
    from phantang.flow.catalog.review import approve_decisions

    done = approve_decisions(session.workspace, names, by=session.person(by))
    if not (done.changes or done.raises or done.retired):
        session.err.print(session.word("nothing_approved"))
    for change in done.changes:
        session.err.print(session.word("column_approved", column=str(change.column)), soft_wrap=True)
    for table in done.raises:
        session.err.print(session.word("raise_approved", table=str(table)), soft_wrap=True)
    for record in done.retired:
        session.err.print(session.word("table_retired", table=str(record.asset.name)), soft_wrap=True)


@click.command(short_help="Take back the last decision on a column, or that a table was retired.")
@click.argument("names", nargs=-1, required=True, metavar="SOURCE.SCHEMA.TABLE[.COLUMN]|PATTERN ...")
@click.option("--reason", required=True, metavar="TEXT", help="Why, kept in the catalog and the ledger.")
@_BY
@click.pass_obj
def undo(session: Session, names: tuple[str, ...], reason: str, by: str | None) -> None:
    """Put each column back as it was before the last decision on it: an accept, set, reject or approve.

    The decision before it stands again, or the proposal waits for a person again; near misses of a rejection go. The
    ledger keeps both steps: see `catalog show --history`. With `[review] two_person = true` a second person has to
    agree to what lowers a tier. A retired table, or one that waits to be, is in the catalog again as it was.
    """
    from phantang.flow.catalog.undo import undo_decisions

    undone = undo_decisions(session.workspace, names, by=session.person(by), reason=reason)
    for table in undone.tables:
        session.err.print(session.word("table_undone", table=str(table)), soft_wrap=True)
    for column, entry in undone.columns.items():
        if entry.awaiting is not None:
            told = session.word("undo_awaits", column=str(column), tag=entry.awaiting.tag, now=entry.tag or "-")
        else:
            tag, status = entry.tag or session.value("change", "unclassified"), session.value("status", entry.status)
            told = session.word("column_undone", column=str(column), tag=tag, status=status)
        session.err.print(told, soft_wrap=True)


@click.command(short_help="Take a table out of the catalog that its database does not have any more.")
@click.argument("table", metavar="SOURCE.SCHEMA.TABLE")
@click.option("--reason", required=True, metavar="TEXT", help="Why, kept in the catalog and the ledger.")
@_BY
@click.pass_obj
def retire(session: Session, table: str, reason: str, by: str | None) -> None:
    """Retire a dropped table: it is in no drift and no report any more, and queries on it are denied.

    What was decided on it is kept in catalog/retired/ with who, when and why. A table of that name that comes back is
    new to the next scan. With `[review] two_person = true` a second person has to agree where people had decided
    something, or the tier was above T3.
    """
    from phantang.flow.catalog.retire import retire_table

    record = retire_table(session.workspace, table, by=session.person(by), reason=reason)
    key = "table_retire_awaits" if record.waits else "table_retired"
    session.err.print(session.word(key, table=str(record.asset.name)), soft_wrap=True)
