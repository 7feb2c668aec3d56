"""A file is found whether its name is typed composed or decomposed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal

import pytest

from phantang.engines import connect
from phantang.engines.spelling import as_stored
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def spelled(form: Literal["NFC", "NFD"], text: str) -> str:
    return unicodedata.normalize(form, text)


@pytest.mark.parametrize(("stored", "typed"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_a_folder_and_a_file_of_another_composition_are_found(
    tmp_path: Path, stored: Literal["NFC", "NFD"], typed: Literal["NFC", "NFD"]
) -> None:
    folder = tmp_path / spelled(stored, "sổ hộ tịch")
    folder.mkdir()
    (folder / spelled(stored, "khai sinh đã cấp.csv")).write_text("ho_ten\nLê Thị Bé\n", encoding="utf-8")
    asked = f"{tmp_path}/{spelled(typed, 'sổ hộ tịch')}/{spelled(typed, 'khai sinh đã cấp.csv')}"
    with connect(asked, "nguon") as engine:
        (table,) = engine.introspect()
    assert [column.name for column in table.columns] == ["ho_ten"]


def test_what_is_there_as_typed_is_taken_and_of_two_alike_neither(tmp_path: Path) -> None:
    composed, decomposed = tmp_path / spelled("NFC", "hộ.csv"), tmp_path / spelled("NFD", "hộ.csv")
    for path in (composed, decomposed):
        path.write_text("a\n1\n", encoding="utf-8")
    assert as_stored(composed) == composed
    assert as_stored(decomposed) == decomposed
    mixed = tmp_path / "ho\u0302\u0323.csv"  # the same letter in a third way
    assert as_stored(mixed) == mixed
    with pytest.raises(InputError) as caught:
        connect(str(mixed), "nguon")
    assert caught.value.code == "source_missing"
