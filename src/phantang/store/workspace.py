"""A workspace: `phantang.toml`, `policies/`, `classifiers/` and `catalog/`, with its state in `.phantang/`."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from phantang.model.errors import LedgerError, WorkspaceError
from phantang.store.assets import AssetFolder
from phantang.store.create import create_workspace
from phantang.store.files import replace_file
from phantang.store.folder import read_folder
from phantang.store.keys import KeyFolder
from phantang.store.ledger import LedgerStore
from phantang.store.passed import PassedChecks
from phantang.store.settings import FILE, Settings, parse_settings
from phantang.store.source_url import fill_url
from phantang.store.usage import UsageStore

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_SETTINGS = 1024 * 1024


class Workspace:
    """An opened workspace. Nothing is written by opening or reading one."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open the workspace folder at `path`.

        Raises `WorkspaceError`: `workspace_not_found`, `workspace_unreadable`, `file_not_utf8`, and the codes of
        `parse_settings`.
        """
        folder = Path(path).absolute()
        try:
            with (folder / FILE).open("rb") as file:
                raw = file.read(_MAX_SETTINGS + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise WorkspaceError("workspace_not_found", path=folder) from None
        except OSError as error:
            raise WorkspaceError("workspace_unreadable", path=folder / FILE, reason=error) from None
        if len(raw) > _MAX_SETTINGS:
            raise WorkspaceError("file_too_big", path=FILE, size=f"> {_MAX_SETTINGS}", limit=_MAX_SETTINGS)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise WorkspaceError("file_not_utf8", path=FILE, offset=error.start) from None
        return cls(folder, parse_settings(text))

    @classmethod
    def find(cls, start: str | Path) -> Self:
        """Open the nearest workspace at or above `start`. Raises as `open`."""
        here = Path(start).absolute()
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return cls.open(folder)
        raise WorkspaceError("workspace_not_found", path=here)

    @classmethod
    def create(
        cls,
        path: str | Path,
        sources: Mapping[str, str],
        *,
        name: str | None = None,
        title: str | None = None,
        allow_existing: bool = False,
    ) -> Self:
        """Make a workspace at `path` with the default policies, classifiers and catalog, and open it.

        The folder must not exist, or be empty; with `allow_existing` it may hold other things, but none of a
        workspace's own. Nothing is ever overwritten, and a failure leaves nothing behind. Raises `WorkspaceError`:
        `workspace_exists`, `workspace_unwritable`, and the codes of `parse_settings` for unusable arguments.
        """
        folder = Path(path).absolute()
        create_workspace(folder, sources, name=name, title=title, allow_existing=allow_existing)
        return cls.open(folder)

    @property
    def sources(self) -> Mapping[str, str]:
        """Return the URLs by source name as written, without secrets."""
        return self.settings.sources

    def source_url(self, name: str) -> str:
        """Return the URL to connect to source `name` with; it may hold a secret.

        Raises `WorkspaceError`: `source_unknown`, `env_var_missing`, `source_url_invalid`.
        """
        url = self.sources.get(name)
        if url is None:
            raise WorkspaceError("source_unknown", source=name, known=", ".join(sorted(self.sources)) or "-")
        return fill_url(name, url, self.path, os.environ)

    def policy_files(self) -> dict[str, str]:
        """Return the texts below `policies/`, as `read_folder` does."""
        return read_folder(self.path / "policies")

    def passed_checks(self) -> PassedChecks:
        """Return the record of policy bundles that passed the checks, `.phantang/policies`."""
        return PassedChecks(self.path / ".phantang" / "policies")

    def classifier_files(self) -> dict[str, str]:
        """Return the texts below `classifiers/`, as `read_folder` does."""
        return read_folder(self.path / "classifiers")

    def write_classifier(self, path: str, text: str) -> None:
        """Put `text` at `path` below `classifiers/`, in one step. Raises `WorkspaceError` `workspace_unwritable`."""
        target = self.path / "classifiers" / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise WorkspaceError("workspace_unwritable", path=target, reason=error) from None

    def catalog_files(self) -> dict[str, str]:
        """Return the texts below `catalog/`, as `read_folder` does; never in the middle of a write."""
        return self._catalog.read()

    def write_assets(self, texts: Mapping[str, str | None]) -> None:
        """Write texts to paths such as `assets/<source>/<schema>.<table>.yaml`; `None` removes; all or none.

        Raises `WorkspaceError` as `AssetFolder.write`.
        """
        self._catalog.write(texts)

    @property
    def scan_folder(self) -> Path:
        """The folder of what scans remember, `.phantang/scan`."""
        return self.path / ".phantang" / "scan"

    def ledger(self) -> LedgerStore:
        """Return the workspace's ledger."""
        return LedgerStore(self.path / ".phantang" / "ledger", self.ledger_keys())

    def ledger_keys(self) -> KeyFolder:
        """Return the workspace's keys."""
        return KeyFolder(self.path / ".phantang" / "keys")

    def usage(self) -> UsageStore:
        """Return the counters of limits and the record of answered aggregates."""
        return UsageStore(self.path / ".phantang" / "usage")

    def public_key(self) -> str:
        """Return the ledger's public key as a `vkey`. Raises `LedgerError` `ledger_unreadable` without a ledger."""
        verifier = self.ledger_keys().verifier()
        if verifier is None:
            raise LedgerError("ledger_unreadable", reason="ledger.pub: ENOENT")
        return str(verifier)

    def token_key(self, subject: str, purpose: str) -> bytes:
        """Return the 32-byte key of one subject and purpose; see `KeyFolder.token_key`."""
        return self.ledger_keys().token_key(subject, purpose)

    def consent_key(self) -> bytes:
        """Return the 32-byte key under which registers keep whose a consent is; see `KeyFolder.consent_key`."""
        return self.ledger_keys().consent_key()

    @cached_property
    def _catalog(self) -> AssetFolder:
        return AssetFolder(self.path / "catalog", self.path / ".phantang")
