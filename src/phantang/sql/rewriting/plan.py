"""From a bound query and a decision to the SQL that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from phantang.model.decision import Effect, Mask
from phantang.model.errors import GuardError
from phantang.model.plan import Plan, PlannedColumn
from phantang.model.tier import Tier
from phantang.sql.language.lexis import dialect_of
from phantang.sql.language.literals import Literal, pieces_of, placeholder, written
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.draft import Draft
from phantang.sql.rewriting.passes.differential_privacy import differential_privacy
from phantang.sql.rewriting.passes.fence import fence
from phantang.sql.rewriting.passes.filter_rows import filter_rows
from phantang.sql.rewriting.passes.group_size import group_size
from phantang.sql.rewriting.passes.isolate_tables import isolate_tables
from phantang.sql.rewriting.passes.join_raw_keys import join_raw_keys
from phantang.sql.rewriting.passes.limit_rows import limit_rows
from phantang.sql.rewriting.passes.mask_columns import mask_columns
from phantang.sql.rewriting.passes.push_predicates import push_predicates

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.model.footprint import OutputColumn
    from phantang.sql.binding.resolve import ResolvedQuery

#: The rewrite, in order. Each pass needs those before it; `guard` notices when one is missing, except
#: `push_predicates` and `join_raw_keys`, which make queries faster and nothing else.
PASSES: tuple[Callable[[Draft], None], ...] = (
    isolate_tables,
    differential_privacy,
    mask_columns,
    filter_rows,
    push_predicates,
    join_raw_keys,
    fence,
    group_size,
    limit_rows,
)
_STRICTNESS = {mask: position for position, mask in enumerate(Mask)}


def plan(query: ResolvedQuery, decision: Decision, assets: Sequence[Asset]) -> Plan:
    """Rewrite `query` so that it can return only what `decision` allows.

    Raises `Refused` when an obligation cannot be met (`aggregate_required`, `group_size_unsupported`,
    `lookup_missing`, `column_denied`, `dp_unsupported`) and `GuardError` for a decision that does not cover the query.
    """
    if not decision.allow:
        raise GuardError("decision_incomplete", name="allow")
    by_name = {asset.name.local: asset for asset in assets}
    draft = Draft.of(query, decision, by_name)
    for one in PASSES:
        one(draft)
    try:
        pieces = _generate(draft)
    except RecursionError:
        raise refuse("sql_too_deep") from None
    except SqlglotError as error:
        raise refuse("sql_construct", type(error).__name__) from None
    columns = tuple(_column(output, by_name, draft) for output in query.footprint.outputs)
    sql = written(pieces, query.literals)
    return Plan(sql, query.dialect, columns, tuple(draft.parameters), tuple(draft.notes), draft.noise, pieces)


def _generate(draft: Draft) -> tuple[str | int, ...]:
    for node in draft.tree.find_all(exp.Literal):
        if isinstance(node.this, Literal) and node.this.position in draft.query.exchangeable:
            node.set("this", placeholder(node.this))
    generator = dialect_of(draft.dialect).generator(
        identify=True, comments=False, unsupported_level=ErrorLevel.RAISE, normalize_functions=False
    )
    return pieces_of(generator.generate(draft.tree, copy=False))


def _column(output: OutputColumn, assets: dict[str, Asset], draft: Draft) -> PlannedColumn:
    """Join tier and effect over everything that influences the column."""
    tiers: list[Tier] = []
    strictest: tuple[Effect, Mask | None] = (Effect.CLEAR, None)
    for source in output.sources:
        asset = assets[source.table.local]
        entry = asset.column(source.column)
        if entry is not None:
            tiers.append(entry.effective_tier)
        decided = draft.decided(asset, source.column)
        if decided.effect is Effect.MASK and decided.mask is not Mask.NONE:
            mask = decided.mask or Mask.NULL
            fallback = f"mask_fallback:{source.table.local}.{source.column}:{Mask.NULL}"
            mask = Mask.NULL if fallback in draft.notes else mask
            if strictest[1] is None or _STRICTNESS[mask] > _STRICTNESS[strictest[1]]:
                strictest = (Effect.MASK, mask)
    return PlannedColumn(
        name=output.name,
        tier=Tier.highest(tiers),
        effect=strictest[0],
        mask=strictest[1],
        sources=tuple(f"{source.table.local}.{source.column}" for source in output.sources),
    )
