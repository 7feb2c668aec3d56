"""`phantang catalog`: read the catalog, see what is proposed, decide."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from phantang.cli import deliver, drift, review
from phantang.cli.render import print_columns, short_name, tier_text
from phantang.cli.session import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.cli.session import Session
    from phantang.model.catalog import Asset


@click.group(short_help="Review tags and tiers: list, show, diff, accept, set, reject, undo, retire, report, export.")
def catalog() -> None:
    """Review the catalog: what every column is, who decided it, and what still waits for a person."""


@catalog.command("list", short_help="List tables with their tier and how much is classified.")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@click.option("--retired", is_flag=True, help="List the tables that were retired instead: who, when and why.")
@click.pass_obj
def list_(session: Session, form: str, retired: bool) -> None:
    """List every table of the catalog."""
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.catalog.states import find_assets

    if retired:
        _list_retired(session, form)
        return
    assets = find_assets(read_catalog(session.workspace), None)
    if session.print_rows(form, map(_summary, assets)):
        return
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("table", "rows", "tier", "level", "columns", "classified", "privacy_unit"):
        table.add_column(
            session.word(name),
            overflow="fold",
            justify="right" if name in {"rows", "columns", "classified"} else "left",
        )
    for asset in assets:
        row = _summary(asset)
        rows = "-" if asset.rows is None else session.number(asset.rows)
        share = f"{row['classified']} ({100 * asset_share(asset):.0f}%)"
        tier = tier_text(str(row["tier"]))
        level = asset.level or "-"
        name = short_name(asset.name.source, asset.name.schema, asset.name.table)
        cells = (name, rows, tier, level, str(row["columns"]), share, asset.privacy_unit or "-")
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in cells))
    session.out.print(table)
    if not assets:
        session.err.print(session.word("catalog_empty", workspace=session.workspace_option))


def _list_retired(session: Session, form: str) -> None:
    from phantang.flow.catalog.retire import retired_records
    from phantang.flow.clock import local_time

    records = [one for one in retired_records(session.workspace) if not one.waits]
    rows = [
        {
            "table": str(one.asset.name),
            "time": one.at,
            "who": one.by,
            "approved_by": one.approved_by,
            "reason": one.reason,
        }
        for one in records
    ]
    if session.print_rows(form, rows):
        return
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("table", "time", "who", "reason"):
        table.add_column(session.word(name), overflow="fold")
    for row in rows:
        who = " + ".join(filter(None, (row["who"], row["approved_by"])))
        table.add_row(
            *map(Text, (str(row["table"]), local_time(str(row["time"]), session.lang), who, str(row["reason"])))
        )
    session.out.print(table)


def asset_share(asset: Asset) -> float:
    """Return the share of columns a person stands behind, between 0 and 1; 1 for a table without columns."""
    return sum(entry.classified for entry in asset.columns) / len(asset.columns) if asset.columns else 1.0


def _summary(asset: Asset) -> dict[str, object]:
    return {
        "source": asset.name.source,
        "schema": asset.name.schema,
        "table": asset.name.table,
        "rows": asset.rows,
        "tier": asset.tier,
        "level": asset.level,
        "subjects": asset.subjects.count if asset.subjects else None,
        "columns": len(asset.columns),
        "classified": sum(entry.classified for entry in asset.columns),
        "privacy_unit": asset.privacy_unit,
    }


@catalog.command(short_help="Show every column of one table or source, with evidence.")
@click.argument("name", metavar="SOURCE[.SCHEMA.TABLE]")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@click.option("--history", is_flag=True, help="Show who decided what, from the ledger, instead of what stands.")
@click.pass_obj
def show(session: Session, name: str, form: str, history: bool) -> None:
    """Show the columns of SOURCE, SOURCE.SCHEMA.TABLE or SOURCE.TABLE."""
    from phantang.flow.catalog.retire import with_retired
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.catalog.states import find_assets
    from phantang.flow.scan.scan import column_row

    snapshot = read_catalog(session.workspace)
    assets = find_assets(with_retired(session.workspace, snapshot) if history else snapshot, name)
    if history:
        _print_history(session, assets, form)
        return
    rows = [column_row(asset, entry) for asset in assets for entry in asset.columns]
    if not session.print_rows(form, rows):
        print_columns(session, rows)


def _print_history(session: Session, assets: Sequence[Asset], form: str) -> None:
    from phantang.flow.catalog.review import history
    from phantang.flow.clock import local_time

    entries = list(history(session.workspace, assets))
    plain = ({"index": entry.index, "time": entry.time, "kind": entry.kind, **entry.body} for entry in entries)
    if session.print_rows(form, plain):
        return
    names = tuple(f"{asset.name}." for asset in assets)
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("time", "kind", "who", "column", "before", "after", "reason"):
        table.add_column(session.word(name), overflow="fold")
    for entry in entries:
        body = entry.body
        time = local_time(entry.time, session.lang)
        head = (time, session.kind(entry.kind), body.get("by") or body.get("accepted_by") or "-")
        changes = [one for one in body.get("changes", ()) if one["column"].startswith(names)]
        for one in changes or [{"column": "-", "from": None, "to": None}]:
            cells = (one["column"], _stated(one["from"]), _after(session, one["to"]), body.get("reason") or "")
            table.add_row(*map(Text, (*head, *cells)))
    session.out.print(table)


def _after(session: Session, state: dict[str, Any] | None) -> str:
    """Return what a column was changed to; of a request that waits for a second person, what was asked for."""
    asked = state.get("awaiting") if state else None
    return f"{_stated(asked)} ({session.value('change', 'awaiting')})" if asked else _stated(state)


def _stated(state: dict[str, Any] | None) -> str:
    return f"{state['tag'] or '-'} {state['tier'] or ''}".strip() if state else "-"


@catalog.command(short_help="Tell how consents.yaml names the person of a consent.")
@click.pass_obj
def person(session: Session) -> None:
    """Print what consents.yaml says under person of whoever has the number given.

    The number is asked for without showing it, or read from standard input; it is kept nowhere. Only this workspace's
    key makes the same of it.
    """
    from phantang.flow.policy.grants import person_of

    if sys.stdin.isatty():
        number = str(click.prompt(session.word("person.number"), hide_input=True, err=True))
    else:
        number = read_text("-")
    click.echo(f"person: {person_of(session.workspace, number)}")


for command in (
    review.diff,
    review.accept,
    review.set_,
    review.reject,
    review.approve,
    review.undo,
    review.retire,
    drift.drift,
    drift.impact,
    deliver.report,
    deliver.export,
    deliver.compare,
):
    catalog.add_command(command)
