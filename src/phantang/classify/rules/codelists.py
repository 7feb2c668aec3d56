"""Code lists that validators look into, read from the texts under `classifiers/lists/`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from phantang.classify.text.folding import fold, spaced
from phantang.model.errors import WorkspaceError

_FOLDER = "lists/"
#: Lists of what columns about people hold, one name a line: `words_<name>.txt`.
_WORD_LISTS = (
    "marital",
    "kinship",
    "occupations",
    "education",
    "nationalities",
    "diagnoses",
    "given_names",
    "surnames_en",
    "organisations",
    "crimes",
    "disability",
    "hardship",
    "party",
    "majors",
    "vaccines",
    "streets",
    "occupation_heads",
    "facilities",
    "sexual",
    "private",
    "names_of_women",
    "names_of_men",
    "passwords",
    "names_first",
    "names_last",
    "street_types",
    "posts",
    "demonyms",
    "cities",
    "allergens",
)
#: Lists of phrases that say, anywhere in a text, what it is about: `words_said_<topic>.txt`.
TOPICS = ("health", "crime", "study", "welfare", "party", "plea")


@dataclass(frozen=True, slots=True)
class CodeLists:
    """The lists as sets. Codes keep their leading zeros; names are folded and squeezed to letters and single spaces.

    `said` has, by first word, phrases with their diacritics and the topics of each, `said_plain` those that count in a
    text without any; `words` has all phrases of a topic, as `said_<topic>`, folded.
    """

    communes: frozenset[str]
    legacy_communes: frozenset[str]
    provinces: frozenset[str]
    birth_provinces: frozenset[str]
    plates: frozenset[str]
    landlines: frozenset[str]
    ethnicities: frozenset[str]
    religions: frozenset[str]
    surnames: frozenset[str]
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    encodings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    said_plain: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)


_KIND_OF_PLACE = re.compile(
    r"^(?:xa|phuong|thi tran|quan|huyen|thi xa|thanh pho|tinh|dac khu|p|q|x|h|tt|tx|tp|t) (?=.)"
)
_NO_WORD = re.compile(r"[\W_]+")
#: What `words_in` was asked before; a column's values are asked for by several validators.
_known: dict[str, list[str]] = {}
_REMEMBERED = 16384


def plain(text: str) -> str:
    """Return `text` folded, with everything but letters and digits turned into single spaces."""
    return " ".join(words_in(text))


def words_in(text: str) -> list[str]:
    """Return the words of `text`, folded: what is between anything but letters and digits. Not to be changed."""
    found = _known.get(text)
    if found is None:
        found = _NO_WORD.sub(" ", fold(text)).split()
        _remember({text: found})
    return found


@lru_cache(maxsize=64)
def by_first_word(phrases: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Return `phrases` by their first word."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        first = phrase.partition(" ")[0]
        found[first] = (*found.get(first, ()), phrase)
    return found


def words_in_lines(text: str) -> list[list[str]]:
    """Return the words of every line of `text`, all at once, which is far cheaper than one by one."""
    return list(map(str.split, spaced(text).split("\n")))


def prepare_words(text: str) -> list[list[str]]:
    """Return the words of every line of `text`, and let `words_in` know them."""
    found = words_in_lines(text)
    _remember(dict(zip(text.split("\n"), found, strict=True)))
    return found


def _remember(found: Mapping[str, list[str]]) -> None:
    if len(_known) > _REMEMBERED:
        _known.clear()
    _known.update(found)


def forget_words() -> None:
    """Forget what `words_in` was asked: values are kept no longer than their table is looked at."""
    _known.clear()


class _Cells(Protocol):
    def __call__(self, file: str, *names: str, where: str = "") -> set[str]: ...


def parse_lists(texts: Mapping[str, str]) -> CodeLists:
    """Read the lists from `{relative path: text}`.

    Raises `WorkspaceError`: `classifier_list_missing` or `classifier_list_broken`, naming the file and what is missing.
    """
    tables: dict[str, list[list[str]]] = {}

    def cells(file: str, *names: str, where: str = "") -> set[str]:
        """Return the different cells of some columns, of rows that have something in column `where`, if it is given."""
        if file not in tables:
            tables[file] = list(csv.reader(io.StringIO(_text(texts, file))))
        head, rows = (tables[file] or [[]])[0], tables[file][1:]
        for name in filter(None, (*names, where)):
            if name not in head:
                raise WorkspaceError("classifier_list_broken", file=_FOLDER + file, what=name)
        if where:
            kept = head.index(where)
            rows = [row for row in rows if len(row) > kept and row[kept]]
        places = [head.index(name) for name in names]
        return {row[place] for place in places for row in rows if len(row) > place}

    def column(file: str, *names: str, where: str = "") -> frozenset[str]:
        return _filled(file, cells(file, *names, where=where))

    said = {topic: frozenset(map(str.lower, _listed(texts, f"said_{topic}"))) for topic in TOPICS}
    words = {name: _words(texts, name) for name in (*_WORD_LISTS, *(f"said_{topic}" for topic in TOPICS))}
    # Without marks, a syllable by itself may be any of six words.
    several = {topic: frozenset(one for one in words[f"said_{topic}"] if " " in one) for topic in TOPICS}
    return CodeLists(
        communes=column("communes_2025.csv", "commune_code"),
        legacy_communes=column("commune_merge_map.csv", "old_ward_code"),
        provinces=column("provinces_2025.csv", "province_code")
        | column("province_codes_cccd.csv", "old_province_code"),
        birth_provinces=column("province_codes_cccd.csv", "cccd_prefix"),
        plates=column("plate_codes.csv", "plate_code", where="old_province_name"),
        landlines=column("landline_area_codes.csv", "area_code"),
        ethnicities=_names(texts, "ethnicities.txt"),
        religions=_names(texts, "religions.txt"),
        surnames=_names(texts, "surnames_vi.txt"),
        words=words | {"provinces": _provinces(cells), "banks": _banks(cells), "communes": _communes(cells)},
        encodings=_encodings(texts),
        said=_topics_of(said),
        said_plain=_topics_of({topic: said[topic] | several[topic] for topic in TOPICS}),
    )


def _topics_of(phrases: Mapping[str, frozenset[str]]) -> dict[str, dict[str, frozenset[str]]]:
    """Return the topics of every phrase, by its first word."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for topic, said in phrases.items():
        for phrase in said:
            same = found.setdefault(phrase.partition(" ")[0], {})
            same[phrase] = same.get(phrase, frozenset()) | {topic}
    return found


def _text(texts: Mapping[str, str], file: str) -> str:
    text = texts.get(_FOLDER + file)
    if text is None:
        raise WorkspaceError("classifier_list_missing", file=_FOLDER + file)
    return text.removeprefix("\ufeff")


def _filled(file: str, values: Iterable[str]) -> frozenset[str]:
    found = frozenset(value.strip() for value in values if value and value.strip())
    if not found:
        raise WorkspaceError("classifier_list_broken", file=_FOLDER + file, what="0")
    return found


def _names(texts: Mapping[str, str], file: str) -> frozenset[str]:
    """Read `code<TAB>name<TAB>variant, variant`; the code may be empty, lines starting with `#` are comments."""
    found: set[str] = set()
    for line in _text(texts, file).splitlines():
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 2:
            raise WorkspaceError("classifier_list_broken", file=_FOLDER + file, what="TAB")
        found.update(plain(name) for cell in cells[1:] for name in cell.split(","))
    return _filled(file, found)


def _provinces(cells: _Cells) -> frozenset[str]:
    """Return the names of provinces, now and before the merger, without the word for their kind."""
    names = cells("provinces_2025.csv", "name") | cells("province_codes_cccd.csv", "old_province_name")
    found = {name.removeprefix("tinh ").removeprefix("thanh pho ") for name in map(plain, names)}
    others = {"tphcm", "tp hcm", "hcm", "ho chi minh", "sai gon", "hn", "tp ho chi minh"}
    return _filled("provinces_2025.csv", found | others)


def _communes(cells: _Cells) -> frozenset[str]:
    """Return the names of communes and districts, now and before the merger, without the word for their kind."""
    names = cells("communes_2025.csv", "name") | cells("commune_merge_map.csv", "old_ward", "old_district")
    bare = {_KIND_OF_PLACE.sub("", name) for name in _plain_all(names)}
    # A number alone (Phường 12) is no name.
    return _filled("communes_2025.csv", (name for name in bare if not name.isdigit()))


def bare_place(text: str) -> str:
    """Return the name of a place, plain, without the word for its kind: `P. Tân Định` is `tan dinh`."""
    return _KIND_OF_PLACE.sub("", plain(text))


def _banks(cells: _Cells) -> frozenset[str]:
    """Return the codes and short names of banks that are one word, and what else one writes for the largest."""
    names = {plain(name) for name in cells("bank_bins.csv", "code", "short_name")}
    kept = (name for name in names if len(name) > 1 and " " not in name)
    return _filled("bank_bins.csv", {*kept, "tcb", "stb", "ctg", "vtb", "nhnn", "agb", "nhno"})


def _words(texts: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(_plain_all(_listed(texts, name)))


def _plain_all(names: Iterable[str]) -> list[str]:
    """Return all `names`, each one a line, `plain`."""
    return [" ".join(words) for words in words_in_lines("\n".join(" ".join(name.split()) for name in names))]


def _listed(texts: Mapping[str, str], name: str) -> frozenset[str]:
    """Read names separated by commas or newlines; lines starting with `#` are comments."""
    file = f"words_{name}.txt"
    lines = (line for line in _text(texts, file).splitlines() if not line.startswith("#"))
    return _filled(file, (" ".join(word.split()) for line in lines for word in line.split(",")))


def _encodings(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    file = "legacy_encodings.csv"
    tables: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(_text(texts, file))):
        if not row.get("encoding") or not row.get("written") or not row.get("unicode"):
            raise WorkspaceError("classifier_list_broken", file=_FOLDER + file, what="encoding,written,unicode")
        tables.setdefault(row["encoding"], {})[row["written"]] = row["unicode"]
    return tables
