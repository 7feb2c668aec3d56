"""Does the log still say what the law of its day says: every recorded input, put to the bundle it was decided by."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phantang import pdp
from phantang.flow.policy.bundle import load_bundle
from phantang.flow.policy.contract import is_older
from phantang.flow.policy.flips import differing_parts
from phantang.flow.policy.questions import DECISIONS
from phantang.model.errors import PolicyError
from phantang.store import read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from phantang.ledger import Entry
    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A recorded decision which the bundle it names does not give again; `parts` names what of it differs."""

    entry: int
    decision_id: str
    recorded: str
    replayed: str
    parts: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the mismatch as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer of `audit replay`.

    `same` decisions came out equal, `undecided` never reached policy, `other` maps other revisions, whose bundle was
    not given, to their decisions. `older` are the entries that were not replayed and were recorded under an earlier
    version of the policy input: only the bundle of their day takes them as they are.
    """

    revision: str
    same: int
    undecided: int
    other: Mapping[str, int]
    mismatches: tuple[Mismatch, ...]
    older: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the object printed by `audit replay --format json`."""
        return {
            "revision": self.revision,
            "same": self.same,
            "undecided": self.undecided,
            "other_revisions": dict(sorted(self.other.items())),
            "older_contract": list(self.older),
            "mismatches": [mismatch.to_json() for mismatch in self.mismatches],
        }


def replay_decisions(workspace: Workspace, policies: Path | None = None) -> Replay:
    """Decide again every logged decision that names the revision of `policies` (the workspace's own by default).

    The whole recorded answer is compared, reasons and their words too. Nothing runs and nothing is recorded. Raises
    `PolicyError`, `WorkspaceError` for policies that do not load, `LedgerError`.
    """
    bundle = load_bundle(workspace) if policies is None else pdp.Bundle.from_files(read_folder(policies))
    engine = pdp.EmbeddedEngine(bundle)
    same, undecided, other, mismatches, older = 0, 0, Counter[str](), list[Mismatch](), list[int]()
    for entry in workspace.ledger().entries():
        if entry.kind not in DECISIONS:
            continue
        pinned = entry.body["bundles"]["phantang"]["revision"]
        if entry.body.get("input") is None:
            undecided += 1
        elif pinned != engine.revision:
            other[str(pinned)] += 1
            older += [entry.index] if is_older(entry.body) else []
        elif (mismatch := _replayed(engine, entry)) is None:
            same += 1
        elif mismatch.replayed == "policy_input_invalid" and is_older(entry.body):
            older.append(entry.index)
        else:
            mismatches.append(mismatch)
    return Replay(engine.revision, same, undecided, other, tuple(mismatches), tuple(older))


def _replayed(engine: pdp.EmbeddedEngine, entry: Entry) -> Mismatch | None:
    recorded = entry.body.get("result")
    try:
        answer: Mapping[str, Any] | None = engine.decide(entry.body["input"]).raw
        code = "allow" if answer and answer["allow"] else "deny"
    except PolicyError as error:
        answer, code = None, error.code
    parts = differing_parts(recorded, answer)
    if not parts:
        return None
    said = "-" if recorded is None else "allow" if recorded.get("allow") else "deny"
    return Mismatch(entry.index, str(entry.decision_id), said, code, parts)
