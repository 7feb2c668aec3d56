"""Named validators of words that people of other countries are told by: posts, nations, where they studied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from phantang.classify.rules.codelists import CodeLists, plain, words_in

_FIRST_PART = re.compile(r"[^,(/]+")
_MOST_WORDS = 8
#: Words that end the name of an appliance as often as that of a post.
_APPLIANCES = frozenset(
    {"maker", "cleaner", "printer", "driver", "player", "monitor", "server", "mixer", "conductor", "roaster", "head",
    "cutter", "grinder", "sprayer", "carrier", "reader", "guard", "polisher", "caster", "model", "cooker", "checker",
    "keeper", "sweeper", "controller", "trimmer", "finisher", "lead", "staff", "general", "master", "blaster", "host"}
)  # fmt: skip
#: Nations whose adjective is the name of a language.
_TONGUES = frozenset(
    {"afrikaans", "albanian", "arabic", "armenian", "azerbaijani", "belarusian", "bulgarian", "burmese", "catalan",
    "chinese", "croatian", "czech", "danish", "dutch", "english", "estonian", "fijian", "filipino", "finnish", "french",
    "georgian", "german", "greek", "hungarian", "icelandic", "indonesian", "irish", "italian", "japanese", "kazakh",
    "korean", "kyrgyz", "lao", "latvian", "lithuanian", "luxembourgish", "macedonian", "malagasy", "maltese",
    "moldovan", "mongolian", "montenegrin", "nepali", "norwegian", "persian", "polish", "portuguese", "romanian",
    "russian", "samoan", "serbian", "slovak", "slovene", "slovenian", "somali", "spanish", "swazi", "swedish",
    "tajik", "thai", "tongan", "turkish", "turkmen", "ukrainian", "uzbek", "vietnamese", "welsh", "assamese"}
)  # fmt: skip
#: One of these says that an organisation teaches grown-ups.
UNIVERSITIES = frozenset(
    {"university", "universities", "college", "polytechnic", "universite", "universidad", "universitat", "universita",
    "hochschule", "institute", "academy", "conservatoire", "conservatory"}
)  # fmt: skip
_NO_SCHOOL = frozenset({"bank", "hospital", "press", "inc", "ltd", "llc", "publishing", "street", "road", "avenue"})


def post_held(value: str, lists: CodeLists) -> bool:
    """Accept an occupation by its head: `Fork Lift Truck Driver`, `Engineer, civil`, `technicien de maintenance`."""
    part = _FIRST_PART.match(value)
    words = words_in(part[0]) if part else []
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    known = lists.words["posts"]
    return words[-1] in known or words[0] in known or " ".join(words[-2:]) in known


def demonym(value: str, lists: CodeLists) -> bool:
    """Accept what people of a country are called in English."""
    return plain(value) in lists.words["demonyms"]


def university(value: str, _: CodeLists) -> bool:
    """Accept the name of a university or college, of two words or more."""
    words = words_in(value)
    return 1 < len(words) <= 14 and not UNIVERSITIES.isdisjoint(words) and _NO_SCHOOL.isdisjoint(words)


def posts_differ(values: Sequence[str]) -> bool:
    """Names of posts: several heads, hardly any of which is an appliance as well."""
    heads = Counter(
        words_in(part[0])[-1] for value in values if (part := _FIRST_PART.match(value)) and words_in(part[0])
    )
    doubtful = sum(times for head, times in heads.items() if head in _APPLIANCES)
    return len(heads) >= min(4, len(values)) and doubtful * 3 <= len(values)


def names_of_strangers(values: Sequence[str]) -> bool:
    """Names of two words: each word of most is met hardly twice; heads of products and places are met often."""
    ends = [(words[0], words[-1]) for value in values if (words := words_in(value))]
    return len(ends) >= 12 and all(len({end[at] for end in ends}) >= 0.55 * len(ends) for at in (0, 1))


def nations_of_people(values: Sequence[str]) -> bool:
    """Nations: a quarter or more of them have no language of their name; of languages all have."""
    found = {plain(value) for value in values}
    return len(found) > 2 and len(found - _TONGUES) * 4 >= len(found)


def nations_of_many(values: Sequence[str]) -> bool:
    """Twenty-five nations or more, as `nations_of_people`: no list of cuisines."""
    return len({plain(value) for value in values}) >= 25 and nations_of_people(values)


WORLD_PEOPLE: Mapping[str, Callable[[str, CodeLists], bool]] = {
    check.__name__: check for check in (post_held, demonym, university)
}
PEOPLE_CHECKS: Mapping[str, Callable[[Sequence[str]], bool]] = {
    check.__name__: check for check in (posts_differ, names_of_strangers, nations_of_people, nations_of_many)
}
