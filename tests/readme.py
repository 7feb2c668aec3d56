"""Run the `console` blocks of the given files as a newcomer would, and stop at the first surprise.

The files run side by side, each line in a bash of its own, all lines of a file in one scratch folder, with `make`
pointing at the checkout, where one file works at a time, and `phantang` on PATH. `export NAME=VALUE` holds for the
lines after it; `source .venv/bin/activate` holds already. A line may end in `# exit N` when the reader is told to
expect that status. `make test` and `make setup` are not repeated here: CI runs them beside this script.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Lock

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"#\s*exit (\d+)\s*$")
_EXPORT = re.compile(r"export (\w+)=(\S+)")
_ALREADY_RUN = {"make test", "make setup", "make check"}
_CHECKOUT = Lock()


def commands(readme: str) -> list[tuple[str, int]]:
    """Return every command of the README's console blocks with the exit status it must end with."""
    found: list[tuple[str, int]] = []
    for block in _BLOCK.findall(readme):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ")
            if not command or command.startswith(("#", "git clone", "cd phantang", "source .venv")):
                continue
            told = _EXIT.search(command)
            bare = re.sub(r"\s+#.*$", "", command)
            if bare not in _ALREADY_RUN:
                found.append((command if "'" in command else bare, int(told.group(1)) if told else 0))
    return found


def main(readme: Path) -> int:
    """Run the commands in order in one scratch folder; return 0 when each ended as the README says."""
    root = readme.resolve().parent
    environment = {**os.environ, "PATH": f"{root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1"}
    with tempfile.TemporaryDirectory(prefix="phantang-readme-") as folder:
        for command, expected in commands(readme.read_text(encoding="utf-8")):
            if given := _EXPORT.fullmatch(command):
                environment[given[1]] = given[2]
                continue
            in_checkout = command.startswith("make ")
            runnable = command.replace("make ", f"make -C '{root}' ", 1) if in_checkout else command
            print(f"{readme.name}$ {command}\n", end="", flush=True)
            with _CHECKOUT if in_checkout else nullcontext():
                done = subprocess.run(
                    ["bash", "-c", runnable], cwd=folder, env=environment, capture_output=True, text=True, check=False
                )
            if done.returncode != expected:
                print(done.stdout[-4000:], done.stderr[-4000:], sep="\n")
                print(f"{readme.name}: exit {done.returncode}, expected {expected}: {command}")
                return 1
            if "Traceback (most recent call last)" in done.stdout + done.stderr:
                print(f"{readme.name}: a traceback from: {command}\n{done.stderr[-4000:]}")
                return 1
    return 0


if __name__ == "__main__":
    with ThreadPoolExecutor() as files:
        sys.exit(max(files.map(main, map(Path, sys.argv[1:]))))
