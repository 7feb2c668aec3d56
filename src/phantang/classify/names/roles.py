"""Names that begin or end with whose field it is: `nv_gioi_tinh`, `diaChiKhachHang`, `chu_xe_sdt`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phantang.classify.names.sequences import is_at
from phantang.classify.text.words import VOWELS, Word

#: Short forms of a role that mean as much else: tb is also average, hk a term, nk a log.
_UNCERTAIN = frozenset({"tb", "hk", "bd", "nk", "nb", "ld", "khang"})
#: Roles that are also a deed or a trade: an account of kế toán is one of the books.
_DEEDS = frozenset(
    {("lao", "dong"), ("ke", "khai"), ("uy", "quyen"), ("tham", "chieu"), ("ke", "toan"), ("thu", "kho")}
)

#: One word is a role only as a short form without vowels (nv, kh): con, nam, hộ, app and case are other words, too.
_KIN = frozenset({"vo", "chong", "me"})


class RoleNames:
    """The roles of the lexicon that tell, before or after a field, that it is a person's."""

    def __init__(self, roles: Iterable[Sequence[Word]]) -> None:
        self._first: dict[str, list[Sequence[Word]]] = {}
        self._last: dict[str, list[Sequence[Word]]] = {}
        for role in roles:
            if role and _is_certain(role):
                self._first.setdefault(role[0].folded, []).append(role)
                self._last.setdefault(role[-1].folded, []).append(role)

    def span(self, words: Sequence[Word]) -> tuple[int, int] | None:
        """Return where the longest role at the beginning, or else at the end, of a longer name stands."""
        total = len(words)
        if total < 2:
            return None
        length = max(
            (len(one) for one in self._first.get(words[0].folded, ()) if len(one) < total and is_at(words, 0, one)),
            default=0,
        )
        if length:
            return 0, length
        ends = self._last.get(words[-1].folded, ())
        length = max((len(one) for one in ends if len(one) < total and is_at(words, total - len(one), one)), default=0)
        return (total - length, total) if length else None


def is_short_role(word: str) -> bool:
    """Tell whether a word is a role by its consonants alone (`kh`, `bn`), and hardly anything else."""
    return word not in _UNCERTAIN and not set(word) & VOWELS


def _is_certain(role: Sequence[Word]) -> bool:
    folded = tuple(word.folded for word in role)
    if len(folded) > 1:
        return folded not in _DEEDS
    return folded[0] in _KIN or is_short_role(folded[0])
