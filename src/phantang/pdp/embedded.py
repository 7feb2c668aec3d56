"""Decisions in this process, by the regorus interpreter."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from regorus import Engine

from phantang.model.errors import PolicyError
from phantang.pdp.contract import Contract
from phantang.pdp.lint.cycles import find_cycle
from phantang.pdp.lint.places import check_places
from phantang.pdp.lint.syntax import Module

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.decision import Decision
    from phantang.pdp.bundle import Bundle

ENTRYPOINT = "data.phantang.decision"
_PLACE = re.compile(r"--> (?P<file>[^\n]*?):(?P<line>\d+):\d+")
_DETAIL = re.compile(r"^error: (?P<detail>[^\n]*)", re.MULTILINE)


#: Interpreters a thread keeps, of the bundles it used last.
_KEPT = 4


class _Interpreters(threading.local):
    """The interpreters of one thread, by bundle revision.

    An interpreter may be used, and dropped, by the thread that made it only. Kept here rather than in a
    `EmbeddedEngine`, none is dropped by whichever thread happens to collect the engine's garbage.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Engine] = {}

    def take(self, revision: str) -> Engine | None:
        """Hand out the interpreter of a bundle; the caller brings it back with `keep` if it is still sound."""
        return self.kept.pop(revision, None)

    def keep(self, revision: str, engine: Engine) -> None:
        """Keep an interpreter, and let go of the least recently used beyond `_KEPT`."""
        self.kept[revision] = engine
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
        engine = compile_engine(bundle.modules, bundle.documents)
        try:
            answer = evaluate(engine, ENTRYPOINT, "{}")
        except PolicyError as error:
            file, _, line = error.params["place"].rpartition(":")
            raise PolicyError("policy_bundle_invalid", file=file, line=line, problem="cannot be evaluated") from error
        if not isinstance(answer, dict) or answer.get("allow") is not False:
            raise PolicyError("policy_bundle_invalid", file="main", line=0, problem="an empty request is not denied")
        _INTERPRETERS.keep(bundle.revision, engine)

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """Decide one query. Raises `PolicyError`, which is a denial."""
        text = self._contract.encode(document)
        engine = _INTERPRETERS.take(self.revision)
        if engine is None:
            engine = compile_engine(self._bundle.modules, self._bundle.documents)
        value = evaluate(engine, ENTRYPOINT, text)
        # Reached only if it answered: an interpreter that failed half-way is not used again.
        _INTERPRETERS.keep(self.revision, engine)
        return self._contract.decode(value, document)


def compile_engine(modules: Mapping[str, str], documents: Mapping[str, Any]) -> Engine:
    """Return an interpreter of the calling thread holding `modules` and `documents`.

    Raises `PolicyError` `policy_bundle_invalid`. Two things are checked whenever a bundle is loaded: modules define the
    package of their own place only, so that a rule can narrow and never widen; and no rule depends on itself, because
    recursion ends the process.
    """
    engine = Engine()
    for path, text in modules.items():
        try:
            engine.add_policy(path, text)
        except RuntimeError as error:
            raise invalid_module(error, path) from error
    parsed = [Module(tree) for tree in json.loads(engine.get_ast_as_json())]
    problem = next(check_places(parsed), None) or find_cycle(parsed)
    if problem is not None:
        raise PolicyError("policy_bundle_invalid", file=problem.file, line=problem.line, problem=problem.detail)
    engine.add_data_json(json.dumps(documents))
    return engine


def evaluate(engine: Engine, query: str, text: str) -> object:
    """Return the value of `query` on the input `text`, `None` when undefined. Raises `PolicyError` `policy_failed`."""
    try:
        engine.set_input_json(text)
        answer = json.loads(engine.eval_query_as_json(query))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a Rust panic, such as use from another thread, is no Exception
        place = _PLACE.search(str(error))
        raise PolicyError(
            "policy_failed", place=f"{place['file']}:{place['line']}" if place else "policies:0"
        ) from error
    results = answer.get("result")
    return results[0]["expressions"][0]["value"] if results else None


def invalid_module(error: RuntimeError, path: str) -> PolicyError:
    """Return regorus' complaint about a module, with its file and line."""
    place, detail = _PLACE.search(str(error)), _DETAIL.search(str(error))
    return PolicyError(
        "policy_bundle_invalid",
        file=path,
        line=place["line"] if place else 0,
        problem=detail["detail"] if detail else "cannot be parsed",
    )
