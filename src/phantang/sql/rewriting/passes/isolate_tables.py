"""Put a derived table in the place of every base table, projecting the columns this occurrence reads and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.names import RESERVED
from phantang.sql.rewriting.draft import Derived, base_table, identifier

if TYPE_CHECKING:
    from phantang.sql.binding.relations import Occurrence
    from phantang.sql.rewriting.draft import Draft


def isolate_tables(draft: Draft) -> None:
    """Replace base tables; names are qualified with the catalog's spelling, columns stay in catalog order."""
    for node, occurrence in draft.base_tables():
        derived = Derived(occurrence, exp.Select())
        read = [entry.name for entry in occurrence.asset.columns if entry.name in occurrence.uses]
        projections: list[exp.Expr] = [derived.column(name) for name in read]
        if not projections:  # count(*) and the like read rows, not columns
            projections = [exp.Alias(this=exp.Literal.number(1), alias=identifier(f"{RESERVED}_row"))]
        derived.select.set("expressions", projections)
        derived.select.set("from_", exp.From(this=base_table(occurrence.asset.name)))
        node.replace(_subquery(node, occurrence, derived))
        draft.tables.append(derived)


def _subquery(node: exp.Table, occurrence: Occurrence, derived: Derived) -> exp.Subquery:
    """Keep the alias, or the name the query wrote, and the joins parenthesised with the table."""
    alias = exp.TableAlias(this=identifier(occurrence.alias))
    return exp.Subquery(this=derived.select, alias=alias, joins=node.args.get("joins"))
