"""A rule tried in steps gives the verdict of all values at once, except where the stated bound allows another."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from phantang.classify import Classifier
from phantang.classify.rules.confidence import by_values
from phantang.classify.rules.rule import ValueTest
from phantang.classify.values.hints import Hints
from phantang.classify.values.hits import ValueHits
from phantang.classify.values.measured import Look, Measured
from phantang.classify.values.trials import Trial

#: Strength of the rule that is tried.
_SURE = 0.9


class _Whole(Measured):
    """The values of a column, looked at all at once."""

    def look(self, place: int) -> Look | None:
        return Look(self.lines, self._hints) if place == 0 else None


def _nothing(*_: object) -> int:
    return 0


def _verdict(found: ValueHits | None, test: ValueTest, *, also: bool = False) -> float:
    if found is None or not found.checked:
        return 0.0
    hits = found.hits + found.also * also
    return by_values(_SURE, hits, found.sampled, test.share) if hits >= test.share * found.sampled else 0.0


def _columns(share: float, count: int, chance: random.Random) -> Iterator[list[str]]:
    """Yield columns of numbers, of which so many begin with 9: mixed, and sorted so that those come first or last."""
    for _ in range(10):
        lines = [f"{'9' if chance.random() < share else '1'}{number:05d}" for number in range(count)]
        yield lines
        yield sorted(lines, key=lambda line: line[0])
        yield sorted(lines, key=lambda line: line[0], reverse=True)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("demanded", [0.45, 0.6, 0.8, 0.95])
def test_steps_give_the_verdict_of_all_values(demanded: float, named: bool, classifier: Classifier) -> None:
    hints, chance = Hints(classifier.lists), random.Random(11)
    test = ValueTest(patterns=(r"9\d{5}",), also=(r"1\d{5}",), share=demanded)
    trial = Trial(test, classifier.lists)
    tried = other = 0
    for share in (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 1.0):
        # Where many hits make it no surer, the other bound, is halfway from the share that is demanded to all.
        near = demanded - 0.3 < share < (1 + demanded) / 2 + 0.15
        for count in (3, 15, 21, 90, 1_000):
            for lines in _columns(share, count, chance):
                steps = trial.count(Measured(lines, hints, _nothing), named=named)
                whole = trial.count(_Whole(lines, hints, _nothing), named=named)
                for also in {False, named}:
                    one, two = _verdict(steps, test, also=also), _verdict(whole, test, also=also)
                    tried, other = tried + 1, other + (abs(one - two) > 0.03)
                    if not near:
                        assert one == pytest.approx(two, abs=0.03), (share, count)
    assert other < 0.03 * tried, (other, tried)


def test_values_are_looked_at_once_and_all_of_them(classifier: Classifier) -> None:
    for count in (1, 9, 10, 20, 21, 79, 81, 200, 777):
        lines = [str(number) for number in range(count)]
        seen = Measured(lines, Hints(classifier.lists), _nothing)
        looks: list[list[str]] = []
        while (look := seen.look(len(looks))) is not None:
            looks.append(look.text.split("\n"))
            assert look.count == len(looks[-1])
        taken = [line for lines in looks for line in lines]
        assert sorted(taken) == sorted(seen.lines)
        assert len(set(taken)) == len(taken) <= 200


def test_the_first_look_is_spread_over_the_column(classifier: Classifier) -> None:
    """What is entered first is often of one kind: a column whose first half is of another has both in its look."""
    lines = [f"{'9' if number < 100 else '1'}{number:05d}" for number in range(200)]
    look = Measured(lines, Hints(classifier.lists), _nothing).look(0)
    assert look is not None
    assert {line[0] for line in look.text.split("\n")} == {"1", "9"}


def test_a_name_is_doubted_only_after_more_than_a_few_values(classifier: Classifier) -> None:
    """None of the first values hits, one of the next does: what the name says is not unsupported."""
    test = ValueTest(patterns=(r"9\d{5}",), share=0.8)
    trial, hints = Trial(test, classifier.lists), Hints(classifier.lists)
    seen = Measured([f"1{number:05d}" for number in range(20)], hints, _nothing)
    first, second = seen.look(0), seen.look(1)
    assert first is not None
    assert second is not None
    lines = [*first.text.split("\n"), "900000", *second.text.split("\n")[1:]]
    again = Measured(lines, hints, _nothing)
    assert trial.count(again, named=False) is None
    found = trial.count(again, named=True)
    assert found == ValueHits(1, 0, 20, candidates=1)
    assert trial.count(seen, named=True) is None


def test_values_judged_together_are_judged_by_many(classifier: Classifier) -> None:
    """Forty different names at the beginning do not make a column of names where the check of more of them refuses."""
    lists, hints = classifier.lists, Hints(classifier.lists)
    test = ValueTest(patterns=(r"\d{3}[a-z]?",), share=0.8, column_check="prefixes_spread")
    lines = [f"{number:03d}" for number in range(100)]
    trial = Trial(test, lists)
    found = trial.count(Measured(lines, hints, _nothing), named=False)
    assert found is not None
    assert (found.sampled, found.checked) == (80, True)
    same = Measured([f"777{chr(97 + number % 26)}" for number in range(26)] + lines[:4], hints, _nothing)
    assert trial.count(same, named=False) is None
    found = trial.count(same, named=True)
    assert found is not None
    assert (found.sampled, found.checked) == (30, False)


@pytest.mark.parametrize("pattern", [r"\d{3,5}", r"\d{4}", r"[^\n]{2,6}", r"[^\n\d]{2,9}"])
def test_plain_patterns_take_what_they_match(pattern: str, classifier: Classifier) -> None:
    """Lengths and kinds of character stand for a run of the pattern: same hits, whatever the values."""
    trial, hints, chance = (
        Trial(ValueTest(patterns=(pattern,)), classifier.lists),
        Hints(classifier.lists),
        random.Random(3),
    )
    for _ in range(300):
        signs, size = chance.choice(("0123456789", "abc", "ab1", "٣٤", "é,")), chance.choice((3, 4, 5, 7))
        lines = ["".join(chance.choices(signs, k=chance.choice((4, size)))) for _ in range(9)]
        look = Look(lines, hints)
        if trial._takes_all(look):
            assert trial.whole.findall(look.text) == look.lines
    assert trial._takes_all(Look(["1234", "4321"], hints)) is ("\\n\\" not in pattern)
