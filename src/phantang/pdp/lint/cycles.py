"""Rules that depend on themselves. OPA refuses them; in regorus they end the process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.pdp.lint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.pdp.lint.syntax import Module, Path


def find_cycle(modules: Iterable[Module]) -> Problem | None:
    """Return a rule of `modules` that depends on itself, or `None`.

    References with parts known only at run time count as reaching every rule they could name, as in OPA.
    """
    modules = tuple(modules)
    places: dict[Path, tuple[str, int]] = {
        rule.path: (module.file, rule.line) for module in modules for rule in module.rules
    }
    uses: dict[Path, set[Path]] = {rule: set() for rule in places}
    for module in modules:
        for rule in module.rules:
            parts = [rule.node.get("bodies"), _value(rule.node)]
            uses[rule.path].update(reference for reference, _ in module.references(parts))
    index = _index(places)
    found = _search({rule: set().union(*(_reached(index, to) for to in targets)) for rule, targets in uses.items()})
    if found is None:
        return None
    file, line = places[found]
    name = ".".join(str(part) for part in found)
    return Problem(file, line, "rego_recursion", f"{name} depends on itself")


def _value(node: dict[str, Any]) -> object:
    """Return what a rule's head refers to apart from its own name: keys, values, arguments."""
    head = node.get("head", {"Default": {"value": node.get("value")}})
    ((_, body),) = head.items()
    return [value for key, value in body.items() if key not in {"refr", "span"}]


def _index(rules: Iterable[Path]) -> dict[Any, Any]:
    """Return the rules as a tree of their parts; a rule ends in the key `...`."""
    root: dict[Any, Any] = {}
    for rule in rules:
        place = root
        for part in rule:
            place = place.setdefault(part, {})
        place[...] = rule
    return root


def _reached(index: dict[Any, Any], reference: Path) -> set[Path]:
    """Return the rules that `reference` may read: below it, at it, or on the way to it."""
    places, found = [index], set()
    for part in reference:
        found |= {place[...] for place in places if ... in place}
        places = [
            below for place in places for name, below in place.items() if name is not ... and part in (None, name)
        ]
    while places:
        place = places.pop()
        for name, below in place.items():
            if name is ...:
                found.add(below)
            else:
                places.append(below)
    return found


def _search(graph: dict[Path, set[Path]]) -> Path | None:
    done: set[Path] = set()
    for start, targets in graph.items():
        trail: list[tuple[Path, list[Path]]] = [(start, list(targets))]
        open_now = {start}
        while trail and start not in done:
            rule, rest = trail[-1]
            if not rest:
                done.add(rule)
                open_now.discard(rule)
                trail.pop()
                continue
            following = rest.pop()
            if following in open_now:
                return following
            if following not in done:
                open_now.add(following)
                trail.append((following, list(graph[following])))
    return None
