"""What somebody looks up stays out of messages and logs: a refused query may be reported by whoever sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang.model.errors import Refused
from phantang.sql import DIALECTS, resolve

from ...property.twins import assets

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = "001085000001"


def told(sql: str, dialect: str) -> Iterator[str]:
    try:
        resolve(sql, dialect, assets(dialect))
    except Refused as refused:
        yield from (refused.message("vi"), refused.message("en"), str(refused))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT ho_ten FROM cong_dan WHERE so_cccd '{NUMBER}'",
        f"SELECT ho_ten FROM cong_dan WHERE so_cccd IN ('{NUMBER}'",
        f"SELECT ho_ten FROM cong_dan WHERE so_cccd = = {NUMBER} x y",
        f"SELECT ho_ten FROM cong_dan WHERE so_cccd = 1e{NUMBER}",
        f"SELECT lower(ho_ten '{NUMBER}')",
        f"SELECT lower(ho_ten $${NUMBER}$$)",
        f"SELECT ho_ten FROM cong_dan ORDER BY ho_ten COLLATE '{NUMBER}'",
        f"SELECT ho_ten FROM cong_dan WHERE json_extract(ghi_chu, '$.{NUMBER}[') = '1'",
        f"SELECT ho_ten FROM cong_dan WHERE ghi_chu -> '$.{NUMBER}[' = '1'",
    ],
)
def test_no_literal_in_messages_or_logs(
    sql: str, dialect: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    said = "".join([*told(sql, dialect), caplog.text, *capfd.readouterr()])
    assert NUMBER not in said
