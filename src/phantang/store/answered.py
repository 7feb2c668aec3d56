"""Which selections an organisation was given aggregates of: rows of the usage file, in a transaction of its store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Answered:
    """A selection an organisation was given aggregates of: its digest, and the text that can select it again.

    `before` tells that it was not given on the day that is asked about: on the data of then.
    """

    digest: str
    selection: str
    before: bool = False


def keep(database: sqlite3.Connection, holder: str, source: str, answer: Answered, day: str) -> None:
    """Write `answer` of `day`."""
    database.execute(
        "INSERT INTO answers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (holder, source, answer.digest, answer.selection),
    )
    database.execute(
        "INSERT INTO answered VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject, source, digest) DO UPDATE SET day = excluded.day",
        (holder, source, answer.digest, day),
    )


def drop(database: sqlite3.Connection, since: str) -> None:
    """Forget what was last answered before the day `since`."""
    for table in ("answers", "compared", "agreed"):
        database.execute(
            f"DELETE FROM {table} WHERE (subject, source, digest) IN"  # noqa: S608 - names of our own
            " (SELECT subject, source, digest FROM answered WHERE day < ?)",
            (since,),
        )
    database.execute("DELETE FROM answered WHERE day < ?", (since,))


def others(
    database: sqlite3.Connection, holder: str, source: str, digest: str, day: str, since: str
) -> tuple[bool, tuple[Answered, ...]]:
    """Return whether a selection is to be compared on `day`, and with which."""
    place = (holder, source, digest)
    where = "WHERE (subject, source, digest) = (?, ?, ?)"
    confirmed = database.execute(f"SELECT 1 FROM compared {where}", place).fetchone()  # noqa: S608 - of our own
    agreed = database.execute(f"SELECT 1 FROM agreed {where} AND day = ?", (*place, day)).fetchone()  # noqa: S608
    rows = database.execute(
        "SELECT digest, selection, NOT EXISTS (SELECT 1 FROM agreed AS c WHERE (c.subject, c.source, c.digest) ="
        " (a.subject, a.source, a.digest) AND c.day = ?)"
        " FROM answers AS a WHERE subject = ? AND source = ? AND digest <> ? AND NOT EXISTS"
        " (SELECT 1 FROM answered AS b WHERE (b.subject, b.source, b.digest) = (a.subject, a.source, a.digest)"
        " AND b.day < ?) ORDER BY rowid",
        (day, *place, day if confirmed else since),
    ).fetchall()
    return agreed is None, tuple(Answered(digest, text, bool(before)) for digest, text, before in rows)


def count_refusal(database: sqlite3.Connection, holder: str, source: str, digest: str, day: str) -> None:
    """Note that a selection was refused on `day`, and forget those of earlier days."""
    database.execute("DELETE FROM refusals WHERE day < ?", (day,))
    database.execute("INSERT INTO refusals VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (holder, source, digest, day))


def refusals(database: sqlite3.Connection, holder: str, source: str, digest: str, day: str) -> int:
    """Return how many other selections were refused on `day`."""
    [found] = database.execute(
        "SELECT count(*) FROM refusals WHERE (subject, source, day) = (?, ?, ?) AND digest <> ?",
        (holder, source, day, digest),
    ).fetchone()
    return int(found)
