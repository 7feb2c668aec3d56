"""An officer takes a decision back: the catalog is as it was before it, byte for byte, and the ledger knows both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import MADE, NAME

if TYPE_CHECKING:
    from .conftest import Review

pytestmark = pytest.mark.e2e

COLUMN = f"{NAME}.ton_giao"
TWO_PEOPLE = "\n[review]\ntwo_person = true\n"


def _written(review: Review) -> str:
    return (review.workspace.path / "catalog/assets/nguon/main.nguoi.yaml").read_text(encoding="utf-8")


def _undo(review: Review, *columns: str, by: str = "Bình", code: int = 0) -> None:
    review.does("catalog", "undo", *(columns or (COLUMN,)), "--by", by, "--reason", "nhầm cột", code=code)


def _near_misses(review: Review) -> list[dict[str, str]]:
    file = review.workspace.path / "classifiers/feedback/near_misses.json"
    return list(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else []


DECISIONS = {
    "accept": ("accept", COLUMN),
    "set": ("set", COLUMN, "--tag", "none", "--reason", "x"),
    "reject": ("reject", COLUMN, "--reason", "x"),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_each_decision_is_taken_back_as_if_it_had_not_been_made(review: Review, decision: str) -> None:
    before = _written(review)
    review.does("catalog", *DECISIONS[decision], "--by", "An")
    assert _written(review) != before
    _undo(review)
    assert "took back the last decision; it is again: sensitive.religion (proposed)" in review.err
    assert _written(review) == before
    assert _near_misses(review) == []
    entry = review.does("catalog", "show", NAME, "--history", "--format", "jsonl")[-1]
    assert (entry["kind"], entry["by"], entry["reason"]) == ("undo", "Bình", "nhầm cột")
    assert [one["column"] for one in entry["changes"]] == [COLUMN]
    _undo(review, code=2)
    assert "[catalog_nothing_to_undo]" in review.err
    review.does("audit", "verify")
    review.does("catalog", "show", NAME, "--history", lang="vi")
    assert "rút lại" in review.out


def test_decisions_are_taken_back_one_by_one_and_an_earlier_one_stands_again(review: Review) -> None:
    states = [_written(review)]
    for tag in ("sensitive.health", "person.other", "none"):
        review.does("catalog", "set", COLUMN, "--tag", tag, "--reason", tag, "--by", "An")
        states.append(_written(review))
    _undo(review)
    assert _written(review) == states[2]
    review.does("catalog", "set", COLUMN, "--tag", "none", "--reason", "lần hai", "--by", "An")
    for state in (states[2], states[1], states[0]):
        _undo(review)
        assert _written(review) == state


def test_only_the_rejection_that_is_taken_back_is_unlearnt(review: Review) -> None:
    review.does("catalog", "reject", f"{NAME}.email", "--reason", "x", "--by", "An")
    review.does("catalog", "reject", COLUMN, "--reason", "x", "--by", "An")
    _undo(review)
    assert {one["name"] for one in _near_misses(review)} == {"email"}
    review.does("scan", "--full")
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "proposed")
    assert review.columns()["email"][0] is None


def test_what_a_scan_accepted_is_taken_back_by_pattern(review: Review) -> None:
    before = _written(review)
    review.does("scan", "--accept", "--by", "An")
    review.does("catalog", "set", COLUMN, "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    _undo(review, "nguon.*.ho_*", COLUMN)
    columns = review.columns()
    assert (columns["ho_ten"][2], columns["ton_giao"]) == ("proposed", ("sensitive.religion", "T3", "accepted"))
    assert columns["email"][2] == "accepted"
    _undo(review, "nguon.*")
    assert _written(review) == before
    _undo(review, "nguon.*", code=2)
    assert "[catalog_nothing_selected]" in review.err


def test_a_disagreement_that_was_followed_stands_beside_the_decision_again(review: Review) -> None:
    review.does("catalog", "set", COLUMN, "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    review.does("scan", "--full")
    before = _written(review)
    assert review.pending()["ton_giao"] == "disagrees"
    for decision in ("accept", "reject"):
        review.does("catalog", *DECISIONS[decision], "--by", "An")
        assert "ton_giao" not in review.pending()
        _undo(review)
        assert _written(review) == before


def test_what_would_lower_a_tier_waits_for_a_second_person(review: Review) -> None:
    for tag in ("person.other", "sensitive.health"):
        review.does("catalog", "set", COLUMN, "--tag", tag, "--reason", tag, "--by", "An")
    before = _written(review)
    review.set_up(TWO_PEOPLE)
    _undo(review)
    assert "lowering to person.other waits for a second person" in " ".join(review.err.split())
    assert review.columns()["ton_giao"] == ("sensitive.health", "T3", "overridden")
    assert review.pending()["ton_giao"] == "awaiting"
    review.does("catalog", "approve", COLUMN, "--by", "BÌNH", code=3)
    assert "[catalog_same_person]" in review.err
    _undo(review)  # the waiting step is taken back, and what stood stands
    assert _written(review) == before
    _undo(review)
    review.does("catalog", "approve", COLUMN, "--by", "Cúc")
    assert review.columns()["ton_giao"] == ("person.other", "T2", "overridden")
    _undo(review, by="Cúc")  # nor can an approval be undone past the rule: it waits again
    assert review.columns()["ton_giao"] == ("sensitive.health", "T3", "overridden")
    assert review.pending()["ton_giao"] == "awaiting"


def test_an_approved_lowering_is_taken_back_at_once_as_that_raises(review: Review) -> None:
    review.does("scan", "--accept", "--by", "An")
    review.set_up(TWO_PEOPLE)
    review.does("catalog", *DECISIONS["set"], "--by", "An")
    review.does("catalog", "approve", COLUMN, "--by", "Bình")
    assert review.columns()["ton_giao"] == ("none", "T1", "overridden")
    _undo(review, by="An")
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
    assert review.pending()["ton_giao"] == "awaiting"


def test_nobody_alone_makes_a_suspected_secret_undecided(review: Review) -> None:
    review.does("catalog", "set", COLUMN, "--tag", "secrecy.suspected", "--reason", "x", "--by", "An")
    review.set_up(TWO_PEOPLE)
    _undo(review, code=2)
    assert "[catalog_undo_lowers]" in review.err
    assert review.columns()["ton_giao"][:2] == ("secrecy.suspected", "T5")


def test_what_cannot_be_taken_back_is_said_to_be_so(review: Review) -> None:
    _undo(review, f"{NAME}.khong", code=2)
    assert "[column_not_found]" in review.err
    _undo(review, NAME, code=2)
    assert "[column_not_found]" in review.err
    review.does("catalog", "undo", COLUMN, "--reason", " ", code=2)
    assert "[catalog_undo_reason]" in review.err
    review.does("catalog", "undo", COLUMN, code=2)
    assert "[usage]" in review.err
    review.does("catalog", "set", COLUMN, "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    file = review.workspace.path / "catalog/assets/nguon/main.nguoi.yaml"
    before = _written(review).replace("tag: sensitive.health\n", "tag: sensitive.political\n")  # an editor's doing
    assert before != _written(review)
    file.write_text(before, "utf-8")
    assert review.columns()["ton_giao"] == ("sensitive.political", "T3", "overridden")
    _undo(review, code=2)
    assert "[catalog_nothing_to_undo]" in review.err
    assert _written(review) == before


def test_a_table_that_comes_back_has_no_decisions_of_the_one_before(review: Review) -> None:
    review.does("catalog", *DECISIONS["reject"], "--by", "An")
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    review.sql(*MADE)
    review.does("scan")
    before = _written(review)
    _undo(review, code=2)
    assert "[catalog_nothing_to_undo]" in review.err
    _undo(review, NAME, code=2)
    assert "[column_not_found]" in review.err
    assert _written(review) == before


@pytest.mark.parametrize("two_people", [False, True])
def test_a_retired_table_is_brought_back_as_it_was(review: Review, two_people: bool) -> None:
    for tag in ("sensitive.health", "person.other"):
        review.does("catalog", "set", COLUMN, "--tag", tag, "--reason", "x", "--by", "An")
    states = [_written(review)]
    review.set_up(TWO_PEOPLE if two_people else "")
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    if two_people:
        review.does("catalog", "approve", NAME, "--by", "Bình")
    review.sql(*MADE)  # it was dropped by mistake
    _undo(review, NAME, by="An")
    assert f"{NAME}: is in the catalog again" in " ".join(review.err.split())
    assert _written(review) == states[0]
    assert review.does("catalog", "list", "--retired", "--format", "jsonl") == []
    last = review.does("catalog", "show", NAME, "--history", "--format", "jsonl")[-1]
    assert (last["kind"], last["tables"], last["reason"]) == ("undo", [NAME], "nhầm cột")
    review.does("catalog", "show", NAME, "--history")
    _undo(review, NAME, code=2)
    assert "[column_not_found]" in review.err
    _undo(review, COLUMN, by="Cúc")  # what was decided before can still be taken back
    assert review.columns()["ton_giao"][0] == "sensitive.health"
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "lần hai", "--by", "An")
    review.does("audit", "verify")
    review.does("doctor")


def test_a_table_that_waits_to_be_retired_stays(review: Review) -> None:
    review.set_up(TWO_PEOPLE)
    review.does("catalog", "accept", "--by", "An")
    review.sql("DROP TABLE nguoi")
    review.does("catalog", "retire", NAME, "--reason", "bỏ", "--by", "An")
    review.does("catalog", "set", COLUMN, "--tag", "sensitive.health", "--reason", "x", "--by", "An")
    before = _written(review)
    review.does("catalog", "undo", NAME, "--reason", " ", code=2)
    assert "[catalog_undo_reason]" in review.err
    _undo(review, NAME)
    assert _written(review) == before
    review.does("catalog", "approve", NAME, "--by", "Bình")
    assert _written(review) == before
    assert not (review.workspace.path / "catalog/retired/nguon/main.nguoi.yaml").exists()
    _undo(review)
    assert review.columns()["ton_giao"] == ("sensitive.religion", "T3", "accepted")
