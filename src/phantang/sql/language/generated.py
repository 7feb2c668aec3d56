"""What a generated column is made of: the columns that its expression reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.lexis import dialect_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_TEXTS = frozenset({TokenType.STRING, TokenType.NUMBER})
#: Dialects with an allow-list of functions.
_LISTED = ("duckdb", "postgres")
#: Longer than anybody writes by hand, and not worth parsing.
_LONGEST = 20_000


def columns_read(expression: str, dialect: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Return those of `columns`, of one table, that a generation expression reads, in their order.

    Every word of it that is called like a column counts as one, whatever the letters' case: rather a column too many
    than one too few. An expression that cannot be parsed, or that calls a function which is not the engine's own, may
    read anything: then all of them are returned.
    """
    try:
        grammar = dialect_of(dialect) if dialect in Dialect.classes else dialect_of("")
        words = {token.text.casefold() for token in grammar.tokenize(expression) if token.token_type not in _TEXTS}
        if len(expression) > _LONGEST or _obscure(grammar.parse(expression), dialect):
            return tuple(columns)
    except (SqlglotError, RecursionError):
        return tuple(columns)
    return tuple(name for name in columns if name.casefold() in words)


def _obscure(trees: Sequence[exp.Expr | None], dialect: str) -> bool:
    """Tell whether a parsed text is not one expression, or calls what nobody here knows."""
    if len(trees) != 1 or trees[0] is None:
        return True
    known = allow_list(dialect).plain if dialect in _LISTED else frozenset()
    return any(
        isinstance(node, (exp.Query, exp.Command, exp.Star))
        or (isinstance(node, exp.Anonymous) and not _own(node.name.lower(), known))
        for node in trees[0].walk()
    )


def _own(name: str, known: frozenset[str]) -> bool:
    return name in known or name.upper() in exp.FUNCTION_BY_NAME
