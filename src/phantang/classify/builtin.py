"""The rule packs that travel with the program, for who uses classification as a library without a workspace."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from phantang.classify.classifier import Classifier
from phantang.classify.compilation import compile_packs
from phantang.classify.rules.rule_yaml import load_yaml
from phantang.model.errors import WorkspaceError


@cache
def builtin_classifier() -> Classifier:
    """Compile the built-in packs; the program's own files are all that is read. Raises `WorkspaceError`."""
    packs, lists = _texts("classifiers", "*.yaml"), _texts("classifiers", "lists/*")
    document = load_yaml(_texts("catalog", "tags.yaml").get("tags.yaml", ""))
    tags = document.get("tags") if isinstance(document, dict) else None
    if not packs or not isinstance(tags, dict):
        raise WorkspaceError("defaults_missing", name="classifiers")
    return compile_packs(packs, lists, tags, own=packs)


def _texts(name: str, pattern: str) -> dict[str, str]:
    package = Path(__file__).resolve().parent.parent
    folder = next((one for one in (package / "defaults" / name, package.parent.parent / name) if one.is_dir()), None)
    if folder is None:
        raise WorkspaceError("defaults_missing", name=name)
    found = (path for path in sorted(folder.rglob(pattern)) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in found}
