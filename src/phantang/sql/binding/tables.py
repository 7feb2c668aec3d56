"""Which table of the catalog a name in FROM means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.near import near
from phantang.sql.language.names import key, written
from phantang.sql.language.refusal import refuse, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset

DEFAULT_SCHEMA = {"duckdb": "main", "postgres": "public"}


def find_table(assets: Sequence[Asset], name: str, schema: str | None, dialect: str) -> Asset:
    """Return the asset that `name` or `schema.name` means; an unqualified name is in the dialect's default schema.

    The search path of a session never matters: what runs is always qualified. Raises `Refused` `table_unknown`, also
    for a name that folds to several tables.
    """
    wanted_schema = DEFAULT_SCHEMA[dialect] if schema is None else schema
    for asset in assets:
        if asset.name.table == name and asset.name.schema == wanted_schema:
            return asset
    wanted = key(wanted_schema, dialect), key(name, dialect)
    found = [a for a in assets if (key(a.name.schema, dialect), key(a.name.table, dialect)) == wanted]
    if len(found) != 1:
        raise refuse(
            "table_unknown", name if schema is None else f"{schema}.{name}", near=_meant(assets, name, dialect)
        )
    return found[0]


def _meant(assets: Sequence[Asset], name: str, dialect: str) -> str:
    """Return the tables of the source that `name` may stand for, as a query writes them: of that name, else alike.

    Names of structure are no secret to registered subjects: footprints, reasons and `match` tell them too. A table
    suspected of state secrets is named to nobody.
    """
    told: dict[str, list[str]] = {}
    for asset in assets:
        if not asset.secret_columns:
            told.setdefault(asset.name.table, []).append(_reference(asset, dialect))
    same = [table for table in told if key(table, "duckdb") == key(name, "duckdb")]
    return ", ".join(reference for table in same or near(name, told) for reference in told[table][:3])


def _reference(asset: Asset, dialect: str) -> str:
    table = written(asset.name.table, dialect)
    default = asset.name.schema == DEFAULT_SCHEMA[dialect]
    return shown(table if default else f"{written(asset.name.schema, dialect)}.{table}")
