"""What was used up and what was answered, per subject: lookups of a day, and selections behind aggregates.

One SQLite file, `.phantang/usage/usage.sqlite`, that only its owner may read. Every change is one immediate
transaction, synced before it returns, so limits hold for threads and processes at once and survive a crash.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.model.errors import WorkspaceError
from phantang.store.answered import Answered, count_refusal, drop, keep, others, refusals
from phantang.store.files import LOCK_SECONDS, make_state_folder, reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lookups (
    subject TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (subject, day)) STRICT;
CREATE TABLE IF NOT EXISTS people (
    subject TEXT NOT NULL, day TEXT NOT NULL, person TEXT NOT NULL, count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (subject, day, person)) STRICT;
CREATE TABLE IF NOT EXISTS answers (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, selection TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS compared (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS answered (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS agreed (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS refusals (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS noisy (
    subject TEXT NOT NULL, purpose TEXT NOT NULL, dataset TEXT NOT NULL, digest TEXT NOT NULL, answer BLOB,
    PRIMARY KEY (subject, purpose, dataset, digest)) STRICT;
CREATE TABLE IF NOT EXISTS budgets (
    subject TEXT NOT NULL, purpose TEXT NOT NULL, dataset TEXT NOT NULL, spent INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (subject, purpose, dataset)) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Spender:
    """Whose privacy budget, for one purpose, of one dataset: `subject`'s, and `members` have it in common with it."""

    subject: str
    purpose: str
    dataset: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """What a question to a noisy dataset meets. `remaining` is what is left of the budget, in thousandths.

    `granted` tells whether it may be answered; `answer` is what it was answered before.
    """

    granted: bool
    remaining: int
    answer: bytes | None = None


class UsageStore:
    """The usage file in `directory`. Safe for threads and for processes at once.

    Every method raises `WorkspaceError`: `state_busy` when others hold the file for too long, `usage_unusable` when it
    cannot be read or written. After either nothing may run: a limit that cannot be counted is used up.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "usage.sqlite"

    def count_lookup(self, subject: str, day: str, limit: int) -> bool:
        """Count one lookup by `subject` on `day` (ISO date) unless `limit` are counted; tell whether it was."""
        with self._transaction() as database:
            if _lookups(database, subject, day) >= limit:
                return False
            database.execute(
                "INSERT INTO lookups VALUES (?, ?, 1) ON CONFLICT (subject, day) DO UPDATE SET count = count + 1",
                (subject, day),
            )
            return True

    def lookups(self, subject: str, day: str) -> int:
        """Return how many lookups are counted."""
        with self._transaction() as database:
            return _lookups(database, subject, day)

    def count_person(self, subject: str, day: str, person: str, limit: int) -> bool:
        """Count one question by `subject` about `person` on `day` unless `limit` are counted; tell whether it was.

        `person` is a keyed digest. Those of other days are forgotten: nobody's list of people outlives its use.
        """
        place = (subject, day, person)
        with self._transaction() as database:
            if _asked(database, place) >= limit:
                return False
            database.execute("DELETE FROM people WHERE subject = ? AND day < ?", (subject, day))
            database.execute(
                "INSERT INTO people VALUES (?, ?, ?, 1) "
                "ON CONFLICT (subject, day, person) DO UPDATE SET count = count + 1",
                place,
            )
            return True

    def asked_about(self, subject: str, day: str, person: str) -> int:
        """Return how many questions about `person` are counted."""
        with self._transaction() as database:
            return _asked(database, (subject, day, person))

    def earlier(self, holder: str, source: str, digest: str, day: str, since: str) -> tuple[bool, tuple[Answered, ...]]:
        """Return whether a selection is to be compared on `day`, and the selections of `source` to compare it with.

        A new one is compared with every other that was answered since the day `since`, one answered on an earlier day
        with those that were answered on `day`, since data change. One confirmed on `day` is not compared.
        """
        with self._transaction() as database:
            return others(database, holder, source, digest, day, since)

    def confirm(
        self, holder: str, source: str, answer: Answered, day: str, since: str, compared: Collection[Answered]
    ) -> tuple[Answered, ...]:
        """Note that `answer` may be given, now and again on `day`, if it is `compared` with all that it is to be.

        Else return these, and note nothing: others were answered in the meantime. So of two asked at once the later one
        is compared with the other, and nothing is on record that was not compared. Selections last answered before the
        day `since` are dropped.
        """
        place = (holder, source, answer.digest)
        with self._transaction() as database:
            drop(database, since)
            _, found = others(database, holder, source, answer.digest, day, since)
            if not set(found) <= set(compared):
                return found
            keep(database, holder, source, answer, day)
            database.execute("INSERT INTO compared VALUES (?, ?, ?) ON CONFLICT DO NOTHING", place)
            database.execute(
                "INSERT INTO agreed VALUES (?, ?, ?, ?)"
                " ON CONFLICT (subject, source, digest) DO UPDATE SET day = excluded.day",
                (*place, day),
            )
            return ()

    def count_refusal(self, holder: str, source: str, digest: str, day: str) -> None:
        """Count a selection that was refused for what was asked before. Those of other days are forgotten."""
        with self._transaction() as database:
            count_refusal(database, holder, source, digest, day)

    def refusals(self, holder: str, source: str, digest: str, day: str) -> int:
        """Return how many other selections than `digest` were refused on `day`."""
        with self._transaction() as database:
            return refusals(database, holder, source, digest, day)

    def remaining(self, who: Spender, digest: str, epsilon: int, budget: int) -> Spent:
        """Return what `spend` would, and take nothing."""
        with self._transaction() as database:
            spent, known = _spent(database, who, digest)
        left = budget - spent
        return Spent(known is not None or epsilon <= left, max(left, 0))

    def spend(self, who: Spender, digest: str, epsilon: int, budget: int) -> Spent:
        """Take `epsilon` (thousandths) for the question `digest`, once, unless more than `budget` would be spent."""
        place = (who.subject, who.purpose, who.dataset)
        with self._transaction() as database:
            spent, known = _spent(database, who, digest)
            if known is not None:
                return Spent(True, max(budget - spent, 0), known[0])
            if spent + epsilon > budget:
                return Spent(False, max(budget - spent, 0))
            database.execute("INSERT INTO noisy VALUES (?, ?, ?, ?, NULL)", (*place, digest))
            database.execute(
                "INSERT INTO budgets VALUES (?, ?, ?, ?)"
                " ON CONFLICT (subject, purpose, dataset) DO UPDATE SET spent = spent + excluded.spent",
                (*place, epsilon),
            )
            return Spent(True, budget - spent - epsilon)

    def keep_noisy(self, who: Spender, digest: str, answer: bytes) -> bytes:
        """Keep the noisy answer to a question that was paid for, and return the one that was kept first.

        Of two asked at once both get the same: another draw of noise would be another answer for one price.
        """
        place = (who.subject, who.purpose, who.dataset, digest)
        where = "WHERE subject = ? AND purpose = ? AND dataset = ? AND digest = ?"
        with self._transaction() as database:
            database.execute(f"UPDATE noisy SET answer = ? {where} AND answer IS NULL", (answer, *place))  # noqa: S608
            [kept] = database.execute(f"SELECT answer FROM noisy {where}", place).fetchone()  # noqa: S608
        return bytes(kept)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._create()
            database = sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None)
        except OSError as error:
            raise WorkspaceError("usage_unusable", reason=reason(error)) from None
        except sqlite3.Error as error:
            raise _failure(error) from None
        try:
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN IMMEDIATE")
            for statement in filter(str.strip, _SCHEMA.split(";")):
                database.execute(statement)
            yield database
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise _failure(error) from None
        finally:
            with suppress(sqlite3.Error):
                database.close()  # a transaction that was not committed is undone

    def _create(self) -> None:
        """Make the file with its mode before SQLite would make it with another."""
        make_state_folder(self.directory, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))


def _lookups(database: sqlite3.Connection, subject: str, day: str) -> int:
    row = database.execute("SELECT count FROM lookups WHERE subject = ? AND day = ?", (subject, day)).fetchone()
    return row[0] if row else 0


def _spent(database: sqlite3.Connection, who: Spender, digest: str) -> tuple[int, tuple[bytes | None] | None]:
    """Return what all members spent of a budget, and the row of the question's answer if the subject paid for it.

    What each spent is kept by itself: whoever joins an organisation brings what was spent along.
    """
    place = (who.subject, who.purpose, who.dataset)
    members = json.dumps(sorted({who.subject, *who.members}))
    row = database.execute(
        "SELECT sum(spent) FROM budgets WHERE subject IN (SELECT value FROM json_each(?)) AND purpose = ?"
        " AND dataset = ?",
        (members, who.purpose, who.dataset),
    ).fetchone()
    known = database.execute(
        "SELECT answer FROM noisy WHERE subject = ? AND purpose = ? AND dataset = ? AND digest = ?", (*place, digest)
    ).fetchone()
    return row[0] or 0, known


def _asked(database: sqlite3.Connection, place: tuple[str, str, str]) -> int:
    row = database.execute("SELECT count FROM people WHERE subject = ? AND day = ? AND person = ?", place).fetchone()
    return row[0] if row else 0


def _failure(error: sqlite3.Error) -> WorkspaceError:
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return WorkspaceError("state_busy", what="usage.sqlite", seconds=int(LOCK_SECONDS))
    return WorkspaceError("usage_unusable", reason=name)
