"""The guard's own spelling of who is behind a row: the privacy unit, or the one at the end of foreign keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from phantang.model.names import TableName
    from phantang.sql.guarding.guarded import Guarded

UNIT = re.compile(r"__phantang_unit\d+")


def is_inside(node: exp.Table) -> bool:
    """Tell whether a table is read to find the person behind a row: `_projections` compares that word for word."""
    shown = node.find_ancestor(exp.Alias)
    body = shown.parent if shown is not None and UNIT.fullmatch(shown.alias) else None
    source = body.args.get("from_") if isinstance(body, exp.Select) else None
    return source is not None and isinstance(source.this, exp.Table) and bool(source.this.args.get("db"))


def expected(table: Guarded) -> str | None:
    """Return the text that tells the people of a table apart."""
    followed = table.asset.followed
    if table.asset.privacy_unit is not None or followed is None:
        return None if table.asset.privacy_unit is None else _raw(table, table.asset.privacy_unit)
    first, *others = followed.links
    text, last = f"FROM {_named(first.table)} AS __phantang_p0", 0
    for last, link in enumerate(others, start=1):
        text += f" JOIN {_named(link.table)} AS __phantang_p{last}"
        text += f" ON __phantang_p{last}.{_quoted(link.key)} = __phantang_p{last - 1}.{_quoted(link.column)}"
    condition = f"__phantang_p0.{_quoted(first.key)} = {_raw(table, first.column)}"
    return f"(SELECT __phantang_p{last}.{_quoted(followed.unit)} {text} WHERE {condition})"


def _named(table: TableName) -> str:
    return f"{_quoted(table.schema)}.{_quoted(table.table)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _raw(table: Guarded, name: str) -> str:
    return f"{_quoted(table.asset.name.table)}.{_quoted(name)}"
