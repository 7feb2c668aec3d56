"""Decisions in this process, by the regorus interpreter."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from phantang.model.errors import PolicyError
from phantang.pdp.contract import Contract
from phantang.pdp.interpreter import Interpreter
from phantang.pdp.lint.cycles import find_cycle
from phantang.pdp.lint.places import check_places
from phantang.pdp.lint.syntax import Module

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.decision import Decision
    from phantang.pdp.bundle import Bundle

ENTRYPOINT = "data.phantang.decision"

#: Interpreters a thread keeps, of the bundles it used last.
_KEPT = 4


class _Interpreters(threading.local):
    """The interpreters of one thread, by bundle revision."""

    def __init__(self) -> None:
        self.kept: dict[str, Interpreter] = {}

    def take(self, revision: str) -> Interpreter | None:
        """Hand out the interpreter of a bundle; the caller brings it back with `keep` if it is still sound."""
        return self.kept.pop(revision, None)

    def keep(self, revision: str, interpreter: Interpreter) -> None:
        """Keep an interpreter, and let go of the least recently used beyond `_KEPT`."""
        self.kept[revision] = interpreter
        while len(self.kept) > _KEPT:
            del self.kept[next(iter(self.kept))]


_INTERPRETERS = _Interpreters()


class EmbeddedEngine:
    """A `PolicyEngine` in this process, safe to share between threads: each has its own interpreter (33 ms to build).

    Deviations of regorus from OPA that could matter are kept out by `check_bundle`; see `phantang.pdp.lint`.
    """

    def __init__(self, bundle: Bundle) -> None:
        """Compile the bundle and ask it one empty question, so that a broken one is found now and not by a query.

        Raises `PolicyError` `policy_bundle_invalid` with `file`, `line` and `problem`.
        """
        self.revision = bundle.revision
        self._bundle = bundle
        self._contract = Contract(bundle)
        interpreter = _INTERPRETERS.take(bundle.revision) or compile_bundle(bundle.modules, bundle.documents)
        try:
            answer = interpreter.evaluate(ENTRYPOINT, "{}")
        except PolicyError as error:
            file, _, line = error.params["place"].rpartition(":")
            raise PolicyError("policy_bundle_invalid", file=file, line=line, problem="cannot be evaluated") from error
        if not isinstance(answer, dict) or answer.get("allow") is not False:
            raise PolicyError("policy_bundle_invalid", file="main", line=0, problem="an empty request is not denied")
        _INTERPRETERS.keep(bundle.revision, interpreter)

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """Decide one query. Raises `PolicyError`, which is a denial."""
        text = self._contract.encode(document)
        interpreter = _INTERPRETERS.take(self.revision)
        if interpreter is None:
            interpreter = compile_bundle(self._bundle.modules, self._bundle.documents)
        value = interpreter.evaluate(ENTRYPOINT, text)
        # Reached only if it answered: an interpreter that failed half-way is not used again.
        _INTERPRETERS.keep(self.revision, interpreter)
        return self._contract.decode(value, document)


def compile_bundle(modules: Mapping[str, str], documents: Mapping[str, Any]) -> Interpreter:
    """Return an interpreter of the calling thread holding `modules` and `documents`.

    Raises `PolicyError` `policy_bundle_invalid`. Two things are checked whenever a bundle is loaded: modules define the
    package of their own place only, so that a rule can narrow and never widen; and no rule depends on itself, because
    recursion ends the process.
    """
    interpreter = Interpreter(modules, documents)
    parsed = [Module(tree) for tree in interpreter.trees()]
    problem = next(check_places(parsed), None) or find_cycle(parsed)
    if problem is not None:
        raise PolicyError("policy_bundle_invalid", file=problem.file, line=problem.line, problem=problem.detail)
    return interpreter
