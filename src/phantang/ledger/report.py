"""What verification found: problems with a code, the entry they are at, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phantang.model.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `entry` is the index of the entry it is at, from 0; `None` when it is about no entry."""

    code: str
    entry: int | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def message(self, lang: str = "en") -> str:
        """Return one sentence in `vi` or `en`."""
        return LedgerError(self.code, index=self.entry, **self.params).message(lang)

    @property
    def what(self) -> str:
        """Return the sentence in English."""
        return self.message()

    def to_json(self) -> dict[str, Any]:
        """Return `{code, entry, message: {vi, en}}`."""
        return {"code": self.code, "entry": self.entry, "message": {lang: self.message(lang) for lang in ("vi", "en")}}


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of `verify_ledger`.

    `entries` counts the lines that are whole entries; `size` and `root` are of the signed checkpoint, `None` without a
    valid one. Problems are ordered by entry.
    """

    entries: int
    size: int | None
    root: bytes | None
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as a JSON object."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "size": self.size,
            "root": self.root.hex() if self.root is not None else None,
            "problems": [problem.to_json() for problem in self.problems],
        }
