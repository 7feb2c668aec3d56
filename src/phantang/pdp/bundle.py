"""The Rego bundle as data: modules, documents, schemas and tests, with one digest over what decides.

Paths follow OPA's bundles: `a/b/data.yaml` is the document `data.a.b`, so that `opa run -b policies/` and the engine in
this process see the same tree. Text comes in from the caller; nothing here opens a file.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import rfc8785
import yaml

from phantang.model.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Rego is parsed in time exponential in the depth of literals (0.2 s at 12), so deeper text is not given to the parser.
MAX_LITERAL_DEPTH = 10
MAX_FILE_CHARS = 500_000
MAX_YAML_DEPTH = 64
#: Documents that exist without a file: `phantang` is computed by rules, `bundle` holds the revision, `catalog` what an
#: OPA server is told of the catalog to answer Trino.
RESERVED_ROOTS = frozenset({"phantang", "bundle", "catalog"})
_DATA_NAMES = frozenset({"data.yaml", "data.json"})
_NOT_A_NUMBER = re.compile(r"(?i)\.nan|\.inf|\bnan\b|\binfinity\b")
_PLAIN_NAMES = frozenset({"README.md", ".manifest"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """A loaded bundle. `revision` is `sha256:` and the digest of modules, data and schemas; tests do not change it.

    `modules` and `tests` map a relative path to Rego text, `schemas` a file name to a JSON Schema. `trino` are modules
    that an OPA server evaluates for Trino and this process never does. `ignored` lists
    files that are none of these: `check_bundle` reports them, because a misspelt `data.yaml` would otherwise vanish.
    """

    modules: Mapping[str, str]
    tests: Mapping[str, str]
    data: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]
    trino: Mapping[str, str]
    ignored: tuple[str, ...]
    revision: str

    @classmethod
    def from_files(cls, files: Mapping[str, str]) -> Bundle:
        """Load a bundle from `{relative path: text}`.

        Raises `PolicyError` `policy_bundle_invalid` with `file`, `line` and `problem` for text that cannot be read.
        """
        modules: dict[str, str] = {}
        tests: dict[str, str] = {}
        data: dict[str, Any] = {}
        schemas: dict[str, Mapping[str, Any]] = {}
        trino: dict[str, str] = {}
        ignored: list[str] = []
        for path, raw in sorted(files.items()):
            text = raw.removeprefix("\ufeff").replace("\r\n", "\n")
            name = PurePosixPath(path).name
            if len(text) > MAX_FILE_CHARS:
                raise _invalid(path, 0, f"longer than {MAX_FILE_CHARS} characters")
            if name.endswith(".rego"):
                _bound_depth(path, text)
                if path.startswith("trino/"):
                    _require_trino_package(path, text)
                    trino[path] = text
                else:
                    (tests if name.endswith("_test.rego") else modules)[path] = text
            elif name in _DATA_NAMES:
                _graft(data, path, _document(path, text))
            elif name.endswith(".schema.json"):
                schemas[name] = _document(path, text)
            elif name not in _PLAIN_NAMES:
                ignored.append(path)
        if not modules:
            raise _invalid("policies", 0, "no .rego module found")
        content = {"modules": modules, "data": data, "schemas": schemas, "trino": trino}
        try:
            digest = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
            raise _invalid("policies", 0, "holds a value that JSON cannot carry") from error
        return cls(modules, tests, data, schemas, trino, tuple(ignored), f"sha256:{digest}")

    @property
    def documents(self) -> dict[str, Any]:
        """Return the data an engine loads: the bundle's own, and its revision at `data.bundle.revision`."""
        return {**self.data, "bundle": {"revision": self.revision}}


def _invalid(file: str, line: int, problem: str) -> PolicyError:
    return PolicyError("policy_bundle_invalid", file=file, line=line, problem=problem)


# libyaml is about ten times faster; the pure parser gives the same events where it was not built in.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[misc] # chosen above
    """YAML that both engines read alike: no duplicate keys, no anchors, no dates, only what JSON has."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value) or not all(isinstance(key, str) for key in mapping):
            raise yaml.MarkedYAMLError(problem="a key is repeated or is not text", problem_mark=node.start_mark)
        return mapping


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":merge"))]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def _yaml(text: str) -> Any:
    """Load YAML. Depth and aliases are looked at first, before one ends the process or the other expands."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_YAML_DEPTH:
            raise ValueError(depth)
        if isinstance(event, yaml.AliasEvent):
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
    return yaml.load(text, _StrictLoader)  # noqa: S506 - a safe loader


def _document(path: str, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if path.endswith(".json") else _yaml(text)
    except json.JSONDecodeError as error:
        raise _invalid(path, error.lineno, error.msg) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _invalid(path, line, str(error.problem)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid(path, 0, "not YAML or JSON text") from error
    if not isinstance(value, dict):
        raise _invalid(path, 1, "the document is not a mapping")
    if not _finite(value):
        lines = enumerate(text.split("\n"), start=1)
        line = next((number for number, line in lines if _NOT_A_NUMBER.search(line)), 0)
        raise _invalid(path, line, "NaN and infinity are no numbers a rule can use")
    return value


def _finite(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or math.isfinite(value)


def _graft(data: dict[str, Any], path: str, document: dict[str, Any]) -> None:
    """Put `document` where its folder says, refusing to overwrite anything."""
    parts = PurePosixPath(path).parts[:-1]
    root = parts[0] if parts else next(iter(RESERVED_ROOTS & document.keys()), "")
    if root in RESERVED_ROOTS:
        raise _invalid(path, 1, f"data.{root} is not a place for documents")
    place = data
    for part in parts:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise _invalid(path, 1, f"another file already gives data.{'.'.join(parts)}")
    _merge(path, place, document)


def _merge(path: str, into: dict[str, Any], document: dict[str, Any]) -> None:
    for key, value in document.items():
        if key in into:
            raise _invalid(path, 1, f"another file already gives {key}")
        into[key] = value


def _require_trino_package(path: str, text: str) -> None:
    """Refuse a module that could add to anything but `phantang.trino`: an OPA server would evaluate it."""
    stem = PurePosixPath(path).stem
    wanted = "phantang.trino" if stem == "trino" else f"phantang.trino.{stem}"
    code = next((line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#")), "")
    if code != f"package {wanted}" or len(PurePosixPath(path).parts) != 2:
        raise _invalid(path, 1, f"the package must be {wanted}, as its place says")


def _bound_depth(path: str, text: str) -> None:
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        for char in _code(line):
            depth += (char in "[{") - (char in "]}")
            if depth > MAX_LITERAL_DEPTH:
                raise _invalid(path, number, f"brackets nested deeper than {MAX_LITERAL_DEPTH}")


def _code(line: str) -> str:
    """Return a line of Rego without strings and comment; a raw string over several lines makes the bound stricter."""
    kept: list[str] = []
    quote, escaped = "", False
    for char in line:
        if quote:
            if char == quote and not escaped:
                quote = ""
            escaped = char == "\\" and not escaped and quote == '"'
        elif char in '"`':
            quote = char
        elif char == "#":
            break
        else:
            kept.append(char)
    return "".join(kept)
