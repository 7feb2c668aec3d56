"""First letters of what a field holds, beside whose it is: `ht_bo`, `ns_chu_ho`, `qhch`, `dc_nlh`, `con_1_ns`.

Alone such letters mean much else (`ht`: hệ thống, hình thức; `ch`: cửa hàng). Beside each other they are a field of
somebody's, as a guess: in tables about people only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from phantang.classify.names.sequences import by_first_word, is_at
from phantang.classify.text.words import VOWELS, Word, is_syllable

#: Roles of one word that are a person beside the letters of a field; others (nam, hộ, tb) are too much else.
_KIN = frozenset({"cha", "bo", "me", "vo", "chong", "con", "ong", "ba", "be", "tre"})
_SHORTEST_GLUED = 4


class Initials:
    """Letters for fields and for roles, each with the words they stand for."""

    def __init__(
        self,
        what: Mapping[str, Sequence[Word]],
        whose: Mapping[str, Sequence[Word]],
        roles: Iterable[Sequence[Word]],
        glued: Iterable[str] = (),
    ) -> None:
        self._what = {letters: _words(words, guessed=True) for letters, words in what.items()}
        self._field = {letters: _words(words, guessed=False) for letters, words in what.items()}
        self._whose = {letters: _words(words, guessed=True) for letters, words in whose.items()}
        #: What programs write together with whose it is: `gtbn`, `nghebn`, `dckh`, `anhhs`.
        self.fields = frozenset({*what, *glued})
        #: Rules know these as they are (`tên <person>`).
        self._words = {text for text in what if set(text) & VOWELS}
        roles = list(roles)
        for role in roles:  # kh and csd are roles as they are, wherever they stand
            if len(role) == 1:
                self._whose.pop(role[0].folded, None)
        certain = [one for one in roles if len(one) > 1 or (one and one[0].folded in _KIN)]
        self._roles = by_first_word(certain)
        self._lengths = sorted({len(one) for one in certain}, reverse=True)

    def spell_out(self, words: Sequence[Word]) -> Sequence[Word]:
        """Return `words` with letters of a field beside those of a role, or beside a role, written out."""
        for place, word in enumerate(words):
            # Behind other words they are theirs: nơi cấp gt is no sex.
            if word.folded in self._what and not word.exact and place in {0, len(words) - 1}:
                for beside, step in ((place + 1, 1), (place - 1, -1)):
                    at = beside + step if 0 <= beside < len(words) and words[beside].folded.isdigit() else beside
                    if not 0 <= at < len(words):
                        continue
                    letters = self._whose.get(words[at].folded) if words[at].folded != word.folded else None
                    if letters:
                        field = self._what[word.folded]
                        return [
                            part
                            for number, one in enumerate(words)
                            for part in (field if number == place else letters if number == at else (one,))
                        ]
                    if word.folded not in self._words and self._is_role(words, at, step):
                        return [*words[:place], *self._field[word.folded], *words[place + 1 :]]
        return words

    def glued(self, text: str) -> tuple[Word, ...]:
        """Return what letters of a field and of a role written together stand for (`qhch`, `nscha`), or nothing."""
        if len(text) < _SHORTEST_GLUED or is_syllable(text):
            return ()
        for cut in range(2, len(text) - 1):
            first, second = text[:cut], text[cut:]
            if first in self._what and (role := self._role_of(second)):
                return (*self._what[first], *role)
        return ()

    def _role_of(self, text: str) -> Sequence[Word]:
        return self._whose.get(text) or ((_guess(text),) if text in _KIN else ())

    def _is_role(self, words: Sequence[Word], at: int, step: int) -> bool:
        """Tell whether a role begins at `at`, or ends there if `step` goes back."""
        starts = [at] if step > 0 else [at + 1 - length for length in self._lengths if length <= at + 1]
        return any(
            is_at(words, start, role) and (step > 0 or start + len(role) == at + 1)
            for start in starts
            for role in self._roles.get(words[start].folded, ())
        )


def _guess(text: str) -> Word:
    return Word(text, text, exact=False, guessed=True)


def _words(words: Iterable[Word], *, guessed: bool) -> tuple[Word, ...]:
    return tuple(Word(word.folded, word.folded, exact=False, guessed=guessed) for word in words)
