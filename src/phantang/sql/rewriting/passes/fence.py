"""Keep the user's expressions off hidden rows: a filtered derived table is computed before anything looks at it.

Both optimisers move a user's predicate below ours when it looks cheaper, and a predicate that fails (a cast, a
division) then tells about rows that are not there. Neither moves one below LIMIT or OFFSET, and OFFSET 0 changes
nothing else: PostgreSQL, subquery_is_pushdown_safe() in allpaths.c; DuckDB 2.0 keeps a streaming limit (a maximal
LIMIT it removes, and predicates are pushed into materialised CTEs). Our own filter still reaches the scan or index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from phantang.sql.rewriting.draft import Draft


def fence(draft: Draft) -> None:
    """Fence every derived table that hides rows."""
    for derived in draft.tables:
        if derived.select.args.get("where") is not None:
            derived.select.set("offset", exp.Offset(expression=exp.Literal.number(0)))
