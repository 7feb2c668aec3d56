"""Named validators of addresses as other countries write them: house, street and its kind of word, and the code behind.

`1464 Stevenson Forest`, `Flat 5, 12 High Street, Leeds, LS1 4HB`, `8, avenue Foch, 75016 Paris`, `PO Box 12, Reno, NV
89501`, `PSC 1234, Box 5678, APO AE 09012`. Publication 28 of the United States Postal Service, British Standard 7666.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from phantang.classify.rules.codelists import CodeLists
from phantang.classify.text.folding import fold

_PARTS = re.compile(r"\s*[,;]\s*|\s+-\s+")
_UNIT = (
    r"(?:(?:flat|apt|apartment|unit|suite|ste|studio|room|rm|floor|fl|lot|shop|level|plot(?: no)?|door no|h ?\.? ?no|"
    r"house(?: no)?|bldg|building|block|villa|no)[. ]*|# ?)(?:[a-z]?\d+[a-z]?(?:[/\-]\d+)?|(?<=[ .])[a-z])(?![^\W_])"
)
_NUMBER = r"\d{1,6}[a-z]?(?:[/\-]\d+[a-z]?){0,2}(?: (?:bis|ter|quater))?"
_ONLY_HOUSE = re.compile(rf"{_UNIT}|{_NUMBER}")
_HOUSE = re.compile(rf"(?:{_UNIT} +)?{_NUMBER} +(?=[^\W\d_]|\d+(?:st|nd|rd|th)\b)")
_TAIL = re.compile(rf"(?: +(?:{_UNIT}|n|s|e|w|ne|nw|se|sw|north|south|east|west))$")
#: Words that stand before the name of a street, folded.
_STREET_FIRST = frozenset(
    {"rue", "avenue", "av", "boulevard", "bd", "chemin", "place", "impasse", "allee", "quai", "route", "cours",
    "square", "passage", "sentier", "faubourg", "calle", "avenida", "avda", "paseo", "plaza", "camino", "carrer",
    "carretera", "ronda", "travesia", "via", "viale", "piazza", "corso", "vicolo", "strada", "rua", "travessa",
    "praca", "rambla", "bulevar", "poblado", "sector", "urbanizacion", "rincon", "glorieta", "barrio", "lugar"}
)  # fmt: skip
#: Those of them that name nothing else.
_SURELY_FIRST = frozenset({"rue", "avenue", "chemin", "calle", "boulevard", "impasse", "avenida", "faubourg"})
_GERMAN = re.compile(
    r"[^\W\d_][^\d,]{2,40}(?:strasse|straße|str\.?|weg|platz|allee|gasse|ring|damm|ufer|hof|berg) \d{1,4} ?[a-z]?"
)
#: What an address ends with: state and code, outward and inward code, code and town.
_CODE = re.compile(
    r"(?:\b[A-Z]{2},? +\d{5}(?:-\d{4})?|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\b(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? +\d{4}|"
    r"[^\W\d_][ \-]+\d{6}|\b[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"[^\W\d_],? +\d{5}(?:-\d{4})?|(?:^|[,;]\s*)\d{4,5} +[^\W\d_][^\d,]{2,40})"
    r"(?:,? +(?:USA|UK|United States|United Kingdom|Australia|India|France|Deutschland|Germany|Canada))?$"
)
_BOX = re.compile(
    r"(?:p\.? ?o\.? ?box|post office box|gpo box|locked bag|postfach|bp|rr|rural route) \d+.*|"
    r"(?:psc|unit|cmr|uss|usns|usnv|uscgc|usnumbered)\b.*\b(?:apo|fpo|dpo),? (?:ae|ap|aa) \d{5}.*"
)
_LONGEST, _SHORTEST = 200, 7
#: Kinds of street that name hardly anything else.
_SURE = re.compile(
    r"(?i)\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|highway|hwy|parkway|pkwy|crescent|"
    r"terrace|rue|chemin|calle|via|apt|suite|flat|box|p\.?o|nagar|marg)\b|straße|strasse|str\.|allée"
)
_FIRST_NUMBER = re.compile(r"\d{1,6}")
_LAST_WORD = re.compile(r"([^\W\d_]+)(?:,|$)")


def world_address(value: str, lists: CodeLists) -> bool:
    """Accept a house and a street by its kind of word, or either of them with a postal code behind; or a post box."""
    if not _SHORTEST <= len(value) <= _LONGEST or (" " not in value and "," not in value and ";" not in value):
        return False
    text = fold(value)
    if _BOX.match(text) or _GERMAN.match(text):
        return True
    parts = [part for part in _PARTS.split(text) if part]
    if not parts:
        return False
    alone = _ONLY_HOUSE.fullmatch(parts[0]) is not None
    if alone and len(parts) < 2:
        return False
    street = parts[1] if alone else parts[0]
    numbered = _HOUSE.match(street)
    house = alone or numbered is not None
    street = street[numbered.end() :] if numbered else street
    named = _is_street(street, lists)
    if house and named:
        return True
    first = street.split()[0] if named else ""
    if first in _SURELY_FIRST or (first in _STREET_FIRST and any(map(str.isdigit, text))):
        return True
    coded = len(parts) > 1 and _CODE.search(value) is not None
    return coded and (house or named)


def _is_street(text: str, lists: CodeLists) -> bool:
    """Tell whether text without its number ends, or in other languages begins, with a kind of street."""
    bare = _TAIL.sub("", _TAIL.sub("", text))
    words = bare.replace(".", " ").split()
    if not 2 <= len(words) <= 7 or not words[0][0].isalnum():
        return False
    return words[-1] in lists.words["street_types"] or words[0] in _STREET_FIRST


def streets_vary(values: Sequence[str]) -> bool:
    """Addresses: numbers of houses differ, and so do kinds of street, or three in ten are of a sure kind."""
    numbers = [found[0] for value in values if (found := _FIRST_NUMBER.search(value))]
    if len(set(numbers)) < min(5, len(values)) or len(set(numbers)) * 3 < len(numbers):
        return len([value for value in values if _SURE.search(value)]) >= 0.8 * len(values) and len(values) > 5
    sure = sum(_SURE.search(value) is not None for value in values)
    kinds = {found[1].lower() for value in values if (found := _LAST_WORD.search(value))}
    return sure * 10 >= 3 * len(values) or len(kinds) >= min(8, len(values))


WORLD_ADDRESSES: Mapping[str, Callable[[str, CodeLists], bool]] = {world_address.__name__: world_address}
