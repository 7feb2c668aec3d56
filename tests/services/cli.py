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

    def __call__(self, *arguments: str) -> int:
        """Run a command, `before` it the options of the program itself, and return its exit code."""
        code = run([*self._before, "-w", str(self.workspace.path), *arguments])
        self.out, self.err = self._capsys.readouterr()
        for word in self._unsaid:
            assert word not in self.out + self.err
        return code

    def rows(self) -> list[dict[str, Any]]:
        """Return the JSON lines printed, strictly read: `NaN` is no JSON."""

        def refuse(constant: str) -> Any:
            raise AssertionError(constant)

        return [json.loads(line, parse_constant=refuse) for line in self.out.splitlines()]
