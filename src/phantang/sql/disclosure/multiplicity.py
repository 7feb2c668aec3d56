"""Joins that repeat some people's rows: of several tables one is the root, and each of its rows stands at most once.

`FROM people p JOIN list l ON p.id = l.id` with a thousand rows of one person in `list` has everybody behind its count
and tells of one. `FROM people a JOIN people b ON a.commune = b.commune` counts each `b` as often as the commune has
people: with the sizes of communes known, one equation tells of one person. So every other table is reached from the
root by equality on its whole primary key, or on columns which the database finds to be one. The root is a table of
people. A table without people that is not linked at all repeats everybody alike. Where all that is asked is how many
different people there are, rows that are repeated count once, and nothing of this matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.sql.disclosure.fan_out import FanOut, Link, Place
from phantang.sql.disclosure.statements import repeated_keys
from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.draft import Draft
from phantang.sql.rewriting.passes.isolate_tables import isolate_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.sql.binding.resolve import ResolvedQuery

_INJECTIVE = (None, Mask.NONE, Mask.TOKEN, Mask.HASH)
#: A table and the SQL that yields a row if some of its columns are no key.
Check = tuple[str, str]


def repetitions(query: ResolvedQuery, decision: Decision, assets: Sequence[Asset]) -> list[list[Check]]:
    """Return what the database must find to be keys, one list for each table that may be the root; one is enough.

    An empty list asks nothing: no row of people is repeated. Raises `Refused` `group_size_repeats` where no table can
    be the root, as with keys that a mask makes one, and for NATURAL joins.
    """
    draft = Draft.of(query, decision, {asset.name.local: asset for asset in assets})
    if not isinstance(draft.tree, exp.Select):
        return [[]]
    isolate_tables(draft)
    people = {number for number, derived in enumerate(draft.tables) if derived.asset.countable}
    if not people or len(draft.tables) == 1:
        return [[]]
    known = FanOut(draft, draft.tree)
    if _counts_people(draft, draft.tree, known):
        return [[]]
    # Rows without the root must be rows without people, or these would be repeated there.
    roots = [one for one in sorted(people) if all(people <= out for out in known.optional if one in out)]
    found = [checks for root in roots if (checks := _checks(draft, known, root, people)) is not None]
    if not found:
        raise refuse("group_size_repeats", ", ".join(sorted({one.asset.name.local for one in draft.tables})))
    return sorted(found, key=len)[:1] if [] in found else found


def reached_by_key(draft: Draft, known: FanOut, root: int, table: int) -> bool:
    """Tell whether each row of the other tables meets one row of this at most, by its primary key, if it has `root`."""
    links = [one for one in known.links[table] if one.other.table != table and (not one.roots or root in one.roots)]
    return _is_key(draft.tables[table].asset, _columns(draft, known, table, links))


def _counts_people(draft: Draft, select: exp.Select, known: FanOut) -> bool:
    """Tell whether every aggregate is `count(DISTINCT unit)` of a table of people."""
    ours = {id(derived.select) for derived in draft.tables}
    written = select.walk(prune=lambda node: id(node) in ours)
    return all(_is_unit(draft, node, known) for node in written if allow_list(draft.dialect).is_aggregate(node))


def _is_unit(draft: Draft, node: exp.Expr, known: FanOut) -> bool:
    inner = node.this if isinstance(node, exp.Count) and not node.expressions else None
    columns = inner.expressions if isinstance(inner, exp.Distinct) else []
    place = known.place(columns[0]) if len(columns) == 1 and isinstance(columns[0], exp.Column) else None
    return place is not None and draft.tables[place.table].asset.privacy_unit == place.column


def _checks(draft: Draft, known: FanOut, root: int, people: set[int]) -> list[Check] | None:
    """Return what makes `root` reach every table by a key, `None` if it does not."""
    reached, checks = {root}, list[Check]()
    while True:
        links = {
            number: [link for link in found if link.other.table in reached and (not link.roots or root in link.roots)]
            for number, found in known.links.items()
            if number not in reached
        }
        linked = {number: _columns(draft, known, number, found) for number, found in links.items() if found}
        if not linked:
            # What is not linked repeats all rows alike, unless an outer join leaves it out of some of them.
            alike = known.links.keys() - reached
            return None if alike & people.union(*known.optional) else checks
        whole = (number for number, columns in linked.items() if _is_key(draft.tables[number].asset, columns))
        number = next(whole, None)
        if number is None:
            number, columns = next(iter(linked.items()))
            if not columns:
                return None
            asset = draft.tables[number].asset
            checks.append((asset.name.local, repeated_keys(asset, sorted(columns), draft.dialect)))
        reached.add(number)


def _columns(draft: Draft, known: FanOut, number: int, links: Sequence[Link]) -> set[str]:
    """Return the columns by which a row of a table is told from the rows that it is linked to.

    A column that is masked coarsely, or compared as another type, tells nothing.
    """
    columns = {link.column for link in links if known.one_to_one(Place(number, link.column), link.other)}
    columns |= {place.column for place in known.fixed if place.table == number}
    asset = draft.tables[number].asset
    return {name for name in columns if draft.decided(asset, name).mask in _INJECTIVE}


def _is_key(asset: Asset, columns: set[str]) -> bool:
    return bool(asset.primary_key) and columns.issuperset(asset.primary_key)
