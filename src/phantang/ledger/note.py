"""Signed notes (C2SP signed-note): text, a blank line, signature lines. Ed25519 only (signature type 0x01)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phantang.model.errors import LedgerError

_ED25519 = b"\x01"
_KEY_ID_SIZE = 4
#: Bytes of a signature as written in a note: the key id and 64 bytes of Ed25519.
SEAL_SIZE = _KEY_ID_SIZE + 64
#: A note is a few lines; the bound keeps a hostile file from being parsed at length.
MAX_NOTE = 64 * 1024
_MAX_SIGNATURES = 16
_NAME = re.compile(r"[^\s+]+")


def decode_base64(text: str) -> bytes:
    """Return the bytes of standard base64 in its one canonical spelling, or raise `ValueError`.

    Python ignores the unused bits before the padding; two spellings of one value would be a byte nobody checks.
    """
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base64")
    return raw


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under a name. Its text form is the `vkey` of signed notes: `name+keyid+base64(0x01 || key)`."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != 32:
            raise LedgerError("ledger_key_invalid")

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that tell this key from others of its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_SIZE]

    def accepts(self, text: bytes, seal: bytes) -> bool:
        """Tell whether `seal`, key id and signature, is this key's signature of `text`."""
        if len(seal) != SEAL_SIZE or not seal.startswith(self.key_id):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(seal[_KEY_ID_SIZE:], text)
        except (InvalidSignature, ValueError):
            return False
        return True

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Return the key of a `vkey`. Raises `LedgerError` `ledger_key_invalid`."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            blob = decode_base64(encoded)
        except ValueError:
            raise LedgerError("ledger_key_invalid") from None
        key = cls(name, blob[1:])
        if blob[:1] != _ED25519 or key.key_id.hex() != key_id:
            raise LedgerError("ledger_key_invalid")
        return key


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name; the name is also the origin of the ledger it signs."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """Return the public half."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def seal(self, text: bytes) -> bytes:
        """Return the key id and signature of `text`, 68 bytes."""
        return self.verifier.key_id + self.private.sign(text)


def join_note(text: bytes, name: str, seal: bytes) -> str:
    """Return the note of `text` with one signature."""
    return f"{text.decode()}\n\N{EM DASH} {name} {base64.b64encode(seal).decode()}\n"


def open_note(note: str, verifier: Verifier) -> bytes:
    """Return the text of `note` once `verifier`'s signature is checked; other signatures are ignored.

    Raises `LedgerError`: `ledger_checkpoint_malformed`, `ledger_key_unknown` if the key did not sign, and
    `ledger_signature_bad` if any signature that claims to be this key's does not fit the text.
    """
    text, signatures = split_note(note)
    ours = [seal for name, seal in signatures if name == verifier.name and seal.startswith(verifier.key_id)]
    if not ours:
        raise LedgerError("ledger_key_unknown", name=verifier.name)
    if not all(verifier.accepts(text, seal) for seal in ours):
        raise LedgerError("ledger_signature_bad", name=verifier.name)
    return text


def split_note(note: str) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return the text of a note and its signatures, name and bytes, none of them checked.

    Raises `LedgerError` `ledger_checkpoint_malformed`.
    """
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    controls = any(char < " " and char != "\n" for char in note)
    if len(note) > MAX_NOTE or not blank or controls or lines.pop() != "" or not 1 <= len(lines) <= _MAX_SIGNATURES:
        raise LedgerError("ledger_checkpoint_malformed")
    signatures = []
    for line in lines:
        try:
            dash, name, encoded = line.split(" ")
            seal = decode_base64(encoded)
        except (ValueError, binascii.Error):
            raise LedgerError("ledger_checkpoint_malformed") from None
        if dash != "\N{EM DASH}" or not _NAME.fullmatch(name) or len(seal) <= _KEY_ID_SIZE:
            raise LedgerError("ledger_checkpoint_malformed")
        signatures.append((name, seal))
    return f"{text}\n".encode(), signatures
