"""A JSON Schema of the bundle, compiled once, that names the place where a value first goes wrong.

Which of several errors is named follows `best_match` of the `jsonschema` package (tests compare the two): the highest
place; of alternatives, the deepest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

from phantang.model.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.pdp.bundle import Bundle

#: Errors are gathered down to this depth only: each repeats what is below it, so a hostile value could cost seconds.
MAX_FAULT_DEPTH = 32
_ALTERNATIVES = frozenset({"anyOf", "oneOf"})


class Fault(NamedTuple):
    """Where a value breaks its schema, as a JSONPath, and the keyword it breaks. Never the value."""

    place: str
    keyword: str


class Schema:
    """One schema file of a bundle. Nothing is ever fetched: a reference out of the file is an error."""

    def __init__(self, bundle: Bundle, name: str) -> None:
        """Compile `schemas/<name>`. Raises `PolicyError` `policy_bundle_invalid` when it is missing or no schema."""
        schema = bundle.schemas.get(name)
        if schema is None:
            raise PolicyError("policy_bundle_invalid", file=f"schemas/{name}", line=0, problem="the schema is missing")
        try:
            self._validator = Draft202012Validator(dict(schema), offline=True)
        except (ValidationError, ReferencingError, ValueError) as error:
            problem = "not a JSON Schema"
            raise PolicyError("policy_bundle_invalid", file=f"schemas/{name}", line=0, problem=problem) from error

    def fault(self, value: Any) -> Fault | None:
        """Return what is wrong with a JSON value, or `None`."""
        try:
            if self._validator.is_valid(value):
                return None
            if _deeper(value, MAX_FAULT_DEPTH):
                return Fault("$", "type")
            error = _best(self._validator.iter_errors(value))
        except (ValueError, OverflowError):  # nested too deep, or a number no engine could hold
            return Fault("$", "type")
        return Fault(_json_path(error.instance_path), error.kind.name)


def _deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        children = (
            node.values() if isinstance(node, dict) else node for node in level if isinstance(node, dict | list)
        )
        level = [child for nodes in children for child in nodes]
    return bool(level)


def _best(errors: Iterable[ValidationError]) -> ValidationError:
    """Return the highest error; where it is a choice, the deepest of the errors below it unless two are alike."""
    best = max(errors, key=_relevance)
    while below := sorted(_alternatives(best), key=_relevance):
        if len(below) > 1 and _relevance(below[0]) == _relevance(below[1]):
            break
        best = below[0]
    return best


def _relevance(error: ValidationError) -> tuple[int, list[str | int], bool]:
    return -len(error.instance_path), list(error.instance_path), error.kind.name not in _ALTERNATIVES


def _alternatives(error: ValidationError) -> Iterator[ValidationError]:
    for branch in getattr(error.kind, "context", ()):
        yield from branch


def _json_path(path: Iterable[str | int]) -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f".{step}" if step.isidentifier() else f"[{step!r}]" for step in path
    )
    return "$" + "".join(steps)
