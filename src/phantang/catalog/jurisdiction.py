"""Administrative units as catalog files name them: the codes of a province and of a commune."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantang.catalog.node import Node

_UNIT_CODES = {"province": re.compile(r"[0-9]{2}"), "commune": re.compile(r"[0-9]{5}")}


def read_jurisdiction(node: Node) -> dict[str, str]:
    """Return `{province, commune}` as far as they are named. Raises `WorkspaceError` `catalog_bad_unit_code`.

    That a commune is one of the province is for policy to know, which has the list.
    """
    codes: dict[str, str] = {}
    if node.is_null:
        return codes
    for unit, code in node.fields((), tuple(_UNIT_CODES)).items():
        if code.is_null:
            continue
        if not _UNIT_CODES[unit].fullmatch(code.text()):
            raise code.error("catalog_bad_unit_code", unit=unit)
        codes[unit] = code.text()
    return codes
