"""What the gateway answers before, or instead of, rows. Its JSON form is `schemas/explanation.schema.json`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from phantang.model.decision import Privacy
from phantang.model.errors import PhantangError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.flow.policy.remedy import Remedy
    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision, Reason
    from phantang.model.footprint import Footprint
    from phantang.model.plan import Plan
    from phantang.model.request import Receipt, Request
    from phantang.sql import CachedQuery


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome of one question. `plan` is set exactly when it is allowed; `decision` when policy was reached.

    `error` is the refusal, policy failure or guard failure that denied it, if policy itself did not.
    `at_run` is the code a query allowed here would be refused with now, for what was asked before.
    `remedy` is the smallest change policy would allow, where it denied and there is one. `assets` are the catalog's
    tables of the source, for the evidence behind a restriction. `resolved` is the statement as bound, literals and all,
    for what is checked when it runs; it is never printed or recorded. `stages` maps each stage to the seconds it took.
    """

    request: Request
    decision_id: str
    catalog_revision: str
    policy_revision: str
    footprint: Footprint | None = None
    decision: Decision | None = None
    plan: Plan | None = None
    error: PhantangError | None = None
    receipt: Receipt | None = None
    remedy: Remedy | None = None
    at_run: str | None = None
    assets: Sequence[Asset] = ()
    resolved: CachedQuery | None = field(default=None, repr=False)
    stages: Mapping[str, float] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Tell whether the planned SQL may run."""
        return self.plan is not None

    @property
    def code(self) -> str:
        """Return `allowed`, or the stable code of the denial."""
        if self.allowed:
            return "allowed"
        return self.error.code if self.error else "policy_denied"

    @property
    def denial(self) -> PhantangError:
        """Return the denial as an error to raise or print."""
        return self.error or PhantangError("policy_denied")

    @property
    def denials(self) -> list[Reason]:
        """Return the reasons of policy that deny, without those that only narrow."""
        return [reason for reason in self.decision.reasons if reason.effect == "deny"] if self.decision else []

    def recorded(self, receipt: Receipt, stages: Mapping[str, float]) -> Explanation:
        """Return this explanation with the receipt of its ledger entry."""
        return replace(self, receipt=receipt, stages=stages)

    def to_json(self) -> dict[str, Any]:
        """Return the object printed by `explain --format json`; its keys are a contract."""
        return {
            "decision": "allow" if self.allowed else "deny",
            "code": self.code,
            "at_run": self.at_run,
            "decision_id": self.decision_id,
            "reasons": self._reasons(),
            "remedy": self.remedy.to_json() if self.remedy else None,
            "sql": self.plan.sql if self.plan else None,
            "columns": [column.to_json() for column in self.plan.columns] if self.plan else [],
            "rows": dict(self.decision.raw.get("rows", {})) if self.decision else {},
            "obligations": self.obligations,
            "notes": list(self.plan.notes) if self.plan else [],
            "revisions": {"catalog": self.catalog_revision, "policy": self.policy_revision},
            "footprint": self.footprint.to_json() if self.footprint else None,
            "receipt": self.receipt.to_json() if self.receipt else None,
        }

    def _reasons(self) -> list[dict[str, Any]]:
        reasons = [self._reason(reason) for reason in self.decision.reasons] if self.decision else []
        if self.error:
            reasons.append(
                {
                    "rule": self.error.code,
                    "effect": "deny",
                    "on": "query",
                    "legal_basis": [],
                    "message": {lang: self.error.message(lang) for lang in ("vi", "en")},
                    "remedy": {lang: self.error.remedy(lang) for lang in ("vi", "en")},
                }
            )
        return reasons

    def _reason(self, reason: Reason) -> dict[str, Any]:
        return {
            "rule": reason.rule,
            "effect": reason.effect,
            "on": reason.on,
            "legal_basis": [{"ref": basis.ref, "status": basis.status} for basis in reason.legal_basis],
            "message": dict(reason.message),
            "remedy": {**reason.remedy, **({"change": dict(reason.change)} if reason.change else {})},
            "classified": self._classified(reason.on),
        }

    def _classified(self, on: str) -> dict[str, Any] | None:
        """Return how the catalog knows the column a reason is about: tag, tier, status, and rule ids with counts."""
        for asset in self.assets:
            name = on.removeprefix(f"{asset.name.local}.")
            entry = asset.column(name) if name != on else None
            if entry is not None:
                evidence = [
                    {"rule": one.rule, "kind": one.kind, "hits": one.hits, "sampled": one.sampled}
                    for one in entry.evidence
                ]
                tier, status = entry.effective_tier, entry.status
                return {"tag": entry.tag, "tier": tier, "status": status, "evidence": evidence}
        return None

    @property
    def obligations(self) -> dict[str, Any]:
        """Return the duties in force, by name."""
        if self.decision is None:
            return {}
        duties = self.decision.obligations
        owed = {slot: getattr(duties, slot) for slot in duties.__slots__ if getattr(duties, slot)}
        return {name: duty.to_json() if isinstance(duty, Privacy) else duty for name, duty in owed.items()}
