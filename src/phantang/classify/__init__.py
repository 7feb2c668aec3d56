"""Classification: rule packs in, findings out. Pure: texts and samples are passed in, nothing is opened or fetched.

Presidio is imported only when values are looked at, or a registry is asked for; it takes seconds to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.classify.check import Problem, check_packs
from phantang.classify.classifier import Classifier, compile_packs
from phantang.classify.rule import Rule
from phantang.classify.structure import propose_structure

if TYPE_CHECKING:
    from presidio_analyzer import RecognizerRegistry

__all__ = [
    "Classifier",
    "Problem",
    "Rule",
    "check_packs",
    "compile_packs",
    "presidio_registry",
    "propose_structure",
]


def presidio_registry(classifier: Classifier, *, language: str = "vi") -> RecognizerRegistry:
    """Return the rules, with their validators, as a Presidio `RecognizerRegistry` for free text."""
    from phantang.classify.recognisers import presidio_registry as build

    return build(classifier.rules, classifier.lists, language=language)
