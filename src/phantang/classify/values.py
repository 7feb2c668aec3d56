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
from functools import partial
from itertools import accumulate, product, starmap
from typing import TYPE_CHECKING, Any

from phantang.classify.columnwise import COLUMN_CHECKS
from phantang.classify.hints import Hints
from phantang.classify.hits import ColumnHits, ValueHits
from phantang.classify.lines import distinct_values
from phantang.classify.measured import Measured
from phantang.classify.rule import Alone, Rule, Spread, ValueTest
from phantang.classify.screen import Screen, members
from phantang.classify.standing import Standing, alone_allowed
from phantang.classify.validators import accepted

if TYPE_CHECKING:
    from phantang.classify.codelists import CodeLists

#: Of the share that a rule demands, the part of the first values that must hit: 3 of 16 where half must.
_PROBE_SHARE = 0.35
#: The share of values that a rule must explain, for another one of its tag, no surer than it, to be left out.
_ALL = 0.98
#: From so many rows on, a column in which this share of values occurs once is a list of codes, or has a value a row.
_LIST, _OWN_SHARE = 5, 0.95
#: What stands in a text before the code of a thing, which may look like a phone: mã 0912345678.
_NO_CODE = "".join(f"(?<!{word} )" for word in ("mã", "Mã", "MÃ", "mã số", "Mã số", "số hiệu", "SKU", "sku", "code"))
#: Presidio's score from which a hit of one of its recognisers counts: below are bare forms of digits.
_PRESIDIO_SCORE = 0.4


@dataclass(frozen=True, slots=True)
class _Patterns:
    """One rule's patterns: over whole lines, in the forms under `also`, and between word boundaries in text."""

    whole: re.Pattern[str]
    also: re.Pattern[str] | None
    text: re.Pattern[str]
    valid: Callable[[Collection[str]], set[str]] | None
    lines_of: Callable[[str], list[str]]
    also_of: Callable[[str], list[str]]


class ValueMatcher:
    """The value rules of a classifier."""

    def __init__(self, rules: Sequence[Rule], lists: CodeLists) -> None:
        self._rules = {number: rule for number, rule in enumerate(rules) if rule.values is not None}
        self._all = rules
        self._tests = {number: rule.values for number, rule in self._rules.items() if rule.values is not None}
        self._lists = lists
        self._patterns = {n: self._compiled(test) for n, test in self._tests.items() if not test.presidio}
        self._alone = {
            state: sum(1 << n for n, rule in self._rules.items() if alone_allowed(rule, state))
            for state in starmap(Standing, product((False, True), repeat=4))
        }
        self._screen = Screen(self._tests)
        self._hints = Hints(lists)
        self._in_text = tuple(number for number, test in self._tests.items() if test.in_text)
        self._stops = tuple(number for number, test in self._tests.items() if test.stop)
        self._forms = {n: re.compile(test.form, re.MULTILINE) for n, test in self._tests.items() if test.form}
        self._presidio: dict[int, Any] = {}

    def lines(self, values: Iterable[str | None]) -> tuple[str, ...]:
        """Return the distinct values as lines, repaired where their encoding was lost."""
        return distinct_values(values, self._lists.encodings)

    def measure(self, lines: Sequence[str]) -> Measured:
        """Return the distinct `lines` of a column made ready for `match`, which may be asked several times."""
        return Measured(lines, self._hints, self._screen.possible)

    def match(
        self,
        seen: Measured,
        allowed: Container[int],
        named: Collection[int],
        *,
        people: bool,
        opaque: bool = True,
        as_text: bool = True,
        rows: int = 0,
    ) -> ColumnHits:
        """Try the `allowed` rules on the values of a column.

        Only rules that could use a hit are tried: those the name already speaks for (`named`) and those that may
        claim a column by values alone, in a table that is (`people`) or is not about people, under a name that says
        nothing (`opaque`) or something. Inside values one looks only where they may be texts (`as_text`).
        """
        sampled = len(seen.every)
        if not sampled:
            return ColumnHits(0, {}, {})
        for number in self._stopping(seen):
            if number in allowed:
                return ColumnHits(sampled, {number: self._first(number, seen.every)}, {}, stopped=number)
        claimed = any(self._all[number].tag != "none" for number in named)
        standing = Standing(people, bool(named), claimed, opaque)
        alone = self._alone[standing]
        spoken = [n for n in named if n in self._rules and n in allowed]
        useful = [n for n in members(alone & seen.possible) if n in allowed and self._is_spread(n, sampled, rows)]
        useful = sorted({*spoken, *useful})
        whole: dict[int, ValueHits] = {}
        explained: dict[str, float] = {}
        for number in useful:
            rule = self._rules[number]
            if number not in self._patterns or (
                number not in named and explained.get(rule.tag, 0.0) >= rule.confidence.values
            ):
                continue
            found = self._known(number, seen, named=number in named)
            if found is not None:
                whole[number] = found
                if found.checked and found.hits >= _ALL * found.sampled:
                    explained[rule.tag] = max(rule.confidence.values, explained.get(rule.tag, 0.0))
        left_open = not self._settled(whole, lambda number: number in named or bool(alone >> number & 1))
        if left_open:
            open_to = [n for n in useful if n in self._forms and self._forms[n].search(seen.probe)]
            whole |= self._by_presidio(open_to, seen.text, len(seen.lines))
        in_text: dict[int, ValueHits] = {}
        if as_text and (seen.may_be_texts if left_open else seen.has_more):
            in_text = self._inside(allowed, seen.worth_search(), sampled)
        return ColumnHits(sampled, whole, in_text)

    def _stopping(self, seen: Measured) -> tuple[int, ...]:
        """Return the rules that end the reading of a column and have a hit in it."""
        if seen.stopping is None:
            possible = self._screen.inside(seen.joined, self._stops)
            seen.stopping = tuple(number for number in possible if self._hit(number, seen.joined))
        return seen.stopping

    def _first(self, number: int, values: Sequence[str]) -> ValueHits:
        """Return the first value that rule `number` matches, of those up to it: what comes after is not counted."""
        read = next((place for place, value in enumerate(values, 1) if self._hit(number, value)), len(values))
        return ValueHits(1, 0, read)

    def _known(self, number: int, seen: Measured, *, named: bool) -> ValueHits | None:
        """Return the hits of one rule, as found when it was first tried on these values."""
        if (number, named) not in seen.known:
            seen.known[number, named] = self._count(number, seen, named=named)
        return seen.known[number, named]

    def _is_spread(self, number: int, distinct: int, rows: int) -> bool:
        """Tell whether `distinct` values of `rows` occur as often as rule `number` demands."""
        spread = self._tests[number].spread
        if spread is Spread.OWN:
            return distinct >= _OWN_SHARE * rows
        return spread is Spread.ANY or rows < _LIST or distinct < _OWN_SHARE * rows

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
        valid = partial(accepted, test.validator, lists=self._lists) if test.validator else None
        whole = re.compile(rf"^(?:{either})$", flags)
        agrees = re.compile(rf"^(?:{also})$", flags) if also else None
        coded = "" if test.alone is Alone.ANYWHERE else _NO_CODE
        return _Patterns(
            whole,
            agrees,
            re.compile(rf"{coded}(?<![\w.])(?:{either})(?!\w)", flags),
            valid,
            _finder(whole),
            _finder(agrees) if agrees else lambda _: [],
        )

    def _hit(self, number: int, text: str) -> set[str]:
        patterns = self._patterns[number]
        found = set(patterns.lines_of(text))
        return found if patterns.valid is None else patterns.valid(found)

    def _count(self, number: int, seen: Measured, *, named: bool) -> ValueHits | None:
        """Return the hits of one rule; `None` if the first values have none, as a rule that needs most would have."""
        test, patterns = self._tests[number], self._patterns[number]
        also = patterns.also if named else None
        if not (also and also.search(seen.probe)) and self._unlikely(number, seen, named=named):
            return None
        text, sampled = seen.text, len(seen.lines)
        candidates = set(patterns.lines_of(text))
        if test.validator:
            seen.prepare(test.validator)
        hit = candidates if patterns.valid is None else patterns.valid(candidates)
        forms = set(patterns.also_of(text)) - hit if also and len(hit) < sampled else set()
        if not hit and not forms:
            return None
        checked = True
        if test.column_check and hit:
            checked = COLUMN_CHECKS[test.column_check](sorted(hit))
        if hit and not named and seen.neutral:
            sampled -= len(seen.neutral - hit)
        return ValueHits(len(hit), len(forms), sampled, checked, len(candidates))

    def _unlikely(self, number: int, seen: Measured, *, named: bool) -> bool:
        """Tell whether the first values rule out that enough of all hit: none has the form, or too few are valid."""
        test, patterns = self._tests[number], self._patterns[number]
        if named or patterns.valid is None:
            return patterns.whole.search(seen.probe) is None
        enough = _PROBE_SHARE * test.share * seen.probed
        if test.validator and seen.rarely(test.validator, enough):
            return True
        return len(patterns.valid(set(patterns.lines_of(seen.probe)))) < enough

    def _settled(self, whole: Mapping[int, ValueHits], stands: Callable[[int], bool]) -> bool:
        """Tell whether some rule of people's data that may speak here explains most values: nothing is left open."""
        return any(
            hit.checked
            and stands(number)
            and hit.hits >= self._tests[number].share * hit.sampled
            and self._rules[number].tag != "none"
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
        for number in self._screen.inside(text, self._in_text) if lines else ():
            if number not in allowed:
                continue
            test = self._tests[number]
            if number not in self._patterns:
                spans = self._spans(number, text)
                forms = len({text[start:stop] for start, stop in spans})
            else:
                patterns = self._patterns[number]
                candidates = [item.span() for item in patterns.text.finditer(text)]
                texts = {text[start:stop] for start, stop in candidates}
                valid = texts if patterns.valid is None else patterns.valid(texts)
                spans = [(start, stop) for start, stop in candidates if text[start:stop] in valid]
                forms = len(texts)
            if not spans:
                continue
            distinct = {text[start:stop] for start, stop in spans}
            checked = not test.column_check or COLUMN_CHECKS[test.column_check](sorted(distinct))
            holding = {bisect_right(starts, start) for start, _ in spans}
            found[number] = ValueHits(len(holding), 0, sampled, checked, max(forms, len(distinct)))
        return found


def _finder(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    """Return what returns every match of `pattern` in a text, as a whole."""
    return pattern.findall if not pattern.groups else lambda text: [found[0] for found in pattern.finditer(text)]
