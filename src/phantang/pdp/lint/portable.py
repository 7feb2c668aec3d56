"""The Rego that OPA and regorus read alike. Anything else is a problem, because decisions could differ silently.

Each check answers a hazard measured in regorus 0.13: what it loads although OPA rejects it (unknown builtins, wrong
arity, repeated defaults), what it evaluates differently (nested partial rules, `sprintf` widths), and what it lacks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phantang.pdp.lint.problem import Problem
from phantang.pdp.lint.syntax import Module, flatten, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.pdp.lint.syntax import Path

#: Builtins allowed in a bundle with their number of arguments: pure, deterministic, equal in both engines.
BUILTINS: dict[str, int] = {
    "abs": 1,
    "array.concat": 2,
    "array.slice": 3,
    "ceil": 1,
    "concat": 2,
    "contains": 2,
    "count": 1,
    "endswith": 2,
    "floor": 1,
    "format_int": 2,
    "indexof": 2,
    "intersection": 1,
    "is_array": 1,
    "is_boolean": 1,
    "is_number": 1,
    "is_object": 1,
    "is_set": 1,
    "is_string": 1,
    "lower": 1,
    "max": 1,
    "min": 1,
    "numbers.range": 2,
    "object.get": 3,
    "object.keys": 1,
    "object.remove": 2,
    "object.union": 2,
    "object.union_n": 1,
    "replace": 3,
    "round": 1,
    "sort": 1,
    "split": 2,
    "sprintf": 2,
    "startswith": 2,
    "strings.replace_n": 2,
    "substring": 3,
    "sum": 1,
    "time.parse_rfc3339_ns": 1,
    "to_number": 1,
    "trim_prefix": 2,
    "trim_space": 1,
    "trim_suffix": 2,
    "union": 1,
    "upper": 1,
}
_PLAIN_FORMAT = re.compile(r"(?:[^%]|%[sdv%])*")


def check_portable(modules: Iterable[Module]) -> Iterator[Problem]:
    """Yield the problems of modules that compile in regorus but could mean something else, or nothing, in OPA."""
    modules = tuple(modules)
    rules = [rule for module in modules for rule in module.rules]
    functions = {rule.path: len(rule.node["head"]["Func"]["args"]) for rule in rules if rule.kind == "Func"}
    defaults: set[Path] = set()
    for module in modules:
        for rule in module.rules:
            if rule.kind == "Default":
                if rule.path in defaults:
                    yield Problem(module.file, rule.line, "rego_default_repeated", f"{rule.path[-1]} has two defaults")
                defaults.add(rule.path)
            if _nested_partial(rule.kind, rule.head):
                detail = f"nested partial rule {rule.path[-1]}: undefined when empty; use a comprehension"
                yield Problem(module.file, rule.line, "rego_partial_nested", detail)
            yield from _calls(module, rule.node, functions)
            yield from _with(module, rule.node)
            yield from _negations(module, rule.node)


def _nested_partial(kind: str, head: Path) -> bool:
    keys = len(head) - 1
    return (kind == "Set" and keys > 0) or (kind == "Compr" and keys > 1)


def _calls(module: Module, node: object, functions: dict[tuple[str, ...], int]) -> Iterator[Problem]:
    for function, given, line in module.calls(node):
        resolved = module.resolve(function)
        name = ".".join(part or "_" for part in function)
        wanted = BUILTINS.get(name) if resolved is None else functions.get(tuple(part or "_" for part in resolved))
        if wanted is None:
            detail = f"{name} is neither an allowed builtin nor a function"
            yield Problem(module.file, line, "rego_builtin_not_allowed", detail)
        elif wanted != given:
            yield Problem(module.file, line, "rego_arity", f"{name} takes {wanted} arguments, not {given}")
    for kind, body in walk(node):
        if kind == "Call" and flatten(body["fcn"]) == ("sprintf",):
            template = body["params"][0].get("String", {}).get("value")
            if template is None or not _PLAIN_FORMAT.fullmatch(template):
                detail = "sprintf takes a literal format with %s, %d or %v only"
                yield Problem(module.file, body["span"]["line"], "rego_format", detail)


def _negations(module: Module, node: object) -> Iterator[Problem]:
    """Yield negations of more than a name: OPA takes operands out of `not`, and an undefined one fails the body."""
    for kind, body in walk(node):
        if kind == "NotExpr" and not _plain(module, body["expr"]):
            detail = "`not` before an expression is undefined in OPA where an operand is; put it in a rule of its own"
            yield Problem(module.file, body["span"]["line"], "rego_negated_expression", detail)


def _plain(module: Module, expr: dict[str, Any]) -> bool:
    ((kind, body),) = expr.items()
    if kind == "Call":
        resolved = module.resolve(flatten(body["fcn"])) is not None
        return resolved and all("Var" in argument for argument in body["params"])
    return kind in {"Var", "RefDot", "RefBrack"}


def _with(module: Module, node: object) -> Iterator[Problem]:
    pending: list[object] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            if current.get("with_mods"):
                line = current["span"]["line"]
                yield Problem(module.file, line, "rego_with_outside_test", "`with` belongs in tests only")
            pending.extend(current.values())
        elif isinstance(current, list):
            pending.extend(current)
