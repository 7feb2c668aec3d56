"""The catalog as data: tags, purposes, subjects, and the classification of every known column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from phantang.model.decision import Privacy
from phantang.model.finding import Evidence
from phantang.model.names import TableName
from phantang.model.noise import Contributions
from phantang.model.raising import Raise, RaiseRule, Waiver
from phantang.model.requesters import Agency, Purpose, RegisteredApproval, RegisteredConsent
from phantang.model.schema import Followed, ForeignKey, Generation
from phantang.model.tier import UNCLASSIFIED_CLASS, UNCLASSIFIED_TIER, PersonalClass, Tier, protects_less


@dataclass(frozen=True, slots=True)
class Tag:
    """An entry of the tag vocabulary, `catalog/tags.yaml`."""

    id: str
    label: Mapping[str, str]
    personal_class: PersonalClass
    tier: Tier
    basis: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Subjects:
    """How many people a table is about. `by` is `distinct` (counted), `key` (one a row), or `rows` (no more than)."""

    count: int
    by: str


@dataclass(frozen=True, slots=True)
class CaseRegister:
    """The table that says whom the cases of a source are about: one row a case.

    `about` are its columns of identifiers. `officer` holds whom a case is assigned to, `case` its number; one of the
    two is there. `assigned_to` says what `officer` holds: ids of subjects (`agency`) or of people who work for one
    (`officer`). Without `schema` it is the only table of that name.
    """

    table: str
    about: tuple[str, ...]
    schema: str | None = None
    officer: str | None = None
    case: str | None = None
    assigned_to: str = "agency"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What a source is beyond its tables, `catalog/sources/<source>.yaml`.

    `recoded` tells that all rows carry the codes of the administrative units of 1 July 2025. `case_required` asks for a
    case number although no register of `cases` is declared. `jurisdiction` is the `province` and `commune` that every
    row belongs to, by today's codes, of tables that have no column telling.
    """

    id: str
    recoded: bool = False
    cases: CaseRegister | None = None
    case_required: bool = False
    jurisdiction: Mapping[str, str] = field(default_factory=dict)


class Status(StrEnum):
    """Who stands behind an entry: nobody yet, a person agreeing with the scan, a person deciding otherwise."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a scan claims; pending beside an entry that a person already decided, or not yet looked at."""

    tag: str
    tags: tuple[str, ...]
    tier: Tier
    personal_class: PersonalClass
    confidence: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A decision by `by` that lowers a tier and waits for a second person; until then what stood before stands.

    `expression` is the digest of what a generated column was computed by when it was made.
    """

    tag: str
    tags: tuple[str, ...]
    tier: Tier
    personal_class: PersonalClass
    status: Status
    by: str
    reason: str | None = None
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a generated column counts as at least, since the columns are that which it is computed from.

    `computed` tells that one of them is itself not what anybody wrote down.
    """

    tags: tuple[str, ...]
    tier: Tier
    personal_class: PersonalClass
    classified: bool
    computed: bool


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """One column in the catalog.

    `tag`, `tier` and `personal_class` are what is written in the file; use `effective_tier`, `effective_class`,
    `effective_tags` and `effectively_classified` to decide anything: they count an entry nobody accepted, or one
    without a tag, as the highest personal tier, and a generated one as no less than what it is computed from.
    `generated` says what that is; `inherited` is found by `parse_snapshot`, written nowhere.
    `proposal` is a later scan's disagreement with a person's decision. `rejected` are the claims that a person said no
    to, tags or ids of raise rules: no scan makes them again.
    """

    name: str
    type: str
    status: Status
    tag: str | None = None
    tags: tuple[str, ...] = ()
    tier: Tier | None = None
    personal_class: PersonalClass | None = None
    confidence: float | None = None
    decided_by: str | None = None
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()
    proposal: Proposal | None = None
    comment: str | None = None
    rejected: tuple[str, ...] = ()
    awaiting: Awaiting | None = None
    approved_by: str | None = None
    generated: Generation | None = None
    inherited: Inherited | None = field(default=None, compare=False)

    @property
    def classified(self) -> bool:
        """Tell whether a person stands behind a complete classification."""
        return self.status is not Status.PROPOSED and None not in (self.tag, self.tier, self.personal_class)

    @property
    def effective_tier(self) -> Tier:
        """Return the tier that decisions use."""
        inherited = [self.inherited.tier] if self.inherited else []
        if self.classified and self.tier is not None:
            return Tier.highest([self.tier, *inherited])
        return Tier.highest([UNCLASSIFIED_TIER, self.tier or UNCLASSIFIED_TIER, *inherited])

    @property
    def effective_class(self) -> PersonalClass:
        """Return the personal class that decisions use."""
        if not self.classified or self.personal_class is None:
            return UNCLASSIFIED_CLASS
        inherited = [self.inherited.personal_class] if self.inherited else []
        return PersonalClass.highest([self.personal_class, *inherited])

    @property
    def computed(self) -> bool:
        """Tell whether an expression that nobody judged stands between it and what was written down, however far."""
        if self.inherited is None:
            return False
        return self.inherited.computed or not (self.generated and self.generated.unchanged)

    @property
    def below_sources(self) -> bool:
        """Tell whether what is written of it is less than what it is computed from."""
        least = self.inherited
        if least is None or self.tier is None or self.personal_class is None:
            return False
        return protects_less((self.tier, self.personal_class), (least.tier, least.personal_class))

    @property
    def effective_tags(self) -> tuple[str, ...]:
        """Return the tags that decisions use, sorted."""
        own = {*self.tags, *([self.tag] if self.tag else [])}
        inherited = {*self.inherited.tags} if self.inherited else set()
        return tuple(sorted((own - {"none"}) | inherited if inherited else own))

    @property
    def effectively_classified(self) -> bool:
        """Tell whether a person stands behind it, and behind every column it is computed from."""
        return self.classified and (self.inherited is None or self.inherited.classified)


@dataclass(frozen=True, slots=True)
class Asset:
    """A table in the catalog, one file each: `catalog/assets/<source>/<schema>.<table>.yaml`.

    `privacy_unit` names the column that tells one data subject from another (groups are counted over it); `None` for a
    table without one. `scope` maps `commune` and `province` to the column that says which unit a row belongs to.
    `structure` is the digest of the table that was scanned (`TableInfo.structure`), `None` for one written by hand.
    `waived` holds the raises that a person rejected; until settled they stand in `raised` as well.
    `differential_privacy` marks a table whose statistics are noisy; it has a `privacy_unit` then. `contributions` says
    what of it may be summed. `followed` is found by `parse_snapshot`, written nowhere, `None` beside a privacy unit.
    """

    name: TableName
    columns: tuple[ColumnEntry, ...]
    comment: str | None = None
    privacy_unit: str | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: int | None = None
    structure: str | None = None
    subjects: Subjects | None = None
    raised: tuple[Raise, ...] = ()
    waived: tuple[Waiver, ...] = ()
    differential_privacy: Privacy | None = None
    contributions: Contributions | None = None
    followed: Followed | None = None

    @property
    def secret_columns(self) -> frozenset[str]:
        """Return the columns that an earlier scan, or a person, suspects of state secrets: they are not read again."""
        return frozenset(entry.name for entry in self.columns if entry.tier == "T5")

    @property
    def countable(self) -> bool:
        """Tell whether the people behind its rows can be counted."""
        return self.privacy_unit is not None or self.followed is not None

    def column(self, name: str) -> ColumnEntry | None:
        """Return the entry called exactly `name`, or `None`."""
        return next((entry for entry in self.columns if entry.name == name), None)

    @property
    def tier(self) -> Tier:
        """Return the table's tier: the highest of the effective tiers of its columns and of what they are together."""
        together = [found.tier for found in self.raised if found.scope == "table"]
        return Tier.highest([*(entry.effective_tier for entry in self.columns), *together])

    @property
    def level(self) -> str | None:
        """Return `T4b` (core) or `T4a` (important) if the table as a holding is that, by the number of its people."""
        return max((found.level for found in self.raised if found.level), default=None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One immutable reading of the whole catalog. `digest` (`sha256:...`) pins it in decisions and receipts.

    `tiers` is the parsed `catalog/tiers.yaml` (labels, legal basis, handling), for reports; `raise_rules` what it says
    under `raised_by`. `source_entries` are by name; a source without one is neither recoded nor has it cases.
    `consents` and `approvals` are by id, `None` where the catalog keeps no such register.
    """

    digest: str
    tags: Mapping[str, Tag]
    tiers: Mapping[str, Mapping[str, Any]]
    purposes: Mapping[str, Purpose]
    agencies: Mapping[str, Agency]
    assets: Mapping[TableName, Asset]
    raise_rules: tuple[RaiseRule, ...] = ()
    source_entries: Mapping[str, SourceEntry] = field(default_factory=dict)
    consents: Mapping[str, RegisteredConsent] | None = None
    approvals: Mapping[str, RegisteredApproval] | None = None

    def tables_of(self, source: str) -> tuple[Asset, ...]:
        """Return the assets of one source, ordered by name."""
        return tuple(self.assets[name] for name in sorted(self.assets) if name.source == source)

    def cases_of(self, source: str) -> tuple[CaseRegister, Asset | None] | None:
        """Return the register of cases of a source with its table, `None` for a table that the catalog lacks."""
        register = self.source_entries[source].cases if source in self.source_entries else None
        if register is None:
            return None
        found = [
            asset
            for asset in self.tables_of(source)
            if asset.name.table == register.table and register.schema in (None, asset.name.schema)
        ]
        return register, found[0] if len(found) == 1 else None

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the names of the sources that have assets, sorted."""
        return tuple(sorted({name.source for name in self.assets}))
