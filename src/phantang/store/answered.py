"""Which selections an organisation was given aggregates of, and what it was refused: rows of the usage file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from phantang.store.usage_file import UsageFile

#: Whose, of which source, and the digest of a selection.
Place = tuple[str, str, str]
_AT = "WHERE (subject, source, digest) = (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Answered:
    """A selection an organisation was given aggregates of: its digest, and the text that can select it again.

    `before` tells that it was not given on the day that is asked about: on the data of then.
    """

    digest: str
    selection: str
    before: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question stands on a day: whether it is to be compared (`new`), and with which `others`.

    `refusals` and `failures` are how many other selections were refused, and other statements failed, on that day.
    """

    new: bool = True
    others: tuple[Answered, ...] = ()
    refusals: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An answer on record, last given on `day`; `retiring` is who asked to retire it, and why, if that waits."""

    place: Place
    selection: str
    day: str
    retiring: tuple[str, str] | None = None


class AnswerStore:
    """The answers in the usage file. Every method raises as `UsageFile.transaction`."""

    def __init__(self, file: UsageFile) -> None:
        self._file = file

    def standing(self, place: Place, statement: str, day: str, since: str) -> Standing:
        """Return how a selection stands on `day`, of which `statement` is the digest of the SQL to be run.

        A new one is compared with every other that was answered since the day `since`, one answered on an earlier day
        with those that were answered on `day`, since data change. One confirmed on `day` is not compared. What is on
        record of days after `day` counts for `day` as well: a clock that is set back gives nobody a day again.
        """
        if self._file.empty:
            return Standing()
        with self._file.transaction() as database:
            new, others = _others(database, place, day, since)
            refusals = _counted(database, "refusals", place, day)
            return Standing(new, others, refusals, _counted(database, "failures", (*place[:2], statement), day))

    def confirm(
        self, holder: str, source: str, answer: Answered, day: str, since: str, compared: Collection[Answered]
    ) -> tuple[Answered, ...]:
        """Note that `answer` may be given, now and again on `day`, if it is `compared` with all that it is to be.

        Else return these, and note nothing: others were answered in the meantime. So of two asked at once the later one
        is compared with the other, and nothing is on record that was not compared. Selections last answered before the
        day `since` are dropped.
        """
        place = (holder, source, answer.digest)
        with self._file.transaction() as database:
            _drop(database, since)
            _, found = _others(database, place, day, since)
            if not set(found) <= set(compared):
                return found
            database.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (*place, answer.selection)
            )
            database.execute("INSERT INTO compared VALUES (?, ?, ?) ON CONFLICT DO NOTHING", place)
            for table in ("answered", "agreed"):
                database.execute(
                    f"INSERT INTO {table} VALUES (?, ?, ?, ?)"  # noqa: S608 - names of our own
                    " ON CONFLICT (subject, source, digest) DO UPDATE SET day = excluded.day",
                    (*place, day),
                )
            return ()

    def count_refusal(self, holder: str, source: str, digest: str, day: str) -> None:
        """Count a selection that was refused for what was asked before. Those of other days are forgotten."""
        self._count("refusals", (holder, source, digest), day)

    def count_failure(self, holder: str, source: str, digest: str, day: str) -> None:
        """Count a statement that failed at the source. Those of other days are forgotten."""
        self._count("failures", (holder, source, digest), day)

    def held(self) -> tuple[Held, ...]:
        """Return every answer on record, oldest first; of a file that is not there none, and none is made."""
        if self._file.empty:
            return ()
        with self._file.transaction() as database:
            rows = database.execute(
                "SELECT a.subject, a.source, a.digest, a.selection, coalesce(b.day, ''), c.by, c.reason"
                " FROM answers AS a LEFT JOIN answered AS b USING (subject, source, digest)"
                " LEFT JOIN retiring AS c USING (subject, source, digest) ORDER BY 5, a.rowid"
            ).fetchall()
        return tuple(
            Held((row[0], row[1], row[2]), row[3], row[4], None if row[5] is None else (row[5], row[6])) for row in rows
        )

    def ask_to_retire(self, places: Iterable[Place], by: str, reason: str) -> None:
        """Note who asks to forget some answers, and why; they stay on record."""
        with self._file.transaction() as database:
            for place in places:
                database.execute(
                    "INSERT INTO retiring VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (subject, source, digest) DO UPDATE SET by = excluded.by, reason = excluded.reason",
                    (*place, by, reason),
                )

    def retire(self, places: Iterable[Place]) -> None:
        """Forget some answers: what is asked from now on is not compared with them."""
        with self._file.transaction() as database:
            for place in places:
                for table in _OF_ANSWERS:
                    database.execute(f"DELETE FROM {table} {_AT}", place)  # noqa: S608 - names of our own

    def _count(self, table: Literal["refusals", "failures"], place: Place, day: str) -> None:
        with self._file.transaction() as database:
            database.execute(f"DELETE FROM {table} WHERE day < ?", (day,))  # noqa: S608 - names of our own
            database.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (*place, day))  # noqa: S608


#: The tables that hold something of an answer.
_OF_ANSWERS = ("answers", "compared", "agreed", "retiring", "answered")


def _drop(database: sqlite3.Connection, since: str) -> None:
    """Forget what was last answered before the day `since`."""
    for table in _OF_ANSWERS:
        database.execute(
            f"DELETE FROM {table} WHERE (subject, source, digest) IN"  # noqa: S608 - names of our own
            " (SELECT subject, source, digest FROM answered WHERE day < ?)",
            (since,),
        )


def _others(database: sqlite3.Connection, place: Place, day: str, since: str) -> tuple[bool, tuple[Answered, ...]]:
    """Return whether a selection is to be compared on `day`, and with which."""
    confirmed = database.execute(f"SELECT 1 FROM compared {_AT}", place).fetchone()  # noqa: S608 - of our own
    # Where something was answered on a later day the clock was set back, and what agreed on `day` did so days ago.
    agreed = database.execute(
        f"SELECT 1 FROM agreed {_AT} AND day = ? AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM answered AS b WHERE (b.subject, b.source) = (agreed.subject, agreed.source) AND b.day > ?)",
        (*place, day, day),
    ).fetchone()
    rows = database.execute(
        "SELECT digest, selection, NOT EXISTS (SELECT 1 FROM agreed AS c WHERE (c.subject, c.source, c.digest) ="
        " (a.subject, a.source, a.digest) AND c.day >= ?)"
        " FROM answers AS a WHERE subject = ? AND source = ? AND digest <> ? AND NOT EXISTS"
        " (SELECT 1 FROM answered AS b WHERE (b.subject, b.source, b.digest) = (a.subject, a.source, a.digest)"
        " AND b.day < ?) ORDER BY rowid",
        (day, *place, day if confirmed else since),
    ).fetchall()
    return agreed is None, tuple(Answered(digest, text, bool(before)) for digest, text, before in rows)


def _counted(database: sqlite3.Connection, table: Literal["refusals", "failures"], place: Place, day: str) -> int:
    """Return how many others than that at `place` were refused or failed on `day`, or later by a clock set back."""
    holder, source, digest = place
    [found] = database.execute(
        f"SELECT count(*) FROM {table} WHERE (subject, source) = (?, ?) AND day >= ? AND digest <> ?",  # noqa: S608
        (holder, source, day, digest),
    ).fetchone()
    return int(found)
