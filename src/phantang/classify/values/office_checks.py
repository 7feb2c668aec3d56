"""Named checks of columns as offices and clinics type them: letters of names, titles, signs of life, groups of debt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_SMALL, _MANY = 8, 12
#: First letters of surnames in Viet Nam and their share at least; of Thị and Văn in the middle, and theirs.
_SURNAMES, _COMMON = frozenset("NTLPHVĐDBC"), 0.8
_MIDDLES, _MIDDLE = frozenset("TV"), 0.2
#: What most values of such a column differ in: codes of a short list come again and again.
_LISTED = 25


def letters_of_names(values: Sequence[str]) -> bool:
    """First letters of names: 25 or more different, three letters mostly; surnames and middle names as in Viet Nam."""
    letters = ["".join(filter(str.isalpha, value)) for value in values]
    if len(set(letters)) < _LISTED:
        return False
    all_of_them, threes = len(letters), sum(len(one) == 3 for one in letters)
    first = [one[0] for one in letters]
    second = sum(one[1:2] in _MIDDLES for one in letters)
    return (
        sum(one in _SURNAMES for one in first) >= _COMMON * all_of_them
        and 0 < first.count("N") <= 0.6 * all_of_them
        and second >= _MIDDLE * all_of_them
        and 0.3 * all_of_them <= threes < all_of_them
    )


def titles_differ(values: Sequence[str]) -> bool:
    """Given names behind titles: a dozen or more, behind three titles at least; eight names or more."""
    parts = [value.split(" ", 1) for value in values]
    titles, names = {one[0].lower() for one in parts}, {one[-1] for one in parts}
    return len(values) >= _MANY and len(titles) >= 3 and len(names) >= _SMALL


def temperatures(values: Sequence[str]) -> bool:
    """Temperatures of bodies: eight or more different, from 35 to 42, the middle one below 39.5."""
    numbers = sorted(float(value[:4].replace(",", ".")) for value in values)
    return len(numbers) >= _SMALL and numbers[-1] - numbers[0] >= 1 and 36 <= numbers[len(numbers) // 2] < 39.5


def degrees_of_disability(values: Sequence[str]) -> bool:
    """Degrees of a disability: the especially severe one is met, and another."""
    return len(values) > 1 and any("đặc biệt" in value.lower() for value in values)


def groups_of_debt(values: Sequence[str]) -> bool:
    """Two or more groups of debt, one of them in the words of the rules or called a debt."""
    said = ("tiêu chuẩn", "chú ý", "nghi ngờ", "mất vốn", "nợ")
    return len(values) > 1 and any(word in value.lower() for value in values for word in said)


def tails_differ(values: Sequence[str]) -> bool:
    """Numbers in groups that strangers got: sixteen or more, hardly two of them with the same last five signs."""
    return len(values) >= 2 * _SMALL and len({value[-5:] for value in values}) > 0.9 * len(values)


OFFICE_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check
    for check in (
        letters_of_names, titles_differ, temperatures, degrees_of_disability, groups_of_debt, tails_differ,
    )
}  # fmt: skip
