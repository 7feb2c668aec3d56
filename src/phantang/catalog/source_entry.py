"""Source files: what a source is beyond its tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phantang.catalog.jurisdiction import read_jurisdiction
from phantang.catalog.node import shown
from phantang.model.catalog import CaseRegister, SourceEntry

if TYPE_CHECKING:
    from phantang.catalog.node import Node

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


def read_source(root: Node) -> SourceEntry:
    """Return the entry in `root.file`, which must be `sources/<id>.yaml`.

    Required: `id`. Left out, a source is not `recoded`, belongs to no `jurisdiction` as a whole, has no register of
    `cases`, and a case number is optional. A commune is named with its province.
    Whether the catalog knows the columns of the register is for `phantang doctor` to say: a source may be described
    before it is scanned.
    Raises `WorkspaceError`: `catalog_id_mismatch`, `catalog_duplicate_id`, `catalog_bad_unit_code`, those of `Node`.
    """
    keys = root.fields(("id",), ("recoded", "jurisdiction", "cases", "case_number", "note"))
    units = read_jurisdiction(keys["jurisdiction"]) if "jurisdiction" in keys else {}
    if "commune" in units and "province" not in units:
        raise keys["jurisdiction"].error("catalog_missing_key", key="province")
    source = keys["id"].text()
    if not _ID.fullmatch(source):
        raise keys["id"].wrong("id: a-z 0-9 _")
    if root.file != f"sources/{source}.yaml":
        raise keys["id"].error("catalog_id_mismatch", id=shown(source))
    return SourceEntry(
        id=source,
        recoded="recoded" in keys and keys["recoded"].choice("recoded", ("true", "false")) == "true",
        cases=_cases(keys["cases"]) if "cases" in keys else None,
        case_required="case_number" in keys
        and keys["case_number"].choice("case_number", ("required", "optional")) == "required",
        jurisdiction=units,
    )


def _cases(node: Node) -> CaseRegister:
    keys = node.fields(("table", "about"), ("schema", "officer", "case", "assigned_to"))
    if not {"officer", "case"} & keys.keys():
        raise node.error("catalog_missing_key", key="officer")
    about = tuple(item.exact() for item in keys["about"].items())
    if not about:
        raise keys["about"].wrong("list, not empty")
    if len(set(about)) != len(about):
        raise keys["about"].error("catalog_duplicate_id", what="column", id=keys["about"].shown)
    return CaseRegister(
        table=keys["table"].exact(),
        about=about,
        schema=keys["schema"].exact() if "schema" in keys else None,
        officer=keys["officer"].exact() if "officer" in keys else None,
        case=keys["case"].exact() if "case" in keys else None,
        assigned_to=keys["assigned_to"].choice("assigned_to", ("agency", "officer"))
        if "assigned_to" in keys
        else "agency",
    )
