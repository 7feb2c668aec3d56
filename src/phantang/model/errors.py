"""Errors with stable codes. Texts, remedies, SQLSTATEs and exit codes are data: `messages/*.json` beside this file.

An error carries a code and parameters that are safe to show: names of the caller's own objects, counts, positions.
Never a value from a database, and never a driver's own text, which may quote one (invariant 9).
"""

from __future__ import annotations

import errno
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def messages() -> dict[str, dict[str, Any]]:
    """Return the table of codes: `{code: {sqlstate, exit, message: {vi, en}, remedy: {vi, en}}}`."""
    table: dict[str, dict[str, Any]] = {}
    for file in resources.files("phantang.model").joinpath("messages").iterdir():
        table |= json.loads(file.read_text(encoding="utf-8"))
    return table


@cache
def system_words() -> Mapping[str, Mapping[str, str]]:
    """Return why an operating system refuses, as people say it: `{ENOSPC: {vi, en}}`, from `system.json`."""
    text = resources.files("phantang.model").joinpath("system.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = json.loads(text)
    return words


class _SystemReason(str):
    """The symbolic name of a failure (`ENOSPC`), which is the same in every language; a message says it in words."""

    __slots__ = ()


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


class PhantangError(Exception):
    """Base of everything this package raises on purpose. `code` is one of `messages()`.

    A parameter may be an `OSError`: only its symbolic name is kept, since its own text may hold a path.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = {key: _shown(value) for key, value in params.items()}
        super().__init__(code)

    def _text(self, part: str, lang: str) -> str:
        params = {
            key: system_words().get(value, {}).get(lang, value) if isinstance(value, _SystemReason) else value
            for key, value in self.params.items()
        }
        return str(messages()[self.code][part][lang]).format_map(_Blank(params))

    def message(self, lang: str = "en") -> str:
        """Return one line saying what is wrong, in `vi` or `en`."""
        return self._text("message", lang)

    def remedy(self, lang: str = "en") -> str:
        """Return one line saying what to do, in `vi` or `en`; with what may have been meant if `near` names it."""
        return self._text("remedy_near" if self.params.get("near") else "remedy", lang)

    @property
    def sqlstate(self) -> str:
        """Return the five-character SQLSTATE for wire protocols."""
        return str(messages()[self.code]["sqlstate"])

    @property
    def exit_code(self) -> int:
        """Return the process exit code: 2 bad input, 3 denied, 1 a fault of ours."""
        return int(messages()[self.code]["exit"])

    def __str__(self) -> str:
        return f"{self.message()} {self.remedy()} [{self.code}]"


def _shown(value: object) -> str:
    return _SystemReason(errno.errorcode.get(value.errno or 0, "EIO")) if isinstance(value, OSError) else str(value)


class InputError(PhantangError):
    """The caller gave something unusable: a URL, a name, a file, a flag."""


class WorkspaceError(PhantangError):
    """A file of the workspace is missing, half-written or contradicts another."""


class Refused(PhantangError):  # noqa: N818 - a refusal is an answer, not a fault
    """The query is denied before policy is asked: it was not understood, or asks for what is never allowed."""


class PolicyError(PhantangError):
    """The policy engine failed, timed out or answered nonsense. For a query this is a denial."""


class GuardError(PhantangError):
    """The finished SQL does not agree with the decision. For a query this is a denial; it points at a fault of ours."""


class EngineError(PhantangError):
    """A database could not be reached or could not run a statement."""


class LedgerError(PhantangError):
    """The ledger could not be written or read; nothing may run without it."""
