"""Position pings: vehicles travel along invented road segments in a few cities, more of them in rush hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from phantang.samples.draws import Floats, Ints, Rng, chosen, weighted
from phantang.samples.families import TODAY
from phantang.samples.vocabulary import document

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS: Final = 7
"""Pings cover the week before the day of extraction."""
_PER_TRIP: Final = 8
_INTERVAL: Final = 30  # seconds between two pings of a trip
_KM: Final = 1 / 111.2  # degrees of latitude per kilometre
_TRACKED: Final = 0.25  # share of vehicles that report positions
_VISITOR: Final = 0.05  # share of tracked vehicles that drive in a city other than their own

# Trips by hour of the day, 0..23: two rush hours.
_HOURS: Final = (1, 0.6, 0.4, 0.4, 0.8, 2, 5, 11, 9, 6, 5, 5, 4.5, 4.5, 5, 5.5, 8, 12, 8, 5, 4, 3, 2, 1.5)
_RUSH: Final = frozenset({7, 8, 16, 17, 18})


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Straight road segments: start in degrees, unit step in degrees per kilometre, length in km, area, popularity."""

    lat: Floats
    lon: Floats
    north: Floats
    east: Floats
    length: Floats
    area: Ints
    weight: Floats


def pings(rng: Rng, plates: pl.Series, provinces: pl.Series, size: int) -> pl.DataFrame:
    """Return `size` pings in order of time.

    Args:
        rng: source of trips.
        plates: plates of all vehicles.
        provinces: province code of each vehicle.
        size: rows wanted.

    """
    areas: list[dict[str, Any]] = document("roads")
    network = _network(rng, areas)
    trips = -(-size // _PER_TRIP)
    vehicle, area = _fleet(rng, areas, provinces, trips)
    segment = _segments(rng, network, area)
    hour = weighted(rng, _HOURS, trips)
    start = rng.integers(TODAY - DAYS, TODAY, trips) * 86_400 + hour * 3_600 + rng.integers(0, 3_600, trips)
    rush = np.isin(hour, list(_RUSH))
    pace = rng.normal(np.where(rush, 19.0, 34.0), 6.0).clip(4, 75)

    trip = np.repeat(np.arange(trips), _PER_TRIP)[:size]
    step = np.tile(np.arange(_PER_TRIP), trips)[:size]
    speed = (pace[trip] * rng.normal(1.0, 0.18, size)).clip(0, 95)
    length = network.length[segment][trip]
    travelled = (rng.random(trips) * network.length[segment])[trip] + pace[trip] * step * _INTERVAL / 3_600
    along = length - np.abs(length - travelled % (2 * length))  # at the end of a segment a vehicle turns round
    stray = rng.normal(0.0, 0.00008, (2, size))  # about nine metres of GPS error
    lat = network.lat[segment][trip] + along * network.north[segment][trip] + stray[0]
    lon = network.lon[segment][trip] + along * network.east[segment][trip] + stray[1]
    moment = np.minimum(start[trip] + step * _INTERVAL, TODAY * 86_400 - 1)
    speed = np.where(chosen(rng, size, 0.0004), speed + 200, speed)  # a few sensors report nonsense
    table = pl.DataFrame(
        {
            "bien_so": plates.gather(vehicle[trip]),
            "thoi_diem": pl.Series(moment * 1_000_000).cast(pl.Datetime("us")),
            "vi_do": np.round(lat, 6),
            "kinh_do": np.round(lon, 6),
            "toc_do": pl.Series(np.round(speed, 1)),
        }
    )
    silent = pl.Series(chosen(rng, size, 0.01))
    table = table.with_columns(toc_do=pl.when(silent).then(None).otherwise(pl.col("toc_do")))
    return table[np.argsort(moment, kind="stable")]


def _network(rng: Rng, areas: Sequence[dict[str, Any]]) -> Network:
    counts = [entry["segments"] for entry in areas]
    area = np.repeat(np.arange(len(areas)), counts)
    centre_lat, centre_lon, radius = (
        np.array([entry[key] for entry in areas])[area] for key in ("lat", "lon", "radius")
    )
    reach, bearing, heading = radius * rng.random(len(area)), *(rng.random((2, len(area))) * 2 * np.pi)
    shrink = np.cos(np.radians(centre_lat))
    weight = np.concatenate([np.arange(1, count + 1) ** -1.25 for count in counts])  # a few roads carry most traffic
    return Network(
        lat=centre_lat + reach * np.cos(bearing) * _KM,
        lon=centre_lon + reach * np.sin(bearing) * _KM / shrink,
        north=np.cos(heading) * _KM,
        east=np.sin(heading) * _KM / shrink,
        length=rng.uniform(0.6, 2.8, len(area)),
        area=area,
        weight=weight,
    )


def _fleet(rng: Rng, areas: Sequence[dict[str, Any]], provinces: pl.Series, trips: int) -> tuple[Ints, Ints]:
    """Return the vehicle and the area of each trip; most vehicles drive in the area of their own province."""
    shares = np.array([entry["share"] for entry in areas], dtype=np.float64)
    tracked = rng.permutation(len(provinces))[: max(1, int(len(provinces) * _TRACKED))]
    base = weighted(rng, shares, len(tracked))  # visitors, and vehicles of provinces without an area
    code = provinces.gather(tracked).to_numpy()
    codes = np.array([entry["province"] for entry in areas])
    for province in sorted(set(codes.tolist())):
        here = np.flatnonzero((code == province) & (rng.random(len(code)) > _VISITOR))
        own = np.flatnonzero(codes == province)
        base[here] = own[weighted(rng, shares[own], len(here))]
    home = np.isin(code, codes)
    use = np.where(home, 1.0, 0.06)
    vehicle = weighted(rng, use, trips)
    return tracked[vehicle], base[vehicle]


def _segments(rng: Rng, network: Network, area: Ints) -> Ints:
    segment = np.empty(len(area), dtype=np.int64)
    for row in range(int(network.area.max()) + 1):
        here, own = np.flatnonzero(area == row), np.flatnonzero(network.area == row)
        segment[here] = own[weighted(rng, network.weight[own], len(here))]
    return segment
