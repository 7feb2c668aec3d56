"""A scan of thousands of columns as lines: every column is there, aligned, and no name can feign a line."""

from __future__ import annotations

from typing import Any

import pytest

from phantang.cli.render import print_columns
from phantang.cli.session import Session


def _rows(count: int, name: str = "họ tên") -> list[dict[str, Any]]:
    evidence = [{"rule": "vn.full_name", "kind": "value", "hits": 19, "sampled": 20}]
    return [
        {
            "source": "kho", "schema": "main", "table": f"bang_{number // 20}", "column": f"{name} {number}",
            "tag": "person.name", "tags": ["person.name", "person.other"], "tier": "T2", "confidence": 0.987,
            "status": "proposed", "evidence": evidence,
        }
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("count", [20, 600])
def test_every_column_is_there_under_its_table(
    count: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHANTANG_LANG", "en")
    print_columns(Session(), _rows(count))
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("kho.bang_") for line in lines) == count // 20
    found = [line for line in lines if "họ tên " in line]
    assert len(found) == count
    assert all(
        word in one for one in found for word in ("person.name", "T2", "0.99", "proposed", "vn.full_name (19/20)")
    )
    assert len({one.index("T2") for one in found}) == 1
    assert "\x1b" not in "".join(lines)
    assert sum("person.other" in line for line in lines) == count


def test_a_name_drives_no_terminal_and_feigns_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_columns(Session(), _rows(600, "x\n  y  none  T1\x1b[2J"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 600 + 30
    assert not any(line.startswith("  y") or "\x1b" in line for line in lines)
