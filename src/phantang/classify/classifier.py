"""The classifier: compiled rule packs that turn a table and samples of its columns into one finding a column."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

from phantang.classify.claims import ColumnEvidence, conclude
from phantang.classify.codelists import CodeLists, parse_lists
from phantang.classify.column_types import kind_of
from phantang.classify.foreign_keys import propagate
from phantang.classify.pack import parse_packs
from phantang.classify.phrases import Claim, PhraseIndex
from phantang.classify.rule import Level, Lexicon, Rule
from phantang.classify.tables import TableContext, TableReader
from phantang.classify.values import ColumnHits, ValueMatcher
from phantang.model.finding import Finding
from phantang.model.names import ColumnName
from phantang.model.schema import ColumnInfo, TableInfo


def compile_packs(packs: Mapping[str, str], lists: Mapping[str, str], tags: Collection[str]) -> Classifier:
    """Compile rule packs into a classifier.

    `packs` are YAML texts by path relative to `classifiers/` (`vn/identity.yaml`), `lists` the code lists likewise
    (`lists/communes_2025.csv`), `tags` the vocabulary (a mapping from tag id will do): rules may use these and
    finer ones.

    Raises `WorkspaceError`: naming the file, the rule and what is wrong with it.
    """
    rules, lexicon = parse_packs(packs, tags)
    code_lists = parse_lists(lists)
    digest = hashlib.sha256()
    for path, text in sorted({**packs, **lists}.items()):
        for part in (path, text):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return Classifier(rules, lexicon, code_lists, f"sha256:{digest.hexdigest()}")


class Classifier:
    """Compiled rules. `digest` (`sha256:...`) changes with any byte of a pack or list; `rules` are in order of path."""

    def __init__(self, rules: Sequence[Rule], lexicon: Lexicon, lists: CodeLists, digest: str) -> None:
        self.rules = tuple(rules)
        self.lists = lists
        self.digest = digest
        self._index = PhraseIndex(self.rules, lexicon)
        self._tables = TableReader(self._index, lexicon, {number: rule.tag for number, rule in enumerate(rules)})
        self.values = ValueMatcher(self.rules, lists)

    def classify(self, table: TableInfo, samples: Mapping[str, Sequence[str | None]]) -> tuple[Finding, ...]:
        """Return one finding for every column of `table`, in its order.

        `samples` maps column names to values as text, `None` for NULL; a column without samples is judged by its name.
        """
        context = self._tables.read(table)
        return tuple(self._column(table, column, samples.get(column.name, ()), context) for column in table.columns)

    def propagate(self, tables: Sequence[TableInfo], findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return `findings`, in order, after tags travelled along the foreign keys of `tables`."""
        return propagate(tables, findings)

    def claims(self, name: str) -> tuple[Claim, ...]:
        """Return what rules say of a bare name, best first, whatever the table."""
        return self._index.claims(name)

    def _column(
        self, table: TableInfo, column: ColumnInfo, values: Sequence[str | None], context: TableContext
    ) -> Finding:
        kind = kind_of(column.type)
        allowed = frozenset(n for n, rule in enumerate(self.rules) if self._fits(rule, kind, context, column.name))
        names, refused = self._eligible(self._index.claims(column.name), allowed, context)
        comments: dict[int, Claim] = {}
        if column.comment:
            comments, _ = self._eligible(self._index.claims(column.comment, comment=True), allowed, context)
        hits = ColumnHits(0, {}, {})
        if values:
            hits = self.values.match(values, allowed, {*names, *comments}, people=context.about_people)
        seen = ColumnEvidence(
            column=ColumnName(table.name, column.name),
            names=names,
            comments=comments,
            refused=refused,
            allowed=allowed,
            hits=hits,
            about_people=context.about_people,
            known_words=self._index.known(column.name),
        )
        return conclude(seen, self.rules)

    def _fits(self, rule: Rule, kind: str, context: TableContext, column: str) -> bool:
        """Tell whether a rule may speak here: type, kind of table, and the columns that must or must not be beside."""
        if (rule.types and kind not in rule.types) or context.kinds & set(rule.not_in):
            return False
        holds = self._tables.holds
        return all(holds(group, context, column) for group in rule.needs) and not any(
            holds(group, context, column) for group in rule.without
        )

    def _eligible(
        self, claims: Sequence[Claim], allowed: frozenset[int], context: TableContext
    ) -> tuple[dict[int, Claim], tuple[int, ...]]:
        kept: dict[int, Claim] = {}
        refused: list[int] = []
        for claim in claims:
            if claim.rule not in allowed or (claim.level is Level.PERSON and not context.about_people):
                refused.append(claim.rule)
            else:
                kept[claim.rule] = claim
        return kept, tuple(refused)
