"""A small genuine ledger, made once, signed with a fixed key."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phantang.ledger import Checkpoint, Entry, Line, Signer, Tree, leaf_hash


@pytest.fixture(scope="session")
def signer() -> Signer:
    seed = hashlib.sha256(b"phantang unit test key").digest()
    return Signer("phantang.local/test", Ed25519PrivateKey.from_private_bytes(seed))


@pytest.fixture(scope="session")
def trees(lines: list[bytes]) -> list[Tree]:
    """The tree of the first n lines, at position n."""
    grown = [Tree()]
    for raw in lines:
        grown.append(grown[-1].append(Line.read(raw).leaf))
    return grown


@pytest.fixture(scope="session")
def lines(signer: Signer) -> list[bytes]:
    """Six sealed lines."""
    tree, made = Tree(), list[bytes]()
    for index in range(6):
        body = {"requested_by": "xa-ba-dinh", "rows": index, "purpose": "L2", "lý do": "tra cứu"}
        data = Entry(index, f"2026-03-01T08:00:0{index}.5Z", "intent", f"d-{index}", body).canonical()
        tree = tree.append(leaf_hash(data))
        made.append(Line.write(data, Checkpoint.of(signer.name, tree).seal(signer)))
    return made


@pytest.fixture(scope="session")
def note(signer: Signer, trees: list[Tree]) -> str:
    """The signed checkpoint of all six."""
    return Checkpoint.of(signer.name, trees[-1]).sign(signer)
