"""The one way the catalog changes: checked as a whole, recorded, then written."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.model.catalog import Asset, Snapshot
    from phantang.store import Workspace


def publish_assets(
    workspace: Workspace,
    assets: Sequence[Asset],
    kind: str,
    body: Mapping[str, Any],
) -> str:
    """Write `assets` into `catalog/assets/`, all or none, after a ledger entry of `kind`; return the catalog digest.

    The catalog that would result is parsed first, so a change that would not load is never written. The entry comes
    before the files: an unwritable ledger leaves the catalog untouched.
    """
    texts = {catalog.asset_path(asset.name): catalog.render_asset(asset) for asset in assets}
    return publish_texts(workspace, texts, kind, body)


def publish_texts(
    workspace: Workspace,
    texts: Mapping[str, str | None],
    kind: str,
    body: Mapping[str, Any],
) -> str:
    """Do the same with texts by path below `catalog/`; `None` removes a file."""
    files = {unicodedata.normalize("NFC", path): text for path, text in workspace.catalog_files().items()}
    changed = {**files, **{unicodedata.normalize("NFC", path): text for path, text in texts.items()}}
    after = {path: text for path, text in changed.items() if text is not None}
    snapshot = catalog.parse_snapshot(after)
    if texts:
        stamp = {"timestamp": timestamp(), "catalog_revision": snapshot.digest, "progress": _progress(snapshot)}
        workspace.ledger().append(kind, {**body, **stamp})
        workspace.write_assets(texts)
    return snapshot.digest


def _progress(snapshot: Snapshot) -> dict[str, int]:
    """Return how far the classification has come: what a report shows over time."""
    entries = [entry for asset in snapshot.assets.values() for entry in asset.columns]
    return {
        "tables": len(snapshot.assets),
        "columns": len(entries),
        "tagged": sum(entry.tag is not None for entry in entries),
        "decided": sum(entry.classified for entry in entries),
    }
