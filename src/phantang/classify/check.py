"""Checks of rule packs: every rule's own examples, and rules that say different things of the same name or value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from phantang.classify.classifier import Classifier
from phantang.classify.rules.rule import IN_PERSON_TABLES, Alone, Level, NameExample, Rule
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

#: A table whose name says nothing, and one that is about people.
_NEUTRAL, _PEOPLE = "bang_1", "ca_nhan"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a rule.

    `kind` is `match` (an example is not recognised), `near_miss` (a counter-example is) or `overlap` (another rule with
    another tag claims the same). `on` is the example or phrase; `other` the second rule or the tag that came out.
    """

    file: str
    rule: str
    kind: str
    on: str
    other: str


def check_classifier(classifier: Classifier) -> tuple[Problem, ...]:
    """Return every problem with the rules of a compiled classifier; empty when all is well."""
    problems = [problem for number in range(len(classifier.rules)) for problem in check_rule(classifier, number)]
    return (*problems, *overlaps(classifier))


def check_rule(classifier: Classifier, number: int) -> Iterator[Problem]:
    """Yield the examples of rule `number` that come out wrong."""
    rule = classifier.rules[number]
    for example in rule.match.names:
        tags = _tags(classifier, rule, example)
        if rule.tag not in tags:
            yield Problem(rule.file, rule.id, "match", example.name, tags[0])
    for example in rule.near_miss.names:
        tags = _tags(classifier, rule, example)
        if rule.tag in tags and rule.tag != "none":
            yield Problem(rule.file, rule.id, "near_miss", example.name, rule.tag)
    for value in rule.match.values:
        if rule.values is None or not classifier.values.accepts(number, value):
            yield Problem(rule.file, rule.id, "match", value, "-")
    for value in rule.near_miss.values:
        if rule.values is not None and classifier.values.accepts(number, value):
            yield Problem(rule.file, rule.id, "near_miss", value, "-")


def overlaps(classifier: Classifier) -> Iterator[Problem]:
    """Yield pairs of rules that claim one phrase, in the same tables, for different tags; or one value, anywhere."""
    claimed: dict[tuple[str, Level], list[Rule]] = defaultdict(list)
    for rule in classifier.rules:
        for level, phrases in rule.names.items():
            for phrase in phrases:
                claimed[(phrase, level)].append(rule)
    for (phrase, _), rules in claimed.items():
        for position, one in enumerate(rules):
            for other in rules[position + 1 :]:
                if one.tag != other.tag and _same_ground(one, other):
                    yield Problem(one.file, one.id, "overlap", phrase, other.id)
    alone = [n for n, rule in enumerate(classifier.rules) if _claims_alone(rule)]
    for first, second in permutations(alone, 2):
        one, other = classifier.rules[first], classifier.rules[second]
        for value in one.match.values:
            if one.tag != other.tag and classifier.values.accepts(second, value):
                yield Problem(one.file, one.id, "overlap", value, other.id)


def _claims_alone(rule: Rule) -> bool:
    """Tell whether a value is all that a rule needs to claim a column: under any name, or one that no rule knows."""
    if rule.values is None or rule.values.alone is Alone.ANYWHERE:
        return rule.values is not None
    conditions = (rule.needs, rule.without, rule.companion, rule.values.column_check, rule.tag == "none")
    return rule.values.alone is Alone.UNNAMED and not any(conditions)


def _same_ground(one: Rule, other: Rule) -> bool:
    """Tell whether nothing but the phrase decides between two rules: no condition on types, tables or neighbours."""
    if one.companion or other.companion:
        return False
    return not any((one.needs, other.needs, one.without, other.without, one.types, other.types))


def _tags(classifier: Classifier, rule: Rule, example: NameExample) -> tuple[str, ...]:
    people = any(rule.names.get(level) for level in IN_PERSON_TABLES) and not example.table
    table = TableName("example", "main", example.table or (_PEOPLE if people else _NEUTRAL))
    columns = (
        ColumnInfo(example.name, example.type, comment=example.comment),
        *(ColumnInfo(name, "VARCHAR") for name in example.beside),
    )
    return classifier.classify(TableInfo(table, columns), {})[0].tags
