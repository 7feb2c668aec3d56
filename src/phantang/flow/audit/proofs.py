"""Proofs for outsiders: one entry is in the ledger, and the ledger only grew; checked with the public key alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from phantang.flow.audit.log import parse_pin, show_decision
from phantang.ledger import Checkpoint, ConsistencyProof, InclusionProof, Verifier
from phantang.model.errors import InputError, LedgerError

if TYPE_CHECKING:
    from phantang.store import Workspace


def prove_entry(workspace: Workspace, entry: str, since: str | None = None) -> dict[str, Any]:
    """Return the proof of an entry, named by its number or a decision id (then the decision itself, not its outcome).

    `since` is the text of an earlier checkpoint; then the proof says also that the ledger grew from it by appending
    only. Raises `InputError`: `decision_not_found`, `checkpoint_invalid`; `LedgerError` as `LedgerStore.prove`.
    """
    index = int(entry) if entry.isascii() and entry.isdigit() else show_decision(workspace, entry)[0].index
    ledger = workspace.ledger()
    proof = ledger.prove(index)
    grown = None if since is None else ledger.prove_growth(parse_pin(since), proof.checkpoint)
    return {**proof.to_json(), "consistency": None if grown is None else grown.to_json()}


def check_proof(proof: str, key: str, pinned: Checkpoint | None = None) -> tuple[int, LedgerError | None]:
    """Check the text of a proof with a public key; with `pinned`, also that the ledger grew from that checkpoint.

    Returns the entries of the proven tree, 0 if none is, and what does not hold. Raises `InputError` `proof_invalid`
    for text that is no proof, `LedgerError` `ledger_key_invalid` for a key that is none.
    """
    verifier = Verifier.parse(key)
    value = _parse(proof)
    try:
        inclusion = InclusionProof.from_json({name: value[name] for name in value.keys() - {"consistency"}})
        growth = None if value.get("consistency") is None else ConsistencyProof.from_json(value["consistency"])
    except LedgerError as error:
        raise InputError("proof_invalid", what=error.params.get("what", "form")) from None
    try:
        checkpoint = inclusion.verify(verifier)
        if growth is not None:
            growth.verify(checkpoint)
        if pinned is not None and (pinned.size, pinned.root) != (checkpoint.size, checkpoint.root):
            if growth is None or (growth.size, growth.root) != (pinned.size, pinned.root):
                raise LedgerError("ledger_proof_invalid", what="checkpoint")  # noqa: TRY301 - one way out
            if pinned.origin != checkpoint.origin:
                raise LedgerError("ledger_proof_invalid", what="origin")  # noqa: TRY301
    except LedgerError as error:
        return 0, error
    return checkpoint.size, None


def _parse(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("proof_invalid", what="JSON") from None
    if not isinstance(value, dict):
        raise InputError("proof_invalid", what="JSON")
    return value
