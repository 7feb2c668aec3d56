"""What an asset file claims of one column: tags, tier, class, confidence, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.catalog.vocabulary import CITATION_STATUSES, strictest, tag_of
from phantang.model.catalog import Awaiting, Proposal, Status, Subjects
from phantang.model.errors import InputError
from phantang.model.finding import Evidence, PathTag
from phantang.model.raising import Raise, Waiver
from phantang.model.schema import Generation
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.catalog.node import Node
    from phantang.model.catalog import Tag

#: Keys of a claim beside `tag`, in a column entry and in its pending proposal.
CLAIM_KEYS = ("tags", "tier", "personal_class", "confidence", "evidence")


def given(keys: Mapping[str, Node], key: str) -> bool:
    """Tell whether `key` is there and not null."""
    return key in keys and not keys[key].is_null


def read_proposal(node: Node, tags: Mapping[str, Tag]) -> Proposal:
    """Return a pending proposal: `{tag, confidence, tags?, tier?, personal_class?, evidence?}`."""
    keys = node.fields(("tag", "confidence"), CLAIM_KEYS)
    return Proposal(
        *_decided(node, keys, tags),
        confidence=keys["confidence"].share(),
        evidence=read_evidence(keys["evidence"]) if "evidence" in keys else (),
    )


def read_awaiting(node: Node, tags: Mapping[str, Tag]) -> Awaiting:
    """Return a decision that waits: `{tag, status, by, tags?, tier?, personal_class?, reason?, expression?}`."""
    keys = node.fields(("tag", "status", "by"), ("tags", "tier", "personal_class", "reason", "expression"))
    return Awaiting(
        *_decided(node, keys, tags),
        status=Status(keys["status"].choice("status", [Status.ACCEPTED, Status.OVERRIDDEN])),
        by=keys["by"].filled(),
        reason=keys["reason"].filled() if "reason" in keys else None,
        expression=keys["expression"].filled() if "expression" in keys else None,
    )


def _decided(
    node: Node, keys: Mapping[str, Node], tags: Mapping[str, Tag]
) -> tuple[str, tuple[str, ...], Tier, PersonalClass]:
    """Return tag, tags, tier and class of a claim, none of them undecided."""
    tag = read_tag(keys["tag"], tags)
    claimed = read_tags(keys, tag, tags)
    tier, personal_class = read_sensitivity(keys, (tag, *claimed), tags)
    if tier is None or personal_class is None:
        raise node.wrong("tier and personal_class, not null")
    return tag, claimed, tier, personal_class


def read_raise(node: Node) -> Raise:
    """Return a raise that held: `{rule, tier, scope, columns, basis, status, level?, counts?}`."""
    keys = node.fields(("rule", "tier", "scope", "columns", "basis", "status"), ("level", "counts"))
    counts = keys["counts"].entries() if "counts" in keys else {}
    return Raise(
        rule=keys["rule"].filled(),
        tier=Tier(keys["tier"].choice("tier", list(Tier))),
        scope=keys["scope"].choice("scope", ("columns", "table", "dataset")),
        columns=tuple(item.exact() for item in keys["columns"].items()),
        basis=keys["basis"].filled(),
        status=keys["status"].choice("status", CITATION_STATUSES),
        level=keys["level"].filled() if "level" in keys else None,
        counts={key: count.integer() for key, count in counts.items()},
    )


def read_waiver(node: Node) -> Waiver:
    """Return a person's no to a raise: `{raise, by, reason, approved_by?, state?}`, of which `waits` is not yet one."""
    keys = node.fields(("raise", "by", "reason"), ("approved_by", "state"))
    return Waiver(
        raised=read_raise(keys["raise"]),
        by=keys["by"].filled(),
        reason=keys["reason"].filled(),
        approved_by=keys["approved_by"].filled() if "approved_by" in keys else None,
        waits="state" in keys and keys["state"].choice("state", ("waits", "settled")) == "waits",
    )


def read_subjects(node: Node) -> Subjects:
    """Return how many people a table is about: `{count, by}`."""
    keys = node.fields(("count", "by"))
    return Subjects(keys["count"].integer(), keys["by"].choice("count", ("distinct", "key", "rows")))


def read_generation(node: Node) -> Generation:
    """Return what a generated column is computed from: `{from, expression, unchanged?, judged?}`."""
    keys = node.fields(("from", "expression"), ("unchanged", "judged"))
    reads = tuple(item.exact() for item in keys["from"].items())
    flags = {
        name: name in keys and keys[name].choice(name, ("true", "false")) == "true" for name in ("judged", "unchanged")
    }
    return Generation(reads, keys["expression"].filled(), **flags)


def read_tag(node: Node, tags: Mapping[str, Tag]) -> str:
    """Return the id of a known tag; raises `catalog_unknown_tag_at`."""
    tag_id = node.text()
    try:
        return tag_of(tag_id, tags).id
    except InputError as error:
        meant = {key: error.params[key] for key in ("near", "groups")}
        raise node.error("catalog_unknown_tag_at", tag=node.shown, **meant) from None


def read_tags(keys: Mapping[str, Node], tag: str | None, tags: Mapping[str, Tag]) -> tuple[str, ...]:
    """Return `tags`; left out, the tag alone."""
    if "tags" not in keys:
        return () if tag is None else (tag,)
    return tuple(read_tag(item, tags) for item in keys["tags"].items())


def read_sensitivity(
    keys: Mapping[str, Node], applying: tuple[str, ...], tags: Mapping[str, Tag]
) -> tuple[Tier | None, PersonalClass | None]:
    """Return tier and class as written; where a key is missing, as its tags have it; null stays undecided."""
    default_tier, default_class = strictest(applying, tags) if applying else (None, None)
    tier, personal_class = default_tier, default_class
    if "tier" in keys:
        node = keys["tier"]
        tier = None if node.is_null else Tier(node.choice("tier", list(Tier)))
    if "personal_class" in keys:
        node = keys["personal_class"]
        personal_class = None if node.is_null else PersonalClass(node.choice("class", list(PersonalClass)))
    return tier, personal_class


def refuse_lowering(
    node: Node,
    applying: tuple[str, ...],
    tier: Tier | None,
    personal_class: PersonalClass | None,
    tags: Mapping[str, Tag],
) -> None:
    """Raise `catalog_tier_below_tag` for less than personal or secret data ask for; called where no reason is given."""
    ranks = list(PersonalClass)
    for tag in (tag_of(tag_id, tags) for tag_id in applying):
        if tag.personal_class is PersonalClass.NONE and tag.tier < Tier.T2:
            continue
        lower_tier = tier is not None and tier < tag.tier
        lower_class = personal_class is not None and ranks.index(personal_class) < ranks.index(tag.personal_class)
        if lower_tier or lower_class:
            raise node.error("catalog_tier_below_tag", tag=tag.id, tier=tag.tier)


def read_evidence(node: Node) -> tuple[Evidence, ...]:
    """Return a list of `{rule, kind, hits?, sampled?, paths?}`; `paths` is a list of `{path, tag}`."""
    found: list[Evidence] = []
    for item in node.items():
        keys = item.fields(("rule", "kind"), ("hits", "sampled", "paths"))
        hits = keys["hits"].integer() if "hits" in keys else 0
        sampled = keys["sampled"].integer() if "sampled" in keys else 0
        if hits > sampled:
            raise item.wrong("hits <= sampled")
        paths = tuple(_path(one) for one in keys["paths"].items()) if "paths" in keys else ()
        found.append(Evidence(keys["rule"].filled(), keys["kind"].filled(), hits, sampled, paths))
    return tuple(found)


def _path(node: Node) -> PathTag:
    keys = node.fields(("path", "tag"))
    return PathTag(keys["path"].filled(), keys["tag"].filled())
