"""What is no longer as the catalog says: tables and columns of the database, or the judgement of changed rule packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang import catalog, classify, engines
from phantang.flow.catalog.feedback import still_claimed
from phantang.flow.scan.scan import (
    known_sources,
    load_classifier,
    pack_files,
    propose_table,
    scan_options,
    secret_columns,
)
from phantang.flow.scan.source import scan_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.catalog import Drift
    from phantang.flow.scan.source import Failure
    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class Impact:
    """What the packs of digest `packs` would change in a catalog last scanned with those of `scanned_with`.

    `near_misses` are rejected claims that these packs still make. Nothing was written.
    """

    packs: str
    scanned_with: str | None
    drifts: tuple[Drift, ...]
    near_misses: tuple[Mapping[str, Any], ...]
    failures: tuple[Failure, ...]


def find_drift(workspace: Workspace, sources: Sequence[str] = ()) -> tuple[Drift, ...]:
    """Return how the schemas of the databases differ from the catalog; no value is read.

    Raises `InputError` for an unknown source and `EngineError` for one that cannot be reached.
    """
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    found: list[Drift] = []
    for source in known_sources(workspace, sources):
        with engines.connect(workspace.source_url(source), source) as engine:
            found.extend(catalog.schema_drift(snapshot.tables_of(source), engine.introspect()))
    return tuple(found)


def find_impact(
    workspace: Workspace,
    sources: Sequence[str] = (),
    *,
    packs: Mapping[str, str] | None = None,
) -> Impact:
    """Return what a scan with `packs` (by default the workspace's own, as they are now) would change; write nothing."""
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    classifier = load_classifier(workspace.classifier_files() if packs is None else packs, snapshot.tags)
    options = scan_options(workspace.settings)
    secret = secret_columns(workspace, snapshot)
    drifts: list[Drift] = []
    failures: list[Failure] = []
    for source in known_sources(workspace, sources):
        with engines.connect(workspace.source_url(source), source) as engine:
            scanned = scan_source(engine, classifier, snapshot, options, secret=secret)
        drifts.extend(
            catalog.judgement_drift(snapshot.assets, [propose_table(table, snapshot) for table in scanned.tables])
        )
        failures.extend(scanned.failures)
    return Impact(
        packs=classifier.digest,
        scanned_with=packs_of_last_scan(workspace),
        drifts=tuple(drifts),
        near_misses=tuple(still_claimed(workspace, classifier)),
        failures=tuple(failures),
    )


def packs_of_last_scan(workspace: Workspace) -> str | None:
    """Return the digest of the rule packs that the last scan was made with, `None` before the first."""
    found = None
    for entry in workspace.ledger().entries():
        if entry.kind == "scan":
            found = entry.body.get("classifiers_revision")
    return found


def packs_now(workspace: Workspace) -> str:
    """Return the digest of the workspace's rule packs as they are; what does not compile has one too."""
    return classify.packs_digest(*pack_files(workspace.classifier_files()))
