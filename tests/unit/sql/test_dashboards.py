"""Honest sequences of questions are answered, but for those whose answers together would tell of a few."""

from __future__ import annotations

import pytest
from tests.bench.dashboards import asked, register, sequences


def test_honest_questions_are_answered() -> None:
    with register() as database:
        found = {name: asked(statements, database) for name, statements, _ in sequences()}
    refused = {name: [n for n, one in enumerate(steps, start=1) if one] for name, steps in found.items()}
    assert refused == {name: steps for name, _, steps in sequences()}


def test_they_are_refused_for_what_they_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is refused because the search for a few people did not end."""
    monkeypatch.setattr("phantang.sql.disclosure.search._NODES", 10**9)
    wanted = [(statements, steps) for _, statements, steps in sequences() if steps]
    with register() as database:
        for statements, steps in wanted:
            assert [n for n, one in enumerate(asked(statements, database), start=1) if one] == steps
