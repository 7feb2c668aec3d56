"""`phantang policy`: check, test and pack the Rego bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from phantang.cli.session import Session


@click.group(short_help="Check, test and pack the Rego bundle.")
def policy() -> None:
    """Work on policies/: the Rego bundle that decides every query."""


@policy.command(short_help="Compile and lint the bundle.")
@click.pass_obj
def check(session: Session) -> int:
    """Check that the bundle compiles, stays in the portable subset, and that every rule is tested and explained."""
    from phantang.flow.policy import bundle_revision, check_policies

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
    from phantang.flow.policy import run_policy_tests

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
@click.pass_obj
def bundle(session: Session, out: str) -> None:
    """Write the bundle as an archive that carries its revision, for `opa run --server --bundle F.tar.gz`.

    With `[policy] engine = "opa"` the gateway takes answers of a server that runs exactly this revision.
    """
    from phantang.flow.policy import pack_bundle

    archive, revision = pack_bundle(session.workspace)
    try:
        Path(out).write_bytes(archive)
    except OSError as error:
        raise InputError("output_exists", path=out, what=error.strerror or "I/O error") from None
    session.err.print(session.word("policy_bundle", path=out, revision=revision), soft_wrap=True)
