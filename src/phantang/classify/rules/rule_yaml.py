"""The YAML that rule packs are written in: safe, with only `true` and `false` as booleans, and no key said twice.

Values are built from the parser's events as they come: no node is made of them in between, which halves the time.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

#: Levels of nesting. The deepest pack has nine.
_MAX_DEPTH = 64
_BOOLEAN, _TEXT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:str"
# libyaml is about ten times faster, and marks the same lines; the pure parser serves where it was not built in.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PackLoader(_Loader):  # type: ignore[misc] # chosen above
    """YAML 1.1 reads the words `on`, `no` and `yes` as booleans; here they are words."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own protocol
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()
    }


_PackLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))


def load_yaml(text: str) -> object:
    """Parse `text`; raises `yaml.YAMLError`, with `problem_mark` where known, also for nesting below 64 levels."""
    try:
        loader = _PackLoader(text)
        try:
            return _Document(loader).read()
        finally:
            loader.dispose()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise yaml.YAMLError("not text") from error


class _Document:
    """One document: mappings, lists and scalars as Python has them; an alias is the same object once more."""

    def __init__(self, loader: Any) -> None:
        self._loader, self._next = loader, loader.get_event
        self._anchors: dict[str, object] = {}
        #: What texts without quotes are; packs say the same few words again and again.
        self._plain: dict[str, object] = {}

    def read(self) -> object:
        """Return the only document of the text, `None` if it is empty."""
        self._next()  # the stream begins
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        found = self._value(self._next(), 1)
        self._next()  # the document ends
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _refused(event, "more than one document")
        return found

    def _value(self, event: Any, depth: int) -> object:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _refused(event, "undefined alias")
            return self._anchors[event.anchor]
        if isinstance(event, yaml.ScalarEvent):
            found = self._scalar(event)
        elif event.tag is not None and not event.implicit:
            raise _refused(event, "a tag")
        elif depth > _MAX_DEPTH:
            raise _refused(event, "nested too deeply")
        else:
            found = self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = found
        return found

    def _list(self, depth: int) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, depth + 1))
        return found

    def _mapping(self, depth: int) -> dict[object, object]:
        """Read a mapping; one that says a key twice is refused: the later would silently win."""
        found: dict[object, object] = {}
        merged: dict[object, object] = {}
        seen: set[str] = set()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _refused(event, "a key that is no text")
            if event.value in seen:
                raise _refused(event, "duplicate key")
            seen.add(event.value)
            if event.value == "<<" and event.implicit[0]:
                merged = self._merged(self._next(), depth + 1)
            else:
                key = self._value(event, depth + 1)
                found[key] = self._value(self._next(), depth + 1)
        return merged | found

    def _merged(self, event: Any, depth: int) -> dict[object, object]:
        """Read the mapping, or the list of mappings, whose keys another one takes over."""
        value = self._value(event, depth)
        found: dict[object, object] = {}
        for one in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(one, dict):
                raise _refused(event, "no mapping to merge")
            found |= one
        return found

    def _scalar(self, event: Any) -> object:
        plain, quoted = event.implicit
        if quoted:
            return event.value
        if not plain:
            return self._typed(event, event.tag)
        if event.value not in self._plain:
            tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
            self._plain[event.value] = event.value if tag == _TEXT else self._typed(event, tag)
        return self._plain[event.value]

    def _typed(self, event: Any, tag: str) -> object:
        """Return a text as what its tag says: a number, a date, true, false, nothing."""
        try:
            return self._loader.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        except ValueError:  # 2026-02-30
            raise _refused(event, "no such value") from None


def _refused(event: Any, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def line_of(text: str, rule: str, value: str) -> int:
    """Return the line of `value` in the rule called `rule`, 0 where it is not found; `text` is a pack that loads."""
    said = False
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.ScalarEvent):
            said = said or event.value == rule
            if said and event.value == value:
                mark: Any = event.start_mark
                return int(mark.line) + 1
    return 0
