"""The distinct values of one column as rules look at them: those measured, the first of them, those worth a search."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

from phantang.classify.rules.codelists import plain, prepare_words
from phantang.classify.text.folding import codes_of
from phantang.classify.values.hints import Hints
from phantang.classify.values.hits import ValueHits
from phantang.classify.values.topics import topics_of

#: Distinct values a whole-value rule is measured on, spread evenly; twice as many change no verdict.
_MEASURED = 200
#: They are looked at in steps: so many, so many more and so on, then the rest.
_STEPS = (9, 11, 60)
_TOLD = _STEPS[0] + _STEPS[1]
#: Answers that say nothing, folded; a list with so many values or fewer may have one of them.
NEUTRAL, _FEW = frozenset(
    {"", "khong", "khong co", "khong ro", "chua", "chua co", "chua ro", "chua xac dinh", "khac", "binh thuong", "0",
    "none", "no", "n a", "na", "null", "unknown", "other", "not stated", "not applicable", "chua ghi nhan", "k", "ko",
    "khong thuoc dien", "khong thuoc doi tuong", "none known", "none recorded", "would not say", "prefer not to say"}
), 60  # fmt: skip
#: What is worth a search inside text: an at sign, a run of digits, a token or key.
_WORTH = re.compile(r"@|\d(?:[ .\-]?\d){7}|[A-Z]{2}\d{6}|\$\d|eyJ|AKIA|PRIVATE KEY|P<|MẬT|Mật|mật")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){7}")
_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_WORDS = re.compile(r"[^\W\d_]{2,}[\s,.:]+[^\W\d_]{2,}")
#: What all of it but the runs of digits has; they take a line of eight characters.
_WORTH_MARKED, _RUN = ("@", "$", "eyJ", "AKIA", "PRIVATE KEY", "P<", "MẬT", "Mật", "mật"), 8


class Plain(NamedTuple):
    """Lengths of the shortest and the longest of several values, whether all is digits, and whether none is."""

    shortest: int
    longest: int
    digits: bool
    no_digits: bool


class Look:
    """Some of the measured values: `count` of them, as one `text`, a value a line."""

    def __init__(self, lines: Sequence[str], hints: Hints) -> None:
        self.lines, self.text, self.count, self._hints = list(lines), "\n".join(lines), len(lines), hints
        self._topics: dict[str, frozenset[str]] = {}

    @cached_property
    def _words(self) -> list[list[str]]:
        # Digits are a word as they are.
        return (
            [[line] for line in self.lines]
            if self.text.isascii() and self.plainness.digits
            else prepare_words(self.text)
        )

    def prepared(self, lines: Sequence[str]) -> Sequence[str]:
        """Return `lines`, of which validators know the words then: all at once is far cheaper than one by one."""
        _ = self._words
        return lines

    def open_to(self, validator: str, lines: Sequence[str]) -> Sequence[str]:
        """Return those of `lines` that `validator`, one of `Hints.known`, could accept; it knows their words then."""
        return self._hints.open_to(validator, lines, self._hinted)

    @cached_property
    def plainness(self) -> Plain:
        """What all values have in common."""
        together, lengths = "".join(self.lines), set(map(len, self.lines))
        return Plain(min(lengths), max(lengths), together.isdecimal(), _DIGIT.search(together) is None)

    def speaking_of(self, topic: str, lines: Sequence[str]) -> list[str]:
        """Return those of `lines` that speak of a topic: what a value speaks of is found once for all topics."""
        for line in lines:
            if line not in self._topics:
                self._topics[line] = topics_of(line, self._hints.lists)
        return [line for line in lines if topic in self._topics[line]]

    def most(self, validator: str) -> int:
        """Return how many of the values `validator`, one of `Hints.known`, could accept at the most."""
        return self._hints.most(validator, self.counts, self.text)

    @cached_property
    def counts(self) -> int:
        """How many of the values each validator could accept, as `Hints.of_each` has it."""
        return sum(self._hinted.values())

    @cached_property
    def _hinted(self) -> dict[str, int]:
        return dict(zip(self.lines, self._hints.of_each(self._words), strict=True))


class Measured:
    """The distinct values of a column: `every` one, and those that rules are measured on (`lines`), in several looks.

    What was found of them is kept, as a table may be read twice.
    """

    def __init__(
        self,
        every: Sequence[str],
        hints: Hints,
        possible: Callable[..., int],
        joined: str | None = None,
        codes: bytes | None = None,
    ) -> None:
        """`possible` tells which rules, as bits, some lines do not rule out, of so many in all (see `told`).

        `joined` may be `every` value as one text, and `codes` its codes, if they are known.
        """
        self.every = every
        self.lines = every if len(every) <= _MEASURED else every[:: -(-len(every) // _MEASURED)]
        self.joined = "\n".join(every) if joined is None else joined
        self._codes = codes
        first, self._rest = _first_of(self.lines, _STEPS[0])
        self._looks = [Look(first, hints)]
        self._ordered: dict[int, list[str]] = {}
        #: The hits of rules tried so far, by rule; by its complement for those that a name speaks for.
        self.known: dict[int, ValueHits | None] = {}
        self.stopping: tuple[int, ...] | None = None
        self._hints, self._possible = hints, possible

    @cached_property
    def text(self) -> str:
        """All measured values, one a line."""
        return self.joined if self.lines is self.every else "\n".join(self.lines)

    def look(self, place: int) -> Look | None:
        """Return the values to look at after so many looks, evenly spread like those before; `None` after the last."""
        if place < len(self._looks):
            return self._looks[place]
        if self._rest:
            size = _STEPS[place] if place < len(_STEPS) else len(self._rest)
            taken, self._rest = _first_of(self._rest, size)
            self._looks.append(Look(taken, self._hints))
        return self._looks[place] if place < len(self._looks) else None

    @cached_property
    def told(self) -> tuple[int, int]:
        """How many values there are, and how many of them are neutral; zeros if more than two looks of them."""
        return (len(self.lines), len(self.neutral)) if len(self.lines) <= _TOLD else (0, 0)

    @property
    def first(self) -> Look:
        """The first look."""
        return self._looks[0]

    @cached_property
    def of_digits(self) -> bool:
        """Tell whether all values are digits and nothing else."""
        return "".join(self.lines).isdecimal()

    @cached_property
    def of_one_length(self) -> bool:
        """Tell whether all values are equally long."""
        return len(set(map(len, self.lines))) == 1

    @cached_property
    def probe(self) -> str:
        """The values of the first two looks, one a line."""
        return "\n".join(look.text for look in (self.look(0), self.look(1)) if look is not None)

    @cached_property
    def possible(self) -> int:
        """The rules, as bits, that the first values do not rule out."""
        count = len(self.lines)  # which of them are neutral is dearer to tell than it is worth here
        return self._possible(self._looks[0].text, *((count, count) if count <= _TOLD else (0, 0)))

    def ordered(self, looks: int) -> list[str]:
        """Return the values of so many looks, sorted."""
        if looks not in self._ordered:
            self._ordered[looks] = sorted(line for look in self._looks[:looks] for line in look.lines)
        return self._ordered[looks]

    @cached_property
    def neutral(self) -> frozenset[str]:
        """The values that say no more than that there is nothing to say; none where there are many values."""
        return (
            frozenset(line for line in self.lines if plain(line) in NEUTRAL) if len(self.lines) <= _FEW else frozenset()
        )

    @cached_property
    def may_be_texts(self) -> bool:
        """Tell whether one may look inside the values: not codes of one length. A form letter has words, of any."""
        first, length = self.lines[0], len(self.lines[0])
        if length != len(self.lines[-1]) or len(set(map(len, self.lines))) > 1:
            return True
        return _WORDS.search(first) is not None or first.count(" ") > 1

    @cached_property
    def has_more(self) -> bool:
        """Tell whether values of which most are an address or a name, in words, have a number beside them."""
        if _WORDS.search(self.lines[0]) is None:
            return False
        return "@" in self.joined or (self._has_digits(8) and _DIGITS.search(self.joined) is not None)

    def worth_search(self) -> list[str]:
        """Return the values that are worth a search inside."""
        marked = any(part in self.joined for part in _WORTH_MARKED)
        if not marked and (max(map(len, self.every)) < _RUN or not self._has_digits(6)):
            return []
        return [line for line in self.every if _WORTH.search(line)] if _WORTH.search(self.joined) else []

    def _has_digits(self, count: int) -> bool:
        """Tell whether any value may have so many digits in a row, if one does not mind what is between them."""
        return self._digits is None or b"0" * count in self._digits

    @cached_property
    def _digits(self) -> bytes | None:
        """All values without what may stand between digits, every digit as 0; `None` if they cannot be told so."""
        codes = codes_of(self.joined) if self._codes is None else self._codes
        return None if codes is None else codes.translate(_AS_ZERO, b" .-")


def _first_of(lines: Sequence[str], size: int) -> tuple[Sequence[str], Sequence[str]]:
    """Return at most `size` of `lines`, evenly spread, and the others."""
    if len(lines) <= size:
        return lines, ()
    taken, rest = slice(0, len(lines) // size * size, len(lines) // size), list(lines)
    del rest[taken]
    return lines[taken], rest
