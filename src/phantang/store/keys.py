"""Keys in files that only their owner may read: the ledger's signing key, and the key behind tokens."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phantang.ledger import Signer, Verifier
from phantang.model.errors import LedgerError, WorkspaceError
from phantang.store.files import create_once, make_state_folder, replace_file

if TYPE_CHECKING:
    from pathlib import Path

_TOKEN_KEY_SIZE = 32
_MAX_KEY_FILE = 4096
#: Separates token keys from anything else ever derived from `token.key`.
_TOKEN_DOMAIN = b"phantang token key v1\0"
_CONSENT_DOMAIN = b"phantang consent key v1\0"


class KeyFolder:
    """The folder `.phantang/keys`: `ledger.key` (Ed25519, PKCS #8 PEM), `ledger.pub` (its `vkey`), `token.key`.

    Every method raises `WorkspaceError`: `key_permissions_unsafe` for a secret that others may read or write,
    `key_unreadable`, `workspace_unwritable`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ledger = folder / "ledger.key"
        self._public = folder / "ledger.pub"
        self._token = folder / "token.key"

    def signer(self) -> Signer | None:
        """Return the ledger's signing key, or `None` if there is none yet. Raises also `key_mismatch`."""
        pem = self._read_secret(self._ledger)
        if pem is None:
            return None
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise WorkspaceError("key_unreadable", path=self._ledger, reason="PEM") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise WorkspaceError("key_unreadable", path=self._ledger, reason="Ed25519")
        signer = _named(private)
        if self._published() not in (None, signer.verifier):
            raise WorkspaceError("key_mismatch")
        return signer

    def create_signer(self) -> Signer:
        """Return the ledger's signing key, made now unless there is one."""
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._create(self._ledger, pem)
        signer = self.signer()
        if signer is None:
            raise WorkspaceError("key_unreadable", path=self._ledger, reason="ENOENT")
        return signer

    def publish(self, verifier: Verifier) -> None:
        """Write `ledger.pub`. It marks a ledger that exists: from then on a missing ledger is a lost one."""
        try:
            replace_file(self._public, f"{verifier}\n".encode())
        except OSError as error:
            raise WorkspaceError("workspace_unwritable", path=self._public, reason=error) from None

    @property
    def published(self) -> bool:
        """Tell whether a ledger was ever made with this folder's key."""
        return self._public.exists()

    def verifier(self) -> Verifier | None:
        """Return the ledger's public key, or `None` if there is no key yet. Needs no secret once published."""
        published = self._published()
        if published is not None:
            return published
        signer = self.signer()
        return signer.verifier if signer else None

    def token_key(self, subject: str, purpose: str) -> bytes:
        """Return 32 bytes for `TOKEN` and `MASK_HASH`: the same for one subject and purpose, unlinkable across.

        HMAC-SHA256 of the pair under `token.key`, which is made on first use.
        """
        # A JSON array, so that no two pairs are spelled alike.
        pair = json.dumps([subject, purpose]).encode()
        return hmac.digest(self._secret(), _TOKEN_DOMAIN + pair, hashlib.sha256)

    def consent_key(self) -> bytes:
        """Return the 32 bytes, derived from `token.key`, under which `consents.yaml` keeps whose a consent is."""
        return hmac.digest(self._secret(), _CONSENT_DOMAIN, hashlib.sha256)

    def _secret(self) -> bytes:
        secret = self._read_secret(self._token)
        if secret is None:
            self._create(self._token, secrets.token_bytes(_TOKEN_KEY_SIZE))
            secret = self._read_secret(self._token)
        if secret is None or len(secret) != _TOKEN_KEY_SIZE:
            raise WorkspaceError("key_unreadable", path=self._token, reason="SIZE")
        return secret

    def _published(self) -> Verifier | None:
        try:
            return Verifier.parse(self._public.read_text(encoding="utf-8")[:_MAX_KEY_FILE])
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, LedgerError) as error:
            why: object = error if isinstance(error, OSError) else "FORMAT"
            raise WorkspaceError("key_unreadable", path=self._public, reason=why) from None

    def _create(self, path: Path, secret: bytes) -> None:
        try:
            make_state_folder(self.folder, mode=0o700)
            create_once(path, secret, mode=0o600)
        except OSError as error:
            raise WorkspaceError("workspace_unwritable", path=path, reason=error) from None

    def _read_secret(self, path: Path) -> bytes | None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise WorkspaceError("key_unreadable", path=path, reason=error) from None
        try:
            # Asked of the open file, not of the name: nobody can exchange it in between.
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise WorkspaceError("key_unreadable", path=path, reason="FILE")
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise WorkspaceError("key_permissions_unsafe", path=path, mode=oct(stat.S_IMODE(mode)))
            return os.read(descriptor, _MAX_KEY_FILE)
        except OSError as error:
            raise WorkspaceError("key_unreadable", path=path, reason=error) from None
        finally:
            os.close(descriptor)


def _named(private: Ed25519PrivateKey) -> Signer:
    """Name a ledger after its key: unique without a registry, and there is nothing to configure wrongly."""
    public = private.public_key().public_bytes_raw()
    return Signer(f"phantang.local/{hashlib.sha256(public).hexdigest()[:16]}", private)
