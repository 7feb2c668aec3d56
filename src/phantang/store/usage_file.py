"""The SQLite file that says what was used up and what was answered: `.phantang/usage/usage.sqlite`.

Only its owner may read it. Every change is one immediate transaction, synced before it returns, so limits hold for
threads and processes at once and survive a crash.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from phantang.model.errors import WorkspaceError
from phantang.store.files import LOCK_SECONDS, make_state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
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
CREATE TABLE IF NOT EXISTS failures (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS retiring (
    subject TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,
    PRIMARY KEY (subject, source, digest)) STRICT;
CREATE TABLE IF NOT EXISTS noisy (
    subject TEXT NOT NULL, purpose TEXT NOT NULL, dataset TEXT NOT NULL, digest TEXT NOT NULL, answer BLOB,
    PRIMARY KEY (subject, purpose, dataset, digest)) STRICT;
CREATE TABLE IF NOT EXISTS budgets (
    subject TEXT NOT NULL, purpose TEXT NOT NULL, dataset TEXT NOT NULL, spent INTEGER NOT NULL CHECK (spent >= 0),
    PRIMARY KEY (subject, purpose, dataset)) STRICT;
"""


class UsageFile:
    """The usage file in `directory`, made when it is first needed. Safe for threads and for processes at once."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "usage.sqlite"

    @property
    def empty(self) -> bool:
        """Whether there is no file yet: who only looks makes none."""
        return not self.path.exists()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction that is committed at the end, and undone by any exception.

        Raises `WorkspaceError`: `state_busy` when others hold the file for too long, `usage_unusable` when it cannot be
        read or written. After either nothing may run: a limit that cannot be counted is used up.
        """
        try:
            self._create()
            database = sqlite3.connect(self.path, timeout=LOCK_SECONDS, isolation_level=None)
        except OSError as error:
            raise WorkspaceError("usage_unusable", reason=error) from None
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


def _failure(error: sqlite3.Error) -> WorkspaceError:
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return WorkspaceError("state_busy", what="usage.sqlite", seconds=int(LOCK_SECONDS))
    return WorkspaceError("usage_unusable", reason=name)
