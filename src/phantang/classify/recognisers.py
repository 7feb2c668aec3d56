"""Rules as Presidio recognisers. Importing this module imports Presidio, which takes seconds: import it late.

Nothing here needs an NLP engine or the network. A `RuleRecognizer` matches whole lines (values of a column joined by
newlines) or, for free text, the pattern between word boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from presidio_analyzer import Pattern, PatternRecognizer, RecognizerRegistry, predefined_recognizers

from phantang.classify.codelists import CodeLists
from phantang.classify.rule import Alone, Rule, ValueTest
from phantang.classify.validators import VALIDATORS, Validator

__all__ = ["RuleRecognizer", "entity_of", "presidio_registry", "recogniser"]

_CHECKED, _FORMAT = 0.6, 0.3


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


def presidio_registry(rules: Sequence[Rule], lists: CodeLists, languages: Sequence[str]) -> RecognizerRegistry:
    """Return a registry with a free-text recogniser a language for every rule whose values identify something.

    Scores are 1.0 for a value its validator accepts and 0.3 for a bare format; words of the rule's names nearby raise
    them (Presidio's context enhancement).
    """
    found = [
        recogniser(rule, lists, language=language, whole_lines=False)
        for language in languages
        for rule in rules
        if rule.personal and rule.values is not None and _stands_in_text(rule.values)
    ]
    return RecognizerRegistry(recognizers=found, supported_languages=list(languages))
