"""`phantang policy`: check, test and pack the Rego bundle, and see what a change would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from phantang.cli.output import writing
from phantang.cli.session import read_text

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.flow.policy.impact import Impact

_STYLES = {"widened": "bold red", "changed": "yellow", "narrowed": "green"}


@click.group(short_help="Check, test and pack the Rego bundle; see what a change would do.")
def policy() -> None:
    """Work on policies/: the Rego bundle that decides every query."""


@policy.command(short_help="Compile and lint the bundle.")
@click.pass_obj
def check(session: Session) -> int:
    """Check that the bundle compiles, stays in the portable subset, and that every rule is tested and explained."""
    from phantang.flow.policy.bundle import bundle_revision, check_policies

    problems = check_policies(session.workspace)
    for problem in problems:
        session.out.print(Text(str(problem), style="red"))
    revision = bundle_revision(session.workspace)
    session.err.print(session.word("policy_problems", count=len(problems), revision=revision), soft_wrap=True)
    return 2 if problems else 0


@policy.command("test", short_help="Run the bundle's own Rego tests.")
@click.option("-v", "--verbose", is_flag=True, help="List every test, not only failures.")
@click.pass_obj
def test_(session: Session, verbose: bool) -> int:
    """Run every test_* rule of the bundle in process."""
    from phantang.flow.policy.bundle import run_policy_tests

    results = run_policy_tests(session.workspace)
    for result in results:
        if verbose or not result.passed:
            mark, style = ("test.pass", "green") if result.passed else ("test.fail", "red")
            session.out.print(Text.assemble((session.word(mark), style), f" {result.name}"))
    failed = sum(not result.passed for result in results)
    session.err.print(session.word("policy_tests", passed=len(results) - failed, failed=failed))
    if not results:
        session.err.print(session.word("policy_no_tests"))
    return 2 if failed or not results else 0


@policy.command(short_help="Pack the bundle for an OPA server.")
@click.option("--out", required=True, type=click.Path(dir_okay=False), metavar="F.tar.gz", help="The archive to write.")
@click.option("--trino", is_flag=True, help="Add what Trino's OPA plugin needs of the catalog.")
@click.option("--sign", "key", metavar="KEY.pem", help="Sign with this private key (RSA, or ECDSA on P-256).")
@click.pass_obj
def bundle(session: Session, out: str, trino: bool, key: str | None) -> None:
    """Write the bundle as an archive that carries its revision, for `opa run --server --bundle F.tar.gz`.

    With `[policy] engine = "opa"` the gateway takes answers of a server that runs exactly this revision. A server
    started with --verification-key runs a signed bundle only; docs/bundle.md says how to keep the key.
    """
    from phantang.flow.policy.bundle import pack_bundle

    pem = read_text(key).encode() if key else None
    archive, revision = pack_bundle(session.workspace, trino=trino, key=pem)
    with writing(out):
        Path(out).write_bytes(archive)
    session.err.print(session.word("policy_bundle", path=out, revision=revision), soft_wrap=True)


@policy.command(short_help="What a candidate bundle would have decided.")
@click.option(
    "--candidate",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The policies to try: a folder such as policies/.",
)
@click.option(
    "--queries",
    metavar="F.jsonl",
    help='Queries to replay instead of the ledger: one {"id", "sql", "as", "purpose", "source"?} a line.',
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_obj
def impact(session: Session, candidate: Path, queries: str | None, form: str) -> int:
    """Replay every logged decision under the policies in DIR and list what would change, with nothing executed.

    Exit code 3 when something widened, or changed in a way that cannot be shown to narrow.
    """
    from phantang.flow.policy.impact import policy_impact

    found = policy_impact(session.workspace, candidate, read_text(queries) if queries else None)
    if form == "json":
        session.print_json(found.to_json())
        return 3 if found.may_widen else 0
    if found.flips:
        session.out.print(_flips(session, found))
    counts = {name: found.verdicts.get(name, 0) for name in _STYLES}
    session.err.print(
        session.word("impact", questions=found.questions, distinct=found.distinct, **counts), soft_wrap=True
    )
    if found.older:
        session.err.print(session.word("impact_older", count=found.older), soft_wrap=True)
    for code, count in sorted(found.undecided.items()):
        session.err.print(session.word("impact_undecided", code=code, count=count), soft_wrap=True)
    return 3 if found.may_widen else 0


def _flips(session: Session, found: Impact) -> Table:
    view = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("verdict", "who", "on", "change", "rules"):
        view.add_column(session.word(f"impact.{name}" if name != "who" else "who"), overflow="fold")
    view.add_column(session.word("impact.questions"), justify="right")
    for flip in found.flips:
        change = flip.difference
        what = session.value("impact.what", change.what)
        before, after = (session.value("impact.value", text) for text in (change.before, change.after))
        view.add_row(
            Text(session.word(f"impact.{change.verdict}"), style=_STYLES[change.verdict]),
            f"{flip.agency} ({flip.purpose})",
            f"{flip.source}: {change.on}",
            f"{what}: {before} -> {after}",
            ", ".join(change.rules),
            str(flip.questions),
        )
    return view
