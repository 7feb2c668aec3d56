"""What is checked of the words of a question before anything is looked up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_text(text: str) -> bool:
    """Tell whether `text` can be logged and hashed: bytes that are not UTF-8 come as lone surrogates from a shell."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_day(text: str | None) -> bool:
    """Tell whether `text` is a date `YYYY-MM-DD`, or left out."""
    try:
        return text is None or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def names(known: Iterable[str]) -> str:
    """Return what could have been meant, sorted, for an error."""
    return ", ".join(sorted(known)) or "-"
