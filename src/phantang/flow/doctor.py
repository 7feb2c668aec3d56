"""Look at a whole workspace and say, check by check, what is fine, what is not, and what to do."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang import catalog, engines
from phantang.flow.policy import check_policies, policy_engine
from phantang.flow.scan import load_classifier
from phantang.model.errors import PhantangError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `ok` is `None` for something to know that is neither right nor wrong."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


def examine(workspace: Workspace, lang: str) -> Iterator[Check]:
    """Yield the checks of `workspace`, one after the other; a failing one never stops the rest."""
    yield Check("python", True, sys.version.split()[0])
    yield from _guarded("catalog", lang, lambda: _catalog(workspace))
    yield from _guarded("classifiers", lang, lambda: _classifiers(workspace))
    yield from _guarded("policies", lang, lambda: _policies(workspace))
    for source in sorted(workspace.sources):
        yield from _guarded(f"source {source}", lang, lambda source=source: _source(workspace, source))  # type: ignore[misc]
    yield from _guarded("ledger", lang, lambda: _ledger(workspace))
    opa = shutil.which("opa")
    yield Check("opa binary", None, opa or "not found; only needed for [policy] engine = opa")


def _guarded(name: str, lang: str, check: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from check()
    except PhantangError as error:
        yield Check(name, False, f"{error.message(lang)} [{error.code}]", error.remedy(lang))


def _catalog(workspace: Workspace) -> Iterator[Check]:
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    entries = [entry for asset in snapshot.assets.values() for entry in asset.columns]
    waiting = sum(not entry.classified for entry in entries)
    yield Check("catalog", True, f"{len(snapshot.assets)} tables, {len(entries)} columns, {snapshot.digest[:19]}…")
    if waiting:
        yield Check(
            "unclassified columns", None, f"{waiting} count as the highest personal tier", "phantang catalog diff"
        )


def _classifiers(workspace: Workspace) -> Iterator[Check]:
    tags = catalog.parse_snapshot(workspace.catalog_files()).tags
    classifier = load_classifier(workspace.classifier_files(), tags)
    yield Check("classifiers", True, f"{len(classifier.rules)} rules")


def _policies(workspace: Workspace) -> Iterator[Check]:
    problems = check_policies(workspace)
    engine = policy_engine(workspace)
    detail = f"{workspace.settings.policy_engine} engine, bundle {engine.revision[:19]}…"
    if problems:
        detail = f"{len(problems)} problems; first: {problems[0]}"
    yield Check("policies", not problems, detail, "phantang policy check" if problems else "")


def _source(workspace: Workspace, source: str) -> Iterator[Check]:
    with engines.connect(workspace.source_url(source), source) as engine:
        tables = engine.introspect()
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    unknown = [info.name for info in tables if info.name not in snapshot.assets]
    yield Check(f"source {source}", True, f"{engine.dialect}, {len(tables)} tables")
    if unknown:
        yield Check(f"source {source}", None, f"{len(unknown)} tables not in the catalog", f"phantang scan {source}")


def _ledger(workspace: Workspace) -> Iterator[Check]:
    result = workspace.ledger().verify()
    yield Check("ledger", result.ok, f"{result.entries} entries", "" if result.ok else "phantang audit verify")
