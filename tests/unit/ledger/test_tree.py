"""The tree and its proofs, against RFC 6962's definition and published vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.ledger import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from phantang.model.errors import LedgerError

# The leaves and roots that implementations of RFC 6962 test themselves with (Certificate Transparency, Trillian).
VECTORS = {
    "": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "00": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "10": "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "2021": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "3031": "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "40414243": "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "5051525354555657": "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "606162636465666768696a6b6c6d6e6f": "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves_of(count: int) -> list[bytes]:
    return [leaf_hash(index.to_bytes(4)) for index in range(count)]


def tree_of(leaves: Sequence[bytes]) -> Tree:
    tree = Tree()
    for leaf in leaves:
        tree = tree.append(leaf)
    return tree


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word, over leaf hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def test_published_roots() -> None:
    tree = Tree()
    assert tree.root == hashlib.sha256(b"").digest()
    for data, root in VECTORS.items():
        tree = tree.append(leaf_hash(bytes.fromhex(data)))
        assert tree.root.hex() == root


@pytest.mark.parametrize("count", range(40))
def test_root_is_the_definition(count: int) -> None:
    assert tree_of(leaves_of(count)).root == defined_root(leaves_of(count))


def test_saved_frontier_grows_the_same_tree() -> None:
    leaves = leaves_of(23)
    restored = Tree.from_json(tree_of(leaves[:13]).to_json())
    for leaf in leaves[13:]:
        restored = restored.append(leaf)
    assert restored == tree_of(leaves)


@pytest.mark.parametrize(
    "value",
    [None, [], {}, {"size": 1}, {"size": 3, "frontier": ["00" * 32]}, {"size": 1, "frontier": ["zz"]},
     {"size": 1, "frontier": ["00"]}, {"size": -1, "frontier": []}, {"size": "1", "frontier": ["00" * 32]}],
)  # fmt: skip
def test_saved_frontier_of_no_tree(value: object) -> None:
    with pytest.raises(LedgerError) as caught:
        Tree.from_json(value)
    assert caught.value.code == "ledger_state_invalid"


def test_every_inclusion_proof_up_to_17() -> None:
    for size in range(1, 18):
        leaves = leaves_of(size)
        root = tree_of(leaves).root
        for index in range(size):
            verify_inclusion(leaves[index], index, size, inclusion_proof(leaves, index), root)


def test_every_consistency_proof_up_to_17() -> None:
    roots = [tree_of(leaves_of(size)).root for size in range(18)]
    for size in range(1, 18):
        for first in range(1, size + 1):
            proof = consistency_proof(leaves_of(size), first)
            verify_consistency(first, roots[first], size, roots[size], proof)
        verify_consistency(0, roots[0], size, roots[size], ())


@given(st.integers(1, 40), st.data())
def test_a_wrong_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    root = tree_of(leaves).root
    index = data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(leaves, index))
    wrong = data.draw(st.sampled_from(["leaf", "index", "size", "longer", "shorter", "node", "root"]))
    leaf, at, of = leaves[index], index, size
    if wrong == "leaf":
        leaf = leaf_hash(b"another")
    elif wrong == "index":
        at = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
    elif wrong == "size":
        # A path can be right for two sizes when the rest of the tree does not touch it; then the root tells.
        of, root = size + 1, tree_of(leaves_of(size + 1)).root
    elif wrong == "longer":
        proof.append(root)
    elif wrong == "shorter" and proof:
        proof.pop()
    elif wrong == "node" and proof:
        position = data.draw(st.integers(0, len(proof) - 1))
        proof[position] = leaf_hash(proof[position])
    else:
        root = leaf_hash(root)
    with pytest.raises(LedgerError) as caught:
        verify_inclusion(leaf, at, of, proof, root)
    assert caught.value.code == "ledger_proof_invalid"


@given(st.integers(1, 40), st.data())
def test_a_wrong_consistency_proof_is_refused(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    leaves = leaves_of(second)
    old, new = tree_of(leaves[:first]).root, tree_of(leaves).root
    proof = list(consistency_proof(leaves, first))
    wrong = data.draw(st.sampled_from(["rewritten", "new root", "longer", "shorter", "order"]))
    if wrong == "rewritten":
        old = tree_of([leaf_hash(b"forged"), *leaves[1:first]]).root
    elif wrong == "longer":
        proof.append(old)
    elif wrong == "shorter" and proof:
        proof.pop()
    elif wrong == "order":
        first, second = second + 1, first
    else:
        new = leaf_hash(new)
    with pytest.raises(LedgerError):
        verify_consistency(first, old, second, new, proof)


@pytest.mark.parametrize("index", [-1, 3])
def test_no_proof_of_what_is_not_there(index: int) -> None:
    with pytest.raises(LedgerError):
        inclusion_proof(leaves_of(3), index)
    with pytest.raises(LedgerError):
        consistency_proof(leaves_of(3), index if index < 0 else 4)


def test_a_proof_that_stops_below_the_root_is_refused() -> None:
    # The hashes agree as far as they go; only the length of the path says that the leaf is not the whole tree.
    leaf = leaf_hash(b"x")
    with pytest.raises(LedgerError):
        verify_inclusion(leaf, 0, 2, [], leaf)
    with pytest.raises(LedgerError):
        verify_consistency(2, leaf, 4, leaf, [])
