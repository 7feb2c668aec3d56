"""The distinct values of one column as rules look at them: those measured, the first of them, those worth a search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from phantang.classify.codelists import prepare_plain
from phantang.classify.hints import Hints

#: Rules are tried on this many values first; one that needs most values and finds none there is not run on the rest.
_PROBE = 16
#: Distinct values a whole-value rule is measured on, spread evenly; twice as many change no verdict.
_MEASURED = 200
#: What is worth a search inside text: an at sign, a run of digits, a token or key.
_WORTH = re.compile(r"@|\d(?:[ .\-]?\d){7}|[A-Z]{2}\d{6}|\$\d|eyJ|AKIA|PRIVATE KEY|P<|MẬT|Mật|mật")
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){7}")
_WORDS = re.compile(r"[^\W\d_]{2,}[\s,.:]+[^\W\d_]{2,}")
#: What all of it but the runs of digits has; they take a line of eight characters.
_WORTH_SHORT, _RUN = ("@", "$", "eyJ", "AKIA", "PRIVATE KEY", "P<", "MẬT", "Mật", "mật"), 8


class Measured:
    """The values of a column that rules are measured on, and the first of them, on which most rules fall out."""

    def __init__(self, lines: Sequence[str], hints: Hints) -> None:
        self.lines = lines if len(lines) <= _MEASURED else lines[:: -(-len(lines) // _MEASURED)]
        self.text, self.probe = "\n".join(self.lines), "\n".join(self.lines[:_PROBE])
        self.probed = min(len(self.lines), _PROBE)
        self._hints, self._prepared = hints, False

    def rarely(self, validator: str, enough: float) -> bool:
        """Tell whether `validator` accepts fewer than `enough` of the first values, without asking it."""
        return validator in Hints.known and self._hints.most(validator, self._counts, self.probe) < enough

    @property
    def may_be_texts(self) -> bool:
        """Tell whether one may look inside the values: not codes of one length. A form letter has words, of any."""
        return len(set(map(len, self.lines))) > 1 or _WORDS.search(self.lines[0]) is not None

    def has_more(self, text: str) -> bool:
        """Tell whether values of which most are an address or a name, in words, have a number beside them."""
        return _WORDS.search(self.lines[0]) is not None and ("@" in text or _DIGITS.search(text) is not None)

    @cached_property
    def _counts(self) -> int:
        return self._hints.counts(self.probe)

    def prepare(self, validator: str) -> None:
        """Let `validator` know the plain form of every value."""
        if validator in Hints.known and not self._prepared:
            prepare_plain(self.text)
            self._prepared = True


def worth_search(lines: Sequence[str], text: str) -> list[str]:
    """Return those of the `lines` of `text` that are worth a search inside."""
    if max(map(len, lines)) < _RUN and not any(part in text for part in _WORTH_SHORT):
        return []
    return [line for line in lines if _WORTH.search(line)] if _WORTH.search(text) else []
