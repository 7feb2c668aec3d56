"""The path of one scan: introspect and sample, find, propose, write the catalog as text, record it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from os import PathLike
from typing import TYPE_CHECKING, Any

from phantang import catalog, classify, engines
from phantang.flow.catalog.publish import publish_assets
from phantang.flow.scan.memory import Memory, ReadTable
from phantang.flow.scan.source import ScanOptions, scan_source
from phantang.model.errors import EngineError, InputError, WorkspaceError
from phantang.store import Workspace, default_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.classify import Classifier
    from phantang.flow.scan.source import Failure, Progress, SourceScan
    from phantang.model.catalog import Asset, ColumnEntry, Snapshot, Tag
    from phantang.model.errors import PhantangError
    from phantang.model.names import TableName
    from phantang.store import Settings


@dataclass(frozen=True, slots=True)
class ScanReport:
    """`assets` is the catalog entry of every scanned table after the scan; `before` what stood before it.

    `scans` says how each source was read, and which of its tables could not be. `unreached` are the sources that could
    not be scanned at all; the catalog keeps what it knew of them.
    """

    assets: tuple[Asset, ...]
    before: Mapping[TableName, Asset]
    scans: tuple[SourceScan, ...]
    unreached: tuple[tuple[str, PhantangError], ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The tables that could not be read."""
        return tuple(failure for scan in self.scans for failure in scan.failures)

    def rows(self) -> list[dict[str, Any]]:
        """Return one JSON object a column, as printed by `scan --format jsonl`.

        `sampling` says how its table was read, and how many tables of the source and columns of the table could not be,
        if any, for want of a privilege.
        """
        sampling = {
            table.info.name: table.sampling
            | ({"unreadable_tables": len(scan.unreadable)} if scan.unreadable else {})
            | ({"unreadable_columns": scan.hidden[table.info.name]} if table.info.name in scan.hidden else {})
            for scan in self.scans
            for table in scan.tables
        }
        return [
            {**column_row(asset, entry), "sampling": sampling.get(asset.name)}
            for asset in self.assets
            for entry in asset.columns
        ]


def column_row(asset: Asset, entry: ColumnEntry) -> dict[str, Any]:
    """Return the stable JSON form of one catalogued column."""
    return {
        "source": asset.name.source,
        "schema": asset.name.schema,
        "table": asset.name.table,
        "column": entry.name,
        "type": entry.type,
        "tag": entry.tag,
        "tags": list(entry.tags),
        "personal_class": entry.personal_class,
        "tier": entry.tier,
        "confidence": entry.confidence,
        "status": entry.status,
        "evidence": [
            {"rule": item.rule, "kind": item.kind, "hits": item.hits, "sampled": item.sampled}
            | ({"paths": [{"path": one.path, "tag": one.tag} for one in item.paths]} if item.paths else {})
            for item in entry.evidence
        ],
    }


def scan_workspace(
    workspace: Workspace,
    sources: Sequence[str] = (),
    *,
    accept_as: str | None = None,
    options: ScanOptions | None = None,
    progress: Progress | None = None,
) -> ScanReport:
    """Scan sources of the workspace (all of them by default) and write what is proposed into `catalog/assets/`.

    Files are written only after every source was scanned, all together. With `accept_as`, the proposals are accepted
    in that person's name. What was read is remembered in `.phantang/scan/`: the next scan goes on after a crash, and
    skips what did not change. Raises `InputError` for an unknown source, and the first source's error when none could
    be scanned.
    """
    sources = known_sources(workspace, sources)
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    classifier = load_classifier(workspace.classifier_files(), snapshot.tags)
    options = options or scan_options(workspace.settings)
    scans: list[SourceScan] = []
    unreached: list[tuple[str, PhantangError]] = []
    judge = f"{classifier.digest}{snapshot.raise_rules!r}"
    secret = secret_columns(workspace, snapshot)
    for source in sources:
        try:
            with (
                engines.connect(workspace.source_url(source), source) as engine,
                Memory.open(workspace.scan_folder, source, judge, full=options.full) as memory,
            ):
                scans.append(
                    scan_source(engine, classifier, snapshot, options, memory=memory, secret=secret, progress=progress)
                )
        except (EngineError, InputError, WorkspaceError) as error:
            unreached.append((source, error))
    if unreached and not scans:
        raise unreached[0][1]
    tables = [table for scan in scans for table in scan.tables]
    assets = [propose_table(table, snapshot) for table in tables]
    if accept_as:
        assets = [catalog.accept(asset, by=accept_as) for asset in assets]
    publish_assets(
        workspace,
        assets,
        "scan",
        {
            "tables": [str(asset.name) for asset in assets],
            "columns": sum(len(asset.columns) for asset in assets),
            "accepted_by": accept_as,
            "classifiers_revision": classifier.digest,
            "sampling": {"rows": options.rows, "seed": options.seed, "seconds": options.seconds},
            "sources": {scan.source: scan.statement() for scan in scans},
        },
    )
    return ScanReport(tuple(assets), snapshot.assets, tuple(scans), tuple(unreached))


def known_sources(workspace: Workspace, sources: Sequence[str]) -> Sequence[str]:
    """Return `sources`, or all of the workspace where none is named. Raises `InputError` `source_unknown`."""
    for source in sources:
        if source not in workspace.sources:
            raise InputError("source_unknown", source=source, known=", ".join(sorted(workspace.sources)) or "-")
    return sources or sorted(workspace.sources)


def secret_columns(workspace: Workspace, snapshot: Snapshot) -> dict[TableName, frozenset[str]]:
    """Return the columns that are suspected of state secrets, of retired tables too: they are not read again."""
    gone = catalog.retired_tables(workspace.catalog_files(), snapshot.tags)
    known = {name: record.asset for name, record in gone.items()} | dict(snapshot.assets)
    return {name: asset.secret_columns for name, asset in known.items()}


def scan_url(url: str, options: ScanOptions, *, progress: Progress | None = None) -> ScanReport:
    """Classify every column of the source at `url` with the built-in rule packs; write nothing, remember nothing.

    Raises `InputError` or `EngineError` when the source cannot be opened.
    """
    with engines.connect(url, engines.source_name(url)) as engine:
        return scan_open(engine, options, progress=progress)


def scan_open(engine: engines.Engine, options: ScanOptions, *, progress: Progress | None = None) -> ScanReport:
    """Do the same for a source that is open already."""
    snapshot = default_snapshot()
    classifier = load_classifier(_defaults(), snapshot.tags)
    done = scan_source(engine, classifier, snapshot, options, progress=progress)
    return ScanReport(tuple(propose_table(table, snapshot) for table in done.tables), {}, (done,))


def scan(source: Any, *, sample_rows: int = 200, seed: int = engines.SEED) -> list[dict[str, Any]]:
    """Classify every column of a source with the built-in rule packs; write nothing.

    `source` is a SQLAlchemy URL, the path of a file or folder, or a Spark DataFrame (a table called `dataframe`).

    Returns one object a column: `{source, schema, table, column, type, tag, tags, personal_class, tier, confidence,
    status, evidence, sampling}`. Raises `InputError` or `EngineError` when it cannot be opened, and the error of the
    first table that cannot be read.
    """
    options = ScanOptions(rows=sample_rows, seed=seed)
    if isinstance(source, str | PathLike):
        report = scan_url(str(source), options)
    else:
        with engines.open_frame(source) as engine:
            report = scan_open(engine, options)
    for failure in report.failures:
        raise failure.error
    return report.rows()


def default_snapshot() -> Snapshot:
    """Return the built-in catalog: the vocabulary, and no table."""
    return catalog.parse_snapshot(read_folder(default_folder("catalog")))


def scan_options(settings: Settings, **given: Any) -> ScanOptions:
    """Return the options of a workspace's settings, but for those `given` that are not `None`."""
    known = {"rows": settings.scan_sample_rows, "seed": settings.scan_seed, "seconds": settings.scan_table_seconds}
    return ScanOptions(**known | {key: value for key, value in given.items() if value is not None})


def load_classifier(files: Mapping[str, str], tags: Mapping[str, Tag]) -> Classifier:
    """Compile the rule packs among `files` (paths relative to a `classifiers/` folder) with their code lists."""
    return classify.compile_packs(*pack_files(files), tags, own=_defaults())


def pack_files(files: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the rule packs and the code lists among `files`, by path.

    Word lists that a workspace of an earlier version does not have are the program's own.
    """
    packs = {path: text for path, text in files.items() if not path.startswith("lists/") and path.endswith(".yaml")}
    own = {path: text for path, text in files.items() if path.startswith("lists/")}
    words = {path: text for path, text in _defaults().items() if path.startswith("lists/words_")} if own else {}
    return packs, words | own


@cache
def _defaults() -> dict[str, str]:
    """Return the program's own packs and lists, by path."""
    return dict(read_folder(default_folder("classifiers")))


def propose_table(table: ReadTable, snapshot: Snapshot) -> Asset:
    """Return what the catalog would say of a table that was read."""
    privacy_unit, scope = classify.propose_structure(table.info, table.findings)
    proposed = catalog.propose(
        snapshot.assets.get(table.info.name),
        table.info,
        table.findings,
        snapshot.tags,
        privacy_unit,
        scope,
        rules=snapshot.raise_rules,
        measured=table.measured,
    )
    return catalog.computed(proposed, table.generations)
