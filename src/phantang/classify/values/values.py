"""Values of one column against every value rule: compiled patterns over one text of newline-joined values.

This is the fast path. A pattern runs once over all values of a column, and validators only on what it found; the same
patterns and validators are Presidio recognisers (`recognisers.py`) for everybody else. Rules that name one of
Presidio's own recognisers, and the search inside free text, run on what the fast path leaves open.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import accumulate, product, starmap
from typing import TYPE_CHECKING, Any

from phantang.classify.rules.rule import Rule, Spread
from phantang.classify.values.columnwise import COLUMN_CHECKS, REFUSING
from phantang.classify.values.hints import Hints
from phantang.classify.values.hits import ColumnHits, ValueHits
from phantang.classify.values.lines import Lines, read_lines
from phantang.classify.values.measured import Measured
from phantang.classify.values.screen import Screen, members
from phantang.classify.values.standing import Standing, alone_allowed
from phantang.classify.values.tally import Lane, Tally
from phantang.classify.values.trials import Trial

if TYPE_CHECKING:
    from phantang.classify.rules.codelists import CodeLists
    from phantang.classify.values.placing import Allowed

#: The share of values that a rule must explain, for another one of its tag, no surer than it, to be left out.
_ALL = 0.98
#: From so many rows on, a column in which this share of values occurs once is a list of codes, or has a value a row.
_LIST, _OWN_SHARE = 5, 0.95
#: Presidio's score from which a hit of one of its recognisers counts: below are bare forms of digits.
_PRESIDIO_SCORE = 0.4


class ValueMatcher:
    """The value rules of a classifier."""

    def __init__(self, rules: Sequence[Rule], lists: CodeLists) -> None:
        self._rules = {number: rule for number, rule in enumerate(rules) if rule.values is not None}
        self._all = rules
        self._tests = {number: rule.values for number, rule in self._rules.items() if rule.values is not None}
        self._lists = lists
        self._trials = {n: Trial(test, lists) for n, test in self._tests.items() if not test.presidio}
        self._alone: dict[tuple[bool, ...], int] = {
            state: sum(1 << n for n, rule in self._rules.items() if alone_allowed(rule, state))
            for state in starmap(Standing, product((False, True), repeat=4))
        }
        self._spread = {
            spread: sum(1 << n for n, test in self._tests.items() if test.spread is spread) for spread in Spread
        }
        self._screen = Screen(self._tests)
        self._hints = Hints(lists)
        by_words = self._by_words()
        self._worded, self._words = sum(lane.rules for lane in by_words.values()), Tally(by_words)
        refusing = [{n for n, test in self._tests.items() if test.column_check in checks} for checks in REFUSING]
        self._refusing = [sum(1 << number for number in rules) for rules in refusing]
        self._in_text = tuple(number for number, test in self._tests.items() if test.in_text)
        self._stops = tuple(number for number, test in self._tests.items() if test.stop)
        self._stopped = sum(1 << number for number in self._stops)
        self._stop_signs = self._screen.signs(self._stops)
        self._forms = {n: re.compile(test.form, re.MULTILINE) for n, test in self._tests.items() if test.form}
        self._tried = sum(1 << number for number in self._trials)
        self._foreign = sum(1 << number for number in self._forms)
        self._presidio: dict[int, Any] = {}

    def _by_words(self) -> dict[int, Lane]:
        """Return the rules that accept nothing without a listed word, by the lane of their validator."""
        found: dict[int, Lane] = {}
        for number in self._trials:
            test = self._tests[number]
            if test.validator in Hints.by_words:
                place = self._hints.lane(test.validator)
                same = found.get(place, Lane(test.share, 0))
                found[place] = Lane(min(test.share, same.share), same.rules | 1 << number)
        return found

    def lines(self, values: Iterable[str | None]) -> tuple[str, ...]:
        """Return the distinct values as lines, repaired where their encoding was lost."""
        return self.read(values).lines

    def read(self, values: Iterable[str | None]) -> Lines:
        """Return the same, with what was found out on the way."""
        return read_lines(values, self._lists.encodings)

    def measure(self, lines: Sequence[str], joined: str | None = None, codes: bytes | None = None) -> Measured:
        """Return the distinct `lines` of a column made ready for `match`, which may be asked several times.

        `joined` may be all of them as one text, and `codes` its codes.
        """
        return Measured(lines, self._hints, self._screen.possible, joined, codes)

    def match(
        self,
        seen: Measured,
        allowed: Allowed,
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
        alone = self._alone[people, bool(named), claimed, opaque]
        useful = allowed.among(alone & (seen.possible | self._foreign) & ~self._not_spread(sampled, rows))
        useful &= ~self._stopped  # what has no hit among all values has none among some
        useful &= ~self._hopeless(useful, seen)
        for number in named:
            if number in self._rules and number in allowed:
                useful |= 1 << number
        whole = self._as_a_whole(useful & self._tried, named, seen)
        left_open = not self._settled(whole, lambda number: number in named or bool(alone >> number & 1))
        asked = useful & self._foreign if left_open else 0
        if asked and (asked := asked & self._screen.foreign(seen.probe)):
            open_to = [number for number in members(asked) if self._forms[number].search(seen.probe)]
            whole |= self._by_presidio(open_to, seen.text, len(seen.lines))
        in_text: dict[int, ValueHits] = {}
        if as_text and (seen.may_be_texts if left_open else seen.has_more):
            in_text = self._inside(allowed, seen.worth_search(), sampled)
        return ColumnHits(sampled, whole, in_text)

    def _as_a_whole(self, rules: int, named: Collection[int], seen: Measured) -> dict[int, ValueHits]:
        """Return the hits of those of `rules` that match values as a whole, in order of rules."""
        whole: dict[int, ValueHits] = {}
        known = seen.known  # as found when a rule was first tried on these values
        explained: dict[str, float] = {}
        for number in members(rules):
            rule, by_name = self._rules[number], number in named
            if explained and not by_name and explained.get(rule.tag, 0.0) >= rule.confidence.values:
                continue
            key = ~number if by_name else number
            if key not in known:
                known[key] = self._trials[number].count(seen, named=by_name)
            found = known[key]
            if found is not None:
                whole[number] = found
                if found.checked and found.hits >= _ALL * found.sampled:
                    explained[rule.tag] = max(rule.confidence.values, explained.get(rule.tag, 0.0))
        return whole

    def _hopeless(self, rules: int, seen: Measured) -> int:
        """Return those of `rules` that values alone cannot bear out: to tell so of many is cheaper than to try each."""
        found, (digits, length) = 0, self._refusing
        if rules & digits and seen.of_digits:
            found |= digits
        if rules & length and seen.of_one_length:
            found |= length
        if rules & self._worded:
            first = seen.first
            found |= self._worded & ~self._words.reaching(first.counts, first.count, *seen.told)
        return found

    def _stopping(self, seen: Measured) -> tuple[int, ...]:
        """Return the rules that end the reading of a column and have a hit in it."""
        if seen.stopping is None:
            if self._stop_signs and not any(sign in seen.joined for sign in self._stop_signs):
                seen.stopping = ()
                return ()
            possible = self._screen.inside(seen.joined, self._stops)
            seen.stopping = tuple(number for number in possible if self._trials[number].hits(seen.joined))
        return seen.stopping

    def _first(self, number: int, values: Sequence[str]) -> ValueHits:
        """Return the first value that rule `number` matches, of those up to it: what comes after is not counted."""
        read = next((place for place, value in enumerate(values, 1) if self._trials[number].hits(value)), len(values))
        return ValueHits(1, 0, read)

    def _not_spread(self, distinct: int, rows: int) -> int:
        """Return the rules, as bits, that demand that values occur more or less often than `distinct` of `rows` do."""
        if distinct < _OWN_SHARE * rows:
            return self._spread[Spread.OWN]
        return self._spread[Spread.REPEATED] if rows >= _LIST else 0

    def accepts(self, number: int, value: str) -> bool:
        """Tell whether rule `number` recognises one value as a whole."""
        lines = self.lines([value])
        if not lines:
            return False
        if number in self._trials:
            return bool(self._trials[number].hits(lines[0]))
        return number in self._by_presidio([number], lines[0], 1)

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
            from phantang.classify.values.recognisers import recogniser

            self._presidio[number] = recogniser(self._rules[number], self._lists, whole_lines=True)
        found = self._presidio[number].analyze(text, [])
        return [(item.start, item.end) for item in found if item.score >= _PRESIDIO_SCORE]

    def _inside(self, allowed: Allowed, lines: Sequence[str], sampled: int) -> dict[int, ValueHits]:
        """Return which lines contain what a rule with `in_text` recognises, among other words or other values."""
        found: dict[int, ValueHits] = {}
        text = "\n".join(lines)
        starts = list(accumulate((len(line) + 1 for line in lines[:-1]), initial=0))
        for number in self._screen.inside(text, self._in_text) if lines else ():
            if number not in allowed:
                continue
            test = self._tests[number]
            if number not in self._trials:
                spans = self._spans(number, text)
                forms = len({text[start:stop] for start, stop in spans})
            else:
                trial = self._trials[number]
                candidates = [item.span() for item in trial.text.finditer(text)]
                texts = {text[start:stop] for start, stop in candidates}
                valid = texts if trial.valid is None else set(trial.valid(texts))
                spans = [(start, stop) for start, stop in candidates if text[start:stop] in valid]
                forms = len(texts)
            if not spans:
                continue
            distinct = {text[start:stop] for start, stop in spans}
            checked = not test.column_check or COLUMN_CHECKS[test.column_check](sorted(distinct))
            holding = {bisect_right(starts, start) for start, _ in spans}
            found[number] = ValueHits(len(holding), 0, sampled, checked, max(forms, len(distinct)))
        return found
