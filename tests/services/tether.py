"""Start a server that cannot outlive the tests, and say what to do when a component is missing."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypedDict

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: The server is a child of a shell that reads our end of a pipe. The pipe closes when we stop the server, and also when
#: we are killed: no server is left behind either way.
_TETHER = """
signal=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -s "$signal" "$server" 2>/dev/null; } &
exec 3<&-
wait "$server"
"""


def services_required() -> bool:
    """Tell whether the CI switch is set: then a missing component is a failure, not a skip."""
    return os.environ.get("PHANTANG_REQUIRE_SERVICES") == "1"


def unavailable(line: str) -> NoReturn:
    """Skip the calling test with one visible line, or fail it if services are required."""
    if services_required():
        pytest.fail(line, pytrace=False)
    pytest.skip(line)


def free_port() -> int:
    """Return a loopback TCP port that was free a moment ago; the caller must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Account(TypedDict):
    """The `subprocess` arguments that say as whom to run; all `None` means as ourselves."""

    user: str | None
    group: str | None
    extra_groups: list[int] | None


def account(user: str | None) -> Account:
    """Return the arguments that run a command as `user`, with none of our groups."""
    if user is None:
        return {"user": None, "group": None, "extra_groups": None}
    primary = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    return {"user": user, "group": primary, "extra_groups": []}


@contextmanager
def tethered(
    command: Sequence[str | Path],
    *,
    stop: str,
    log: Path,
    user: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` as `user` until the block ends, then send it the signal called `stop` and wait up to 30 s.

    Output goes to `log`. `poll()` of the yielded process is not `None` once the server itself has ended.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _TETHER, "tether", stop, *map(str, command)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=None if env is None else dict(env),
            start_new_session=True,  # Ctrl-C is ours to handle, in order
            **account(user),
        )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
