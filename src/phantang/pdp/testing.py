"""The bundle's own tests, run in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.model.errors import PolicyError
from phantang.pdp.embedded import compile_bundle
from phantang.pdp.lint.syntax import Module

if TYPE_CHECKING:
    from phantang.pdp.bundle import Bundle


@dataclass(frozen=True, slots=True)
class TestResult:
    """One `test_*` rule. `detail` is empty when it passed, else `false`, `undefined` or where it failed."""

    __test__ = False  # the name is Rego's, not pytest's

    file: str
    name: str
    passed: bool
    detail: str = ""


def run_tests(bundle: Bundle) -> tuple[TestResult, ...]:
    """Run every `test_*` rule of the bundle's `*_test.rego`, ordered by file and name; a test passes when it is `true`.

    Raises `PolicyError` `policy_bundle_invalid` when a module does not compile.
    """
    interpreter = compile_bundle({**bundle.modules, **bundle.tests}, bundle.documents)
    found = {
        (module.file, ".".join(rule.path))
        for module in map(Module, interpreter.trees())
        if module.file in bundle.tests
        for rule in module.rules
        if rule.path[-1].startswith("test_")
    }
    results = []
    for file, path in sorted(found):
        try:
            value = interpreter.evaluate(path, "{}")
            detail = "" if value is True else "undefined" if value is None else "not true"
        except PolicyError as error:
            detail = f"failed at {error.params['place']}"
        results.append(TestResult(file, path.removeprefix("data."), not detail, detail))
    return tuple(results)
