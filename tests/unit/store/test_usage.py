"""Counters that several processes share: never over the limit, and an unusable file is no limit at all."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import Answered, Spender, Spent, UsageStore

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-25"

SINCE = "2016-11-28"


def asked(store: UsageStore, digest: str, day: str, since: str, holder: str = "a") -> tuple[bool, tuple[Answered, ...]]:
    """Return whether a selection is to be compared, and with which."""
    found = store.answers.standing((holder, "s", digest), "", day, since)
    return found.new, found.others


def test_processes_together_never_pass_the_limit(tmp_path: Path) -> None:
    directory = tmp_path / ".phantang" / "usage"
    script = f"""
from pathlib import Path
from phantang.store import UsageStore
store = UsageStore(Path({str(directory)!r}))
print(sum(store.count_lookup("a", {DAY!r}, 25) for _ in range(15)))
"""
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    counted = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sum(counted) == 25
    assert UsageStore(directory).lookups("a", DAY) == 25


def test_days_and_subjects_are_counted_apart(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    assert store.count_lookup("a", DAY, 1)
    assert not store.count_lookup("a", DAY, 1)
    assert store.count_lookup("b", DAY, 1)
    assert store.count_lookup("a", "2026-11-26", 1)


def test_processes_together_never_pass_the_limit_of_a_person(tmp_path: Path) -> None:
    directory = tmp_path / ".phantang" / "usage"
    script = f"""
from pathlib import Path
from phantang.store import UsageStore
store = UsageStore(Path({str(directory)!r}))
print(sum(store.count_person("a", {DAY!r}, "p", 7) for _ in range(5)))
"""
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(process.communicate(timeout=120)[0]) for process in running) == 7


def test_people_are_counted_a_day_and_then_forgotten(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    assert store.count_person("a", DAY, "person-of-yesterday", 1)
    assert not store.count_person("a", DAY, "person-of-yesterday", 1)
    assert store.count_person("a", DAY, "another", 1)
    assert store.count_person("b", DAY, "person-of-yesterday", 1)
    assert store.count_person("a", "2026-11-26", "another", 1)
    with closing(sqlite3.connect(store.path)) as database:
        kept = database.execute("SELECT subject, day, person FROM people ORDER BY 1, 2").fetchall()
    assert kept == [("a", "2026-11-26", "another"), ("b", DAY, "person-of-yesterday")]


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    store.count_lookup("a", DAY, 1)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_a_damaged_file_counts_nothing(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    store.count_lookup("a", DAY, 5)
    store.path.write_bytes(b"not a database" * 100)
    with pytest.raises(WorkspaceError) as caught:
        store.count_lookup("a", DAY, 5)
    assert caught.value.code == "usage_unusable"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / ".phantang").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        UsageStore(tmp_path / ".phantang" / "usage").count_lookup("a", DAY, 5)
    assert caught.value.code == "usage_unusable"


def test_what_was_answered_in_the_meantime_is_to_be_compared_as_well(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    one, two, three = (Answered(number, number) for number in "123")
    assert asked(store, "1", DAY, SINCE) == asked(store, "2", DAY, SINCE) == (True, ())
    assert store.answers.confirm("a", "s", one, DAY, SINCE, ()) == ()
    assert store.answers.confirm("a", "s", two, DAY, SINCE, ()) == (one,)
    assert asked(store, "3", DAY, SINCE) == (True, (one,))  # nothing is kept of the other
    assert store.answers.confirm("a", "s", two, DAY, SINCE, [one]) == ()
    assert store.answers.confirm("a", "s", three, DAY, SINCE, [one]) == (one, two)
    assert asked(store, "1", DAY, SINCE, "b") == (True, ())


def test_the_same_asked_while_it_is_compared_is_compared_too(tmp_path: Path) -> None:
    # Or the second of two would be answered before the first is refused.
    store, answer = UsageStore(tmp_path / ".phantang" / "usage"), Answered("1", "x")
    for _ in range(2):
        assert asked(store, "1", DAY, SINCE) == (True, ())
    for _ in range(2):
        assert store.answers.confirm("a", "s", answer, DAY, SINCE, ()) == ()
    assert asked(store, "1", DAY, SINCE) == (False, ())


def test_answers_end_and_looking_keeps_nothing(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    one, two, three = (Answered(number, number) for number in "123")
    store.answers.confirm("a", "s", one, "2026-01-01", SINCE, ())
    older = [replace(one, before=True), replace(two, before=True)]
    assert store.answers.confirm("a", "s", two, "2026-02-01", SINCE, older) == ()
    assert asked(store, "3", DAY, "2026-01-02") == (True, (older[1],))
    assert asked(store, "3", DAY, "2026-01-01") == (True, tuple(older))
    store.answers.confirm("a", "s", one, "2026-03-01", SINCE, [two])  # answered again
    assert asked(store, "3", "2026-03-01", "2026-02-15") == (True, (one,))
    assert (
        store.answers.confirm("a", "s", three, "2026-03-01", "2026-02-15", [one]) == ()
    )  # now the other one is dropped
    assert asked(store, "2", DAY, "2000-01-01") == (True, (older[0], replace(three, before=True)))


def test_processes_together_never_spend_more_than_the_budget(tmp_path: Path) -> None:
    directory = tmp_path / ".phantang" / "usage"
    script = f"""
import sys
from pathlib import Path
from phantang.store import Spender, UsageStore
store = UsageStore(Path({str(directory)!r}))
who = Spender("a", "L1", "s.main.t")
spent = [store.spend(who, f"{{sys.argv[1]}}-{{number}}", 300, 3100) for number in range(8)]
assert all(one.remaining >= 0 for one in spent)
print(sum(one.granted for one in spent))
"""
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(number)], stdout=subprocess.PIPE, text=True)
        for number in range(3)
    ]
    assert sum(int(process.communicate(timeout=120)[0]) for process in running) == 10
    left = UsageStore(directory).spend(Spender("a", "L1", "s.main.t"), "x", 101, 3100)
    assert (left.granted, left.remaining) == (False, 100)


def test_a_question_is_paid_once_and_has_one_answer(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    who = Spender("a", "L1", "s.main.t")
    assert store.spend(who, "1", 500, 1000) == Spent(True, 500)
    assert store.spend(who, "1", 500, 1000) == Spent(True, 500)  # asked at once: paid, not yet answered
    assert store.keep_noisy(who, "1", b"first") == b"first"
    assert store.keep_noisy(who, "1", b"second") == b"first"
    assert store.spend(who, "1", 500, 1000) == Spent(True, 500, b"first")
    assert store.spend(who, "2", 501, 1000) == Spent(False, 500)
    assert store.spend(who, "2", 500, 400) == Spent(False, 0)  # a budget made smaller counts what was spent
    for other in (Spender("b", "L1", "s.main.t"), Spender("a", "R1", "s.main.t"), Spender("a", "L1", "s.main.u")):
        assert store.spend(other, "1", 500, 1000) == Spent(True, 500)


def test_members_of_an_organisation_have_one_budget(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    alone = Spender("a", "L1", "s.main.t")
    assert store.spend(alone, "1", 500, 1000).granted  # before the two were declared to be of one organisation
    both = [Spender(name, "L1", "s.main.t", ("a", "b")) for name in ("a", "b")]
    assert store.spend(both[1], "2", 300, 1000) == Spent(True, 200)
    assert store.remaining(both[0], "3", 300, 1000) == Spent(False, 200)
    assert store.spend(both[0], "3", 300, 1000) == Spent(False, 200)
    assert store.spend(both[0], "1", 500, 1000).granted  # paid for
    assert store.spend(Spender("c", "L1", "s.main.t", ("c",)), "3", 300, 1000).granted


def test_on_another_day_what_was_confirmed_is_compared_with_the_answers_of_that_day(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / "usage")
    one, two = Answered("1", "x"), Answered("2", "y")
    store.answers.confirm("a", "s", one, "2026-03-01", SINCE, ())
    store.answers.confirm("a", "s", two, "2026-03-01", SINCE, [one])
    assert asked(store, "1", "2026-03-01", SINCE)[0] is False
    assert asked(store, "1", "2026-03-02", SINCE) == (True, ())
    assert asked(store, "2", "2026-03-02", SINCE) == (True, ())
    assert store.answers.confirm("a", "s", one, "2026-03-02", SINCE, ()) == ()
    # The other was asked at the same time.
    assert store.answers.confirm("a", "s", two, "2026-03-02", SINCE, ()) == (one,)
    assert asked(store, "1", "2026-03-02", SINCE)[0] is False
    assert asked(store, "2", "2026-03-02", SINCE) == (True, (one,))
    assert asked(store, "3", "2026-03-02", SINCE) == (
        True,
        (one, replace(two, before=True)),
    )  # a new one: with all


def test_a_clock_that_is_set_back_gives_nobody_a_day_again(tmp_path: Path) -> None:
    store, eve = UsageStore(tmp_path / "usage"), "2026-11-24"
    assert store.count_lookup("a", DAY, 1)
    assert not store.count_lookup("a", eve, 1)
    assert store.lookups("a", eve) == 1
    assert store.count_person("a", DAY, "p", 1)
    assert not store.count_person("a", eve, "p", 1)
    assert store.asked_about("a", eve, "p") == 1
    store.answers.count_refusal("a", "s", "1", DAY)
    store.answers.count_failure("a", "s", "2", DAY)
    standing = store.answers.standing(("a", "s", "3"), "4", eve, SINCE)
    assert (standing.refusals, standing.failures) == (1, 1)
    # What is counted then is not lost when the clock is right again, nor is it counted twice for one question.
    store.answers.count_refusal("a", "s", "1", eve)
    assert store.answers.standing(("a", "s", "3"), "4", DAY, SINCE).refusals == 1


def test_what_agreed_on_a_day_is_compared_again_when_the_clock_comes_back_to_it(tmp_path: Path) -> None:
    store, eve = UsageStore(tmp_path / "usage"), "2026-11-24"
    one, two = Answered("1", "x"), Answered("2", "y")
    store.answers.confirm("a", "s", one, eve, SINCE, ())
    store.answers.confirm("a", "s", two, eve, SINCE, [one])
    assert asked(store, "1", eve, SINCE) == (False, (two,))
    store.answers.confirm("a", "s", two, DAY, SINCE, [one])
    # Data changed since the eve: the first is compared with what the second told on the day after.
    assert asked(store, "1", eve, SINCE) == (True, (two,))
    assert store.answers.confirm("a", "s", one, eve, SINCE, ()) == (two,)
