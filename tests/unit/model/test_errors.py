"""What the operating system refused is said in the reader's language, and never in its own words."""

from __future__ import annotations

import errno

import pytest

from phantang.model.errors import InputError, system_words


@pytest.mark.parametrize(
    ("number", "name", "vi", "en"),
    [
        (errno.ENOENT, "ENOENT", "không có tệp hoặc thư mục này", "No such file or directory"),
        (errno.ENOSPC, "ENOSPC", "hết chỗ trên đĩa", "No space left on device"),
        (errno.ENOTEMPTY, "ENOTEMPTY", "ENOTEMPTY", "ENOTEMPTY"),
        (None, "EIO", "lỗi vào ra", "Input/output error"),
    ],
)
def test_a_reason_is_said_in_the_readers_language(number: int | None, name: str, vi: str, en: str) -> None:
    error = OSError(number, "bí mật", "/đường/dẫn/bí/mật") if number else OSError("bí mật")
    said = InputError("file_unreadable", path="a.txt", what=error)
    assert said.params["what"] == name
    assert said.message("vi") == f"Không đọc được tệp a.txt: {vi}."
    assert said.message("en") == f"The file a.txt cannot be read: {en}."


def test_only_a_reason_is_put_into_words() -> None:
    assert InputError("file_unreadable", path="ENOSPC", what="ENOENT").message("vi") == (
        "Không đọc được tệp ENOSPC: ENOENT."
    )


@pytest.mark.parametrize("name", system_words())
def test_every_reason_is_one_of_the_system(name: str) -> None:
    assert name in errno.errorcode.values()
    assert system_words()[name].keys() == {"vi", "en"}
