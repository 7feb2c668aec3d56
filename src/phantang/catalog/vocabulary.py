"""The shared vocabulary of a catalog: tags, tiers, purposes, actors. A finer tag inherits from its longest prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from phantang.catalog.node import Node
from phantang.model.catalog import Tag
from phantang.model.errors import InputError
from phantang.model.near import near
from phantang.model.requesters import Purpose
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TAG_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
#: How far a citation can be trusted (`LegalBasis.status`), and `ours` for what no text of law defines.
CITATION_STATUSES = frozenset({"verified", "secondary", "unverified"})
STATUSES = CITATION_STATUSES | {"ours"}


@dataclass(frozen=True, slots=True)
class Actor:
    """A role in the data-sharing system, and the purposes that anyone in that role may be registered for."""

    id: str
    label: Mapping[str, str]
    may: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class Roles:
    """`actors.yaml`: the kinds of subject and the actors that an agency file may name."""

    kinds: Mapping[str, Mapping[str, str]]
    actors: Mapping[str, Actor]


def tag_of(tag_id: str, tags: Mapping[str, Tag]) -> Tag:
    """Return the tag `tag_id`; one finer than the vocabulary takes everything but its id from its longest known prefix.

    Raises `InputError` `catalog_unknown_tag` when no prefix is known or the id is malformed.
    """
    if tag_id in tags:
        return tags[tag_id]
    prefix = tag_id
    while "." in prefix and _TAG_ID.fullmatch(tag_id):
        prefix = prefix.rpartition(".")[0]
        if prefix in tags:
            return replace(tags[prefix], id=tag_id)
    groups = ", ".join(dict.fromkeys(f"{one.partition('.')[0]}.*" if "." in one else one for one in sorted(tags)))
    shown = tag_id[:60] if tag_id.isprintable() else "?"
    raise InputError("catalog_unknown_tag", tag=shown, near=", ".join(near(tag_id, tags)), groups=groups)


def strictest(tag_ids: Iterable[str], tags: Mapping[str, Tag]) -> tuple[Tier, PersonalClass]:
    """Return the highest tier and the most sensitive class of `tag_ids`: every tag of a column applies to it."""
    found = [tag_of(tag_id, tags) for tag_id in tag_ids]
    ranks = list(PersonalClass)
    return Tier.highest(tag.tier for tag in found), max((tag.personal_class for tag in found), key=ranks.index)


def read_tags(root: Node) -> dict[str, Tag]:
    """Return the tags of `tags.yaml`: `tags: {id: {vi, en, class, tier, basis?, status?}}`."""
    tags: dict[str, Tag] = {}
    for tag_id, node in root.fields(("tags",))["tags"].entries().items():
        if not _TAG_ID.fullmatch(tag_id):
            raise node.error("catalog_unknown_value", what="tag", value=tag_id[:60], known="a-z 0-9 _ .")
        keys = node.fields(("vi", "en", "class", "tier"), ("basis", "status", "note"))
        tags[tag_id] = Tag(
            id=tag_id,
            label={"vi": keys["vi"].filled(), "en": keys["en"].filled()},
            personal_class=PersonalClass(keys["class"].choice("class", list(PersonalClass))),
            tier=Tier(keys["tier"].choice("tier", list(Tier))),
            basis=keys["basis"].filled() if "basis" in keys else None,
            status=keys["status"].choice("status", STATUSES) if "status" in keys else None,
        )
    return tags


def read_tiers(root: Node) -> dict[str, Mapping[str, Any]]:
    """Return the tiers of `tiers.yaml`, T0 to T5, as plain data; labels and legal basis are checked."""
    tiers = root.fields(("tiers",), ("handlers",))["tiers"]
    for node in tiers.fields(list(Tier)).values():
        keys = node.entries()
        for key, check in (("vi", Node.filled), ("en", Node.filled), ("legal_basis", _citations)):
            if key not in keys:
                raise node.error("catalog_missing_key", key=key)
            check(keys[key])
    plain: dict[str, Mapping[str, Any]] = tiers.plain()
    return plain


def read_purposes(root: Node) -> dict[str, Purpose]:
    """Return the purposes of `purposes.yaml`: `purposes: {id: {vi, en, valid_until, legal_basis, ...}}`."""
    purposes: dict[str, Purpose] = {}
    for purpose_id, node in root.fields(("purposes",))["purposes"].entries().items():
        if not _ID.fullmatch(purpose_id):
            raise node.error("catalog_unknown_value", what="purpose", value=purpose_id[:60], known="A-Z a-z 0-9 _ -")
        keys = node.fields(("vi", "en", "valid_until", "legal_basis"), ("default", "groups", "status", "note"))
        if "status" in keys:
            keys["status"].choice("status", STATUSES)
        purposes[purpose_id] = Purpose(
            id=purpose_id,
            label={"vi": keys["vi"].filled(), "en": keys["en"].filled()},
            valid_until=keys["valid_until"].day(),
            legal_basis=_citations(keys["legal_basis"]),
        )
    return purposes


def read_roles(root: Node, purposes: Mapping[str, Purpose]) -> Roles:
    """Return `actors.yaml`: `kinds: {id: {vi, en}}` and `actors: {id: {vi, en, may, status, ...}}`."""
    top = root.fields(("kinds", "actors"))
    actors: dict[str, Actor] = {}
    for actor_id, node in top["actors"].entries().items():
        keys = node.fields(("vi", "en", "may", "status"), ("typical_query", "scope", "note"))
        actors[actor_id] = Actor(
            id=actor_id,
            label={"vi": keys["vi"].filled(), "en": keys["en"].filled()},
            may=keys["may"].unique("purpose", purposes),
            status=keys["status"].choice("status", STATUSES),
        )
    return Roles({kind: node.labels() for kind, node in top["kinds"].entries().items()}, actors)


def _citations(node: Node) -> tuple[Mapping[str, str], ...]:
    cited: list[Mapping[str, str]] = []
    for item in node.items():
        keys = item.fields(("ref", "status"))
        cited.append({"ref": keys["ref"].filled(), "status": keys["status"].choice("status", CITATION_STATUSES)})
    return tuple(cited)
