"""`dich_vu_cong`: dossiers of administrative procedures, as a one-stop system keeps them."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from phantang.samples.database import SampleDatabase
from phantang.samples.defects import LOST_PHONE_ZERO, LOST_ZERO, commune_codes, legacy_wards, lose_zero, misspelt
from phantang.samples.draws import Ints, blank, chosen, digits, joined, stream, take, weighted
from phantang.samples.families import TODAY
from phantang.samples.population import Population
from phantang.samples.registers.dan_cu import emails
from phantang.samples.vocabulary import frame

DOSSIERS: Final = 0.2
"""Dossiers per citizen."""
_DAY: Final = 86_400
_STATES: Final = ("Đã trả kết quả", "Từ chối", "Đang xử lý", "Chờ bổ sung", "Đã tiếp nhận")
_UNITS: Final = 40  # units below a province that receive dossiers


def build(population: Population, seed: int) -> SampleDatabase:
    """Return `thu_tuc` and `ho_so`. Column `c7` of `ho_so` has e-mail addresses behind a name that says nothing."""
    procedures = frame("procedures")
    return SampleDatabase.of(
        "dich_vu_cong",
        thu_tuc=procedures.select(maThuTuc="code", tenThuTuc="name", linhVuc="field", capThucHien="level"),
        ho_so=_dossiers(population, procedures, seed),
    )


def _dossiers(population: Population, procedures: pl.DataFrame, seed: int) -> pl.DataFrame:
    rng, lists = stream(seed, "dich_vu_cong"), population.lists
    size = int(len(population) * DOSSIERS)
    adults = np.flatnonzero(population.age >= 16)
    person = adults[rng.integers(0, len(adults), size)]
    received = TODAY - 1 - np.floor(365 * rng.random(size) ** 1.2).astype(np.int64)
    received = np.sort(received)
    second = rng.integers(int(7.5 * 3600), 17 * 3600, size)
    moment = received * _DAY + second
    returned = (received + rng.integers(1, 21, size)) * _DAY + rng.integers(8 * 3600, 17 * 3600, size)
    done = returned < TODAY * _DAY
    state = np.where(done, np.where(chosen(rng, size, 0.06), 1, 0), 2 + weighted(rng, (60, 15, 25), size))
    commune = population.commune[person]
    weights = procedures["weight"].cast(pl.Float64).to_numpy()
    when_returned = pl.Series(returned * 1_000_000).cast(pl.Datetime("us"))
    cccd = lose_zero(population.cccd.gather(person), chosen(rng, size, LOST_ZERO))
    return pl.DataFrame(
        {
            "maHoSo": _dossier_numbers(population, commune, received),
            "maThuTuc": take(procedures["code"], weighted(rng, weights, size)),
            "tenNguoiNop": misspelt(rng, population.name.gather(person)),
            "soGiayToTuyThan": blank(cccd, chosen(rng, size, 0.02)),
            "sdt": lose_zero(population.phone.gather(person), chosen(rng, size, LOST_PHONE_ZERO)),
            "ngayTiepNhan": pl.Series(moment * 1_000_000).cast(pl.Datetime("us")),
            "ngayTra": blank(when_returned, ~done),
            "trangThai": take(_STATES, state),
            "maXa": commune_codes(lists, commune, legacy_wards(rng, lists, commune)),
            "c7": emails(rng, population, person, missing=0.15),
        }
    )


def _dossier_numbers(population: Population, commune: Ints, received: Ints) -> pl.Series:
    """Return `agency.unit-yymmdd-running number`, running within agency, unit and day."""
    lists = population.lists
    province = lists.province_of_commune[commune]
    agency = lists.provinces.select(
        pl.col("agency_code").fill_null(pl.concat_str(pl.lit("H"), pl.col("province_code")))
    ).to_series()
    unit = commune % _UNITS + 1
    key = pl.Series("key", (province * _UNITS + unit) * 10**6 + received)
    running = key.to_frame().select(pl.int_range(1, pl.len() + 1).over("key")).to_series().to_numpy()
    day = pl.Series(received).cast(pl.Int32).cast(pl.Date).dt.strftime("%y%m%d")
    return joined(take(agency, province), ".", digits(unit, 2), "-", day, "-", digits(running, 4))
