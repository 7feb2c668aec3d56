"""One value rule tried on a column: on a few values first, on more only as long as they could change the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from phantang.classify.rules.confidence import enough, needed
from phantang.classify.rules.rule import Alone, ValueTest
from phantang.classify.values.columnwise import COLUMN_CHECKS
from phantang.classify.values.hints import Hints
from phantang.classify.values.hits import ValueHits
from phantang.classify.values.topics import TOPIC_OF
from phantang.classify.values.validators import acceptor

if TYPE_CHECKING:
    from phantang.classify.rules.codelists import CodeLists
    from phantang.classify.values.measured import Look, Measured

#: Values that are looked at, if there are so many, before a column is claimed, or its name doubted, by what they are.
_FEWEST = 16
#: Hits from which a column check refuses them for good. What a name speaks for may pass it with fewer.
_JUDGED = 50
#: What stands in a text before the code of a thing, which may look like a phone: mã 0912345678.
_NO_CODE = "".join(f"(?<!{word} )" for word in ("mã", "Mã", "MÃ", "mã số", "Mã số", "số hiệu", "SKU", "sku", "code"))

#: Values of which so many must be accepted are asked for in two parts.
_MANY = 2

#: Patterns so plain that lengths and kinds of character tell what they match.
_KINDS = {r"\d": "d", r"[^\n]": "n", r"[^\n\d]": "nd"}
_REPEATED = re.compile(rf"(?:-\?)?({'|'.join(map(re.escape, _KINDS))})\{{(\d+)(?:,(\d+))?\}}")


class Trial:
    """A value rule with its patterns: `whole` takes lines, `text` what is between word boundaries in text.

    They are compiled when they are first asked for: few rules are tried in one scan, fewer inside texts.
    `valid` returns those of several texts that its validator accepts; it is `None` where every match is a hit.
    """

    def __init__(self, test: ValueTest, lists: CodeLists) -> None:
        self._flags = re.MULTILINE | (re.IGNORECASE if test.ignore_case else 0)
        self._either, self._also = "|".join(test.patterns), "|".join(test.also)
        self._coded = "" if test.alone is Alone.ANYWHERE else _NO_CODE
        self.valid = acceptor(test.validator, lists) if test.validator else None
        self._bounds = [found for pattern in test.patterns if (found := _bounds_of(pattern)) is not None]
        self._topic = TOPIC_OF.get(test.validator or "")
        self._hinted = test.validator if test.validator in Hints.known else None
        self._check = COLUMN_CHECKS[test.column_check] if test.column_check else None
        self._share = test.share

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """Any of the patterns, as a line."""
        return re.compile(rf"^(?:{self._either})$", self._flags)

    @cached_property
    def text(self) -> re.Pattern[str]:
        """Any of the patterns, inside text."""
        return re.compile(rf"{self._coded}(?<![\w.])(?:{self._either})(?!\w)", self._flags)

    @cached_property
    def _lines_of(self) -> Callable[[str], list[str]]:
        return _finder(self.whole)

    @cached_property
    def _also_of(self) -> Callable[[str], list[str]] | None:
        return _finder(re.compile(rf"^(?:{self._also})$", self._flags)) if self._also else None

    def hits(self, text: str) -> Collection[str]:
        """Return the lines of `text` that are hits."""
        found = self._lines_of(text)
        return found if self.valid is None or not found else self.valid(found)

    def count(self, seen: Measured, *, named: bool) -> ValueHits | None:
        """Return the hits of the rule on as many values as its verdict takes; `None` if it is out, or says nothing.

        Each look at more values ends it where so few hit that the rule is out, or so many that more could not make it
        any surer (`confidence.enough`). A rule that the name speaks for (`named`) is out only if none of the first
        values has its form: few hits do not make it claim the column, but none at all make it doubted. Of any other,
        hits below its share, or refused by its column check, say nothing.
        """
        hit: list[str] = []
        also = sampled = candidates = place = 0
        passed = False
        while not passed and (look := seen.look(place)) is not None:
            place, sampled = place + 1, sampled + look.count
            wanted = 0 if named else needed(sampled, self._share, *seen.told) - len(hit)
            if self._hinted and wanted > 0 and look.most(self._hinted) < wanted:
                return None
            forms = look.lines if self._takes_all(look) else self._lines_of(look.text)
            if len(forms) < wanted:
                return None
            found = self._accepted(forms, look, wanted)
            if len(found) < wanted:
                return None
            least, sure = enough(sampled, self._share)
            hit += found
            candidates += len(forms)
            if named and self._also_of:
                also += len(set(self._also_of(look.text)).difference(found))
            if sampled < _FEWEST or least <= len(hit) < sure or (also and least <= len(hit) + also < sure):
                continue
            if not candidates or len(hit) >= _JUDGED:
                break
            passed = bool(hit or also) and (self._check is None or (named and self._passes(hit, seen, place)))
        if not hit and not also:
            return None
        if named:
            checked = passed or self._passes(hit, seen, place)
            return ValueHits(len(hit), also, sampled, checked, candidates)
        said = sampled - len(seen.neutral.difference(hit)) if len(hit) < sampled else sampled
        if len(hit) < self._share * said or not (passed or self._passes(hit, seen, place)):
            return None
        return ValueHits(len(hit), also, said, candidates=candidates)

    def _takes_all(self, look: Look) -> bool:
        """Tell whether every value is of one kind of character and as long as a pattern takes; `False` if not known."""
        for kind, least, most in self._bounds:
            shortest, longest, digits, no_digits = look.plainness
            if least <= shortest and longest <= most and (digits if kind == "d" else kind == "n" or no_digits):
                return True
        return False

    def _accepted(self, forms: list[str], look: Look, wanted: int) -> Collection[str]:
        """Return those of the lines with a form that the validator accepts, or fewer than `wanted` if they are fewer.

        Where `wanted` of them must be accepted, one of the first must be: mostly none is, and the others are not asked.
        """
        if not forms or self.valid is None:
            return forms
        asked: Sequence[str] = forms
        if self._hinted:
            asked = look.open_to(self._hinted, forms) if wanted > 0 else look.prepared(forms)
        if self._topic:
            return look.speaking_of(self._topic, asked)
        if wanted < _MANY:
            return self.valid(asked)
        if len(asked) < wanted:
            return ()
        first = self.valid(asked[: 1 - wanted])
        return [*first, *self.valid(asked[1 - wanted :])] if first else first

    def _passes(self, hit: list[str], seen: Measured, looks: int) -> bool:
        """Tell whether all hits in so many looks, together, look like what the rule is about."""
        if self._check is None or not hit:
            return True
        ordered = seen.ordered(looks)
        return self._check(ordered if len(ordered) == len(hit) else sorted(hit))


def _bounds_of(pattern: str) -> tuple[str, int, int] | None:
    """Return what a pattern repeats and how often: digits (`d`), anything (`n`) or no digits (`nd`); `None` if more."""
    found = _REPEATED.fullmatch(pattern)
    if found is None:
        return None
    least, most = int(found[2]), int(found[3] or found[2])
    return _KINDS[found[1]], least, most


def _finder(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    """Return what returns every match of `pattern` in a text, as a whole."""
    return pattern.findall if not pattern.groups else lambda text: [found[0] for found in pattern.finditer(text)]
