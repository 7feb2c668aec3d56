"""Cap the number of rows returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from phantang.sql.rewriting.draft import Draft


#: Revealing aggregates whose result is one value, however many rows they saw.
_ONE_VALUE = frozenset(
    {
        "Min", "Max", "AnyValue", "First", "Last", "ArgMax", "ArgMin", "Mode", "Median", "Quantile", "ApproxQuantile",
        "PercentileCont", "PercentileDisc", "LogicalAnd", "LogicalOr", "BitwiseAndAgg", "BitwiseOrAgg",
        "BitwiseXorAgg", "Grouping", "product", "bool_and", "bool_or", "every",
    }
)  # fmt: skip


def limit_rows(draft: Draft) -> None:
    """Set the outermost LIMIT to the smaller of the query's own and `max_rows`.

    Raises `Refused` `aggregate_collects` for an aggregate that could carry many rows' values in one row.
    """
    most = draft.decision.obligations.max_rows
    if most is None:
        return
    revealing = allow_list(draft.dialect).revealing - _ONE_VALUE
    for node in draft.tree.walk():
        if (name := listed_name(node)) in revealing:
            raise refuse("aggregate_collects", name)
        if isinstance(node, exp.Array) and any(isinstance(item, exp.Query) for item in node.expressions):
            raise refuse("aggregate_collects", "ARRAY(SELECT ...)")
    limit = draft.query.footprint.shape.limit
    rows = most if limit is None else min(limit, most)
    draft.tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
