"""Rule packs compiled into a classifier, once a process for the same bytes."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeAlias

from phantang.classify.classifier import Classifier
from phantang.classify.pack import parse_packs
from phantang.classify.rules.codelists import parse_lists

_Texts: TypeAlias = tuple[tuple[str, str], ...]


def compile_packs(
    packs: Mapping[str, str], lists: Mapping[str, str], tags: Collection[str], *, own: Mapping[str, str] = {}
) -> Classifier:
    """Compile rule packs into a classifier.

    `packs` are YAML texts by path relative to `classifiers/` (`vn/identity.yaml`), `lists` the code lists likewise
    (`lists/communes_2025.csv`), `tags` the vocabulary (a mapping from tag id will do): rules may use these and
    finer ones. `own` are the program's own packs, read from its folder, not from a workspace's: the patterns of a pack
    that is byte for byte one of them are not judged again, as the program's tests judge them.

    The last few classifiers are remembered, by every byte they are made of: to compile one takes a second or more.

    Raises `WorkspaceError`: naming the file, the rule and what is wrong with it.
    """
    judged = frozenset(path for path, text in packs.items() if own.get(path) == text)
    return _compile(tuple(sorted(packs.items())), tuple(sorted(lists.items())), frozenset(tags), judged)


@lru_cache(maxsize=2)
def _compile(packs: _Texts, lists: _Texts, tags: frozenset[str], judged: frozenset[str]) -> Classifier:
    with _without_collection():
        rules, lexicon = parse_packs(dict(packs), tags, judged=judged)
        return Classifier(rules, lexicon, parse_lists(dict(lists)), packs_digest(dict(packs), dict(lists)))


def packs_digest(packs: Mapping[str, str], lists: Mapping[str, str]) -> str:
    """Return the digest (`sha256:...`) that a classifier of these packs and lists has, compiling nothing."""
    digest = hashlib.sha256()
    for path, text in sorted({**packs, **lists}.items()):
        for part in (path, text):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
    return f"sha256:{digest.hexdigest()}"


@contextmanager
def _without_collection() -> Iterator[None]:
    """Look for no garbage meanwhile: half a million objects are made, and all of them stay."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
