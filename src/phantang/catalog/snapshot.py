"""All files of a catalog to one immutable snapshot with a digest."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from phantang.catalog.agency import read_agency
from phantang.catalog.asset_reader import parse_asset
from phantang.catalog.asset_writer import render_body
from phantang.catalog.following import follow_units
from phantang.catalog.generated import inherit
from phantang.catalog.grants import read_approvals, read_consents
from phantang.catalog.node import normalised, shown
from phantang.catalog.raise_rules import read_raise_rules
from phantang.catalog.retiring import RETIRED
from phantang.catalog.source_entry import read_source
from phantang.catalog.strict_yaml import read_yaml
from phantang.catalog.vocabulary import read_purposes, read_roles, read_tags, read_tiers
from phantang.model.catalog import Asset, Snapshot, SourceEntry
from phantang.model.errors import WorkspaceError
from phantang.model.requesters import Agency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.catalog.node import Node

TAGS, TIERS, PURPOSES, ACTORS = "tags.yaml", "tiers.yaml", "purposes.yaml", "actors.yaml"
CONSENTS, APPROVALS = "consents.yaml", "approvals.yaml"
_VOCABULARY = (TAGS, TIERS, PURPOSES, ACTORS)
_AGENCY = re.compile(r"agencies/[^/]+\.yaml")
_SOURCE = re.compile(r"sources/[^/]+\.yaml")
_ASSET = re.compile(r"assets/.+\.yaml")
_YAML = re.compile(r"\.ya?ml\Z", re.IGNORECASE)
# Part of the digest, raised when the canonical form changes: equal digests mean equal catalogs, across versions.
_FORM = "phantang-catalog-2"


def parse_snapshot(files: Mapping[str, str]) -> Snapshot:
    """Return the catalog held in `files`: paths relative to `catalog/` (`/` as separator) to their text.

    `tags.yaml`, `tiers.yaml`, `purposes.yaml` and `actors.yaml` must be there; `consents.yaml`, `approvals.yaml`,
    `agencies/*.yaml`, `sources/*.yaml` and `assets/<source>/*.yaml` may be. Files that are not YAML (a README, an
    editor's backup) and hidden ones are ignored; a YAML file that would be ignored is an error, since somebody meant
    something by it.

    The digest is SHA-256 over a canonical form of what was understood: comments, formatting and the order of files do
    not change it, anything that could change a decision or a report does.
    One command asks several times: the last catalogs are remembered, with every character of their files.
    Raises `WorkspaceError`: `catalog_missing_file`, `catalog_unexpected_file`, and those of the readers; every error
    names file and line where they are known.
    """
    return _parse(tuple(sorted(files.items())))


@lru_cache(maxsize=2)  # what is, and what a change is about to make of it
def _parse(texts: tuple[tuple[str, str], ...]) -> Snapshot:
    files = _catalog_files(dict(texts))
    paths = sorted(files)
    roots = {path: _root(path, files) for path in _VOCABULARY}
    tags, tiers = read_tags(roots[TAGS]), read_tiers(roots[TIERS])
    purposes = read_purposes(roots[PURPOSES])
    roles = read_roles(roots[ACTORS], purposes)
    agencies = [read_agency(read_yaml(path, files[path]), roles, purposes) for path in paths if _AGENCY.fullmatch(path)]
    sources = [read_source(read_yaml(path, files[path])) for path in paths if _SOURCE.fullmatch(path)]
    known = {agency.id for agency in agencies}
    consents = read_consents(read_yaml(CONSENTS, files[CONSENTS]), known) if CONSENTS in files else None
    approvals = read_approvals(read_yaml(APPROVALS, files[APPROVALS]), known) if APPROVALS in files else None
    assets = [parse_asset(path, files[path], tags) for path in paths if _ASSET.fullmatch(path)]
    return Snapshot(
        digest=_digest([root.plain() for root in roots.values()], agencies, sources, assets, [consents, approvals]),
        tags=tags,
        tiers=tiers,
        purposes=purposes,
        agencies={agency.id: agency for agency in agencies},
        # A path fixes its table, so names cannot collide.
        assets={asset.name: asset for asset in follow_units(inherit(assets))},
        raise_rules=read_raise_rules(roots[TIERS], tags),
        source_entries={entry.id: entry for entry in sources},
        consents=consents,
        approvals=approvals,
    )


def _catalog_files(files: Mapping[str, str]) -> dict[str, str]:
    """Return the YAML files by path in NFC (some file systems decompose names); each must be of a kind we know."""
    found: dict[str, str] = {}
    for path, text in files.items():
        name = normalised(path)
        hidden = any(part.startswith(".") for part in name.split("/"))
        if not _YAML.search(name) or hidden or RETIRED.fullmatch(name):  # a record decides nothing
            continue
        known = name in (*_VOCABULARY, CONSENTS, APPROVALS) or any(
            kind.fullmatch(name) for kind in (_AGENCY, _SOURCE, _ASSET)
        )
        if not known or name in found:
            raise WorkspaceError("catalog_unexpected_file", file=shown(name))
        found[name] = text
    return found


def _root(path: str, files: Mapping[str, str]) -> Node:
    if path not in files:
        raise WorkspaceError("catalog_missing_file", file=path)
    return read_yaml(path, files[path])


def _digest(
    vocabulary: list[Any],
    agencies: list[Agency],
    sources: list[SourceEntry],
    assets: list[Asset],
    grants: list[Any],
) -> str:
    content = {
        "form": _FORM,
        "vocabulary": vocabulary,
        "agencies": sorted(agencies, key=lambda agency: agency.id),
        "sources": sorted(sources, key=lambda entry: entry.id),
        "grants": grants,
        "assets": sorted(render_body(asset) for asset in assets),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_json)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _json(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
