"""The verifier: each attack by name, and every single change of every byte."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.ledger import (
    Checkpoint,
    Entry,
    InclusionProof,
    Line,
    Signer,
    Tree,
    Verification,
    Verifier,
    inclusion_proof,
    leaf_hash,
    verify_ledger,
)
from phantang.model.errors import LedgerError, messages
from phantang.model.request import Receipt

ATTACKS = Path(__file__).parents[2] / "fixtures" / "ledger"


def findings(result: Verification) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.entry) for problem in result.problems]


@pytest.mark.parametrize(
    "folder", sorted(path for path in ATTACKS.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_attack(folder: Path) -> None:
    verifier = Verifier.parse((ATTACKS / "ledger.pub").read_text())
    note = folder / "checkpoint"
    lines = io.BytesIO((folder / "entries.jsonl").read_bytes())
    result = verify_ledger(lines, note.read_text(encoding="utf-8") if note.exists() else None, verifier)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["problems"]
    assert findings(result) == [(code, entry) for code, entry in expected]
    assert result.ok == (not expected)
    for problem in result.problems:
        assert {problem.message("vi"), problem.message("en")}.isdisjoint({""})
        assert "<" not in problem.message("vi") + problem.message("en"), "a placeholder was left unfilled"


def test_there_is_an_attack_for_every_finding_of_a_ledger_alone() -> None:
    shown = {
        code
        for path in ATTACKS.glob("*/expected.json")
        for code, _ in json.loads(path.read_text(encoding="utf-8"))["problems"]
    }
    needs_more_than_files = {
        "ledger_entry_invalid", "ledger_entry_too_big", "ledger_state_invalid", "ledger_key_invalid",
        "ledger_proof_invalid",
        "ledger_rolled_back", "ledger_rewritten", "ledger_receipt_disagrees", "ledger_receipt_invalid",
        "ledger_checkpoint_malformed", "ledger_tampered", "ledger_unwritable", "ledger_unreadable",
        "ledger_entry_not_found", "ledger_line_damaged",
    }  # fmt: skip
    assert shown | needs_more_than_files == {code for code in messages() if code.startswith("ledger_")}


def test_every_bit_of_every_byte_is_covered_and_located(lines: list[bytes], note: str, signer: Signer) -> None:
    blob = b"".join(lines)
    for position in range(len(blob)):
        entry = blob.count(b"\n", 0, position)
        # Two masks a byte, by position, cover each of the eight bits many times over; 0x0a makes and unmakes line ends.
        for mask in {1 << position % 8, blob[position] ^ 0x0A} - {0}:
            changed = bytearray(blob)
            changed[position] ^= mask
            result = verify_ledger(io.BytesIO(bytes(changed)), note, signer.verifier)
            assert not result.ok, (position, mask)
            assert result.problems[0].entry == entry, (position, mask, findings(result))


def test_every_byte_of_the_checkpoint_is_covered(lines: list[bytes], note: str, signer: Signer) -> None:
    raw = note.encode()
    for position in range(len(raw)):
        changed = bytearray(raw)
        changed[position] ^= 1 << position % 8
        assert not verify_ledger(lines, changed.decode("utf-8", "replace"), signer.verifier).ok, position


@given(data=st.data())
def test_any_rearrangement_is_found(data: st.DataObject, lines: list[bytes], note: str, signer: Signer) -> None:
    picked = data.draw(st.lists(st.sampled_from(lines), max_size=9).filter(lambda chosen: chosen != lines))
    assert not verify_ledger(picked, note, signer.verifier).ok


@given(data=st.data())
def test_any_splice_of_bytes_is_found(data: st.DataObject, lines: list[bytes], note: str, signer: Signer) -> None:
    blob = b"".join(lines)
    start = data.draw(st.integers(0, len(blob)))
    stop = data.draw(st.integers(start, min(len(blob), start + 600)))
    inserted = data.draw(st.binary(max_size=40) | st.sampled_from(lines))
    spliced = blob[:start] + inserted + blob[stop:]
    if spliced != blob:
        assert not verify_ledger(io.BytesIO(spliced), note, signer.verifier).ok


@given(st.lists(st.binary(max_size=60).map(lambda raw: raw + b"\n"), max_size=20))
def test_any_garbage_is_survived(lines: list[bytes]) -> None:
    verifier = Verifier.parse((ATTACKS / "ledger.pub").read_text())
    assert not verify_ledger(lines, None, verifier).ok


def test_many_scattered_changes_are_all_named(signer: Signer) -> None:
    lines, note, _ = make(signer, 60)
    chosen = sorted(random.Random(7).sample(range(60), 12))
    for index in chosen:
        lines[index] = lines[index].replace(b'"rows"', b'"Rows"')
    assert findings(verify_ledger(lines, note, signer.verifier)) == [
        ("ledger_entry_altered", index) for index in chosen
    ]


def test_another_public_key_accepts_nothing(lines: list[bytes], note: str) -> None:
    verifier = Verifier("phantang.local/test", bytes(32))
    assert findings(verify_ledger(lines, note, verifier)) == [("ledger_key_unknown", None)]


# What only something kept outside can show: the key's holder rewrote history, or the whole folder was rolled back.


def test_rollback_of_all_files_is_invisible_inside_and_visible_with_a_pin(
    lines: list[bytes], trees: list[Tree], signer: Signer
) -> None:
    older = Checkpoint.of(signer.name, trees[4]).sign(signer)
    assert verify_ledger(lines[:4], older, signer.verifier).ok
    pinned = Checkpoint.of(signer.name, trees[6])
    assert findings(verify_ledger(lines[:4], older, signer.verifier, pinned=pinned)) == [("ledger_rolled_back", 4)]
    assert findings(verify_ledger(lines[:4], older, signer.verifier, pinned=receipt(lines, trees, signer, 5))) == [
        ("ledger_rolled_back", 4)
    ]


def test_history_rewritten_with_the_key_is_visible_with_a_pin(
    lines: list[bytes], trees: list[Tree], signer: Signer
) -> None:
    forged, note, _ = make(signer, 6, "outcome")
    assert verify_ledger(forged, note, signer.verifier).ok
    pinned = Checkpoint.of(signer.name, trees[3])
    assert findings(verify_ledger(forged, note, signer.verifier, pinned=pinned)) == [("ledger_rewritten", None)]
    assert findings(verify_ledger(forged, note, signer.verifier, pinned=receipt(lines, trees, signer, 2))) == [
        ("ledger_receipt_disagrees", 2),
        ("ledger_rewritten", None),
    ]


def test_honest_pins_agree(lines: list[bytes], trees: list[Tree], note: str, signer: Signer) -> None:
    for size, tree in enumerate(trees):
        assert verify_ledger(lines, note, signer.verifier, pinned=Checkpoint.of(signer.name, tree)).ok, size
    for index in range(6):
        assert verify_ledger(lines, note, signer.verifier, pinned=receipt(lines, trees, signer, index)).ok


@pytest.mark.parametrize("field", ["tree_size", "root_hash", "index", "checkpoint"])
def test_a_receipt_that_contradicts_itself(
    field: str, lines: list[bytes], trees: list[Tree], note: str, signer: Signer
) -> None:
    good = receipt(lines, trees, signer, 2)
    wrong = {
        "tree_size": 2,
        "root_hash": "00" * 32,
        "index": 3,
        "checkpoint": good.checkpoint.replace("\n3\n", "\n4\n"),
    }
    bad = Receipt(**{**good.to_json(), field: wrong[field]})
    assert findings(verify_ledger(lines, note, signer.verifier, pinned=bad)) == [("ledger_receipt_invalid", None)]


def test_an_inclusion_proof_travels_as_json(lines: list[bytes], note: str, signer: Signer) -> None:
    leaves = [Line.read(raw).leaf for raw in lines]
    data = Line.read(lines[2]).data
    proof = InclusionProof(2, data.decode(), inclusion_proof(leaves, 2), note)
    sent = json.loads(json.dumps(proof.to_json()))
    assert InclusionProof.from_json(sent).verify(signer.verifier).size == 6
    for change in (
        {"index": 3},
        {"entry": data.decode() + " "},
        {"path": sent["path"][:-1]},
        {"path": ["zz"]},
        {"path": [1]},
    ):
        with pytest.raises(LedgerError) as caught:
            InclusionProof.from_json({**sent, **change}).verify(signer.verifier)
        assert caught.value.code == "ledger_proof_invalid"


def make(signer: Signer, count: int, kind: str = "intent") -> tuple[list[bytes], str, Tree]:
    tree, lines = Tree(), list[bytes]()
    for index in range(count):
        data = Entry(index, "2026-03-01T08:00:00Z", kind, None, {"rows": index}).canonical()
        tree = tree.append(leaf_hash(data))
        lines.append(Line.write(data, Checkpoint.of(signer.name, tree).seal(signer)))
    return lines, Checkpoint.of(signer.name, tree).sign(signer), tree


def receipt(lines: list[bytes], trees: list[Tree], signer: Signer, index: int) -> Receipt:
    tree = trees[index + 1]
    return Receipt(
        decision_id=f"d-{index}",
        index=index,
        entry_hash=Line.read(lines[index]).leaf.hex(),
        root_hash=tree.root.hex(),
        tree_size=tree.size,
        checkpoint=Checkpoint.of(signer.name, tree).sign(signer),
        catalog_revision="sha256:ab",
        policy_revision="sha256:cd",
    )
