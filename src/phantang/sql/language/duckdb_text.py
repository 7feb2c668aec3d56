"""DuckDB's own text of an expression, which is the name it gives an output without one.

Its printer (`ParsedExpression::ToString`) puts parentheses round every operator, quotes every keyword and writes some
operators as functions. A construct not known here is written as sqlglot writes it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Callable

_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CALL = re.compile(r"([A-Za-z_]\w*)(\(.*)", re.DOTALL)
_BINARY = {
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%", "IntDiv": "//", "DPipe": "||",
    "EQ": "=", "NEQ": "!=", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<=", "Like": "~~", "ILike": "~~*", "Glob": "~~~",
    "BitwiseAnd": "&", "BitwiseOr": "|", "BitwiseLeftShift": "<<", "BitwiseRightShift": ">>",
    "NullSafeEQ": "IS NOT DISTINCT FROM", "NullSafeNEQ": "IS DISTINCT FROM",
}  # fmt: skip
_NEGATED = {"Like": "!~~", "ILike": "!~~*"}
#: Nodes that sqlglot writes from left to right, whatever the parts are; a window has parts of its own kind.
_AROUND = (exp.Func, exp.Binary, exp.Unary, exp.Distinct, exp.Order, exp.Ordered, exp.Slice, exp.IgnoreNulls)
#: Types that are words of the grammar; any other is printed as it was written.
_TYPES = {
    "INT": "INTEGER", "INTEGER": "INTEGER", "BIGINT": "BIGINT", "SMALLINT": "SMALLINT", "REAL": "FLOAT",
    "FLOAT": "FLOAT", "DECIMAL": "DECIMAL", "NUMERIC": "DECIMAL", "DEC": "DECIMAL", "VARCHAR": "VARCHAR",
    "BOOLEAN": "BOOLEAN", "TIMESTAMP": "TIMESTAMP", "TIME": "TIME", "INTERVAL": "INTERVAL", "JSON": '"JSON"',
}  # fmt: skip


def duckdb_text(node: exp.Expr) -> str:
    """Return the text of an expression that names no output of its own."""
    special = _SPECIAL.get(type(node).__name__)
    text = special(node) if special is not None else None
    return text if text is not None else _call(node)


@cache
def keywords() -> frozenset[str]:
    """Return the words DuckDB quotes where it prints a name."""
    lines = resources.files("phantang.sql").joinpath("allow/duckdb_keywords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in lines.splitlines() if not line.startswith("#") for word in line.split())


def _name(text: str) -> str:
    plain = _SIMPLE.fullmatch(text) is not None and text.lower() not in keywords()
    return text if plain else '"' + text.replace('"', '""') + '"'


def _call(node: exp.Expr) -> str:
    """Write a node as sqlglot does, around the texts of its parts; a function's name is quoted if it is a keyword."""
    if not isinstance(node, _AROUND):
        return node.sql("duckdb", comments=False, normalize_functions="lower")
    bare = node.copy()
    for part, mine in zip(list(bare.iter_expressions()), node.iter_expressions(), strict=True):
        if not isinstance(mine, (exp.DataType, exp.Identifier, exp.Var, exp.Literal)):
            part.replace(exp.Var(this=duckdb_text(mine)))
    text = bare.sql("duckdb", comments=False, normalize_functions="lower")
    called = _CALL.fullmatch(text) if isinstance(node, exp.Func) else None
    return f"{_name(called[1])}{called[2]}" if called else text


def _binary(node: exp.Expr) -> str:
    kind = type(node).__name__
    sign = _NEGATED[kind] if node.args.get("negate") else _BINARY[kind]
    return f"({duckdb_text(node.this)} {sign} {duckdb_text(node.expression)})"


def _connector(node: exp.Expr) -> str:
    """Write a chain of one connector flat, as DuckDB keeps it."""
    parts: list[exp.Expr] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if type(one) is type(node):
            stack += (one.expression, one.this)
        else:
            parts.append(one)
    word = " AND " if isinstance(node, exp.And) else " OR "
    return f"({word.join(map(duckdb_text, parts))})"


def _not(node: exp.Expr) -> str:
    return f"(NOT {duckdb_text(node.this)})"


def _bracket(node: exp.Expr) -> str:
    """Write a subscript as it was: sqlglot counts from 0."""
    shift = 1 - int(node.args.get("offset") or 0) if not isinstance(node.this, exp.Struct) else 0
    parts = [
        str(int(one.this) + shift) if isinstance(one, exp.Literal) and one.is_int else duckdb_text(one)
        for one in node.expressions
    ]
    return f"{duckdb_text(node.this)}[{', '.join(parts)}]"


def _is(node: exp.Expr) -> str | None:
    if not isinstance(node.expression, exp.Null):
        return None
    return f"({duckdb_text(node.this)} IS {'NOT ' if node.args.get('negate') else ''}NULL)"


def _in(node: exp.Expr) -> str | None:
    if not node.expressions:
        return None
    return f"({duckdb_text(node.this)} IN ({', '.join(map(duckdb_text, node.expressions))}))"


def _between(node: exp.Expr) -> str:
    return f"({duckdb_text(node.this)} BETWEEN {duckdb_text(node.args['low'])} AND {duckdb_text(node.args['high'])})"


def _case(node: exp.Expr) -> str:
    text = "CASE "
    for one in node.args["ifs"]:
        condition = one.this if node.this is None else exp.EQ(this=node.this.copy(), expression=one.this.copy())
        text += f" WHEN ({duckdb_text(condition)}) THEN ({duckdb_text(one.args['true'])})"
    default = node.args.get("default")
    return f"{text} ELSE {duckdb_text(default) if default is not None else 'NULL'} END"


def _cast(node: exp.Expr) -> str:
    spelt = str(node.args["to"].args.get("kind") or node.args["to"].sql("duckdb"))
    word, _, size = spelt.partition("(")
    sized = f"({', '.join(part.strip() for part in size.rstrip(')').split(','))})" if size else ""
    kind = "TRY_CAST" if isinstance(node, exp.TryCast) else "CAST"
    return f"{kind}({duckdb_text(node.this)} AS {_TYPES.get(word.strip().upper(), word)}{sized})"


def _count(node: exp.Expr) -> str | None:
    return "count_star()" if node.this is None or isinstance(node.this, exp.Star) else None


def _extract(node: exp.Expr) -> str:
    return f"date_part('{node.name}', {duckdb_text(node.expression)})"


def _column(node: exp.Expr) -> str:
    return ".".join(_name(part.name) for part in node.parts) if isinstance(node, exp.Column) else ""


def _filter(node: exp.Expr) -> str:
    return f"{duckdb_text(node.this)} FILTER (WHERE {duckdb_text(node.expression.this)})"


def _if(node: exp.Expr) -> str:
    parts = (node.this, node.args.get("true"), node.args.get("false"))
    return f'"if"({", ".join(duckdb_text(part) for part in parts if part is not None)})'


def _within(node: exp.Expr) -> str | None:
    """Write an ordered-set aggregate as the function DuckDB makes of it."""
    name = {"PercentileCont": "quantile_cont", "PercentileDisc": "quantile_disc"}.get(type(node.this).__name__)
    order = ", ".join(map(duckdb_text, node.expression.expressions))
    if name is not None:
        return f"{name}({duckdb_text(node.this.this)} ORDER BY {order})"
    return f'"mode"() WITHIN GROUP ( ORDER BY {order})' if isinstance(node.this, exp.Mode) else None


def _negative(node: exp.Expr) -> str:
    number = node.this.unnest()
    plain = isinstance(number, exp.Literal) and not number.is_string
    return f"-{number.name}" if plain else f"(-({duckdb_text(node.this)}))"


def _escape(node: exp.Expr) -> str | None:
    like = node.this
    name = {"Like": "like_escape", "ILike": "ilike_escape"}.get(type(like).__name__)
    parts = (like.this, like.args.get("expression"), node.expression)
    if name is None:
        return None
    return f"{'not_' if like.args.get('negate') else ''}{name}({', '.join(duckdb_text(one) for one in parts if one)})"


def _coalesce(node: exp.Expr) -> str:
    return f"COALESCE({', '.join(map(duckdb_text, [node.this, *node.expressions]))})"


_SPECIAL: dict[str, Callable[[exp.Expr], str | None]] = {
    **dict.fromkeys(_BINARY, _binary),
    "And": _connector, "Or": _connector, "Not": _not, "Is": _is, "In": _in, "Between": _between, "Case": _case,
    "Cast": _cast, "TryCast": _cast, "Count": _count, "Extract": _extract, "Column": _column, "Filter": _filter,
    "If": _if, "WithinGroup": _within, "Coalesce": _coalesce,
    "Bracket": _bracket,
    "Array": lambda node: f"list_value({', '.join(map(duckdb_text, node.expressions))})",
    "Collate": lambda node: f"{duckdb_text(node.this)} COLLATE {node.expression.name}",
    "Paren": lambda node: duckdb_text(node.this),
    "Neg": _negative,
    "Escape": _escape,
    "Tuple": lambda node: f'"row"({", ".join(map(duckdb_text, node.expressions))})',
    "Overlay": lambda node: f'"overlay"({", ".join(duckdb_text(part) for part in node.args.values() if part)})',
    "BitwiseNot": lambda node: f"(~({duckdb_text(node.this)}))",
    "Boolean": lambda node: "true" if node.this else "false",
    "SimilarTo": lambda node: f"regexp_full_match({duckdb_text(node.this)}, {duckdb_text(node.expression)})",
    "AtTimeZone": lambda node: f"timezone({duckdb_text(node.args['zone'])}, {duckdb_text(node.this)})",
    "Identifier": lambda node: _name(node.name),
    "Var": lambda node: node.name,
}  # fmt: skip
