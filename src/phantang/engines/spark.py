"""Spark: tables too large for one machine, judged by the same rules over a sample that Spark draws.

A session that is there already is used as it is (inside `spark-submit`, on a cluster); else one is started here. Jobs
have the time limits of the session, and none of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F  # noqa: N812 - its usual name
from pyspark.sql.types import ArrayType, BinaryType, MapType, NullType, StructType

from phantang.engines.base import Capabilities, failure, shielded
from phantang.engines.files.finding import find, grouped
from phantang.engines.sampling import Sample, Sampling, evenly
from phantang.engines.scan_only import ScanOnlyEngine
from phantang.model.errors import EngineError
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo, structure_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType, StructField

    from phantang.engines.urls import FileTarget
    from phantang.model.errors import PhantangError

ERRORS = (PySparkException, Py4JError)
#: How many more rows than wanted are drawn, so that chance does not leave too few.
SPARE = 1.3
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
}


def _error(source: str, error: BaseException) -> PhantangError:
    """Return our error by the class Spark gives, never with its words: they hold paths, and values of bad records."""
    text = f"{getattr(error, 'getCondition', lambda: None)() or ''} {type(error).__name__} {str(error)[:2000]}"
    if "PATH_NOT_FOUND" in text or "FileNotFound" in text:
        return EngineError("table_vanished", source=source)
    if "CANNOT_READ_FILE" in text or "is not a Parquet file" in text or "FAILED_READ_FILE" in text:
        return EngineError("source_file_damaged", source=source)
    if "JAVA_GATEWAY_EXITED" in text:
        return EngineError("driver_missing", source=source, kind="spark", driver="Java 17")
    return failure(source, "XX000")


class SparkEngine(ScanOnlyEngine):
    """`Engine` on data frames by table name."""

    dialect = "spark"
    capabilities = Capabilities()

    def __init__(self, source: str, frames: Mapping[str, DataFrame]) -> None:
        self.source = source
        self._frames = {TableName(source, "main", name): frame for name, frame in frames.items()}

    def ping(self) -> None:
        """See `Engine.ping`: a data frame answers when it is asked."""

    @shielded(ERRORS, _error)
    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`. Rows are not counted: that could read everything."""
        return tuple(_info(name, frame) for name, frame in sorted(self._frames.items()))

    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`: there are none."""
        return {}

    @shielded(ERRORS, _error)
    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`: each row with equal probability by Spark's seeded generator, over every partition."""
        frame = self._frames.get(name)
        if frame is None:
            raise EngineError("table_vanished", source=self.source)
        fields = [field for field in frame.schema.fields if field.name not in sampling.without]
        if not fields:
            return Sample({}, "all", 0)
        limit, length = sampling.fit(len(fields))
        total = frame.count()
        if total > limit:
            frame = frame.sample(False, min(1.0, SPARE * limit / total), sampling.seed)
        texts = [F.substring(_text(field), 1, length) for field in fields]
        rows = frame.select(*(text.alias(f"c{at}") for at, text in enumerate(texts))).collect()
        kept = [rows[at] for at in evenly(len(rows), limit, 0)]
        values: dict[str, list[str | None]] = {field.name: [row[at] for row in kept] for at, field in enumerate(fields)}
        return Sample(values, "random_rows" if total > limit else "all", len(kept))


def open_files(target: FileTarget) -> SparkEngine:
    """Return an engine on the files at `target`, each table read by Spark. Raises as `connect`."""
    base, files = find(target)
    return SparkEngine(target.source, _frames(target, base, files))


@shielded(ERRORS, _error)
def _frames(target: FileTarget, base: Any, files: Any) -> dict[str, DataFrame]:
    session = _session()
    frames = {}
    for (schema, table), paths in grouped(base, files).items():
        reader = session.read
        if target.kind == "spark+csv":
            reader = reader.option("header", True).option("multiLine", True)  # columns stay text: 0123 keeps its zero
        name = table if schema == "main" else f"{schema}.{table}"
        frames[name] = reader.format(target.kind.removeprefix("spark+")).load([str(path.absolute()) for path in paths])
    return frames


def _session() -> SparkSession:
    builder = SparkSession.builder.appName("phantang")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    return SparkSession.getActiveSession() or builder.getOrCreate()


def _column(name: str) -> Any:
    return F.col("`" + name.replace("`", "``") + "`")


def _type(kind: DataType) -> str:
    """Return a type as databases write it: `STRING[]` for a list, `STRUCT` whatever is in it."""
    if isinstance(kind, ArrayType):
        return f"{_type(kind.elementType)}[]"
    return str(kind.simpleString()).partition("<")[0].upper()


def _text(field: StructField) -> Any:
    """Return a column as text: structures, lists and maps as JSON, bytes as nothing."""
    if isinstance(field.dataType, (BinaryType, NullType)):
        return F.lit(None).cast("string")
    column = _column(field.name)
    nested = isinstance(field.dataType, (StructType, ArrayType, MapType))
    return F.to_json(column) if nested else column.cast("string")


def _info(name: TableName, frame: DataFrame) -> TableInfo:
    columns = tuple(ColumnInfo(field.name, _type(field.dataType), field.nullable) for field in frame.schema.fields)
    digest = structure_digest("table", [(column.name, column.type) for column in columns], None)
    return TableInfo(name, columns, structure=digest)
