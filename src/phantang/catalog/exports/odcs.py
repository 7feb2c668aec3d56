"""Open Data Contract Standard v3.1.0: one contract a source, as a YAML document each."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml

from phantang.catalog.exports.holding import Holding, described

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.model.catalog import Asset, ColumnEntry

#: Servers of the standard that have an obligatory part we know nothing of are described as `custom`.
_LOGICAL = (
    (re.compile(r"\]$|^(LIST|ARRAY)\b"), "array"),
    (re.compile(r"^(STRUCT|MAP|UNION|JSONB?|VARIANT|XML|HSTORE)\b"), "object"),
    (re.compile(r"^(BOOL|BOOLEAN|BIT\(1\))"), "boolean"),
    (re.compile(r"^U?(TINY|SMALL|BIG|HUGE|MEDIUM)?INT|^(INTEGER|SERIAL|BIGSERIAL)\b"), "integer"),
    (re.compile(r"^(DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC|NUMBER|MONEY)"), "number"),
    (re.compile(r"^(TIMESTAMP|DATETIME)"), "timestamp"),
    (re.compile(r"^DATE\b"), "date"),
    (re.compile(r"^TIME\b"), "time"),
)


def odcs(holding: Holding) -> str:
    """Return the contracts; `classification` is the tier, and the law of a column an authoritative definition."""
    documents = [
        _contract(holding, source, list(assets))
        for source, assets in groupby(holding.assets, key=lambda asset: asset.name.source)
    ]
    return yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False, width=120)


def _contract(holding: Holding, source: str, assets: Iterable[Asset]) -> dict[str, Any]:
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"phantang:{holding.name}:{source}",
        "name": source,
        "version": holding.digest.removeprefix("sha256:")[:12],
        "status": "active",
        "description": {"purpose": f"Phân loại của nguồn {source}. Classification of the source {source}."},
        "customProperties": [{"property": "catalogRevision", "value": holding.digest}],
        "schema": [_object(holding, asset) for asset in assets],
    }


def _object(holding: Holding, asset: Asset) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": asset.name.table,
        "physicalName": f"{asset.name.schema}.{asset.name.table}",
        "physicalType": "table",
        "logicalType": "object",
    }
    if asset.comment:
        found["description"] = asset.comment
    extra: dict[str, Any] = {"tier": str(asset.tier)}
    if asset.level:
        extra["level"] = asset.level
    if asset.privacy_unit:
        extra["privacyUnit"] = asset.privacy_unit
    if asset.subjects:
        extra |= {"subjects": asset.subjects.count, "subjectsCountedBy": asset.subjects.by}
    return {
        **found,
        "customProperties": _custom(extra),
        "properties": [_property(holding, asset, entry) for entry in asset.columns],
    }


def _property(holding: Holding, asset: Asset, entry: ColumnEntry) -> dict[str, Any]:
    found: dict[str, Any] = {"name": entry.name, "logicalType": _logical(entry.type), "physicalType": entry.type}
    if entry.name in asset.primary_key:
        found |= {"primaryKey": True, "primaryKeyPosition": asset.primary_key.index(entry.name) + 1}
    if entry.comment:
        found["description"] = entry.comment
    if entry.tags:
        found["tags"] = list(entry.tags)
    # What nobody accepted is held at the tier that decisions use.
    found["classification"] = str(entry.effective_tier)
    if entry.name == asset.privacy_unit or entry.effective_tier >= "T3":
        found["criticalDataElement"] = True
    extra: dict[str, Any] = {"status": str(entry.status), "personalClass": str(entry.effective_class)}
    if entry.tag:
        extra["legalBasis"] = described(holding.tag(entry.tag), holding.lang)
    if entry.decided_by:
        extra["decidedBy"] = entry.decided_by
    found["customProperties"] = _custom(extra)
    return found


def _custom(extra: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": key, "value": value} for key, value in extra.items()]


def _logical(kind: str) -> str:
    return next((name for pattern, name in _LOGICAL if pattern.search(kind.upper())), "string")
