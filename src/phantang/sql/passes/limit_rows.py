"""Cap the number of rows returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from phantang.sql.draft import Draft


def limit_rows(draft: Draft) -> None:
    """Set the outermost LIMIT to the smaller of the query's own and `max_rows`."""
    most = draft.decision.obligations.max_rows
    if most is None:
        return
    limit = draft.query.footprint.shape.limit
    rows = most if limit is None else min(limit, most)
    draft.tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
