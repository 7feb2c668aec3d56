"""Tables of the catalog by the names people call them, and what changed of them, as the ledger says it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.model.catalog import Asset, ColumnEntry, Snapshot


def find_assets(snapshot: Snapshot, name: str | None) -> tuple[Asset, ...]:
    """Return the assets called `name`: a source, `source.schema.table` or, where it is the only one, a bare table.

    All assets for `None`. Raises `InputError` if there is none.
    """
    assets = [snapshot.assets[key] for key in sorted(snapshot.assets)]
    if name is None:
        return tuple(assets)
    wanted = nfc(name)
    exact = [a for a in assets if wanted in map(nfc, (a.name.source, str(a.name), f"{a.name.source}.{a.name.table}"))]
    bare = [a for a in assets if wanted in map(nfc, (a.name.local, a.name.table))]
    found = exact or (bare if len(bare) == 1 else [])
    if not found:
        raise InputError("table_not_found", table=name)
    return tuple(found)


def find_table(snapshot: Snapshot, name: str) -> Asset:
    """Return the one table called `name`, as `find_assets`. Raises `InputError` `table_not_found`."""
    found = [asset for asset in find_assets(snapshot, name) if name != asset.name.source]
    if len(found) != 1:
        raise InputError("table_not_found", table=name)
    return found[0]


def find_column(snapshot: Snapshot, name: str) -> ColumnName | None:
    """Return the column called `source.schema.table.column`; names may hold dots, so tables are tried.

    Names that differ only in their Unicode normal form are one name, as in queries; one in the exact form comes first.
    """
    wanted, alike = nfc(name), list[ColumnName]()
    for table, asset in snapshot.assets.items():
        if wanted.startswith(f"{nfc(str(table))}."):
            columns = (ColumnName(table, entry.name) for entry in asset.columns)
            alike += [column for column in columns if nfc(str(column)) == wanted]
    exact = [column for column in alike if str(column) == name]
    found = exact or alike
    return found[0] if len(found) == 1 else None


def named_columns(snapshot: Snapshot, name: str, choosable: Iterable[ColumnName]) -> list[ColumnName] | None:
    """Return the column called `name`, or those `choosable` that the pattern `name` takes; `None` if it is neither."""
    if column := find_column(snapshot, name):
        return [column]
    return [one for one in choosable if fnmatchcase(nfc(str(one)), nfc(name))] if is_pattern(name) else None


def nfc(name: str) -> str:
    """Return a name in Unicode normal form C, in which names are compared."""
    return unicodedata.normalize("NFC", name)


def is_pattern(name: str) -> bool:
    """Tell whether a name is a pattern of names."""
    return any(char in name for char in "*?")


def differences(snapshot: Snapshot, changed: Iterable[Asset]) -> list[dict[str, Any]]:
    """Return, for the ledger, what each changed column was and is, and under `was` what it does not say any more.

    Of a table that is not in the catalog, no column was anything.
    """
    return [
        {
            "column": str(ColumnName(asset.name, name)),
            "from": _stated(old),
            "to": _stated(new),
            **({"was": catalog.lost(old, new)} if old and new else {}),
        }
        for asset in changed
        for before in [snapshot.assets.get(asset.name) or replace(asset, columns=())]
        for name in dict.fromkeys(entry.name for entry in (*before.columns, *asset.columns))
        if (old := before.column(name)) != (new := asset.column(name))
    ]


def _stated(entry: ColumnEntry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    asked = entry.awaiting
    waiting = {"awaiting": {"tag": asked.tag, "tier": asked.tier, "by": asked.by}} if asked else {}
    return {"tag": entry.tag, "tier": entry.tier, "status": entry.status, **waiting}
