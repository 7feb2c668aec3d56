"""The province of a place: the ranges and names agree with the code lists the classifier reads."""

from __future__ import annotations

import csv
from pathlib import Path

from phantang.sql.rewriting.masking.places import provinces

LISTS = Path(__file__).parents[3] / "classifiers" / "lists"


def _read(name: str) -> list[dict[str, str]]:
    with (LISTS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _of(code: str) -> str:
    return [str(one["province"]) for one in provinces()["ranges"] if one["from"] <= code][-1]


def test_every_commune_before_and_after_the_merger_is_in_its_province() -> None:
    codes = {row["commune_code"]: row["province_code"] for row in _read("communes_2025.csv")}
    for row in _read("commune_merge_map.csv"):
        codes[row["new_commune_code"]] = row["new_province_code"]
        if row["old_ward_code"]:
            codes[row["old_ward_code"]] = row["new_province_code"]
    assert len(codes) > 10_000
    assert {code for code, province in codes.items() if _of(code) != province} == set()
    assert provinces()["last"] == max(codes)
    assert provinces()["ranges"][0]["from"] == min(codes)


def test_every_province_is_known_by_its_names() -> None:
    names = provinces()["names"]
    for row in _read("province_codes_cccd.csv"):
        assert names[row["old_province_name"]] == row["new_province_code_2025"]
        assert names[row["new_province_name_2025"]] == row["new_province_code_2025"]
    assert set(names.values()) == {row["province_code"] for row in _read("provinces_2025.csv")}
    assert not any(mark in name for name in names for mark in "|=',")
