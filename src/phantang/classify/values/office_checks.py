"""Named checks of columns as offices and clinics type them: letters of names, titles, signs of life, groups of debt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_SMALL, _MANY = 8, 12
#: First letters of surnames in Viet Nam and their share at least; of Thị and Văn in the middle, and theirs.
_SURNAMES, _COMMON = frozenset("NTLPHVĐDBC"), 0.8
_MIDDLES, _MIDDLE = frozenset("TV"), 0.2
#: What most values of such a column differ in: codes of a short list come again and again.
_LISTED = 25
#: Digits of a number of an account that is written in groups.
_SHORTEST, _LONGEST = 11, 19


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
    """Temperatures of bodies: eight or more different, any tenth of a degree, the middle one from 36 to 39.

    Sizes of shoes are whole or halves.
    """
    numbers = sorted(float(value[:4].replace(",", ".")) for value in values)
    tenths = sum(value[3:4] not in "05" for value in values) * 2 >= len(values)
    return len(numbers) >= _SMALL and tenths and 36 <= numbers[len(numbers) // 2] < 39


def degrees_of_disability(values: Sequence[str]) -> bool:
    """Degrees of a disability: the especially severe one is met, and another."""
    return len(values) > 1 and any("đặc biệt" in value.lower() for value in values)


def groups_of_debt(values: Sequence[str]) -> bool:
    """Two or more groups of debt, one of them in the words of the rules or called a debt."""
    said = ("tiêu chuẩn", "chú ý", "nghi ngờ", "mất vốn", "nợ")
    return len(values) > 1 and any(word in value.lower() for value in values for word in said)


def terms_of_sentences(values: Sequence[str]) -> bool:
    """Terms of imprisonment: three or more, one of them for life, of death, suspended or called one of prison."""
    said = ("chung thân", "tử hình", "tù", "treo", "life", "death")
    return len(values) > 2 and any(word in value.lower() for value in values for word in said)


def results_of_both_kinds(values: Sequence[str]) -> bool:
    """Results of tests: one that found something and one that did not."""
    found = {value.lower().strip(". ") for value in values}
    negative = {"ât", "âm", "âm tính", "neg", "negative", "undetectable"}
    return bool(found & negative) and bool(found & {"dt", "dương", "dương tính", "pos", "positive"})


def accounts_in_groups(values: Sequence[str]) -> bool:
    """Numbers in groups that strangers got: sixteen or more of 11 to 19 digits, no years in front, other ends."""
    digits = ["".join(filter(str.isdigit, value)) for value in values]
    years = sum(
        one.startswith(("19", "20")) and not value[4].isdigit() for one, value in zip(digits, values, strict=True)
    )
    long = all(_SHORTEST <= len(one) <= _LONGEST for one in digits)
    return (
        len(values) >= 2 * _SMALL
        and long
        and years * 4 < len(values)
        and len({one[-5:] for one in digits}) > 0.9 * len(values)
    )


def logins_of_domain(values: Sequence[str]) -> bool:
    """Accounts of a domain: a dozen names or more, digits at their ends aside, at most half as many domains."""
    parts = [value.partition("\\") for value in values]
    domains, names = (
        {one[0].lower() for one in parts},
        {one[2].strip("\\").lower().rstrip("0123456789") for one in parts},
    )
    return len(names) >= _MANY and len(domains) * 2 <= len(names)


OFFICE_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check
    for check in (
        letters_of_names, titles_differ, temperatures, degrees_of_disability, groups_of_debt,
        accounts_in_groups, logins_of_domain, terms_of_sentences, results_of_both_kinds,
    )
}  # fmt: skip
