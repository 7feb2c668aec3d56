"""Put the row filters inside the derived tables, on raw columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import LookupPredicate
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.predicates import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.decision import Predicate
    from phantang.sql.rewriting.draft import Derived, Draft


def filter_rows(draft: Draft) -> None:
    """All predicates of a table hold together, at every occurrence of it.

    Raises `Refused` `lookup_several` when tables are looked up by different literals: that is several people at once.
    """
    _require_one_subject(draft)
    for derived in draft.tables:
        predicates = draft.decision.rows.get(derived.asset.name.local, ())
        conditions = [
            render(one, derived.asset, derived.occurrence.lookups, draft.assets, draft.dialect) for one in predicates
        ]
        if not conditions:
            continue
        everything = conditions[0]
        for condition in conditions[1:]:
            everything = exp.And(this=everything, expression=condition)
        derived.select.set("where", exp.Where(this=everything))


def _require_one_subject(draft: Draft) -> None:
    rows = draft.decision.rows
    literals = [
        {literal.this for literal in derived.occurrence.lookups.values()}
        for derived in draft.tables
        if _looked_up(derived, rows.get(derived.asset.name.local, ()))
    ]
    if literals and not set.intersection(*literals):
        raise refuse("lookup_several")


def _looked_up(derived: Derived, predicates: Sequence[Predicate]) -> bool:
    return any(isinstance(one, LookupPredicate) and one.field in derived.occurrence.lookups for one in predicates)
