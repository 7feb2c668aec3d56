"""What the registers of consents and approvals say of an id that a question names, as policy is told it."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any

from phantang.flow.clock import VIETNAM
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from phantang.model.catalog import Snapshot
    from phantang.model.request import Request
    from phantang.model.requesters import Agency, RegisteredApproval, RegisteredConsent
    from phantang.sql import ResolvedQuery
    from phantang.store import Workspace

_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")


def consent(request: Request, source: str, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """Return `consent_id`, `consent_valid_until` (the earlier of what is claimed and registered) and `consent_status`.

    The status is `unchecked` without a register; `unnamed` where it does not say whose consent it is; `unknown` also
    for another business's consent, so that nobody learns which ids there are.
    """
    told = {"consent_id": request.consent_id, "consent_valid_until": request.consent_until}
    if snapshot.consents is None or not (request.consent_id or "").strip():
        return {**told, "consent_status": "unchecked"}
    entry = snapshot.consents.get((request.consent_id or "").strip())
    if entry is None or entry.business != request.subject:
        return {**told, "consent_status": "unknown"}
    status = "elsewhere" if source not in entry.sources else "unnamed" if entry.person is None else _status(entry, now)
    ends = [day for day in (request.consent_until, entry.valid_until.isoformat()) if day is not None]
    return {**told, "consent_valid_until": min(ends), "consent_status": status}


def consented(
    request: Request, snapshot: Snapshot, query: ResolvedQuery, key: Callable[[], bytes]
) -> frozenset[tuple[str, str]]:
    """Return the `(schema.table, column)` looked up by the number of the person whose consent the request names.

    `key` gives the workspace's consent key, under which the register keeps that number; no number is kept anywhere.
    """
    entry = (snapshot.consents or {}).get((request.consent_id or "").strip())
    person = None if entry is None or entry.business != request.subject else entry.person
    if person is None:
        return frozenset()
    secret = key()
    return query.looked_up_as(lambda text: hmac.compare_digest(person_digest(text, secret), person))


def person_digest(number: str, key: bytes) -> str:
    """Return what `consents.yaml` says under `person` of whoever has this number."""
    told = b"consent\0" + same_number(number).encode()
    return f"hmac-sha256:{hmac.new(key, told, hashlib.sha256).hexdigest()}"


def person_of(workspace: Workspace, number: str) -> str:
    """Return `person_digest` of a number under the workspace's key. Raises `InputError` `person_number`."""
    number = number.strip()
    if not _NUMBER.fullmatch(number):
        raise InputError("person_number")
    return person_digest(number, workspace.consent_key())


def same_number(text: str) -> str:
    """Return a number without the zeros and blanks that columns of numbers and padded text pass over."""
    return text.strip().casefold().lstrip("0")


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
