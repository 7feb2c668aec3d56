"""The guard's own reading of the allow-lists, over everything that is not one of our derived tables."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from sqlglot import exp

from phantang.model.errors import GuardError


@cache
def read(name: str) -> dict[str, Any]:
    """Return the content of one file of the lists."""
    text = resources.files("phantang.sql").joinpath("allow", f"{name}.yaml").read_text("utf-8")
    content: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
    return content


@cache
def permitted(dialect: str) -> dict[str, frozenset[str]]:
    """Return the permitted names by kind: `nodes`, `plain`, `types`, `aggregates`, of those `revealing`."""
    names: dict[str, set[str]] = {kind: set() for kind in ("nodes", "plain", "types", "aggregates", "revealing")}

    def collect(section: str, groups: Any, *, revealing: bool = False) -> None:
        for group in groups or ():
            # `read_as`: what sqlglot makes of a function that the query called by a plain name
            allowed = set(group.get("allow", ())) | set(group.get("read_as", ()))
            names["types" if section == "types" else "nodes"] |= allowed
            names["plain"] |= set(group.get("plain", ()))
            if section == "aggregates":
                names["aggregates"] |= allowed | set(group.get("plain", ()))
            if revealing:
                names["revealing"] |= allowed | set(group.get("plain", ()))

    for file in ("common", dialect):
        for section, groups in read(file).items():
            if section == "aggregates":
                for name, kind in groups.items():
                    collect(section, kind, revealing=name != "counting")
            elif section not in {"joins", "clock"}:
                collect(section, groups)
    return {kind: frozenset(found) for kind, found in names.items()}


def outside(tree: exp.Expr, inside: set[int], dialect: str) -> list[exp.Expr]:
    """Return every node that is not inside one of our derived tables, each of them on the allow-list."""
    allowed = permitted(dialect)
    nodes: list[exp.Expr] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if id(node) in inside:
            continue
        nodes.append(node)
        kind = type(node).__name__
        if kind == "Anonymous":
            if str(node.this).lower() not in allowed["plain"]:
                raise GuardError("guard_failed", name=f"function {node.name}"[:80])
        elif isinstance(node, exp.Table) and node.args.get("db") and not isinstance(node.this, exp.Identifier):
            raise GuardError("guard_failed", name="function of a schema")
        elif kind not in allowed["nodes"]:
            raise GuardError("guard_failed", name=f"construct {kind}")
        elif (
            isinstance(node, exp.DataType)
            and isinstance(node.this, exp.DType)
            and node.this.name not in allowed["types"]
        ):
            raise GuardError("guard_failed", name=f"type {node.this.name}")
        stack.extend(node.iter_expressions())
    return nodes


def looks_up(nodes: list[exp.Expr], literal: str, dialect: str) -> bool:
    """Tell whether the query itself compares some column with `literal`."""
    for node in nodes:
        if isinstance(node, exp.EQ):
            sides = (node.this.unnest(), node.expression.unnest())
            if any(isinstance(side, exp.Literal) and side.sql(dialect) == literal for side in sides):
                return True
    return False


def is_aggregate(node: exp.Expr, dialect: str) -> bool:
    """Tell whether `node` is an aggregate function."""
    return _listed(node) in permitted(dialect)["aggregates"]


def hands_on(node: exp.Expr, dialect: str) -> bool:
    """Tell whether `node` is an aggregate that returns what one row held: MIN, MAX, a percentile, a list."""
    ordered = node.parent if isinstance(node.parent, exp.WithinGroup) else node
    return _listed(node) in permitted(dialect)["revealing"] and ordered.find(exp.Column) is not None


def _listed(node: exp.Expr) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else type(node).__name__
