"""Where the rows of a table are: decided once from a sample, then worked out group by group while it is written.

A row gets `lon`, `lat` (EPSG:4326) from its own coordinates or from its building in the address register, and
`dong_code` (10-digit 행정동) from, in this order: the area its point lies in, the codes it carries, its address, the
names of areas it carries. `geo_level` says which: point, building, road, lot, code, name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from madang.intake.place_arrays import (
    LEVELS,
    Floats,
    Ints,
    axes,
    codes_of,
    floats_of,
    levels_of,
    middles,
    number_of,
    numbers,
)
from madang.intake.place_claims import Claims, Placing, claims_of
from madang.intake.place_left import Left, note_address
from madang.places.address import parse
from madang.places.address_dong import dongs_named
from madang.places.coordinates import KOREA
from madang.places.coordinates_points import dragged, no_position
from madang.places.crs import WGS84, to_lonlat

__all__ = ["CHECKED", "SCHEMA", "Claims", "Placer", "Placing"]

SCHEMA = pa.schema(
    [
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("dong_code", pa.string()),
        ("geo_level", pa.string()),
    ]
)
# what the checks of a whole table need of each row; claimed: 시군구 that the row names itself, 0 where none
CHECKED = pa.schema(
    [
        ("source_row", pa.int64()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("claimed", pa.int32()),
        ("found", pa.int32()),
        ("address", pa.string()),
    ]
)


class Placer:
    """Places the groups of one table; `left` says why rows got no 행정동."""

    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.left = Left()

    @cached_property
    def _dong_numbers(self) -> Ints:
        assert self.placing.known is not None
        return numbers(self.placing.known.register.codes)

    def place(
        self, rows: pa.Array, texts: Mapping[int, pa.Array], values: Mapping[int, pa.Array]
    ) -> tuple[list[pa.Array], pa.Table]:
        """The columns of SCHEMA for a group, and its rows of CHECKED. `texts` and `values` by place in the plan."""
        texts = {**texts, **{place: values[place] for place in self.placing.read}}
        x, y, east, north = self.positions(texts, values)
        inside = _in_korea(east, north)
        lon, lat = np.where(inside, east, np.nan), np.where(inside, north, np.nan)
        found = self._located(lon, lat)
        claims = claims_of(self.placing, texts, len(rows))
        wrong = self._no_place(x, y, east, north, found, claims)
        lon[wrong], lat[wrong], found[wrong] = np.nan, np.nan, 0
        checked = self._checked(rows, texts, x, y, east, north, found, claims)
        level = np.where(np.isfinite(lon), np.int8(LEVELS.index("point")), np.int8(0))
        dong = found.copy()
        rest = (dong == 0) & (claims.dong > 0)
        dong[rest] = claims.dong[rest]
        level = np.where(rest & (level == 0), claims.level, level)
        self._by_address(texts, dong, level, lon, lat, claims)
        if self.placing.known is not None:
            self.left.add(self.placing, texts, claims, np.flatnonzero(dong == 0), np.isfinite(lon))
        return [floats_of(lon), floats_of(lat), codes_of(dong), levels_of(level)], checked

    def positions(
        self, texts: Mapping[int, pa.Array], values: Mapping[int, pa.Array]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """x and y as the file has them, longitude and latitude wherever that is; NaN where there is none."""
        placing = self.placing
        if placing.layer is not None:
            x, y = middles(values[placing.layer])  # already in EPSG:4326
            return x, y, x.copy(), y.copy()
        if placing.pair is not None and placing.crs is not None:
            x, y = axes(placing.pair, texts, values)
            return (
                x,
                y,
                *(to_lonlat(y, x, placing.crs) if placing.exchanged else to_lonlat(x, y, placing.crs)),
            )
        nothing = np.full(len(next(iter(values.values()), [])), np.nan)
        return nothing, nothing, nothing.copy(), nothing.copy()

    def _no_place(
        self, x: Floats, y: Floats, east: Floats, north: Floats, found: Ints, claims: Claims
    ) -> NDArray[np.bool_]:
        """Rows whose numbers are no position: zeros, and values dragged into the sea or away from the area claimed."""
        placing = self.placing
        if placing.pair is None or placing.crs is None:
            return np.zeros(len(x), bool)
        placed = fits(found // 100_000, claims.sigungu) if placing.known else np.ones(len(x), bool)
        wrong = np.zeros(len(x), bool)
        if placing.crs != WGS84:
            wrong = no_position(*((y, x) if placing.exchanged else (x, y)), placed)
        if placing.known and not placed.all():
            wrong |= dragged(east, north, first=True) & ~placed
        return wrong

    def _located(self, lon: Floats, lat: Floats) -> Ints:
        if self.placing.known is None:
            return np.zeros(len(lon), np.int64)
        at = self.placing.known.register.locate(lon, lat)
        return np.where(at >= 0, np.append(self._dong_numbers, 0)[at], 0)

    def _by_address(
        self,
        texts: Mapping[int, pa.Array],
        dong: Ints,
        level: NDArray[np.int8],
        lon: Floats,
        lat: Floats,
        claims: Claims,
    ) -> None:
        """Fill in `dong`, `level`, `lon`, `lat` of the rows that have no 행정동 yet, from their addresses."""
        known = self.placing.known
        if known is None:
            return
        for place in self.placing.columns.addresses:
            rows = np.flatnonzero(dong == 0)
            if not len(rows):
                return
            at = pa.array(rows)
            parsed = parse(texts[place].take(at))
            claimed = pa.array(claims.sigungu[rows], mask=claims.sigungu[rows] == 0).cast(pa.string())
            if known.addresses is not None:
                declared = known.declared
                found = known.addresses.match(
                    parsed, claimed, sidos=declared.sidos, aliases=declared.aliases, home=known.home
                )
                new = numbers(known.dong_now(found["hjd_code"].combine_chunks()))
                hit = (new > 0) & (dong[rows] == 0)
                dong[rows[hit]] = new[hit]
                names = np.asarray(found["level"].to_numpy(zero_copy_only=False), dtype=object)
                fresh = hit & (level[rows] == 0)
                for number, name in enumerate(LEVELS):
                    level[rows[fresh & (names == name)]] = number
                self._points(rows, hit & np.isnan(lon[rows]), found, lon, lat)
            named = dongs_named(parsed, known.legal_names, known.relation, known.names, claimed)
            new = numbers(known.dong_now(named["hjd_code"].combine_chunks()))
            hit = (new > 0) & (dong[rows] == 0)
            dong[rows[hit]] = new[hit]
            fresh = hit & (level[rows] == 0)
            level[rows[fresh]] = LEVELS.index("name")
            note_address(claims, rows, parsed, named, known)

    def _points(self, rows: Ints, hit: NDArray[np.bool_], found: pa.Table, lon: Floats, lat: Floats) -> None:
        for name, axis in (("lon", lon), ("lat", lat)):
            new = number_of(found[name].combine_chunks())
            axis[rows[hit]] = new[hit]

    def _checked(
        self,
        rows: pa.Array,
        texts: Mapping[int, pa.Array],
        x: Floats,
        y: Floats,
        east: Floats,
        north: Floats,
        found: Ints,
        claims: Claims,
    ) -> pa.Table:
        addresses = self.placing.columns.addresses
        texts_of = texts[addresses[0]] if addresses else pa.nulls(len(rows), pa.string())
        area = (found // 100_000).astype(np.int32)
        columns = [*map(floats_of, (x, y, east, north)), pa.array(claims.sigungu), pa.array(area)]
        return pa.Table.from_arrays([rows, *columns, texts_of], schema=CHECKED)


def fits(found: NDArray[np.integer], claimed: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Whether points lie in some 시군구 (5 digits as numbers, 0: none), and in the claimed one where there is one."""
    return np.asarray((found > 0) & ((claimed == 0) | (claimed == found)))


def _in_korea(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = KOREA
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
