"""Files written whole or not at all, and locks between processes (POSIX)."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from phantang.model.errors import LedgerError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How long to wait for another process before giving up, seconds.
LOCK_SECONDS = 30.0


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte of `data`; a write that stops short is continued until it fails."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def create_file(path: Path, data: bytes, *, mode: int = 0o644, durable: bool = True) -> None:
    """Create `path`, which must not exist, with `data`. Its name appears before its content is complete."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        write_all(descriptor, data)
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put `data` at `path` in one step: a reader sees the old file or the new one, whole.

    Without `durable` a power failure may bring back the old content, or leave the file empty on some file systems.
    """
    staged = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        create_file(staged, data, durable=durable)
        staged.replace(path)
    except OSError:
        with suppress(OSError):
            staged.unlink()
        raise
    if durable:
        sync_folder(path.parent)


def create_once(path: Path, data: bytes, *, mode: int) -> bool:
    """Create `path` with `data` in one step unless it exists; tell whether it was created.

    Of several processes exactly one wins, and nobody ever sees half a file.
    """
    staged = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        create_file(staged, data, mode=mode)
        os.link(staged, path)
    except FileExistsError:
        return False
    finally:
        with suppress(OSError):
            staged.unlink()
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_state_folder(folder: Path, *, mode: int = 0o755) -> None:
    """Create `.phantang/<name>`. `.phantang` ignores itself in git, so that no key is ever committed by accident."""
    state = folder.parent
    state.mkdir(mode=0o755, exist_ok=True)
    ignore = state / ".gitignore"
    if not ignore.exists():
        with suppress(FileExistsError):
            create_file(ignore, b"*\n", durable=False)
    folder.mkdir(mode=mode, exist_ok=True)


@contextmanager
def locked(
    path: Path, error: type[WorkspaceError | LedgerError], *, shared: bool = False, seconds: float = LOCK_SECONDS
) -> Iterator[None]:
    """Hold the lock file at `path`: alone, or `shared` with other readers.

    The lock belongs to this opening of the file, so it also keeps threads of one process apart, and it ends with the
    process however that ends. A reader of a folder that nobody ever wrote to needs no lock. Raises `error` with code
    `state_busy` after `seconds`.
    """
    flags = os.O_RDONLY if shared else os.O_RDWR | os.O_CREAT
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except FileNotFoundError:
        if not shared:
            raise
        yield
        return
    try:
        _take(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX, path, error, seconds)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, kind: int, path: Path, error: type[WorkspaceError | LedgerError], seconds: float) -> None:
    deadline, pause = time.monotonic() + seconds, 0.0005
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise error("state_busy", what=path.name, seconds=int(seconds)) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        else:
            return
