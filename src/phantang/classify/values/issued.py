"""Named checks of columns of what is issued to people or chosen by them: passwords, passports, routing numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from phantang.classify.rules.codelists import plain

_SMALL, _MANY = 8, 12
#: Signs that stand in names of files, codes, sums and addresses too, and so say nothing of a password.
_ORDINARY = frozenset(" -_./:,@+=()'\"")
#: Surnames of half of the people of Viet Nam; where names are told apart, three of them are met soon.
_FREQUENT = frozenset({"nguyen", "tran", "le", "pham", "hoang", "huynh", "phan", "vu", "vo", "dang", "bui", "do"})
#: Weights of the check digit of an ABA routing number (ANSI X9.105).
_ROUTING = (3, 7, 1, 3, 7, 1, 3, 7, 1)


def secrets_differ(values: Sequence[str]) -> bool:
    """Passwords: a dozen or more, of several lengths or beginnings, with four or more of the signs that codes lack."""
    signs = Counter(sign for value in values for sign in set(value) if not sign.isalnum() and sign not in _ORDINARY)
    marked = sum(any(sign in signs for sign in value) for value in values)
    return (
        len(values) >= _MANY
        and len(signs) >= 4
        and marked * 2 >= len(values)
        and max(signs.values()) * 2 <= len(values)
        and len({value[:2] for value in values}) * 2 >= len(values)
    )


def surnames_of_many(values: Sequence[str]) -> bool:
    """Surnames alone: five or more different, three of them among the most frequent of Viet Nam."""
    found = {plain(value) for value in values}
    return len(found) >= 5 and len(found & _FREQUENT) >= 3


def given_before_surname(values: Sequence[str]) -> bool:
    """Vietnamese names, the surname last: three frequent surnames or more, and eight words before them or more."""
    parts = [plain(value).split() for value in values]
    return len({part[-1] for part in parts} & _FREQUENT) >= 3 and len({part[-2] for part in parts}) >= _SMALL


def passports_of_many(values: Sequence[str]) -> bool:
    """Passports of several issuers: eight first letters or more, other digits behind each; codes have few letters."""
    letters = Counter(value[0] for value in values if value[0].isalpha())
    starts = Counter(value[-8:-5] for value in values)
    return (
        len(values) >= 2 * _SMALL
        and len(letters) >= _SMALL
        and sum(letters.values()) * 4 >= len(values)
        and max(starts.values()) * 5 <= len(values)
    )


def routing_numbers(values: Sequence[str]) -> bool:
    """Tell whether nearly all values are ABA routing numbers, by their check digit: one number in ten is by chance."""
    right = sum(
        sum(int(digit) * weight for digit, weight in zip(value, _ROUTING, strict=False)) % 10 == 0 for value in values
    )
    return right >= 0.9 * len(values)


ISSUED_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check for check in (secrets_differ, surnames_of_many, given_before_surname, passports_of_many)
}
