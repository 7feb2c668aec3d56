"""From text to tokens: size, nesting and the tokens no dialect may send; plus the fingerprint of a statement.

Only SQL generated from a tree ever runs, so a text that sqlglot reads otherwise than the engine can at worst answer
another question than the one meant. What is refused here is what could exhaust the parser or hide in a literal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.names import KEEP, ascii_lower
from phantang.sql.language.refusal import refuse

MAX_BYTES = 262_144
MAX_TOKENS = 40_000
MAX_NESTING = 100
MAX_JOINS = 256
#: sqlglot needs cubic time for a run of subscripts.
MAX_SUBSCRIPTS = 256
#: Consecutive tokens without an operand between them; each may cost the recursive-descent parser a stack frame.
MAX_PREFIX_RUN = 64

_OPENERS = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSERS = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})
_LITERALS = frozenset({TokenType.STRING, TokenType.NUMBER})
_OPERANDS = (
    _CLOSERS | _LITERALS | {TokenType.VAR, TokenType.IDENTIFIER, TokenType.NULL, TokenType.STAR, TokenType.COMMA}
)
_FUNCTION_NAMES = frozenset({TokenType.VAR, TokenType.LIST})
_STARTS = frozenset(
    {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN, TokenType.TABLE, TokenType.VALUES}
)
_NUMBER_ONLY = re.compile(r"\s*-?\d+(\.\d+)?\s*")
_PLAIN_INTERVAL = re.compile(r"\s*-?\d+(\.\d+)?\s*([A-Za-z]+)?\s*")
_PLACEHOLDERS = frozenset({TokenType.PLACEHOLDER, TokenType.PARAMETER, TokenType.SESSION_PARAMETER, TokenType.DOLLAR})
_PRECISION = (TokenType.L_PAREN, TokenType.NUMBER, TokenType.R_PAREN, TokenType.STRING)
_ARROWS = frozenset({TokenType.ARROW, TokenType.DARROW})
#: A dollar-quoted text is an ordinary one; it is written with quotes in what runs.
_DOLLAR_QUOTED = frozenset({TokenType.RAW_STRING, TokenType.HEREDOC_STRING})
#: The escapes of E'...' that sqlglot reads as both engines do.
_ESCAPES = re.compile(r"[eE]'(?:[^'\\]|''|\\[nrtbf\\'])*'")
_FOREIGN_LITERALS = {
    TokenType.BIT_STRING: "B'...'",
    TokenType.HEX_STRING: "X'...'",
    TokenType.NATIONAL_STRING: "N'...'",
    TokenType.NATIONAL_RAW_STRING: "N'...'",
    TokenType.UNICODE_STRING: "U&'...'",
}


@cache
def dialect_of(name: str) -> Dialect:
    """Return sqlglot's dialect, one instance per name."""
    return Dialect.get_or_raise(name)


def tokens_of(sql: str, dialect: str) -> list[Token]:
    """Return the tokens of one statement, without trailing semicolons.

    Raises `Refused`: `sql_encoding`, `sql_empty`, `sql_too_large`, `sql_too_deep`, `sql_syntax`,
    `sql_multiple_statements`, `sql_statement`, `sql_construct`, `placeholder`.
    """
    _check_text(sql)
    try:
        tokens = list(dialect_of(dialect).tokenize(sql))
    except TokenError as error:
        raise refuse("sql_syntax", "end of text") from error
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise refuse("sql_empty")
    if len(tokens) > MAX_TOKENS:
        raise refuse("sql_too_large", limit=f"{MAX_TOKENS} tokens")
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        raise refuse("sql_multiple_statements")
    if tokens[0].token_type not in _STARTS:
        raise refuse("sql_statement", tokens[0].text.upper())
    _read_escapes(tokens, sql)
    _check_tokens(tokens)
    return tokens


def _check_text(sql: str) -> None:
    if "\x00" in sql:
        raise refuse("sql_encoding")
    try:
        size = len(sql.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise refuse("sql_encoding") from error
    if size > MAX_BYTES:
        raise refuse("sql_too_large", limit=f"{MAX_BYTES // 1024} kB")


def _read_escapes(tokens: Sequence[Token], sql: str) -> None:
    """Turn `E'...'` into an ordinary literal, in place."""
    for token in tokens:
        if token.token_type is TokenType.BYTE_STRING:
            if not _ESCAPES.fullmatch(sql[token.start : token.end + 1]):
                raise refuse("sql_construct", "E'...' with an octal, hexadecimal or Unicode escape")
            token.token_type = TokenType.STRING


def _check_tokens(tokens: Sequence[Token]) -> None:
    depth = run = joins = subscripts = 0
    previous = None
    for token in tokens:
        kind = token.token_type
        if kind in _OPERANDS:
            run = 0
            if kind in _CLOSERS:
                depth -= 1
        elif kind in _DOLLAR_QUOTED:
            token.token_type = TokenType.STRING
            run = 0
        else:
            run += 1
            if kind in _OPENERS:
                depth += 1
                subscripts += kind is TokenType.L_BRACKET
            elif kind is TokenType.JOIN:
                joins += 1
            elif kind in _FOREIGN_LITERALS:
                raise refuse("sql_construct", _FOREIGN_LITERALS[kind])
            elif kind is TokenType.PLACEHOLDER and (run == 1 or previous is TokenType.JSONB):
                pass  # PostgreSQL's operator on JSONB; if it is none, the tree holds a placeholder and is refused
            elif kind in _PLACEHOLDERS:
                raise refuse("placeholder", token.text)
        if depth > MAX_NESTING or run > MAX_PREFIX_RUN or joins > MAX_JOINS or subscripts > MAX_SUBSCRIPTS:
            raise refuse("sql_too_deep")
        previous = kind


def keep_names(tokens: Sequence[Token], dialect: str) -> None:
    """Mark, in place, the functions that the allow-list calls by name.

    sqlglot reads `char_length` or `date_part` as some other function of the same meaning and writes that one; the
    names, types and error texts of results would then differ from the original's.
    """
    plain = allow_list(dialect).plain
    for position, token in enumerate(tokens[:-1]):
        if (
            token.token_type in _FUNCTION_NAMES
            and tokens[position + 1].token_type is TokenType.L_PAREN
            and ascii_lower(token.text) in plain
            and (position == 0 or tokens[position - 1].token_type is not TokenType.DOT)
            # sqlglot reads DISTINCT right only in an aggregate it knows
            and (position + 2 == len(tokens) or tokens[position + 2].token_type is not TokenType.DISTINCT)
        ):
            token.text = KEEP + token.text
            token.token_type = TokenType.VAR


def refuse_misread(tokens: Sequence[Token], dialect: str) -> None:
    """Refuse what sqlglot reads as another value in PostgreSQL: `interval(0) '1 day 2:03'`, and `json -> ''`."""
    if dialect != "postgres":
        return
    kinds = [token.token_type for token in tokens]
    for position, kind in enumerate(kinds):
        if kind is TokenType.INTERVAL and tuple(kinds[position + 1 : position + 5]) == _PRECISION:
            raise refuse("sql_construct", "INTERVAL(n) '...'")
        following = tokens[position + 1 : position + 2]
        if kind in _ARROWS and following and following[0].token_type is TokenType.STRING and not following[0].text:
            raise refuse("sql_construct", "-> ''")


def keep_intervals(tokens: list[Token], dialect: str) -> None:
    """Turn `INTERVAL '1 month 04:01'` into a cast, in place: of such a text sqlglot would keep the first part only.

    DuckDB shows the two forms of a single unit differently, and `INTERVAL 1 DAY` without quotes as well.
    """
    plain = _NUMBER_ONLY if dialect == "duckdb" else _PLAIN_INTERVAL
    position = 0
    while position < len(tokens) - 1:
        first, text = tokens[position : position + 2]
        if first.token_type is TokenType.INTERVAL:
            at = (first.line, first.col, first.start, first.end)
            if text.token_type is TokenType.STRING and not plain.fullmatch(text.text):
                tokens[position : position + 2] = [text, Token(TokenType.DCOLON, "::", *at), first]
                position += 2
            elif text.token_type is TokenType.NUMBER and dialect == "duckdb":
                brackets = Token(TokenType.L_PAREN, "(", *at), Token(TokenType.R_PAREN, ")", *at)
                tokens[position + 1 : position + 2] = [brackets[0], text, brackets[1]]
                position += 3
        position += 1


def fingerprint(tokens: Sequence[Token], dialect: str) -> str:
    """Return `sha256:` of the token stream with every literal replaced: equal for statements equal up to literals."""
    parts = [dialect]
    for token in tokens:
        kind = token.token_type
        if kind in _LITERALS:
            parts.append("?")
        elif kind is TokenType.IDENTIFIER:
            parts.append(f'"{token.text}"')
        else:
            parts.append(ascii_lower(token.text))
    return "sha256:" + hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()
