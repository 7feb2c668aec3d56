"""Replace each projected column by its mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect, Mask
from phantang.sql.rewriting import masking
from phantang.sql.rewriting.draft import identifier

if TYPE_CHECKING:
    from phantang.model.decision import ColumnDecision
    from phantang.sql.rewriting.draft import Derived, Draft


def mask_columns(draft: Draft) -> None:
    """Apply the decision to every projection of every derived table."""
    for derived in draft.tables:
        derived.select.set(
            "expressions",
            [
                _projection(draft, derived, item) if isinstance(item, exp.Column) else item
                for item in derived.select.expressions
            ],
        )


def _projection(draft: Draft, derived: Derived, item: exp.Column) -> exp.Expr:
    name = item.name
    decided = draft.decided(derived.asset, name)
    if decided.effect is not Effect.MASK or decided.mask in (None, Mask.NONE):
        return item
    return exp.Alias(this=_masked(draft, derived, name, decided), alias=identifier(name))


def _masked(draft: Draft, derived: Derived, name: str, decided: ColumnDecision) -> exp.Expr:
    entry = derived.asset.column(name)
    target = masking.Target(
        dialect=draft.dialect,
        type=entry.type if entry is not None else "",
        column=lambda: derived.column(name),
        params=decided.params,
        lookup=derived.occurrence.lookups.get(name),
    )
    mask = decided.mask or Mask.NULL
    expression = masking.masked(mask, target)
    if expression is None:
        note = f"mask_fallback:{derived.asset.name.local}.{name}:{Mask.NULL}"
        if note not in draft.notes:
            draft.notes.append(note)
        return masking.null(target)
    if mask is Mask.TOKEN and "token_key" not in draft.parameters:
        draft.parameters.append("token_key")
    return expression
