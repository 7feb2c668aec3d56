"""DataHub: metadata change proposals, one JSON object each in a list, as its `file` source reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from phantang.catalog.exports.holding import Holding, described, pretty

if TYPE_CHECKING:
    from phantang.model.catalog import Asset, ColumnEntry

_COLOURS = {"T0": "#2E7D32", "T1": "#2E7D32", "T2": "#F9A825", "T3": "#C62828", "T4": "#8E0000", "T5": "#4A0000"}


def datahub(holding: Holding) -> str:
    """Return the proposals: properties of every tag and tier, tier of every dataset, tags of every field."""
    lang = holding.lang
    proposals = [
        _proposal(
            "tag",
            _tag(tag.id),
            "tagProperties",
            {"name": tag.id, "description": described(tag, lang), "colorHex": _COLOURS[tag.tier]},
        )
        for tag in holding.used_tags()
    ]
    proposals += [
        _proposal(
            "tag",
            _tag(f"tier.{tier}"),
            "tagProperties",
            {"name": f"tier.{tier}", "description": about[lang], "colorHex": _COLOURS[tier]},
        )
        for tier, about in holding.tiers.items()
    ]
    for asset in holding.assets:
        urn = _dataset(holding, asset)
        tags = [f"tier.{asset.tier}", *([f"level.{asset.level}"] if asset.level else [])]
        proposals.append(_proposal("dataset", urn, "globalTags", _tags(tags)))
        fields = [{"fieldPath": entry.name, "globalTags": _tags(_of(entry))} for entry in asset.columns if entry.tags]
        proposals.append(_proposal("dataset", urn, "editableSchemaMetadata", {"editableSchemaFieldInfo": fields}))
    return pretty(proposals)


def _of(entry: ColumnEntry) -> list[str]:
    status = [f"status.{entry.status}"]
    return [*entry.tags, *([f"tier.{entry.tier}"] if entry.tier else []), *status]


def _tags(names: list[str]) -> dict[str, Any]:
    return {"tags": [{"tag": _tag(name)} for name in names]}


def _tag(name: str) -> str:
    return f"urn:li:tag:{quote(name, safe='._-')}"


def _dataset(holding: Holding, asset: Asset) -> str:
    platform = holding.platforms.get(asset.name.source, "external")
    name = ".".join(quote(part, safe="_-") for part in (asset.name.source, asset.name.schema, asset.name.table))
    return f"urn:li:dataset:(urn:li:dataPlatform:{platform},{name},PROD)"


def _proposal(kind: str, urn: str, aspect: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "entityType": kind,
        "entityUrn": urn,
        "changeType": "UPSERT",
        "aspectName": aspect,
        "aspect": {"json": value},
    }
