"""Whether the tables of a query are still the ones that were classified, asked of the live database.

A scan pins each table by a digest of its columns, types, order, kind and view text. Columns swapped for others after a
scan, or a table replaced by a view, would otherwise be read under the old classification.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from phantang.model.decision import CompoundPredicate, MembershipPredicate
from phantang.model.errors import EngineError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from phantang.engines import Engine
    from phantang.flow.query.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.model.decision import Predicate
    from phantang.model.footprint import Footprint
    from phantang.model.names import TableName

#: Seconds that one look at the database holds for.
FRESH = 5.0


class StructureCheck:
    """Remembers, for `FRESH` seconds a table, that the database still agrees with the catalog."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._agreed: dict[TableName, float] = {}

    def require(
        self,
        engine: Engine,
        footprint: Footprint | None,
        assets: Mapping[TableName, Asset],
        others: Collection[str] = (),
    ) -> None:
        """Return if every table of `footprint`, and of `others` (`schema.table`), is structured as it was scanned.

        A table written into the catalog by hand has no digest and is not held to one.

        Raises `Refused` `catalog_drift` naming the first table that differs, and `EngineError`, `table_vanished` for
        one that is gone.
        """
        now = self._clock()
        used = {use.table for use in footprint.tables} if footprint else set()
        if footprint and others:
            used |= {name for name in assets if name.source == footprint.source and name.local in others}
        pinned = {name: digest for name in used if (digest := assets[name].structure) is not None}
        due = [name for name in pinned if now - self._agreed.get(name, -FRESH) >= FRESH]
        if not due:
            return
        live = engine.structures(due)
        for name in sorted(due):
            if name not in live:
                raise EngineError("table_vanished", source=name.source)
            if live[name] != pinned[name]:
                raise Refused("catalog_drift", table=name, source=name.source)
            self._agreed[name] = now


def compared_tables(explanation: Explanation) -> set[str]:
    """Return the tables, as `schema.table`, that an answer depends on though the query does not name them.

    Row filters look into registers of cases, and the keys of noisy groups are held to code lists.
    """
    decision, plan = explanation.decision, explanation.plan
    filters = [one for found in decision.rows.values() for one in found] if decision else []
    lists = plan.noise.lists if plan and plan.noise else ()
    return {*_registers(filters), *(one.table for one in lists)}


def _registers(predicates: Iterable[Predicate]) -> Iterator[str]:
    """Yield the tables, as `schema.table`, that row filters look into."""
    for one in predicates:
        if isinstance(one, MembershipPredicate):
            yield one.table
            yield from _registers(one.where)
        elif isinstance(one, CompoundPredicate):
            yield from _registers(one.operands)
