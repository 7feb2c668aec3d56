"""Named validators of values put together by rule: a name among other words, a relation of its head and its kind.

A list of all that people write never ends; what it is put together from does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from phantang.classify.rules.codelists import CodeLists, plain, words_in
from phantang.classify.text.folding import fold
from phantang.classify.values.people_values import organisation_name

#: A run of words that begin with a capital, in letters alone.
_RUN = re.compile(r"[A-ZÀ-ỸĐ][^\W\d_]*(?:[''’][^\W\d_]+)?(?:[ ][A-ZÀ-ỸĐ][^\W\d_]*(?:[''’][^\W\d_]+)?){1,7}")
#: A house of a street, and words for places: what has one names a street or village, not somebody.
_HOUSE = re.compile(r"\d{1,5}[A-Za-z]?(?:/\d+[A-Za-z]?)*,? +[^\W\d]")
_PLACES = re.compile(
    r"(?i)(?<!\w)(?:đường|phố|phường|xã|quận|huyện|tỉnh|ngõ|ngách|hẻm|thôn|ấp|trạm|cầu|chợ|bản|buôn|tổ \d+)(?!\w)"
)
_MIDDLES = frozenset({"thi", "van"})
_SHORTEST = 3
_LETTERS = re.compile(r"[^\W\d_]+")
#: Heads of relations and what may stand behind them (`con dâu`, `em chồng`, `bà nội`, `anh họ`).
_KIN = frozenset(
    {"con", "cháu", "chắt", "anh", "chị", "em", "bố", "mẹ", "cha", "ba", "má", "ông", "bà", "cô", "chú", "bác", "cậu",
    "mợ", "dì", "dượng", "thím", "vợ", "chồng", "cụ"}
)  # fmt: skip
_KIN_LIKE = frozenset(
    {"ruột", "đẻ", "dâu", "rể", "nuôi", "riêng", "chung", "trai", "gái", "vợ", "chồng", "nội", "ngoại", "họ", "út",
    "cả", "thứ", "hai", "ba", "tư", "đầu", "kế", "bác", "mẹ", "con", "ông", "bà", "cô", "chú", "anh", "em", "chị",
    "đỡ", "cụ", "nhất", "năm", "sáu"}
)  # fmt: skip
_OTHERS = frozenset(
    {"hàng xóm", "bạn", "bạn bè", "bạn cùng phòng", "bạn học", "bạn đời", "bạn trai", "bạn gái", "người chăm sóc",
    "người giám hộ", "người thân", "người nhà", "người yêu", "người đỡ đầu", "người ở nhờ", "người thuê", "bảo mẫu",
    "họ hàng", "đồng nghiệp", "mẹ đơn thân", "bố đơn thân", "quan hệ khác", "người sống cùng"}
)  # fmt: skip
_FIRST_WORDS = _KIN | {other.partition(" ")[0] for other in _OTHERS}
_KIN_EN = re.compile(
    r"(?:(?:step|foster|half|ex|adoptive|biological|adopted|grand|great|maternal|paternal|co|house|flat)[\- ]?)*"
    r"(?:son|daughter|child|mother|father|mum|dad|parent|brother|sister|sibling|wife|husband|spouse|partner|uncle|aunt|"
    r"nephew|niece|cousin|grandson|granddaughter|grandfather|grandmother|guardian|carer|friend|neighbour|neighbor|mate|"
    r"lodger|tenant|boarder|fianc[ée]e?|widow|widower|relative|head|self|caregiver|dependant|dependent)"
    r"(?:[\- ]in[\- ]law)?(?: ?/ ?[a-z\- ]{2,20}| ?\([a-z\- ]{2,20}\))?(?: of (?:the )?(?:household|family))?"
)
_LIVING = re.compile(
    r"(?:live[\- ]in|legal|primary|next of kin:?|civil|common[\- ]law|cohabiting|unmarried|close|family) "
)
#: Words of groups as censuses of English-speaking countries offer them.
_GROUPS = frozenset(
    {"white", "black", "asian", "mixed", "african", "caribbean", "hispanic", "latino", "latina", "latinx", "indian",
    "pakistani", "bangladeshi", "chinese", "arab", "irish", "traveller", "gypsy", "roma", "native", "american",
    "alaska", "alaskan", "hawaiian", "pacific", "islander", "aboriginal", "maori", "caucasian", "british",
    "multiracial", "biracial", "filipino", "vietnamese", "korean", "japanese", "middle", "eastern", "jewish", "latin",
    "torres", "strait", "indigenous", "metis", "inuit", "samoan", "sikh", "european"}
)  # fmt: skip
_GROUPS_BESIDE = frozenset(
    {"or", "and", "other", "any", "background", "group", "ethnic", "multiple", "groups", "not", "stated", "prefer",
    "to", "say", "english", "welsh", "scottish", "northern", "of", "the", "all", "unknown", "origin", "heritage",
    "non", "two", "more", "races", "race", "declined", "from", "south", "east", "west", "north"}
)  # fmt: skip


def name_inside(value: str, lists: CodeLists) -> bool:
    """Accept text with a whole Vietnamese name in it: `Maria Trần Thị Lan`, `Thượng úy Lê Văn Ba`.

    A run of three or more capitalised words from a surname on, whose last is a given name or one of which is Thị or
    Văn; no street, and nothing that begins as an organisation.
    """
    runs = _RUN.findall(value)
    if not runs or not _has_name(runs, lists):
        return False
    return not (organisation_name(value, lists) or _HOUSE.match(value) or _PLACES.search(value))


def _has_name(runs: Iterable[str], lists: CodeLists) -> bool:
    given, streets = lists.words["given_names"], lists.words["streets"]
    for run in runs:
        words = fold(run).replace("’", "'").split()
        for at in range(len(words) - _SHORTEST + 1):
            rest = words[at : at + 6]
            street = " ".join(rest) in streets or " ".join(rest[:3]) in streets
            told = not _MIDDLES.isdisjoint(rest[1:-1]) or any(word in given for word in rest[2:4])
            if rest[0] in lists.surnames and told and not street:
                return True
    return False


def name_reversed(value: str, lists: CodeLists) -> bool:
    """Accept a Vietnamese name with the given name in front: `Hương Nguyễn Thị`, `Van An Nguyen`, `NAM Trần Văn`."""
    words = words_in(value)
    if not 2 < len(words) <= 5 or not "".join(words).isalpha() or not all(part[0].isupper() for part in value.split()):
        return False
    given, text = lists.words["given_names"], " ".join(words)
    if text in lists.words["streets"] or text in lists.words["provinces"]:
        return False
    return words[0] in given and (words[1] in lists.surnames or words[-1] in lists.surnames)


def middle_and_given(value: str, lists: CodeLists) -> bool:
    """Accept the end of a Vietnamese name, a middle name before the given one: `Ngọc Anh`, `Thị Lan`, `Minh Khôi`."""
    words = words_in(value)
    given = lists.words["given_names"]
    return len(words) == 2 and words[1] in given and (words[0] in given or words[0] in _MIDDLES | {"huu", "duc", "ba"})


def kinship_said(value: str, lists: CodeLists) -> bool:
    """Accept a relation to somebody: a listed one, or a head with what it is like: `em chồng`, `con nuôi thứ hai`."""
    if plain(value) in lists.words["kinship"]:
        return True
    text = value.lower().strip(" .")
    if (text.isascii() or "é" in text) and _KIN_EN.fullmatch(_LIVING.sub("", text)):
        return True
    first = _LETTERS.search(text)
    if first is None or first[0] not in _FIRST_WORDS:
        return False
    words = _LETTERS.findall(text)
    if " ".join(words) in _OTHERS:
        return True
    return 1 < len(words) <= 5 and words[0] in _KIN and all(word in _KIN_LIKE for word in words[1:])


def ethnic_group_en(value: str, _: CodeLists) -> bool:
    """Accept a group as English forms offer them: `White British`, `Mixed - White and Asian`, `Prefer not to say`."""
    words = plain(value).split()
    return 0 < len(words) <= 8 and all(word in _GROUPS or word in _GROUPS_BESIDE for word in words)


COMPOSITIONS: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check for check in (name_inside, name_reversed, middle_and_given, kinship_said, ethnic_group_en)
}
