"""Who asks and why: agencies and businesses, purposes, and what they were granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from phantang.model.tier import Tier


@dataclass(frozen=True, slots=True)
class Purpose:
    """A registered purpose of processing. After `valid_until` (inclusive) it no longer permits anything."""

    id: str
    label: Mapping[str, str]
    valid_until: date
    legal_basis: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A data owner's written approval: of one source, up to one class (`T3`, `T4a`, `T4b`), until its last day."""

    ref: str
    source: str
    tier: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class RegisteredConsent:
    """A consent in `consents.yaml`: to one business, for some sources, until its last day or the day it is revoked.

    `person` is a keyed digest of the number of whoever consented (`flow.grants.person_digest`), `None` where the
    register does not say; such a consent is nobody's.
    """

    id: str
    business: str
    sources: tuple[str, ...]
    valid_until: date
    revoked_on: date | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class RegisteredApproval:
    """An approval in `approvals.yaml`: to one agency, of one source, of some classes, until a day as above."""

    ref: str
    agency: str
    source: str
    tiers: tuple[str, ...]
    valid_until: date
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Agency:
    """A subject that may ask: an agency, business, auditor or citizen, one file each under `catalog/agencies/`.

    `jurisdiction` maps `province` and `commune` to administrative unit codes (2 and 5 digits). `clearance` is the
    highest tier that policy may show this subject in clear. Subjects that are `part_of` one organisation can put
    their answers together. `officers` are the ids of its people, as a register of cases may hold them.
    """

    id: str
    name: Mapping[str, str]
    kind: str
    actor: str
    level: str
    purposes: tuple[str, ...]
    clearance: Tier
    jurisdiction: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    part_of: str | None = None
    officers: tuple[str, ...] = ()

    @property
    def holder(self) -> str:
        """Return the organisation that holds what this subject was answered."""
        return self.part_of or self.id


@dataclass(frozen=True, slots=True)
class Organisation:
    """Subjects who can put together what each of them was answered: `members` are their ids, sorted."""

    id: str
    members: tuple[str, ...]


def organisation_of(subject: str, agencies: Mapping[str, Agency]) -> Organisation:
    """Return the organisation of a subject of `agencies`; one who is `part_of` none stands alone."""
    holder = agencies[subject].holder
    return Organisation(holder, tuple(sorted(name for name, agency in agencies.items() if agency.holder == holder)))
