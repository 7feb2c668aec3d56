"""Where answers go: a file of `--out`, or standard output; either may be full, closed, or left by its reader."""

from __future__ import annotations

import errno
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What standard output is called in an error.
STDOUT = "stdout"


def json_text(form: str, rows: Iterable[Mapping[str, Any]]) -> str:
    """Return objects for a script: one a line (`jsonl`), or in a list (`json`)."""
    if form == "json":
        return json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n"
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


class ReaderLeftError(Exception):
    """Whoever read our output closed it (`| head`): they have what they wanted.

    By another name, as click ends a `BrokenPipeError` with exit code 1.
    """


@contextmanager
def writing(path: str) -> Iterator[None]:
    """Say `output_unwritable` (an `InputError`) where `path` cannot be written. Raises `ReaderLeftError`."""
    try:
        yield
    except BrokenPipeError:
        raise ReaderLeftError from None
    except OSError as error:
        raise InputError("output_unwritable", path=path, what=error) from None


class _Stdout:
    """Standard output whose failures are told from those of other files: see `writing`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with writing(STDOUT):
            return self._stream.write(text)

    def flush(self) -> None:
        with writing(STDOUT):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> None:
    """Make the process's streams ready for a command: nothing fails later for want of one.

    A closed standard output is an error before anything is done, as what was asked would be lost: raises `InputError`
    `output_unwritable`. Without standard error nothing can be told; a command runs all the same. The numbers of closed
    streams are taken, so that no database is opened under one.
    """
    closed = sys.stdout is None
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for the life of the process
    if closed:
        raise InputError("output_unwritable", path=STDOUT, what=OSError(errno.EBADF, "closed"))
    sys.stdout = cast("TextIO", _Stdout(sys.stdout))


def abandon_stdout() -> None:
    """Let what is still unwritten go nowhere, so that the interpreter does not complain about it on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
