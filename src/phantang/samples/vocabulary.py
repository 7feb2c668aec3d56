"""The words and shares this room brings along: names, places, vehicles, diagnoses, procedures. Files of `data/`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final

import polars as pl
import yaml

# Prefixes of Vietnamese mobile numbers (libphonenumber, region VN).
MOBILE_PREFIXES: Final = (
    *("032", "033", "034", "035", "036", "037", "038", "039", "086", "096", "097", "098"),
    *("081", "082", "083", "084", "085", "088", "091", "094"),
    *("070", "076", "077", "078", "079", "089", "090", "093"),
    *("052", "056", "058", "092", "059", "099", "055", "087"),
)


@cache
def document(name: str) -> Any:
    """Return `data/<name>.yaml`."""
    return yaml.safe_load(_read(f"{name}.yaml"))


@cache
def frame(name: str) -> pl.DataFrame:
    """Return `data/<name>.csv` with columns of text; an empty cell is an empty text."""
    return pl.read_csv(_read(f"{name}.csv").encode(), infer_schema=False).fill_null("")


def _read(file: str) -> str:
    return resources.files(__package__).joinpath("data", file).read_text(encoding="utf-8")
