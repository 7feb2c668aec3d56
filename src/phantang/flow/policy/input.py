"""From a footprint and the catalog to the document that policy decides on (`policies/schemas/input.schema.json`)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.policy.grants import approvals, consent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from phantang.model.catalog import Asset, ColumnEntry, Snapshot
    from phantang.model.footprint import Footprint, TableUse
    from phantang.model.request import Request
    from phantang.model.requesters import Agency, Purpose

#: What `policy_input` is told where nobody's number is known.
NOTHING: Mapping[str, Collection[tuple[str, str]]] = MappingProxyType({})


def present_assets(snapshot: Snapshot, source: str) -> tuple[Asset, ...]:
    """Return the tables of `source` with the columns that a query can read.

    A decided column that the last scan no longer found stays in the catalog, but not here.
    """
    return tuple(
        replace(asset, columns=tuple(entry for entry in asset.columns if entry.type != catalog.ABSENT))
        for asset in snapshot.tables_of(source)
    )


def policy_input(
    request: Request,
    agency: Agency,
    purpose: Purpose,
    footprint: Footprint,
    snapshot: Snapshot,
    now: datetime,
    established: Mapping[str, Collection[tuple[str, str]]] = NOTHING,
) -> dict[str, Any]:
    """Return the input document of one decision: who, what, on which columns, why.

    It holds names, tags and uses, and no literal of the query, so the ledger may keep it whole and replay it.
    `established` says which `(schema.table, column)` are looked up by a number that the gateway knows: `own`, the
    requester's, and `consented`, that of the person a registered consent is of.
    Every list is sorted: the same question is the same document.
    """
    return {
        "subject": {
            "id": agency.id,
            "kind": agency.kind,
            "actor": agency.actor,
            "level": agency.level,
            "jurisdiction": dict(agency.jurisdiction),
            "clearance": agency.clearance,
            "roles": sorted(agency.roles),
            "purposes": sorted(agency.purposes),
            "approvals": approvals(agency, snapshot, now),
            "officer": request.officer,
        },
        "action": {"name": "query"},
        "resource": {
            "source": footprint.source,
            "statement": footprint.statement,
            "tables": [
                _table(use, snapshot, established) for use in sorted(footprint.tables, key=lambda use: use.table.local)
            ],
            "shape": footprint.shape.to_json(),
            **_source(snapshot, footprint.source),
        },
        "context": {
            "purpose": purpose.id,
            "purpose_valid_until": purpose.valid_until.isoformat(),
            "legal_ref": request.legal_ref,
            "case_id": request.case_id,
            **consent(request, footprint.source, snapshot, now),
            "channel": request.channel,
            "time": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "catalog_revision": snapshot.digest,
            "quality": None,
        },
    }


def _source(snapshot: Snapshot, source: str) -> dict[str, Any]:
    entry, declared = snapshot.source_entries.get(source), snapshot.cases_of(source)
    cases: dict[str, Any] | None = None
    if declared is not None:
        register, asset = declared
        # What the catalog does not know ties no table to the register, and policy refuses the question.
        columns = {} if asset is None else {column.name: column for column in asset.columns}
        cases = {
            "table": asset.name.local if asset else f"?.{register.table}",
            "officer": register.officer,
            "case": register.case,
            "assigned_to": register.assigned_to,
            "about": [{"column": n, "tags": _column(columns[n])["tags"]} for n in register.about if n in columns],
        }
    return {
        "recoded": entry is not None and entry.recoded,
        "cases": cases,
        "case_required": entry is not None and entry.case_required,
    }


def _table(use: TableUse, snapshot: Snapshot, established: Mapping[str, Collection[tuple[str, str]]]) -> dict[str, Any]:
    asset, source = snapshot.assets[use.table], snapshot.source_entries.get(use.table.source)
    columns: list[dict[str, Any]] = []
    for name, uses in sorted(use.columns):
        entry = asset.column(name)
        if entry is None:  # the resolver binds to catalog columns only; anything else must stop here
            raise KeyError(name)
        told = {flag: True for flag, places in established.items() if (asset.name.local, name) in places}
        columns.append({**_column(entry), "uses": sorted(uses), **told})
    return {
        "name": asset.name.local,
        "tier": asset.tier,
        "tags": sorted({tag for entry in asset.columns for tag in entry.effective_tags}),
        "privacy_unit": asset.privacy_unit,
        "scope": dict(asset.scope),
        **({"jurisdiction": dict(source.jurisdiction)} if source and source.jurisdiction else {}),
        # Where nobody counted: a table has no more people than rows.
        "subjects": asset.subjects.count if asset.subjects else asset.rows if asset.privacy_unit else None,
        "singled_out_by": _measured(asset, snapshot),
        "columns": columns,
        **({"followed": True} if asset.followed else {}),
        **({"differential_privacy": asset.differential_privacy.to_json()} if asset.differential_privacy else {}),
    }


def _measured(asset: Asset, snapshot: Snapshot) -> list[list[dict[str, Any]]]:
    rules = {rule.id for rule in snapshot.raise_rules if rule.share is not None}
    known = {entry.name: entry for entry in asset.columns}
    sets = sorted(found.columns for found in asset.raised if found.rule in rules and known.keys() >= {*found.columns})
    return [[{"column": name, "tags": _column(known[name])["tags"]} for name in columns] for columns in sets]


def _column(entry: ColumnEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "type": entry.type,
        "tier": entry.effective_tier,
        "tags": list(entry.effective_tags),
        "personal_class": entry.effective_class,
        "classified": entry.effectively_classified,
        "uses": [],
        **({"generated": True} if entry.computed else {}),
    }


def columns_of(assets: Sequence[Asset], table: str) -> list[dict[str, Any]]:
    """Return every column of `schema.table` as policy sees it, used for nothing yet."""
    return [_column(entry) for asset in assets if asset.name.local == table for entry in asset.columns]
