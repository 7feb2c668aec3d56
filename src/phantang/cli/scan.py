"""`phantang scan`: find personal and sensitive columns, propose tags and tiers."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.cli.session import Session
    from phantang.flow.report.report import Report
    from phantang.flow.scan.scan import ScanReport
    from phantang.flow.scan.source import Progress, ScanOptions
    from phantang.model.errors import PhantangError
    from phantang.model.names import TableName

#: Tables between two lines of progress where no bar can be drawn.
_LINES_EVERY = 100
#: Empty tables that are named.
_NAMED = 20
_FORMS = ("table", "jsonl", "xlsx", "html")


@click.command(short_help="Find personal and sensitive columns; propose tags and tiers.")
@click.argument("targets", nargs=-1, metavar="[SOURCE|URL|FILE|FOLDER ...]")
@click.option("--accept", is_flag=True, help="Accept every proposal at once, in your name.")
@click.option("--by", metavar="WHO", help="Who accepts (default: your login name).")
@click.option("--tables", multiple=True, metavar="PATTERN", help="Only tables like schema.table or table; repeatable.")
@click.option("--sample-rows", type=click.IntRange(1, 1_000_000), help="Rows to read of a table, at most.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Which rows: the same for the same number.")
@click.option("--full", is_flag=True, help="Read tables again that did not change since the last scan.")
@click.option("--format", "form", type=click.Choice(_FORMS), help="By default what --out ends in, else table.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of the terminal.")
@click.pass_obj
def scan(
    session: Session,
    targets: tuple[str, ...],
    accept: bool,
    by: str | None,
    tables: tuple[str, ...],
    sample_rows: int | None,
    seed: int | None,
    full: bool,
    form: str | None,
    out: str | None,
) -> int:
    """Classify every column of the given SOURCEs (default: all sources of the workspace).

    Proposals are written to catalog/assets/ for review; nothing a person decided is changed. Given a database URL, a
    file (.csv .tsv .parquet .xlsx .sqlite .duckdb) or a folder of files instead, classify it with the built-in packs
    and write nothing. Tables that did not change since the last scan are not read again, and a scan that was cut off
    goes on where it stopped.
    """
    from phantang.cli.report import form_of, write_columns
    from phantang.flow.scan.scan import scan_options, scan_url, scan_workspace
    from phantang.store import Settings

    given = {"rows": sample_rows, "seed": seed, "tables": tables or None, "full": full or None}
    places = [place for place in (_place(session, target) for target in targets) if place]
    if places and (len(places) != len(targets) or accept):
        raise click.UsageError(session.word("usage.url_alone"))
    form = form_of(session, form, out, _FORMS, "table")
    quiet = form == "jsonl" and out is None  # whoever reads the lines wants nothing else on the screen
    with _progress(session, quiet) as progress:
        if places:
            options = scan_options(Settings("", {}), **given)
            reports = [scan_url(place, options, progress=progress) for place in places]
        else:
            workspace = session.workspace
            options = scan_options(workspace.settings, **given)
            accept_as = session.person(by) if accept else None
            reports = [scan_workspace(workspace, targets, accept_as=accept_as, options=options, progress=progress)]
    rows = [row for report in reports for row in report.rows()]
    write_columns(session, rows, form, out, partial(_report, session, reports, in_workspace=not places))
    if not quiet:
        _summary(session, reports, options)
    if form == "table" and not places and not accept:
        proposed = sum(row["status"] == "proposed" for row in rows)
        if proposed:
            waiting = session.word("columns_waiting", count=proposed, workspace=session.workspace_option)
            session.err.print(waiting, soft_wrap=True)
    found = any(one.tables or one.failures or one.unreadable for report in reports for one in report.scans)
    if tables and not found and not any(report.unreached for report in reports):
        session.err.print(session.word("scan_tables_none", workspace=session.workspace_option), soft_wrap=True)
        return 2
    return _failures(session, reports)


def _place(session: Session, target: str) -> str | None:
    """Return what `target` says of where data is; nothing if it names a source of the workspace.

    A bare name is a source before it is a file or folder of that name here.
    """
    from pathlib import Path

    from phantang.engines import is_place
    from phantang.model.errors import WorkspaceError

    if is_place(target):
        return target
    if not target or not Path(target).exists():
        return None
    try:
        known = target in session.workspace.sources
    except WorkspaceError as error:
        if error.code != "workspace_not_found":
            raise
        known = False
    return None if known else f"./{target}"


def _report(session: Session, reports: list[ScanReport], *, in_workspace: bool) -> Report:
    """Return the report on what was scanned; of a place outside any workspace there is no history."""
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.report.report import make_report, workspace_report
    from phantang.flow.scan.scan import default_snapshot

    assets = [asset for report in reports for asset in report.assets]
    if in_workspace:
        return workspace_report(session.workspace, read_catalog(session.workspace), assets, session.report_lang)
    holder = ", ".join(dict.fromkeys(scanned.source for report in reports for scanned in report.scans))
    return make_report(holder, default_snapshot(), assets, session.report_lang)


@contextmanager
def _progress(session: Session, quiet: bool) -> Iterator[Progress | None]:
    """Yield what to call before each table: a bar on a terminal, a line now and then elsewhere, nothing if `quiet`."""
    if quiet:
        yield None
        return
    if not session.err.is_terminal:

        def say(name: TableName, position: int, total: int) -> None:
            if position == 0:
                session.err.print(session.word("scanning_source", source=name.source, total=total))
            elif position % _LINES_EVERY == 0:
                words = {"source": name.source, "position": position + 1, "total": total, "table": name.table}
                session.err.print(session.word("scanning_table", **words))

        yield say
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    # `markup=False`: the name of a table is text, whatever brackets are in it.
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=session.err, transient=True) as bar:
        task = bar.add_task(session.word("scanning"), total=None)

        def draw(name: TableName, position: int, total: int) -> None:
            bar.update(task, description=f"{name.source}: {name.table[:40]}", completed=position, total=total)

        yield draw


def _summary(session: Session, reports: list[ScanReport], options: ScanOptions) -> None:
    """Say how the sample was taken and how much of it was taken over from the last scan."""
    methods: Counter[str] = Counter()
    for scanned in (one for report in reports for one in report.scans):
        methods.update(table.sampling["method"] for table in scanned.tables)
        if scanned.resumed:
            session.err.print(session.word("scan_resumed", source=scanned.source), soft_wrap=True)
        counts = scanned.statement()
        session.err.print(
            session.word(
                "scan_counts",
                source=scanned.source,
                read=counts["read"],
                unchanged=counts["unchanged"],
                failed=len(scanned.failures),
            ),
            soft_wrap=True,
        )
    if methods:
        named = ", ".join(f"{session.value('method', method)}: {count}" for method, count in methods.most_common())
        session.err.print(
            session.word("scan_sampling", rows=options.rows, seed=options.seed, methods=named), soft_wrap=True
        )


def _failures(session: Session, reports: list[ScanReport]) -> int:
    """Name each table and source that could not be read, and return the exit code that follows.

    What the account may not read, and what is empty, is counted and said, and is no failure: it may be meant so.
    """
    failed: list[tuple[str, PhantangError]] = []
    failed += [(str(one.table), one.error) for report in reports for one in report.failures]
    failed += [(source, error) for report in reports for source, error in report.unreached]
    for scanned in (one for report in reports for one in report.scans):
        if scanned.unreadable:
            word = "scan_other_files" if scanned.dialect == "files" else "scan_unreadable"
            _tell_tables(session, word, scanned.source, scanned.unreadable)
        if scanned.empty:
            _tell_tables(session, "scan_empty", scanned.source, scanned.empty)
        for table, columns in sorted(scanned.hidden.items()):
            told = session.word("scan_hidden", table=str(table), count=columns)
            session.err.print(Text(told, style="yellow"), soft_wrap=True)
    for name, error in failed:
        text = f"{error.message(session.lang)} [{error.code}]"
        session.err.print(session.word("scan_failed", table=name, error=text), soft_wrap=True)
    return max((error.exit_code for _, error in failed), default=0)


def _tell_tables(session: Session, word: str, source: str, tables: Sequence[TableName]) -> None:
    names = [f"{one.schema}.{one.table}".removeprefix("main.") for one in tables[:_NAMED]]
    shown = ", ".join(names) + (", …" if len(tables) > _NAMED else "")
    told = session.word(word, source=source, count=len(tables), names=shown)
    session.err.print(Text(told, style="yellow"), soft_wrap=True)
