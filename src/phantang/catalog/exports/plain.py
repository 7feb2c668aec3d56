"""CSV for spreadsheets and JSON for scripts: one entry a column."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from phantang.catalog.exports.holding import Holding, pretty

if TYPE_CHECKING:
    from phantang.model.catalog import Asset, ColumnEntry
    from phantang.model.raising import Raise

#: What a spreadsheet takes for a formula at the beginning of a cell (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HEADS = (
    *("source", "schema", "table", "column", "type", "tag", "tags", "label", "tier", "personal_class", "basis"),
    *("basis_status", "confidence", "status", "decided_by", "approved_by", "reason", "evidence"),
)


def csv_text(holding: Holding) -> str:
    """Return CSV (RFC 4180, a byte-order mark for Excel) in which no name can become a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(_HEADS)
    for asset in holding.assets:
        for entry in asset.columns:
            writer.writerow([_harmless(cell) for cell in _row(holding, asset, entry)])
    return out.getvalue()


def _row(holding: Holding, asset: Asset, entry: ColumnEntry) -> list[object]:
    tag = holding.tag(entry.tag) if entry.tag else None
    evidence = "; ".join(
        f"{one.rule} [{one.kind}]" + (f" {one.hits}/{one.sampled}" if one.sampled else "") for one in entry.evidence
    )
    return [
        *(asset.name.source, asset.name.schema, asset.name.table, entry.name, entry.type),
        *(entry.tag, " ".join(entry.tags), tag.label[holding.lang] if tag else None),
        *(entry.tier, entry.personal_class, tag.basis if tag else None, tag.status if tag else None),
        *(entry.confidence, entry.status, entry.decided_by, entry.approved_by, entry.reason, evidence),
    ]


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell).replace("\0", "\ufffd")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def json_text(holding: Holding) -> str:
    """Return the tables with their columns, raises and counts as one JSON object."""
    return pretty({"catalog_revision": holding.digest, "tables": [_table(asset) for asset in holding.assets]})


def _table(asset: Asset) -> dict[str, Any]:
    subjects = asset.subjects
    return {
        "source": asset.name.source,
        "schema": asset.name.schema,
        "table": asset.name.table,
        "rows": asset.rows,
        "tier": asset.tier,
        "level": asset.level,
        "privacy_unit": asset.privacy_unit,
        "subjects": {"count": subjects.count, "by": subjects.by} if subjects else None,
        "raised": [
            {
                **_raise(found),
                "scope": found.scope,
                "counts": dict(found.counts),
                "basis": found.basis,
                "status": found.status,
            }
            for found in asset.raised
        ],
        "waived": [
            {
                **_raise(one.raised),
                "by": one.by,
                "reason": one.reason,
                "approved_by": one.approved_by,
                "waits": one.waits,
            }
            for one in asset.waived
        ],
        "columns": list(map(_column, asset.columns)),
    }


def _raise(found: Raise) -> dict[str, Any]:
    return {"rule": found.rule, "tier": found.tier, "level": found.level, "columns": list(found.columns)}


def _column(entry: ColumnEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "type": entry.type,
        "tag": entry.tag,
        "tags": list(entry.tags),
        "tier": entry.tier,
        "personal_class": entry.personal_class,
        "confidence": entry.confidence,
        "status": entry.status,
        "decided_by": entry.decided_by,
        "approved_by": entry.approved_by,
        "reason": entry.reason,
        "rejected": list(entry.rejected),
        "evidence": [
            {"rule": one.rule, "kind": one.kind, "hits": one.hits, "sampled": one.sampled} for one in entry.evidence
        ],
    }
