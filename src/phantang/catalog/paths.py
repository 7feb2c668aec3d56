"""Where an asset's file lies: one path a table, safe on any file system, and readable back.

Letters, digits, `_` and `-` of a name in Unicode NFC stand for themselves; every other byte of its UTF-8 form is
written `%XX`, upper case. A name that is not in NFC (file systems change such names) has all its non-ASCII bytes
encoded. So no name can contain a separator, a dot, or climb out of its folder. A part longer than `MAX_PART` bytes is
cut and completed by a hash; the file's own `schema` and `table` keys then carry the name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import unquote_to_bytes

from phantang.model.errors import InputError
from phantang.model.names import TableName

#: Bytes of one part of a name; two parts, a dot and `.yaml` stay under the 255 bytes file systems allow.
MAX_PART = 110
_HASHED = "%~"
_PATH = re.compile(r"assets/([^/]+)/([^/.]+)\.([^/.]+)\.yaml")


def asset_path(name: TableName) -> str:
    """Return the path of the asset's file, relative to `catalog/`: `assets/<source>/<schema>.<table>.yaml`.

    Raises `InputError` `catalog_bad_name` for an empty part or one that is not encodable text.
    """
    return f"assets/{_encode(name.source)}/{_encode(name.schema)}.{_encode(name.table)}.yaml"


def retired_path(name: TableName, at: str | None = None) -> str:
    """Return the path of the record of a retired table: `retired/<source>/<schema>.<table>.yaml`.

    With `at`, an ISO time, that of a record whose place a later one of the same table has taken: `...@<at>.yaml`.
    """
    path = "retired/" + asset_path(name).removeprefix("assets/")
    return path if at is None else f"{path.removesuffix('.yaml')}@{re.sub('[^0-9TZ]', '', at)}.yaml"


def table_at(path: str) -> TableName | None:
    """Return the table whose file is `path`, or `None` if no table has this path or it holds a cut name."""
    match = _PATH.fullmatch(path)
    if match is None or _HASHED in path:
        return None
    try:
        name = TableName(*(unquote_to_bytes(part).decode("utf-8") for part in match.groups()))
        return name if asset_path(name) == path else None
    except (UnicodeDecodeError, InputError):
        return None


def _encode(part: str) -> str:
    try:
        part.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("catalog_bad_name") from None
    if not part:
        raise InputError("catalog_bad_name")
    composed = unicodedata.is_normalized("NFC", part)
    encoded = [_encode_character(char, composed) for char in part]
    whole = "".join(encoded)
    if len(whole.encode("utf-8")) <= MAX_PART:
        return whole
    suffix = _HASHED + hashlib.sha256(part.encode("utf-8")).hexdigest()[:32]
    while len("".join(encoded).encode("utf-8")) > MAX_PART - len(suffix):
        encoded.pop()
    return "".join(encoded) + suffix


def _encode_character(char: str, composed: bool) -> str:
    plain = char in "_-" or (char.isascii() and char.isalnum()) or (composed and not char.isascii() and char.isalpha())
    return char if plain else "".join(f"%{byte:02X}" for byte in char.encode("utf-8"))
