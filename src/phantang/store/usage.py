"""What was used up, per subject: lookups of a day, questions about a person, privacy budgets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.store.answered import AnswerStore
from phantang.store.usage_file import UsageFile

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


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
    """The limits in the usage file in `directory`; `answers` are what was answered, in the same file.

    What is counted on days after the one that is asked about counts for that one as well: a clock that is set back
    gives nobody a day again.
    Every method raises as `UsageFile.transaction`.
    """

    def __init__(self, directory: Path) -> None:
        self._file = UsageFile(directory)
        self.path = self._file.path
        self.answers = AnswerStore(self._file)

    def count_lookup(self, subject: str, day: str, limit: int) -> bool:
        """Count one lookup by `subject` on `day` (ISO date) unless `limit` are counted; tell whether it was."""
        with self._file.transaction() as database:
            if _lookups(database, subject, day) >= limit:
                return False
            database.execute(
                "INSERT INTO lookups VALUES (?, ?, 1) ON CONFLICT (subject, day) DO UPDATE SET count = count + 1",
                (subject, day),
            )
            return True

    def lookups(self, subject: str, day: str) -> int:
        """Return how many lookups are counted."""
        if self._file.empty:
            return 0
        with self._file.transaction() as database:
            return _lookups(database, subject, day)

    def count_person(self, subject: str, day: str, person: str, limit: int) -> bool:
        """Count one question by `subject`, an organisation, about `person` on `day` unless `limit` are counted.

        Return whether it was.

        `person` is a keyed digest. Those of other days are forgotten: nobody's list of people outlives its use.
        """
        place = (subject, day, person)
        with self._file.transaction() as database:
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
        with self._file.transaction() as database:
            return _asked(database, (subject, day, person))

    def remaining(self, who: Spender, digest: str, epsilon: int, budget: int) -> Spent:
        """Return what `spend` would, and take nothing."""
        with self._file.transaction() as database:
            spent, known = _spent(database, who, digest)
        left = budget - spent
        return Spent(known is not None or epsilon <= left, max(left, 0))

    def spend(self, who: Spender, digest: str, epsilon: int, budget: int) -> Spent:
        """Take `epsilon` (thousandths) for the question `digest`, once, unless more than `budget` would be spent."""
        place = (who.subject, who.purpose, who.dataset)
        with self._file.transaction() as database:
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
        with self._file.transaction() as database:
            database.execute(f"UPDATE noisy SET answer = ? {where} AND answer IS NULL", (answer, *place))  # noqa: S608
            [kept] = database.execute(f"SELECT answer FROM noisy {where}", place).fetchone()  # noqa: S608
        return bytes(kept)


def _lookups(database: sqlite3.Connection, subject: str, day: str) -> int:
    [found] = database.execute(
        "SELECT coalesce(sum(count), 0) FROM lookups WHERE subject = ? AND day >= ?", (subject, day)
    ).fetchone()
    return int(found)


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
    subject, day, person = place
    [found] = database.execute(
        "SELECT coalesce(sum(count), 0) FROM people WHERE subject = ? AND day >= ? AND person = ?",
        (subject, day, person),
    ).fetchone()
    return int(found)
