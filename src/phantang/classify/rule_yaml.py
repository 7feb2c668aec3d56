"""The YAML that rule packs are written in: safe, with only `true` and `false` as booleans, and no key said twice."""

from __future__ import annotations

import re
from typing import Any

import yaml

_BOOLEAN = "tag:yaml.org,2002:bool"


class _PackLoader(yaml.SafeLoader):
    """YAML 1.1 reads the words `on`, `no` and `yes` as booleans; here they are words."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own protocol
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a mapping that says one key twice: the later would silently win."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, "duplicate key", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


_PackLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))


def load_yaml(text: str) -> object:
    """Parse `text`; raises `yaml.YAMLError`, with `problem_mark` where known."""
    return yaml.load(text, Loader=_PackLoader)  # noqa: S506 - a SafeLoader
