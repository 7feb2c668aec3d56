"""What rows can say of a column: it must be open, its values are counted row by row, and the claim names a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from phantang.model.finding import Evidence, Finding

_NONE, _SPOKEN = "none", frozenset({"name", "comment", "context"})


def is_open(found: Finding) -> bool:
    """Tell whether nothing is known of a column: neither its name nor its values say anything."""
    return found.tag == _NONE and not any(part.kind in _SPOKEN for part in found.evidence)


def given(values: Sequence[str | None]) -> list[str]:
    """Return the values that are there, one a row, without blanks around them."""
    return [value.strip() for value in values if value and value.strip()]


def claimed(found: Finding, tag: str, rule: str, rows: int, sure: float) -> Finding:
    """Return `found` as a column of `tag`, by `rows` rows that show what `rule` is about."""
    evidence = (*found.evidence, Evidence(rule, "value", rows, rows))
    return replace(found, tag=tag, tags=(tag,), confidence=sure, evidence=evidence)
