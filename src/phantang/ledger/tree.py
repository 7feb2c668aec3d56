"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), SHA-256, kept as its frontier."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from phantang.model.errors import LedgerError

HASH_SIZE = 32


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of a leaf: SHA-256 of 0x00 and the data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node: SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of `size` leaves as the roots of its perfect subtrees, largest first.

    There is one subtree for each bit set in `size`, so that appending and the root both cost O(log size) hashes. The
    value is immutable: an append that could not be stored leaves nothing to undo.
    """

    size: int = 0
    frontier: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.frontier) != self.size.bit_count():
            raise LedgerError("ledger_state_invalid")
        if any(len(node) != HASH_SIZE for node in self.frontier):
            raise LedgerError("ledger_state_invalid")

    def append(self, leaf: bytes) -> Tree:
        """Return the tree with one more leaf, given by its hash."""
        frontier = list(self.frontier)
        node, level = leaf, self.size
        while level & 1:
            node = node_hash(frontier.pop(), node)
            level >>= 1
        return Tree(self.size + 1, (*frontier, node))

    @property
    def root(self) -> bytes:
        """Return the Merkle tree hash; that of the empty tree is the SHA-256 of nothing."""
        if not self.frontier:
            return hashlib.sha256().digest()
        *rest, node = self.frontier
        for left in reversed(rest):
            node = node_hash(left, node)
        return node

    def to_json(self) -> dict[str, Any]:
        """Return `{size, frontier: [hex, ...]}`."""
        return {"size": self.size, "frontier": [node.hex() for node in self.frontier]}

    @classmethod
    def from_json(cls, value: object) -> Tree:
        """Return the tree of `to_json`. Raises `LedgerError` `ledger_state_invalid`."""
        match value:
            case {"size": int() as size, "frontier": [*nodes]} if all(isinstance(node, str) for node in nodes):
                try:
                    return cls(size, tuple(bytes.fromhex(node) for node in nodes))
                except ValueError:
                    pass
        raise LedgerError("ledger_state_invalid")
