"""Masks of text that keep its shape: letters and digits are replaced, four characters may stay."""

from __future__ import annotations

from sqlglot import exp

from phantang.sql.language.families import Family
from phantang.sql.rewriting.masking.target import Target, call, concat, number, text, typed

#: Upper-case letters of Vietnamese beyond A to Z; any other letter outside ASCII is masked as lower case.
UPPER = "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"


def mask(target: Target) -> exp.Expr | None:
    """Turn every letter to X or x and every digit to n."""
    return typed(_letters(target.column()), target) if target.family is Family.TEXT else None


def first(target: Target) -> exp.Expr | None:
    """Show the first four characters."""
    return _show(target, first=True)


def last(target: Target) -> exp.Expr | None:
    """Show the last four characters."""
    return _show(target, first=False)


def _letters(value: exp.Expr) -> exp.Expr:
    """Turn upper-case letters to X, digits to n, all else that is not plain ASCII punctuation to x (Ranger's MASK)."""
    for pattern, replacement in ((f"[A-Z{UPPER}]", "X"), ("[a-z]|[^ -~]", "x"), ("[0-9]", "n")):
        value = call("regexp_replace", value, text(pattern), text(replacement), text("g"))
    return value


def _show(target: Target, *, first: bool) -> exp.Expr | None:
    """Show four characters of a value that has more; mask a shorter one whole."""
    if target.family is not Family.TEXT:
        return None
    length = call("length", target.column())
    rest = exp.Sub(this=length, expression=number(4))
    ends = (call("left", target.column(), number(4)), _letters(call("right", target.column(), rest)))
    if not first:
        ends = (_letters(call("left", target.column(), rest)), call("right", target.column(), number(4)))
    long = exp.GT(this=length.copy(), expression=number(4))
    shown = exp.Case(ifs=[exp.If(this=long, true=concat(*ends))], default=_letters(target.column()))
    return typed(shown, target)
