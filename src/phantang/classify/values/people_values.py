"""Named validators of what only columns about people hold: licences, user names, pictures.

They prove little one value at a time; rules that use them look at the whole column, in a table about people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from phantang.classify.rules.codelists import CodeLists, bare_place, plain, words_in

#: Two names written as one, no number behind them: each has so many letters or more.
_WHOLE_NAME = 4
#: At most so many first letters of surname and middle names follow a given name; vowels are seldom first.
_INITIALS, _FIRST_LETTERS = 3, frozenset("bcdghklmnpqtvx")
_PICTURE = re.compile(r"(?i)[^\n]*\.(?:jpe?g|png|gif|bmp|webp|heic)(?:\?[^\n]*)?")
_OF_THINGS = re.compile(
    r"(?i)product|san_?pham|goods|banner|logo|icon|thumb|hang_?hoa|menu|mon_?an|su_?kien|news|tin_?tuc"
)
_FILE = re.compile(r"(?i)\.(?:jpe?g|png|gif|bmp|webp|heic|svg|pdf|docx?|xlsx?|zip|mp[34]|css|js)$")
_PAPER = re.compile(
    r"(?i)cccd|cmnd|cmt|can_?cuoc|giay_?to|gt_(?:truoc|sau)|id_?card|national_?id|id_?(?:scan|front|back)|mat_?(?:truoc|sau)|"
    r"passport|ho_?chieu|gplx|(?:driv\w*|id)_?licen[cs]e"
)


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
    bare = value.lower().rstrip("0123456789")
    head, dot, tail = bare.replace("_", ".").partition(".")
    surnames = lists.words["surnames_en"]
    if not dot and ((head in names and len(bare) < len(value)) or (len(head) > 4 and head[1:] in surnames)):
        return True  # henry77, eunderhill
    family = lists.surnames | surnames
    if dot:
        return any(
            (one in names and (len(two) <= _INITIALS or two in family)) or (one in family and len(two) == 1)
            for one, two in ((head, tail), (tail, head))
        )
    shortest = 2 if len(bare) < len(value) else _WHOLE_NAME
    if any(
        (head[:at] in names and head[at:] in family) or (head[:at] in family and head[at:] in names)
        for at in range(shortest, len(head) + 1 - shortest)
    ):
        return True  # trieuloan93, jessicathornton
    if len(head) > 4 and head[:-1] in names:
        return True  # graceu: an English surname begins with any letter
    return any(
        head[:length] in names and _FIRST_LETTERS.issuperset(head[length:])
        for length in range(max(2, len(head) - _INITIALS), len(head))
    )


def picture_of_paper(value: str, _: CodeLists) -> bool:
    """Accept the path of a picture that says it shows an identity paper, or a side of one."""
    return _PICTURE.fullmatch(value) is not None and _PAPER.search(value) is not None


def picture_of_nothing_else(value: str, _: CodeLists) -> bool:
    """Accept the path of a picture that does not say it shows goods, a place or a sign."""
    return _OF_THINGS.search(value) is None


def page(value: str, _: CodeLists) -> bool:
    """Accept the address of a page, not of a picture or file."""
    return _FILE.search(value.partition("?")[0]) is None


def birth_year_number(value: str, _: CodeLists) -> bool:
    """Accept a year that somebody living can be born in."""
    return 1915 <= int(value) <= datetime.now(UTC).year


def words_of_place(value: str, lists: CodeLists) -> bool:
    """Accept the name of a province with or without its kind, and nothing before it."""
    name = plain(value).removeprefix("tinh ").removeprefix("thanh pho ").removeprefix("tp ")
    return name in lists.words["provinces"]


def place_of_people(value: str, lists: CodeLists) -> bool:
    """Accept the name of a commune or district, with or without its kind: `Xã Tân Lập`, `P. Tân Định`, `Quận 3`."""
    name = bare_place(value)
    return name in lists.words["communes"] or (name.isdigit() and len(name) < 3 and value[0].isalpha())


#: Words of three letters or four that speak of health wherever they stand.
_SHORT_ILLNESSES = frozenset({"hiv", "aids", "arv", "prep", "copd"})


def diagnosis_text(value: str, lists: CodeLists) -> bool:
    """Accept text that starts with a word of illness, or has one, in either language."""
    words = words_in(value)
    known = lists.words["diagnoses"]
    if not known.isdisjoint(words):
        if words[0] in known or words[-1] in known:
            return True
        if any(len(word) > 4 or word in _SHORT_ILLNESSES for word in known.intersection(words)):
            return True
    return any(" ".join(words[:length]) in known for length in range(2, 1 + min(4, len(words))))


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
        picture_of_nothing_else,
        page,
        birth_year_number,
        words_of_place,
        place_of_people,
        diagnosis_text,
        organisation_name,
    )
}
