"""Tags that the law speaks of and the catalog does not know: a typo in one, and a rule is about nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from phantang.pdp import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


def unknown_tags(law: Mapping[str, Any], tags: Collection[str], files: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the tags of `law` that are neither in `tags` nor above or below one; `files` are the policies' texts.

    `law` has passed `pdp.check_deciding`. A tag below a known one needs no entry in `catalog/tags.yaml`.
    """
    above = {tag[: dot.start()] for tag in tags for dot in re.finditer(r"\.", tag)}
    for document, tag in sorted(set(_named(law))):
        parts = tag.split(".")
        below = any(".".join(parts[:end]) in tags for end in range(1, len(parts) + 1))
        if not below and tag not in above:
            file = f"law/{document}/data.yaml"
            detail = f"there is no tag {tag} in catalog/tags.yaml"
            yield Problem(file, _line(files.get(file, ""), tag), "tag_unknown", detail)


def _named(law: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    combinations = law["combinations"]
    lists: list[tuple[str, Collection[str]]] = [
        *(("identifiers", tags) for tags in law["identifiers"].values() if isinstance(tags, list)),
        ("masks", law["masks"]["by_tag"]),
        ("masks", law["masks"]["generalize"]),
        ("statistics", law["statistics"]["categories"]),
        *(("combinations", combinations[name]) for name in ("floors", "important", "core", "bank_payment")),
        *(("combinations", group) for one in combinations["together"].values() for group in one["when"]),
        ("limits", law["limits"]["state_secret"]["tags"]),
        *(("procedures", tags) for tags in law["procedures"]["fields"].values()),
    ]
    yield from ((document, tag) for document, tags in lists for tag in tags)


def _line(text: str, tag: str) -> int:
    named = re.compile(rf"(?<![\w.]){re.escape(tag)}(?![\w.])")
    lines = ["" if line.lstrip().startswith("#") else line for line in text.split("\n")]
    return next((number for number, line in enumerate(lines, start=1) if named.search(line)), 0)
