"""OpenMetadata: requests that make the classifications and tags, and the tag labels of every column.

`classifications` and `tags` are bodies for `PUT /v1/classifications` and `PUT /v1/tags`; each of `tables` has the
labels of its columns as `PATCH /v1/tables` takes them. A service is expected to be called like the source; the
database is that of its URL, or `default`, as OpenMetadata calls it where there is none between service and schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.catalog.exports.holding import Holding, decided, described, pretty

if TYPE_CHECKING:
    from phantang.model.catalog import ColumnEntry
    from phantang.model.names import TableName

_TAGS, _TIERS = "PhanTang", "PhanTangTier"
_NO_DATABASE = "default"


def openmetadata(holding: Holding) -> str:
    """Return `{classifications, tags, tables}` as JSON."""
    lang = holding.lang
    tags: list[dict[str, Any]] = [
        {
            "name": tag.id,
            "displayName": tag.label[lang],
            "description": described(tag, lang),
            "classification": _TAGS,
        }
        for tag in holding.used_tags()
    ]
    tags += [
        {
            "name": str(tier),
            "displayName": f"{tier} {about[lang]}",
            "description": about[lang],
            "classification": _TIERS,
        }
        for tier, about in holding.tiers.items()
    ]
    return pretty(
        {
            "classifications": [
                {
                    "name": _TAGS,
                    "description": "Phân Tầng: data tags with their legal basis",
                    "mutuallyExclusive": False,
                },
                {"name": _TIERS, "description": "Phân Tầng: sensitivity tiers T0 to T5", "mutuallyExclusive": True},
            ],
            "tags": tags,
            "tables": [
                {
                    "fullyQualifiedName": _table_fqn(holding, asset.name),
                    "source": asset.name.source,
                    "tags": [_label(_TIERS, asset.tier, confirmed=all(map(decided, asset.columns)))],
                    "columns": [{"name": entry.name, "tags": _labels(entry)} for entry in asset.columns if entry.tags],
                }
                for asset in holding.assets
            ],
        }
    )


def _table_fqn(holding: Holding, name: TableName) -> str:
    return _fqn(name.source, holding.databases.get(name.source, _NO_DATABASE), name.schema, name.table)


def _labels(entry: ColumnEntry) -> list[dict[str, str]]:
    confirmed = decided(entry)
    labels = [_label(_TAGS, tag, confirmed=confirmed) for tag in entry.tags]
    return [*labels, _label(_TIERS, entry.tier, confirmed=confirmed)] if entry.tier else labels


def _label(classification: str, tag: str, *, confirmed: bool) -> dict[str, str]:
    return {
        "tagFQN": _fqn(classification, tag),
        "source": "Classification",
        "labelType": "Manual" if confirmed else "Automated",
        "state": "Confirmed" if confirmed else "Suggested",
    }


def _fqn(*parts: str) -> str:
    """Return a fully qualified name; a part with a dot or a quote is quoted, as OpenMetadata's grammar asks."""
    return ".".join('"' + part.replace('"', '""') + '"' if "." in part or '"' in part else part for part in parts)
