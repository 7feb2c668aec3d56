"""Pseudonyms: digests of the value, with a key (`TOKEN`) or without (`MASK_HASH`), of the column's own type."""

from __future__ import annotations

from sqlglot import exp

from phantang.sql.language.families import Family, canonical
from phantang.sql.rewriting.masking.target import Target, call, cast, concat, number, text, typed

#: Hexadecimal digits of a digest that fit a 64-bit integer with room for the sign: among n values the chance that any
#: two share one is below n * n / 2**61. Narrower integers cannot hold enough of them to stay apart, and become NULL.
_DIGITS = 15
_WIDE = frozenset({"BIGINT", "UBIGINT"})


def digest(target: Target) -> exp.Expr | None:
    """Return sha256 of the value; anyone who can guess the value can compute it."""
    if target.family is Family.TEXT:
        return typed(_sha256(target.column(), target), target)
    return _fitted(_sha256(cast(target.column(), "VARCHAR", target), target), target)


def token(target: Target) -> exp.Expr | None:
    """Return `tk_` and 128 bits of sha256(key || value); the key is a bound parameter and never part of the text."""
    key = cast(exp.Parameter(this=number(1)), "VARCHAR", target)
    if target.family is Family.TEXT:
        kept = call("left", _sha256(concat(key, target.column()), target), number(32))
        return typed(concat(text("tk_"), kept), target)
    return _fitted(_sha256(concat(key, cast(target.column(), "VARCHAR", target)), target), target)


def _sha256(value: exp.Expr, target: Target) -> exp.Expr:
    if target.dialect == "duckdb":
        return call("sha256", value)
    return call("encode", call("sha256", call("convert_to", value, text("UTF8"))), text("hex"))


def _fitted(hexadecimal: exp.Expr, target: Target) -> exp.Expr | None:
    if target.family is Family.UUID:
        return typed(call("left", hexadecimal, number(32)), target)
    if canonical(target.type)[0] not in _WIDE:
        return None
    digits = call("left", hexadecimal, number(_DIGITS))
    if target.dialect == "duckdb":
        return typed(concat(text("0x"), digits), target)
    return typed(cast(concat(text("x"), digits), f"BIT({4 * _DIGITS})", target), target)
