"""A question put to the gateway, and the receipt it gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypedDict


class Grounds(TypedDict, total=False):
    """What a query rests on, as `Request` keeps it; all of it optional."""

    legal_ref: str | None
    case_id: str | None
    consent_id: str | None
    consent_until: str | None
    identity: str | None
    officer: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """SQL with who asks, on which source and for which purpose. `dialect` is the dialect the SQL is written in.

    `consent_until` is the last day of the consent `consent_id`. `identity` is the personal number of a citizen whom the
    door has authenticated: compared with what the query looks up, and neither shown nor stored. `officer` is the id of
    the person who asks for an agency, as the door knows them; the agency's file must list it.
    """

    sql: str
    subject: str
    purpose: str
    source: str
    dialect: str
    legal_ref: str | None = None
    case_id: str | None = None
    channel: str = "python"
    consent_id: str | None = None
    consent_until: str | None = None
    identity: str | None = field(default=None, repr=False)
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a decision was recorded before anything ran; checkable offline with the ledger's public key.

    `entry_hash` is the Merkle leaf hash of the entry at `index`; `checkpoint` is the signed note of a tree holding it.
    `case_id` is the case the asker named.
    """

    decision_id: str
    index: int
    entry_hash: str
    root_hash: str
    tree_size: int
    checkpoint: str
    catalog_revision: str
    policy_revision: str
    case_id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object."""
        return {slot: getattr(self, slot) for slot in self.__slots__}
