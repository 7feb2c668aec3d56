"""Make a failing query small: remove and replace parts of its tree for as long as it goes on failing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Tries of one shrinking; a try runs the query up to four times.
MAX_TRIES = 2000
_OPTIONAL = (
    "where",
    "having",
    "order",
    "limit",
    "offset",
    "group",
    "distinct",
    "with_",
    "joins",
    "on",
    "using",
    "filter",
)


def shrink(sql: str, dialect: str, fails: Callable[[str], bool]) -> str:
    """Return a query that fails as `sql` does and of which no part can go; `sql` itself if it cannot be parsed."""
    tries = 0
    best = sql
    progress = True
    while progress and tries < MAX_TRIES:
        progress = False
        for smaller in _smaller(best, dialect):
            if len(smaller) >= len(best):
                continue
            tries += 1
            if fails(smaller):
                best, progress = smaller, True
                break
            if tries >= MAX_TRIES:
                break
    return best


def _smaller(sql: str, dialect: str) -> Iterator[str]:
    """Yield variants with one part less, the largest parts first."""
    try:
        tree = parse_one(sql, read=dialect)
    except SqlglotError:
        return
    count = sum(1 for _ in tree.bfs())
    for position in range(count):
        node = _at(tree, position)
        for edit in _edits(node):
            copy = tree.copy()
            changed = _apply(_at(copy, position), edit)
            if changed is not None:
                yield (changed if changed.parent is None else copy).sql(dialect)


def _at(tree: exp.Expr, position: int) -> exp.Expr:
    return next(node for number, node in enumerate(tree.bfs()) if number == position)


def _edits(node: exp.Expr) -> Iterator[tuple[str, str, int]]:
    for name, value in node.args.items():
        if isinstance(value, list) and value:
            if name in _OPTIONAL:
                yield "drop", name, 0
            for position in range(len(value)) if len(value) > 1 or name in _OPTIONAL else ():
                yield "remove", name, position
        elif isinstance(value, exp.Expr) and name in _OPTIONAL:
            yield "drop", name, 0
    for position, _ in enumerate(_children(node)):
        yield "lift", "", position
    if isinstance(node, exp.SetOperation):
        yield "lift_arm", "this", 0
        yield "lift_arm", "expression", 0
    if isinstance(node, exp.Condition) and not isinstance(node, (exp.Literal, exp.Column, exp.Null, exp.Boolean)):
        yield "null", "", 0


def _children(node: exp.Expr) -> list[exp.Expr]:
    """Return what may stand in the place of an expression: its own operands."""
    if not isinstance(node, (exp.Condition, exp.Alias)) or isinstance(node, (exp.Column, exp.Literal, exp.Subquery)):
        return []
    return [child for child in node.iter_expressions() if isinstance(child, exp.Condition)]


def _apply(node: exp.Expr, edit: tuple[str, str, int]) -> exp.Expr | None:
    """Change the tree in place; return the root that results, or `None` if there is nothing to change."""
    action, name, position = edit
    if action == "drop":
        node.set(name, None)
    elif action == "remove":
        node.args[name].pop(position)
    elif action == "lift":
        child = _children(node)[position]
        return _replace(node, child)
    elif action == "lift_arm":
        return _replace(node, node.args[name])
    else:
        return _replace(node, exp.Null())
    return node.root()


def _replace(node: exp.Expr, other: exp.Expr) -> exp.Expr:
    if node.parent is None:
        other.pop()
        return other
    node.replace(other)
    return other.root()
