"""What is exported: tables of a catalog, the vocabulary they are described with, and where they live."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang.catalog.vocabulary import tag_of
from phantang.model.catalog import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.model.catalog import Asset, ColumnEntry, Tag


@dataclass(frozen=True, slots=True)
class Holding:
    """What is exported.

    `name` is the workspace's; `platforms` maps sources to the kinds of their databases, `databases` to their names
    (files, and servers whose schemas stand in no database, have none); `lang` is `vi` or `en`.
    """

    name: str
    digest: str
    assets: Sequence[Asset]
    tags: Mapping[str, Tag]
    tiers: Mapping[str, Mapping[str, Any]]
    platforms: Mapping[str, str]
    databases: Mapping[str, str]
    lang: str

    def tag(self, tag_id: str) -> Tag:
        """Return a tag of the vocabulary, or what a finer one inherits."""
        return tag_of(tag_id, self.tags)

    def used_tags(self) -> list[Tag]:
        """Return every tag that a column bears, sorted by id."""
        found = {tag for asset in self.assets for entry in asset.columns for tag in entry.tags}
        return [self.tag(tag_id) for tag_id in sorted(found)]


def decided(entry: ColumnEntry) -> bool:
    """Tell whether a person stands behind the tag."""
    return entry.status is not Status.PROPOSED


def described(tag: Tag, lang: str) -> str:
    """Return a tag's label and its law, with how that was checked."""
    law = f" ({tag.basis}; {tag.status})" if tag.basis and tag.status else ""
    return f"{tag.label[lang]}{law}"


def pretty(value: object) -> str:
    """Return JSON for people and programs."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
