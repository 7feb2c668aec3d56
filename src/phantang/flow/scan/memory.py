"""What one scan may take over from another: findings of tables that neither changed nor are judged otherwise now."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from phantang.catalog import Measured, UniqueSet
from phantang.model.finding import Finding
from phantang.model.names import ColumnName
from phantang.store.scans import ScanState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from phantang.engines import Sample, Sampling
    from phantang.model.schema import Generation, TableInfo

_SETS = tuple[UniqueSet, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as the database describes it, one finding a column in column order, and how it was sampled."""

    info: TableInfo
    findings: tuple[Finding, ...]
    sampling: dict[str, Any]
    measured: Measured | None = None
    #: The findings are those of an earlier scan.
    remembered: bool = False
    generations: Mapping[str, Generation] = dataclasses.field(default_factory=dict)


class Memory:
    """The findings of earlier scans of one source, used where everything that led to them is still the same."""

    def __init__(self, state: ScanState, judge: str) -> None:
        """`judge` is the digest of whatever else findings depend on: the rule packs."""
        self._state = state
        self._judge = judge
        self.interrupted = state.interrupted

    @classmethod
    @contextmanager
    def open(cls, folder: Path, source: str, judge: str, *, full: bool = False) -> Iterator[Memory]:
        """Open the memory of `source` for one scan. Raises as `ScanState.open`."""
        with ScanState.open(folder, source, forget=full) as state:
            yield cls(state, judge)

    def recall(self, info: TableInfo, sampling: Sampling, statistics: str | None) -> ReadTable | None:
        """Return what is remembered of a table, if it is still true: same structure, same statistics, same rules."""
        entry = self._state.entries.get(info.name.local)
        if entry is None or entry.get("key") != self._key(info, sampling, statistics):
            return None
        try:
            findings = tuple(_decode(Finding, {**one, "column": None}) for one in entry["findings"])
            how = {key: entry["sampling"][key] for key in ("method", "rows", "seed")}
            measured = Measured({key: _decode(_SETS, sets) for key, sets in entry["singled_out"].items()})
        except (KeyError, TypeError, ValueError, AttributeError):  # written by another version, or by hand
            return None
        if len(findings) != len(info.columns):
            return None
        named = (
            dataclasses.replace(finding, column=ColumnName(info.name, column.name))
            for finding, column in zip(findings, info.columns, strict=True)
        )
        return ReadTable(info, tuple(named), how, measured, remembered=True)

    def keep(self, table: ReadTable, sampling: Sampling, statistics: str | None) -> None:
        """Remember a table at once. Without `statistics` it serves only to go on with this scan if it is cut off."""
        self._state.record(
            {
                "table": table.info.name.local,
                "key": self._key(table.info, sampling, statistics),
                "lasting": statistics is not None,
                "sampling": table.sampling,
                "findings": list(map(_encode, table.findings)),
                "singled_out": {
                    rule: [dataclasses.asdict(one) for one in sets]
                    for rule, sets in (table.measured.singled_out if table.measured else {}).items()
                },
            }
        )

    def finish(self, present: Collection[TableInfo]) -> None:
        """Say that the scan came to its end and these tables are there."""
        self._state.finish({info.name.local for info in present})

    def _key(self, info: TableInfo, sampling: Sampling, statistics: str | None) -> str:
        structure = dataclasses.asdict(dataclasses.replace(info, rows=None))
        asked = [sampling.rows, sampling.seed, sorted(sampling.without)]
        parts = [code_digest("phantang.classify"), self._judge, structure, statistics, asked]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def stated(sample: Sample, sampling: Sampling) -> dict[str, Any]:
    """Return how a sample was taken, as `scan --format jsonl` prints it."""
    return {"method": sample.method, "rows": sample.rows, "seed": sampling.seed}


@cache
def code_digest(package: str) -> str:
    """Return a digest of all files of a package: by that of the one that judges values, upgrades read all again."""
    digest, folders = hashlib.sha256(), [resources.files(package)]
    while folders:
        for one in sorted(folders.pop().iterdir(), key=lambda one: one.name):
            if one.is_file():
                digest.update(one.name.encode() + one.read_bytes())
            elif one.name != "__pycache__":
                folders.append(one)
    return digest.hexdigest()


def _encode(value: Any) -> Any:
    """Return a finding without its column as JSON has it; `dataclasses.asdict` copies all it meets and takes longer."""
    kind: Any = type(value)
    if kind is tuple:
        return [_encode(one) for one in value]
    names = _names(kind)
    return {name: _encode(getattr(value, name)) for name in names} if names else value


@cache
def _names(kind: type) -> tuple[str, ...]:
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return tuple(field.name for field in fields if field.name != "column")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, localns={"ColumnName": ColumnName})


def _decode(kind: Any, value: Any) -> Any:
    """Return `value`, read from JSON, as the type `kind`: a dataclass, a tuple of one type, or plain JSON.

    Raises `TypeError` or `ValueError` for what does not fit.
    """
    if value is None:
        return None
    if isinstance(kind, types.UnionType):
        (kind,) = (one for one in typing.get_args(kind) if one is not types.NoneType)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{key: _decode(hints[key], one) for key, one in value.items()})
    if typing.get_origin(kind) is tuple:
        members = typing.get_args(kind)
        wanted = members[:1] * len(value) if members[1:] == (...,) else members
        return tuple(_decode(one, item) for one, item in zip(wanted, value, strict=True))
    if kind is float:
        return float(value)
    if kind in (str, int, bool) and type(value) is not kind:
        raise TypeError(kind)
    return value
