"""Values of one column against every value rule, through Presidio recognisers on one newline-joined text.

Calling a recogniser once on joined values costs about a tenth of calling it on each. Newlines inside values are removed
first, and a hit counts only if it covers a whole line, so nothing can match across two values.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from phantang.classify.columnwise import COLUMN_CHECKS
from phantang.classify.rule import Alone, Rule, ValueTest

if TYPE_CHECKING:
    from phantang.classify.codelists import CodeLists

#: At most this many distinct values are looked at, and this many characters of each.
MAX_VALUES, MAX_LENGTH = 1000, 400
#: Rules are tried on this many values first; one that needs most values and finds none there is not run on the rest.
_PROBE = 24
_PROSE = 30
#: A whole number that a spreadsheet or a float column gave a fraction.
_WHOLE_FLOAT = re.compile(r"\d+\.0")


@dataclass(frozen=True, slots=True)
class ValueHits:
    """`hits` of `sampled` distinct values matched, `also` more only agree; `checked` is the column check's verdict."""

    hits: int
    also: int
    sampled: int
    checked: bool = True

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


def distinct_values(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return at most `MAX_VALUES` distinct non-empty values in order, each on one line and cut at `MAX_LENGTH`."""
    found: dict[str, None] = {}
    for value in values:
        if value is None:
            continue
        line = unicodedata.normalize("NFC", " ".join(str(value)[:MAX_LENGTH].split()))
        if line:
            found.setdefault(line)
            if len(found) >= MAX_VALUES:
                break
    lines = tuple(found)
    if lines and all(_WHOLE_FLOAT.fullmatch(line) for line in lines):
        return tuple(line.partition(".")[0] for line in lines)
    return lines


class ValueMatcher:
    """The value rules of a classifier with their recognisers, built when first needed."""

    def __init__(self, rules: Sequence[Rule], lists: CodeLists) -> None:
        self._rules = {number: rule for number, rule in enumerate(rules) if rule.values is not None}
        self._tests = {number: rule.values for number, rule in self._rules.items() if rule.values is not None}
        self._lists = lists
        self._built: dict[tuple[int, str], Any] = {}

    def match(
        self, values: Iterable[str | None], allowed: Collection[int], named: Collection[int], *, people: bool
    ) -> ColumnHits:
        """Try the `allowed` rules on the distinct `values` of a column.

        Only rules that could use a hit are tried: those the name already speaks for (`named`) and those that may
        claim a column by values alone, in a table that is (`people`) or is not about people.
        """
        lines = distinct_values(values)
        if not lines:
            return ColumnHits(0, {}, {})
        fitting = [number for number in self._rules if number in allowed]
        for number in fitting:
            if self._test(number).stop and (hits := len(self._lines_hit(number, "whole", lines))):
                return ColumnHits(len(lines), {number: ValueHits(hits, 0, len(lines))}, {}, stopped=number)
        useful = [n for n in fitting if n in named or alone_allowed(self._rules[n], named=False, about_people=people)]
        whole = {n: found for n in useful if (found := self._count(n, lines, named=n in named)) is not None}
        in_text: dict[int, ValueHits] = {}
        if sum(len(line) >= _PROSE and " " in line for line in lines) * 2 >= len(lines):
            for number in fitting:
                if self._test(number).in_text and (inside := len(self._lines_hit(number, "text", lines))):
                    in_text[number] = ValueHits(inside, 0, len(lines))
        return ColumnHits(len(lines), whole, in_text)

    def accepts(self, number: int, value: str) -> bool:
        """Tell whether rule `number` recognises one value as a whole."""
        return bool(self._lines_hit(number, "whole", distinct_values([value])))

    def _test(self, number: int) -> ValueTest:
        return self._tests[number]

    def _count(self, number: int, lines: Sequence[str], *, named: bool) -> ValueHits | None:
        """Return the hits of one rule; `None` if the first values have none, as a rule that needs most would have."""
        test = self._test(number)
        also = bool(test.also) and named
        if len(lines) > _PROBE:
            probe = lines[:_PROBE]
            if not self._lines_hit(number, "whole", probe) and not (also and self._lines_hit(number, "also", probe)):
                return None
        hit = self._lines_hit(number, "whole", lines)
        forms = self._lines_hit(number, "also", lines) - hit if also else frozenset()
        if not hit and not forms:
            return None
        checked = True
        if test.column_check and hit:
            checked = COLUMN_CHECKS[test.column_check]([lines[place] for place in sorted(hit)])
        return ValueHits(len(hit), len(forms), len(lines), checked)

    def _lines_hit(self, number: int, mode: str, lines: Sequence[str]) -> frozenset[int]:
        """Return which lines match: wholly, wholly in a form under `also`, or somewhere inside (`text`)."""
        found = self._recogniser(number, mode).analyze("\n".join(lines), [])
        if not found:
            return frozenset()
        starts = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        if mode == "text":
            return frozenset(_containing(starts, lines, ((item.start, item.end) for item in found)))
        whole = {
            (start, start + len(line)): place for place, (start, line) in enumerate(zip(starts, lines, strict=True))
        }
        places = (whole.get((item.start, item.end)) for item in found)
        return frozenset(place for place in places if place is not None)

    def _recogniser(self, number: int, mode: str) -> Any:
        key = (number, mode)
        if key not in self._built:
            from phantang.classify.recognisers import recogniser

            rule = self._rules[number]
            self._built[key] = recogniser(rule, self._lists, whole_lines=mode != "text", also=mode == "also")
        return self._built[key]


def _containing(starts: Sequence[int], lines: Sequence[str], spans: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yield the lines that wholly contain one of `spans`."""
    for start, stop in spans:
        place = bisect_right(starts, start) - 1
        if stop <= starts[place] + len(lines[place]):
            yield place


def alone_allowed(rule: Rule, *, named: bool, about_people: bool) -> bool:
    """Tell whether values alone may claim a column: see `Alone`."""
    where = rule.values.alone if rule.values is not None else Alone.NEVER
    if where is Alone.ANYWHERE:
        return True
    if named:
        return False
    return where is Alone.UNNAMED or (where is Alone.PERSON_TABLE and about_people)
