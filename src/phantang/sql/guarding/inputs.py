"""The guard's own account of what a group must satisfy: how many people are behind it, and behind each value in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.guarding import choices, statistics
from phantang.sql.guarding.syntax import is_aggregate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def parts(outside: Iterable[exp.Expr], dialect: str) -> list[list[str]]:
    """Return the rows that aggregates or their differences speak of, as texts of conditions that all hold.

    Those in which no column that an aggregate reads is NULL; and those in which none of one's columns is, but one of
    another's, where the latter's include all of the first's by their names. `count(*)` reads none; who is not in
    `avg` is not told by it, as long as no other aggregate reads the same. Also those in which only one of two has all
    of its columns, where more than `avg` reads each and neither's names are among the other's.
    """
    read: dict[frozenset[str], frozenset[str]] = {frozenset(): frozenset()}  # columns as written: their names
    counted: set[frozenset[str]] = set()
    kinds: dict[frozenset[str], set[str]] = {}  # by names, as those below compare
    for node in outside:
        if is_aggregate(node, dialect):
            choice = choices.taken(node)
            values = [node] if choice is None else choice[1]
            columns = [column for value in values for column in value.find_all(exp.Column)]
            groups = [columns, *([column] for column in columns if node.find(exp.Coalesce))]
            for group in groups:
                names = frozenset(column.name.lower() for column in group)
                texts = frozenset(column.sql(identify=True) for column in group)
                read[texts] = names
                kinds.setdefault(names, set()).add(statistics.kind_of(node, dialect))
                if type(node) is not exp.Avg or node.find(exp.Coalesce):
                    counted.add(texts)
    found = [_known(one) for one in read if one]
    for one, names in read.items():
        for other, more in read.items():
            if one != other and names <= more and (one or other in counted):
                found.append([*_known(one), " OR ".join(f"{column} IS NULL" for column in sorted(other))])
    told = sorted((one for one in read if one and (one in counted or len(kinds[read[one]]) > 1)), key=sorted)
    for place, one in enumerate(told):
        for other in told[place + 1 :]:
            if not (read[one] <= read[other] or read[other] <= read[one]):
                sides = (
                    _all([*_known(has), " OR ".join(f"{column} IS NULL" for column in sorted(lacks))])
                    for has, lacks in ((one, other), (other, one))
                )
                found.append([" OR ".join(f"({side})" for side in sides)])
    return found


def conditions(inputs: Sequence[Sequence[str]], units: Sequence[str], size: int, chosen: int) -> list[str]:
    """Return the conditions that HAVING must consist of, given `parts` and the columns that tell people apart.

    `chosen` is the number of conditions inside aggregates, which `{0}`, `{1}`, ... stand for.
    """
    made = list(choices.parts(chosen)) if chosen else []
    if not units:
        counts = [f"COUNT(CASE WHEN {_all(part)} THEN 1 END)" for part in made]
        return [f"COUNT(*) >= {size}", *(f"({count} = 0 OR {count} >= {size})" for count in counts)]
    wanted = [f"COUNT(DISTINCT {_braced(unit)}) >= {size}" for unit in units]
    told = [_escaped(rows) for rows in inputs]
    for rows in [[*part, *rest] for part in made for rest in ([], *told)] if made else told:
        for unit in units:
            alone = " AND ".join(f"{_braced(other)} IS NULL" for other in units if other != unit)
            known = f"NOT {_braced(unit)} IS NULL"
            unmatched = [f"{known} OR {f'({alone})' if ' AND ' in alone else alone}"] if alone else []
            somebody = _all([*rows, *unmatched])
            wanted.append(
                f"(COUNT(CASE WHEN {somebody} THEN 1 END) = 0 "
                f"OR COUNT(DISTINCT CASE WHEN {_all(rows)} THEN {_braced(unit)} END) >= {size})"
            )
    return wanted


def _escaped(rows: Sequence[str]) -> list[str]:
    return [_braced(row) for row in rows]


def _braced(text: str) -> str:
    """Keep braces of names apart from those that stand for conditions."""
    return text.replace("{", "{{").replace("}", "}}")


def _known(columns: Iterable[str]) -> list[str]:
    return [f"NOT {column} IS NULL" for column in sorted(columns)]


def _all(conditions: Sequence[str]) -> str:
    if len(conditions) == 1:
        return conditions[0]
    return " AND ".join(f"({one})" if " OR " in one else one for one in conditions)
