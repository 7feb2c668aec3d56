"""`phantang -w WORKSPACE ...`, run in process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from phantang.cli.app import run

if TYPE_CHECKING:
    import pytest

    from phantang.store import Workspace


class Cli:
    """The command line on one workspace; keeps what it printed, in which none of the `unsaid` words may stand."""

    def __init__(
        self,
        workspace: Workspace,
        capsys: pytest.CaptureFixture[str],
        *before: str,
        unsaid: tuple[str, ...] = (),
    ) -> None:
        self.workspace = workspace
        self._capsys, self._before, self._unsaid = capsys, before, ("Traceback", *unsaid)
        self.out = self.err = ""

    def __call__(self, *arguments: str, lang: str | None = None) -> int:
        """Run a command, `before` it the options of the program itself, and return its exit code."""
        spoken = ("--lang", lang) if lang else ()
        code = run([*self._before, *spoken, "-w", str(self.workspace.path), *arguments])
        self.out, self.err = self._capsys.readouterr()
        for word in self._unsaid:
            assert word not in self.out + self.err
        return code

    def does(self, *arguments: str, code: int | None = 0, lang: str | None = None) -> list[dict[str, Any]]:
        """Run a command that must end with `code`, whatever for `None`; return its JSON lines, if asked for."""
        got = self(*arguments, lang=lang)
        assert code in (None, got), self.err
        return self.rows() if "jsonl" in arguments and got == code else []

    def rows(self) -> list[dict[str, Any]]:
        """Return the JSON lines printed, strictly read: `NaN` is no JSON."""

        def refuse(constant: str) -> Any:
            raise AssertionError(constant)

        return [json.loads(line, parse_constant=refuse) for line in self.out.splitlines()]

    def set_up(self, text: str) -> None:
        """Add a section to `phantang.toml`."""
        file = self.workspace.path / "phantang.toml"
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
