"""The policy bundle of a workspace: loaded, checked, tested, and put behind the engine the workspace chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang import catalog, pdp
from phantang.flow.policy.trino import trino_catalog
from phantang.flow.policy.vocabulary import unknown_tags
from phantang.model.errors import PhantangError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from phantang.store import Workspace


def load_bundle(workspace: Workspace) -> pdp.Bundle:
    """Read the workspace's `policies/`. Raises `PolicyError` or `WorkspaceError` naming the file that is wrong."""
    return pdp.Bundle.from_files(workspace.policy_files())


def bundle_revision(workspace: Workspace) -> str:
    """Return the digest of the workspace's bundle, `-` where the bundle cannot be read."""
    try:
        return load_bundle(workspace).revision
    except PolicyError:
        return "-"


def policy_engine(workspace: Workspace, tags: Collection[str]) -> pdp.PolicyEngine:
    """Return the engine named by `[policy] engine`: the embedded one, or an OPA server serving the same bundle.

    `tags` are those of the catalog, which the law must speak of. Raises as `load_bundle`, and `PolicyError`
    `policy_bundle_invalid` for a bundle that does not decide as it reads.
    """
    files, settings = workspace.policy_files(), workspace.settings
    bundle = pdp.Bundle.from_files(files)
    _require_passed(workspace, bundle.revision, files)
    _require_none(unknown_tags(bundle.data["law"], tags, files))
    if settings.policy_engine == "opa":
        return pdp.OpaServerEngine(bundle, settings.opa_url, settings.policy_timeout_seconds)
    return pdp.EmbeddedEngine(bundle)


#: Revisions that passed in this process.
_PASSED: set[str] = set()


def _require_passed(workspace: Workspace, revision: str, files: Mapping[str, str]) -> None:
    if revision in _PASSED:
        return
    passed, line = workspace.passed_checks(), f"{revision} {pdp.checks_digest()}"
    if line not in passed:
        _require_none(pdp.check_deciding(files))
        passed.add(line)
    _PASSED.add(revision)


def _require_none(problems: Iterable[pdp.Problem]) -> None:
    problem = next(iter(problems), None)
    if problem is not None:
        raise PolicyError("policy_bundle_invalid", file=problem.file, line=problem.line, problem=problem.detail)


def pack_bundle(workspace: Workspace, *, trino: bool = False, key: bytes | None = None) -> tuple[bytes, str]:
    """Return the bundle as an archive for an OPA server, and its revision.

    With `trino` it holds what Trino's questions need of the catalog; with `key`, a private key in PEM, it is signed.
    Raises as `load_bundle`, and `PolicyError` `policy_key_invalid`.
    """
    bundle = load_bundle(workspace)
    told = trino_catalog(catalog.parse_snapshot(workspace.catalog_files())) if trino else None
    sign = None if key is None else pdp.BundleSigner(key).signatures
    return pdp.bundle_archive(bundle, told, sign), bundle.revision


def check_policies(workspace: Workspace) -> tuple[pdp.Problem, ...]:
    """Lint the bundle: it compiles, stays in the portable subset, and every rule has tests and both languages.

    A file that cannot be read, such as half-written YAML, is a problem with its line like any other. Where the rest is
    well, the law must speak of tags of the catalog, if that can be read.
    """
    files = workspace.policy_files()
    problems = pdp.check_files(files)
    if problems:
        return problems
    try:
        tags = catalog.parse_snapshot(workspace.catalog_files()).tags
    except PhantangError:  # doctor and every question say what is wrong with it
        return ()
    return tuple(unknown_tags(pdp.Bundle.from_files(files).data["law"], tags, files))


def run_policy_tests(workspace: Workspace) -> tuple[pdp.TestResult, ...]:
    """Run the bundle's own `*_test.rego` rules in process."""
    return pdp.run_tests(load_bundle(workspace))
