"""What makes matching fast must lose nothing: every shortcut is held against the plain way to the same answer."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantang.classify import Classifier
from phantang.classify.rules.codelists import plain, words_in_lines
from phantang.classify.rules.rule import Rule
from phantang.classify.text.dates import days_of, parse_date, years_of
from phantang.classify.values.forms import as_bits, coded, form_of, kinds_in
from phantang.classify.values.hints import Hints
from phantang.classify.values.placing import Allowed
from phantang.classify.values.screen import LETTERED, Screen, members
from phantang.classify.values.validators import VALIDATORS, acceptor
from phantang.classify.values.values import ValueMatcher

from ...bench.classification import samples_of
from ...bench.heldout import systems

#: Constructs that packs may use beside those of our own.
ODD = (
    r"a?b*c+", r"(?:ab|cd){2,3}x?", r"[^abc]{2,4}", r"(?i:ab)c", r"(?i)kelvin-k", r"x(?!z)y", r"(?<!a)b.", r"(a|b)\1",
    r"\w{2}\W\d\D", r"[\d.]+[^\d]?", r"[À-ỹ]+ \d{2}", r"(?:TỐI|TUYỆT) MẬT[^\n]*", r"\$\d{1,3}(?:,\d{3})*",
    r"[\w\-]+@[a-z]+", r"(?:[A-Z]\d)?[a-z]{0,3}|\?{2}", r"٣\d",
)  # fmt: skip
texts = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=40)


def _one_line(text: str) -> bool:
    return "\n" not in text


@pytest.mark.parametrize("pattern", ODD)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_match_fits_the_form_of_its_pattern(pattern: str, data: st.DataObject) -> None:
    value = data.draw(st.from_regex(pattern, fullmatch=True).filter(_one_line))
    form = form_of(pattern)
    line = coded(value)
    length, kinds = len(line), frozenset(line)
    assert form.fits(length, as_bits(kinds))
    assert form.fits_inside(length, as_bits(kinds))
    assert form.may_be_in(f"x{value}x")


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_match_of_any_rule_is_never_screened_out(data: st.DataObject, classifier: Classifier) -> None:
    number, rule = data.draw(st.sampled_from(_with_patterns(classifier)))
    assert rule.values is not None
    pattern = data.draw(st.sampled_from(rule.values.patterns))
    value = data.draw(st.from_regex(pattern, fullmatch=True).filter(_one_line))
    if rule.values.ignore_case:
        value = data.draw(st.sampled_from((value, value.lower(), value.upper())).filter(_one_line))
    if not re.fullmatch(pattern, value, re.IGNORECASE if rule.values.ignore_case else 0):
        return
    if rule.values.validator in LETTERED and not any(map(str.isalpha, value)):
        return
    screen = Screen({number: rule.values})
    assert list(members(screen.possible(f"-\n{value}\n{value}", 3, 3))) == [number]
    assert list(screen.inside(f"a {value} b", [number])) == [number]


@settings(max_examples=300, deadline=None)
@given(
    value=st.text(st.sampled_from("0123456789 .,-/:+()%_#;|"), min_size=1, max_size=30),
    validator=st.sampled_from(sorted(LETTERED)),
)
def test_no_validator_of_words_accepts_what_has_no_letter(value: str, validator: str, classifier: Classifier) -> None:
    assert not VALIDATORS[validator](value, classifier.lists)


def test_a_match_inside_a_text_has_a_sign(classifier: Classifier) -> None:
    stops = {n: rule.values for n, rule in enumerate(classifier.rules) if rule.values and rule.values.stop}
    signs = Screen(stops).signs(stops)
    assert signs
    for rule in (classifier.rules[number] for number in stops):
        for value in rule.match.values:
            assert any(sign in value for sign in signs), value
    assert not any(sign in "Trình độ chuyên môn, đã duyệt, pháp luật, thật thà" for sign in signs)


def test_the_screen_leaves_most_rules_out(classifier: Classifier) -> None:
    screen = Screen({number: rule.values for number, rule in _with_patterns(classifier) if rule.values})
    for value, most in (("250004213502", 0.45), ("2020-06-03 21:14:00", 0.25), ("Đái tháo đường típ 2", 0.4)):
        left = list(members(screen.possible(value, 1)))
        assert 0 < len(left) < most * len(_with_patterns(classifier))


def _with_patterns(classifier: Classifier) -> list[tuple[int, Rule]]:
    return [(n, rule) for n, rule in enumerate(classifier.rules) if rule.values and rule.values.patterns]


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, max_size=8))
def test_lines_are_made_plain_together_as_one_by_one(values: list[str]) -> None:
    lines = [unicodedata.normalize("NFC", " ".join(value.split())) for value in values]
    assert words_in_lines("\n".join(lines)) == ([plain(line).split() for line in lines] or [[]])


@settings(max_examples=300, deadline=None)
@given(texts)
def test_folding_is_taking_marks_away(value: str) -> None:
    decomposed = unicodedata.normalize("NFD", value.lower().replace("đ", "d"))
    bare = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    assert plain(value) == re.sub(r"[\W_]+", " ", bare).strip()


@settings(max_examples=100, deadline=None)
@given(texts)
def test_kinds_of_a_text_are_those_of_its_lines(value: str) -> None:
    line = coded(value)
    length, kinds = len(line), frozenset(line)
    assert length == len(value)
    assert kinds_in(value) == as_bits(kinds)


_PARTS = st.integers(0, 2105)
_DATES = st.one_of(
    st.builds("{:02d}/{:02d}/{}".format, st.integers(0, 33), st.integers(0, 14), _PARTS),
    st.builds("{}-{}-{} 10:20:30".format, _PARTS, st.integers(0, 14), st.integers(0, 33)),
    st.builds("{}.{}.{:02d}".format, st.integers(1, 31), st.integers(1, 12), st.integers(0, 99)),
    st.dates().map(str),
    texts.filter(lambda text: "\r" not in text),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_DATES, max_size=20))
def test_dates_are_read_together_as_one_by_one(values: list[str]) -> None:
    assert years_of(values) == {text: day.year for text in values if (day := parse_date(text)) is not None}
    assert days_of(values) == [day for text in values if (day := parse_date(text)) is not None]


@pytest.fixture(scope="module")
def columns() -> list[tuple[str, tuple[str, ...]]]:
    """Columns of the development half of the held-out systems, 40 values each."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for system in systems("dev"):
        for place in range(len(system.tables)):
            _, samples, _ = samples_of(system, place, "both", 40)
            found += [(f"{system.path.stem}.{name}", tuple(filter(None, one))) for name, one in samples.items()]
    return found


def test_no_validator_accepts_more_than_its_hint_allows(
    columns: list[tuple[str, tuple[str, ...]]], classifier: Classifier
) -> None:
    lists, hints, chance = classifier.lists, Hints(classifier.lists), random.Random(7)
    listed = sorted(lists.surnames.union(lists.ethnicities, lists.religions, *lists.words.values()))
    made = [" ".join(chance.choices(listed, k=chance.randint(1, 3))).title() for _ in range(400)]
    bodies = [(f"made {at}", tuple(made[at : at + 16])) for at in range(0, 400, 16)]
    bodies.append(("streets", ("12 Main Street", "4 KING ROAD", "7, Đường Lê Lợi", "Hà Nội")))
    for name, values in (*bodies, *columns):
        lines = classifier.values.lines(values)[:16]
        text = "\n".join(lines)
        each = hints.of_each(words_in_lines(text)) if lines else []
        hinted = dict(zip(lines, each, strict=True))
        for validator in Hints.known:
            taken = [line for line in lines if VALIDATORS[validator](line, lists)]
            assert hints.most(validator, sum(each), text) >= len(taken), (name, validator)
            assert set(taken) <= set(hints.open_to(validator, lines, hinted)), (name, validator)


def test_values_are_accepted_together_as_one_by_one(
    columns: list[tuple[str, tuple[str, ...]]], classifier: Classifier
) -> None:
    wholes = {
        number: re.compile("|".join(rule.values.patterns), re.IGNORECASE if rule.values.ignore_case else 0)
        for number, rule in _with_patterns(classifier)
        if rule.values
    }
    for name, values in columns:
        lines = classifier.values.lines(values)
        for number, rule in _with_patterns(classifier):
            validator = rule.values.validator if rule.values else None
            if validator is None:
                continue
            matched = {line for line in lines if wholes[number].fullmatch(line)}
            wanted = {line for line in matched if VALIDATORS[validator](line, classifier.lists)}
            assert set(acceptor(validator, classifier.lists)(matched)) == wanted, (name, rule.id)


@pytest.mark.parametrize("people", [True, False])
def test_screened_matching_is_matching(
    people: bool, columns: list[tuple[str, tuple[str, ...]]], classifier: Classifier
) -> None:
    """Compare with a matcher whose screen and hints leave nothing out."""
    unscreened = ValueMatcher(classifier.rules, classifier.lists)
    unscreened._screen = _NoScreen()  # type: ignore[assignment]
    unscreened._hints = _NoHints(classifier.lists)
    unscreened._hopeless = lambda *_: 0  # type: ignore[method-assign]
    every = Allowed.only(*range(len(classifier.rules)))
    for name, values in columns:
        lines = classifier.values.lines(values)
        got = classifier.values.match(classifier.values.measure(lines), every, (), people=people)
        assert got == unscreened.match(unscreened.measure(lines), every, (), people=people), name


class _NoScreen:
    def possible(self, *_: object) -> int:
        return (1 << 4096) - 1

    def foreign(self, _: str) -> int:
        return (1 << 4096) - 1

    def inside(self, _: str, numbers: Iterator[int]) -> Iterator[int]:
        return numbers


class _NoHints(Hints):
    def most(self, *_: object) -> int:
        return 1000

    def open_to(self, _: str, lines: Sequence[str], __: object) -> Sequence[str]:
        return lines
