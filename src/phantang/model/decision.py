"""The answer of policy: what each column becomes, which rows exist, what else is owed, and why.

A decision says *what*, never *how*: masks have names and parameters, row filters are structured predicates, and no SQL
text can be expressed in it (invariant 6). The JSON form is fixed by `policies/schemas/decision.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Scalar = str | int | float | bool


class Effect(StrEnum):
    """What happens to a column, weakest first."""

    CLEAR = "clear"
    MASK = "mask"
    DENY = "deny"


class Mask(StrEnum):
    """Masking policies. Names follow Apache Ranger where it has one; `TOKEN`, `GENERALIZE` and `LOOKUP` are ours."""

    NONE = "MASK_NONE"
    LOOKUP = "LOOKUP"
    GENERALIZE = "GENERALIZE"
    DATE_SHOW_YEAR = "MASK_DATE_SHOW_YEAR"
    SHOW_LAST_4 = "MASK_SHOW_LAST_4"
    SHOW_FIRST_4 = "MASK_SHOW_FIRST_4"
    TOKEN = "TOKEN"  # noqa: S105 - the name of a mask
    HASH = "MASK_HASH"
    MASK = "MASK"
    NULL = "MASK_NULL"


@dataclass(frozen=True, slots=True)
class ColumnDecision:
    """The effect on one column. `mask` is set exactly when `effect` is `mask`.

    Parameters by mask: `GENERALIZE` takes `kind` = `grid` (with `step`, in the column's own unit), `bucket` (with
    `width`), `month`, `year`, `age_band` (with `width`, 1 to 100 whole years) or `place` (with `level`,
    `province`); the others take none. What each still tells is said in `docs/sql-support.md`.
    """

    effect: Effect
    mask: Mask | None = None
    params: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldPredicate:
    """`field operator value` in UCAST names: `eq ne lt lte gt gte` take a scalar, `in nin` a non-empty tuple."""

    field: str
    operator: str
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class CompoundPredicate:
    """`and`, `or` (at least one operand) or `not` (exactly one) over predicates."""

    operator: str
    operands: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class LookupPredicate:
    """Only rows whose `field` equals the literal the query itself looks up.

    The literal is taken from the query when it is planned, so a decision, and the log that keeps it, never hold it.
    """

    field: str


@dataclass(frozen=True, slots=True)
class MembershipPredicate:
    """Only rows whose `field` is found in `column` among the rows of another table that meet all of `where`.

    `table` is `schema.table` of the same source and its columns are read as they are, whatever the query may see of
    them; `where` holds no lookups. A NULL is found nowhere.
    """

    field: str
    table: str
    column: str
    where: tuple[Predicate, ...] = ()


Predicate = FieldPredicate | CompoundPredicate | LookupPredicate | MembershipPredicate


@dataclass(frozen=True, slots=True)
class Privacy:
    """Differential privacy: one answer spends `epsilon`, and a subject has `budget` of it a purpose and dataset."""

    epsilon: float
    budget: float

    def to_json(self) -> dict[str, float]:
        """Return `{epsilon, budget}`."""
        return {"epsilon": self.epsilon, "budget": self.budget}


@dataclass(frozen=True, slots=True)
class Obligations:
    """Duties attached to an allowed query.

    `min_group_size` k: an aggregate row is returned only if at least k distinct privacy units of every table that has
    one stand behind it. `max_rows` caps the rows returned. `lookups_per_day` caps the subject's lookups of one person
    on one Vietnamese day, this one included, `lookups_per_person` those of the same person.
    `differential_privacy` lets out noisy counts only (docs/adr/0010).
    """

    aggregate_only: bool = False
    min_group_size: int | None = None
    max_rows: int | None = None
    lookups_per_day: int | None = None
    lookups_per_person: int | None = None
    differential_privacy: Privacy | None = None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A citation with its status: `verified`, `secondary` or `unverified`."""

    ref: str
    status: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's contribution. `on` names what it spoke about: a table, `table.column`, or `query`.

    `change` is the remedy as data: `do` and what it is done to (docs/decision-contract.md).
    """

    rule: str
    effect: str
    on: str
    legal_basis: tuple[LegalBasis, ...]
    message: Mapping[str, str]
    remedy: Mapping[str, str]
    change: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A whole decision. `columns` has an explicit entry for every column of the footprint; a missing one is a denial.

    `columns` and `rows` are keyed by `schema.table`; the predicates of a table all hold together.
    `raw` is the engine's JSON answer, kept for the ledger.
    """

    allow: bool
    columns: Mapping[str, Mapping[str, ColumnDecision]]
    rows: Mapping[str, tuple[Predicate, ...]]
    obligations: Obligations
    reasons: tuple[Reason, ...]
    revision: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
