"""National code lists, passed in as text: places old and new, prefixes, plates, ethnicities, religions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from phantang.model.errors import InputError
from phantang.samples.draws import Groups, Ints
from phantang.samples.vocabulary import frame

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMO_COMMUNE: Final = "00004"
"""Phường Ba Đình, Hà Nội: the commune of the demo's officer."""
DEMO_PROVINCE: Final = "01"
"""Hà Nội."""

_COLUMNS: Final = {
    "communes_2025.csv": ("commune_code", "name", "division_type", "province_code"),
    "provinces_2025.csv": ("province_code", "name"),
    "province_codes_cccd.csv": ("cccd_prefix", "old_province_name", "new_province_code_2025"),
    "plate_codes.csv": ("plate_code", "new_province_code_2025"),
    "commune_merge_map.csv": (
        "old_ward_code",
        "old_ward",
        "old_district",
        "old_province",
        "new_commune_code",
        "is_default",
    ),
}
LISTS: Final = (*_COLUMNS, "ethnicities.txt", "religions.txt")


@dataclass(frozen=True, slots=True, eq=False)
class CodeLists:
    """The lists, joined by position: `province` of a commune, a prefix, a plate is a row of `provinces`.

    `legacy` has wards abolished in 2025 whose code no current commune uses; its `commune` is a row of `communes`.
    """

    communes: pl.DataFrame
    provinces: pl.DataFrame
    birth_provinces: pl.DataFrame
    plates: pl.DataFrame
    legacy: pl.DataFrame
    ethnicities: tuple[str, ...]
    religions: tuple[str, ...]
    communes_of_province: Groups
    births_of_province: Groups
    plates_of_province: Groups
    legacy_of_commune: Groups

    @property
    def demo_commune(self) -> int:
        """Return the row of the demo's commune in `communes`."""
        return int((self.communes["commune_code"] == DEMO_COMMUNE).arg_max() or 0)

    @property
    def province_of_commune(self) -> Ints:
        """Return the row in `provinces` for each row of `communes`."""
        return _ints(self.communes["province"])


def parse(lists: Mapping[str, str]) -> CodeLists:
    """Return the lists parsed and joined.

    Raises:
        InputError: `sample_list_missing`, `sample_list_malformed`.

    """
    for name in LISTS:
        if not lists.get(name, "").strip():
            raise InputError("sample_list_missing", name=name)
    tables = {name: _table(name, lists[name]) for name in _COLUMNS}
    provinces = _keyed(tables["provinces_2025.csv"], "province_code", "provinces_2025.csv")
    provinces = provinces.join(frame("provinces"), on="province_code", how="left", maintain_order="left")
    communes = _keyed(tables["communes_2025.csv"], "commune_code", "communes_2025.csv")
    communes = _joined("communes_2025.csv", communes, provinces, "province_code")
    if DEMO_COMMUNE not in communes["commune_code"]:
        raise InputError("sample_list_malformed", name="communes_2025.csv", column="commune_code")
    births = _of_province("province_codes_cccd.csv", tables, provinces)
    plates = _of_province("plate_codes.csv", tables, provinces)
    legacy = _legacy(tables["commune_merge_map.csv"], communes)
    return CodeLists(
        communes=communes,
        provinces=provinces,
        birth_provinces=births,
        plates=plates,
        legacy=legacy,
        ethnicities=_names("ethnicities.txt", lists),
        religions=_names("religions.txt", lists),
        communes_of_province=_grouped("communes_2025.csv", communes["province"], len(provinces)),
        births_of_province=_grouped("province_codes_cccd.csv", births["province"], len(provinces)),
        plates_of_province=_grouped("plate_codes.csv", plates["province"], len(provinces)),
        legacy_of_commune=Groups(_ints(legacy["commune"]), len(communes)),
    )


def _table(name: str, text: str) -> pl.DataFrame:
    body = unicodedata.normalize("NFC", text.removeprefix("\ufeff")).encode("utf-8", "replace")
    try:
        table = pl.read_csv(body, infer_schema=False).fill_null("")
    except pl.exceptions.PolarsError as error:
        raise InputError("sample_list_malformed", name=name, column=_COLUMNS[name][0]) from error
    for column in _COLUMNS[name]:
        if column not in table.columns:
            raise InputError("sample_list_malformed", name=name, column=column)
    return table.select(_COLUMNS[name])


def _keyed(table: pl.DataFrame, key: str, name: str) -> pl.DataFrame:
    if table.is_empty() or table[key].is_duplicated().any() or not table[key].str.contains(r"^\d+$").all():
        raise InputError("sample_list_malformed", name=name, column=key)
    return table.sort(key)


def _joined(name: str, table: pl.DataFrame, provinces: pl.DataFrame, key: str) -> pl.DataFrame:
    rows = provinces.select(
        pl.col("province_code").alias(key), pl.int_range(pl.len(), dtype=pl.Int64).alias("province")
    )
    joined = table.join(rows, on=key, how="left", maintain_order="left")
    if joined["province"].has_nulls():
        raise InputError("sample_list_malformed", name=name, column=key)
    return joined


def _of_province(name: str, tables: Mapping[str, pl.DataFrame], provinces: pl.DataFrame) -> pl.DataFrame:
    key, *_, province = _COLUMNS[name]
    table = _keyed(tables[name], key, name).filter(pl.col(province) != "")  # plate 80 is no province
    return _joined(name, table, provinces, province)


def _legacy(table: pl.DataFrame, communes: pl.DataFrame) -> pl.DataFrame:
    rows = communes.select(
        pl.col("commune_code").alias("new_commune_code"), pl.int_range(pl.len(), dtype=pl.Int64).alias("commune")
    )
    abolished = table.filter(
        pl.col("old_ward_code").str.contains(r"^\d{5}$")
        & ~pl.col("old_ward_code").is_in(communes["commune_code"].to_list())
        & (pl.col("is_default") == "yes")
    )
    return abolished.join(rows, on="new_commune_code", how="inner", maintain_order="left").sort(
        "old_ward_code", maintain_order=True
    )


def _names(name: str, lists: Mapping[str, str]) -> tuple[str, ...]:
    lines = unicodedata.normalize("NFC", lists[name].removeprefix("\ufeff")).splitlines()
    names = tuple(line.split("\t")[1] for line in lines if "\t" in line and not line.startswith("#"))
    if not names:
        raise InputError("sample_list_malformed", name=name, column="name")
    return names


def _grouped(name: str, keys: pl.Series, groups: int) -> Groups:
    grouped = Groups(_ints(keys), groups)
    if not grouped.counts.all():
        raise InputError("sample_list_malformed", name=name, column="province_code")
    return grouped


def _ints(values: pl.Series) -> Ints:
    return np.asarray(values.to_numpy(), dtype=np.int64)
