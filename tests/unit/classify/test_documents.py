"""JSON and XML columns: every path is classified, the column takes the strictest tag, and no path tells a value."""

from __future__ import annotations

import json

import pytest

from phantang.classify import Classifier
from phantang.classify.values.documents import leaves
from phantang.model.finding import Finding
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

JSON = [
    json.dumps(
        {"nguoi_nop": {"ho_ten": "Nguyễn Văn An", "cccd": f"0010900000{n:02d}"}, "dan_toc": "Kinh", "so_trang": n}
    )
    for n in range(30)
]
XML = [
    "<hoSo xmlns='urn:x'><nguoiNop loai='1'><hoTen>Trần Thị Bình</hoTen>"
    f"<dienThoai>09123456{n:02d}</dienThoai></nguoiNop></hoSo>"
    for n in range(10, 40)
]  # fmt: skip


def _one(classifier: Classifier, values: list[str], type_name: str = "VARCHAR") -> Finding:
    info = TableInfo(TableName("s", "main", "t1"), (ColumnInfo("noi_dung", type_name),))
    return classifier.classify(info, {"noi_dung": values})[0]


def _paths(finding: Finding) -> dict[str, str]:
    return {one.path: one.tag for part in finding.evidence for one in part.paths}


@pytest.mark.parametrize("type_name", ["JSON", "JSONB", "VARCHAR"])
def test_json_paths_are_tagged_and_the_strictest_leads(type_name: str, classifier: Classifier) -> None:
    finding = _one(classifier, JSON, type_name)
    assert _paths(finding) == {
        "$.nguoi_nop.ho_ten": "person.name",
        "$.nguoi_nop.cccd": "person.national_id",
        "$.dan_toc": "sensitive.ethnicity",
    }
    assert finding.tag == "sensitive.ethnicity"
    assert {"person.name", "person.national_id"} <= set(finding.tags)


def test_xml_paths_are_tagged(classifier: Classifier) -> None:
    found = _paths(_one(classifier, XML))
    assert found == {"/hoSo/nguoiNop/hoTen": "person.name", "/hoSo/nguoiNop/dienThoai": "person.phone"}


def test_a_document_cut_off_is_still_read(classifier: Classifier) -> None:
    cut = [text[:-20] for text in JSON]
    assert "person.national_id" in _one(classifier, cut).tags


def test_keys_that_are_data_are_not_told() -> None:
    by_phone = [json.dumps({f"09123456{n:02d}": {"ho_ten": "x"}, f"Nguyễn Văn {n}": 1}) for n in range(10, 40)]
    assert {leaf.path for leaf in leaves(by_phone)} == {"$.*.ho_ten"}


@pytest.mark.parametrize(
    "values",
    [
        ["{"] * 5, ["["] * 5, ["<"] * 5, ["{}"], ["[[" * 3000], ["<a>" * 3000], ['{"a":' * 3000],
        ["<!DOCTYPE a [<!ENTITY b 'cccc'>]><a>&b;</a>"], ["plain text"], [], [None], ["{'a': 1}"], ['{"a": 1e999999}'],
    ],
)  # fmt: skip
def test_hostile_documents_do_no_harm(values: list[str | None]) -> None:
    assert len(leaves(values)) <= 200
