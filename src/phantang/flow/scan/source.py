"""One source, table by table: take a sample, or what is remembered of an unchanged table, and judge its columns."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from phantang import catalog, classify, engines
from phantang.flow.scan.generation import generations, made_of, marked, reading, tables_read
from phantang.flow.scan.memory import Memory, ReadTable, stated
from phantang.flow.scan.subjects import count_subjects
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.classify import Classifier
    from phantang.model.catalog import Snapshot
    from phantang.model.finding import Finding
    from phantang.model.names import ColumnName, TableName
    from phantang.model.schema import TableInfo

#: Faults that are no table's own: every other table would share them.
_FATAL = ("source_unreachable", "source_auth")


class Progress(Protocol):
    """Called before each table with its name, its position from 0, and the number of tables of the source."""

    def __call__(self, name: TableName, position: int, total: int) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a scan reads: see `engines.Sampling` for the first three.

    `tables` are patterns (`*`, `?`, `[...]`) of `schema.table` or `table`, all tables if there are none. With `full`,
    tables that did not change are read too.
    """

    rows: int = 1_000
    seed: int = engines.SEED
    seconds: float = engines.SECONDS
    tables: tuple[str, ...] = ()
    full: bool = False

    def wants(self, name: TableName) -> bool:
        """Tell whether a table is to be scanned."""
        return not self.tables or any(
            fnmatchcase(one, pattern) for pattern in self.tables for one in (name.local, name.table)
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """A table that could not be read, and why."""

    table: TableName
    error: EngineError


@dataclass(frozen=True, slots=True)
class SourceScan:
    """What came of one source. `resumed` tells that the scan before did not end and this one went on from it.

    `unreadable` are the tables that are there, as far as the source says so, and that the account may not read, or, in
    a folder, the files of other kinds; `hidden` counts the columns that it may not read of tables that were scanned.
    """

    source: str
    dialect: str
    tables: tuple[ReadTable, ...]
    failures: tuple[Failure, ...]
    resumed: bool = False
    unreadable: tuple[TableName, ...] = ()
    hidden: Mapping[TableName, int] = field(default_factory=dict)

    @property
    def empty(self) -> tuple[TableName, ...]:
        """The tables without a column, such as empty files: there was nothing to judge."""
        return tuple(table.info.name for table in self.tables if not table.info.columns)

    @property
    def remembered(self) -> int:
        """The number of tables that were not read, as nothing about them changed."""
        return sum(table.remembered for table in self.tables)

    def statement(self) -> dict[str, Any]:
        """Return how the source was sampled, for the ledger: counts only."""
        return {
            "read": len(self.tables) - self.remembered,
            "unchanged": self.remembered,
            "unreadable": len(self.unreadable),
            "empty": len(self.empty),
            "hidden_columns": sum(self.hidden.values()),
            "failed": dict(Counter(failure.error.code for failure in self.failures)),
            "methods": dict(Counter(table.sampling["method"] for table in self.tables)),
        }


def scan_source(
    engine: engines.Engine,
    classifier: Classifier,
    snapshot: Snapshot,
    options: ScanOptions,
    *,
    memory: Memory | None = None,
    secret: Mapping[TableName, frozenset[str]] | None = None,
    progress: Progress | None = None,
) -> SourceScan:
    """Judge every column of one open source. Columns in `secret`, or suspected of state secrets by name, are not read.

    What columns are together is measured too, for the raise rules of `snapshot`, and people are counted; see
    `catalog.Measured`. A table that cannot be read is one of the `failures`; the others go on. Raises `EngineError`
    `source_unreachable` when the source itself goes away meanwhile.
    """
    present = engine.introspect()
    infos = [info for info in present if options.wants(info.name)]
    unreadable = {name: columns for name, columns in engine.unreadable().items() if options.wants(name)}
    hidden = {name: columns for name, columns in unreadable.items() if columns}
    statistics = engine.statistics() if memory else {}
    generated = generations(present, engine.dialect)
    made = made_of(generated, present)
    of_secrets = frozenset(tag for tag, meaning in snapshot.tags.items() if meaning.tier == "T5")
    known_infos, below = {info.name: info for info in present}, tables_read(made)

    @cache
    def suspected(name: TableName) -> frozenset[str]:
        by_name = _secret_by_name(classifier, known_infos[name], of_secrets)
        return by_name | (secret or {}).get(name, frozenset())

    read: list[ReadTable] = []
    failures: list[Failure] = []
    for position, info in enumerate(infos):
        if progress:
            progress(info.name, position, len(infos))
        secrets = {name: suspected(name) for name in sorted(below.get(info.name, {info.name}))}
        without = reading(secrets, made)[info.name] if info.name in below else secrets[info.name]
        sampling = engines.Sampling(options.rows, options.seed, options.seconds, without)
        known = memory.recall(info, sampling, statistics.get(info.name)) if memory else None
        if known is None:
            try:
                sample = engine.draw(info.name, sampling)
            except EngineError as error:
                if error.code in _FATAL:
                    raise
                failures.append(Failure(info.name, error))
                continue
            findings = classifier.classify(info, sample.values)
            measured = catalog.Measured(catalog.measure(findings, sample.values, snapshot.raise_rules, info.rows))
            known = ReadTable(info, findings, stated(sample, sampling), measured)
            if memory:
                memory.keep(known, sampling, statistics.get(info.name))
        own = generated[info.name]
        read.append(dataclasses.replace(known, info=marked(known.info, own), generations=own))
    if memory:
        memory.finish(present)
    resumed = memory is not None and memory.interrupted and any(table.remembered for table in read)
    tables = [_counted(engine, table, snapshot) for table in _propagated(classifier, read, made)]
    whole = tuple(sorted(set(unreadable) - set(hidden)))
    return SourceScan(engine.source, engine.dialect, tuple(tables), tuple(failures), resumed, whole, hidden)


def _secret_by_name(classifier: Classifier, info: TableInfo, tags: frozenset[str]) -> frozenset[str]:
    """Return the columns whose name alone makes them suspect of one of `tags`, those of state secrets."""
    if not classifier.may_claim(info, tags):
        return frozenset()
    return frozenset(
        finding.column.column for finding in classifier.classify(info, {}) if tags.intersection(finding.tags)
    )


def _counted(engine: engines.Engine, table: ReadTable, snapshot: Snapshot) -> ReadTable:
    """Return `table` with the number of its people; one that did not change is not counted again."""
    known = snapshot.assets.get(table.info.name)
    if table.measured is None or (table.remembered and known is not None and known.subjects is not None):
        return table
    unit, _ = classify.propose_structure(table.info, table.findings)
    subjects = count_subjects(engine, table.info, unit, snapshot.raise_rules)
    return dataclasses.replace(table, measured=dataclasses.replace(table.measured, subjects=subjects))


def _propagated(
    classifier: Classifier, tables: Sequence[ReadTable], made: Mapping[ColumnName, Sequence[ColumnName]]
) -> tuple[ReadTable, ...]:
    """Return `tables` with the tags that travel along their foreign keys, and into what is computed from them."""
    findings = [finding for table in tables for finding in table.findings]
    by_table: dict[TableName, list[Finding]] = {table.info.name: [] for table in tables}
    for finding in classifier.propagate([table.info for table in tables], findings, made):
        by_table[finding.column.table].append(finding)
    return tuple(dataclasses.replace(table, findings=tuple(by_table[table.info.name])) for table in tables)
