"""Which table of the catalog a name in FROM means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse

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
        raise refuse("table_unknown", name if schema is None else f"{schema}.{name}")
    return found[0]
