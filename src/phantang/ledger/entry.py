"""Entries and the lines that keep them.

A line is `{"entry":{...},"leaf":"<64 hex>","seal":"<92 base64>"}` and a newline. `leaf` is the Merkle leaf hash of the
entry's bytes; `seal` is the signature line of the checkpoint of the tree that ends with this entry. Both have a fixed
length, so the entry's bytes can be cut out without trusting any parser.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang.ledger.canonical import canonical, parse
from phantang.ledger.note import SEAL_SIZE, decode_base64
from phantang.ledger.tree import HASH_SIZE, leaf_hash
from phantang.model.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The largest entry, bytes. A decision about a thousand columns takes about a tenth of it.
MAX_ENTRY = 4 * 1024 * 1024

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_FIELDS = {"index", "time", "kind", "decision_id", "body"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log.

    `time` is RFC 3339 in UTC (`...Z`). `kind` is open: `scan`, `accept`, `explain`, `intent`, `outcome`, `recovery`,
    ... `decision_id` joins the entries of one decision; `None` for an event that decided nothing. `body` is JSON.
    Raises `LedgerError` `ledger_entry_invalid` for a field out of its form.
    """

    index: int
    time: str
    kind: str
    decision_id: str | None
    body: Mapping[str, Any]

    def __post_init__(self) -> None:
        if type(self.index) is not int or self.index < 0:
            raise LedgerError("ledger_entry_invalid", what="index")
        if not isinstance(self.time, str) or not _TIME.fullmatch(self.time):
            raise LedgerError("ledger_entry_invalid", what="time")
        if not isinstance(self.kind, str) or not _KIND.fullmatch(self.kind):
            raise LedgerError("ledger_entry_invalid", what="kind")
        if not isinstance(self.decision_id, str | None) or self.decision_id == "":
            raise LedgerError("ledger_entry_invalid", what="decision_id")

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {slot: getattr(self, slot) for slot in self.__slots__}

    def canonical(self) -> bytes:
        """Return the RFC 8785 bytes. Raises `LedgerError`: `ledger_entry_invalid`, `ledger_entry_too_big`."""
        data = canonical(self.to_json())
        if len(data) > MAX_ENTRY:
            raise LedgerError("ledger_entry_too_big", size=len(data), limit=MAX_ENTRY)
        return data

    @classmethod
    def parse(cls, data: bytes) -> Entry:
        """Return the entry of its bytes. Raises `LedgerError` `ledger_entry_invalid`."""
        value = parse(data)
        if not isinstance(value, dict) or value.keys() != _FIELDS or not isinstance(value["body"], dict):
            raise LedgerError("ledger_entry_invalid", what="fields")
        return cls(**value)


_HEAD = b'{"entry":'
_LEAF = b',"leaf":"'
_SEAL = b'","seal":"'
_END = b'"}\n'
_HEX_SIZE = HASH_SIZE * 2
_BASE64_SIZE = -(-SEAL_SIZE // 3) * 4
_TAIL_SIZE = len(_LEAF) + _HEX_SIZE + len(_SEAL) + _BASE64_SIZE + len(_END)
#: The longest line, bytes, with its newline.
MAX_LINE = len(_HEAD) + MAX_ENTRY + _TAIL_SIZE
_TAIL = re.compile(
    rb"%s([0-9a-f]{%d})%s([A-Za-z0-9+/=]{%d})%s" % (_LEAF, _HEX_SIZE, _SEAL, _BASE64_SIZE, re.escape(_END))
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as found: the parts that could be read. `data` is the entry's bytes, whatever they are."""

    data: bytes
    stored_leaf: bytes | None
    seal: bytes | None
    index: int | None

    @property
    def leaf(self) -> bytes:
        """Return the leaf hash of the bytes that are there."""
        return leaf_hash(self.data)

    @staticmethod
    def write(data: bytes, seal: bytes) -> bytes:
        """Return the line for an entry's canonical bytes and the signature of the tree that ends with it."""
        encoded = base64.b64encode(seal)
        return b"".join((_HEAD, data, _LEAF, leaf_hash(data).hex().encode(), _SEAL, encoded, _END))

    @classmethod
    def read(cls, raw: bytes) -> Line:
        """Return what can be made out of `raw`, which may be damaged anywhere; never raises.

        The parts are cut at fixed offsets, so damage in one leaves the others readable.
        """
        cut = max(len(raw) - _TAIL_SIZE, 0)
        tail = _TAIL.fullmatch(raw, cut) if raw.startswith(_HEAD) else None
        stored = raw[cut + len(_LEAF) :][:_HEX_SIZE]
        data = raw[len(_HEAD) : cut]
        return cls(
            data,
            stored_leaf=bytes.fromhex(stored.decode()) if re.fullmatch(rb"[0-9a-f]{64}", stored) else None,
            seal=_decode_seal(tail[2]) if tail else None,
            index=_index(data),
        )

    def sound(self) -> bool:
        """Tell whether the line agrees with itself; only its signature can say that it is genuine."""
        return self.seal is not None and self.index is not None and self.stored_leaf == self.leaf

    def respelled(self) -> bool:
        """Tell whether the entry only lost its canonical spelling: the same JSON value has the stored leaf hash."""
        try:
            return leaf_hash(canonical(parse(self.data))) == self.stored_leaf
        except LedgerError:
            return False


def _decode_seal(encoded: bytes) -> bytes | None:
    try:
        return decode_base64(encoded.decode())
    except ValueError:
        return None


def _index(data: bytes) -> int | None:
    try:
        return Entry.parse(data).index
    except LedgerError:
        return None
