"""A day is looked up by its ISO spelling only; any other may read differently in two engines."""

from __future__ import annotations

import pytest

from phantang.model.footprint import Use
from phantang.sql import DIALECTS, resolve

from ...property.twins import assets


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("literal", "use"),
    [
        ("'1985-03-02'", Use.LOOKUP),
        ("'02/03/1985'", Use.FILTER),
        ("'1985-3-2'", Use.FILTER),
        ("'epoch'", Use.FILTER),
        ("'1985-02-30'", Use.FILTER),
        ("1985", Use.FILTER),
    ],
)
def test_how_a_day_is_spelt(dialect: str, literal: str, use: Use) -> None:
    footprint = resolve(
        f"SELECT count(*) FROM cong_dan WHERE ngay_sinh = {literal}", dialect, assets(dialect)
    ).footprint
    assert dict(footprint.tables[0].columns)["ngay_sinh"] == {use}
