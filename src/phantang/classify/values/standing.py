"""Where values alone may claim a column: what its table is about, and what its name says."""

from __future__ import annotations

from typing import NamedTuple

from phantang.classify.rules.rule import Alone, Rule

_AMONG_PEOPLE = frozenset({Alone.PERSON_ROWS, Alone.UNNAMED_OR_PEOPLE})
_ANYWHERE_UNNAMED = frozenset({Alone.UNNAMED, Alone.UNCLAIMED, Alone.UNNAMED_OR_PEOPLE})


class Standing(NamedTuple):
    """Where values would claim a column: in a table about `people`; under a name that some other rule knows (`named`).

    `claimed` is a name for more than `none`, `opaque` one that says nothing (`c7`).
    """

    people: bool
    named: bool
    claimed: bool
    opaque: bool


def alone_allowed(rule: Rule, standing: Standing) -> bool:
    """Tell whether values alone may claim a column: see `Alone`."""
    where = rule.values.alone if rule.values is not None else Alone.NEVER
    if where is Alone.ANYWHERE:
        return True
    among = standing.people and where in _AMONG_PEOPLE
    if standing.named:
        return not standing.claimed and (where is Alone.UNCLAIMED or among)
    if where is Alone.PERSON_OPAQUE and not standing.opaque:
        return False
    return where in _ANYWHERE_UNNAMED or (standing.people and where is not Alone.NEVER)
