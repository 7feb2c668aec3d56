"""What every command shares: the workspace, the language, and two consoles (answers on stdout, progress on stderr)."""

from __future__ import annotations

import getpass
import os
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from phantang.model.errors import InputError
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping


_PIPE_WIDTH = 150


class Session:
    """One invocation of the command line."""

    def __init__(self, workspace: str | None, lang: str) -> None:
        self._folder = workspace
        self.lang = lang
        self.out = _console(stderr=False)
        self.err = _console(stderr=True)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace named by `-w`, or the nearest one above the current folder."""
        return Workspace.open(self._folder) if self._folder else Workspace.find(Path.cwd())

    def text(self, both: Mapping[str, str]) -> str:
        """Return the text of `{vi, en}` in the session's language."""
        return both.get(self.lang) or both.get("en") or next(iter(both.values()), "")

    def print_json(self, value: Any) -> None:
        """Print one JSON object on one line, as it is, whatever the terminal."""
        import json

        click.echo(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")))

    def person(self, given: str | None) -> str:
        """Return who is acting: `--by`, or the login name."""
        if given:
            return given
        try:
            return os.environ.get("PHANTANG_BY") or getpass.getuser()
        except (KeyError, OSError):
            raise InputError("person_unknown") from None


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_WIDTH  # rich assumes 80 columns where nobody can say, which folds every table
    return console


def read_text(path: str) -> str:
    """Read a UTF-8 text file, or standard input for `-`. Raises `InputError` code `file_unreadable`."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("file_unreadable", path=path, what=f"byte {error.start} is not UTF-8") from None
    except OSError as error:
        raise InputError("file_unreadable", path=path, what=error.strerror or "I/O error") from None
