"""Checks to a pandera schema, and a pandera run to counts. The only module that imports pandera.

Pandera is held to what may be kept: `n_failure_cases=0` keeps every value out of its errors, and what is counted is the
boolean output of each check. Its configuration is set here, so that no environment variable switches validation off,
and only data frames are validated: on a LazyFrame it would look at the schema alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandera.polars as pa
from pandera.config import ValidationDepth, config_context
from pandera.constants import CHECK_OUTPUT_KEY
from pandera.errors import SchemaErrorReason, SchemaErrors

from phantang.contracts.card import WHOLE_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from phantang.contracts.checks import Check


def build_schema(name: str, columns: Sequence[str], checks: Sequence[Check]) -> pa.DataFrameSchema:
    """Return the schema that asks for `columns` and runs `checks`; further columns are allowed."""
    return pa.DataFrameSchema(
        {
            column: pa.Column(nullable=True, checks=[_to_pandera(check) for check in checks if check.column == column])
            for column in columns
        },
        checks=[_to_pandera(check) for check in checks if check.column == WHOLE_ROW],
        name=name,
    )


def _to_pandera(check: Check) -> pa.Check:
    return pa.Check(_row_verdicts(check), name=check.id, error=check.id, n_failure_cases=0, ignore_na=False)


def _row_verdicts(check: Check) -> Callable[[Any], pl.LazyFrame]:
    def verdicts(data: Any) -> pl.LazyFrame:
        frame: pl.LazyFrame = data.lazyframe
        return frame.select(check.passes.alias(CHECK_OUTPUT_KEY))

    return verdicts


def count_failures(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> dict[tuple[str, str], int] | None:
    """Return how many rows fail each failing check, by `(column, check id)`; `None` if a check could not be run."""
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as failed:
            errors = failed.schema_errors
        else:
            return {}
    failures: dict[tuple[str, str], int] = {}
    for error in errors:
        if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or error.check_output is None:
            return None
        column = WHOLE_ROW if error.schema is schema else str(error.schema.name)
        failures[column, str(error.check.name)] = int((~error.check_output[CHECK_OUTPUT_KEY]).sum())
    return failures
