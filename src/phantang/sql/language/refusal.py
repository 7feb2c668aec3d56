"""Refusals: one way to say no, with names from the caller's own text, cut short and printable."""

from __future__ import annotations

from phantang.model.errors import Refused

NAME_LIMIT = 80
#: Stands in a message for a literal of the query.
LITERAL = "'...'"


def shown(name: object) -> str:
    """Return `name` fit for an error message: printable characters only, at most 80 of them."""
    text = "".join(char if char.isprintable() else "?" for char in str(name)[: NAME_LIMIT + 1])
    return text if len(text) <= NAME_LIMIT else f"{text[: NAME_LIMIT - 1]}…"


def refuse(code: str, name: object = "", **params: object) -> Refused:
    """Build a `Refused` whose `{name}` is what was not understood."""
    return Refused(code, name=shown(name), **params)
