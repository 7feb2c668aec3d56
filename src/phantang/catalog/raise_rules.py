"""`raised_by` of `tiers.yaml`: the combinations that raise columns or tables, as data that a lawyer can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.catalog.claim_reader import read_tag
from phantang.catalog.vocabulary import CITATION_STATUSES
from phantang.model.raising import RaiseRule
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from phantang.catalog.node import Node
    from phantang.model.catalog import Tag

_CONDITIONS = ("raises", "beside", "names", "table", "among", "singles_out", "class", "tags", "at_least", "below")
_KEYS = ("vi", "en", "basis", "status", "level", "rule", *_CONDITIONS)


def read_raise_rules(root: Node, tags: Mapping[str, Tag]) -> tuple[RaiseRule, ...]:
    """Return the rules of `tiers.yaml` in its order. One without a condition is a note for people, and is left out.

    Raises `WorkspaceError` with file and line: `catalog_raise_incomplete`, and those of `Node`.
    """
    found: dict[str, RaiseRule] = {}
    fields = root.fields(("tiers",), ("handlers",))
    handlers = _phrases(fields["handlers"]) if "handlers" in fields else ()
    for tier, node in fields["tiers"].entries().items():
        keys = node.entries()
        for rule in _rules(Tier(tier), keys["raised_by"], tags, handlers) if "raised_by" in keys else ():
            if rule.id in found:
                raise keys["raised_by"].error("catalog_duplicate_id", what="raise rule", id=rule.id)
            found[rule.id] = rule
    return tuple(found.values())


def _rules(tier: Tier, node: Node, tags: Mapping[str, Tag], handlers: tuple[str, ...]) -> Iterator[RaiseRule]:
    for item in node.items():
        keys = item.fields(("id",), _KEYS)
        if not any(key in keys for key in ("raises", "names", "singles_out", "at_least")) or "basis" not in keys:
            continue
        measure = keys["singles_out"].fields(("columns", "share")) if "singles_out" in keys else {}
        rule = RaiseRule(
            id=keys["id"].filled(),
            tier=tier,
            label={lang: keys[lang].filled() if lang in keys else keys["id"].filled() for lang in ("vi", "en")},
            basis=keys["basis"].filled(),
            status=keys["status"].choice("status", CITATION_STATUSES) if "status" in keys else "unverified",
            level=keys["level"].filled() if "level" in keys else None,
            raises=_tags(keys, "raises", tags),
            beside=_tags(keys, "beside", tags),
            names=tuple(_phrases(phrases) for phrases in keys["names"].items()) if "names" in keys else (),
            table=_phrases(keys["table"]) if "table" in keys else (),
            unless=handlers if "table" in keys else (),
            among=_tags(keys, "among", tags),
            columns=measure["columns"].integer() if measure else 0,
            share=measure["share"].share() if measure else None,
            personal_class=_class(keys["class"]) if "class" in keys else None,
            tags=_tags(keys, "tags", tags),
            at_least=keys["at_least"].integer() if "at_least" in keys else None,
            below=keys["below"].integer() if "below" in keys else None,
        )
        if not _whole(rule):
            raise item.error("catalog_raise_incomplete", id=rule.id)
        yield rule


def _whole(rule: RaiseRule) -> bool:
    """Tell whether a rule says all that its condition needs: what is left out must never make it hold more often."""
    if rule.share is not None:
        return bool(rule.among) and rule.columns > 0
    if rule.at_least is not None:
        return bool(rule.tags or rule.personal_class) and rule.level is not None
    if rule.beside:
        return bool(rule.raises) and not rule.names and not rule.table
    return bool(rule.raises) == bool(rule.table) and bool(rule.names or rule.table)


def _class(node: Node) -> PersonalClass:
    return PersonalClass(node.choice("class", list(PersonalClass)))


def _tags(keys: Mapping[str, Node], key: str, tags: Mapping[str, Tag]) -> tuple[str, ...]:
    return tuple(read_tag(item, tags) for item in keys[key].items()) if key in keys else ()


def _phrases(node: Node) -> tuple[str, ...]:
    return tuple(item.filled() for item in node.items())
