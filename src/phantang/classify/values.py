"""Values of one column against every value rule: compiled patterns over one text of newline-joined values.

This is the fast path. A pattern runs once over all values of a column, and validators only on what it found; the same
patterns and validators are Presidio recognisers (`recognisers.py`) for everybody else. Rules that name one of
Presidio's own recognisers, and the search inside free text, run on what the fast path leaves open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from phantang.classify.columnwise import COLUMN_CHECKS
from phantang.classify.lines import distinct_values
from phantang.classify.rule import Alone, Rule, ValueTest
from phantang.classify.validators import VALIDATORS

if TYPE_CHECKING:
    from phantang.classify.codelists import CodeLists

#: Rules are tried on this many values first; one that needs most values and finds none there is not run on the rest.
_PROBE = 16
#: Of the share that a rule demands, the part of the first values that must hit: 3 of 16 where half must.
_PROBE_SHARE = 0.35
#: Distinct values a whole-value rule is measured on, spread evenly; twice as many change no verdict.
_MEASURED = 200
#: A column whose values are mostly at least this long, with blanks, is prose.
_PROSE = 30
#: Presidio's score from which a hit of one of its recognisers counts: below are bare forms of digits.
_PRESIDIO_SCORE = 0.4
#: What is worth a search inside text: an at sign, a run of digits, a token or key.
_WORTH = re.compile(r"@|\d(?:[ .\-]?\d){7}|[A-Z]{2}\d{6}|\$\d|eyJ|AKIA|PRIVATE KEY|P<|MẬT|Mật|mật")


@dataclass(frozen=True, slots=True)
class ValueHits:
    """`hits` of `sampled` distinct values matched, `also` more only agree; `checked` is the column check's verdict.

    `candidates` distinct texts have the form, whether or not the validator accepts them.
    """

    hits: int
    also: int
    sampled: int
    checked: bool = True
    candidates: int = 0

    @property
    def share(self) -> float:
        """Return hits over sampled."""
        return self.hits / self.sampled if self.sampled else 0.0


@dataclass(frozen=True, slots=True)
class ColumnHits:
    """All rules' hits on one column: whole values, and inside longer text. `stopped` is the rule that ended it."""

    sampled: int
    whole: Mapping[int, ValueHits]
    in_text: Mapping[int, ValueHits]
    stopped: int | None = None


@dataclass(frozen=True, slots=True)
class _Patterns:
    """One rule's patterns: over whole lines, in the forms under `also`, and between word boundaries in text."""

    whole: re.Pattern[str]
    also: re.Pattern[str] | None
    text: re.Pattern[str]
    valid: Callable[[str], bool] | None


class ValueMatcher:
    """The value rules of a classifier."""

    def __init__(self, rules: Sequence[Rule], lists: CodeLists) -> None:
        self._rules = {number: rule for number, rule in enumerate(rules) if rule.values is not None}
        self._tests = {number: rule.values for number, rule in self._rules.items() if rule.values is not None}
        self._lists = lists
        self._patterns = {n: self._compiled(test) for n, test in self._tests.items() if not test.presidio}
        self._alone = {
            people: {n: None for n, r in self._rules.items() if alone_allowed(r, named=False, about_people=people)}
            for people in (False, True)
        }
        self._stops = tuple(number for number, test in self._tests.items() if test.stop)
        self._forms = {n: re.compile(test.form, re.MULTILINE) for n, test in self._tests.items() if test.form}
        self._presidio: dict[int, Any] = {}

    def lines(self, values: Iterable[str | None]) -> tuple[str, ...]:
        """Return the distinct values as lines, repaired where their encoding was lost."""
        return distinct_values(values, self._lists.encodings)

    def match(
        self,
        lines: Sequence[str],
        allowed: Container[int],
        named: Collection[int],
        *,
        people: bool,
        as_text: bool = True,
    ) -> ColumnHits:
        """Try the `allowed` rules on the distinct `lines` of a column.

        Only rules that could use a hit are tried: those the name already speaks for (`named`) and those that may
        claim a column by values alone, in a table that is (`people`) or is not about people. Inside values one looks
        only where they may be texts (`as_text`).
        """
        if not lines:
            return ColumnHits(0, {}, {})
        text = "\n".join(lines)
        for number in self._stops:
            if number in allowed and (hits := len(self._hit(number, text))):
                return ColumnHits(len(lines), {number: ValueHits(hits, 0, len(lines))}, {}, stopped=number)
        measured = lines if len(lines) <= _MEASURED else lines[:: -(-len(lines) // _MEASURED)]
        probe = "\n".join(measured[:_PROBE])
        useful = [n for n in self._alone[people] if n in allowed]
        useful += [n for n in named if n in self._rules and n not in self._alone[people] and n in allowed]
        joined = "\n".join(measured)
        whole: dict[int, ValueHits] = {}
        for number in useful:
            if number in self._patterns:
                found = self._count(number, probe, joined, len(measured), named=number in named)
                if found is not None:
                    whole[number] = found
        if not self._settled(whole):
            open_to = [n for n in useful if n in self._forms and self._forms[n].search(probe)]
            whole |= self._by_presidio(open_to, joined, len(measured))
        in_text: dict[int, ValueHits] = {}
        if as_text and not self._settled(whole) and len({len(line) for line in measured}) > 1:
            worth = [line for line in lines if _WORTH.search(line)] if _WORTH.search(text) else []
            in_text = self._inside(allowed, worth, len(lines))
        return ColumnHits(len(lines), whole, in_text)

    def accepts(self, number: int, value: str) -> bool:
        """Tell whether rule `number` recognises one value as a whole."""
        lines = self.lines([value])
        if not lines:
            return False
        if number in self._patterns:
            return bool(self._hit(number, lines[0]))
        return number in self._by_presidio([number], lines[0], 1)

    def _compiled(self, test: ValueTest) -> _Patterns:
        flags = re.MULTILINE | (re.IGNORECASE if test.ignore_case else 0)
        either, also = "|".join(test.patterns), "|".join(test.also)
        valid: Callable[[str], bool] | None = None
        if test.validator:
            check, lists = VALIDATORS[test.validator], self._lists
            valid = lambda value: check(value, lists)  # noqa: E731 - binds this rule's validator
        return _Patterns(
            re.compile(rf"^(?:{either})$", flags),
            re.compile(rf"^(?:{also})$", flags) if also else None,
            re.compile(rf"(?<![\w.])(?:{either})(?!\w)", flags),
            valid,
        )

    def _hit(self, number: int, text: str) -> set[str]:
        patterns = self._patterns[number]
        found = {item[0] for item in patterns.whole.finditer(text)}
        return found if patterns.valid is None else {value for value in found if patterns.valid(value)}

    def _count(self, number: int, probe: str, text: str, sampled: int, *, named: bool) -> ValueHits | None:
        """Return the hits of one rule; `None` if the first values have none, as a rule that needs most would have."""
        test, patterns = self._tests[number], self._patterns[number]
        also = patterns.also if named else None
        if not (also and also.search(probe)) and self._unlikely(number, probe, named=named):
            return None
        candidates = {item[0] for item in patterns.whole.finditer(text)}
        valid = patterns.valid
        hit = candidates if valid is None else {value for value in candidates if valid(value)}
        forms = {item[0] for item in also.finditer(text)} - hit if also else set()
        if not hit and not forms:
            return None
        checked = True
        if test.column_check and hit:
            checked = COLUMN_CHECKS[test.column_check](sorted(hit))
        return ValueHits(len(hit), len(forms), sampled, checked, len(candidates))

    def _unlikely(self, number: int, probe: str, *, named: bool) -> bool:
        """Tell whether the first values rule out that enough of all hit: none has the form, or too few are valid."""
        test, patterns = self._tests[number], self._patterns[number]
        found = [item[0] for item in patterns.whole.finditer(probe)]
        if not found or named or patterns.valid is None:
            return not found
        enough = _PROBE_SHARE * test.share * (probe.count("\n") + 1)
        return sum(map(patterns.valid, found)) < enough

    def _settled(self, whole: Mapping[int, ValueHits]) -> bool:
        """Tell whether some rule of people's data explains most values: nothing is left open."""
        return any(
            hit.checked and hit.hits >= self._tests[number].share * hit.sampled and self._rules[number].tag != "none"
            for number, hit in whole.items()
        )

    def _by_presidio(self, numbers: Sequence[int], text: str, sampled: int) -> dict[int, ValueHits]:
        """Run Presidio's own recognisers that rules name; a hit counts if it covers a whole line."""
        found: dict[int, ValueHits] = {}
        for number in numbers:
            hits = {
                (start, stop)
                for start, stop in self._spans(number, text)
                if (start == 0 or text[start - 1] == "\n") and (stop == len(text) or text[stop] == "\n")
            }
            if hits:
                found[number] = ValueHits(len(hits), 0, sampled, candidates=len(hits))
        return found

    def _spans(self, number: int, text: str) -> list[tuple[int, int]]:
        """Return where the Presidio recogniser of rule `number` finds something; asked only if the form is there."""
        if not self._forms[number].search(text):
            return []
        if number not in self._presidio:
            from phantang.classify.recognisers import recogniser

            self._presidio[number] = recogniser(self._rules[number], self._lists, whole_lines=True)
        found = self._presidio[number].analyze(text, [])
        return [(item.start, item.end) for item in found if item.score >= _PRESIDIO_SCORE]

    def _inside(self, allowed: Container[int], lines: Sequence[str], sampled: int) -> dict[int, ValueHits]:
        """Return which lines contain what a rule with `in_text` recognises, among other words or other values."""
        found: dict[int, ValueHits] = {}
        text = "\n".join(lines)
        starts = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        for number, test in self._tests.items():
            if not lines or not test.in_text or number not in allowed:
                continue
            if number not in self._patterns:
                spans = self._spans(number, text)
                forms = len({text[start:stop] for start, stop in spans})
            else:
                patterns = self._patterns[number]
                candidates = [item.span() for item in patterns.text.finditer(text)]
                valid = patterns.valid
                spans = [(a, b) for a, b in candidates if valid is None or valid(text[a:b])]
                forms = len({text[start:stop] for start, stop in candidates})
            if not spans:
                continue
            distinct = {text[start:stop] for start, stop in spans}
            checked = not test.column_check or COLUMN_CHECKS[test.column_check](sorted(distinct))
            holding = {bisect_right(starts, start) for start, _ in spans}
            found[number] = ValueHits(len(holding), 0, sampled, checked, max(forms, len(distinct)))
        return found


def alone_allowed(rule: Rule, *, named: bool, about_people: bool, claimed: bool = False) -> bool:
    """Tell whether values alone may claim a column: see `Alone`. `claimed` is a name for more than `none`."""
    where = rule.values.alone if rule.values is not None else Alone.NEVER
    if where is Alone.ANYWHERE:
        return True
    if named:
        return where is Alone.UNCLAIMED and not claimed
    return where in {Alone.UNNAMED, Alone.UNCLAIMED} or (where is Alone.PERSON_TABLE and about_people)
