"""All checks of a bundle: what `phantang policy check` prints, and what must hold before anything is decided."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.model.errors import PolicyError
from phantang.pdp.bundle import Bundle
from phantang.pdp.contract import Contract
from phantang.pdp.embedded import EmbeddedEngine, compile_bundle
from phantang.pdp.lint.law import check_law
from phantang.pdp.lint.layout import check_layout
from phantang.pdp.lint.names import check_names
from phantang.pdp.lint.portable import check_portable
from phantang.pdp.lint.problem import Problem
from phantang.pdp.lint.syntax import Module

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def check_files(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Check a bundle given as `{relative path: text}`; text that cannot even be read is a problem too."""
    try:
        bundle = Bundle.from_files(files)
    except PolicyError as error:
        return (_problem(error),)
    return tuple(sorted(_located(problem, files) for problem in check_bundle(bundle)))


def _located(problem: Problem, files: Mapping[str, str]) -> Problem:
    """Return a problem of the law with the line of what it names first: `S1.T2` is the line of T2 below that of S1."""
    if problem.line or not problem.file.startswith("law/"):
        return problem
    lines = ["" if line.lstrip().startswith("#") else line for line in files.get(problem.file, "").split("\n")]
    for word in re.findall(r"[\w./]*\w", problem.detail):
        for parts in ([word], re.split(r"[./]", word)):
            at = -1
            for part in parts:
                named = re.compile(rf"(?<![\w.]){re.escape(part)}(?![\w.])")
                at = next((number for number in range(at + 1, len(lines)) if named.search(lines[number])), len(lines))
            if at < len(lines):
                return Problem(problem.file, at + 1, problem.code, problem.detail)
    return problem


def check_deciding(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what of `check_files` makes a bundle decide otherwise than it reads; with any of it nothing is decided.

    A reference with a typo is undefined in Rego: the rule that holds it objects to nothing, and no evaluation can tell.
    That a rule has no test, or lacks a language, is left to `check_files`.
    """
    try:
        bundle = Bundle.from_files(files)
        found = {*check_law(bundle)}
        deciding = [Module(tree) for tree in compile_bundle(bundle.modules, bundle.documents).trees()]
    except PolicyError as error:
        return (_problem(error),)
    return tuple(sorted(_located(one, files) for one in found | _of_modules(bundle, deciding)))


@cache
def checks_digest() -> str:
    """Return a digest of the checks themselves: what passed under it passes until they change."""
    sources = [*Path(__file__).parent.joinpath("lint").glob("*.py"), Path(__file__)]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(sources))).hexdigest()


def _of_modules(bundle: Bundle, deciding: Sequence[Module]) -> set[Problem]:
    return {*check_portable(deciding), *check_names(bundle, deciding)}


def check_bundle(bundle: Bundle) -> tuple[Problem, ...]:
    """Return everything wrong with a bundle, ordered by file and line; empty when it may be published."""
    problems: set[Problem] = {*check_law(bundle)}
    try:
        Contract(bundle)
        # Tests are compiled too, but only what decides must be portable: tests may use `with`.
        interpreter = compile_bundle({**bundle.modules, **bundle.tests}, bundle.documents)
    except PolicyError as error:
        return tuple(sorted({*problems, _problem(error)}))
    modules = [Module(tree) for tree in interpreter.trees()]
    deciding = [module for module in modules if module.file in bundle.modules]
    problems |= _of_modules(bundle, deciding) | {*check_layout(bundle, deciding)}
    if not problems:
        try:
            EmbeddedEngine(bundle)
        except PolicyError as error:
            problems.add(_problem(error))
    return tuple(sorted(problems))


def _problem(error: PolicyError) -> Problem:
    params = error.params
    if error.code == "policy_bundle_invalid":
        return Problem(params["file"], int(params["line"]), error.code, params["problem"])
    return Problem(params.get("place", "policies"), 0, error.code, error.message("en"))
