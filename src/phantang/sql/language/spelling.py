"""DuckDB names an unnamed output after the text of its expression; here the tree gets that text back.

sqlglot gives one name to what a query may write in several ways: `x::varchar` and `CAST(x AS TEXT)`, `NOT x IS NULL`
and `x IS NOT NULL`, `dow` and `DAYOFWEEK`. Only spellings are chosen here, each of them checked to mean the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

_TYPE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\(\d{1,3}(,\d{1,3})?\))?")
_LISTS = frozenset({"string_agg", "group_concat", "listagg"})
_CASTS = frozenset({"CAST", "TRY_CAST"})
#: Parts of dates that sqlglot writes in full.
_PARTS = {"DOW": "dow", "DOY": "doy"}


def spell(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Write casts, negated NULL tests, date parts and the current date as the query spells them, in place."""
    _types(tree, tokens)
    _null_tests(tree, tokens)
    written = {token.text for token in tokens}
    _dates(tree, written)
    names = {text for text in written if text.lower() in _LISTS}
    for aggregate in list(tree.find_all(exp.GroupConcat)) if len(names) == 1 else ():
        _distinct_list(aggregate, next(iter(names)))


def bare_time(tree: exp.Expr) -> None:
    """Write CURRENT_TIME without the parentheses that no engine takes."""
    for node in list(tree.find_all(exp.CurrentTime)):
        if not node.this:
            node.replace(exp.Var(this="CURRENT_TIME"))


def _dates(tree: exp.Expr, written: set[str]) -> None:
    for extract in list(tree.find_all(exp.Extract)):
        short = next((text for text in written if text.lower() == _PARTS.get(extract.name)), None)
        if short is not None:
            parts = [exp.Literal.string(short), extract.expression]
            extract.replace(exp.Anonymous(this="date_part", expressions=parts))
    today = {text for text in written if text.lower() == "current_date"}
    if len(today) == 1:
        for node in list(tree.find_all(exp.CurrentDate)):
            if not isinstance(node.parent, (exp.Ordered, exp.Group)) and not node.this:
                node.replace(exp.Var(this=next(iter(today))))


def _distinct_list(aggregate: exp.Expr, name: str) -> None:
    """Keep the name of `string_agg(DISTINCT ...)`; sqlglot reads it with DISTINCT only if it knows the function."""
    ordered = aggregate.this if isinstance(aggregate.this, exp.Order) else None
    distinct = ordered.this if ordered is not None else aggregate.this
    separator = aggregate.args.get("separator")
    if not isinstance(distinct, exp.Distinct):
        return
    last: list[exp.Expr] = [separator] if separator is not None else []
    if ordered is not None and last:
        last = [exp.Order(this=separator, expressions=ordered.expressions)]
    elif ordered is not None:
        return
    aggregate.replace(exp.Anonymous(this=name, expressions=[distinct, *last]))


def _types(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Give every cast its own spelling, if the casts of tree and text are the same ones in the same order."""
    spelt = list(_spelt(tokens))
    casts = [cast for cast in _in_order(tree) if isinstance(cast, exp.Cast)]
    written = [cast for cast in casts if not _typed_literal(cast)]
    if len(written) != len(spelt):
        spelt_literals = [cast for cast in casts if isinstance(cast.this, exp.Literal)]
        if len(casts) != len(spelt) or not spelt_literals:
            _uniform(casts, spelt)
            return
        written = casts
    if any(text is not None and _read(text) != cast.to for cast, text in zip(written, spelt, strict=True)):
        _uniform(casts, spelt)
        return
    for cast, text in zip(written, spelt, strict=True):
        _spell(cast, text)


def _uniform(casts: Sequence[exp.Expr], spelt: Sequence[str | None]) -> None:
    """Give casts to one type the spelling that all of them share in the text."""
    by_type: dict[exp.Expr, set[str]] = {}
    for text in spelt:
        kind = _read(text) if text is not None else None
        if text is not None and kind is not None:
            by_type.setdefault(kind, set()).add(text)
    for cast in casts:
        found = by_type.get(cast.args["to"], set())
        if len(found) == 1 and not _typed_literal(cast):
            _spell(cast, next(iter(found)))


def _spell(cast: exp.Expr, text: str | None) -> None:
    if text is not None:
        cast.set("to", exp.DataType(this=exp.DType.USERDEFINED, kind=text))


def _typed_literal(cast: exp.Expr) -> bool:
    """Tell whether a cast may have been written as `DATE '2026-01-01'`; the engine shows those in one way."""
    return isinstance(cast.this, exp.Literal) and bool(cast.this.is_string)


@lru_cache(maxsize=512)
def _read(text: str) -> exp.Expr | None:
    try:
        return exp.DataType.build(text, dialect="duckdb")
    except (SqlglotError, ValueError):
        return None


def _spelt(tokens: Sequence[Token]) -> Iterator[str | None]:
    """Yield the type of every `::` and CAST in the order in which they end, `None` for one of several words."""
    opened: list[bool] = []
    for position, token in enumerate(tokens):
        kind = token.token_type
        if kind is TokenType.L_PAREN:
            opened.append(position > 0 and tokens[position - 1].text.upper() in _CASTS)
        elif kind is TokenType.R_PAREN and opened:
            opened.pop()
        elif kind is TokenType.DCOLON or (kind is TokenType.ALIAS and opened and opened[-1]):
            yield _type_at(tokens, position + 1, closed=kind is TokenType.ALIAS)


def _type_at(tokens: Sequence[Token], position: int, *, closed: bool) -> str | None:
    if position >= len(tokens):
        return None
    text, end = tokens[position].text, position + 1
    if end < len(tokens) and tokens[end].token_type is TokenType.L_PAREN:
        while end < len(tokens) and tokens[end - 1].token_type is not TokenType.R_PAREN:
            text += tokens[end].text
            end += 1
    following = tokens[end] if end < len(tokens) else None
    if closed and (following is None or following.token_type is not TokenType.R_PAREN):
        return None
    if following is not None and following.text.upper() in {"[", "WITH", "WITHOUT", "PRECISION", "VARYING"}:
        return None
    return text if _TYPE.fullmatch(text) else None


def _in_order(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield nodes after everything inside them, as a cast's type comes after its operand."""
    stack: list[tuple[exp.Expr, bool]] = [(tree, False)]
    while stack:
        node, done = stack.pop()
        if done:
            yield node
            continue
        stack.append((node, True))
        stack += [(child, False) for child in node.iter_expressions(reverse=True)]


def _null_tests(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Tell `x IS NOT NULL` from `NOT x IS NULL` where a statement has only one of them."""
    tests = [
        node
        for node in tree.find_all(exp.Not)
        if isinstance(node.this, exp.Is) and isinstance(node.this.expression, exp.Null)
    ]
    written = sum(
        tokens[i].token_type is TokenType.IS
        and tokens[i + 1].token_type is TokenType.NOT
        and tokens[i + 2].token_type is TokenType.NULL
        for i in range(len(tokens) - 2)
    )
    written += sum(token.token_type is TokenType.NOTNULL for token in tokens)
    if written == len(tests):
        for node in tests:
            inner = node.this
            inner.set("negate", True)
            node.replace(inner)
