"""A checkpoint: the size and root of the tree under the ledger's name, signed (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.ledger.note import decode_base64, join_note, open_note, split_note
from phantang.ledger.tree import HASH_SIZE, Tree
from phantang.model.errors import LedgerError

if TYPE_CHECKING:
    from phantang.ledger.note import Signer, Verifier

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the key's holder says of the ledger: at `size` entries the tree's root is `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def of(cls, origin: str, tree: Tree) -> Checkpoint:
        """Return the checkpoint of `tree`."""
        return cls(origin, tree.size, tree.root)

    @property
    def text(self) -> bytes:
        """Return the bytes that are signed: origin, size and base64 root, a line each."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()

    def seal(self, signer: Signer) -> bytes:
        """Return the signature, 68 bytes. Raises `LedgerError` `ledger_key_unknown` if the key has another name."""
        if signer.name != self.origin:
            raise LedgerError("ledger_key_unknown", name=self.origin)
        return signer.seal(self.text)

    def sign(self, signer: Signer) -> str:
        """Return the signed note."""
        return self.note(self.seal(signer))

    def note(self, seal: bytes) -> str:
        """Return the signed note, given a signature that was made before."""
        return join_note(self.text, self.origin, seal)

    @classmethod
    def verify(cls, note: str, verifier: Verifier) -> Checkpoint:
        """Return the checkpoint in `note` once the signature of `verifier` is checked.

        Raises `LedgerError` as `open_note` does, and `ledger_checkpoint_malformed` if the text is no checkpoint of this
        key's ledger.
        """
        checkpoint = cls._read(open_note(note, verifier))
        if checkpoint.origin != verifier.name:
            raise LedgerError("ledger_checkpoint_malformed")
        return checkpoint

    @classmethod
    def parse(cls, note: str) -> Checkpoint:
        """Return the checkpoint in `note` without checking who signed it: for a pin that its holder kept himself.

        A false pin can only raise a false alarm; anything taken from beside a ledger goes through `verify`. Raises
        `LedgerError` `ledger_checkpoint_malformed`.
        """
        return cls._read(split_note(note)[0])

    @classmethod
    def _read(cls, text: bytes) -> Checkpoint:
        try:
            origin, size, encoded, end = text.decode().split("\n")
            root = decode_base64(encoded)
        except ValueError:
            raise LedgerError("ledger_checkpoint_malformed") from None
        if end or not origin or not _SIZE.fullmatch(size) or len(root) != HASH_SIZE:
            raise LedgerError("ledger_checkpoint_malformed")
        return cls(origin, int(size), root)
