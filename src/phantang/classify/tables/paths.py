"""What the paths of JSON and XML documents make of their column: the strictest of their tags, with the paths named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from phantang.model.finding import Evidence, Finding, PathTag

_NONE = "none"


@dataclass(frozen=True, slots=True)
class PathFinding:
    """The finding of one path, as if it were a column."""

    path: str
    finding: Finding


def with_paths(column: Finding, paths: Sequence[PathFinding]) -> Finding:
    """Return the column's finding with the tags of its paths: sensitive before basic before none, the surest first."""
    tagged = [item for item in paths if item.finding.tag != _NONE]
    if not tagged or any(part.kind == "value" and tag_is_secret(column) for part in column.evidence):
        return column
    tagged.sort(key=lambda item: (_strictness(item.finding.tag), item.finding.confidence), reverse=True)
    best = tagged[0].finding
    named = tuple(PathTag(item.path, tag) for item in paths for tag in item.finding.tags if tag != _NONE)
    rule = best.evidence[0].rule if best.evidence else "path"
    sampled = max((part.sampled for part in best.evidence), default=0)
    hits = max((part.hits for part in best.evidence), default=0)
    evidence = (*column.evidence, Evidence(rule, "path", hits, sampled, named))
    every = dict.fromkeys(tag for item in tagged for tag in item.finding.tags if tag != _NONE)
    if column.tag != _NONE and _strictness(column.tag) >= _strictness(best.tag):
        others = (tag for tag in every if tag not in column.tags)
        return replace(column, tags=(*column.tags, *others), evidence=evidence)
    tags = tuple(dict.fromkeys((*every, *(tag for tag in column.tags if tag != _NONE))))
    return Finding(column.column, tags[0], tags, best.confidence, evidence)


def tag_is_secret(finding: Finding) -> bool:
    """Tell whether reading of the column was ended by a marker of state secrecy."""
    return finding.tag.startswith("secrecy.")


def _strictness(tag: str) -> int:
    return next(
        (rank for prefix, rank in (("secrecy.", 3), ("sensitive.", 2), ("person.", 1)) if tag.startswith(prefix)), 0
    )
