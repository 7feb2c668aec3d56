"""What an OPA server must know of the catalog to answer Trino, which sends names only."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phantang.flow.policy.input import policy_input, present_assets
from phantang.model.footprint import Footprint, Shape, TableUse
from phantang.model.request import Request

if TYPE_CHECKING:
    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.requesters import Agency, Purpose


def trino_catalog(snapshot: Snapshot) -> dict[str, Any]:
    """Return `data.catalog`: subjects, purposes and tables as a policy input has them, by the names Trino uses.

    `tables` maps a source (a Trino catalog of the same name) to `schema.table` in lower case, as Trino folds names, to
    `{source, recoded, facts, columns: {name: facts}}`. Of two names that Trino cannot tell apart neither is there:
    unknown is refused. It holds names, tags and tiers, and no value of a database.
    """
    agencies, purposes = snapshot.agencies, snapshot.purposes
    anybody, anything = next(iter(agencies.values()), None), next(iter(purposes.values()), None)
    tables: dict[str, dict[str, Any]] = {}
    subjects: dict[str, Any] = {}
    shape, context = Shape().to_json(), {}
    if anybody is not None and anything is not None:
        empty = _document(snapshot, anybody, anything, None)
        context = empty["context"]
        subjects = {name: _document(snapshot, agency, anything, None)["subject"] for name, agency in agencies.items()}
        for source in snapshot.sources:
            assets = present_assets(snapshot, source)
            folded = Counter(asset.name.local.lower() for asset in assets)
            tables[source] = {
                asset.name.local.lower(): _table(_document(snapshot, anybody, anything, asset))
                for asset in assets
                if folded[asset.name.local.lower()] == 1
            }
    return {
        "revision": snapshot.digest,
        "subjects": subjects,
        "purposes": {name: purpose.valid_until.isoformat() for name, purpose in purposes.items()},
        "tables": tables,
        "shape": shape,
        "context": context,
    }


def _document(snapshot: Snapshot, agency: Agency, purpose: Purpose, asset: Asset | None) -> dict[str, Any]:
    source = "-" if asset is None else asset.name.source
    request = Request(sql="", subject=agency.id, purpose=purpose.id, source=source, dialect="trino", channel="trino")
    used = () if asset is None else (TableUse(asset.name, tuple((c.name, frozenset()) for c in asset.columns)),)
    footprint = Footprint(source, "select", used, (), Shape(), "")
    return policy_input(request, agency, purpose, footprint, snapshot, datetime.now(UTC))


def _table(document: dict[str, Any]) -> dict[str, Any]:
    [table] = document["resource"]["tables"]
    folded = Counter(column["name"].lower() for column in table["columns"])
    columns = {column["name"].lower(): column for column in table["columns"] if folded[column["name"].lower()] == 1}
    facts = {key: value for key, value in table.items() if key != "columns"}
    resource = document["resource"]
    return {"source": resource["source"], "recoded": resource["recoded"], "facts": facts, "columns": columns}
