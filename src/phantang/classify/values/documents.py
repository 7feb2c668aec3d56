"""JSON and XML values of a column as paths with their values, so that each path is classified like a column.

A path is `$.nguoi_nop.cccd` or `/hoSo/nguoiNop/cccd`; elements of arrays share one path (`[*]`). Keys that look like
data themselves (a map by phone number, by name) are written `*`: a path never tells a value.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree

#: Values that tell whether it is worth looking at all; documents read of one column, and paths kept.
_FIRST, _READ, _PATHS = 9, 60, 200
_DEPTH = 12
#: The share of values that must be documents.
_SHARE = 0.8
_OPENERS = frozenset("{[<")
_KEY = re.compile(r"[^\W\d][\w\- ]{0,60}")
_SCALAR = re.compile(r'"([^"\\]{1,60})"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d[\d.eE+\-]*|true|false))')
_ELEMENT = re.compile(r"<([^\W\d][\w.\-:]*)[^<>]*>([^<>]+)</\1>")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A path of a document: `parents` are the keys above `key`, `values` its texts."""

    path: str
    parents: tuple[str, ...]
    key: str
    values: tuple[str, ...]


def leaves(values: Sequence[str | None]) -> tuple[Leaf, ...]:
    """Return the paths of a column of documents in order of appearance; nothing if most values are no documents."""
    # That none of nine is a document where four in five are would come less than once in a million times.
    if _OPENERS.isdisjoint([value.lstrip()[:1] for value in islice(filter(None, values), _FIRST)]):
        return ()
    texts = [text for value in values if value and (text := value.strip())]
    if not texts or sum(text[0] in _OPENERS for text in texts) < _SHARE * len(texts):
        return ()
    spread = texts if len(texts) <= _READ else texts[:: -(-len(texts) // _READ)]
    documents = [found for text in spread if (found := _read(text)) is not None]
    if len(documents) < _SHARE * len(spread):
        return ()
    xml = sum(text[0] == "<" for text in spread) * 2 > len(spread)
    frequent = Counter(key for document in documents for key in {key for keys, _ in document for key in keys})
    kept = {key for key, count in frequent.items() if _plain(key) and count * 20 >= len(documents) and count > 1}
    kept |= {key for key in frequent if _plain(key) and key.isidentifier() and len(documents) < 3}
    paths: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for document in documents:
        for keys, text in document:
            paths[tuple(key if key == "[*]" or key in kept else "*" for key in keys)].append(text)
    named = ((keys, texts) for keys, texts in paths.items() if any(key not in {"[*]", "*"} for key in keys))
    return tuple(_leaf(keys, texts, xml=xml) for keys, texts in list(named)[:_PATHS])


def _plain(key: str) -> bool:
    return _KEY.fullmatch(key) is not None and sum(char.isdigit() for char in key) <= 3


def _leaf(keys: tuple[str, ...], texts: Sequence[str], *, xml: bool) -> Leaf:
    names = [key for key in keys if key != "[*]"]
    path = "/" + "/".join(names) if xml else "$" + "".join(key if key == "[*]" else f".{key}" for key in keys)
    return Leaf(path, tuple(names[:-1]), names[-1], tuple(texts))


def _read(text: str) -> list[tuple[tuple[str, ...], str]] | None:
    """Return the scalars of one document with their keys; of a cut or broken one what can be read; else `None`."""
    if text[0] == "<":
        return _read_xml(text)
    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict | list):
        return list(_walk(document, ()))
    found: list[tuple[tuple[str, ...], str]] = [((key,), one or two) for key, one, two in _SCALAR.findall(text)]
    return found or None


def _walk(node: object, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(keys) > _DEPTH:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walk(value, (*keys, str(key)))
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value, (*keys, "[*]"))
    elif node is not None and keys:
        yield keys, str(node)


def _read_xml(text: str) -> list[tuple[tuple[str, ...], str]] | None:
    """Read elements and attributes; a document with declarations of its own (entities) is only searched by pattern."""
    if "<!" not in text:
        try:
            return list(_walk_xml(ElementTree.fromstring(text), ()))  # noqa: S314 - no DOCTYPE, so no entities
        except (ElementTree.ParseError, ValueError, RecursionError):
            pass
    return [((key.rpartition(":")[2],), value) for key, value in _ELEMENT.findall(text)] or None


def _walk_xml(node: ElementTree.Element, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    here = (*keys, node.tag.rpartition("}")[2])
    if len(here) > _DEPTH:
        return
    for name, value in node.attrib.items():
        yield (*here, name.rpartition("}")[2]), value
    if node.text and node.text.strip():
        yield here, node.text.strip()
    for child in node:
        yield from _walk_xml(child, here)
