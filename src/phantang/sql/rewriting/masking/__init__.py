"""The SQL of every mask. One function a mask; each is total: no value makes it fail, NULL stays NULL.

A mask keeps the column's type, so that filters, joins and drivers go on working. One that does not fit the type
becomes a typed NULL, which is stricter than every mask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.model.errors import GuardError
from phantang.sql.rewriting.masking import dates, digests, letters, numbers, places
from phantang.sql.rewriting.masking.target import Target, when

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Target", "masked", "null"]


def masked(mask: Mask, target: Target) -> exp.Expr | None:
    """Return the expression that replaces the column, or `None` if the mask does not fit the column's type.

    Raises `GuardError` `mask_params` for parameters the decision contract does not know.
    """
    return _MASKS[mask](target)


def null(target: Target) -> exp.Expr:
    """Return NULL of exactly the column's type, whatever it is: the branch is never taken, engines fold it away."""
    return when(exp.false(), target.column())


def _lookup(target: Target) -> exp.Expr | None:
    """Show the value the query itself looks up, where it matches; a query without a lookup sees nothing."""
    if target.lookup is None:
        return None
    return when(exp.EQ(this=target.column(), expression=target.lookup.copy()), target.column())


def _generalize(target: Target) -> exp.Expr | None:
    kind = target.params.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise GuardError("mask_params", name="kind")
    return _KINDS[kind](target)


_KINDS: dict[str, Callable[[Target], exp.Expr | None]] = {
    "grid": lambda target: numbers.bucket(target, numbers.step(target, "step")),
    "bucket": lambda target: numbers.bucket(target, numbers.step(target, "width")),
    "month": lambda target: dates.truncated(target, "month"),
    "year": dates.year,
    "age_band": dates.band,
    "place": places.province,
}
_MASKS: dict[Mask, Callable[[Target], exp.Expr | None]] = {
    Mask.NONE: lambda target: target.column(),
    Mask.LOOKUP: _lookup,
    Mask.GENERALIZE: _generalize,
    Mask.DATE_SHOW_YEAR: dates.year,
    Mask.SHOW_LAST_4: letters.last,
    Mask.SHOW_FIRST_4: letters.first,
    Mask.TOKEN: digests.token,
    Mask.HASH: digests.digest,
    Mask.MASK: letters.mask,
    Mask.NULL: null,
}
