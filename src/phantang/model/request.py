"""A question put to the gateway, and the receipt it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """SQL with who asks, on which source and for which purpose. `dialect` is the dialect the SQL is written in."""

    sql: str
    subject: str
    purpose: str
    source: str
    dialect: str
    legal_ref: str | None = None
    case_id: str | None = None
    channel: str = "python"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a decision was recorded before anything ran; checkable offline with the ledger's public key.

    `entry_hash` is the Merkle leaf hash of the entry at `index`; `checkpoint` is the signed note of a tree holding it.
    """

    decision_id: str
    index: int
    entry_hash: str
    root_hash: str
    tree_size: int
    checkpoint: str
    catalog_revision: str
    policy_revision: str

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object."""
        return {slot: getattr(self, slot) for slot in self.__slots__}
