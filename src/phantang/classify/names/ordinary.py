"""Letters behind a word that stand for something ordinary as well: `ma_km` is a promotion before it is a face.

Short forms of two words are shared by many phrases. The lexicon lists ordinary ones (`mã khuyến mãi`, `ngày hồ sơ`): a
name that could be one of them is never taken for a phrase of rules cut short, letters behind its first word say nothing
by themselves (`ma_bp` is no blood pressure), and what a rule lists as it is (`tên tb`) counts in tables of people only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from phantang.classify.text.words import Word


class OrdinaryLetters:
    """The names of two words, the second one letters, that ordinary phrases are cut to."""

    def __init__(self, phrases: Iterable[Sequence[Word]]) -> None:
        """Take phrases of three words or more; of all but the first word the first letter is written."""
        self._names = {
            (first.folded, "".join(word.folded[0] for word in rest)) for first, *rest in phrases if len(rest) > 1
        }

    def fit(self, words: Sequence[Word]) -> bool:
        """Tell whether `words` of a name, its numbers aside, can be an ordinary phrase."""
        said = [word for word in words if not word.folded.isdigit()]
        if len(said) != 2 or any(word.exact for word in said):
            return False
        return (said[0].folded, said[1].folded) in self._names
