"""YAML without surprises: text stays text, keys are unique, nothing can expand, and every value knows its place.

`00004`, `no` and `2026-01-01` are the text they look like; only a plain `null`, `~` or nothing at all is null. Types
are asked for by the reader of a key (`Node.integer`, `Node.day`), not guessed by the parser. Anchors, aliases, explicit
tags and several documents are refused: a catalog needs none of them, and they are how a small file becomes a large one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from phantang.catalog.node import Node, normalised
from phantang.model.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters. The widest table a database allows (1,600 columns) takes about a quarter of it.
MAX_CHARACTERS = 4 * 1024 * 1024
#: Levels of nesting. The deepest file of a catalog, an asset with a pending proposal, has six.
MAX_DEPTH = 16

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
# libyaml is about ten times faster; the pure parser gives the same events where it was not built in.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: str, text: str) -> Node:
    """Return the one document in `text`. `file` only names the place in errors.

    Raises `WorkspaceError`: `catalog_file_too_large`, `catalog_yaml_invalid`, `catalog_yaml_unsupported`,
    `catalog_duplicate_key`.
    """
    if len(text) > MAX_CHARACTERS:
        raise WorkspaceError("catalog_file_too_large", file=file, limit=MAX_CHARACTERS)
    failed_at = 1
    try:
        return _Builder(file, yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        failed_at = mark.line + 1 if mark is not None else 1
    except (yaml.YAMLError, UnicodeError):
        pass  # a character YAML does not allow; reported below, without the parser's text, which quotes the file
    raise WorkspaceError("catalog_yaml_invalid", file=file, line=failed_at)


class _Builder:
    """Builds nodes from parser events. Recursion is bounded by `MAX_DEPTH`, memory by `MAX_CHARACTERS`."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self._file = file
        self._events = events

    def document(self) -> Node:
        next(self._events)  # start of stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return Node(self._file, 1, None)
        root = self._node(next(self._events), 1)
        next(self._events)  # end of document
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise self._unsupported(following, "---")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise self._unsupported(event, "*alias")
        if event.anchor is not None:
            raise self._unsupported(event, "&anchor")
        if event.tag is not None:
            raise self._unsupported(event, "!tag")
        if depth > MAX_DEPTH:
            raise self._unsupported(event, f"> {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            null = event.implicit[0] and event.value in _NULL
            return Node(self._file, line, None if null else str(event.value))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(self._file, line, self._items(depth))
        return Node(self._file, line, self._entries(depth))

    def _items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _entries(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key.value, str):
                raise self._unsupported(event, "? key")
            name = normalised(key.value)
            if name in entries:
                raise key.error("catalog_duplicate_key", key=key.shown)
            entries[name] = self._node(next(self._events), depth + 1)
        return entries

    def _unsupported(self, event: Any, what: str) -> WorkspaceError:
        return WorkspaceError("catalog_yaml_unsupported", file=self._file, line=event.start_mark.line + 1, what=what)
