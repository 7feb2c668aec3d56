"""References that lead nowhere. Rego takes them for undefined, so a rule with a typo in one objects to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.pdp.lint.problem import Problem
from phantang.pdp.lint.syntax import flatten, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from phantang.pdp.bundle import Bundle
    from phantang.pdp.lint.syntax import Module, Path

#: What is in `data` beside rules and law: put there where the bundle is packed.
_PACKED = frozenset({"bundle", "catalog"})


def check_names(bundle: Bundle, modules: Iterable[Module]) -> Iterator[Problem]:
    """Yield references to rules, documents of the law and parts of the input that do not exist."""
    read = list(modules)
    rules = {rule.path for module in read for rule in module.rules}
    above = {path[:end] for path in rules for end in range(1, len(path) + 1)}
    schema = bundle.schemas.get("input.schema.json", {})
    for module in read:
        for rule in module.rules:
            for path, line in module.references(rule.node):
                known = _static(path)
                if not _exists(known, rules, above, bundle.data):
                    yield _unknown(module, line, known)
            for path, line in _of_input(rule.node) if not module.file.startswith("trino/") else ():
                known = _static(path)
                if not _in_schema(known[1:], schema, schema):
                    yield _unknown(module, line, known)


def _unknown(module: Module, line: int, path: tuple[str, ...]) -> Problem:
    return Problem(module.file, line, "reference_unknown", f"there is no {'.'.join(path)}")


def _static(path: Path) -> tuple[str, ...]:
    end = path.index(None) if None in path else len(path)
    return tuple(part for part in path[:end] if part is not None)


def _exists(
    path: tuple[str, ...], rules: set[tuple[str, ...]], above: set[tuple[str, ...]], data: Mapping[str, Any]
) -> bool:
    if len(path) < 2 or path[1] in _PACKED or path in above:
        return True
    if path[1] != "law":
        return any(path[:end] in rules for end in range(2, len(path) + 1))
    value: Any = data
    for part in path[1:]:
        if not isinstance(value, dict):
            return True
        if part not in value:
            return False
        value = value[part]
    return True


def _of_input(node: object) -> Iterator[tuple[Path, int]]:
    for kind, body in walk(node, into_references=False):
        if kind in {"RefDot", "RefBrack"}:
            path = flatten({kind: body})
            if path[0] == "input":
                yield path, body["span"]["line"]


def _in_schema(path: tuple[str, ...], schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if not path or "properties" not in schema:
        return True
    properties: Mapping[str, Any] = schema["properties"]
    return path[0] in properties and _in_schema(path[1:], properties[path[0]], root)
