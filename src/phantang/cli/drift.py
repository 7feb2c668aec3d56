"""`phantang catalog drift | impact`: how databases differ from the catalog, and what other rule packs would flip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from phantang.cli.review import DIFFERS, EXIT, FORMAT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.catalog import Drift
    from phantang.cli.session import Session


@click.command(short_help="Show how the databases differ from the catalog.")
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@FORMAT
@EXIT
@click.pass_obj
def drift(session: Session, sources: tuple[str, ...], form: str, exit_code: bool) -> int:
    """Show new, dropped and changed tables and columns since the last scan. Reads schemas only, and writes nothing."""
    from phantang.flow.scan.drift import find_drift

    found = find_drift(session.workspace, sources)
    _print_drift(session, found, form)
    return DIFFERS if exit_code and found else 0


@click.command(short_help="Show what changed rule packs would flip.")
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@click.option("--packs", type=click.Path(exists=True, file_okay=False), help="Another classifiers/ folder.")
@FORMAT
@EXIT
@click.pass_obj
def impact(session: Session, sources: tuple[str, ...], packs: str | None, form: str, exit_code: bool) -> int:
    """Judge everything again with the packs as they are now, or those of --packs, and write nothing."""
    from pathlib import Path

    from phantang.flow.scan.drift import find_impact
    from phantang.store import read_folder

    files = read_folder(Path(packs)) if packs else None
    with session.err.status(session.word("scanning"), spinner="dots"):
        found = find_impact(session.workspace, sources, packs=files)
    _print_drift(session, found.drifts, form)
    for failure in found.failures:
        text = f"{failure.error.message(session.lang)} [{failure.error.code}]"
        session.err.print(session.word("scan_failed", table=failure.table, error=text), soft_wrap=True)
    for example in found.near_misses:
        told = session.word("near_miss_claimed", claim=example["claim"], name=example["name"], rule=example.get("rule"))
        session.err.print(Text(told, style="yellow"), soft_wrap=True)
    before = (found.scanned_with or "-")[:19]
    session.err.print(session.word("packs_compared", before=before, now=found.packs[:19]), soft_wrap=True)
    return DIFFERS if exit_code and (found.drifts or found.near_misses) else 0


def _print_drift(session: Session, found: Iterable[Drift], form: str) -> None:
    drifts = list(found)
    if session.print_rows(form, map(_drift_row, drifts)):
        return
    if not drifts:
        session.err.print(session.word("drift_none"))
        return
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("column", "difference", "in_catalog", "now"):
        table.add_column(session.word(name), overflow="fold")
    for one in drifts:
        name = f"{one.table}.{one.column}" if one.column else str(one.table)
        kind = Text(session.value("drift", one.kind), style="bold" if one.decided else "")
        sides = [one.before, one.after]
        if one.kind in {"table_new", "table_gone"}:  # a number of columns
            sides = [side and session.word("drift_columns", count=side) for side in sides]
        table.add_row(Text(name), kind, *(Text(side or "-") for side in sides))
    session.out.print(table)


def _drift_row(one: Drift) -> dict[str, Any]:
    return {
        "table": str(one.table),
        "column": one.column,
        "kind": one.kind,
        "before": one.before or None,
        "after": one.after or None,
        "decided": one.decided,
    }
