"""Reference lists a contract checks against: the administrative units in force, and those they replaced."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMUNES, PROVINCES, MERGERS = "communes_2025.csv", "provinces_2025.csv", "commune_merge_map.csv"


@dataclass(frozen=True, slots=True)
class ReferenceLists:
    """Administrative units after the reorganisation of 1 July 2025 (Decision 19/2025/QĐ-TTg).

    `communes` maps each current commune code to its province code. `legacy` holds commune codes that are no longer in
    force; a code taken over by a new unit is current, not legacy. `reassigned` holds the current codes whose old unit
    went, wholly or in part, to another new unit: in a record older than the reorganisation they may mean another place.
    """

    communes: Mapping[str, str]
    legacy: frozenset[str]
    reassigned: frozenset[str]
    provinces: frozenset[str]
    legacy_provinces: frozenset[str]


def parse_lists(files: Mapping[str, str]) -> ReferenceLists:
    """Return the lists from the texts of `communes_2025.csv`, `provinces_2025.csv` and `commune_merge_map.csv`.

    Other files are ignored. Raises `InputError` `contracts_list_missing` or `contracts_list_invalid`, naming the file.
    """
    communes = {
        row["commune_code"]: row["province_code"] for row in _rows(files, COMMUNES, ("commune_code", "province_code"))
    }
    provinces = frozenset(row["province_code"] for row in _rows(files, PROVINCES, ("province_code",)))
    mergers = _rows(files, MERGERS, ("old_ward_code", "new_commune_code", "old_province_code"))
    mergers = [row for row in mergers if row["old_ward_code"]]  # a dissolved district that had no ward
    old = {row["old_ward_code"] for row in mergers}
    moved = {row["old_ward_code"] for row in mergers if row["new_commune_code"] != row["old_ward_code"]}
    return ReferenceLists(
        communes=communes,
        legacy=frozenset(old - communes.keys()),
        reassigned=frozenset(moved & communes.keys()),
        provinces=provinces,
        legacy_provinces=frozenset(row["old_province_code"] for row in mergers) - provinces,
    )


def _rows(files: Mapping[str, str], name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    if name not in files:
        raise InputError("contracts_list_missing", file=name)
    try:
        reader = csv.DictReader(io.StringIO(files[name].removeprefix("\ufeff")), strict=True)
        rows = [{column: row[column] or "" for column in columns} for row in reader]
    except (csv.Error, KeyError):
        rows = []
    if not rows:
        raise InputError("contracts_list_invalid", file=name, columns=", ".join(columns))
    return rows
