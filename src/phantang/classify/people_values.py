"""Named validators of what only columns about people hold: licences, user names, pictures.

They prove little one value at a time; rules that use them look at the whole column, in a table about people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from phantang.classify.codelists import CodeLists, plain, words_in

#: At most so many first letters of surname and middle names follow a given name; vowels are seldom first.
_INITIALS, _FIRST_LETTERS = 3, frozenset("bcdghklmnpqtvx")
_PICTURE = re.compile(r"(?i)[^\n]*\.(?:jpe?g|png|gif|bmp|webp|heic)(?:\?[^\n]*)?")
_PAPER = re.compile(r"(?i)cccd|cmnd|cmt|can_?cuoc|giay_?to|id_?card|national_?id|mat_?(?:truoc|sau)")


def driving_licence(value: str, lists: CodeLists) -> bool:
    """Accept 12 digits: a province code, 0 or 1 for the sex, two digits of a year since 1990."""
    year, this_year = int(value[3:5]), datetime.now(UTC).year % 100
    return value[:2] in lists.provinces and value[2] in "01" and (year <= this_year or year >= 90)


def social_insurance_number(value: str, lists: CodeLists) -> bool:
    """Accept 10 digits that begin with the code of a province; there is no check digit."""
    return value[:2] in lists.provinces


def user_name(value: str, lists: CodeLists) -> bool:
    """Accept a given name with initials or a surname, as offices make them: `huongnt`, `an.nguyen`, `minhtv2`."""
    names = lists.words["given_names"]
    bare = value.rstrip("0123456789")
    head, dot, tail = bare.replace("_", ".").partition(".")
    surnames = lists.words["surnames_en"]
    if not dot and ((head in names and bare != value) or (len(head) > 4 and head[1:] in surnames)):
        return True  # henry77, eunderhill
    if dot:
        return any(
            one in names and (len(two) <= _INITIALS or two in lists.surnames or two in surnames)
            for one, two in ((head, tail), (tail, head))
        )
    return any(
        head[:length] in names and _FIRST_LETTERS.issuperset(head[length:])
        for length in range(max(2, len(head) - _INITIALS), len(head))
    )


def picture_of_paper(value: str, _: CodeLists) -> bool:
    """Accept the path of a picture that says it shows an identity paper, or a side of one."""
    return _PICTURE.fullmatch(value) is not None and _PAPER.search(value) is not None


def birth_year_number(value: str, _: CodeLists) -> bool:
    """Accept a year that somebody living can be born in."""
    return 1915 <= int(value) <= datetime.now(UTC).year


def words_of_place(value: str, lists: CodeLists) -> bool:
    """Accept the name of a province with or without its kind, and nothing before it."""
    name = plain(value).removeprefix("tinh ").removeprefix("thanh pho ").removeprefix("tp ")
    return name in lists.words["provinces"]


#: Words of three letters or four that speak of health wherever they stand.
_SHORT_ILLNESSES = frozenset({"hiv", "aids", "arv", "prep", "copd"})


def diagnosis_text(value: str, lists: CodeLists) -> bool:
    """Accept text that starts with a word of illness, or has one, in either language."""
    words = words_in(value)
    known = lists.words["diagnoses"]
    if any(" ".join(words[:length]) in known for length in (1, 2, 3, 4)):
        return True
    return any(word in known for word in words if len(word) > 4 or word in _SHORT_ILLNESSES) or (
        len(words) > 1 and words[-1] in known
    )


def organisation_name(value: str, lists: CodeLists) -> bool:
    """Accept two words or more, the first or the last of which say a kind of organisation."""
    if value[0].isdigit() and "/" in value:  # the number of a paper: 12/2019/QĐ-UBND
        return False
    words = words_in(value)
    known = lists.words["organisations"]
    starts = any(" ".join(words[:length]) in known for length in (1, 2, 3))
    return len(words) > 1 and (starts or words[-1] in known)


PEOPLE_VALIDATORS: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check
    for check in (
        driving_licence,
        social_insurance_number,
        user_name,
        picture_of_paper,
        birth_year_number,
        words_of_place,
        diagnosis_text,
        organisation_name,
    )
}
