"""The catalog for other tools, as text: OpenMetadata, DataHub, ODCS v3.1, DCAT-AP 3, CSV and JSON. No value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.catalog.exports.datahub import datahub
from phantang.catalog.exports.dcat import dcat
from phantang.catalog.exports.odcs import odcs
from phantang.catalog.exports.openmetadata import openmetadata
from phantang.catalog.exports.plain import csv_text, json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantang.catalog.exports.holding import Holding

#: What makes the text of each format.
FORMATS: dict[str, Callable[[Holding], str]] = {
    "openmetadata": openmetadata,
    "datahub": datahub,
    "odcs": odcs,
    "dcat": dcat,
    "csv": csv_text,
    "json": json_text,
}

__all__ = ["FORMATS", "csv_text", "datahub", "dcat", "json_text", "odcs", "openmetadata"]
