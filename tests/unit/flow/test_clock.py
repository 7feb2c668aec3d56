"""Moments as people read them."""

from __future__ import annotations

import pytest

from phantang.flow.clock import local_time


@pytest.mark.parametrize(
    ("moment", "vi", "en"),
    [
        ("2026-11-26T17:13:05.123Z", "27/11/2026 00:13:05", "2026-11-27 00:13:05"),
        ("2026-01-01T00:00:00+07:00", "01/01/2026 00:00:00", "2026-01-01 00:00:00"),
        ("hôm qua", "hôm qua", "hôm qua"),
        ("", "", ""),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_moment_is_told_in_vietnamese_time(moment: str, vi: str, en: str) -> None:
    assert (local_time(moment, "vi"), local_time(moment, "en")) == (vi, en)
