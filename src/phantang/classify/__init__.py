"""Classification: rule packs in, findings out. Pure: texts and samples are passed in, nothing is opened or fetched.

Presidio is imported only when values are looked at, or a registry is asked for; it takes seconds to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.classify.check import Problem, check_classifier
from phantang.classify.classifier import Classifier
from phantang.classify.compilation import compile_packs, packs_digest
from phantang.classify.rules.rule import Rule
from phantang.classify.tables.structure import about_others, propose_structure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presidio_analyzer import RecognizerRegistry

__all__ = [
    "Classifier",
    "Problem",
    "Rule",
    "about_others",
    "check_classifier",
    "compile_packs",
    "packs_digest",
    "presidio_registry",
    "propose_structure",
]


def presidio_registry(
    classifier: Classifier | None = None, *, languages: Sequence[str] = ("vi", "en")
) -> RecognizerRegistry:
    """Return the rules, with their validators, as a Presidio `RecognizerRegistry` for free text in any application.

    Without a `classifier`, the built-in rule packs. Use it as
    `AnalyzerEngine(registry=presidio_registry(), nlp_engine=..., supported_languages=["vi", "en"])`; Presidio's
    `NoOpNlpEngine` will do. Raises `WorkspaceError`: the built-in packs are missing.
    """
    from phantang.classify.builtin import builtin_classifier
    from phantang.classify.values.recognisers import presidio_registry as build

    source = classifier or builtin_classifier()
    return build(source.rules, source.lists, source.abbreviations, languages)
