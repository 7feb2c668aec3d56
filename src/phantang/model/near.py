"""What somebody may have meant who wrote a name that does not exist."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Names are alike from this share of common letters on; `person.birthdate` and `person.birth_date` are equal.
_ALIKE = 0.75
_LONGEST = 80


def near(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` of the `known` names that `name` may stand for, the likeliest first.

    Letter case, diacritics and signs between words do not count.
    """
    wanted = _folded(name[:_LONGEST])
    matcher = SequenceMatcher(a="", b=wanted, autojunk=False)
    alike: list[tuple[float, str]] = []
    for one in set(known):
        matcher.set_seq1(_folded(one))
        if matcher.quick_ratio() >= _ALIKE and (ratio := matcher.ratio()) >= _ALIKE:
            alike.append((-ratio, one))
    return tuple(one for _, one in sorted(alike)[:limit])


def _folded(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return "".join(char for char in parts if char.isalnum())
