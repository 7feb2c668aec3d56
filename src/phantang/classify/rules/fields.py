"""Strict reading of one rule-pack mapping: every key is taken by name and type, and what is left over is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phantang.model.errors import WorkspaceError


class Fields:
    """A mapping of a pack, with the file and rule it belongs to, so that every error says where it is."""

    def __init__(self, value: object, *, file: str, rule: str = "-", path: str = "") -> None:
        self.file, self.rule, self.path = file, rule, path
        if not isinstance(value, Mapping):
            raise self.wrong(path or "-", "mapping")
        self._left: dict[str, Any] = {str(key): item for key, item in value.items()}

    def wrong(self, key: str, expected: str) -> WorkspaceError:
        """Return the error that `key` is not of the `expected` form."""
        where = f"{self.path}.{key}" if self.path and key != self.path else key
        return WorkspaceError("classifier_key_invalid", file=self.file, rule=self.rule, key=where, expected=expected)

    def text(self, key: str, default: str | None = None) -> str:
        """Take a string; without a default it must be there and not empty."""
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "text")
        return value

    def optional_text(self, key: str) -> str | None:
        """Take a string or nothing."""
        return self.text(key) if key in self._left else None

    def flag(self, key: str) -> bool:
        """Take a boolean, false by default."""
        value = self._left.pop(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true | false")
        return value

    def share(self, key: str, default: float) -> float:
        """Take a number above 0 and at most 1."""
        value = self._left.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise self.wrong(key, "0 < x <= 1")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of strings, empty by default. YAML's own types (`no`, `01`) must be quoted."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, "[text, ...]")
        return tuple(value)

    def mapping(self, key: str) -> Fields:
        """Take a nested mapping, empty by default."""
        return Fields(self._left.pop(key, {}), file=self.file, rule=self.rule, path=self._below(key))

    def mappings(self, key: str) -> tuple[Fields, ...]:
        """Take a list of mappings, empty by default."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "[{...}, ...]")
        return tuple(Fields(item, file=self.file, rule=self.rule, path=self._below(key)) for item in value)

    def items(self, key: str) -> tuple[Any, ...]:
        """Take a list of anything, empty by default."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, "[...]")
        return tuple(value)

    def keys(self) -> tuple[str, ...]:
        """Return the keys not taken yet."""
        return tuple(self._left)

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def done(self) -> None:
        """Refuse what nobody took."""
        for key in self._left:
            where = f"{self.path}.{key}" if self.path else key
            raise WorkspaceError("classifier_key_unknown", file=self.file, rule=self.rule, key=where)

    def _below(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
