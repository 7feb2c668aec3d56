"""Rules as Presidio recognisers. Importing this module imports Presidio, which takes seconds: import it late.

Nothing here needs an NLP engine or the network. A `RuleRecognizer` matches whole lines (values of a column joined by
newlines) or, for free text, the pattern between word boundaries.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from presidio_analyzer import Pattern, PatternRecognizer, RecognizerRegistry, RecognizerResult, predefined_recognizers

from phantang.classify.rules.codelists import CodeLists
from phantang.classify.rules.rule import Alone, Level, Rule, ValueTest
from phantang.classify.text.folding import fold
from phantang.classify.values.validators import VALIDATORS, Validator

__all__ = ["RuleRecognizer", "entity_of", "presidio_registry", "recogniser"]

_CHECKED, _FORMAT = 0.6, 0.3
#: How far before a value, in characters, one of the words may stand that say what it is.
_BEFORE = 40
#: Letters of an abbreviation that could be anything in a text.
_TOO_SHORT = 2


class RuleRecognizer(PatternRecognizer):  # type: ignore[misc]  # Presidio ships no types
    """A rule's patterns with its named validator as `validate_result`."""

    def __init__(self, rule: Rule, lists: CodeLists, *, language: str, whole_lines: bool, also: bool = False) -> None:
        if rule.values is None:
            raise ValueError(rule.id)
        self._lists = lists
        self._validator: Validator | None = None
        if rule.values.validator and not also:
            self._validator = VALIDATORS[rule.values.validator]
        patterns = rule.values.also if also else rule.values.patterns
        frame = r"^(?:%s)$" if whole_lines else r"(?<![\w.])(?:%s)(?![\w])"
        score = _CHECKED if self._validator else _FORMAT
        flags = re.MULTILINE | (re.IGNORECASE if rule.values.ignore_case else 0)
        super().__init__(
            supported_entity=entity_of(rule),
            name=rule.id,
            supported_language=language,
            patterns=[Pattern(f"{rule.id}#{number}", frame % text, score) for number, text in enumerate(patterns)],
            context=sorted({phrase for phrases in rule.names.values() for phrase in phrases if "<" not in phrase}),
            global_regex_flags=flags,
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Return the validator's verdict; `None` (keep the pattern's score) without a validator."""
        return None if self._validator is None else self._validator(pattern_text, self._lists)


class NamedRecognizer(RuleRecognizer):
    """A format that many things share (`C1234567`, ten digits): one of the rule's names must stand before it.

    `số hộ chiếu: C1234567`, with or without diacritics, or `STK 0123456789012`, by the lexicon's abbreviations. The
    score is that of a value its validator accepts, or 0.6.
    """

    def __init__(self, rule: Rule, lists: CodeLists, short: Mapping[str, str], *, language: str) -> None:
        super().__init__(rule, lists, language=language, whole_lines=False)
        said = {fold(unicodedata.normalize("NFC", phrase)) for phrase in _said(rule)}
        said |= {word for word, phrase in short.items() if len(word) > _TOO_SHORT and fold(phrase) in said}
        phrases = sorted(said, key=len, reverse=True)
        self._said = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)")

    def analyze(self, text: str, *arguments: Any, **options: Any) -> list[RecognizerResult]:
        """Return what the patterns find behind a name of the rule, on the same line."""
        found: list[RecognizerResult] = super().analyze(text, *arguments, **options)
        kept = [item for item in found if self._said.search(self._before(text, item.start))]
        for item in kept:
            item.score = max(item.score, _CHECKED)
        return kept

    @staticmethod
    def _before(text: str, start: int) -> str:
        near = text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
        return " ".join(fold(near).split())


def _said(rule: Rule) -> list[str]:
    return [phrase for phrase in rule.names.get(Level.STRONG, ()) if "<" not in phrase]


def entity_of(rule: Rule) -> str:
    """Return the Presidio entity name of a rule: `vn.national_id` is `VN_NATIONAL_ID`."""
    return rule.id.upper().replace(".", "_").replace("-", "_")


def recogniser(
    rule: Rule, lists: CodeLists, *, language: str = "vi", whole_lines: bool, also: bool = False
) -> PatternRecognizer:
    """Return the recogniser of a rule: its own patterns, or the Presidio recogniser it names."""
    if rule.values is not None and rule.values.presidio:
        built = getattr(predefined_recognizers, rule.values.presidio)
        return built(supported_language=language, supported_entity=entity_of(rule))
    return RuleRecognizer(rule, lists, language=language, whole_lines=whole_lines, also=also)


def _stands_in_text(test: ValueTest) -> bool:
    """Tell whether a format is recognisable among other words: a name or an address needs a column around it."""
    return not test.stop and (test.in_text or test.presidio is not None or test.alone is Alone.ANYWHERE)


def _needs_words(rule: Rule) -> bool:
    """Tell whether words before a value can say what it is: it has digits, and the rule has names of its own."""
    test = rule.values
    return test is not None and not test.stop and bool(_said(rule)) and all(r"\d" in item for item in test.patterns)


def presidio_registry(
    rules: Sequence[Rule], lists: CodeLists, short: Mapping[str, str], languages: Sequence[str]
) -> RecognizerRegistry:
    """Return a registry with a free-text recogniser a language for every rule whose values identify something.

    Scores are 1.0 for a value its validator accepts and 0.3 for a bare format; words of the rule's names nearby raise
    them (Presidio's context enhancement). What proves nothing alone is found behind its name (`NamedRecognizer`).
    """
    found: list[PatternRecognizer] = [
        recogniser(rule, lists, language=language, whole_lines=False)
        for language in languages
        for rule in rules
        if rule.personal and rule.values is not None and _stands_in_text(rule.values)
    ]
    found += [
        NamedRecognizer(rule, lists, short, language=language)
        for language in languages
        for rule in rules
        if rule.personal and rule.values and not _stands_in_text(rule.values) and _needs_words(rule)
    ]
    return RecognizerRegistry(recognizers=found, supported_languages=list(languages))
