"""Named validators of values as people type them: several in a cell, cut short, with a title or a bank beside them.

Each accepts a whole value, as those in `validators.py` do; the sentences of a note are no such values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from phantang.classify.rules.codelists import CodeLists, by_first_word, plain, words_in
from phantang.classify.text.folding import fold
from phantang.classify.values.world_phones import MOBILE

_IN_BRACKETS = re.compile(r"\([^()\n]*\)")
_BETWEEN_NAMES = re.compile(r"\s*[\-–;,/&+]\s*|\s+(?:và|va|and)\s+", re.IGNORECASE)
#: What one calls a person, folded and plain, in front of a name.
_TITLES = frozenset(
    {"ong", "ba", "anh", "chi", "co", "chu", "bac", "thay", "em", "chau", "bs", "ths", "ts", "pgs", "gs", "ks", "cn",
    "ds", "dd", "ys", "ls", "dc", "a", "c", "mr", "mrs", "ms", "miss", "dr", "prof", "sir", "rev", "mx"} )  # fmt: skip
#: Beginnings of surnames as they are cut short: `Ng. Văn An`, `Tr.T.Hoa`.
_CUT_SURNAMES = frozenset(
    {"ng", "ngu", "nguy", "tr", "tra", "ph", "pha", "hoa", "huy", "hu", "vu", "vo", "da", "bu", "le", "do"}
)
_PEOPLE_IN_CELL = 4
_BETWEEN_PHONES = re.compile(r"\s*[/,;|]\s*|\s+-\s+|(?<=\d{4})\s+(?=(?:\+?84|0)[235789])|(?<=\d{9})\s+")
_PHONE_SIGNS = re.compile(r"[ .()\-]")
_SHORTEST_PHONE = 9
_PHONE = re.compile(rf"(?:\+?84|0)?(?:{MOBILE}|2\d{{9}})")
_MOBILE = re.compile(rf"(?:\+?84|0)?{MOBILE}")
#: Short words for a part of an address, with or without a point or a number at once behind: `P.`, `Q10`, `KP3`, `TDP`.
_MARK = (
    r"p|q|x|h|tp|tx|tt|kp|tdp|sn|kdc|cc|t|phuong|quan|xa|huyen|tinh|thanh pho|thi xa|thi tran|duong|pho|thon|ap|to|ngo|"
    r"ngach|hem|khu|khom|buon|ban|xom|lang|doi|soc|plei|can|khu pho|duong so|chung cu|dac khu|kiet|toa|tang|lo"
)
_MARKS = re.compile(rf"(?<![a-z0-9])(?:{_MARK})(?:\. ?|(?=\d)|(?= )|(?=,)|$)")
_HOUSE = re.compile(r"^(?:so |sn ?|so nha )?\d{1,5}[a-z]?(?:/\d+[a-z]?)*,? +[^\W\d]")
#: A parcel of land and its map, a room and its bed: numbers of things, which no one lives at by themselves.
_NO_HOME = re.compile(r"(?:thua|to ban do|to bd)\b.*|(?:p|phong)\.? ?\d{2,4}[a-z]?(?:[ ,\-]+(?:g|giuong)\.? ?\d{1,3})?")
_HAMLET = re.compile(
    r"(?:thon|ap|to|to dan pho|tdp|kp|khu pho|khu|khom|xom|ban|buon|lang|doi|khu vuc|soc|plei|plây|phum)(?: so)?[ .]?"
    r"(?:\d{1,3}[a-z]?|[a-z]{1,8}(?: [a-z0-9]{1,8}){0,3})"
)
_BETWEEN_PARTS = re.compile(r"[,;]| - ")
_PRESSURE = re.compile(r"(\d{2,3})/(\d{2,3})")
_ACCOUNT = re.compile(r"\b\d{6,19}\b")


def people_named(value: str, lists: CodeLists) -> bool:
    """Accept one to four Vietnamese names in a cell, with titles or cut short: `Nguyễn V. A`, `Ng. Văn B và Lê C`."""
    words = words_in(value)
    if not words or not ("(" in value or _may_begin_a_name(words[0], lists)):
        return False
    text = _IN_BRACKETS.sub(" ", value) if "(" in value else value
    parts = [plain(part).split() for part in _BETWEEN_NAMES.split(text)]
    parts = [part for part in parts if part]
    if not 0 < len(parts) <= _PEOPLE_IN_CELL:
        return False
    named = sum(_is_name(part, lists) for part in parts)
    return named * 2 >= len(parts) and _is_name(parts[0], lists)


def _may_begin_a_name(word: str, lists: CodeLists) -> bool:
    return word in lists.surnames or word in _TITLES or word in _CUT_SURNAMES or len(word) == 1


def _is_name(words: list[str], lists: CodeLists) -> bool:
    while len(words) > 2 and words[0] in _TITLES:
        words = words[1:]
    if not 2 <= len(words) <= 6 or not "".join(words).isalpha():
        return False
    if words[0] in lists.surnames:
        text = " ".join(words)
        return text not in lists.words["streets"] and text not in lists.words["provinces"]
    known = words[-1] in lists.words["given_names"] or len(words[-1]) == 1
    return known and (words[0] in _CUT_SURNAMES or (len(words) > 2 and all(len(word) == 1 for word in words[:-1])))


def name_turned(value: str, lists: CodeLists) -> bool:
    """Accept a Vietnamese name in English order, with or without a title: `Hương Bùi`, `Cô Nhiên Thị Mai`."""
    words = plain(value).split()
    while len(words) > 2 and (words[0] in _TITLES or words[0] == "quy"):
        words = words[1:]
    if not 2 <= len(words) <= 4 or words[-1] not in lists.surnames or words[0] not in lists.words["given_names"]:
        return False
    text = " ".join(words)
    return "".join(words).isalpha() and text not in lists.words["streets"] and text not in lists.words["provinces"]


def english_name_typed(value: str, lists: CodeLists) -> bool:
    """Accept an English name in any case or order, with title or initials: `CARVER, Diana`, `Dr T Moss`."""
    typed = value.replace(",", " , ").split()
    if len(typed) > 4 and "," not in value and "." not in value and fold(typed[0]) not in _TITLES:
        return False
    given, surnames = lists.words["given_names"], lists.words["surnames_en"]
    if not value.isascii() and "," not in value and (last := fold(typed[-1].strip("."))) and last not in surnames:
        return False
    words = [word for part in typed if (word := fold(part.strip(".")))]
    while len(words) > 2 and words[0] in _TITLES:
        words = words[1:]
    if "," in words:
        comma = words.index(",")
        words = [*words[comma + 1 :], *words[:comma]]
    if not 2 <= len(words) <= 4 or not all(_is_word(word) for word in words):
        return False
    if words[0] in lists.surnames and " ".join(words) in lists.words["streets"]:
        return False
    if words[0] in given:  # Tài khoản, Minh bạch begin like a given name
        return words[-1] in surnames or (len(words[-1]) > 2 and value.isascii())
    return words[-1] in surnames and len(words[0]) == 1


def _is_word(word: str) -> bool:
    return word.replace("-", "").replace("'", "").replace("’", "").isalpha()


def phones_in_cell(value: str, _: CodeLists) -> bool:
    """Accept one to four Vietnamese phones in a cell, a note in brackets aside; some without their first 0."""
    if value.isdigit():
        return _PHONE.fullmatch(value) is not None
    if len(_PHONE_SIGNS.sub("", value)) < _SHORTEST_PHONE:
        return False
    parts = [_PHONE_SIGNS.sub("", part) for part in _BETWEEN_PHONES.split(_noteless(value)) if part.strip()]
    return 0 < len(parts) <= _PEOPLE_IN_CELL and all(map(_PHONE.fullmatch, parts))


def _noteless(value: str) -> str:
    return _IN_BRACKETS.sub(lambda found: found[0] if any(map(str.isdigit, found[0])) else "", value).strip()


def has_mobile(value: str) -> bool:
    """Tell whether one of the phones in a cell is a mobile number."""
    if value.isdigit():
        return _MOBILE.fullmatch(value) is not None
    return any(_MOBILE.fullmatch(_PHONE_SIGNS.sub("", part)) for part in _BETWEEN_PHONES.split(_noteless(value)))


def address_typed(value: str, lists: CodeLists) -> bool:
    """Accept an address cut short: two marks of its parts, or one with a house number, a comma or a province.

    `12/3 Lê Lợi P5 Q10`, `Thôn 3, X. Hòa Bình`, `Tổ 5 KP3`, `SN 12 ngõ 34`, `Minh Châu - Vân Đồn - Quảng Ninh`.
    """
    text = fold(value)
    if text.isalnum():  # one word has one mark and one part
        return False
    marks = len(_MARKS.findall(text))
    if marks and _NO_HOME.fullmatch(text):
        return False
    if marks >= 2 and len(text) > 8 and any(sign in text for sign in ",.-/0123456789"):
        return True
    house, several = _HOUSE.match(text) is not None, "," in text or ";" in text or " - " in text
    if not house and not several:
        return False
    parts = [part for part in map(plain, _BETWEEN_PARTS.split(text)) if part]
    place = len(parts) > 1 and parts[-1].removeprefix("tinh ").removeprefix("tp ") in lists.words["provinces"]
    if house:
        street = " ".join(plain(parts[0]).split()[1:]) if parts else ""
        return marks > 0 or place or any(street.endswith(known) for known in _ends(street) & lists.words["streets"])
    return (marks > 0 and len(parts) > 1) or (place and len(parts) > 2)


def _ends(street: str) -> set[str]:
    words = street.split()
    return {" ".join(words[at:]) for at in range(len(words))}


def hamlet(value: str, _: CodeLists) -> bool:
    """Accept the smallest unit of where people live: `Thôn 3`, `Ấp Bình Hòa`, `Tổ 7`, `KP 4`, `TDP số 5`."""
    return _HAMLET.fullmatch(fold(value)) is not None


def occupation_text(value: str, lists: CodeLists) -> bool:
    """Accept an occupation or post, or text that begins (in English: ends) with one: `Thợ hàn`, `Bus driver`."""
    text = plain(value)
    if text in lists.words["occupations"]:
        return True
    words, heads = text.split(), lists.words["occupation_heads"]
    if not 1 < len(words) <= 6:
        return False
    return any(" ".join(words[:length]) in heads for length in (1, 2, 3)) or words[-1] in heads


def facility(value: str, lists: CodeLists) -> bool:
    """Accept the name of a place or device that is no home, by its first words (in English: last): `Trạm Láng`."""
    words, known = words_in(value), lists.words["facilities"]
    if not 1 < len(words) <= 8:
        return False
    return any(" ".join(words[:length]) in known for length in (1, 2, 3)) or words[-1] in known


def private_text(value: str, lists: CodeLists) -> bool:
    """Accept text that tells of family or private life by one of the listed phrases."""
    words, known = words_in(value), by_first_word(lists.words["private"])
    if known.keys().isdisjoint(words):
        return False
    text = f" {plain(value)} "
    return any(f" {phrase} " in text for word in words if word in known for phrase in known[word])


def blood_pressure(value: str, _: CodeLists) -> bool:
    """Accept systolic over diastolic pressure in mmHg, within what is measured on living people."""
    found = _PRESSURE.fullmatch(value)
    return found is not None and 60 <= int(found[1]) <= 260 and 30 <= int(found[2]) < int(found[1]) - 5


def account_and_bank(value: str, lists: CodeLists) -> bool:
    """Accept one number of 6 to 19 digits beside the name or short name of a bank."""
    numbers = _ACCOUNT.findall(value)
    words = plain(_ACCOUNT.sub(" ", value)).split()
    return len(numbers) == 1 and 0 < len(words) <= 8 and not lists.words["banks"].isdisjoint(words)


def nhs_number(value: str, _: CodeLists) -> bool:
    """Accept ten digits whose last makes the sum of the others, by weights 10 to 2, right modulo 11."""
    digits = [int(sign) for sign in value if sign.isdigit()]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    return (11 - sum(digit * (10 - at) for at, digit in enumerate(digits[:9])) % 11) % 11 == digits[9]


TYPED_VALIDATORS: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check
    for check in (
        people_named, name_turned, english_name_typed, phones_in_cell, address_typed, hamlet, occupation_text, facility,
        private_text, blood_pressure, account_and_bank, nhs_number,
    )
}  # fmt: skip
