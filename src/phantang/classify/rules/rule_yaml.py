"""The YAML that rule packs are written in: safe, with only `true` and `false` as booleans, and no key said twice."""

from __future__ import annotations

import re
from typing import Any

import yaml

#: Levels of nesting. The deepest pack has nine; without a bound, libyaml's composer ends the process.
_MAX_DEPTH = 64
_BOOLEAN = "tag:yaml.org,2002:bool"
# libyaml is about ten times faster, and marks the same lines; the pure parser serves where it was not built in.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PackLoader(_Loader):  # type: ignore[misc] # chosen above
    """YAML 1.1 reads the words `on`, `no` and `yes` as booleans; here they are words."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own protocol
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a mapping that says one key twice: the later would silently win."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, "duplicate key", key_node.start_mark)
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


_PackLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))


def load_yaml(text: str) -> object:
    """Parse `text`; raises `yaml.YAMLError`, with `problem_mark` where known, also for nesting below 64 levels."""
    try:
        _bound_depth(text)
        return yaml.load(text, Loader=_PackLoader)  # noqa: S506 - a safe loader
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise yaml.YAMLError("not text") from error


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


def _bound_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                mark: Any = event.start_mark
                raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
