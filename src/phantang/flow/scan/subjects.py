"""How many people a table is about, as Decision 20/2025/QĐ-TTg counts; asked of the database only where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.catalog import Subjects
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.engines import Engine
    from phantang.model.raising import RaiseRule
    from phantang.model.schema import TableInfo

#: Seconds allowed to one count. A table that takes longer is held to its number of rows, which is never less.
COUNTING = 20.0


def count_subjects(
    engine: Engine, info: TableInfo, privacy_unit: str | None, rules: Iterable[RaiseRule]
) -> Subjects | None:
    """Return how many people `info` is about, by its `privacy_unit`; `None` if its rows are not known (a view).

    The number of rows bounds it from above, and is enough below the smallest threshold of `rules`, or where the unit is
    the key. Raises `EngineError` when the database goes away; a count that fails otherwise falls back on the rows.
    """
    if info.rows is None:
        return None
    smallest = min((rule.at_least for rule in rules if rule.at_least is not None), default=None)
    if privacy_unit is not None and info.primary_key == (privacy_unit,):
        return Subjects(info.rows, "key")
    if privacy_unit is None or smallest is None or info.rows < smallest:
        return Subjects(info.rows, "rows")
    try:
        counted = engine.count_distinct(info.name, privacy_unit, COUNTING)
    except EngineError as error:
        if error.code == "source_unreachable":
            raise
        counted = None
    return Subjects(info.rows, "rows") if counted is None else Subjects(counted, "distinct")
