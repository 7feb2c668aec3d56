"""Tables that are gone from their database: a person takes them out of the live catalog, and the record is kept.

What was decided on the table stands in `catalog/retired/<source>/<schema>.<table>.yaml` under `was`, beside who
retired it, when and why; if it comes back and is retired again, that record moves aside to `...@<its time>.yaml`. It
decides nothing any more: a query on the table is denied as on any unknown one, and if the table comes back a scan sees
it as new. What was suspected of a state secret is remembered: it is not read then either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phantang.catalog.asset_reader import read_asset
from phantang.catalog.asset_writer import quoted, render_body
from phantang.catalog.decide import require_decider, same_person
from phantang.catalog.node import normalised, shown
from phantang.catalog.paths import retired_path
from phantang.catalog.strict_yaml import read_yaml
from phantang.model.errors import InputError
from phantang.model.tier import UNCLASSIFIED_TIER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.catalog import Asset, Tag
    from phantang.model.names import TableName

#: Paths of records of retired tables, relative to `catalog/`.
RETIRED = re.compile(r"retired/.+\.yaml")
_HEADER = """\
# Bảng không còn trong cơ sở dữ liệu: `phantang catalog retire`. Chỉ để lưu, không còn quyết định điều gì.
# A table that is gone from its database: `phantang catalog retire`. A record only; it decides nothing any more.
"""


@dataclass(frozen=True, slots=True)
class Retired:
    """A table as it was when `by` retired it at `at` (UTC); it is live while it `waits` for a second person."""

    asset: Asset
    by: str
    at: str
    reason: str
    approved_by: str | None = None
    waits: bool = False


def retire(asset: Asset, by: str, reason: str, at: str, *, two_person: bool = False) -> Retired:
    """Return the record of `asset`, retired in the name of `by`.

    With `two_person` it waits where retiring would undo what people decided, or a tier above that of unclassified
    columns. Raises `InputError`: `catalog_decider_required`, `catalog_retire_reason` for a blank reason.
    """
    require_decider(by)
    if not reason.strip():
        raise InputError("catalog_retire_reason", table=shown(str(asset.name)))
    decided = asset.waived or any(entry.classified or entry.rejected for entry in asset.columns)
    waits = two_person and bool(decided or asset.tier > UNCLASSIFIED_TIER)
    return Retired(asset, normalised(by), at, normalised(reason), waits=waits)


def approve_retirement(record: Retired, by: str) -> Retired:
    """Return `record` agreed to by a second person. Raises `InputError` `catalog_same_person_retire` for the first."""
    require_decider(by)
    if same_person(by, record.by):
        raise InputError("catalog_same_person_retire", table=shown(str(record.asset.name)), person=shown(by))
    return replace(record, waits=False, approved_by=normalised(by))


def restore(record: Retired, by: str, reason: str) -> Asset:
    """Return the table of `record` as it was before it was retired, or asked to be.

    Raises `InputError`: `catalog_decider_required`, `catalog_undo_reason` for a blank reason.
    """
    require_decider(by)
    if not reason.strip():
        raise InputError("catalog_undo_reason", name=shown(str(record.asset.name)))
    return record.asset


def render_retired(record: Retired) -> str:
    """Return the text of the record's file; `retired_tables` gives the same record back."""
    lines = [f"by: {quoted(record.by)}", f"at: {quoted(record.at)}", f"reason: {quoted(record.reason)}"]
    lines += [f"approved_by: {quoted(record.approved_by)}"] if record.approved_by else []
    lines += ["state: waits"] if record.waits else []
    body = "".join(f"  {line}\n" for line in render_body(record.asset).splitlines())
    return _HEADER + "".join(f"{line}\n" for line in lines) + "was:\n" + body


def retired_records(files: Mapping[str, str], tags: Mapping[str, Tag]) -> tuple[Retired, ...]:
    """Return every record among the files of a catalog, by table and then by time; a table may have been retired often.

    Raises `WorkspaceError` with file and line.
    """
    paths = [path for path in files if RETIRED.fullmatch(normalised(path))]
    records = [_read(path, files[path], tags) for path in paths]
    return tuple(sorted(records, key=lambda record: (record.asset.name, record.at)))


def retired_tables(files: Mapping[str, str], tags: Mapping[str, Tag]) -> dict[TableName, Retired]:
    """Return the last record of each retired table. Raises `WorkspaceError` with file and line."""
    return {record.asset.name: record for record in retired_records(files, tags)}


def _read(path: str, text: str, tags: Mapping[str, Tag]) -> Retired:
    keys = read_yaml(normalised(path), text).fields(("by", "at", "reason", "was"), ("approved_by", "state"))
    asset = read_asset(keys["was"], tags)
    if normalised(path) not in {retired_path(asset.name), retired_path(asset.name, keys["at"].filled())}:
        raise keys["was"].error("catalog_path_mismatch", table=shown(str(asset.name)))
    return Retired(
        asset,
        keys["by"].filled(),
        keys["at"].filled(),
        keys["reason"].filled(),
        keys["approved_by"].filled() if "approved_by" in keys else None,
        waits="state" in keys and keys["state"].choice("state", ("waits", "settled")) == "waits",
    )
