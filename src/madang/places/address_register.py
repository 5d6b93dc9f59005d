"""A register of addresses: from the words of an address to its 행정동 and, where positions are deposited, its point.

Built from the road name addresses of the Ministry of the Interior (도로명주소 한글, 24 columns). Every address is one
64-bit key (street and number, or legal dong and lot) in sorted arrays, so that six million need some 300 MB and a
million questions a binary search each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

from madang.places.address_register_keys import (
    LEVELS,
    Answers,
    Keys,
    compact,
    group_of,
    indices,
    joined,
    key_of,
    numbers,
    set_positions,
    sorted_keys,
    spelled,
    unified,
)
from madang.places.codes import Sido
from madang.places.history import NameAlias
from madang.places.names import AreaNames

# columns of the deposited table that are read; a position is optional (lon, lat in EPSG:4326)
COLUMNS = (
    "bjd_code", "sido", "sigungu", "emd", "ri", "san", "lot_main", "lot_sub", "road_code", "road_name",
    "underground", "building_main", "building_sub", "hjd_code",
)  # fmt: skip
_BATCH = 500_000
_FILES = ("streets", "buildings", "parcels", "lots", "dongs", "areas")


@dataclass(frozen=True)
class AddressRegister:
    """Addresses of one vintage. `dongs` are the 행정동 codes that keys point to, `areas` code and name of each 시군구."""

    buildings: Keys
    lots: Keys
    dongs: pa.Array
    areas: pa.Table

    @classmethod
    def build(
        cls, table: pa.Table | Iterable[pa.RecordBatch], positions: pa.Table | None = None
    ) -> AddressRegister:
        """From the deposited table (COLUMNS as text or numbers; `lon`, `lat` if it has them), whole or in batches.

        `positions` (위치정보요약DB: road_code, underground, building_main, building_sub, lon, lat in EPSG:4326) gives
        points to buildings. Two rows with one address in different 행정동 leave it undecided. Memory: about 60 bytes
        an address beside the batch in hand.
        """
        parts = [compact(batch) for batch in _batches(table)]
        if not parts:
            parts = [compact(pa.table({name: pa.array([], pa.string()) for name in COLUMNS}))]
        streets, parcels, dongs, roads = (
            unified(parts, name) for name in ("street", "parcel", "dong", "road_code")
        )
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("building", "lot", "lon", "lat")
        }
        areas = pa.concat_tables([part.areas for part in parts]).group_by(["code", "name"]).aggregate([])
        del parts
        if positions is not None:
            set_positions(arrays, roads, positions)
        dong = indices(dongs)
        return cls(
            sorted_keys(streets, arrays["building"], dong, arrays["lon"], arrays["lat"]),
            sorted_keys(parcels, arrays["lot"], dong, arrays["lon"], arrays["lat"]),
            dongs.dictionary,
            areas,
        )

    def __len__(self) -> int:
        return len(self.buildings.key)

    def save(self, folder: Path) -> None:
        """Writes the arrays into `folder` (made if need be), uncompressed, so that `load` maps instead of reading."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = {"dongs": pa.table({"code": self.dongs}), "areas": self.areas}
        for name, group, keys in (("buildings", "streets", self.buildings), ("lots", "parcels", self.lots)):
            tables[group] = pa.table({"name": keys.group, "whole": keys.whole})
            tables[name] = pa.table({"key": keys.key, "dong": keys.dong, "lon": keys.lon, "lat": keys.lat})
        for name in _FILES:
            feather.write_feather(tables[name], str(folder / f"{name}.arrow"), compression="uncompressed")

    @classmethod
    def load(cls, folder: Path) -> AddressRegister:
        """The register that `save` wrote. Raises OSError or pa.ArrowInvalid where files are absent or broken."""
        tables = {name: feather.read_table(str(folder / f"{name}.arrow"), memory_map=True) for name in _FILES}

        def keys(numbers: str, groups: str) -> Keys:
            found = {
                name: tables[numbers][name].combine_chunks().to_numpy()
                for name in ("key", "dong", "lon", "lat")
            }
            named = tables[groups]
            return Keys(
                named["name"].combine_chunks(), **found, whole=named["whole"].combine_chunks().to_numpy()
            )

        return cls(
            keys("buildings", "streets"),
            keys("lots", "parcels"),
            tables["dongs"]["code"].combine_chunks(),
            tables["areas"],
        )

    def match(
        self,
        parsed: pa.Table,
        sigungu: pa.Array | None = None,
        *,
        sidos: Iterable[Sido] = (),
        aliases: Iterable[NameAlias] = (),
        home: str = "",
    ) -> pa.Table:
        """Where each parsed address (`address.parse`) is: hjd_code (null), lon, lat (NaN), level (one of LEVELS).

        `sigungu` (5-digit codes, null allowed) stands in where an address names none, as a column of the file or the
        workspace's own area does; `sidos`, `aliases` and `home` read short, old and ambiguous names.

        building: the very number. road: another number of the same street, where the whole street or both
        neighbouring numbers lie in one 행정동; the point is that of the nearest number. lot: the very lot.
        """
        codes = self._sigungu(
            parsed,
            sigungu,
            AreaNames.build(self.areas["code"], self.areas["name"], sidos=sidos, aliases=aliases, home=home),
        )
        asked = _Asked.of(parsed, self._with_gu(parsed, codes), self)
        found = Answers(len(parsed))
        found.take(self.buildings, asked.building, LEVELS.index("building"))
        found.take_near(self.buildings, *self._on_street(asked))
        found.take(self.lots, asked.lot, LEVELS.index("lot"))
        dong = pa.array(np.where(found.dong >= 0, found.dong, 0), mask=found.dong < 0)
        return pa.table(
            {
                "hjd_code": self.dongs.take(dong),
                "lon": found.lon,
                "lat": found.lat,
                "level": pa.array(LEVELS).take(pa.array(found.level)),
            }
        )

    def _sigungu(self, parsed: pa.Table, given: pa.Array | None, names: AreaNames) -> pa.Array:
        found = names.find(parsed["sido"], parsed["sigungu"], None).codes
        five = pc.if_else(
            pc.match_substring_regex(found, "^..000"), None, pc.utf8_slice_codeunits(found, 0, 5)
        )
        return five if given is None else pc.coalesce(five, given)

    def _with_gu(self, parsed: pa.Table, codes: pa.Array) -> pa.Array:
        """Of a city named without its 구, the one 구 that has the number, else the one that has the street or dong."""
        own = pc.utf8_slice_codeunits(self.areas["code"].combine_chunks(), 0, 5).unique()
        city = pc.fill_null(
            pc.and_(pc.ends_with(codes, "0"), pc.invert(pc.is_in(codes, value_set=own))), False
        )
        rows = pc.indices_nonzero(city)
        if len(rows) == 0:
            return codes
        part, start = parsed.take(rows), pc.utf8_slice_codeunits(codes.take(rows), 0, 4)
        exact, street = [], []
        for last in "123456789":
            asked = _Asked.of(part, pc.binary_join_element_wise(start, last, ""), self)
            exact.append((asked.building >= 0) | (asked.lot >= 0))
            street.append((asked.street >= 0) | (asked.parcel >= 0))
        hits = np.where(np.any(exact, axis=0), exact, street)
        digit = pa.array(list("123456789")).take(pa.array(hits.argmax(axis=0), mask=hits.sum(axis=0) != 1))
        return pc.replace_with_mask(codes, city, pc.binary_join_element_wise(start, digit, ""))

    def _on_street(self, asked: _Asked) -> tuple[np.ndarray, np.ndarray]:
        """The nearest number above ground (-1: none), and the 행정동 of the whole street or of both neighbours (-1: none)."""
        keys, dong, street = self.buildings.key, self.buildings.dong, asked.street
        if len(keys) == 0:
            return street, street
        sides = np.searchsorted(keys, asked.key) + np.array([[-1], [0]])
        sides = np.clip(sides, 0, len(keys) - 1)
        same = (group_of(keys[sides]) == street) & (street >= 0) & asked.numbered
        gap = np.where(same, np.abs(keys[sides] - asked.key), np.iinfo(np.int64).max)
        near = np.where(same.any(axis=0), np.where(gap[0] <= gap[1], *sides), -1)
        both = np.where(same.all(axis=0) & (dong[sides[0]] == dong[sides[1]]), dong[sides[0]], -1)
        whole = np.where(street >= 0, self.buildings.whole[street], -1)
        return near, np.where(whole >= 0, whole, both)


@dataclass(frozen=True)
class _Asked:
    """Parsed addresses as positions in the register: of street and number, of legal dong and lot; -1: not there."""

    street: np.ndarray
    key: np.ndarray  # the street and its number, above ground
    numbered: np.ndarray
    building: np.ndarray
    parcel: np.ndarray
    lot: np.ndarray

    @classmethod
    def of(cls, parsed: pa.Table, sigungu: pa.Array, register: AddressRegister) -> _Asked:
        street = register.buildings.groups(joined(sigungu, spelled(parsed["road"])))
        main, sub, under = (
            numbers(parsed[name]) for name in ("building_main", "building_sub", "underground")
        )
        numbered = parsed["building_main"].is_valid().to_numpy()
        building = register.buildings.find(street, key_of(street, under, main, sub))
        lot = pc.equal(parsed["kind"], "lot")
        dong = pc.if_else(
            lot, pc.binary_join_element_wise(parsed["emd"], pc.fill_null(parsed["ri"], ""), ""), None
        )
        parcel = register.lots.groups(joined(sigungu, dong))
        lot_key = key_of(parcel, *(numbers(parsed[name]) for name in ("san", "lot_main", "lot_sub")))
        return cls(
            street,
            key_of(street, np.zeros_like(main), main, sub),
            numbered,
            np.where(numbered, building, -1),
            parcel,
            register.lots.find(parcel, lot_key),
        )


def _batches(table: pa.Table | Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    if isinstance(table, pa.Table):
        for at in range(0, len(table), _BATCH):
            yield table.slice(at, _BATCH)
    else:
        for batch in table:
            yield pa.Table.from_batches([batch])
