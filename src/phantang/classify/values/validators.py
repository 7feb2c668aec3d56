"""Named validators of one value, for rules' `validator:` key: pure, and true for a whole value that is well formed.

Sources of the arithmetic are in `classifiers/vn/*.yaml` beside the rules that use it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from phantang.classify.rules.codelists import CodeLists, plain, words_in
from phantang.classify.text.check_digits import tax_check_digit
from phantang.classify.text.dates import parse_date, years_of
from phantang.classify.values.compositions import COMPOSITIONS
from phantang.classify.values.coordinates import coordinate, coordinate_pair, latitude, longitude
from phantang.classify.values.latin_names import LATIN_NAMES
from phantang.classify.values.people_values import PEOPLE_VALIDATORS
from phantang.classify.values.topics import TOPIC_VALIDATORS
from phantang.classify.values.typed_values import TYPED_VALIDATORS
from phantang.classify.values.world_addresses import WORLD_ADDRESSES
from phantang.classify.values.world_numbers import WORLD_NUMBERS
from phantang.classify.values.world_people import WORLD_PEOPLE
from phantang.classify.values.world_phones import MOBILE, WORLD_PHONES

Validator = Callable[[str, CodeLists], bool]

_SEPARATORS = re.compile(r"[ .()\-]")
_PLATE_SEPARATORS = re.compile(r"[ .\-]")
_MOBILE = re.compile(rf"(?:\+?84|0){MOBILE}")
_MOBILES = re.compile(rf"^{_MOBILE.pattern}$", re.MULTILINE)
_TRUNK = ("0", "84", "+84")
_LANDLINE = re.compile(r"(?:\+?84|0)(2\d{1,2})\d{7,8}")
_PLATES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(\d{2})[A-HK-NPS-VXYZ]\d{4,5}",
        r"(\d{2})[IJOQR]\d{4}",
        r"(\d{2})(?:DA|KT|LD|HC|MK|MA|MĐ|TĐ|R|SA|XA|CT|LB|LA|KL)\d?\d{4,5}",
        r"(\d{2})(?:[A-Z]{2}|MĐ\d)\d{4,5}",
        r"(\d{2})[A-HK-NPS-VXYZ][1-9]\d{4,5}",
        r"(\d{2})(?:\d{3})?(?:NG|QT|NN|CV)\d{2,5}",
    )
)
ADDRESS_WORDS = frozenset(
    {"duong", "pho", "phuong", "xa", "quan", "huyen", "tinh", "thon", "ap", "to", "ngo", "ngach", "hem", "khu",
    "khom", "buon", "ban", "p", "q", "tp", "tx", "tt", "kp"} )  # fmt: skip
STREET = re.compile(r"\b\d{1,5}\b.*\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd)\b", re.IGNORECASE)


def _compact(value: str) -> str:
    return value if value.isdigit() else _SEPARATORS.sub("", value)


def personal_number(value: str, lists: CodeLists) -> bool:
    """Accept 12 digits: listed birth province, century digit 0-3, a birth year that has come; no check digit exists."""
    value = _compact(value)
    if value[:3] not in lists.birth_provinces or value[3] not in "0123":
        return False
    return value[3] in "01" or birth_year(value) <= datetime.now(UTC).year


def birth_year(number: str) -> int:
    """Return the year of birth that a personal number of 12 digits states (digit 4: century and gender; 5-6: year).

    Zeros lost at its beginning are added.
    """
    digits = _compact(number).zfill(12)
    return 1900 + 100 * (int(digits[3]) // 2) + int(digits[4:6])


def tax_code(value: str, _: CodeLists) -> bool:
    """Accept 10 digits with the check digit d10 = 10 - (weighted sum mod 11), or 13 with a branch number 001-999."""
    digits = value.replace("-", "")
    if digits[2:9] == "0000000" or (len(digits) == 13 and digits[10:] == "000"):
        return False
    return tax_check_digit(digits) == int(digits[9])


def personal_tax_code(value: str, lists: CodeLists) -> bool:
    """Accept a tax code of the series 8, given to individuals, without a branch number."""
    return value.startswith("8") and len(value) == 10 and tax_code(value, lists)


def organisation_tax_code(value: str, lists: CodeLists) -> bool:
    """Accept a tax code outside the series 8, or one with a branch number."""
    return (not value.startswith("8") or len(value) > 10) and tax_code(value, lists)


def mobile_phone(value: str, _: CodeLists) -> bool:
    """Accept a Vietnamese mobile number in the ten-digit plan, with 0, 84 or +84."""
    return _MOBILE.fullmatch(_compact(value)) is not None


def phone(value: str, lists: CodeLists) -> bool:
    """Accept a Vietnamese mobile number, or a landline whose area code is listed."""
    digits = _compact(value)
    if not digits.startswith(_TRUNK):
        return False
    if _MOBILE.fullmatch(digits):
        return True
    landline = _LANDLINE.fullmatch(digits)
    if landline is None:
        return False
    area = "0" + landline[1]
    national = re.sub(r"^(?:\+?84|0)", "0", digits)
    return len(national) == 11 and (area in lists.landlines or area[:3] in lists.landlines)


def international_phone(value: str, _: CodeLists) -> bool:
    """Accept a number in E.164 form: `+`, 8 to 15 digits, not starting with 0."""
    return re.fullmatch(r"\+[1-9]\d{7,14}", _compact(value)) is not None


def vehicle_plate(value: str, lists: CodeLists) -> bool:
    """Accept a civil plate whose first two digits are assigned; separators do not matter."""
    compact = _PLATE_SEPARATORS.sub("", value.upper())
    return any((found := pattern.fullmatch(compact)) and found[1] in lists.plates for pattern in _PLATES)


def luhn(value: str, _: CodeLists) -> bool:
    """Accept 12 to 19 digits, not all the same, that pass the Luhn check (ISO/IEC 7812-1)."""
    digits = [int(char) for char in value if char.isdigit()]
    if not 12 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def ip_address(value: str, _: CodeLists) -> bool:
    """Accept an IPv4 or IPv6 address that is not unspecified."""
    try:
        return not ipaddress.ip_address(value).is_unspecified
    except ValueError:
        return False


def commune_code(value: str, lists: CodeLists) -> bool:
    """Accept a current or pre-merger commune code."""
    return value in lists.communes or value in lists.legacy_communes


def province_code(value: str, lists: CodeLists) -> bool:
    """Accept a current or pre-merger province code."""
    return value in lists.provinces


def date(value: str, _: CodeLists) -> bool:
    """Accept a calendar date from 1900 on, in one of the orders `dates.parse_date` reads."""
    return parse_date(value) is not None


def ethnicity(value: str, lists: CodeLists) -> bool:
    """Accept a name (or variant) on the list of ethnic groups."""
    return plain(value) in lists.ethnicities


def religion(value: str, lists: CodeLists) -> bool:
    """Accept a name (or variant) on the list of religions."""
    return plain(value) in lists.religions


def full_name(value: str, lists: CodeLists) -> bool:
    """Accept two to six words of letters, the first a Vietnamese surname; no province or street."""
    parts = words_in(value)
    if not 2 <= len(parts) <= 6 or parts[0] not in lists.surnames or not "".join(parts).isalpha():
        return False
    text = " ".join(parts)
    if text in lists.words["streets"] or text in lists.words["provinces"]:
        return False
    return not value.lower().startswith("đường ")


def address(value: str, lists: CodeLists) -> bool:
    """Accept four words or more, two of them for street, hamlet or administrative level; or an English street.

    The name of a province at the end stands for one of the two, and with two commas for both.
    """
    parts = words_in(value)
    if len(parts) >= 4:
        said, commas = sum(map(ADDRESS_WORDS.__contains__, parts)), value.count(",")
        if said >= 2 or (commas and (said or commas > 1) and place_name(value, lists)):
            return True
    return STREET.search(value) is not None


def phone_lost_zero(value: str, _: CodeLists) -> bool:
    """Accept nine digits that are a Vietnamese mobile number without its 0."""
    return _MOBILE.fullmatch("0" + value) is not None


def personal_number_lost_zero(value: str, lists: CodeLists) -> bool:
    """Accept ten to twelve digits that are a personal number, one or two zeros at its beginning lost."""
    return personal_number(value.zfill(12), lists)


def vietnamese_surname(value: str, lists: CodeLists) -> bool:
    """Accept a surname with up to two middle names (họ đệm); no province (`Thái Bình`) or country (`Hàn Quốc`)."""
    parts = words_in(value)
    text = " ".join(parts)
    if text in lists.words["provinces"] or text in lists.words["nationalities"]:
        return False
    return 1 <= len(parts) <= 3 and parts[0] in lists.surnames


def place_name(value: str, lists: CodeLists) -> bool:
    """Accept the name of a province, or a list of places that ends with one."""
    return (
        plain(value.rsplit(",", 1)[-1]).removeprefix("tinh ").removeprefix("thanh pho ").removeprefix("tp ")
        in lists.words["provinces"]
    )


def acceptor(validator: str, lists: CodeLists) -> Callable[[Collection[str]], list[str]]:
    """Return what returns those of several values, texts of one line, that the validator of this name accepts."""
    if validator == "date":
        return lambda values: list(years_of(values))
    check = VALIDATORS[validator]
    if validator in {"phone", "mobile_phone"}:  # most are mobile numbers without separators

        def phones(values: Collection[str]) -> list[str]:
            sure = _MOBILES.findall("\n".join(values))
            known = set(sure)
            return sure + [value for value in values if value not in known and check(value, lists)]

        return phones
    return lambda values: [value for value in values if check(value, lists)]


def _listed(name: str) -> Validator:
    def check(value: str, lists: CodeLists) -> bool:
        return plain(value) in lists.words[name]

    check.__name__ = name
    check.__doc__ = f"Accept a value on the list `words_{name}.txt`."
    return check


#: Validators of the same name as the list they look into.
LISTED = (
    "marital", "kinship", "occupations", "education", "nationalities", "crimes", "disability", "hardship", "party",
    "majors", "vaccines", "sexual", "passwords", "cities", "allergens",
)  # fmt: skip
VALIDATORS: Mapping[str, Validator] = {
    **PEOPLE_VALIDATORS,
    **TYPED_VALIDATORS,
    **TOPIC_VALIDATORS,
    **COMPOSITIONS,
    **LATIN_NAMES,
    **WORLD_ADDRESSES,
    **WORLD_NUMBERS,
    **WORLD_PEOPLE,
    **WORLD_PHONES,
} | {
    name: _listed(name) for name in LISTED
} | {
    check.__name__: check
    for check in (
        personal_number, tax_code, personal_tax_code, organisation_tax_code, mobile_phone, phone, international_phone,
        vehicle_plate, luhn, ip_address, commune_code, province_code, date, ethnicity, religion, full_name, address,
        latitude, longitude, coordinate_pair, coordinate, phone_lost_zero, personal_number_lost_zero,
        vietnamese_surname, place_name,
    )
}  # fmt: skip
