"""A register that is one commune's and has no column saying so: its officers read it, officers elsewhere do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phantang import Denied, Gateway
from phantang.catalog import parse_snapshot
from phantang.flow.workspace.doctor_catalog import misplaced_sources
from phantang.model.errors import WorkspaceError
from phantang.store import default_folder, read_folder

from .test_limits import edit

if TYPE_CHECKING:
    from phantang.store import Workspace

WARD: dict[str, Any] = {"subject": "xa-ba-dinh", "purpose": "L2", "source": "dan_cu"}
SOURCE = "sources/dan_cu.yaml"
CATALOG = read_folder(default_folder("catalog"))


def said(workspace: Workspace, units: str) -> None:
    """Say of which unit every row of the source is."""
    file = workspace.path / "catalog" / SOURCE
    file.write_text(f"id: dan_cu\nrecoded: true\njurisdiction: {units}\n", encoding="utf-8")


def numbers(gateway: Gateway, condition: str) -> list[str]:
    sql = f"SELECT so_cccd FROM main.cong_dan WHERE {condition} ORDER BY so_cccd LIMIT 3"
    return list(gateway.engine("dan_cu").run(sql, [], timeout=60).column(0).to_pylist())


def read(workspace: Workspace, number: str | None = None) -> int:
    with Gateway.open(workspace.path) as gateway:
        number = number or numbers(gateway, "true")[0]
        answer = gateway.query(f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{number}'", **WARD)
    return int(answer.table.num_rows)


@pytest.fixture
def columnless(workspace: Workspace) -> Workspace:
    """Return a workspace whose register of people has no column of units, as far as the catalog says."""
    edit(
        workspace.path / "catalog/assets/dan_cu/main.cong_dan.yaml",
        "\nscope:\n  commune: ma_xa\n  province: ma_tinh",
        "",
    )
    return workspace


def test_a_register_of_the_commune_is_read_by_its_officers_only(columnless: Workspace) -> None:
    with pytest.raises(Denied) as caught:
        read(columnless)
    assert [one.rule for one in caught.value.explanation.denials] == ["scope/jurisdiction"]
    said(columnless, '{province: "01", commune: "00004"}')
    assert read(columnless) == 1
    for other in (
        '{province: "01", commune: "00008"}',
        '{province: "01"}',
        '{province: "79", commune: "00004"}',
        "null",
    ):
        said(columnless, other)
        with pytest.raises(Denied) as caught:
            read(columnless)
        assert [one.rule for one in caught.value.explanation.denials] == ["scope/jurisdiction"]


def test_a_column_tells_more_than_the_whole_source(workspace: Workspace) -> None:
    said(workspace, '{province: "01", commune: "00004"}')
    with Gateway.open(workspace.path) as gateway:
        elsewhere, here = (numbers(gateway, f"ma_xa {sign} '00004'")[0] for sign in ("<>", "="))
    assert read(workspace, elsewhere) == 0
    assert read(workspace, here) == 1


@pytest.mark.parametrize(
    ("units", "code"),
    [
        ('{commune: "00004"}', "catalog_missing_key"),
        ('{province: "1"}', "catalog_bad_unit_code"),
        ('{province: "01", commune: "4"}', "catalog_bad_unit_code"),
        ('{province: "01", xa: "00004"}', "catalog_unknown_key"),
        ('"00004"', "catalog_wrong_type"),
    ],
)
def test_a_unit_that_says_nothing_clear_is_an_error(units: str, code: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**CATALOG, SOURCE: f"id: dan_cu\njurisdiction: {units}\n"})
    assert caught.value.code == code


def test_a_source_of_a_commune_elsewhere_is_found() -> None:
    def found(province: str) -> list[tuple[str, str]]:
        files = {**CATALOG, SOURCE: f'id: dan_cu\njurisdiction: {{province: "{province}", commune: "00004"}}\n'}
        return list(misplaced_sources(parse_snapshot(files), files, {"01": ["00004"]}))

    assert found("01") == []
    assert found("79") == [("catalog/sources/dan_cu.yaml:2", "dan_cu")]
