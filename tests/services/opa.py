"""The real OPA for tests. Run this file to find or build the pinned binary: `python tests/services/opa.py`.

Looked for in `$PHANTANG_OPA` (any version), on the PATH (the pinned version only: decisions are compared with it), and
in the user's cache; else built there with `go install`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION = "1.22.2"  # the one place that pins it
MODULE = f"github.com/open-policy-agent/opa@v{VERSION}"
HOW_TO_GET = f"put opa {VERSION} on the PATH, set PHANTANG_OPA to it, or install go and call: make opa"


class OpaMissingError(Exception):
    """There is no usable binary; the text says why and how to get one, in one line."""


class OpaServer(Protocol):
    """Starts a server and returns its base URL, such as `http://127.0.0.1:8181`, without a trailing slash."""

    def __call__(self, *files: Path, bundle: Path | None = None, options: Sequence[str] = ()) -> str:
        """Serve policy and data `files` or folders, and a `bundle` folder or archive, until the test ends."""


def cached_binary() -> Path:
    """Return the path of the pinned binary in the user's cache; it may not exist yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "phantang" / f"opa-{VERSION}" / "opa"


def version_of(binary: Path) -> str | None:
    """Return the version that `binary` reports, or `None` if it does not run."""
    try:
        done = subprocess.run([binary, "version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    first = done.stdout.partition("\n")[0]
    return first.removeprefix("Version: ") if first.startswith("Version: ") else None


def find() -> Path | None:
    """Return a usable binary without building one. Raises `OpaMissingError` if `$PHANTANG_OPA` names something else."""
    if chosen := os.environ.get("PHANTANG_OPA"):
        if version_of(Path(chosen)) is None:
            raise OpaMissingError(f"PHANTANG_OPA does not name a working opa: {HOW_TO_GET}")
        return Path(chosen)
    on_path = shutil.which("opa")
    if on_path and version_of(Path(on_path)) == VERSION:
        return Path(on_path)
    cached = cached_binary()
    return cached if version_of(cached) == VERSION else None


def build() -> Path:
    """Build the pinned binary into the cache, once even if several processes ask. Raises `OpaMissingError`."""
    go = shutil.which("go")
    if go is None:
        raise OpaMissingError(f"no opa {VERSION} and no go to build it: {HOW_TO_GET}")
    target = cached_binary()
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if version_of(target) == VERSION:  # another process built it while we waited
            return target
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            env = os.environ | {
                "GOBIN": scratch,
                "CGO_ENABLED": "0",
                "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -trimpath".strip(),
            }
            done = subprocess.run(
                [go, "install", MODULE], cwd=scratch, env=env, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                why = next(reversed(done.stderr.strip().splitlines()), f"exit {done.returncode}")
                raise OpaMissingError(f"go could not build opa {VERSION} ({why.strip()}): {HOW_TO_GET}")
            (Path(scratch) / "opa").replace(target)
    return target


def main() -> int:
    """Find or build the binary. Exit 0 without it too, unless services are required: only tests use it."""
    try:
        binary = find()
        if binary is None:
            if shutil.which("go"):
                print(f"==> building opa {VERSION} (one to two minutes, once)", file=sys.stderr, flush=True)
            binary = build()
    except OpaMissingError as missing:
        print(f"==> opa: {missing}", file=sys.stderr)
        return 1 if os.environ.get("PHANTANG_REQUIRE_SERVICES") == "1" else 0
    print(f"==> opa {version_of(binary)}: {binary}")
    return 0


@pytest.fixture(scope="session")
def opa_binary() -> Path:
    """Return the path of a working opa, building the pinned one if need be; skip (or fail) if that is impossible."""
    from .tether import unavailable

    why = ""
    binary = None
    try:
        binary = find() or build()
    except OpaMissingError as missing:
        why = str(missing)
    if binary is None:
        unavailable(why)
    return binary


def _healthy(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/health?bundles", timeout=1) as answer:  # noqa: S310 - loopback http
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


@pytest.fixture
def opa_server(opa_binary: Path, tmp_path: Path) -> Iterator[OpaServer]:
    """Return a function that starts `opa run --server` on a free loopback port; all stop when the test ends."""
    from .tether import free_port, tethered

    with ExitStack() as servers:

        def start(*files: Path, bundle: Path | None = None, options: Sequence[str] = ()) -> str:
            log = tmp_path / "opa.log"
            for _ in range(3):  # the port may be taken between our look and its use
                port = free_port()
                command: list[str | Path] = [
                    opa_binary,
                    "run",
                    "--server",
                    "--addr",
                    f"127.0.0.1:{port}",
                    "--disable-telemetry",
                ]
                command += ["--log-level", "error", *(() if bundle is None else ("--bundle", bundle.resolve()))]
                command += [*options, *(file.resolve() for file in files)]
                process = servers.enter_context(tethered(command, stop="TERM", log=log))
                for _ in range(600):
                    if process.poll() is not None:
                        break
                    if _healthy(f"http://127.0.0.1:{port}"):
                        return f"http://127.0.0.1:{port}"
                    time.sleep(0.05)
            pytest.fail(f"opa does not start: {log.read_text(encoding='utf-8', errors='replace')}", pytrace=False)

        yield start


def pytest_report_header() -> str:
    """Show the version found, without building one."""
    try:
        binary = find()
    except OpaMissingError as missing:
        return f"opa: none ({missing})"
    return f"opa: {version_of(binary)}, {binary}" if binary else f"opa: none yet ({HOW_TO_GET})"


if __name__ == "__main__":
    sys.exit(main())
