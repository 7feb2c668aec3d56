"""The classifier: compiled rule packs that turn a table and samples of its columns into one finding a column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from phantang.classify.claims import NONE, ColumnEvidence, Conclusions
from phantang.classify.names.claim import Claim
from phantang.classify.names.naming import is_opaque, numbered, spoken_names
from phantang.classify.names.own_roles import OwnRoles
from phantang.classify.names.phrases import PhraseIndex
from phantang.classify.names.tables import (
    IDENTIFIED,
    ORGANISATION,
    PERSON,
    REFERENCE,
    STATISTICS,
    THING,
    TableContext,
    TableReader,
)
from phantang.classify.rules.codelists import CodeLists, forget_words
from phantang.classify.rules.confidence import none_among, unplaced
from phantang.classify.rules.rule import IN_PERSON_TABLES, Level, Lexicon, Rule
from phantang.classify.tables.foreign_keys import propagate
from phantang.classify.tables.generated import carry
from phantang.classify.tables.logins import with_logins
from phantang.classify.tables.paths import PathFinding, with_paths
from phantang.classify.tables.rows import agreeing
from phantang.classify.tables.subjects import (
    by_values_only,
    identified,
    organisations_by_values,
    people_by_values,
    register_by_values,
    things_by_values,
)
from phantang.classify.text.column_types import kind_of
from phantang.classify.text.dates import forget_dates
from phantang.classify.values.documents import Leaf, leaves
from phantang.classify.values.hits import ColumnHits
from phantang.classify.values.placing import Allowed, Placing, Surroundings
from phantang.classify.values.sampled import Sampled, Sampler
from phantang.classify.values.values import ValueMatcher
from phantang.model.finding import Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, TableInfo

#: Kinds of column that may hold documents.
_DOCUMENTS = frozenset({"text", "json", "other"})
#: Kinds of column that are often personal where others of a table of people are.
_DOUBTFUL = frozenset({"text", "number", "boolean"})
#: Levels of a phrase that say by itself, or beside people, what stands behind it in a value.
_LABELS = frozenset({Level.STRONG, Level.WHOLE, Level.PERSON})
#: What the key of a row may say.
_OF_KEYS = frozenset({NONE, "person.other"})
#: What values say of a column by itself, and may be of people in rows about them: where they studied.
_MAY_BE_OF_PEOPLE = frozenset({"organisation.name"})
#: What only people have: letters beside it in a name say whose it is.
_ONLY_PEOPLES = frozenset(
    {"person.birth_date", "person.national_id", "person.passport", "person.gender", "sensitive.ethnicity"}
)
#: Columns that a table called a list or a report must have before its values are asked whether it is one of people.
_WIDE = 4
#: What a table's name says of it, to be doubted where no column's name agrees.
_BY_NAME = frozenset({REFERENCE, STATISTICS, THING, ORGANISATION})
#: The share of rows with a value of their own in a column that says what each row is.
_OWN = 0.7


class Classifier:
    """Compiled rules. `digest` (`sha256:...`) changes with any byte of a pack or list; `rules` are in order of path."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon, lists: CodeLists, digest: str) -> None:
        self.rules = tuple(rules)
        self.lists = lists
        self.abbreviations = dict(lexicon.abbreviations)
        self.digest = digest
        self._index = PhraseIndex(self.rules, lexicon)
        self._tables = TableReader(
            self._index, lexicon, {n: rule.tag for n, rule in enumerate(rules) if not rule.needs}
        )
        self._own_roles = OwnRoles(
            self._index.known,
            self._is_of_person,
            beside=self._index.beside,
            letters=lexicon.what,
            heads=self._index.heads,
        )
        self.values = ValueMatcher(self.rules, lists)
        self._sampler = Sampler(self.values, self._is_label)
        self._placing = Placing(self.rules, self._tables)
        self._conclusions = Conclusions(self.rules)

    def classify(self, table: TableInfo, samples: Mapping[str, Sequence[str | None]]) -> tuple[Finding, ...]:
        """Return one finding for every column of `table`, in its order.

        `samples` maps column names to values as text, `None` for NULL; a column without samples is judged by its name.
        A table whose name says nothing, and whose values are people's numbers or names, is read again as one of people.
        No value is remembered.
        """
        try:
            return self._named_as_spoken(table, samples)
        finally:
            forget_words()
            forget_dates()

    def _named_as_spoken(self, table: TableInfo, samples: Mapping[str, Sequence[str | None]]) -> tuple[Finding, ...]:
        """Classify `table` with its columns called what their names say."""
        spoken = self._own_roles.apply(spoken_names(table, self._index.words))
        if all(name == said for name, said in spoken.items()):
            return self._classify(table, samples)
        read = replace(table, columns=tuple(replace(one, name=spoken[one.name]) for one in table.columns))
        values = {spoken[name]: texts for name, texts in samples.items() if name in spoken}
        found = self._classify(read, values)
        return tuple(
            replace(finding, column=ColumnName(table.name, column.name))
            for column, finding in zip(table.columns, found, strict=True)
        )

    def may_claim(self, table: TableInfo, tags: Collection[str]) -> bool:
        """Tell whether a name or comment of `table` speaks for a rule with one of `tags`: if not, no finding has it."""
        spoken = self._own_roles.apply(spoken_names(table, self._index.words)).values()
        said = [claim for name in spoken for claim in self._index.claims(name)]
        said += [c for one in table.columns if one.comment for c in self._index.claims(one.comment, comment=True)]
        return any(self.rules[claim.rule].tag in tags for claim in said)

    def _classify(self, table: TableInfo, samples: Mapping[str, Sequence[str | None]]) -> tuple[Finding, ...]:
        context = self._tables.read(table)
        series = numbered([column.name for column in table.columns])
        seen = [
            self._sampler.sampled(one, samples.get(one.name, ()), numbered=one.name in series) for one in table.columns
        ]
        placed = self._placing.within(context)
        found = [self._column(table, one, context, placed) for one in seen]
        other = self._read_again(table, seen, found, context)
        if other is not None:
            placed = self._placing.within(other)
            for place, one in enumerate(seen):
                open_to = found[place].tag in _MAY_BE_OF_PEOPLE if other.about_people else True
                if found[place].tag == NONE or (open_to and by_values_only(found[place])):
                    found[place] = self._column(table, one, other, placed)
        people = (other or context).about_people
        found = with_logins(found, samples, self.lists)
        if people:
            found = _doubted(table, agreeing(found, samples, self.lists), samples)
        if not context.kinds and not any(one.lines for one in seen):
            found = [_unplaced(one) for one in found]
        return tuple(
            with_paths(finding, self._documents(table, column, samples.get(column.name, ())))
            for column, finding in zip(table.columns, found, strict=True)
        )

    def _is_of_person(self, name: str) -> bool:
        """Tell whether a name says by itself what only a person has."""
        claims = self._index.claims(name)
        return any(self.rules[one.rule].tag in _ONLY_PEOPLES and one.level is Level.STRONG for one in claims)

    def _read_again(
        self, table: TableInfo, seen: Sequence[Sampled], found: Sequence[Finding], context: TableContext
    ) -> TableContext | None:
        """Return what values say of a table that its name does not: people, organisations; or `None`."""
        if not any(one.lines for one in seen):
            return None
        nameless = all(is_opaque(one.column.name) for one in seen)
        if context.about_people:
            return self._identified(seen, found, context)
        if self._tables.could_be_people(context):
            own = {one.column.name for one in seen if len(one.lines) >= _OWN * one.rows}
            if organisations_by_values(found, own):
                return TableContext(context.kinds | {ORGANISATION}, context.anchors)
            if things_by_values(found):
                return TableContext(context.kinds | {THING}, context.anchors)
            if people_by_values(found):
                known = {PERSON, IDENTIFIED} if identified(found) else {PERSON}
                return TableContext(context.kinds | known, context.anchors)
        elif (nameless or self._tables.could_be_summary(context)) and len(seen) >= _WIDE:
            doubted = _BY_NAME if nameless else {REFERENCE, STATISTICS}
            other = TableContext(context.kinds - doubted | {PERSON, IDENTIFIED}, context.anchors)
            placed = self._placing.within(other)
            again = [self._column(table, one, other, placed) for one in seen]
            if register_by_values(again) and not organisations_by_values(again, ()):
                return other
        return None

    def _identified(
        self, seen: Sequence[Sampled], found: Sequence[Finding], context: TableContext
    ) -> TableContext | None:
        """Return that rows of people name somebody, if a column is left whose name says nothing; or `None`."""
        left = any(one.tag == NONE and is_opaque(sampled.column.name) for one, sampled in zip(found, seen, strict=True))
        if left and IDENTIFIED not in context.kinds and identified(found):
            return TableContext(context.kinds | {IDENTIFIED}, context.anchors)
        return None

    def propagate(
        self,
        tables: Sequence[TableInfo],
        findings: Sequence[Finding],
        made_of: Mapping[ColumnName, Sequence[ColumnName]] | None = None,
    ) -> tuple[Finding, ...]:
        """Return `findings`, in order, after tags travelled along foreign keys and to columns `made_of` others.

        Only a database knows either, so no table is judged by them alone.
        """
        return carry(propagate(tables, findings), made_of or {})

    def claims(self, name: str) -> tuple[Claim, ...]:
        """Return what rules say of a bare name, best first, whatever the table."""
        return self._index.claims(name)

    def _is_label(self, words: str) -> bool:
        """Tell whether words in front of a value are a name of personal data."""
        return any(one.level in _LABELS and self.rules[one.rule].personal for one in self._index.claims(words))

    def _documents(self, table: TableInfo, column: ColumnInfo, values: Sequence[str | None]) -> tuple[PathFinding, ...]:
        """Classify the paths of a column of JSON or XML: every object is a table, named after its key."""
        paths = leaves(values) if values and kind_of(column.type) in _DOCUMENTS else ()
        objects: dict[tuple[str, ...], list[Leaf]] = {}
        for leaf in paths:
            objects.setdefault(leaf.parents, []).append(leaf)
        result: list[PathFinding] = []
        for parents, found in objects.items():
            named = next((key for key in (*reversed(parents), column.name) if self._tables.says_kind(key)), None)
            name = TableName(table.name.source, table.name.schema, named or table.name.table)
            members = list({leaf.key: leaf for leaf in found}.values())
            info = TableInfo(name, tuple(ColumnInfo(leaf.key, "VARCHAR") for leaf in members))
            findings = self._classify(info, {leaf.key: leaf.values for leaf in members})
            result += [PathFinding(leaf.path, finding) for leaf, finding in zip(members, findings, strict=True)]
        return tuple(result)

    def _column(self, table: TableInfo, sampled: Sampled, context: TableContext, placed: Surroundings) -> Finding:
        column, seen = sampled.column, sampled.seen
        kind = kind_of(column.type)
        allowed = placed.allowed(kind, column.name)
        opaque = is_opaque(column.name)
        claims = () if sampled.numbered else self._index.claims(column.name)
        if self._tables.is_own_key(table, column.name):  # of a violation, which is no offence itself
            claims = tuple(one for one in claims if self.rules[one.rule].tag in _OF_KEYS)
        names, refused = self._eligible(claims, allowed, context)
        comments: dict[int, Claim] = {}
        if column.comment:
            said = self._index.claims(column.comment, comment=True, question=opaque)
            comments, _ = self._eligible(said, allowed, context)
        hits = ColumnHits(0, {}, {})
        if seen is not None:
            named = {*names, *comments}
            as_text = kind in _DOCUMENTS
            people, rows = context.about_people, sampled.rows
            hits = self.values.match(seen, allowed, named, people=people, opaque=opaque, as_text=as_text, rows=rows)
        evidence = ColumnEvidence(names, comments, refused, hits, context.about_people, opaque)
        return self._conclusions.of(ColumnName(table.name, column.name), evidence)

    def _eligible(
        self, claims: Sequence[Claim], allowed: Allowed, context: TableContext
    ) -> tuple[dict[int, Claim], tuple[int, ...]]:
        kept: dict[int, Claim] = {}
        refused: list[int] = []
        for claim in claims:
            if claim.rule not in allowed or (
                claim.level in IN_PERSON_TABLES and not (context.about_people or claim.of_role)
            ):
                refused.append(claim.rule)
            else:
                kept[claim.rule] = claim
        return kept, tuple(refused)


def _unplaced(finding: Finding) -> Finding:
    """Return what a name alone says in a table of which nothing is known: it is right less often."""
    if not finding.tag.startswith(("person.", "sensitive.")):
        return finding
    return replace(finding, confidence=round(unplaced(finding.confidence), 3))


def _doubted(
    table: TableInfo, findings: Sequence[Finding], samples: Mapping[str, Sequence[str | None]]
) -> list[Finding]:
    """Return findings on rows of people, less sure of columns without values whose words no rule knows."""
    share = sum(found.tag.startswith(("person.", "sensitive.")) for found in findings) / max(1, len(findings))
    doubtful = {one.name for one in table.columns if kind_of(one.type) in _DOUBTFUL and not samples.get(one.name)}
    return [
        replace(found, confidence=none_among(found.confidence, share))
        if found.tag == NONE and not found.evidence and found.column.column in doubtful
        else found
        for found in findings
    ]
