"""`phantang catalog report | export | compare`: what leaves the catalog for people and for other tools."""

from __future__ import annotations

from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from phantang.cli.output import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.catalog import Pair, Side
    from phantang.cli.session import Session
    from phantang.flow.report.report import Report
    from phantang.model.catalog import Asset, Snapshot

_REPORTS = ("html", "xlsx")
_LISTS = ("jsonl", "json", "csv", "xlsx", "html", "openmetadata", "datahub", "odcs", "dcat")
_COMPARED = ("table", "json", "jsonl", "html", "xlsx")
_EXPORTS = ("openmetadata", "datahub", "odcs", "dcat", "csv", "json")
#: Signs in a line of a table that is written to a file.
_PAGE = 160
_OUT = click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of the terminal.")
_SAMPLES = click.option(
    "--with-samples", is_flag=True, help="Add the shapes of a few values: letters as x, digits as 9."
)


@click.command(short_help="Write a report to hand in: a page or a spreadsheet.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE] ...]")
@click.option("--format", "form", type=click.Choice(_REPORTS), help="By default what --out ends in, else html.")
@_OUT
@_SAMPLES
@click.pass_obj
def report(session: Session, names: tuple[str, ...], form: str | None, out: str | None, with_samples: bool) -> None:
    """Report tags, tiers, law, evidence, thresholds, the eleven basic items and progress; Vietnamese without --lang."""
    from phantang.cli.report import form_of, write_report

    form = form_of(session, form, out, _REPORTS, "html")
    snapshot, assets = _chosen(session, names)
    made = _report(session, snapshot, assets, with_samples=with_samples)
    write_report(session, made, form, out)


@click.command(short_help="Write the catalog for scripts, spreadsheets and other tools.")
@click.argument("names", nargs=-1, metavar="[SOURCE[.SCHEMA.TABLE] ...]")
@click.option("--format", "form", type=click.Choice(_LISTS), help="By default what --out ends in, else jsonl.")
@_OUT
@_SAMPLES
@click.pass_obj
def export(session: Session, names: tuple[str, ...], form: str | None, out: str | None, with_samples: bool) -> None:
    """Export every catalogued column: JSON, CSV, a report, or for OpenMetadata, DataHub, ODCS v3.1 and DCAT-AP."""
    from phantang.cli.report import form_of, write_columns, write_text
    from phantang.flow.catalog.exports import export_text
    from phantang.flow.scan.scan import column_row

    form = form_of(session, form, out, _LISTS, "jsonl")
    if with_samples and form not in {"xlsx", "html"}:
        raise click.UsageError(session.word("usage.samples_in_reports"))
    snapshot, assets = _chosen(session, names)
    if form in _EXPORTS:
        text = export_text(session.workspace, snapshot, assets, form, session.report_lang)
        write_text(session, text, out, count=sum(len(asset.columns) for asset in assets))
        return
    rows = [column_row(asset, entry) for asset in assets for entry in asset.columns]
    made = partial(_report, session, snapshot, assets, with_samples=with_samples)
    write_columns(session, rows, form, out, made)


@click.command(short_help="Show where two sources hold the same under different names.")
@click.argument("one", metavar="A")
@click.argument("two", metavar="B")
@click.option("--format", "form", type=click.Choice(_COMPARED), help="By default what --out ends in, else table.")
@_OUT
@click.pass_obj
def compare(session: Session, one: str, two: str, form: str | None, out: str | None) -> None:
    """Compare the catalog of source (or table) A with that of B, as after a merger of communes.

    Pairs are found by tag, words of the name, type and what tells people apart; nothing is read from the databases.
    """
    from phantang.catalog import Difference
    from phantang.catalog import compare as compare_assets
    from phantang.cli.report import form_of, write_text
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.catalog.states import find_assets

    form = form_of(session, form, out, _COMPARED, "table")
    snapshot = read_catalog(session.workspace)
    pairs = compare_assets(find_assets(snapshot, one), find_assets(snapshot, two))
    different = [pair for pair in pairs if pair.differences != (Difference.SAME,)]
    if form == "table" and out is None:
        session.out.print(_pairs_table(session, different))
    elif form in {"table", "json", "jsonl"}:
        write_text(session, _pairs_text(session, form, pairs, different), out, count=len(pairs))
    else:
        from phantang.cli.report import write_report
        from phantang.flow.report.report import compare_report

        write_report(session, compare_report(one, two, snapshot, pairs, session.report_lang), form, out)
    same = len(pairs) - len(different)
    session.err.print(session.word("compared", same=same, different=len(different)), soft_wrap=True)


def _chosen(session: Session, names: Sequence[str]) -> tuple[Snapshot, list[Asset]]:
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.catalog.states import find_assets

    snapshot = read_catalog(session.workspace)
    chosen: Sequence[str | None] = names or [None]
    found = {asset.name: asset for name in chosen for asset in find_assets(snapshot, name)}
    return snapshot, [found[name] for name in sorted(found)]


def _report(session: Session, snapshot: Snapshot, assets: Sequence[Asset], *, with_samples: bool) -> Report:
    from phantang.flow.catalog.exports import Shapes, sample_shapes
    from phantang.flow.report.report import workspace_report

    shapes = sample_shapes(session.workspace, assets) if with_samples else Shapes({}, {})
    for name, error in shapes.unread.items():
        told = session.word("samples_missing", name=name, error=f"{error.message(session.lang)} [{error.code}]")
        session.err.print(Text(told), soft_wrap=True)
    return workspace_report(
        session.workspace, snapshot, assets, session.report_lang, shapes.of or None, unsampled=tuple(shapes.unread)
    )


def _pairs_text(session: Session, form: str, pairs: Sequence[Pair], different: Sequence[Pair]) -> str:
    """Return every pair for a script, or those that differ as a table of text."""
    if form != "table":
        return json_text(form, map(_pair_json, pairs))
    text = StringIO()
    Console(file=text, width=_PAGE).print(_pairs_table(session, different))
    return text.getvalue()


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "a": _side_json(pair.a),
        "b": _side_json(pair.b),
        "differences": list(pair.differences),
        "by": list(pair.by),
    }


def _side_json(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {"table": side.table, "column": side.column, "type": side.type, "tag": side.tag, "tier": side.tier}


def _pairs_table(session: Session, pairs: Sequence[Pair]) -> Table:
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("A", "B", session.word("difference"), session.word("tag")):
        table.add_column(name, overflow="fold")
    for pair in pairs:
        kinds = ", ".join(session.value("compare", kind) for kind in pair.differences)
        tag = next((side.tag for side in (pair.a, pair.b) if side is not None and side.tag), "-")
        table.add_row(_side_text(pair.a), _side_text(pair.b), Text(kinds), Text(tag))
    return table


def _side_text(side: Side | None) -> Text:
    if side is None:
        return Text("-", style="dim")
    if side.column is None:
        return Text(side.table, style="dim")
    return Text.assemble(f"{side.table}.{side.column}", (f"  {side.type} {side.tier}", "dim"))
