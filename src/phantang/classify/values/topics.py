"""Named validators of texts about somebody, by what they speak of: health, offences, schooling, welfare, complaints.

They look for listed phrases anywhere in a value (`lists/words_said_*.txt`). Syllables that differ in their marks alone
(`đau`, `dầu`, `đầu`) are told apart where a text has any; without marks, a syllable by itself says nothing unless it is
listed so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from phantang.classify.rules.codelists import TOPICS, CodeLists, words_in

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST = 4
#: Names of hospitals, pharmacies and schools say nothing of a person's health or schooling.
_PLACE = re.compile(
    r"(?i)^(?:trường|truong|học viện|trung tâm|tt ?gdtx|khoa|sở|phòng|bộ|ban|viện|đại học|đh|cao đẳng|cđ|thpt|thcs|"
    r"tiểu học|mầm non|mn|th)(?= [^\n]*[A-ZÀ-ỸĐ])[^\n]*|bệnh viện[^,;\n]*|benh vien[^,;\n]*|trạm y tế[^,;\n]*|"
    r"phòng khám[^,;\n]*|nhà thuốc[^,;\n]*|hiệu thuốc[^,;\n]*"
)
#: A text that begins with none of the first words, and in which none of the others stands, names no such place.
_HEADS = frozenset(
    {"trường", "truong", "học", "trung", "tt", "ttgdtx", "khoa", "sở", "phòng", "bộ", "ban", "viện", "đại", "đh", "cao",
    "cđ", "thpt", "thcs", "tiểu", "mầm", "mn", "th"}
)  # fmt: skip
_ANYWHERE = ("bệnh viện", "benh vien", "trạm y tế", "phòng khám", "nhà thuốc", "hiệu thuốc")
#: Endings of names of substances: WHO, stem book of international nonproprietary names (2018).
_STEM = re.compile(
    r"\b[a-z]{2,}(?:cillin|mycin|olol|april|opril|pril|sartan|statin|prazol|dipin|formin|oxacin|azepam|zolam|conazol|"
    r"nidazol|vudin|fovir|tegravir|ciclovir|lukast|gliptin|gliflozin|glitazon|setron|triptan|cain|profen|fenac|coxib|"
    r"parin|grel|xaban|thiazid|semid|terol|tropium|sonid|solon|metason|thyroxin|mazepin|oxetin|pramin|azapin|peridon)"
    r"[ea]?\b",
    re.IGNORECASE,
)
_STRENGTH = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|iu|ui|g|ml|%)\b", re.IGNORECASE)


def topics_of(value: str, lists: CodeLists) -> frozenset[str]:
    """Return the topics of which a phrase stands anywhere in `value`, names of places of care or study aside."""
    known, words = _words_of(value, lists)
    if known.keys().isdisjoint(words):
        return frozenset()
    text = " ".join(words)
    if words[0] in _HEADS or any(place in text for place in _ANYWHERE):
        known, words = _words_of(_PLACE.sub(" ", value), lists)
    found = frozenset[str]()
    for at, word in enumerate(words):
        if word in known:
            phrases = known[word]
            for end in range(at + 1, min(at + _LONGEST, len(words)) + 1):
                found |= phrases.get(" ".join(words[at:end]), frozenset())
    return found


def _words_of(value: str, lists: CodeLists) -> tuple[Mapping[str, Mapping[str, frozenset[str]]], list[str]]:
    """Return the words of a text and the phrases that count in it; with its marks, if it has any."""
    if value.isascii():
        return lists.said_plain, words_in(value)
    return lists.said, _WORD.findall(unicodedata.normalize("NFC", value).lower())


def medicine(value: str, _: CodeLists) -> bool:
    """Accept a medicine: a substance by the ending of its name, or a word with a strength (`500mg`)."""
    return _STEM.search(value) is not None or (_STRENGTH.search(value) is not None and value[:1].isalpha())


def _about(topic: str) -> Callable[[str, CodeLists], bool]:
    def check(value: str, lists: CodeLists) -> bool:
        return topic in topics_of(value, lists)

    check.__name__ = f"{topic}_said"
    check.__doc__ = f"Accept text with a phrase of `words_said_{topic}.txt` anywhere in it."
    return check


#: The topic that a validator looks for.
TOPIC_OF: Mapping[str, str] = {f"{topic}_said": topic for topic in TOPICS}
TOPIC_VALIDATORS: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check for check in (medicine, *map(_about, TOPICS))
}
