"""The decision log: entries, a Merkle tree over them, signed checkpoints, proofs, and verification. Pure: no I/O.

Read `docs/ledger-format.md` for the bytes and `docs/adr/0004-ledger.md` for what is and is not detected.
"""

from phantang.ledger.checkpoint import Checkpoint
from phantang.ledger.entry import Entry, Line
from phantang.ledger.note import Signer, Verifier
from phantang.ledger.proof import (
    ConsistencyProof,
    InclusionProof,
    consistency_proof,
    inclusion_proof,
    verify_consistency,
    verify_inclusion,
)
from phantang.ledger.report import Problem, Verification
from phantang.ledger.tree import Tree, leaf_hash, node_hash
from phantang.ledger.verify import verify_ledger

__all__ = [
    "Checkpoint",
    "ConsistencyProof",
    "Entry",
    "InclusionProof",
    "Line",
    "Problem",
    "Signer",
    "Tree",
    "Verification",
    "Verifier",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "verify_consistency",
    "verify_inclusion",
    "verify_ledger",
]
