"""Measure đúng, đủ, sạch, sống of catalogued tables against the contracts generated from their tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from phantang import contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.contracts import QualityCard
    from phantang.flow.query.gateway import Gateway
    from phantang.model.catalog import Asset


def quality_cards(gateway: Gateway, assets: Sequence[Asset], limit: int | None = None) -> Iterator[QualityCard]:
    """Yield the quality card of each asset, reading at most `limit` rows of each table (all by default).

    Columns suspected of state secrets are not read, and are no part of a card; a table of nothing else has none. Raises
    `EngineError` when a table cannot be read.
    """
    lists = contracts.parse_lists(
        {
            path.removeprefix("lists/"): text
            for path, text in gateway.workspace.classifier_files().items()
            if path.startswith("lists/")
        }
    )
    today = datetime.now(UTC).date()
    for asset in assets:
        secret = asset.secret_columns
        readable = replace(asset, columns=tuple(entry for entry in asset.columns if entry.name not in secret))
        if not readable.columns:
            continue
        frame = pl.from_arrow(gateway.engine(asset.name.source).fetch(asset.name, limit, secret))
        if isinstance(frame, pl.DataFrame):
            yield contracts.assess(readable, frame, lists, today)
