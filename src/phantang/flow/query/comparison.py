"""A statistic set against earlier ones: the database counts, the rest is algebra (docs/adr/0008)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from phantang import sql
from phantang.model.errors import EngineError, PhantangError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    #: Counts the people of some members; `None` where there are too many kinds of them.
    _Count = Callable[[Sequence[sql.Member]], sql.Counted | None]

#: Errors that tell of the statement, not of the moment.
_UNREADABLE = {"query_failed", "table_vanished"}
#: Errors that may tell of the data. That the source cannot be asked tells nothing of anybody.
_TELLING = {"query_failed", "query_timeout", "query_resources"}
#: Classes of errors that a statement has before it reads a row: 42 it makes no sense, 0A it is not supported.
_OF_STATEMENTS = {"42000", "0A000"}


class Run(Protocol):
    """Runs one statement of ours on the query's source, within the time of a query."""

    def __call__(self, statement: str, *, bound: bool) -> pa.Table:
        """Return its rows; `bound` gives it the token key as `$1`. Raises `EngineError`."""
        ...


def require_apart(
    chosen: sql.Selection, earlier: Sequence[sql.Selection], run: Run, before: Sequence[sql.Selection] = ()
) -> None:
    """Compare a selection with itself and with all earlier ones that count people of the same tables.

    What earlier ones tell already is no reason to refuse it. Those given on days `before` may tell it on the data of
    today only, on which nobody has them, so that it is compared without them as well.
    The database counts, the rest is algebra. A first answer is counted as well: what cannot be counted must not come on
    record, where it would stand in the way of every later one. Raises `Refused` `aggregate_difference`,
    `aggregate_unchecked`, `aggregate_uncountable` where its rows cannot be told apart, `aggregate_earlier` where it is
    an earlier one that cannot be counted any more; `EngineError` where the source cannot be asked.
    """
    for table in dict.fromkeys(chosen.tables):
        systems = [one for one in sql.systems(chosen, [*earlier, *before], table) if one[0]]
        try:
            count = _counter([member for new, others in systems for member in (*new, *others)], run)
            for new, others in systems:
                _require_no_few(new, others, count, before)
        except EngineError as error:
            if error.code in _UNREADABLE:
                for new, others in systems:
                    _require_readable([new, *([one] for one in others)], run)
            raise _unchecked(error) from None


def require_single(roots: Sequence[Sequence[tuple[str, str]]], run: Run) -> None:
    """Refuse joins that repeat some people's rows: `roots` are those of `sql.repetitions`.

    Raises `Refused` `group_size_repeats`, and else as `require_apart`.
    """
    repeated = ""
    for checks in roots:
        try:
            repeated = next((table for table, statement in checks if run(statement, bound=False).num_rows), "")
        except EngineError as error:
            raise _unchecked(error) from None
        if not repeated:
            return
    raise Refused("group_size_repeats", name=repeated)


def _require_no_few(
    new: Sequence[sql.Member], earlier: Sequence[sql.Member], count: _Count, before: Sequence[sql.Selection]
) -> None:
    """Refuse `new` if some sum of it with `earlier` ones, or with those not of days `before`, tells of too few."""
    together = [*new, *earlier]
    size = max(one.selection.size for one in together)
    counted = count(together)
    if counted is None:
        raise Refused("aggregate_unchecked")
    given = [number for number, one in enumerate(together) if number < len(new) or one.selection not in before]
    fewer = [counted.of(given)] if len(given) < len(together) else []
    if any(sql.refuted(one, size, range(len(new))) for one in (counted, *fewer)):
        raise Refused("aggregate_difference", size=size)


def _counter(members: Sequence[sql.Member], run: Run) -> _Count:
    """Return what counts the people of some of these members: all are read at once where that can be done."""
    cells = sql.cells(one.selection for one in members)
    if cells is not None:
        found = run(cells.statement, bound=cells.bound)
        people = cells.read([column.to_numpy() for column in found.columns])
        if people is not None:
            return people.counted
    return lambda some: _counted(some, run)


def _counted(members: Sequence[sql.Member], run: Run) -> sql.Counted | None:
    found = run(sql.memberships(members), bound=any(one.selection.bound for one in members))
    return sql.counted([column.to_numpy() for column in found.columns], len(members))


def _require_readable(answers: Sequence[Sequence[sql.Member]], run: Run) -> None:
    """Count each answer alone, the new one first, and name an earlier one that does not let itself be counted."""
    for number, members in enumerate(answers):
        try:
            _counted(members, run)
        except EngineError as error:
            if number and error.code in _UNREADABLE:
                raise Refused("aggregate_earlier", digest=members[0].selection.digest) from None
            return


def tells(error: EngineError) -> bool:
    """Tell whether an error may depend on the rows that were read."""
    return error.code in _TELLING and error.params.get("state") not in _OF_STATEMENTS


def _unchecked(error: EngineError) -> PhantangError:
    """Return what an error of a comparison is refused with; that the source cannot be asked stays what it is."""
    if tells(error):
        return Refused("aggregate_unchecked")
    return Refused("aggregate_uncountable") if error.code in _UNREADABLE else error
