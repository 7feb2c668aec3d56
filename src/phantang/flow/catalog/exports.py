"""The catalog for other tools and for people who look at shapes of values: what needs the workspace, not only text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang import engines
from phantang.catalog.exports import FORMATS
from phantang.catalog.exports.holding import Holding
from phantang.model.errors import EngineError, PhantangError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from phantang.model.catalog import Asset, Snapshot
    from phantang.store import Workspace

#: Rows looked at for shapes, shapes shown of one column, and characters of one shape.
_ROWS, _SHAPES, _LENGTH = 50, 3, 24
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


def export_text(workspace: Workspace, snapshot: Snapshot, assets: Sequence[Asset], form: str, lang: str) -> str:
    """Return `assets` in the format `form`, one of `catalog.exports.FORMATS`."""
    platforms: dict[str, str] = {}
    databases: dict[str, str] = {}
    for source in {asset.name.source for asset in assets} & workspace.sources.keys():
        try:
            platform, database = engines.platform_of(workspace.source_url(source), source)
        except PhantangError:  # the catalog is exported whether or not the source can be named
            continue
        platforms |= {source: platform} if platform else {}
        databases |= {source: database} if database else {}
    ordered = sorted(assets, key=lambda asset: asset.name)
    holding = Holding(
        workspace.settings.name, snapshot.digest, ordered, snapshot.tags, snapshot.tiers, platforms, databases, lang
    )
    return FORMATS[form](holding)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a few values by column, and the tables (or whole sources) that could not be read, and why."""

    of: Mapping[ColumnName, str]
    unread: Mapping[str, PhantangError]


def sample_shapes(workspace: Workspace, assets: Sequence[Asset]) -> Shapes:
    """Return the shapes of a few values of each column: letters as x, digits as 9, and nothing of the value itself.

    Columns suspected of state secrets are not read. What cannot be read any more is said, and the rest goes on.
    """
    shapes: dict[ColumnName, str] = {}
    unread: dict[str, PhantangError] = {}
    for source in sorted({asset.name.source for asset in assets}):
        try:
            with engines.connect(workspace.source_url(source), source) as engine:
                for asset in (asset for asset in assets if asset.name.source == source):
                    try:
                        shapes.update(_shapes(engine, asset))
                    except EngineError as error:
                        unread[str(asset.name)] = error
        except PhantangError as error:
            unread[source] = error
    return Shapes(shapes, unread)


def _shapes(engine: engines.Engine, asset: Asset) -> Iterator[tuple[ColumnName, str]]:
    sampling = engines.Sampling(_ROWS, without=asset.secret_columns)
    for column, values in engine.draw(asset.name, sampling).values.items():
        found = dict.fromkeys(_shape(value) for value in values if value)
        yield ColumnName(asset.name, column), " | ".join(list(found)[:_SHAPES])


def _shape(value: str) -> str:
    short = value[:_LENGTH]
    shape = _LETTER.sub("x", _DIGIT.sub("9", short))
    return shape + ("…" if len(value) > _LENGTH else "")
