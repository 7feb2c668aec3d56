"""Every rule's own examples are tests, and no two rules claim the same ground for different tags."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from phantang.classify import Classifier, check_classifier, compile_packs
from phantang.classify.check import check_rule, overlaps

PACKS = Path(__file__).parents[3] / "classifiers"
RULES = [
    rule["id"]
    for path in sorted(PACKS.rglob("*.yaml"))
    for rule in yaml.safe_load(path.read_text("utf-8")).get("rules", [])
]


@pytest.mark.parametrize("rule", RULES)
def test_examples(rule: str, classifier: Classifier) -> None:
    number = next(number for number, item in enumerate(classifier.rules) if item.id == rule)
    assert list(check_rule(classifier, number)) == []


def test_no_overlaps(classifier: Classifier) -> None:
    assert list(overlaps(classifier)) == []


def test_every_tag_has_a_rule(classifier: Classifier, tags: list[str]) -> None:
    covered = {rule.tag for rule in classifier.rules}
    missing = {tag for tag in tags if tag not in covered and not any(found.startswith(f"{tag}.") for found in covered)}
    assert missing == {"importance.important", "importance.core"}  # counts and lists of data say these, no column


def test_a_wrong_example_and_an_overlap_are_reported(
    packs: dict[str, str], lists: dict[str, str], tags: list[str]
) -> None:
    extra = """
rules:
  - id: zz.wrong
    tag: person.other
    sources: [{ref: "made up", status: unverified}]
    names: {strong: [quốc tịch]}
    values: {patterns: ['Z\\d']}
    match: {names: [so_nha], values: [Z1, ZZ]}
    near_miss: {values: [Z2]}
"""
    problems = check_classifier(compile_packs(packs | {"zz/wrong.yaml": extra}, lists, tags))
    assert {(problem.rule, problem.kind, problem.on) for problem in problems} >= {
        ("zz.wrong", "match", "so_nha"),
        ("zz.wrong", "match", "ZZ"),
        ("zz.wrong", "near_miss", "Z2"),
        ("vn.nationality", "overlap", "quốc tịch"),
    }


def test_values_that_two_rules_would_claim_under_a_strange_name_are_an_overlap(
    packs: dict[str, str], lists: dict[str, str], tags: list[str]
) -> None:
    extra = """
rules:
  - id: zz.mail
    tag: sensitive.health
    sources: [{ref: "made up", status: unverified}]
    values: {patterns: ['[a-z]{2,9}@[a-z]{2,9}\\.vn'], alone: unnamed}
    match: {values: [an@thu.vn]}
    near_miss: {values: [an]}
"""
    problems = check_classifier(compile_packs(packs | {"zz/mail.yaml": extra}, lists, tags))
    assert {(one.rule, one.kind, one.other) for one in problems} == {("zz.mail", "overlap", "intl.email")}
