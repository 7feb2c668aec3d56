"""Names alone, as systems of both languages write them: agreement with the labels, and look-alikes left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted((*FIXTURES.glob("names_en/*.txt"), *FIXTURES.glob("names_systems/*.txt")))
_WORDS = {"p": "person", "s": "sensitive", "o": "organisation", "n": "none", "admin": "admin.unit_code"}


def _tables(file: Path) -> Iterator[tuple[TableInfo, dict[str, tuple[str, ...]]]]:
    for line in file.read_text("utf-8").splitlines():
        name, _, columns = line.partition(" | ")
        infos, labels = [], {}
        for column in columns.split():
            said, _, tags = column.partition("=")
            spoken, _, kind = said.partition(":")
            infos.append(
                ColumnInfo(spoken, {"int": "integer", "number": "numeric", "bool": "boolean"}.get(kind, kind or "text"))
            )
            parts = (tag.partition(".") for tag in tags.split("/"))
            labels[spoken] = tuple(_WORDS.get(head, head) + dot + rest for head, dot, rest in parts)
        yield TableInfo(TableName("s", "main", name.rpartition(".")[2]), tuple(infos)), labels


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_names_get_their_label(classifier: Classifier, file: Path) -> None:
    right = total = alarms = alike = 0
    for table, labels in _tables(file):
        for found in classifier.classify(table, {}):
            tags = labels[found.column.column]
            agrees = any(found.tag == tag or found.tag.startswith(f"{tag}.") for tag in tags)
            right += agrees
            total += 1
            alike += tags[0] == "none"
            alarms += tags[0] == "none" and not agrees and found.tag.startswith(("person.", "sensitive."))
    print(f"{file.stem}: {right} of {total} agree; {alarms} of {alike} look-alikes flagged")
    assert total > 100
    assert right >= 0.92 * total
    assert alarms <= 0.04 * alike
