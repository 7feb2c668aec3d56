"""Signed notes and checkpoints, against the published example of the format."""

from __future__ import annotations

import pytest

from phantang.ledger import Checkpoint, Signer, Tree, Verifier
from phantang.ledger.note import join_note, open_note
from phantang.model.errors import LedgerError

# The example in the documentation of golang.org/x/mod/sumdb/note, from which the format comes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def code_of(note: str, verifier: Verifier) -> str:
    with pytest.raises(LedgerError) as caught:
        open_note(note, verifier)
    return caught.value.code


def test_published_note() -> None:
    verifier = Verifier.parse(VKEY)
    assert str(verifier) == VKEY
    assert open_note(NOTE, verifier).decode() == TEXT


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (NOTE.replace("answer", "ansver"), "ledger_signature_bad"),
        (NOTE.replace("AM=", "AN="), "ledger_checkpoint_malformed"),  # the same bytes, spelled otherwise
        (NOTE.replace("PeterNeumann x", "PeterNeumann y"), "ledger_key_unknown"),
        (NOTE.replace("PeterNeumann", "Peter"), "ledger_key_unknown"),
        (NOTE.replace("\n\n", "\n"), "ledger_checkpoint_malformed"),
        (NOTE.replace("—", "-"), "ledger_checkpoint_malformed"),
        (NOTE[:-1], "ledger_checkpoint_malformed"),
        (NOTE + "\n", "ledger_checkpoint_malformed"),
        (NOTE.replace("\n", "\r\n"), "ledger_checkpoint_malformed"),
        (NOTE.replace("think", "think\0"), "ledger_checkpoint_malformed"),
        ("", "ledger_checkpoint_malformed"),
        (TEXT + "\n", "ledger_checkpoint_malformed"),
        ("x" * 70_000 + NOTE, "ledger_checkpoint_malformed"),
    ],
)
def test_damaged_note(note: str, code: str) -> None:
    assert code_of(note, Verifier.parse(VKEY)) == code


def test_other_signatures_are_ignored_but_ours_must_all_hold(signer: Signer) -> None:
    witness = "— witness.example/1 " + "AAAA" * 23 + "\n"
    verifier = Verifier.parse(VKEY)
    assert open_note(NOTE + witness, verifier).decode() == TEXT
    bad = join_note(TEXT.encode(), verifier.name, verifier.key_id + bytes(64)).rpartition("\n\n")[2]
    assert code_of(NOTE + bad, verifier) == "ledger_signature_bad"
    assert code_of(NOTE + witness * 16, verifier) == "ledger_checkpoint_malformed"


@pytest.mark.parametrize(
    "text", ["", "a+b", "PeterNeumann+c74f20a3+AAAA", VKEY.replace("c7", "c8"), VKEY.replace("ARpc", "ARpd"),
             VKEY.replace("+ARpc", "+AhpC"), "có khoảng trắng+00000000+AAAA", VKEY + "="],
)  # fmt: skip
def test_damaged_public_key(text: str) -> None:
    with pytest.raises(LedgerError) as caught:
        Verifier.parse(text)
    assert caught.value.code == "ledger_key_invalid"


def test_checkpoint_round_trip(signer: Signer, trees: list[Tree]) -> None:
    for tree in trees:
        checkpoint = Checkpoint.of(signer.name, tree)
        note = checkpoint.sign(signer)
        assert note.split("\n")[:2] == [signer.name, str(tree.size)]
        assert Checkpoint.verify(note, signer.verifier) == checkpoint == Checkpoint.parse(note)


def test_checkpoint_is_signed_by_the_ledger_of_its_name_only(signer: Signer, trees: list[Tree]) -> None:
    with pytest.raises(LedgerError) as caught:
        Checkpoint.of("phantang.local/other", trees[1]).sign(signer)
    assert caught.value.code == "ledger_key_unknown"
    # The same key, but the text speaks of another ledger.
    text = Checkpoint.of("phantang.local/other", trees[1]).text
    note = join_note(text, signer.name, signer.seal(text))
    with pytest.raises(LedgerError) as caught:
        Checkpoint.verify(note, signer.verifier)
    assert caught.value.code == "ledger_checkpoint_malformed"


ORIGIN_AND_ROOT = {"o": "phantang.local/test", "r": "A" * 43 + "="}


@pytest.mark.parametrize(
    "body",
    [
        "{o}\n06\n{r}\n",
        "{o}\n-1\n{r}\n",
        "{o}\n١\n{r}\n",
        "{o}\n" + "9" * 17 + "\n{r}\n",
        "{o}\n1\n{r}\nmore\n",
        "{o}\n1\n",
        "{o}\n1\nAAAA\n",
    ],
)
def test_signed_text_that_is_no_checkpoint(body: str, signer: Signer) -> None:
    text = body.format_map(ORIGIN_AND_ROOT).encode()
    with pytest.raises(LedgerError) as caught:
        Checkpoint.verify(join_note(text, signer.name, signer.seal(text)), signer.verifier)
    assert caught.value.code == "ledger_checkpoint_malformed"


def test_private_key_is_not_shown(signer: Signer) -> None:
    assert "Ed25519" not in repr(signer)
