"""Ledger bodies. Decisions follow OPA's decision-log event, with this project's fields added; no literal, no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.flow.clock import timestamp
from phantang.flow.policy.contract import CONTRACT
from phantang.model.errors import PhantangError

if TYPE_CHECKING:
    from phantang.flow.query.explanation import Explanation
    from phantang.flow.query.noise import Noise
    from phantang.model.request import Receipt


def decision_event(explanation: Explanation, document: dict[str, Any] | None) -> dict[str, Any]:
    """Return the body of an `explain` or `intent` entry.

    `input` and `result` are what policy was asked and answered, whole, so that the decision can be replayed; they are
    `None` when the query was refused before policy was reached.
    """
    request, decision, footprint = explanation.request, explanation.decision, explanation.footprint
    tables = document["resource"]["tables"] if document else []
    basis = {(b.ref, b.status) for reason in (decision.reasons if decision else ()) for b in reason.legal_basis}
    return {
        "decision_id": explanation.decision_id,
        "path": "phantang/decision",
        "input": document,
        "input_contract": CONTRACT,
        "result": dict(decision.raw) if decision else None,
        "requested_by": request.subject,
        "timestamp": timestamp(),
        "bundles": {"phantang": {"revision": explanation.policy_revision}},
        "decision": "allow" if explanation.allowed else "deny",
        "code": explanation.code,
        **({"at_run": explanation.at_run} if explanation.at_run else {}),
        "source": request.source,
        "tables": [table["name"] for table in tables],
        "sql_fingerprint": footprint.fingerprint if footprint else None,
        "tags_used": sorted({tag for table in tables for column in table["columns"] for tag in column["tags"]}),
        "obligations": explanation.obligations,
        "purpose": request.purpose,
        "legal_ref": request.legal_ref,
        "case_id": request.case_id,
        "channel": request.channel,
        "legal_basis": [{"ref": ref, "status": status} for ref, status in sorted(basis)],
        "catalog_revision": explanation.catalog_revision,
    }


def outcome_event(
    receipt: Receipt,
    *,
    rows: int | None = None,
    seconds: float | None = None,
    error: BaseException | None = None,
    noise: Noise | None = None,
) -> dict[str, Any]:
    """Return the body of an `outcome` entry: how the intent at `receipt.index` ended.

    The status is `completed`, the code of our error, `internal` for a fault, or `interrupted` (Ctrl-C, a shutdown).
    """
    return {
        "decision_id": receipt.decision_id,
        "intent": receipt.index,
        "timestamp": timestamp(),
        "status": _status(error),
        "rows": rows,
        "milliseconds": None if seconds is None else round(seconds * 1000),
        **({"differential_privacy": noise.to_json()} if noise else {}),
    }


def _status(error: BaseException | None) -> str:
    if error is None:
        return "completed"
    if isinstance(error, PhantangError):
        return error.code
    return "internal" if isinstance(error, Exception) else "interrupted"
