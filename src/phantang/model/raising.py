"""What makes columns, or a table as a whole, belong to a higher tier than their tags say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phantang.model.tier import PersonalClass, Tier


@dataclass(frozen=True, slots=True)
class RaiseRule:
    """What makes columns or a table belong to `tier` although their tags are lower: `raised_by` of `tiers.yaml`.

    What is set of the rest is the condition. `raises`, `beside`, `among` and `tags` hold tags, of which a finer one
    counts too. `names` holds lists of phrases, one of each of which must be in a column's name; `table` phrases of a
    table's name or comment, `unless` those of a column's name that must then not be there. With `share`
    it measures, with `at_least` it counts; both are about the whole table.
    """

    id: str
    tier: Tier
    label: Mapping[str, str]
    basis: str
    status: str
    level: str | None = None
    raises: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    table: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    columns: int = 0
    share: float | None = None
    personal_class: PersonalClass | None = None
    tags: tuple[str, ...] = ()
    at_least: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Raise:
    """A `RaiseRule` that held for a table: which columns it is about, what was counted, and the law it rests on.

    `scope` is `columns` (their own tier is raised, and reviewed with them), `table` (what the rows are as a whole) or
    `dataset` (the level of the table as a holding, which one person's row does not share).
    """

    rule: str
    tier: Tier
    scope: str
    columns: tuple[str, ...]
    basis: str
    status: str
    level: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A person's no to a `Raise` of a table or a holding, with the reason; `waits` until a second person agrees."""

    raised: Raise
    by: str
    reason: str
    approved_by: str | None = None
    waits: bool = False
