"""The rule packs of a workspace: checked before they judge anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang import catalog, classify
from phantang.flow.catalog.feedback import NEAR_MISSES, read_near_misses, still_claimed
from phantang.flow.scan.scan import load_classifier
from phantang.store import read_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from phantang.classify import Classifier
    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class PackReport:
    """What a check of rule packs found; `examples` counts the matches and near misses that were run.

    A problem of kind `recorded` is a claim that a person rejected in a review and that `rule` still makes.
    """

    revision: str
    rules: int
    tags: int
    examples: int
    problems: tuple[classify.Problem, ...]


def check_classifiers(workspace: Workspace, folder: Path | None = None) -> PackReport:
    """Check the packs of the workspace, or of `folder`, against the workspace's vocabulary of tags.

    What people rejected in reviews of the workspace is tried too: columns whose claim is still made are problems.
    Raises `WorkspaceError`, naming file, rule and key, for packs that do not compile.
    """
    tags = catalog.parse_snapshot(workspace.catalog_files()).tags
    classifier = load_classifier(workspace.classifier_files() if folder is None else read_folder(folder), tags)
    rules = classifier.rules
    examples = sum(len(part.names) + len(part.values) for rule in rules for part in (rule.match, rule.near_miss))
    covered = len({rule.tag for rule in rules})
    problems = (*classify.check_classifier(classifier), *_recorded(workspace, classifier))
    return PackReport(classifier.digest, len(rules), covered, examples + len(read_near_misses(workspace)), problems)


def _recorded(workspace: Workspace, classifier: Classifier) -> Iterator[classify.Problem]:
    """Yield each rule that still claims a column which a person said it should not."""
    seen: set[tuple[str, str]] = set()
    for example in still_claimed(workspace, classifier):
        on = ".".join(filter(None, (example.get("table"), str(example["name"]))))
        for rule in example["claimed_by"]:
            if (rule, on) not in seen:
                seen.add((rule, on))
                yield classify.Problem(NEAR_MISSES, rule, "recorded", on, str(example["claim"]))
