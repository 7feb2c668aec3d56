"""Agency files: who may ask. A key that is left out takes its most restrictive value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phantang.catalog.jurisdiction import read_jurisdiction
from phantang.catalog.node import shown
from phantang.model.requesters import Agency, Approval
from phantang.model.tier import Tier

if TYPE_CHECKING:
    from collections.abc import Collection

    from phantang.catalog.node import Node
    from phantang.catalog.vocabulary import Roles

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OFFICER = re.compile(r"[^\s\x00-\x1f\x7f]{1,128}")
#: What nobody was cleared for stays hidden: without `clearance` an agency sees no personal data in clear.
DEFAULT_CLEARANCE = Tier.T1
DEFAULT_LEVEL = "none"
#: Classes whose reading an owner can approve; T4 is approved as important (T4a) or core (T4b) data.
APPROVABLE = ("T3", "T4a", "T4b")


def read_agency(root: Node, roles: Roles, known_purposes: Collection[str]) -> Agency:
    """Return the agency in `root.file`, which must be `agencies/<id>.yaml`.

    Required: `id, kind, actor`. Left out, `name` is the id, `level` is `none`, `purposes`, `roles` and `jurisdiction`
    are empty and `clearance` is T1. Whether its actor may act for its purposes is for policy to decide.
    Raises `WorkspaceError`: `catalog_id_mismatch`, `catalog_bad_unit_code`, and those of `Node`.
    """
    keys = root.fields(
        ("id", "kind", "actor"),
        ("name", "level", "jurisdiction", "purposes", "clearance", "roles", "approvals", "part_of", "officers", "note"),
    )
    agency_id = keys["id"].text()
    if not _ID.fullmatch(agency_id):
        raise keys["id"].wrong("id: A-Z a-z 0-9 . _ -")
    if root.file != f"agencies/{agency_id}.yaml":
        raise keys["id"].error("catalog_id_mismatch", id=shown(agency_id))
    return Agency(
        id=agency_id,
        name=keys["name"].labels() if "name" in keys else {"vi": agency_id, "en": agency_id},
        kind=keys["kind"].choice("kind", roles.kinds),
        actor=keys["actor"].choice("actor", roles.actors),
        level=keys["level"].filled() if "level" in keys else DEFAULT_LEVEL,
        purposes=keys["purposes"].unique("purpose", known_purposes) if "purposes" in keys else (),
        clearance=Tier(keys["clearance"].choice("tier", list(Tier))) if "clearance" in keys else DEFAULT_CLEARANCE,
        jurisdiction=read_jurisdiction(keys["jurisdiction"]) if "jurisdiction" in keys else {},
        roles=tuple(item.filled() for item in keys["roles"].items()) if "roles" in keys else (),
        approvals=tuple(map(_approval, keys["approvals"].items())) if "approvals" in keys else (),
        part_of=_organisation(keys["part_of"]) if "part_of" in keys else None,
        officers=_officers(keys["officers"]) if "officers" in keys else (),
    )


def _organisation(node: Node) -> str:
    if not _ID.fullmatch(node.text()):
        raise node.wrong("id: A-Z a-z 0-9 . _ -")
    return node.text()


def _officers(node: Node) -> tuple[str, ...]:
    for item in node.items():
        if not _OFFICER.fullmatch(item.text()):
            raise item.wrong("id: 1 to 128 characters, no spaces")
    found = tuple(item.text() for item in node.items())
    if len(set(found)) != len(found):
        raise node.error("catalog_duplicate_id", what="officer", id=node.shown)
    return found


def _approval(node: Node) -> Approval:
    keys = node.fields(("ref", "source", "tier", "valid_until"))
    return Approval(
        ref=keys["ref"].filled(),
        source=keys["source"].filled(),
        tier=keys["tier"].choice("tier", APPROVABLE),
        valid_until=keys["valid_until"].day(),
    )
