"""Code lists as they may arrive: missing, half-written, in another encoding, contradicting each other."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pytest

from phantang.model.errors import InputError, messages
from phantang.samples.code_lists import LISTS, parse

if TYPE_CHECKING:
    from collections.abc import Callable


def drop_line(text: str, start: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_a_missing_or_empty_list_is_named(lists: dict[str, str], name: str, content: str | None) -> None:
    broken = {key: text for key, text in lists.items() if key != name}
    if content is not None:
        broken[name] = content
    with pytest.raises(InputError) as caught:
        parse(broken)
    assert (caught.value.code, caught.value.params) == ("sample_list_missing", {"name": name})


@pytest.mark.parametrize(
    ("name", "column", "change"),
    [
        ("communes_2025.csv", "commune_code", lambda text: drop_line(text, "00004")),
        ("communes_2025.csv", "commune_code", lambda text: text + text.splitlines()[1] + "\n"),
        ("communes_2025.csv", "commune_code", lambda text: text + ",Xã Không Mã,xã,01,Hà Nội,\n"),
        ("communes_2025.csv", "commune_code", lambda text: text + "'; DROP TABLE x; --,a,b,01,c,\n"),
        ("communes_2025.csv", "commune_code", lambda text: text + '"an open quote,\n'),
        ("communes_2025.csv", "commune_code", lambda text: text.splitlines()[0] + "\n"),
        ("communes_2025.csv", "name", lambda text: text.replace(",name,", ",ten,", 1)),
        ("communes_2025.csv", "province_code", lambda text: text + "99999,Xã X,xã,99,Đâu đó,\n"),
        ("communes_2025.csv", "province_code", lambda text: "".join(
            line for line in text.splitlines(keepends=True) if ",96," not in line
        )),
        ("provinces_2025.csv", "province_code", lambda _: "province_code,name\n"),
        ("plate_codes.csv", "province_code", lambda text: drop_line(drop_line(text, "67"), "68")),
        ("province_codes_cccd.csv", "new_province_code_2025", lambda text: text + "098,98,Nơi khác,98,Nơi khác\n"),
        ("ethnicities.txt", "name", lambda _: "# nothing but a comment\n"),
    ],
)  # fmt: skip
def test_an_unusable_list_is_named_with_the_column(
    lists: dict[str, str], name: str, column: str, change: Callable[[str], str]
) -> None:
    with pytest.raises(InputError) as caught:
        parse(lists | {name: change(lists[name])})
    assert (caught.value.code, caught.value.params) == ("sample_list_malformed", {"name": name, "column": column})


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: unicodedata.normalize("NFD", text),
    ],
    ids=["byte order mark", "CRLF", "NFD"],
)
def test_spelling_of_the_file_does_not_matter(lists: dict[str, str], change: Callable[[str], str]) -> None:
    plain, changed = parse(lists), parse({name: change(text) for name, text in lists.items()})
    assert changed.communes.equals(plain.communes)
    assert changed.legacy.equals(plain.legacy)
    assert (changed.ethnicities, changed.religions) == (plain.ethnicities, plain.religions)


def test_legacy_codes_are_not_codes_of_today(lists: dict[str, str]) -> None:
    parsed = parse(lists)
    assert len(parsed.legacy) > 300
    assert not set(parsed.legacy["old_ward_code"]) & set(parsed.communes["commune_code"])


def test_without_any_legacy_ward_there_is_nothing_to_draw(lists: dict[str, str]) -> None:
    header = lists["commune_merge_map.csv"].splitlines()[0] + "\n"
    parsed = parse(lists | {"commune_merge_map.csv": header})
    drawn = parsed.legacy_of_commune.draw(np.random.default_rng(1), np.arange(5))
    assert drawn.tolist() == [-1] * 5


def test_codes_have_both_languages() -> None:
    for code in ("sample_list_missing", "sample_list_malformed", "sample_size_out_of_range"):
        assert set(messages()[code]["message"]) == set(messages()[code]["remedy"]) == {"vi", "en"}
