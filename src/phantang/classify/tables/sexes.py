"""Who of the rows is a man and who a woman, by personal number or name; and which column says so, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from phantang.classify.rules.codelists import CodeLists
from phantang.classify.text.folding import fold
from phantang.classify.values.reading_numbers import new_numbers

_Values = Sequence[str | None]
#: Rows that must be known before anything is concluded, and of each sex.
_ROWS, _EACH = 12, 4
#: What part of the rows must agree: a number states the sex; a name only makes it likely.
_BY_NUMBER, _BY_NAME = 0.95, 0.86
#: Different values that a column of two sexes may have: nothing and something else are values, too.
_KINDS = 4
#: Rows with a value that is neither of the two: not stated, other.
_OTHERS = 0.06
#: First words of names of one sex among peoples of the Central Highlands and the Mekong delta (`H'Bia Êban`, `Ka Hiếu`,
#: `Neáng Sóc Thi`, `K'Brèo`).
_WOMEN, _MEN = ("h'", "h’", "ka ", "neang "), ("k'", "k’")


def sexes_by_numbers(values: _Values) -> list[int | None]:
    """Return, for each row, 0 for a man, 1 for a woman, `None` where no number tells."""
    return [int(one[3]) % 2 if one else None for one in new_numbers(values)]


def sexes_by_names(values: _Values, lists: CodeLists) -> list[int | None]:
    """Return, for each row, 0 for a man, 1 for a woman, `None` where the name does not tell."""
    women, men = lists.words["names_of_women"], lists.words["names_of_men"]
    return [_sex_of(value, women - men, men - women) for value in values]


def known(sexes: Sequence[int | None]) -> bool:
    """Tell whether enough rows of both sexes are known."""
    return sexes.count(0) >= _EACH and sexes.count(1) >= _EACH


def _sex_of(name: str | None, women: frozenset[str], men: frozenset[str]) -> int | None:
    """Return what a name says: `Thị` is of women, `Văn` of men; or else the given name, the last word.

    `A` and `Y` between surname and given name are of Hmông men and women (`Giàng A Páo`, `Lầu Y Mị`); `H'` before any
    word is of women of the Highlands (`Nay H'Bơm`).
    """
    words = fold(name).split() if name else []
    if len(words) < 2:
        return None
    middle, given = words[1:-1], words[-1]
    if "thi" in middle or "y" in middle or " ".join(words).startswith(_WOMEN) or any(map(_of_woman, words)):
        return 1
    if "van" in middle or "a" in middle or words[0].startswith(_MEN):
        return 0
    return 1 if given in women else 0 if given in men else None


def _of_woman(word: str) -> bool:
    return word.startswith(_WOMEN[:2])


def may_tell_sex(values: _Values) -> bool:
    """Tell whether there are few enough different values, even if blanks make one of some of them."""
    return 2 <= len(set(values)) <= 3 * _KINDS


def tells_sex(values: _Values, sexes: Sequence[int | None], *, by_names: bool) -> bool:
    """Tell whether each of two values (one may be nothing) stands beside one sex, nearly always."""
    if not may_tell_sex(values):
        return False
    counted = Counter(value.strip() if value else "" for value in values)
    if not 2 <= len(counted) <= _KINDS:
        return False
    (one, _), (two, least) = counted.most_common(2)
    others = sum(counted.values()) - counted[one] - counted[two]
    if others > _OTHERS * len(values) or least < _EACH:
        return False
    pairs = Counter(
        (value.strip() if value else "", sex) for value, sex in zip(values, sexes, strict=True) if sex is not None
    )
    straight, crossed = pairs[one, 0] + pairs[two, 1], pairs[one, 1] + pairs[two, 0]
    total = straight + crossed
    return total >= _ROWS and max(straight, crossed) >= (_BY_NAME if by_names else _BY_NUMBER) * total
