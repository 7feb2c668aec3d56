"""Reading regorus' syntax tree: rules, references and calls, with names resolved to full paths.

The tree is JSON: a node is an object with one capitalised key, its kind (`{"Call": {"span": .., "fcn": ..}}`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A path into `data`; `None` stands for a part known only at run time.
Path = tuple[str | None, ...]

_REFERENCES = frozenset({"Var", "RefDot", "RefBrack"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, or one of several of the same name. `kind` is `Default`, `Compr`, `Set` or `Func`."""

    path: tuple[str, ...]
    kind: str
    line: int
    node: dict[str, Any]
    head: Path


class Module:
    """One parsed module."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.file: str = tree["source"]["file"]
        self.text: str = tree["source"]["contents"]
        ast = tree["ast"]
        self.package = tuple(part for part in ("data", *flatten(ast["package"]["refr"])) if part is not None)
        self.imports: dict[str, Path] = {}
        self.import_lines: dict[str, int] = {}
        for item in ast["imports"]:
            path = flatten(item["refr"])
            name = _span_text(self.text, item.get("as")) or path[-1]
            self.imports[str(name)] = path
            self.import_lines[str(name)] = item["span"]["line"]
        self.rules = tuple(self._rule(node) for node in ast["rules"])
        self._local = {rule.path[len(self.package)] for rule in self.rules}

    def _rule(self, node: dict[str, Any]) -> Rule:
        ((kind, body),) = node.items()
        if kind == "Spec":
            ((kind, head),) = body["head"].items()
        else:
            head = body
        reference = flatten(head["refr"])
        static = tuple(part for part in reference[: _static(reference)] if part is not None)
        return Rule((*self.package, *static), kind, body["span"]["line"], body, reference)

    def resolve(self, path: Path) -> Path | None:
        """Return `path` from the root, or `None` when it is neither data, nor a rule of this package, nor an import."""
        first = path[0]
        if first == "data":
            return path
        if first in self._local:
            return (*self.package, *path)
        if first in self.imports:
            return (*self.imports[first], *path[1:])
        return None

    def references(self, node: object) -> Iterator[tuple[Path, int]]:
        """Yield every whole reference below `node` that resolves to a path in `data`, with its line."""
        for kind, body in walk(node, into_references=False):
            if kind in _REFERENCES:
                resolved = self.resolve(flatten({kind: body}))
                if resolved is not None:
                    yield resolved, body["span"]["line"]

    def calls(self, node: object) -> Iterator[tuple[Path, int, int]]:
        """Yield every call below `node` as written: function, number of arguments, line."""
        for kind, body in walk(node):
            if kind == "Call":
                yield flatten(body["fcn"]), len(body["params"]), body["span"]["line"]


def _span_text(text: str, span: dict[str, Any] | None) -> str | None:
    return text.encode()[span["start"] : span["end"]].decode() if span else None


def _static(path: Path) -> int:
    return path.index(None) if None in path else len(path)


def flatten(node: dict[str, Any]) -> Path:
    """Return a reference as a path: `data.a[x].b` is `("data", "a", None, "b")`."""
    ((kind, body),) = node.items()
    if kind == "Var":
        return (body["value"],)
    if kind == "RefDot":
        return (*flatten(body["refr"]), body["field"][1])
    if kind == "RefBrack":
        ((index, value),) = body["index"].items()
        return (*flatten(body["refr"]), value["value"] if index == "String" else None)
    return (None,)


def walk(node: object, *, into_references: bool = True) -> Iterator[tuple[str, Any]]:
    """Yield every node of the tree as (kind, body), outermost first.

    Without `into_references`, `a.b[x]` is yielded once and not as `a.b` and `a` too; its index `x` still is.
    """
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            for key, value in current.items():
                if key[:1].isupper():
                    yield key, value
            if not into_references and current.keys() & _REFERENCES:
                pending.extend(_indices(current))
            else:
                pending.extend(reversed([value for key, value in current.items() if key != "span"]))
        elif isinstance(current, list):
            pending.extend(reversed(current))


def _indices(reference: dict[str, Any]) -> Iterator[object]:
    ((kind, body),) = reference.items()
    while kind in {"RefDot", "RefBrack"}:
        if kind == "RefBrack":
            yield body["index"]
        ((kind, body),) = body["refr"].items()
    if kind != "Var":
        yield {kind: body}


def strings(node: object) -> Iterator[tuple[str, int]]:
    """Yield every string literal below `node` with its line."""
    for kind, body in walk(node):
        if kind == "String":
            yield body["value"], body["span"]["line"]


def fields(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields of an object literal whose keys are literals."""
    named: dict[str, dict[str, Any]] = {}
    for _, key, value in body["fields"]:
        if "String" in key:
            named[key["String"]["value"]] = value
    return named
