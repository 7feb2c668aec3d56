"""Measure a table against the contract that its tags make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.contracts.card import CheckResult, QualityCard, make_card
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandera.polars as pa
    import polars as pl

    from phantang.contracts.checks import Check
    from phantang.contracts.lists import ReferenceLists
    from phantang.model.catalog import Asset, ColumnEntry

#: `type` of a catalogued column that the database no longer has.
_ABSENT = "ABSENT"


def contract_for(asset: Asset, lists: ReferenceLists, today: date) -> pa.DataFrameSchema:
    """Return the pandera schema (polars backend) that the tags of `asset` ask for; `today` dates what must be current.

    Validate data frames with it, not LazyFrames, of which pandera reads only the schema. Its errors hold counts and
    check ids, no values. Raises `InputError` `contracts_column_unsupported`.
    """
    return _contract(asset, lists, today)[0]


def assess(asset: Asset, frame: pl.DataFrame, lists: ReferenceLists, today: date) -> QualityCard:
    """Return the quality card of `frame`, the rows of the table that `asset` describes.

    The frame must have every column of the asset that exists; others are ignored. An empty table has no scores.
    Raises `InputError`: `contracts_column_missing`, `contracts_column_unsupported`; `contracts_check_failed` when a
    check cannot be computed on this data. No error and no part of the card holds a value of the frame.
    """
    schema, columns, checks = _contract(asset, lists, today)
    for entry in columns:
        if entry.name not in frame.columns:
            raise InputError("contracts_column_missing", table=asset.name, column=entry.name)
    measured = _measure(schema, _flat(frame.select([entry.name for entry in columns])), checks)
    if measured is None:
        raise InputError("contracts_check_failed", table=asset.name)
    return make_card(asset.name, frame.height, {entry.name: entry.tag for entry in columns}, measured)


def _contract(
    asset: Asset, lists: ReferenceLists, today: date
) -> tuple[pa.DataFrameSchema, Sequence[ColumnEntry], Sequence[Check]]:
    from phantang.contracts.checks import checks_of
    from phantang.contracts.schema import build_schema

    columns = [entry for entry in asset.columns if entry.type != _ABSENT]
    for entry in columns:
        if not entry.name or entry.name == "*" or (entry.name.startswith("^") and entry.name.endswith("$")):
            # polars reads these as a selection of columns, not as the name of one
            raise InputError("contracts_column_unsupported", table=asset.name)
    checks = checks_of(asset, columns, lists, today)
    return build_schema(str(asset.name), [entry.name for entry in columns], checks), columns, checks


def _measure(
    schema: pa.DataFrameSchema, frame: pl.DataFrame, checks: Sequence[Check]
) -> tuple[CheckResult, ...] | None:
    """Return counts for every check, or `None`: an error of polars may quote values and must not travel on."""
    import polars as pl

    from phantang.contracts.schema import count_failures

    try:
        counts = frame.lazy().select(check.count.alias(str(at)) for at, check in enumerate(checks)).collect()
        failures = count_failures(schema, frame)
    except pl.exceptions.PolarsError:
        return None
    if failures is None:
        return None
    assessed = [int(count or 0) for count in counts.row(0)]
    return tuple(
        CheckResult(check.id, check.criterion, check.column, count, count - failures.get((check.column, check.id), 0))
        for check, count in zip(checks, assessed, strict=True)
    )


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with nested, binary and opaque columns replaced by whether there is a value, and dates by text.

    Every check reads text; turning dates into text once saves doing it in each check.
    """
    import polars as pl

    frame = frame.with_columns(pl.col(pl.Date, pl.Datetime).cast(pl.String))
    return frame.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.lit("x")).otherwise(None).alias(name)
        for name, kind in frame.schema.items()
        if kind.is_nested() or kind in {pl.Binary, pl.Object}
    )
