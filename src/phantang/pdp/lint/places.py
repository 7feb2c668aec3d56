"""Where modules live: what makes 'a rule can narrow, never widen' true, so it holds whenever a bundle is loaded.

A module under `rules/` can only define its own package, whose `narrow` the main package reads as a set of restrictions;
it cannot add to the main package, to the facts, or to another rule. Tests are in packages that nothing reads.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from phantang.pdp.lint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.pdp.lint.syntax import Module


def check_places(modules: Iterable[Module]) -> Iterator[Problem]:
    """Yield modules whose package is not the one of their place."""
    for module in modules:
        expected = _package(module.file)
        if expected is None:
            detail = "modules live in main/, lib/<name>/ or rules/<domain>/<rule>/, under their own name"
            yield Problem(module.file, 1, "module_misplaced", detail)
        elif module.package != expected:
            wanted = ".".join(expected[1:])
            yield Problem(module.file, 1, "package_mismatch", f"the package must be {wanted}, as its place says")


def _package(file: str) -> tuple[str, ...] | None:
    """Return the package of a module at `file`, or `None` when no module belongs there."""
    path = PurePosixPath(file)
    name = path.stem.removesuffix("_test")
    root = ("data", "phantang") if name == path.stem else ("data", "phantang", "tests")
    match path.parts:
        case ("main", _):
            return root if (name, len(root)) == ("decision", 2) else (*root, "main", name)
        case ("lib", folder, _) if folder == name:
            return (*root, "lib", folder)
        case ("rules", domain, folder, _) if folder == name:
            return (*root, "rules", domain, folder)
        case _:
            return None
