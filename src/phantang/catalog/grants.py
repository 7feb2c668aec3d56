"""Registers of what others granted: consents of people to a business, approvals of owners to an agency.

Either file may be missing: then nobody keeps such a register here, and ids are taken as they are given.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phantang.catalog.agency import APPROVABLE
from phantang.model.requesters import RegisteredApproval, RegisteredConsent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from phantang.catalog.node import Node

_PERSON = re.compile(r"hmac-sha256:[0-9a-f]{64}")
_ID = re.compile(r"[^\s\x00-\x1f\x7f]{1,128}")


def read_consents(root: Node, agencies: Collection[str]) -> dict[str, RegisteredConsent]:
    """Return `consents.yaml`: `consents: {id: {business, sources, valid_until, person?, revoked_on?}}`.

    Raises `WorkspaceError` as `Node` does, `catalog_unknown_value` for a business that is no agency of the catalog.
    """
    return {
        name: RegisteredConsent(
            id=name,
            business=keys["business"].choice("agency", agencies),
            sources=tuple(item.filled() for item in _filled(keys["sources"])),
            valid_until=keys["valid_until"].day(),
            revoked_on=_revoked(keys),
            person=_person(keys["person"]) if "person" in keys else None,
        )
        for name, keys in _entries(root, "consents", ("business", "sources", "valid_until"), ("person",))
    }


def read_approvals(root: Node, agencies: Collection[str]) -> dict[str, RegisteredApproval]:
    """Return `approvals.yaml`: `approvals: {ref: {agency, source, tiers, valid_until, revoked_on?}}`; raises alike."""
    return {
        name: RegisteredApproval(
            ref=name,
            agency=keys["agency"].choice("agency", agencies),
            source=keys["source"].filled(),
            tiers=tuple(item.choice("tier", APPROVABLE) for item in _filled(keys["tiers"])),
            valid_until=keys["valid_until"].day(),
            revoked_on=_revoked(keys),
        )
        for name, keys in _entries(root, "approvals", ("agency", "source", "tiers", "valid_until"))
    }


def _entries(
    root: Node, what: str, required: Collection[str], optional: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, Node]]]:
    for name, node in root.fields((what,))[what].entries().items():
        if not _ID.fullmatch(name):
            raise node.wrong("id: 1 to 128 characters, no spaces")
        yield name, node.fields(required, ("revoked_on", "note", *optional))


def _person(node: Node) -> str:
    if not _PERSON.fullmatch(node.text()):
        raise node.wrong("hmac-sha256:... (phantang catalog person)")
    return node.text()


def _filled(node: Node) -> list[Node]:
    items = node.items()
    if not items:
        raise node.wrong("list, not empty")
    return items


def _revoked(keys: dict[str, Node]) -> date | None:
    return keys["revoked_on"].day() if "revoked_on" in keys else None
