"""The regorus interpreter, kept by the thread that made it.

A regorus engine may be used, and freed, by its own thread only. Garbage, such as the traceback of a failed evaluation,
is collected by whichever thread comes by; so an engine is referred to by its thread's store alone, and everything else
holds an `Interpreter`, which may die anywhere.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import weakref
from typing import TYPE_CHECKING, Any

from regorus import Engine

from phantang.model.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = re.compile(r"--> (?P<file>[^\n]*?):(?P<line>\d+):\d+")
_DETAIL = re.compile(r"^error: (?P<detail>[^\n]*)", re.MULTILINE)
_NUMBERS = itertools.count()


class _Engines(threading.local):
    """The engines of one thread by number, and the numbers of those whose interpreter is gone."""

    def __init__(self) -> None:
        self.live: dict[int, Engine] = {}
        self.gone: list[int] = []

    def free(self) -> None:
        while self.gone:
            self.live.pop(self.gone.pop(), None)


_ENGINES = _Engines()


class Interpreter:
    """Modules and documents loaded for the calling thread; any other thread that uses it gets a `PolicyError`."""

    def __init__(self, modules: Mapping[str, str], documents: Mapping[str, Any]) -> None:
        """Load every module, then the documents. Raises `PolicyError` `policy_bundle_invalid` with file and line."""
        _ENGINES.free()
        self._number = next(_NUMBERS)
        _ENGINES.live[self._number] = Engine()
        weakref.finalize(self, _ENGINES.gone.append, self._number).atexit = False
        for path, text in modules.items():
            try:
                _ENGINES.live[self._number].add_policy(path, text)
            except RuntimeError as error:
                raise _invalid_module(error, path) from error
        _ENGINES.live[self._number].add_data_json(json.dumps(documents))

    def trees(self) -> list[Any]:
        """Return the syntax tree of every module."""
        trees: list[Any] = json.loads(_ENGINES.live[self._number].get_ast_as_json())
        return trees

    def evaluate(self, query: str, text: str) -> object:
        """Return the value of `query` on the input `text`, `None` when undefined.

        Raises `PolicyError` `policy_failed`, with its place in the bundle where the engine names one.
        """
        try:
            _ENGINES.live[self._number].set_input_json(text)
            answer = json.loads(_ENGINES.live[self._number].eval_query_as_json(query))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a Rust panic is no Exception
            place = _PLACE.search(str(error))
            raise PolicyError(
                "policy_failed", place=f"{place['file']}:{place['line']}" if place else "policies:0"
            ) from error
        results = answer.get("result")
        return results[0]["expressions"][0]["value"] if results else None


def _invalid_module(error: RuntimeError, path: str) -> PolicyError:
    place, detail = _PLACE.search(str(error)), _DETAIL.search(str(error))
    return PolicyError(
        "policy_bundle_invalid",
        file=path,
        line=place["line"] if place else 0,
        problem=detail["detail"] if detail else "cannot be parsed",
    )
