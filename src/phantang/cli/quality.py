"""`phantang quality`: đúng, đủ, sạch, sống per table."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from phantang.cli.render import quality_table

if TYPE_CHECKING:
    from phantang.cli.session import Session


@click.group(short_help="Measure đúng, đủ, sạch, sống (correct, complete, clean, live).")
def quality() -> None:
    """Measure data quality against contracts generated from the catalog's tags."""


@quality.command(short_help="Print the quality card of tables.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE] ...]")
@click.option("--limit", type=click.IntRange(min=1), help="Read at most this many rows of each table.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@click.pass_obj
def check(session: Session, names: tuple[str, ...], limit: int | None, form: str) -> None:
    """Assess the named tables or sources (default: everything in the catalog)."""
    from phantang.flow.catalog.states import find_assets
    from phantang.flow.quality import quality_cards
    from phantang.flow.query.gateway import Gateway

    with Gateway.open(session.workspace.path) as gateway:
        chosen = {asset.name: asset for name in (names or (None,)) for asset in find_assets(gateway.snapshot, name)}
        with session.err.status(session.word("measuring")):
            cards = quality_cards(gateway, tuple(chosen.values()), limit)
        if form == "jsonl":
            for card in cards:
                session.print_json({**asdict(card), "table": str(card.table)})
        else:
            session.out.print(quality_table(cards, session))
