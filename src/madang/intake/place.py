"""Where the rows of a table are: decided once from a sample, then worked out group by group while it is written.

A row gets `lon`, `lat` (EPSG:4326) from its own coordinates or from its building in the address register, and
`dong_code` (10-digit 행정동) from, in this order: the area its point lies in, the codes it carries, its address, the
names of areas it carries. `geo_level` says which: point, building, road, lot, code, name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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
from madang.intake.place_columns import Pair, PlaceColumns
from madang.intake.registers_known import Known
from madang.places.address import parse
from madang.places.address_dong import dongs_named
from madang.places.codes import clean_codes, to_dong, to_sigungu
from madang.places.coordinates import KOREA
from madang.places.crs import to_lonlat

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


@dataclass(frozen=True)
class Placing:
    """How the rows of one table find their places.

    `pair`: the coordinates that are used, `crs` their system or that of the layer (None: not known, so they are not
    used); `exchanged`: the first of the pair points north. `systems`: of each code column (place in the plan) the
    system of codes it is written in.
    """

    columns: PlaceColumns
    known: Known | None
    pair: Pair | None = None
    crs: str | None = None
    exchanged: bool = False
    layer: int | None = None  # place of the geometry in the plan's sources
    systems: Mapping[int, str] = field(default_factory=dict)
    read: frozenset[int] = frozenset()  # sources whose cells hold more than the value: their values are used

    @property
    def located(self) -> bool:
        """Whether rows can get a 행정동 at all."""
        return self.known is not None


@dataclass(frozen=True)
class Claims:
    """What the rows say of themselves: 10-digit 행정동 and 5-digit 시군구 as numbers, 0 where nothing; level of the dong."""

    dong: Ints
    sigungu: NDArray[np.int32]
    level: NDArray[np.int8]

    @classmethod
    def none(cls, rows: int) -> Claims:
        return cls(np.zeros(rows, np.int64), np.zeros(rows, np.int32), np.zeros(rows, np.int8))

    def add(self, dong: pa.Array | None, sigungu: pa.Array, level: str) -> None:
        """Take over what is said where nothing has been said before."""
        areas = numbers(sigungu).astype(np.int32)
        if dong is not None:
            dongs = numbers(dong)
            fresh = (self.dong == 0) & (dongs > 0)
            self.dong[fresh] = dongs[fresh]
            self.level[fresh] = LEVELS.index(level)
            areas = np.where(areas == 0, dongs // 100_000, areas).astype(np.int32)
        fresh = (self.sigungu == 0) & (areas > 0)
        self.sigungu[fresh] = areas[fresh]


class Placer:
    """Places the groups of one table; `seen` holds what the checks of the whole table need, a table per group."""

    def __init__(self, placing: Placing) -> None:
        self.placing = placing
        self.counts = dict.fromkeys(LEVELS, 0)
        self.outside = 0  # coordinates that are not in Korea

    @cached_property
    def _dong_numbers(self) -> Ints:
        assert self.placing.known is not None
        return numbers(self.placing.known.register.codes)

    @cached_property
    def _existing(self) -> Ints:
        assert self.placing.known is not None
        return numbers(self.placing.known.dongs)

    def place(
        self, rows: pa.Array, texts: Mapping[int, pa.Array], values: Mapping[int, pa.Array]
    ) -> tuple[list[pa.Array], pa.Table]:
        """The columns of SCHEMA for a group, and its rows of CHECKED. `texts` and `values` by place in the plan."""
        texts = {**texts, **{place: values[place] for place in self.placing.read}}
        x, y, lon, lat = self.positions(texts, values)
        found = self._located(lon, lat)
        claims = self.claims(texts, len(rows))
        level = np.where(np.isfinite(lon), np.int8(LEVELS.index("point")), np.int8(0))
        dong = found.copy()
        rest = (dong == 0) & (claims.dong > 0)
        dong[rest] = claims.dong[rest]
        level = np.where(rest & (level == 0), claims.level, level)
        self._by_address(texts, dong, level, lon, lat, claims)
        for number, count in enumerate(np.bincount(level, minlength=len(LEVELS))):
            self.counts[LEVELS[number]] += int(count)
        checked = self._checked(rows, texts, x, y, found, claims)
        return [floats_of(lon), floats_of(lat), codes_of(dong), levels_of(level)], checked

    def positions(
        self, texts: Mapping[int, pa.Array], values: Mapping[int, pa.Array]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """x and y as the file has them, longitude and latitude; NaN where there is none or it is not in Korea."""
        placing = self.placing
        if placing.layer is not None:
            x, y = middles(values[placing.layer])  # already in EPSG:4326
            lon, lat = x.copy(), y.copy()
        elif placing.pair is not None and placing.crs is not None:
            x, y = axes(placing.pair, texts, values)
            lon, lat = to_lonlat(y, x, placing.crs) if placing.exchanged else to_lonlat(x, y, placing.crs)
        else:
            count = len(next(iter(values.values()), []))
            nothing = np.full(count, np.nan)
            return nothing, nothing, nothing.copy(), nothing.copy()
        west, south, east, north = KOREA
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        self.outside += int((np.isfinite(lon) & ~inside).sum())
        return x, y, np.where(inside, lon, np.nan), np.where(inside, lat, np.nan)

    def _located(self, lon: Floats, lat: Floats) -> Ints:
        if self.placing.known is None:
            return np.zeros(len(lon), np.int64)
        at = self.placing.known.register.locate(lon, lat)
        return np.where(at >= 0, np.append(self._dong_numbers, 0)[at], 0)

    def claims(self, texts: Mapping[int, pa.Array], rows: int) -> Claims:
        """What rows say by codes, then by names of areas. Addresses are read only where these say nothing."""
        claims, known, columns = Claims.none(rows), self.placing.known, self.placing.columns
        if known is None:
            return claims
        for place, system in self.placing.systems.items():
            dong, sigungu = self._coded(texts[place], system, known)
            claims.add(dong, sigungu, "code")
        if columns.names and not (claims.sigungu > 0).all():
            self._named(claims, texts, known)
        left = claims.sigungu == 0
        for place in columns.addresses:
            if not left.any():
                break
            self._addressed(claims, texts[place], left, known)
            left = claims.sigungu == 0
        return claims

    def _coded(self, cells: pa.Array, system: str, known: Known) -> tuple[pa.Array, pa.Array]:
        """The 행정동 (one that exists in the register) and the 시군구 of each code; distinct codes once."""
        coded = clean_codes(cells).dictionary_encode()
        words = coded.dictionary
        dong = to_dong(words, system, relation=known.relation, crosswalk=known.register.crosswalk)
        dong = _existing(known, dong)
        sigungu = pc.coalesce(to_sigungu(words, system), pc.utf8_slice_codeunits(dong, 0, 5))
        sigungu = known.sigungu_now(sigungu)
        return dong.take(coded.indices), sigungu.take(coded.indices)

    def _named(self, claims: Claims, texts: Mapping[int, pa.Array], known: Known) -> None:
        names = self.placing.columns.names
        sido, sigungu, dong = (
            texts[names[key]] if key in names else None for key in ("sido_name", "sigungu_name", "dong_name")
        )
        whole = sido is None and sigungu is None
        found = (
            known.names.find_full(dong)
            if whole and dong is not None
            else known.names.find(sido, sigungu, dong)
        )
        claims.add(_dongs_only(found.codes), pc.utf8_slice_codeunits(_below_sido(found.codes), 0, 5), "name")

    def _addressed(self, claims: Claims, cells: pa.Array, where: NDArray[np.bool_], known: Known) -> None:
        rows = np.flatnonzero(where)
        parsed = parse(cells.take(pa.array(rows)))
        named = dongs_named(parsed, known.legal_names, known.relation, known.names)
        area = known.sigungu_now(named["sigungu_code"].combine_chunks())
        claims.sigungu[rows] = numbers(area).astype(np.int32)

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
                new = numbers(_existing(known, found["hjd_code"]))
                hit = (new > 0) & (dong[rows] == 0)
                dong[rows[hit]] = new[hit]
                names = np.asarray(found["level"].to_numpy(zero_copy_only=False), dtype=object)
                fresh = hit & (level[rows] == 0)
                for number, name in enumerate(LEVELS):
                    level[rows[fresh & (names == name)]] = number
                self._points(rows, hit & np.isnan(lon[rows]), found, lon, lat)
            named = dongs_named(parsed, known.legal_names, known.relation, known.names, claimed)
            new = numbers(_existing(known, named["hjd_code"]))
            hit = (new > 0) & (dong[rows] == 0)
            dong[rows[hit]] = new[hit]
            fresh = hit & (level[rows] == 0)
            level[rows[fresh]] = LEVELS.index("name")

    def _points(self, rows: Ints, hit: NDArray[np.bool_], found: pa.Table, lon: Floats, lat: Floats) -> None:
        for name, axis in (("lon", lon), ("lat", lat)):
            new = number_of(found[name].combine_chunks())
            axis[rows[hit]] = new[hit]

    def _checked(
        self, rows: pa.Array, texts: Mapping[int, pa.Array], x: Floats, y: Floats, found: Ints, claims: Claims
    ) -> pa.Table:
        lon, lat = (y, x) if self.placing.exchanged else (x, y)
        if self.placing.crs is not None and self.placing.layer is None:
            lon, lat = to_lonlat(lon, lat, self.placing.crs)
        addresses = self.placing.columns.addresses
        texts_of = texts[addresses[0]] if addresses else pa.nulls(len(rows), pa.string())
        area = (found // 100_000).astype(np.int32)
        columns = [
            rows,
            floats_of(x),
            floats_of(y),
            floats_of(lon),
            floats_of(lat),
            pa.array(claims.sigungu),
            pa.array(area),
            texts_of,
        ]
        return pa.Table.from_arrays(columns, schema=CHECKED)


def _existing(known: Known, dong: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The codes as of the register's day; null where it does not know one."""
    array = dong.combine_chunks() if isinstance(dong, pa.ChunkedArray) else dong
    return known.dong_now(array)


def _dongs_only(codes: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(codes, r"^\d{5}00000$"), None, codes)


def _below_sido(codes: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(codes, r"^\d{2}00000000$"), None, codes)
