"""A value read from a catalog file, with its place, and the typed questions a reader may ask of it."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from phantang.model.errors import WorkspaceError
from phantang.model.near import near

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_INTEGER = re.compile(r"0|[1-9][0-9]{0,17}")
_EPSILON = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN_LENGTH = 60
#: Where values are defined that a file may name, and how many of them an error lists.
_DEFINED = {"actor": "actors.yaml", "kind": "actors.yaml", "purpose": "purposes.yaml"}
_LISTED = 24


def normalised(text: str) -> str:
    """Return `text` in Unicode NFC: two spellings of one Vietnamese word are the same catalog."""
    return unicodedata.normalize("NFC", text)


def shown(text: str) -> str:
    """Return `text` fit for one line of an error: printable, and cut when long."""
    line = "".join(char if char.isprintable() else "?" for char in text)
    return line if len(line) <= _SHOWN_LENGTH else line[: _SHOWN_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (`str` or null), list or mapping at `line` (from 1) of `file`, a path relative to `catalog/`.

    Every method that asks for a type raises `WorkspaceError` `catalog_wrong_type` when the value is of another.
    """

    file: str
    line: int
    value: str | list[Node] | dict[str, Node] | None

    def error(self, code: str, **params: object) -> WorkspaceError:
        """Return an error about this place."""
        return WorkspaceError(code, file=self.file, line=self.line, **params)

    def wrong(self, expected: str) -> WorkspaceError:
        """Return the error for a value that is not `expected`."""
        return self.error("catalog_wrong_type", expected=expected)

    @property
    def shown(self) -> str:
        """Return the scalar for use in an error message."""
        return shown(self.value) if isinstance(self.value, str) else ""

    @property
    def is_null(self) -> bool:
        """Tell whether the value is null."""
        return self.value is None

    def exact(self) -> str:
        """Return text as it is spelled: for names that a database spells."""
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return self.value

    def text(self) -> str:
        """Return text in NFC: for everything people write."""
        return normalised(self.exact())

    def filled(self) -> str:
        """Return text in NFC that is not blank."""
        text = self.text()
        if not text.strip():
            raise self.wrong("text, not blank")
        return text

    def choice(self, what: str, known: Collection[str]) -> str:
        """Return text that is one of `known`; raises `catalog_unknown_value` naming `what`."""
        text = self.text()
        if text not in known:
            place = f" (catalog/{_DEFINED[what]})" if what in _DEFINED else ""
            more = ", ..." if len(known) > _LISTED else ""
            named = ", ".join(list(known)[:_LISTED]) + more + place
            meant = ", ".join(near(text, known))
            raise self.error("catalog_unknown_value", what=what, value=self.shown, near=meant, known=named)
        return text

    def integer(self) -> int:
        """Return a whole number, 0 or more."""
        if not isinstance(self.value, str) or not _INTEGER.fullmatch(self.value):
            raise self.wrong("whole number >= 0")
        return int(self.value)

    def share(self) -> float:
        """Return a number between 0 and 1."""
        try:
            number = float(self.exact())
        except ValueError:
            number = math.nan
        if not 0 <= number <= 1:
            raise self.wrong("number 0..1")
        return number

    def epsilon(self) -> float:
        """Return a number from 0.001 to 1000, at most three decimals: an amount of differential privacy."""
        if not _EPSILON.fullmatch(self.value if isinstance(self.value, str) else ""):
            raise self.wrong("number 0.001..1000, at most 3 decimals")
        number = float(self.exact())
        if not 0.001 <= number <= 1000:
            raise self.wrong("number 0.001..1000, at most 3 decimals")
        return number

    def day(self) -> date:
        """Return a date written `YYYY-MM-DD`."""
        text = self.exact()
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass  # a day no calendar has; same answer as a wrong form
        raise self.wrong("date YYYY-MM-DD")

    def items(self) -> list[Node]:
        """Return the members of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("list")
        return self.value

    def entries(self) -> dict[str, Node]:
        """Return the entries of a mapping whose keys are data, in the order of the file."""
        if not isinstance(self.value, dict):
            raise self.wrong("mapping")
        return self.value

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Node]:
        """Return the entries of a mapping whose keys are fixed.

        Raises `catalog_unknown_key` and `catalog_missing_key`.
        """
        entries = self.entries()
        for key, node in entries.items():
            if key not in required and key not in optional:
                raise node.error("catalog_unknown_key", key=shown(key))
        for key in required:
            if key not in entries:
                raise self.error("catalog_missing_key", key=key)
        return entries

    def labels(self) -> Mapping[str, str]:
        """Return `{vi, en}` from a mapping of both, or from plain text that serves as both."""
        if isinstance(self.value, str):
            return {"vi": self.filled(), "en": self.filled()}
        pair = self.fields(("vi", "en"))
        return {"vi": pair["vi"].filled(), "en": pair["en"].filled()}

    def unique(self, what: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a list of distinct members of `known`, in the order of the file."""
        found: list[str] = []
        for item in self.items():
            text = item.choice(what, known)
            if text in found:
                raise item.error("catalog_duplicate_id", what=what, id=item.shown)
            found.append(text)
        return tuple(found)

    def plain(self) -> Any:
        """Return the value as lists, dicts, text in NFC and `None`, for parts kept for reports only."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return None if self.value is None else self.text()
