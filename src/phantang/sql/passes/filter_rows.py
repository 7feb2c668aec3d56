"""Put the row filters inside the derived tables, on raw columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.predicates import render

if TYPE_CHECKING:
    from phantang.sql.draft import Draft


def filter_rows(draft: Draft) -> None:
    """All predicates of a table hold together, at every occurrence of it."""
    for derived in draft.tables:
        predicates = draft.decision.rows.get(derived.asset.name.local, ())
        conditions = [render(one, derived.asset, derived.occurrence.lookups, derived.column) for one in predicates]
        if not conditions:
            continue
        everything = conditions[0]
        for condition in conditions[1:]:
            everything = exp.And(this=everything, expression=condition)
        derived.select.set("where", exp.Where(this=everything))
