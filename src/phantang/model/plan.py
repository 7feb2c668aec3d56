"""The rewritten SQL and why it looks the way it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phantang.model.decision import Effect, Mask
    from phantang.model.noise import NoisePlan
    from phantang.model.tier import Tier


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A column of the answer: the strictest effect among the base columns behind it, and those columns."""

    name: str
    tier: Tier
    effect: Effect
    mask: Mask | None
    sources: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the column as printed by `explain --format json`."""
        return {
            "name": self.name,
            "tier": self.tier,
            "effect": self.effect,
            "mask": self.mask,
            "from": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL that we generated and that alone may run.

    `parameters` names the secrets to bind to `$1`, `$2`, ... at execution (`token_key`); their values never enter SQL.
    `notes` are stable ids of choices a reader should know of (`mask_fallback:main.t.c:MASK_NULL`).
    `noise` says which columns get noise before they leave, where differential privacy is owed.
    `pieces` is `sql` with the number of a literal of the query wherever that literal can be exchanged.
    """

    sql: str
    dialect: str
    columns: tuple[PlannedColumn, ...]
    parameters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    noise: NoisePlan | None = None
    pieces: tuple[str | int, ...] = field(default=(), repr=False, compare=False)
