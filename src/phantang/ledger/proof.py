"""Proofs that an entry is in a tree, and that a tree grew from an earlier one (RFC 9162 section 2.1.3 and 2.1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang.ledger.checkpoint import Checkpoint
from phantang.ledger.tree import Tree, leaf_hash, node_hash
from phantang.model.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.ledger.note import Verifier


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of leaf `index` in the tree of these leaf hashes, lowest node first.

    Raises `LedgerError` `ledger_proof_invalid` if there is no such leaf. Costs O(leaves) hashes.
    """
    if not 0 <= index < len(leaves):
        raise LedgerError("ledger_proof_invalid", what="index")
    low, high, path = 0, len(leaves), list[bytes]()
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_root(leaves, middle, high))
            high = middle
        else:
            path.append(_root(leaves, low, middle))
            low = middle
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that `leaf` is at `index` in the tree of `size` leaves with `root`.

    The steps are those of RFC 9162 section 2.1.3.2. Raises `LedgerError` `ledger_proof_invalid`.
    """
    # 1. The index is inside the tree.
    if not 0 <= index < size:
        raise LedgerError("ledger_proof_invalid", what="index")
    # 2.-4. Fold the path, from the leaf up; `last` is the index of the rightmost node of the level.
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise LedgerError("ledger_proof_invalid", what="length")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    # 5. The path was used up exactly, and arrives at the root.
    if last != 0 or node != root:
        raise LedgerError("ledger_proof_invalid", what="root")


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of the first `first` leaves is a prefix of the tree of all of them.

    Raises `LedgerError` `ledger_proof_invalid` unless 0 < `first` <= number of leaves. Costs O(leaves) hashes.
    """
    if not 0 < first <= len(leaves):
        raise LedgerError("ledger_proof_invalid", what="size")
    low, high, path, whole = 0, len(leaves), list[bytes](), True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_root(leaves, middle, high))
            high = middle
        else:
            path.append(_root(leaves, low, middle))
            low, whole = middle, False
    # The verifier knows the old root already when the old tree is one perfect left subtree of the new.
    return tuple(reversed(path if whole else [*path, _root(leaves, low, high)]))


def verify_consistency(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `second` leaves grew from the tree of `first` leaves by appending only.

    The steps are those of RFC 9162 section 2.1.4.2. The empty tree is a prefix of every tree, with an empty proof.
    Raises `LedgerError` `ledger_proof_invalid`.
    """
    # 1. Sizes are ordered; equal sizes and the empty tree need no path.
    if not 0 <= first <= second:
        raise LedgerError("ledger_proof_invalid", what="size")
    if first in (0, second):
        expected = Tree().root if first == 0 else second_root
        if proof or first_root != expected:
            raise LedgerError("ledger_proof_invalid", what="root")
        return
    # 2. An old tree that is a perfect subtree starts the path itself.
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        raise LedgerError("ledger_proof_invalid", what="length")
    # 3.-4. Climb to the level where the old tree's right edge is a left child.
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    # 5.-6. Fold both roots from the same path.
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise LedgerError("ledger_proof_invalid", what="length")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    # 7. Both roots are met and the path is used up.
    if last != 0 or old != first_root or new != second_root:
        raise LedgerError("ledger_proof_invalid", what="root")


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """All an outsider needs, besides the public key, to check that one entry is in the ledger.

    `entry` is the entry's canonical text, `path` the audit path in the tree of `checkpoint`, a signed note.
    """

    index: int
    entry: str
    path: tuple[bytes, ...]
    checkpoint: str

    def verify(self, verifier: Verifier) -> Checkpoint:
        """Check the note's signature, then the path, and return the checkpoint. Raises `LedgerError`."""
        checkpoint = Checkpoint.verify(self.checkpoint, verifier)
        leaf = leaf_hash(self.entry.encode())
        verify_inclusion(leaf, self.index, checkpoint.size, self.path, checkpoint.root)
        return checkpoint

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object; hashes in hexadecimal."""
        path = [node.hex() for node in self.path]
        return {"index": self.index, "entry": self.entry, "path": path, "checkpoint": self.checkpoint}

    @classmethod
    def from_json(cls, value: object) -> InclusionProof:
        """Return the proof of `to_json`. Raises `LedgerError` `ledger_proof_invalid`."""
        match value:
            case {"index": int() as index, "entry": str() as entry, "path": [*path], "checkpoint": str() as note}:
                try:
                    return cls(index, entry, tuple(bytes.fromhex(node) for node in path), note)
                except (TypeError, ValueError):
                    pass
        raise LedgerError("ledger_proof_invalid", what="form")


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The tree of a checkpoint is an earlier tree, of `size` entries and this `root`, with entries appended."""

    size: int
    root: bytes
    path: tuple[bytes, ...]

    def verify(self, checkpoint: Checkpoint) -> None:
        """Check that the tree of `checkpoint` grew from the earlier one, else raise `ledger_proof_invalid`."""
        verify_consistency(self.size, self.root, checkpoint.size, checkpoint.root, self.path)

    def to_json(self) -> dict[str, Any]:
        """Return the proof as a JSON object; hashes in hexadecimal."""
        return {"size": self.size, "root": self.root.hex(), "path": [node.hex() for node in self.path]}

    @classmethod
    def from_json(cls, value: object) -> ConsistencyProof:
        """Return the proof of `to_json`. Raises `LedgerError` `ledger_proof_invalid`."""
        match value:
            case {"size": int() as size, "root": str() as root, "path": [*path]}:
                try:
                    return cls(size, bytes.fromhex(root), tuple(bytes.fromhex(node) for node in path))
                except (TypeError, ValueError):
                    pass
        raise LedgerError("ledger_proof_invalid", what="form")


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(leaves: Sequence[bytes], low: int, high: int) -> bytes:
    tree = Tree()
    for position in range(low, high):
        tree = tree.append(leaves[position])
    return tree.root
