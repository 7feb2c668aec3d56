"""Help and usage errors speak Vietnamese: no text without a translation, no translation without a text."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from phantang.cli.app import cli, run
from phantang.cli.help import commands, fold, translations

if TYPE_CHECKING:
    from collections.abc import Iterator


def texts() -> Iterator[str]:
    """Yield every English text that a help page shows; blocks marked as code stay as they are."""
    yield from ("Usage:", "Options", "Commands", "Show this message and exit.", *(title for title, _ in cli.sections))
    for command in commands(cli):
        yield command.get_short_help_str(90)
        yield from (part for part in inspect.cleandoc(command.help or "").split("\n\n") if part and "\b" not in part)
        yield from (text for text in [command.epilog] if text)
        yield from (text for text in (getattr(param, "help", None) for param in command.params) if text)


def test_every_text_has_a_translation_and_every_translation_a_text() -> None:
    assert {fold(text) for text in texts()} == set(translations())


def test_the_first_page_lists_every_command_once() -> None:
    listed = [name for _, names in cli.sections for name in names]
    assert sorted(listed) == sorted(cli.commands)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--help", "Cách dùng: phantang"),
        ("catalog drift --help", "[mặc định: table]"),
        ("catalog --help", "Tùy chọn:"),
    ],
)
def test_help_in_vietnamese(arguments: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "vi", *arguments.split()]) == 0
    assert expected in capsys.readouterr().out
    assert run(["--lang", "en", *arguments.split()]) == 0
    assert expected not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("scan --nope", "Không có tùy chọn --nope."),
        ("scan --fulll", "Có phải: --full?"),
        ("frob", "Không có lệnh frob."),
        ("report", "Không có lệnh report. Có phải: catalog report?"),
        ("scna", "Không có lệnh scna. Có phải: scan?"),
        ("explain --as x", "Thiếu --purpose."),
        ("init", "Thiếu DIR."),
        ("init a b", "Thừa tham số: b."),
        ("scan --format foo", "cần: table, jsonl, xlsx, html"),
        ("scan --seed -1", "cần: 0<=x<=2147483647"),
    ],
)
def test_usage_errors_in_vietnamese(arguments: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "vi", *arguments.split()]) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert said.endswith("--help [usage]\n")
