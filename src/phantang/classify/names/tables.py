"""What a table is about: a `tên` in `san_pham` is no person, nor is `giới tính` in a list of codes or of cattle."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from phantang.classify.names.telling import ANCHORS, IDENTIFYING, LISTED, ONLY_PEOPLES, OWN, TELLING
from phantang.classify.rules.rule import BY_ITSELF, Group, Lexicon
from phantang.classify.text.column_types import kind_of
from phantang.classify.text.words import is_syllable, words_of

if TYPE_CHECKING:
    from phantang.classify.names.phrases import PhraseIndex
    from phantang.classify.names.sequences import PhraseSet
    from phantang.model.schema import TableInfo

PERSON, ORGANISATION, REFERENCE, STATISTICS, ANIMAL = "person", "organisation", "reference", "statistics", "animal"
THING = "thing"
#: A table whose values name people, row by row.
IDENTIFIED = "identified"
#: A table with a column that tells people from organisations holds both.
_MIXED = "mixed"
#: Tables of these kinds are never about people, whatever their columns are called.
_NOT_PEOPLE = frozenset({REFERENCE, STATISTICS, ANIMAL, "requirement"})
#: What follows an organisation in the name of a table about it.
_OF_ITSELF = frozenset({"info", "detail", "information", "profile", "master", "registry", "record", "account", "unit"})
#: So many different ones of `OWN`, or of `TELLING`, and a partner, an agency or a site is about somebody.
_OF_SOMEBODY = 3
#: Phrases that say nothing of a table, and take away what a word inside them would have said.
_NO_KIND = "no_kind"
#: People of whom a job's requirements do not speak.
_APPLICANT = "applicant"
#: Phrases that say, as the whole name of a column, that a row is about somebody.
_FULL_NAME = "full_name"
#: Beside a full name, by strong names: they are that person's.
_REACHING = frozenset({"person.national_id", "person.phone", "person.email"})
#: Kinds that yield to a person named before them.
_THINGS = frozenset({ORGANISATION, "thing", ANIMAL, "vehicle"})
_SMALL_LIST = 8
#: Kinds of data that names cut short may say, as many as make a table one about people.
_GUESSES = 3
#: Words for the key of a row, before or after what it is the key of.
_KEYS = frozenset({"id", "ma", "key", "pk", "idx"})
#: Columns that a table of counts has at least, and the share of them that are numbers.
_SMALL_COUNT, _NUMBERS = 5, 0.6
#: First word of tables that list kinds (loại, nhóm, kiểu), and the word for a name (tên), without marks.
#: Short for a list of codes (danh mục) in front of what it lists, and never behind it.
_LIST = "dm"
_KINDS_OF, _NAME = frozenset({"loai", "nhom", "kieu"}), "ten"


@dataclass(frozen=True, slots=True)
class TableContext:
    """`kinds` of the table, and the tags that its columns bear by strong names: `{column: tags}`."""

    kinds: frozenset[str]
    anchors: Mapping[str, frozenset[str]]

    @property
    def about_people(self) -> bool:
        """Tell whether rows describe persons."""
        return PERSON in self.kinds


class _Spoken(NamedTuple):
    """What one column's name says, whatever its table.

    `tags` that it bears by a strong name, `guesses` that it may be short for, the kinds of table that such a column
    makes (`said`); whether it is of a role's field, the name of a person in full, a count.
    """

    tags: frozenset[str]
    guesses: frozenset[str]
    said: frozenset[str]
    of_role: bool
    full_name: bool
    counts: bool


class TableReader:
    """Reads a table's name, comment and column names into its context, by the words of the lexicon."""

    def __init__(self, index: PhraseIndex, lexicon: Lexicon, tags: Mapping[int, str]) -> None:
        """`tags` are those of rules that hold in any table: what needs a table of people makes none."""
        self._index = index
        self._tags = tags
        self._kinds = {kind: index.phrase_set(phrases) for kind, phrases in lexicon.tables.items()}
        self._first_words = frozenset[str]().union(*(phrases.first_words for phrases in self._kinds.values()))
        self._roles = index.phrase_set(lexicon.roles)
        self._columns = {kind: index.phrase_set(phrases) for kind, phrases in lexicon.columns.items()}
        self._full_name = self._columns.pop(_FULL_NAME, index.phrase_set(()))
        self._generic = frozenset(word.folded for phrase in lexicon.generic for word in words_of(phrase))
        self._groups: dict[tuple[str, ...], PhraseSet] = {}
        self._spoken = lru_cache(maxsize=16384)(self._what_is_spoken)

    def read(self, table: TableInfo) -> TableContext:
        """Return the context of `table`; nothing but names and comments is looked at."""
        kinds = self._kinds_by_name(table)
        spoken = [self._spoken(column.name) for column in table.columns]
        seen = frozenset[str]().union(*(one.tags for one in spoken))
        own = frozenset[str]().union(*(one.tags for one in spoken if not one.of_role))
        kinds -= self._refuted(table, kinds, seen, own, spoken)
        said = set[str]().union(*(one.said for one in spoken))
        kinds |= said - _THINGS if PERSON in kinds else said  # nhan_vien.he_so_tang_ca: no house with số tầng
        if {"clinical", "linked"} <= kinds:  # a patient's drug orders are no drugs
            kinds -= {"thing"}
        # Names cut short, many such guesses support each other.
        guesses = frozenset[str]().union(*(one.guesses for one in spoken))
        if len(guesses) >= _GUESSES and not kinds & (_NOT_PEOPLE | _THINGS):
            kinds |= {PERSON}
        if self._is_count(table, seen, spoken):
            kinds |= {STATISTICS}
        if _MIXED in kinds:
            kinds = kinds - {ORGANISATION} | {PERSON}
        if kinds & _NOT_PEOPLE:
            kinds -= {PERSON}
        elif not kinds & {"vehicle", "thing"} and (
            len(own & TELLING) >= _OF_SOMEBODY or (own if ORGANISATION in kinds else seen) & ANCHORS
        ):
            kinds |= {PERSON}
        anchors = {column.name: one.tags for column, one in zip(table.columns, spoken, strict=True)}
        return TableContext(frozenset(kinds), anchors)

    def _what_is_spoken(self, name: str) -> _Spoken:
        claims = self._index.claims(name)
        strong = (one for one in claims if one.level in BY_ITSELF)
        guessed = (self._tags.get(one.rule, "") for one in claims if one.guessed)
        return _Spoken(
            tags=frozenset(self._tags[one.rule] for one in strong if one.rule in self._tags),
            guesses=frozenset(guessed) & (ANCHORS | _REACHING),
            said=frozenset(kind for kind, phrases in self._columns.items() if self._says(name, phrases)),
            of_role=name in self._roles,
            full_name=self._full_name.span(name) == (0, len(self._index.words(name))),
            counts=self._index.is_count(name),
        )

    def _refuted(
        self,
        table: TableInfo,
        kinds: set[str],
        seen: frozenset[str],
        own: frozenset[str],
        spoken: Sequence[_Spoken],
    ) -> set[str]:
        """Return the kinds that what the columns bear, `own` not of a role's, speaks against."""
        found: set[str] = set()
        if len(seen & IDENTIFYING - {"person.email"}) > 1 and seen & {"person.name", "person.national_id"}:
            found |= {REFERENCE, STATISTICS}
        if PERSON in kinds and seen & LISTED and not self._is_list_of_kinds(table):
            found |= {REFERENCE}  # dm_benh_nhan lists patients, not kinds of patients
        if (seen & ONLY_PEOPLES and self._is_modifier(table)) or len(own & OWN) >= _OF_SOMEBODY:
            found |= {ORGANISATION}
        if len(own & TELLING) >= _OF_SOMEBODY:
            found |= {ORGANISATION, THING} if len(own & TELLING) > _OF_SOMEBODY else {ORGANISATION}
        if any(one.full_name for one in spoken):
            if own & _REACHING:  # somebody with a number of his own
                found |= {"thing", ANIMAL}
            if "person.birth_date" in own:
                found |= {"thing", "requirement"}
        return found

    def _is_modifier(self, table: TableInfo) -> bool:
        """Tell whether an English name says an organisation only to say which something: `school_discipline`."""
        words, span = self._index.words(table.name.table), self._kinds[ORGANISATION].span(table.name.table)
        last = words[-1].folded if words else ""
        return span is not None and span[1] < len(words) and not is_syllable(last) and last not in _OF_ITSELF

    def _is_count(self, table: TableInfo, seen: frozenset[str], spoken: Sequence[_Spoken]) -> bool:
        """Tell whether nobody is named, and most columns are numbers, some of them counts: `gv_nu` beside `tong_gv`."""
        if seen & LISTED - {"person.birth_date"} or len(table.columns) < _SMALL_COUNT:
            return False
        numbers = [
            said for one, said in zip(table.columns, spoken, strict=True) if kind_of(one.type) in {"integer", "number"}
        ]
        counted = sum(one.counts for one in numbers)
        return len(numbers) >= _NUMBERS * len(table.columns) and counted >= 2

    def _kinds_by_name(self, table: TableInfo) -> set[str]:
        """Return what its name says, or else its comment; lists of codes and catalogues are known by their columns."""
        kinds = self._kinds_of(table.name.table)
        if not kinds and table.comment:
            kinds = self._kinds_of(table.comment)
        if _APPLICANT in kinds:
            kinds = kinds - {"requirement", _APPLICANT} | {PERSON}
        if (PERSON not in kinds and self._is_code_list(table)) or self._is_list_of_kinds(table) or self._is_list(table):
            kinds |= {REFERENCE}
        elif not kinds and self._is_catalogue(table):
            kinds = {"thing"}
        return kinds

    def _says(self, column: str, phrases: PhraseSet) -> bool:
        """Tell whether a column's name has one of `phrases`, not inside a longer name of something else (số lượng)."""
        span = phrases.span(column)
        if span is None:
            return False
        start, end = span
        return not any(
            claim.start <= start
            and end <= claim.start + claim.length
            and claim.length > end - start
            and self._tags.get(claim.rule) == "none"
            for claim in self._index.claims(column)
        )

    def is_own_key(self, table: TableInfo, column: str) -> bool:
        """Tell whether a column is called a key of what its table is called after: `ViolationID`, `ma_hoan_canh`."""
        column_words, table_words = self._index.words(column), self._index.words(table.name.table)
        if len(column_words) < 2 or len(column_words) != len(table_words) + 1:
            return False
        words = tuple(word.folded for word in column_words)
        own = tuple(word.folded for word in table_words)
        return (words[0] in _KEYS and words[1:] == own) or (words[-1] in _KEYS and words[:-1] == own)

    def says_kind(self, name: str) -> bool:
        """Tell whether a name says what kind of thing it is about."""
        return bool(self._kinds_of(name))

    def could_be_people(self, context: TableContext) -> bool:
        """Tell whether nothing known so far speaks against a table of people."""
        return not context.about_people and not context.kinds & (_NOT_PEOPLE | _THINGS)

    def could_be_summary(self, context: TableContext) -> bool:
        """Tell whether it is known as a list of codes or as statistics, and as nothing else that has no people."""
        return bool(context.kinds & {REFERENCE, STATISTICS}) and not context.kinds & (_THINGS | {"requirement"})

    def _kinds_of(self, text: str) -> set[str]:
        """Return the kinds that a table's name says; of a person and a thing, what comes first (`nhan_vien_don_vi`).

        English puts the head last: what ends in a person (`school_students`, `campaign_contacts`) is about persons.
        Words inside a longer phrase say nothing of their own: an accident report is no statistics, a loan product no
        loan.
        """
        words = self._index.words(text)
        if self._first_words.isdisjoint([word.folded for word in words]):
            return set()
        spans = {kind: span for kind, phrases in self._kinds.items() if (span := phrases.span(text)) is not None}
        found = {
            kind: start
            for kind, (start, end) in spans.items()
            if not any(one <= start and end <= two and end - start < two - one for one, two in spans.values())
        }
        if words[-1].folded == _LIST and found.get(REFERENCE) == len(words) - 1 > 0:  # a data mart
            del found[REFERENCE]
        person = found.get(PERSON)
        if person is not None:
            last = spans[PERSON][1] == len(words)
            heads = last and not is_syllable(words[-1].folded)
            for other in _THINGS & found.keys():
                if heads or found[other] > person or (last and other == ORGANISATION):  # htx_xa_vien: its members
                    del found[other]
        return found.keys() - {_NO_KIND}

    def _is_code_list(self, table: TableInfo) -> bool:
        """Tell whether its few columns are all code, name, order or note of the thing the table is called after."""
        if not 2 <= len(table.columns) <= _SMALL_LIST:
            return False
        own = {word.folded for word in self._index.words(table.name.table)} | self._generic
        return all(all(word.folded in own for word in self._index.words(column.name)) for column in table.columns)

    def _is_catalogue(self, table: TableInfo) -> bool:
        """Tell whether it lists what it is called after: `benh` has a `ten_benh`, `lop` a `ten_lop`."""
        named = [_NAME, *(word.folded for word in self._index.words(table.name.table))]
        names = (self._index.words(column.name) for column in table.columns)
        return len(named) > 1 and any(
            len(words) == len(named) and [word.folded for word in words] == named for words in names
        )

    def _is_list(self, table: TableInfo) -> bool:
        """Tell whether dm (danh mục) is written before what a table lists, as one word: `BTXH_DMMUC`."""
        words = (word.folded for word in words_of(table.name.table) if word.folded.startswith(_LIST))
        return any(len(word) > len(_LIST) + 2 and is_syllable(word[len(_LIST) :]) for word in words)

    def _is_list_of_kinds(self, table: TableInfo) -> bool:
        """Tell whether a small table is called a kind or group of something: `loai_khach_hang`, `nhom_doi_tuong`."""
        words = self._index.words(table.name.table)
        return len(words) > 1 and words[0].folded in _KINDS_OF and len(table.columns) <= _SMALL_LIST

    def holds(self, group: Group, context: TableContext) -> bool | str:
        """Tell whether any part of `group` holds for the columns of a table.

        It speaks of other columns: if it is one column that makes it hold, for all others, its name is returned.
        """
        if not context.kinds.isdisjoint(group.table):
            return True
        if group.names and group.names not in self._groups:
            self._groups[group.names] = self._index.phrase_set(group.names)
        phrases: Container[str] = self._groups[group.names] if group.names else ()
        holding = (name for name, tags in context.anchors.items() if not tags.isdisjoint(group.tags) or name in phrases)
        found = list(islice(holding, 2))
        return found[0] if len(found) == 1 else bool(found)
