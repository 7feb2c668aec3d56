"""What a candidate policy would have decided: recorded questions put to both bundles, nothing executed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phantang import pdp
from phantang.flow.policy.bundle import load_bundle
from phantang.flow.policy.flips import Difference, differences
from phantang.flow.policy.moments import slot, whole_days
from phantang.flow.policy.questions import asked_questions, logged_questions
from phantang.model.errors import PolicyError
from phantang.store import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from phantang.model.decision import Decision
    from phantang.store import Workspace

_EXAMPLES = 3


@dataclass(slots=True)
class Flip:
    """One difference for one agency and purpose: how many recorded questions it touches, and some of their ids."""

    agency: str
    purpose: str
    source: str
    difference: Difference
    questions: int = 0
    examples: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the flip as printed by `policy impact --format json`."""
        return {
            "agency": self.agency,
            "purpose": self.purpose,
            "source": self.source,
            **self.difference.to_json(),
            "questions": self.questions,
            "examples": list(self.examples),
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer of `policy impact`.

    `questions` were replayed, `distinct` of them decided (twice each); `undecided` maps the code of what never reached
    policy to how many questions it stopped; `input_contract_older` stands for those recorded in a form that could not
    be brought up to today's. `older` of the questions are of an earlier version of the input.
    """

    current: str
    candidate: str
    questions: int
    distinct: int
    undecided: Mapping[str, int]
    flips: tuple[Flip, ...]
    older: int = 0

    @property
    def verdicts(self) -> Mapping[str, int]:
        """Return how many flips there are of each verdict."""
        return Counter(flip.difference.verdict for flip in self.flips)

    @property
    def may_widen(self) -> bool:
        """Tell whether anything widened, or changed in a way that cannot be shown to narrow."""
        return any(flip.difference.verdict != "narrowed" for flip in self.flips)

    def to_json(self) -> dict[str, Any]:
        """Return the object printed by `policy impact --format json`."""
        return {
            "revisions": {"current": self.current, "candidate": self.candidate},
            "questions": self.questions,
            "distinct": self.distinct,
            "older_contract": self.older,
            "undecided": dict(sorted(self.undecided.items())),
            "verdicts": {name: self.verdicts.get(name, 0) for name in ("widened", "changed", "narrowed")},
            "flips": [flip.to_json() for flip in self.flips],
        }


def policy_impact(workspace: Workspace, candidate: Path, queries: str | None = None) -> Impact:
    """Decide every recorded question under the workspace's policies and under those in the folder `candidate`.

    The questions are the ledger's decisions, each with the input policy was asked, its recorded time included; or the
    lines of `queries`, resolved against today's catalog. Questions equal but for their time are decided once a day, or,
    if a rule of either bundle could tell the time of day, once a quarter of an hour. Nothing runs or is recorded.

    Raises `PolicyError` for a bundle that does not load or that breaks a rule of `policy check`, `InputError` for a
    line of `queries` that cannot be used, `LedgerError`.
    """
    bundles = (load_bundle(workspace), _candidate(candidate))
    day, (before, after) = whole_days(bundles), map(_engine, bundles)
    undecided: Counter[str] = Counter()
    asked = logged_questions(workspace) if queries is None else asked_questions(workspace, queries)
    total, older, groups = 0, 0, dict[str, tuple[dict[str, Any], Counter[str], list[str]]]()
    for question in asked:
        total += 1
        older += question.older
        if question.document is None:
            undecided[question.code] += 1
            continue
        _, count, ids = groups.setdefault(_key(question.document, day=day), (question.document, Counter(), []))
        count["questions"] += 1
        count["older"] += question.older
        if len(ids) < _EXAMPLES:
            ids.append(question.id)
    flips: dict[tuple[object, ...], Flip] = {}
    for document, count, ids in groups.values():
        was = _decide(before, document)
        if was == "policy_input_invalid":  # no decision to compare with, which is not to say that none would change
            undecided["input_contract_older" if count["older"] else was] += count["questions"]
            continue
        for flip in _flips(document, was, _decide(after, document)):
            key = (flip.agency, flip.purpose, flip.source, flip.difference)
            kept = flips.setdefault(key, flip)
            kept.questions += count["questions"]
            kept.examples += ids[: _EXAMPLES - len(kept.examples)]
    ordered = tuple(_ordered(flips.values()))
    return Impact(before.revision, after.revision, total, len(groups), undecided, ordered, older)


def _candidate(folder: Path) -> pdp.Bundle:
    files = read_folder(folder)
    problem = next(iter(pdp.check_files(files)), None)
    if problem is not None:
        raise PolicyError("policy_bundle_invalid", file=problem.file, line=problem.line, problem=problem.detail)
    return pdp.Bundle.from_files(files)


def _engine(bundle: pdp.Bundle) -> pdp.EmbeddedEngine:
    # In process whatever the workspace's engine: a server holds one bundle, and this asks two.
    return pdp.EmbeddedEngine(bundle)


def _decide(engine: pdp.EmbeddedEngine, document: Mapping[str, Any]) -> Decision | str:
    """Return the decision, or the code of the failure that denies instead."""
    try:
        return engine.decide(document)
    except PolicyError as error:
        return error.code


def _flips(document: Mapping[str, Any], before: Decision | str, after: Decision | str) -> Iterator[Flip]:
    subject, resource, context = document["subject"], document["resource"], document["context"]
    for difference in differences(before, after):
        yield Flip(subject["id"], context["purpose"] or "-", resource["source"], difference)


def _key(document: Mapping[str, Any], *, day: bool) -> str:
    """Return what tells one question from another: everything policy sees, its time as finely as the bundles can."""
    context = {**document["context"], "time": slot(document["context"]["time"], day=day)}
    return json.dumps({**document, "context": context}, sort_keys=True)


def _ordered(flips: Iterable[Flip]) -> list[Flip]:
    rank = {"widened": 0, "changed": 1, "narrowed": 2}
    return sorted(
        flips,
        key=lambda flip: (
            rank[flip.difference.verdict],
            -flip.questions,
            flip.agency,
            flip.purpose,
            flip.source,
            flip.difference.on,
            flip.difference.what,
            flip.difference.after,
        ),
    )
