"""Every entry of the allow-lists is called, answers as the original does, and is missed when it is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phantang.model.errors import GuardError, Refused

from .entries import Call, calls, entries, forget, rewritten, without, words
from .twins import answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .entries import Entry
    from .twins import Answer

    Runner = Callable[[str], tuple[Any, list[Any]]]

#: How sqlglot reads calls that the engine then refuses; unlisted, the guard would report a fault of ours instead.
REFUSED_BY_THE_ENGINE = {"DecodeCase"}


@pytest.fixture
def whole_lists() -> Iterator[None]:
    """Read the lists again when a test has weakened them."""
    yield
    forget()


def answered(run: Runner, call: Call, sql: str) -> Answer:
    """Return the answer to `sql`; of a call that tells the time, the columns and their types."""
    kind, content = answer(run, sql)
    return kind, content[0] if kind == "rows" and call.types_only else content


def known(run: Runner, call: Call, dialect: str) -> bool:
    """Tell whether the server at hand is new enough for a call, and built for it."""
    if dialect == "duckdb" or not (call.since or call.icu):
        return True
    if call.icu:
        return bool(run("SELECT count(*) FROM pg_collation WHERE collname = 'und-x-icu'")[1][0][0])
    return bool(int(run("SHOW server_version_num")[1][0][0]) >= call.since * 10_000)


def test_every_call_answers_as_the_original(dialect: str, run: Runner) -> None:
    problems = []
    for call in calls(dialect):
        try:
            sql = rewritten(call.sql, dialect)
        except (Refused, GuardError) as error:
            problems.append(f"{call.sql}\n  refused: {error}")
            continue
        if not known(run, call, dialect):
            continue
        expected, got = answered(run, call, call.sql), answered(run, call, sql)
        if expected[0] == "error" or got != expected:
            problems.append(f"{call.sql}\n  expected {expected}\n  got {got}\n  from {sql}")
    assert not problems, "\n".join(problems)


class Missed:
    """Looks for a call that notices an entry's absence: it is refused, or answered otherwise."""

    def __init__(self, dialect: str, run: Runner) -> None:
        self.dialect, self.run = dialect, run
        self.calls = [(call, rewritten(call.sql, dialect), words(call.sql, dialect)) for call in calls(dialect)]

    def by(self, entry: Entry) -> Call | None:
        """Return a call that misses `entry`, those that name it first."""
        wanted = {entry.word(), entry.word().lower()}
        for call, whole, _ in sorted(self.calls, key=lambda one: not wanted & one[2]):
            try:
                sql = rewritten(call.sql, self.dialect)
            except (Refused, GuardError):
                return call
            if sql != whole and (
                not known(self.run, call, self.dialect)
                or answered(self.run, call, sql) != answered(self.run, call, whole)
            ):
                return call
        return None


@pytest.mark.usefixtures("whole_lists")
def test_every_entry_is_missed(dialect: str, run: Runner) -> None:
    """An entry nobody calls fails here, and so does one that is listed twice or that the engine cannot reach."""
    missed, superfluous = Missed(dialect, run), []
    for entry in entries(dialect):
        with pytest.MonkeyPatch.context() as patch:
            without(entry, patch)
            if entry.name not in REFUSED_BY_THE_ENGINE and missed.by(entry) is None:
                superfluous.append(str(entry))
        forget()
    assert not superfluous, "\n".join(superfluous)


def test_nothing_is_missed_while_the_lists_are_whole(dialect: str, run: Runner) -> None:
    assert Missed(dialect, run).by(entries(dialect)[0]) is None
