"""The allow-list walk: every node, argument, function, type and identifier is known, or the query is refused.

The same walk fixes identifiers to one meaning: PostgreSQL folds unquoted names to lower case, so from here on every
identifier is exact and quoted; comments are dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.names import KEEP, ascii_lower, reserved
from phantang.sql.language.refusal import LITERAL, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.sql.language.allowlist import AllowList

MAX_DEPTH = 300
MAX_PADDING = 10_000
MAX_REPETITIONS = 1_000
MAX_COMPARED = 1_000
#: PostgreSQL cuts longer identifiers at the last whole character that fits (NAMEDATALEN - 1); a Vietnamese label of 50
#: letters is one. They are cut here, before anything is bound, so that its names and ours are the same.
MAX_IDENTIFIER_BYTES = 63

_NUMBER = re.compile(r"\d{1,60}(\.\d{0,60})?([eE][+-]?\d{1,3})?|\.\d{1,60}([eE][+-]?\d{1,3})?")
QUOTE_HAZARD = re.compile(r"\\(?='|\\*$)")
_WIDE = re.compile(r"\d{4}|\*|\{[^}]*\{")
_CHAINS = (exp.Binary, exp.SetOperation)


def vet(tree: exp.Expr, dialect: str) -> None:
    """Check the whole tree against the allow-list of `dialect` and normalise its identifiers in place.

    Raises `Refused`: `sql_construct`, `sql_function`, `sql_type`, `sql_too_deep`, `reserved_name`, `placeholder`.
    """
    allow = allow_list(dialect)
    folds = dialect == "postgres"
    stack: list[tuple[exp.Expr, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise refuse("sql_too_deep")
        node.comments = None
        if isinstance(node, exp.Identifier):
            _identifier(node, folds=folds)
            continue
        _node(node, allow)
        for name, value in node.args.items():
            if isinstance(value, exp.Expr):
                # Left-deep chains of operators are walked in a loop by generators and engines alike.
                chained = name == "this" and isinstance(node, _CHAINS) and isinstance(value, _CHAINS)
                stack.append((value, depth if chained else depth + 1))
            elif isinstance(value, list):
                for item in value:
                    if not isinstance(item, exp.Expr):
                        raise refuse("sql_construct", type(node).__name__)
                    stack.append((item, depth + 1))


def _identifier(node: exp.Identifier, *, folds: bool) -> None:
    node.meta.clear()  # where it stood in the text: nobody asks, and every copy of the tree would copy it
    name = node.this
    if not isinstance(name, str) or not name:
        raise refuse("sql_construct", f"identifier {name}")
    if name.startswith(KEEP):  # not a function after all, but a name followed by a parenthesis
        name = name.removeprefix(KEEP)
        node.set("this", name)
    if reserved(name):
        raise refuse("reserved_name", name)
    if folds:
        name = name.encode()[:MAX_IDENTIFIER_BYTES].decode(errors="ignore")
        node.set("this", name if node.args.get("quoted") else ascii_lower(name))
    node.set("quoted", True)


def _node(node: exp.Expr, allow: AllowList) -> None:
    kind = type(node).__name__
    if kind == "Anonymous":
        _plain_function(node, allow)
        return
    if kind not in allow.nodes:
        raise _not_understood(node, kind)
    allowed = allow.nodes[kind]
    if allowed is not None:
        for name, value in node.args.items():
            if value is not None and value is not False and value != [] and name not in allowed:
                raise refuse("sql_construct", f"{kind.upper()} {name.strip('_').upper()}")
    check = _CHECKS.get(kind)
    if check:
        check(node, allow)


def _not_understood(node: exp.Expr, kind: str) -> Exception:
    if isinstance(node, (exp.Placeholder, exp.Parameter)):
        return refuse("placeholder", node.name)
    if isinstance(node, exp.Func):
        return refuse("sql_function", node.meta.get("name") or node.sql_name())
    if isinstance(node, exp.DataType):
        return refuse("sql_type", kind)
    return refuse("sql_construct", kind)


def _plain_function(node: exp.Expr, allow: AllowList) -> None:
    name = node.this
    if not isinstance(name, str):
        raise refuse("sql_function", node.name)
    name = name.removeprefix(KEEP)
    if ascii_lower(name) not in allow.plain:
        raise refuse("sql_function", name)
    check = _PLAIN_CHECKS.get(ascii_lower(name))
    if check:
        check(node, allow)
    node.set("this", name)


def _literal(node: exp.Expr, _: AllowList) -> None:
    text = node.this
    if node.args.get("is_string"):
        # With standard_conforming_strings off a backslash would swallow the closing quote.
        if QUOTE_HAZARD.search(text):
            raise refuse("sql_construct", "backslash before a quote")
    elif not _NUMBER.fullmatch(text):
        raise refuse("sql_construct", "number with so many digits")


def _data_type(node: exp.Expr, allow: AllowList) -> None:
    kind = node.this
    name = kind.name if isinstance(kind, exp.DType) else str(getattr(kind, "this", kind))
    if isinstance(kind, exp.Expr):  # an interval with its span
        name = "INTERVAL" if type(kind).__name__ in {"Interval", "IntervalSpan"} else name
    if name not in allow.types:
        raise refuse("sql_type", name)


def _join(node: exp.Expr, allow: AllowList) -> None:
    for name, values in allow.joins.items():
        value = node.args.get(name)
        if value and str(value).upper() not in values:
            raise refuse("sql_construct", f"{value} JOIN")


def _count_only_literals(node: exp.Expr, _: AllowList) -> None:
    value = node.args.get("expression") or node.args.get("count")
    if not (isinstance(value, exp.Literal) and not value.is_string and value.this.isdigit() and len(value.this) < 19):
        raise refuse("sql_construct", f"{type(node).__name__.upper()} that is not a whole number")


def _table(node: exp.Expr, allow: AllowList) -> None:
    if node.args.get("db") and not isinstance(node.this, exp.Identifier):
        raise refuse("sql_function", f"{node.text('db')}.{node.this.name.removeprefix(KEEP)}")
    if (
        not isinstance(node.this, (exp.Identifier, exp.Subquery, exp.Unnest))
        and listed_name(node.this).removeprefix(KEEP) not in allow.table_functions
    ):
        function = node.this
        raise refuse("sql_function", function.name.removeprefix(KEEP) or type(function).__name__)


def _template(node: exp.Expr, _: AllowList) -> None:
    """Bound the width a format string may ask for: `printf('%999999999d', 1)` is a gigabyte."""
    text = node.this if isinstance(node, exp.Format) else next(iter(node.expressions), None)
    if not isinstance(text, exp.Literal) or not text.is_string or _WIDE.search(text.this):
        raise refuse("sql_construct", "format string that is no literal, or wider than 999")


def _collation(node: exp.Expr, allow: AllowList) -> None:
    name = node.expression
    if not isinstance(name, (exp.Identifier, exp.Var)) or ascii_lower(name.name) not in allow.collations:
        raise refuse("sql_construct", f"COLLATE {LITERAL if isinstance(name, exp.Literal) else name.name}")


def _pad(node: exp.Expr, _: AllowList) -> None:
    """Bound the one listed function whose result may dwarf its input by a literal."""
    length = node.args.get("expression")
    if not (isinstance(length, exp.Literal) and length.this.isdigit() and int(length.this) <= MAX_PADDING):
        raise refuse("sql_construct", f"padding beyond {MAX_PADDING} characters")


def _repeat(node: exp.Expr, _: AllowList) -> None:
    """Let a text be repeated a few times, and not inside another repetition."""
    times = node.args.get("times")
    small = isinstance(times, exp.Literal) and times.this.isdigit() and int(times.this) <= MAX_REPETITIONS
    if not small or node.find_ancestor(exp.Repeat) is not None:
        raise refuse("sql_construct", f"repeat more than {MAX_REPETITIONS} times")


def _distance(node: exp.Expr, _: AllowList) -> None:
    """Bound both texts: a distance takes the product of their lengths, and cannot be interrupted."""
    texts = node.expressions if isinstance(node, exp.Anonymous) else [node.this, node.expression]
    if not all(_is_short(text) for text in texts):
        raise refuse("sql_construct", "distance of texts that no LEFT(text, n) cuts short")


def _is_short(text: exp.Expr) -> bool:
    if isinstance(text, exp.Literal):
        return len(text.this) <= MAX_COMPARED
    if isinstance(text, (exp.Upper, exp.Lower)):
        return _is_short(text.this)
    length = text.expression if isinstance(text, exp.Left) else None
    return isinstance(length, exp.Literal) and length.this.isdigit() and int(length.this) <= MAX_COMPARED


_PLAIN_CHECKS: Mapping[str, Callable[[exp.Expr, AllowList], None]] = {
    "printf": _template,
    **dict.fromkeys(
        ("editdist3", "damerau_levenshtein", "jaccard", "jaro_similarity", "jaro_winkler_similarity"), _distance
    ),
}
_CHECKS: Mapping[str, Callable[[exp.Expr, AllowList], None]] = {
    "Levenshtein": _distance,
    "JarowinklerSimilarity": _distance,
    "Repeat": _repeat,
    "Format": _template,
    "Collate": _collation,
    "Pad": _pad,
    "Literal": _literal,
    "DataType": _data_type,
    "Join": _join,
    "Limit": _count_only_literals,
    "Offset": _count_only_literals,
    "Fetch": _count_only_literals,
    "Table": _table,
    "Lateral": _table,
}
