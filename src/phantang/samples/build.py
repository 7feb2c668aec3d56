"""Builds the registers one after another, so that a caller can write one, show progress and let it go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from phantang.model.errors import InputError
from phantang.samples.code_lists import parse
from phantang.samples.population import populate
from phantang.samples.registers import dan_cu, dat_dai, dich_vu_cong, giao_thong, ho_tich, y_te

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from phantang.samples.code_lists import CodeLists
    from phantang.samples.database import SampleDatabase

CITIZENS: Final = 200_000
"""Citizens of the demo: about one million rows in all."""
SEED: Final = 2026
_LEAST: Final = 1_000
_MOST: Final = 2_000_000

_REGISTERS: Final = (dan_cu, dat_dai, giao_thong, y_te, ho_tich, dich_vu_cong)


def build_registers(lists: Mapping[str, str], citizens: int = CITIZENS, seed: int = SEED) -> Iterator[SampleDatabase]:
    """Return an iterator over `dan_cu`, `dat_dai`, `giao_thong`, `y_te`, `ho_tich` and `dich_vu_cong`, in that order.

    Args:
        lists: the code lists by file name, as text; LISTS names them.
        citizens: rows of `dan_cu.cong_dan`; everything else scales with it.
        seed: equal seeds give equal bytes.

    Raises:
        InputError: `sample_list_missing`, `sample_list_malformed`, `sample_size_out_of_range`.

    """
    if not _LEAST <= citizens <= _MOST:
        raise InputError("sample_size_out_of_range", citizens=citizens, minimum=_LEAST, maximum=_MOST)
    return _registers(parse(lists), citizens, seed)


def _registers(lists: CodeLists, citizens: int, seed: int) -> Iterator[SampleDatabase]:
    population = populate(lists, citizens, seed)
    for register in _REGISTERS:
        yield register.build(population, seed)
