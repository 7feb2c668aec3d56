"""`phantang scan`: find personal and sensitive columns, propose tags and tiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.model.names import TableName


@click.command(short_help="Find personal and sensitive columns; propose tags and tiers.")
@click.argument("targets", nargs=-1, metavar="[SOURCE|URL ...]")
@click.option("--accept", is_flag=True, help="Accept every proposal at once, in your name.")
@click.option("--by", metavar="WHO", help="Who accepts (default: your login name).")
@click.option(
    "--format", "form", type=click.Choice(["table", "jsonl", "xlsx", "html"]), default="table", show_default=True
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of the terminal.")
@click.pass_obj
def scan(session: Session, targets: tuple[str, ...], accept: bool, by: str | None, form: str, out: str | None) -> int:
    """Classify every column of the given SOURCEs (default: all sources of the workspace).

    Proposals are written to catalog/assets/ for review; nothing a person decided is changed. Given a database URL
    instead (duckdb:///file.duckdb, postgresql://host/db), classify it with the built-in packs and write nothing.
    """
    urls = [target for target in targets if "://" in target]
    if urls and (len(urls) != len(targets) or accept):
        raise click.UsageError(session.word("usage.url_alone"))
    rows = _scan_urls(urls) if urls else _scan_sources(session, targets, session.person(by) if accept else None)
    from phantang.cli.report import write_columns

    write_columns(session, rows, form, out)
    if form == "table" and not urls and not accept:
        proposed = sum(row["status"] == "proposed" for row in rows)
        if proposed:
            waiting = session.word("columns_waiting", count=proposed, workspace=session.workspace_option)
            session.err.print(waiting, soft_wrap=True)
    return 0


def _scan_urls(urls: list[str]) -> list[dict[str, object]]:
    from phantang.flow.scan import scan as scan_url

    return [row for url in urls for row in scan_url(url)]


def _scan_sources(session: Session, sources: tuple[str, ...], accept_as: str | None) -> list[dict[str, object]]:
    from phantang.flow.scan import scan_workspace

    workspace = session.workspace
    with session.err.status(session.word("scanning"), spinner="dots") as status:

        def progress(name: TableName, position: int, total: int) -> None:
            if session.err.is_terminal:
                status.update(
                    session.word(
                        "scanning_table", source=name.source, position=position + 1, total=total, table=name.table
                    )
                )
            elif position == 0:
                session.err.print(session.word("scanning_source", source=name.source, total=total))

        report = scan_workspace(workspace, sources, accept_as=accept_as, progress=progress)
    for name in report.skipped:
        session.err.print(session.word("skipped", table=name))
    return report.rows()
