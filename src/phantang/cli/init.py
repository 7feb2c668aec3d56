"""`phantang init` and `phantang doctor`: a workspace made, and a workspace examined."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from phantang.cli.session import Session

_MARKS = {True: ("check.ok", "green"), False: ("check.fail", "bold red"), None: ("check.note", "cyan")}


@click.command(short_help="Make a workspace for your databases.")
@click.argument("folder", type=click.Path(file_okay=False), metavar="DIR")
@click.option(
    "--source", "sources", multiple=True, metavar="NAME=URL", help="A database: a SQLAlchemy URL; repeat for more."
)
@click.option("--title", metavar="TEXT", help="Whose workspace it is, as reports say it.")
@click.pass_obj
def init(session: Session, folder: str, sources: tuple[str, ...], title: str | None) -> None:
    """Make the workspace DIR with the default policies, classifiers and catalog, ready to edit.

    \b
    phantang init so-tu-phap --title "Sở Tư pháp Hà Nội" --source ho_tich=duckdb:///ho_tich.duckdb
    phantang init so-y-te --source y_te=postgresql://reader@db.example/y_te
    """  # noqa: D301 - click reads the backspace
    from phantang.flow.workspace.setup import create_workspace
    from phantang.store.create import holds_password

    workspace = create_workspace(Path(folder), sources, title)
    session.err.print(
        session.word("workspace_made", path=workspace.path, count=len(workspace.sources), folder=shlex.quote(folder))
        if workspace.sources
        else session.word("workspace_made_empty", path=workspace.path),
        soft_wrap=True,
    )
    if any(map(holds_password, workspace.sources.values())):
        session.err.print(session.word("workspace_password", path=workspace.path / "phantang.toml"), soft_wrap=True)


@click.command(short_help="Examine the workspace: files, sources, policies, ledger.")
@click.pass_obj
def doctor(session: Session) -> int:
    """Check everything a query depends on and say what to do about what is not right."""
    from phantang.flow.workspace.doctor import examine

    table = Table(show_header=False, show_edge=False, pad_edge=False)
    failed = 0
    for check in examine(session.workspace, session.lang):
        mark, style = _MARKS[check.ok]
        failed += check.ok is False
        detail = Text(check.detail)
        if check.remedy:
            detail.append(f"\n→ {check.remedy}", style="italic")
        table.add_row(Text(session.word(mark), style=style), check.name, detail)
    session.out.print(table)
    return 2 if failed else 0
