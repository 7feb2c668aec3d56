"""Patterns that a value can hold up are told from those that only look like it."""

from __future__ import annotations

import pytest

from phantang.classify.rules.backtracking import explodes

EXPONENTIAL = [
    r"(a+)+$",
    r"(?:a|a)*b",
    r"(?:a|ab|b)*c",
    r"(?:[a-z]+\d*)+x",
    r"(?:x+x+)+y",
    r"(?:a|a){30}b",
    r"(?:a?){30}a{30}",
    r"(?=(?:a+)+b)x",
    r"(?:\w+ ?)*x",
]
POLYNOMIAL = [
    r"[^\n]*a[^\n]*b[^\n]*c",
    r"(?:a-)*(?:a-)*(?:a-)*x",
    r"AccountKey=(?:[^\n]*,){10}x",
    r"(?:\w{1,30}){8}",
    r"(\w+)\1+",
    r"(?:(?:(?:a{1,500}){1,500}){1,500}){1,500}",
]
FINE = [
    r"TV\d{6}",
    r"\w+@\w+\.\w+",
    r"[\w.+-]+@(?:[\w-]+\.)+\w{2,}",
    r"\w+(?: \w+)*",
    r"[^\n]*foo[^\n]*",
    r"(?:\d{3} ?){4}",
    r"\d{1,3}(?:\.\d{3})*(?:,\d+)?",
    r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?",
    r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/[^\n ]*)?",
    r"(?i:(?:a|A)+)",
]


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_what_explodes_is_told(pattern: str) -> None:
    assert explodes(pattern)


@pytest.mark.parametrize("pattern", POLYNOMIAL)
def test_three_loops_over_the_same_text_are_too_many(pattern: str) -> None:
    assert explodes(pattern)


@pytest.mark.parametrize("pattern", FINE)
def test_what_reads_every_value_in_few_ways_is_let_through(pattern: str) -> None:
    assert not explodes(pattern)
    assert not explodes(pattern, in_text=True)


def test_a_reading_that_may_begin_anywhere_counts_once_more() -> None:
    pattern = r"[^\n]*a[^\n]*b"
    assert not explodes(pattern)
    assert explodes("[ -]+" + pattern, in_text=True)


def test_case_is_ignored_where_the_rule_says_so() -> None:
    assert not explodes(r"(?:a|B)*(?:A|b)*(?:a|B)*c")
    assert explodes(r"(?:a|B)*(?:A|b)*(?:a|B)*c", ignore_case=True)
