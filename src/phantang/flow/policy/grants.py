"""What the registers of consents and approvals say of an id that a question names, as policy is told it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.flow.clock import VIETNAM

if TYPE_CHECKING:
    from datetime import date, datetime

    from phantang.model.catalog import Snapshot
    from phantang.model.request import Request
    from phantang.model.requesters import Agency, RegisteredApproval, RegisteredConsent


def consent(request: Request, source: str, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """Return `consent_id`, `consent_valid_until` (the earlier of what is claimed and registered) and `consent_status`.

    The status is `unchecked` without a register; `unknown` also for another business's consent, so that nobody learns
    which ids there are.
    """
    told = {"consent_id": request.consent_id, "consent_valid_until": request.consent_until}
    if snapshot.consents is None or not (request.consent_id or "").strip():
        return {**told, "consent_status": "unchecked"}
    entry = snapshot.consents.get((request.consent_id or "").strip())
    if entry is None or entry.business != request.subject:
        return {**told, "consent_status": "unknown"}
    status = _status(entry, now) if source in entry.sources else "elsewhere"
    ends = [day for day in (request.consent_until, entry.valid_until.isoformat()) if day is not None]
    return {**told, "consent_valid_until": min(ends), "consent_status": status}


def approvals(agency: Agency, snapshot: Snapshot, now: datetime) -> list[dict[str, Any]]:
    """Return the approvals in an agency's file, each with its status in the register and the earlier last day."""
    return [
        {
            "ref": one.ref,
            "source": one.source,
            "tier": one.tier,
            **_approval(one.ref, (agency.id, one.source, one.tier), one.valid_until, snapshot, now),
        }
        for one in sorted(agency.approvals, key=lambda approval: (approval.ref, approval.tier))
    ]


def _approval(ref: str, asked: tuple[str, str, str], until: date, snapshot: Snapshot, now: datetime) -> dict[str, str]:
    if snapshot.approvals is None:
        return {"valid_until": until.isoformat(), "status": "unchecked"}
    entry = snapshot.approvals.get(ref)
    agency, source, tier = asked
    if entry is None or (entry.agency, entry.source) != (agency, source) or tier not in entry.tiers:
        return {"valid_until": until.isoformat(), "status": "unknown"}
    return {"valid_until": min(until, entry.valid_until).isoformat(), "status": _status(entry, now)}


def _status(entry: RegisteredConsent | RegisteredApproval, now: datetime) -> str:
    today = now.astimezone(VIETNAM).date()
    return "revoked" if entry.revoked_on is not None and entry.revoked_on <= today else "registered"
