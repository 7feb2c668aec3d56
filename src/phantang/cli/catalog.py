"""`phantang catalog`: read the catalog, see what is proposed, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from phantang.cli.render import columns_table, tier_text

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.model.catalog import Asset


@click.group(short_help="Review tags and tiers: list, show, diff, accept, set, export.")
def catalog() -> None:
    """Review the catalog: what every column is, who decided it, and what still waits for a person."""


@catalog.command("list", short_help="List tables with their tier and how much is classified.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_obj
def list_(session: Session, form: str) -> None:
    """List every table of the catalog."""
    from phantang.flow.review import find_assets, read_catalog

    assets = find_assets(read_catalog(session.workspace), None)
    if form == "jsonl":
        for asset in assets:
            session.print_json(_summary(asset))
        return
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("table", "rows", "tier", "columns", "classified", "privacy_unit"):
        table.add_column(
            session.word(name),
            overflow="fold",
            justify="right" if name in {"rows", "columns", "classified"} else "left",
        )
    for asset in assets:
        row = _summary(asset)
        rows = "-" if row["rows"] is None else f"{row['rows']:,}"
        share = f"{row['classified']} ({100 * asset_share(asset):.0f}%)"
        tier = tier_text(str(row["tier"]))
        table.add_row(str(asset.name), rows, tier, str(row["columns"]), share, asset.privacy_unit or "-")
    session.out.print(table)
    if not assets:
        session.err.print(session.word("catalog_empty", workspace=session.workspace_option))


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
        "columns": len(asset.columns),
        "classified": sum(entry.classified for entry in asset.columns),
        "privacy_unit": asset.privacy_unit,
    }


@catalog.command(short_help="Show every column of one table or source, with evidence.")
@click.argument("name", metavar="SOURCE[.SCHEMA.TABLE]")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_obj
def show(session: Session, name: str, form: str) -> None:
    """Show the columns of SOURCE, SOURCE.SCHEMA.TABLE or SOURCE.TABLE."""
    from phantang.flow.review import find_assets, read_catalog
    from phantang.flow.scan import column_row

    assets = find_assets(read_catalog(session.workspace), name)
    rows = [column_row(asset, entry) for asset in assets for entry in asset.columns]
    if form == "jsonl":
        for row in rows:
            session.print_json(row)
    else:
        session.out.print(columns_table(session, rows))


@catalog.command(short_help="Show what scans propose and nobody decided yet.")
@click.pass_obj
def diff(session: Session) -> None:
    """Show pending proposals, one line a column."""
    from phantang.flow.review import pending_changes, read_catalog

    changes = pending_changes(read_catalog(session.workspace))
    for change in changes:
        session.out.print(Text(f"- {change.before}", style="red") if change.before else Text("", end=""), end="")
        if change.before:
            session.out.print()
        session.out.print(Text(f"+ {change.after}", style="green"))
    key = "columns_pending" if changes else "columns_settled"
    session.err.print(session.word(key, count=len(changes), workspace=session.workspace_option), soft_wrap=True)


@catalog.command(short_help="Accept proposals, in your name.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE] ...]")
@click.option("--by", metavar="WHO", help="Who accepts (default: your login name).")
@click.option("--reason", metavar="TEXT", help="Why, kept in the catalog and the ledger.")
@click.pass_obj
def accept(session: Session, names: tuple[str, ...], by: str | None, reason: str | None) -> None:
    """Accept what is proposed for the named tables or sources (default: everything)."""
    from phantang.flow.review import accept_proposals

    accepted = accept_proposals(session.workspace, names, by=session.person(by), reason=reason)
    session.err.print(session.word("columns_accepted", count=len(accepted)))


@catalog.command("set", short_help="Decide the tag of one column yourself.")
@click.argument("column", metavar="SOURCE.SCHEMA.TABLE.COLUMN")
@click.option("--tag", required=True, metavar="TAG", help="A tag of catalog/tags.yaml, such as person.name or none.")
@click.option("--reason", metavar="TEXT", help="Why, kept in the catalog and the ledger.")
@click.option("--by", metavar="WHO", help="Who decides (default: your login name).")
@click.pass_obj
def set_(session: Session, column: str, tag: str, reason: str | None, by: str | None) -> None:
    """Override the classification of one column."""
    from phantang.flow.review import override_column

    override_column(session.workspace, column, tag=tag, by=session.person(by), reason=reason)
    session.err.print(session.word("column_is", column=column, tag=tag), soft_wrap=True)


@catalog.command(short_help="Write the whole catalog as JSON lines, a spreadsheet or a page.")
@click.option("--format", "form", type=click.Choice(["jsonl", "xlsx", "html"]), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of the terminal.")
@click.pass_obj
def export(session: Session, form: str, out: str | None) -> None:
    """Export every catalogued column."""
    from phantang.cli.report import write_columns
    from phantang.flow.review import find_assets, read_catalog
    from phantang.flow.scan import column_row

    assets = find_assets(read_catalog(session.workspace), None)
    write_columns(session, [column_row(asset, entry) for asset in assets for entry in asset.columns], form, out)
