"""Asset files to assets. What a person wrote by hand may be as short as a name, a tag, a tier and a status a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.catalog.claim_reader import (
    CLAIM_KEYS,
    given,
    read_awaiting,
    read_evidence,
    read_generation,
    read_proposal,
    read_raise,
    read_sensitivity,
    read_subjects,
    read_tag,
    read_tags,
    read_waiver,
    refuse_lowering,
)
from phantang.catalog.node import normalised, shown
from phantang.catalog.noise_reader import read_privacy
from phantang.catalog.paths import asset_path, table_at
from phantang.catalog.strict_yaml import read_yaml
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import InputError
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from phantang.catalog.node import Node
    from phantang.model.catalog import Tag

#: The type of a column written by hand without one.
UNKNOWN_TYPE = "UNKNOWN"

_NAME_KEYS = ("source", "schema", "table")
_ASSET_KEYS = (
    *_NAME_KEYS,
    "comment",
    "rows",
    "structure",
    "subjects",
    "raised",
    "waived",
    "privacy_unit",
    "differential_privacy",
    "scope",
    "primary_key",
    "foreign_keys",
)
_COLUMN_KEYS = (
    "type",
    "generated",
    "tag",
    *CLAIM_KEYS,
    "status",
    "decided_by",
    "approved_by",
    "reason",
    "proposal",
    "comment",
    "rejected",
    "awaiting",
)


def parse_asset(path: str, text: str, tags: Mapping[str, Tag]) -> Asset:
    """Return the asset in `text`; `path` is relative to `catalog/` and must be the table's own (`asset_path`).

    Only `columns` is required, and only `name` of a column. Left out, `source, schema, table` follow from the path;
    `type` is `UNKNOWN`; `status` is `proposed`; `tags` is the tag alone; `tier` and `personal_class` are the tags' own.
    A tier or class below that of its tags on personal data needs a `reason`.
    Raises `WorkspaceError` with file and line: `catalog_path_mismatch`, `catalog_unknown_tag_at`,
    `catalog_unknown_column`, `catalog_duplicate_id`, `catalog_tier_below_tag`, and those of `read_yaml` and `Node`.
    """
    root = read_yaml(normalised(path), text)
    name = table_at(root.file)
    asset = read_asset(root, tags, name)
    try:
        fits = asset_path(asset.name) == root.file
    except InputError:
        fits = False
    if not fits:
        raise root.error("catalog_path_mismatch", table=shown(str(asset.name)))
    return asset


def read_asset(root: Node, tags: Mapping[str, Tag], name: TableName | None = None) -> Asset:
    """Return the asset in a document or a part of one; `name` is its table where it does not say so itself."""
    keys = root.fields(("columns",), _ASSET_KEYS)
    if any(key in keys for key in _NAME_KEYS):
        name = _full_name(root, keys)
    if name is None:
        raise root.error("catalog_path_mismatch", table="?")
    columns = _columns(keys["columns"], tags)
    known = {column.name for column in columns}
    privacy_unit = _known_column(keys["privacy_unit"], known) if given(keys, "privacy_unit") else None
    privacy, contributions = (
        read_privacy(keys["differential_privacy"], privacy_unit, known)
        if given(keys, "differential_privacy")
        else (None, None)
    )
    return Asset(
        name=name,
        columns=columns,
        comment=keys["comment"].text() if "comment" in keys else None,
        privacy_unit=privacy_unit,
        scope=_scope(keys["scope"], known) if "scope" in keys else {},
        primary_key=_column_list(keys["primary_key"], known) if "primary_key" in keys else (),
        foreign_keys=tuple(_foreign_key(item, known) for item in keys["foreign_keys"].items())
        if "foreign_keys" in keys
        else (),
        rows=keys["rows"].integer() if given(keys, "rows") else None,
        structure=keys["structure"].filled() if given(keys, "structure") else None,
        subjects=read_subjects(keys["subjects"]) if given(keys, "subjects") else None,
        raised=tuple(read_raise(item) for item in keys["raised"].items()) if "raised" in keys else (),
        waived=tuple(read_waiver(item) for item in keys["waived"].items()) if "waived" in keys else (),
        differential_privacy=privacy,
        contributions=contributions,
    )


def _full_name(node: Node, keys: Mapping[str, Node]) -> TableName:
    for key in _NAME_KEYS:
        if key not in keys:
            raise node.error("catalog_missing_key", key=key)
    return TableName(*(keys[key].exact() for key in _NAME_KEYS))


def _columns(node: Node, tags: Mapping[str, Tag]) -> tuple[ColumnEntry, ...]:
    columns: dict[str, ColumnEntry] = {}
    for item in node.items():
        entry = _column(item, tags)
        if entry.name in columns:
            raise item.error("catalog_duplicate_id", what="column", id=shown(entry.name))
        columns[entry.name] = entry
    return tuple(columns.values())


def _column(node: Node, tags: Mapping[str, Tag]) -> ColumnEntry:
    keys = node.fields(("name",), _COLUMN_KEYS)
    tag = read_tag(keys["tag"], tags) if given(keys, "tag") else None
    column_tags = read_tags(keys, tag, tags)
    applying = column_tags if tag is None else (tag, *column_tags)
    tier, personal_class = read_sensitivity(keys, applying, tags)
    reason = keys["reason"].text() if "reason" in keys else None
    if tag is not None and not (reason and reason.strip()):
        refuse_lowering(node, applying, tier, personal_class, tags)
    status = keys["status"].choice("status", list(Status)) if "status" in keys else Status.PROPOSED
    return ColumnEntry(
        name=keys["name"].exact(),
        type=keys["type"].exact() if "type" in keys else UNKNOWN_TYPE,
        status=Status(status),
        tag=tag,
        tags=column_tags,
        tier=tier,
        personal_class=personal_class,
        confidence=keys["confidence"].share() if given(keys, "confidence") else None,
        decided_by=keys["decided_by"].filled() if given(keys, "decided_by") else None,
        approved_by=keys["approved_by"].filled() if given(keys, "approved_by") else None,
        reason=reason,
        evidence=read_evidence(keys["evidence"]) if "evidence" in keys else (),
        proposal=read_proposal(keys["proposal"], tags) if given(keys, "proposal") else None,
        comment=keys["comment"].text() if "comment" in keys else None,
        rejected=tuple(item.filled() for item in keys["rejected"].items()) if "rejected" in keys else (),
        awaiting=read_awaiting(keys["awaiting"], tags) if given(keys, "awaiting") else None,
        generated=read_generation(keys["generated"]) if given(keys, "generated") else None,
    )


def _scope(node: Node, known: Collection[str]) -> dict[str, str]:
    return {unit: _known_column(column, known) for unit, column in node.fields((), ("commune", "province")).items()}


def _known_column(node: Node, known: Collection[str]) -> str:
    if node.exact() not in known:
        raise node.error("catalog_unknown_column", column=node.shown)
    return node.exact()


def _column_list(node: Node, known: Collection[str]) -> tuple[str, ...]:
    return tuple(_known_column(item, known) for item in node.items())


def _foreign_key(node: Node, known: Collection[str]) -> ForeignKey:
    keys = node.fields(("columns", "refers_to", "to"))
    columns = _column_list(keys["columns"], known)
    to = tuple(item.exact() for item in keys["to"].items())
    if len(columns) != len(to) or not columns:
        raise node.wrong("as many columns as in `to`")
    return ForeignKey(columns, _full_name(keys["refers_to"], keys["refers_to"].fields(_NAME_KEYS)), to)
