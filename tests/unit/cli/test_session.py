"""What reaches a terminal: text, and no more."""

from __future__ import annotations

import pytest
from rich.table import Table
from rich.text import Text

from phantang.cli.session import Session


def test_a_value_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session()
    table = Table("name\x1b[2J", title="t\x9b31m")
    table.add_row("\x1b]0;owned\x07", Text("right\u202eleft"))
    session.out.print(table)
    session.out.print(Text("Nguyễn Thị Hoà\tx\nnext"))
    out = capsys.readouterr().out
    assert not [char for char in out if not char.isprintable() and char != "\n"]
    assert "Nguyễn Thị Hoà" in out


@pytest.mark.parametrize(("lang", "whole", "part"), [("vi", "1.234.567", "97,4"), ("en", "1,234,567", "97.4")])
def test_numbers_are_written_as_the_language_writes_them(lang: str, whole: str, part: str) -> None:
    session = Session()
    session.spoken = lang
    assert (session.number(1234567), session.number(97.42, places=1)) == (whole, part)
