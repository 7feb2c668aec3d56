"""The path of one scan: introspect and sample, find, propose, write the catalog as text, record it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang import catalog, classify, engines
from phantang.flow.publish import publish_assets
from phantang.model.errors import EngineError, InputError
from phantang.store import Workspace, default_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from phantang.classify import Classifier
    from phantang.model.catalog import Asset, ColumnEntry, Tag
    from phantang.model.finding import Finding
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

    #: Called before each table with its name, its position from 0, and the number of tables of the source.
    Progress = Callable[[TableName, int, int], None]


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """A table as the database describes it, and one finding for each of its columns, in column order."""

    info: TableInfo
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ScanReport:
    """`assets` is the catalog entry of every scanned table after the scan; `before` what stood before it.

    `skipped` are tables that vanished, or could not be read, while the scan ran.
    """

    assets: tuple[Asset, ...]
    before: Mapping[TableName, Asset]
    skipped: tuple[TableName, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return one JSON object a column, as printed by `scan --format jsonl`."""
        return [column_row(asset, entry) for asset in self.assets for entry in asset.columns]


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
            for item in entry.evidence
        ],
    }


def classify_source(
    engine: engines.Engine, classifier: Classifier, sample_rows: int, progress: Progress | None = None
) -> tuple[tuple[ScannedTable, ...], tuple[TableName, ...]]:
    """Classify every column of one open database; return the tables and those that could not be read.

    Raises `EngineError` `source_unreachable` when the database goes away meanwhile.
    """
    tables = engine.introspect()
    scanned: list[TableInfo] = []
    findings: list[Finding] = []
    skipped: list[TableName] = []
    for position, info in enumerate(tables):
        if progress:
            progress(info.name, position, len(tables))
        try:
            samples = engine.sample(info.name, sample_rows)
        except EngineError as error:
            if error.code == "source_unreachable":  # not this table's fault, and every other table's fate
                raise
            skipped.append(info.name)
            continue
        scanned.append(info)
        findings.extend(classifier.classify(info, samples))
    by_table: dict[TableName, list[Finding]] = {info.name: [] for info in scanned}
    for finding in classifier.propagate(scanned, findings):
        by_table[finding.column.table].append(finding)
    return tuple(ScannedTable(info, tuple(by_table[info.name])) for info in scanned), tuple(skipped)


def scan_workspace(
    workspace: Workspace,
    sources: Sequence[str] = (),
    *,
    accept_as: str | None = None,
    progress: Progress | None = None,
) -> ScanReport:
    """Scan sources of the workspace (all of them by default) and write what is proposed into `catalog/assets/`.

    Files are written only after every source was scanned, all together. With `accept_as`, the proposals are accepted
    in that person's name. Raises `InputError` for an unknown source and `EngineError` for one that cannot be opened.
    """
    for source in sources:
        if source not in workspace.sources:
            raise InputError("source_unknown", source=source, known=", ".join(sorted(workspace.sources)) or "-")
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    classifier = load_classifier(workspace.classifier_files(), snapshot.tags)
    assets: list[Asset] = []
    skipped: list[TableName] = []
    for source in sources or sorted(workspace.sources):
        with engines.connect(workspace.source_url(source), source) as engine:
            tables, unread = classify_source(engine, classifier, workspace.settings.scan_sample_rows, progress)
        skipped.extend(unread)
        assets.extend(_propose(table, snapshot.assets.get(table.info.name), snapshot.tags) for table in tables)
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
        },
    )
    return ScanReport(tuple(assets), snapshot.assets, tuple(skipped))


def scan(url: str, *, sample_rows: int = 200) -> list[dict[str, Any]]:
    """Classify every column of the database at a SQLAlchemy `url` with the built-in rule packs; write nothing.

    Returns one object a column: `{source, schema, table, column, type, tag, tags, personal_class, tier, confidence,
    status, evidence}`. Raises `InputError` or `EngineError` when the database cannot be opened.
    """
    tags = catalog.parse_snapshot(read_folder(default_folder("catalog"))).tags
    classifier = load_classifier(read_folder(default_folder("classifiers")), tags)
    with engines.connect(url, engines.source_name(url)) as engine:
        tables, _ = classify_source(engine, classifier, sample_rows)
    assets = [_propose(table, None, tags) for table in tables]
    return [column_row(asset, entry) for asset in assets for entry in asset.columns]


def load_classifier(files: Mapping[str, str], tags: Mapping[str, Tag]) -> Classifier:
    """Compile the rule packs among `files` (paths relative to a `classifiers/` folder) with their code lists."""
    packs = {path: text for path, text in files.items() if not path.startswith("lists/") and path.endswith(".yaml")}
    lists = {path: text for path, text in files.items() if path.startswith("lists/")}
    return classify.compile_packs(packs, lists, tags)


def _propose(table: ScannedTable, existing: Asset | None, tags: Mapping[str, Tag]) -> Asset:
    privacy_unit, scope = classify.propose_structure(table.info, table.findings)
    return catalog.propose(existing, table.info, table.findings, tags, privacy_unit, scope)
