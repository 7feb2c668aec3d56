"""The rule packs of a workspace: checked before they judge anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang import catalog, classify
from phantang.flow.scan import load_classifier
from phantang.store import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class PackReport:
    """What a check of rule packs found; `examples` counts the matches and near misses that were run."""

    revision: str
    rules: int
    tags: int
    examples: int
    problems: tuple[classify.Problem, ...]


def check_classifiers(workspace: Workspace, folder: Path | None = None) -> PackReport:
    """Check the packs of the workspace, or of `folder`, against the workspace's vocabulary of tags.

    Raises `WorkspaceError`, naming file, rule and key, for packs that do not compile.
    """
    tags = catalog.parse_snapshot(workspace.catalog_files()).tags
    classifier = load_classifier(workspace.classifier_files() if folder is None else read_folder(folder), tags)
    rules = classifier.rules
    examples = sum(len(part.names) + len(part.values) for rule in rules for part in (rule.match, rule.near_miss))
    covered = len({rule.tag for rule in rules})
    return PackReport(classifier.digest, len(rules), covered, examples, classify.check_classifier(classifier))
