"""Making a workspace: built aside, then moved in, so that a failure leaves nothing behind."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from phantang.model.errors import WorkspaceError
from phantang.store.folder import default_folder
from phantang.store.settings import FILE, parse_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Moved in this order: a folder is a workspace from the moment its settings are there.
_PARTS = ("policies", "classifiers", "catalog", FILE)
_IGNORE = ".gitignore"


def create_workspace(
    folder: Path, sources: Mapping[str, str], *, name: str | None, title: str | None, allow_existing: bool
) -> None:
    """Lay out a workspace at `folder`; see `Workspace.create`."""
    text = render_settings(name or _usable(folder.resolve().name), sources, title)
    parse_settings(text)
    fresh = not folder.exists()
    if not fresh:
        _check_free(folder, allow_existing=allow_existing)
    home = folder.resolve().parent if fresh else folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        built = Path(tempfile.mkdtemp(prefix=".phantang-init-", dir=home))
        try:
            _build(built, text)
            if any(map(holds_password, sources.values())):
                (built / FILE).chmod(0o600)
            if fresh:
                built.chmod(0o755)
                built.rename(folder)
            else:
                _move_in(built, folder)
        finally:
            shutil.rmtree(built, ignore_errors=True)
    except OSError as error:
        raise WorkspaceError("workspace_unwritable", path=folder, reason=error) from None


def holds_password(url: str) -> bool:
    """Tell whether a password is written out in the URL of a source, not as the name of an environment variable."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return False
    return bool(password) and not re.fullmatch(r"\$\{\w+\}", unquote(password or ""))


def render_settings(name: str, sources: Mapping[str, str], title: str | None = None) -> str:
    """Return the text of a new `phantang.toml`; what is not said there has the default of `Settings`."""
    lines = [
        "# A phantang workspace. Every other setting has its default; an unknown key is an error.",
        "",
        "[workspace]",
    ]
    lines.append(f"name = {_quoted(name)}")
    lines.append("# Whose workspace this is, as reports say it.")
    lines.append(f"title = {_quoted(title)}" if title else '# title = "..."')
    for source, url in sorted(sources.items()):
        lines += ["", f"[sources.{source if source.isascii() and source.isidentifier() else _quoted(source)}]"]
        lines.append("# ${VARIABLE} is taken from the environment; a relative DuckDB path starts at this folder.")
        lines.append(f"url = {_quoted(url)}")
    return "\n".join(lines) + "\n"


def _usable(name: str) -> str:
    """Return the folder's name as the workspace's, unless it is one that no text file could hold."""
    return name if name.isprintable() and name.strip() else "phantang"


def _quoted(text: str) -> str:
    """Return a TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    body = "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in escaped)
    return f'"{body}"'


def _check_free(folder: Path, *, allow_existing: bool) -> None:
    if not folder.is_dir():
        raise WorkspaceError("workspace_exists", path=folder)
    try:
        present = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise WorkspaceError("workspace_unreadable", path=folder, reason=error) from None
    for part in (*_PARTS, ".phantang"):
        if part in present:
            raise WorkspaceError("workspace_exists", path=folder / part)
    if present and not allow_existing:
        raise WorkspaceError("workspace_exists", path=folder)


def _build(built: Path, text: str) -> None:
    def skipped(parent: str, names: list[str]) -> set[str]:
        here = Path(parent)
        hidden = {name for name in names if name == "__pycache__" or (name.startswith(".") and name != ".manifest")}
        # What the catalog says of the sample registers is not true of a database that happens to be named alike.
        return hidden | ({"assets", "sources"} & set(names) if here == default_folder("catalog") else set())

    for part in _PARTS[:-1]:
        # Content only: an installation may be read-only, and what it seeds is for editing.
        shutil.copytree(default_folder(part), built / part, ignore=skipped, copy_function=shutil.copyfile)
        for folder, _, _ in os.walk(built / part):
            Path(folder).chmod(0o755)
    for part in ("assets", "sources"):
        (built / "catalog" / part).mkdir()
    (built / _IGNORE).write_text(".phantang/\n", encoding="utf-8")
    (built / FILE).write_text(text, encoding="utf-8")


def _place(part: Path, target: Path) -> None:
    # Renaming onto a file would replace it.
    if target.exists():
        raise WorkspaceError("workspace_exists", path=target)
    part.rename(target)


def _move_in(built: Path, folder: Path) -> None:
    moved: list[Path] = []
    try:
        for part in _PARTS:
            target = folder / part
            _place(built / part, target)
            moved.append(target)
    except (OSError, WorkspaceError):
        for target in moved:
            # Back into the folder that is thrown away: a rename cannot run out of space, deleting in place could stop.
            with suppress(OSError):
                target.rename(built / f"{secrets.token_hex(4)}-{target.name}")
        raise
    if not (folder / _IGNORE).exists():
        (built / _IGNORE).rename(folder / _IGNORE)
