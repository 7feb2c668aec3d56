"""Named validators of numbers that other countries give to people and accounts: by check digits and dates inside.

Sources: the arithmetic each docstring names, as published by the issuing office.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from phantang.classify.rules.codelists import CodeLists

#: Codes of places in Great Britain and Canada.
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d")
_SIGNS = re.compile(r"[ .\-/]")
#: Departments 2A and 2B of France count as 19 and 18.
_CORSICA = {"2A": "19", "2B": "18"}
_CHINA_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHINA_CHECKS = "10X98765432"
_POLAND_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)
#: Verhoeff, J. (1969), "Error detecting decimal codes": his permutation of digits.
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def resident_number_korea(value: str, _: CodeLists) -> bool:
    """Accept six digits of a date of birth, one of 1 to 8 for century and sex, six more (South Korea)."""
    digits = _SIGNS.sub("", value)
    century = 1900 if digits[6] in "1256" else 2000
    return digits[6] in "12345678" and _is_date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))


def insee_number(value: str, _: CodeLists) -> bool:
    """Accept a French NIR: sex, year, month, department and so on; the last two digits are 97 - (the others mod 97)."""
    text = _SIGNS.sub("", value).upper()
    body = text[:5] + _CORSICA.get(text[5:7], text[5:7]) + text[7:13]
    if not body.isdigit() or body[0] not in "12" or not (1 <= int(body[3:5]) <= 12 or 20 <= int(body[3:5]) <= 42):
        return False
    return len(text) == 13 or int(text[13:]) == 97 - int(body) % 97


def cpf(value: str, _: CodeLists) -> bool:
    """Accept eleven digits whose last two are right by weights 10 to 2 and 11 to 2, modulo 11 (Brazil)."""
    digits = [int(sign) for sign in value if sign.isdigit()]
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    return all(
        sum(digit * (at + 1 - place) for place, digit in enumerate(digits[:at])) * 10 % 11 % 10 == digits[at]
        for at in (9, 10)
    )


def resident_number_china(value: str, _: CodeLists) -> bool:
    """Accept 17 digits with a date of birth, and a check character modulo 11 (GB 11643-1999)."""
    body = value[:17]
    if not _is_date(int(body[6:10]), int(body[10:12]), int(body[12:14])):
        return False
    total = sum(int(sign) * weight for sign, weight in zip(body, _CHINA_WEIGHTS, strict=True))
    return _CHINA_CHECKS[total % 11] == value[17].upper()


def pesel(value: str, _: CodeLists) -> bool:
    """Accept eleven digits with a date of birth, the century in its month, and a check digit (Poland)."""
    digits = [int(sign) for sign in value]
    century, month = divmod(int(value[2:4]), 20)
    if not _is_date((1900, 2000, 2100, 2200, 1800)[century] + int(value[:2]), month, int(value[4:6])):
        return False
    total = sum(digit * weight for digit, weight in zip(digits, _POLAND_WEIGHTS, strict=False))
    return (10 - total % 10) % 10 == digits[10]


def thai_identity_number(value: str, _: CodeLists) -> bool:
    """Accept 13 digits, the last of which is right by weights 13 to 2, modulo 11 (Thailand)."""
    digits = [int(sign) for sign in value if sign.isdigit()]
    total = sum(digit * (13 - at) for at, digit in enumerate(digits[:12]))
    return len(digits) == 13 and (11 - total % 11) % 10 == digits[12]


def aadhaar(value: str, _: CodeLists) -> bool:
    """Accept twelve digits with a check digit by Verhoeff's scheme (India)."""
    check = 0
    for at, sign in enumerate(reversed([sign for sign in value if sign.isdigit()])):
        check = _PRODUCTS[check][_PERMUTED[at % 8][int(sign)]]
    return check == 0


def _multiplied(one: int, other: int) -> int:
    """Multiply in the dihedral group of ten elements: five turns, then five with a flip."""
    turned = one + other if one < 5 else one - other
    return turned % 5 + 5 * ((one < 5) != (other < 5))


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = _PERMUTATION[digit]
    return digit


_PRODUCTS = tuple(tuple(_multiplied(one, other) for other in range(10)) for one in range(10))
_PERMUTED = tuple(tuple(_permuted(digit, times) for digit in range(10)) for times in range(8))


def iban_check(value: str, _: CodeLists) -> bool:
    """Accept an IBAN by its check digits modulo 97 (ISO 13616), whatever its country says of its length."""
    text = value.replace(" ", "")
    return 15 <= len(text) <= 34 and int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return 1890 <= date(year, month, day).year <= datetime.now(UTC).year
    except ValueError:
        return False


def accounts_of_banks(values: Sequence[str]) -> bool:
    """Account numbers of banks: eight or more, not one after the other, hardly two alike at the end."""
    if len(values) < 8:
        return False
    tails, heads = {value[-3:] for value in values}, Counter(value[4:10] for value in values)
    return len(tails) >= min(0.7 * len(values), 100) and max(heads.values()) <= 0.5 * len(values)


def insurance_numbers(values: Sequence[str]) -> bool:
    """National Insurance numbers: eight or more, two in ten of them written in groups; codes of parts never are."""
    return len(values) >= 8 and sum(value.count(" ") > 1 for value in values) * 5 >= len(values)


def plates_of_many(values: Sequence[str]) -> bool:
    """Registration marks: a dozen or more, of many letters, each of which has both letters and digits mostly."""
    both = sum(any(map(str.isdigit, value)) and any(map(str.isalpha, value)) for value in values)
    letters = Counter("".join(filter(str.isalpha, value))[:2] for value in values)
    return len(values) >= 12 and both * 10 >= 6 * len(values) and len(letters) >= 8


def plates_in_several_forms(values: Sequence[str]) -> bool:
    """Registration marks of several states: `plates_of_many`, three forms or more, a quarter apart, no postcodes."""
    forms = Counter("".join("9" if sign.isdigit() else "A" if sign.isalpha() else " " for sign in v) for v in values)
    apart = sum(" " in value or "-" in value for value in values)
    posted = sum(_POSTCODE.fullmatch(value) is not None for value in values)
    return plates_of_many(values) and len(forms) >= 3 and apart * 4 >= len(values) and 2 * posted < len(values)


WORLD_NUMBERS: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check
    for check in (
        resident_number_korea,
        insee_number,
        cpf,
        resident_number_china,
        pesel,
        thai_identity_number,
        aadhaar,
        iban_check,
    )
}
NUMBER_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check for check in (accounts_of_banks, insurance_numbers, plates_of_many, plates_in_several_forms)
}
