"""`phantang classifiers`: check rule packs before they judge anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from phantang.cli.session import Session


@click.group(short_help="Check the rule packs that recognise personal data.")
def classifiers() -> None:
    """Work on classifiers/: the rule packs that recognise personal and sensitive columns."""


@classifiers.command(short_help="Validate the packs, run their examples, report overlaps.")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def check(session: Session, folder: Path | None, form: str) -> int:
    """Check the packs of the workspace, or of FOLDER, without scanning anything.

    Every rule must be well formed, recognise its `match` examples and not its `near_miss` ones; two rules must not
    claim the same words or values for different tags; and no rule may still claim, by names, a column for which a
    person rejected it (`catalog reject`). Exit code 0 if all is well, 2 if not.
    """
    from phantang.flow.scan.classifiers import check_classifiers

    report = check_classifiers(session.workspace, folder)
    if form == "json":
        problems = [
            {"file": one.file, "rule": one.rule, "kind": one.kind, "on": one.on, "other": one.other}
            for one in report.problems
        ]
        counts = {"rules": report.rules, "tags": report.tags, "examples": report.examples}
        session.print_json({"revision": report.revision, **counts, "problems": problems})
        return 2 if problems else 0
    if report.problems:
        view = Table(header_style="bold", show_edge=False, pad_edge=False)
        for name in ("problem_file", "problem_rule", "problem_kind", "problem_on", "problem_other"):
            view.add_column(session.word(name), overflow="fold")
        for one in report.problems:
            kind = session.value("problem", one.kind)
            view.add_row(one.file, one.rule, Text(kind, style="red"), one.on, one.other)
        session.out.print(view)
    session.err.print(
        session.word(
            "classifiers_checked",
            rules=report.rules,
            tags=report.tags,
            examples=report.examples,
            count=len(report.problems),
            revision=report.revision,
        ),
        soft_wrap=True,
    )
    return 2 if report.problems else 0
