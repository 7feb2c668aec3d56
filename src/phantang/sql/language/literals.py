"""Literals that can be exchanged: the statements of an application differ in them and in nothing else.

A literal is exchangeable where its value decides nothing about the rewrite: as an operand of a comparison in a WHERE,
ON or HAVING, and nowhere inside an output, a group or an order, whose text names columns. What the rewrite does look at
is the literal's *form* and which literals of the statement are equal; both belong to the key of the plan cache
(docs/adr/0007-plan-cache.md).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.certain import readable
from phantang.sql.language.comparisons import is_moment
from phantang.sql.language.vet import QUOTE_HAZARD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

_KINDS = frozenset({TokenType.STRING, TokenType.NUMBER})
_PLAIN_NUMBER = re.compile(r"(\d{1,18})(?:\.(\d{1,18}))?")
#: Stands for a literal while SQL is generated; no statement can hold it by design or by chance.
_NONCE = f"literal_{secrets.token_hex(16)}_"
_PLACEHOLDER = re.compile(f"'?{_NONCE}" + r"(\d+)_'?")
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Like, exp.ILike)
#: Where the text of a comparison may stand in its SELECT.
_CLAUSES = {(exp.Where, "this"), (exp.Having, "this"), (exp.Join, "on")}
#: Where the SELECT may stand in an enclosing one, so that its text is part of no column's name.
_PARTS = frozenset({"where", "having", "joins", "from_", "with_"})


class Literal(str):
    """The text of a literal that knows which one of its statement it is; it stays the same object in a copied tree."""

    __slots__ = ("is_string", "position")
    is_string: bool
    position: int


def mark(tokens: Iterable[Token]) -> tuple[Literal, ...]:
    """Give the literals of a statement their numbers, in place, and return them in order."""
    found: list[Literal] = []
    for token in tokens:
        if token.token_type in _KINDS:
            literal = Literal(token.text)
            literal.is_string = token.token_type is TokenType.STRING
            literal.position = len(found)
            token.text = literal
            found.append(literal)
    return tuple(found)


def exchangeable(tree: exp.Expr) -> frozenset[int]:
    """Return the positions of the marked literals in `tree` that can be exchanged for others of the same form."""
    free: set[int] = set()
    bound: set[int] = set()
    for node in tree.find_all(exp.Literal):
        text = node.this
        if isinstance(text, Literal):
            fits = text.is_string == node.is_string and form(text) is not None and _stands_free(node)
            (free if fits and text.position not in free else bound).add(text.position)
    return frozenset(free - bound)


def form(literal: Literal) -> tuple[object, ...] | None:
    """Return all that the rewrite may ask of an exchangeable literal, `None` for one that must stay as it is."""
    if not literal.is_string:
        number = _PLAIN_NUMBER.fullmatch(literal)
        return None if number is None else (len(number[1]), len(number[2] or ""))
    if "\x00" in literal or QUOTE_HAZARD.search(literal):
        return None
    present = clock_word(literal, allow_list("postgres").clock_words) is not None
    return ("\\" in literal, is_moment("DATE", literal), is_moment("TIMESTAMP", literal), present, readable(literal))


def clock_word(text: str, words: frozenset[str]) -> str | None:
    """Return the word in a text by which an engine reads it as the present time, `None` if there is none."""
    return next((one for one in re.findall(r"[a-z]+", text.lower()) if one in words), None)


def shape(tokens: Sequence[Token]) -> bytes:
    """Return a digest of everything but the texts of literals, the gaps the parser may look at included.

    The text of an interval belongs to it: `'1 day'` and `'1 day 04:01'` are read as different constructs.
    """
    parts = []
    end = -2
    before = None
    for token in tokens:
        text = "" if token.token_type in _KINDS and before is not TokenType.INTERVAL else token.text
        before = token.token_type
        parts.append(f"{token.token_type.value}:{len(text)}:{text}{token.start == end + 1}")
        end = token.end
    return hashlib.sha256("".join(parts).encode()).digest()


def exchanged(literals: Sequence[Literal], free: frozenset[int]) -> frozenset[int]:
    """Return the positions whose text `signature` leaves out."""
    return frozenset(one.position for one in literals if one.position in free and form(one) is not None)


def signature(literals: Sequence[Literal], free: frozenset[int]) -> tuple[object, ...]:
    """Return what two statements of one shape must agree on: forms, texts that must stay, and which are equal."""
    first: dict[tuple[bool, str], int] = {}
    parts: list[object] = []
    for literal in literals:
        known = first.setdefault((literal.is_string, str(literal)), literal.position)
        allowed = form(literal) if literal.position in free else None
        parts.append((known, allowed if allowed is not None else str(literal)))
    return tuple(parts)


def placeholder(literal: Literal) -> str:
    """Return the text that `pieces_of` finds again."""
    return f"{_NONCE}{literal.position}_"


def pieces_of(sql: str) -> tuple[str | int, ...]:
    """Cut generated SQL where placeholders stand; each becomes the position of its literal."""
    pieces: list[str | int] = []
    end = 0
    for found in _PLACEHOLDER.finditer(sql):
        pieces += (sql[end : found.start()], int(found[1]))
        end = found.end()
    return (*pieces, sql[end:])


def written(pieces: Sequence[str | int], literals: Sequence[Literal]) -> str:
    """Return the SQL of `pieces` with these literals, written as both engines read them."""
    return "".join(piece if isinstance(piece, str) else _written(literals[piece]) for piece in pieces)


def _written(literal: Literal) -> str:
    return "'" + literal.replace("'", "''") + "'" if literal.is_string else str(literal)


def _stands_free(node: exp.Expr) -> bool:
    while isinstance(node.parent, (exp.Neg, exp.Paren, exp.Cast)):
        node = node.parent
    comparison = node.parent
    if not isinstance(comparison, _COMPARISONS):
        return False
    ancestors = _above(comparison)
    for parent, name in ancestors:
        if isinstance(parent, (exp.And, exp.Or, exp.Not, exp.Paren)):
            continue
        if (type(parent), name) not in _CLAUSES:
            return False
        break
    return all(name in _PARTS for parent, name in ancestors if isinstance(parent, exp.Select))


def _above(node: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    """Yield every ancestor with the name of the argument that leads down to `node`."""
    while node.parent is not None:
        yield node.parent, str(node.arg_key)
        node = node.parent
