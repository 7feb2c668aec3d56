"""The allow-lists as data: `allow/common.yaml` plus one file a dialect."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml
from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class AllowList:
    """What a dialect may contain.

    `nodes` maps a sqlglot class to the arguments it may carry, `None` meaning all; `plain` holds functions sqlglot
    knows by name only, in lower case; `counting` and `revealing` split the aggregates (classes and plain names) as
    `model.footprint.Use` needs; `joins` maps `method`, `kind` and `side` to their admissible values;
    `collations` are names in lower case; `table_functions` maps a class or plain name to its output columns, none
    meaning one that is called as the function. `kinds` says of what kind an aggregate that may stand where a minimum
    group size is owed is; `clock` holds what asks for the present time, `clock_alone` what does so with one argument,
    `clock_words` the texts that are read as it.
    """

    nodes: Mapping[str, frozenset[str] | None]
    plain: frozenset[str]
    counting: frozenset[str]
    revealing: frozenset[str]
    types: frozenset[str]
    table_functions: Mapping[str, tuple[str, ...]]
    joins: Mapping[str, frozenset[str]]
    collations: frozenset[str]
    kinds: Mapping[str, str]
    clock: frozenset[str]
    clock_alone: frozenset[str]
    clock_words: frozenset[str]

    def is_aggregate(self, node: exp.Expr) -> bool:
        """Tell whether `node` is an aggregate on the lists, counting or revealing."""
        name = listed_name(node)
        return name in self.counting or name in self.revealing


def listed_name(node: exp.Expr) -> str:
    """Return how the lists call `node`: a function sqlglot knows by name only by that name, all else by its class."""
    return node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__


@cache
def read(name: str) -> dict[str, Any]:
    """Return the content of one file of the lists: `common` or a dialect's own."""
    text = resources.files("phantang.sql").joinpath("allow", f"{name}.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return content


def _names(groups: list[dict[str, Any]] | None, *kinds: str) -> Iterator[str]:
    for group in groups or ():
        for kind in kinds:
            yield from group.get(kind, ())


@cache
def allow_list(dialect: str) -> AllowList:
    """Return the allow-list of `dialect`, read once."""
    files = [read("common"), read(dialect)]
    nodes: dict[str, frozenset[str] | None] = {}
    arguments: defaultdict[str, set[str]] = defaultdict(set)
    plain: set[str] = set()
    sets: defaultdict[str, set[str]] = defaultdict(set)
    joins: dict[str, frozenset[str]] = {}
    tables: dict[str, tuple[str, ...]] = {}
    fit: dict[str, str] = {}
    for content in files:
        for group in content.get("nodes", ()):
            for node, allowed in group["allow"].items():
                arguments[node].update(allowed)
        for section in ("operators", "functions"):
            nodes.update(dict.fromkeys(_names(content.get(section), "allow")))
            plain.update(_names(content.get(section), "plain"))
        for group in content.get("table_functions") or ():
            tables.update(dict.fromkeys(_names([group], "allow", "plain"), tuple(group.get("columns", ()))))
            plain.update(_names([group], "plain"))
        sets["collations"].update(_names(content.get("collations"), "allow"))
        sets["types"].update(_names(content.get("types"), "allow"))
        for kind in ("counting", "revealing"):
            groups = content.get("aggregates", {}).get(kind)
            nodes.update(dict.fromkeys(_names(groups, "allow")))
            plain.update(_names(groups, "plain"))
            sets[kind].update(_names(groups, "allow", "plain"))
            for group in groups or ():
                if "kind" in group:
                    fit.update(dict.fromkeys(_names([group], "allow", "plain"), group["kind"]))
        sets["clock"].update(_names(content.get("clock"), "allow", "plain"))
        sets["alone"].update(_names(content.get("clock"), "alone"))
        sets["words"].update(_names(content.get("clock"), "words"))
        joins.update({key: frozenset(values) for key, values in content.get("joins", {}).items()})
    nodes.update(dict.fromkeys(name for name in tables if name[0].isupper()))
    nodes.update({node: frozenset(allowed) for node, allowed in arguments.items()})
    return AllowList(
        nodes=nodes,
        plain=frozenset(plain),
        counting=frozenset(sets["counting"]),
        revealing=frozenset(sets["revealing"]),
        types=frozenset(sets["types"]),
        table_functions=tables,
        joins=joins,
        collations=frozenset(sets["collations"]),
        kinds=fit,
        clock=frozenset(sets["clock"]),
        clock_alone=frozenset(sets["alone"]),
        clock_words=frozenset(sets["words"]),
    )
