"""Addresses of buildings: numbers along the road, 지번, postcodes, and the identifiers made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import SIDO, Array
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.filling import APARTMENT, Filled
from madang.samplecity.layers.streets.model import Roads
from madang.samplecity.layers.streets.named import Named, base_number

_MAIN_CODE = {1: 2_000_000, 2: 3_000_000, 3: 4_000_000}  # 도로명번호 begin with the width of the road
_TONGS = 5  # in a 기초구역
_FIRST_POSTCODE = 9_001


@dataclass
class Addresses:
    road: Array
    main: Array
    sub: Array
    lot_main: Array
    lot_sub: Array
    hill_lot: Array
    postcode: tuple[str, ...]
    id: tuple[str, ...]
    road_address: tuple[str, ...]
    lot_address: tuple[str, ...]


def roads(named: Named, ground: Ground, link_district: Array, what: Filled) -> tuple[Roads, Array, Array]:
    """The named roads by district, the road of each link, and that of each building."""
    of_building = np.asarray(ground.dongs.district)[what.lots.dong]
    count = len(named.names)
    key = np.r_[link_district * count + named.road, of_building * count + what.lots.road]
    known, number = np.unique(key, return_inverse=True)
    road, district = known % count, known // count
    codes = tuple(
        f"{ground.districts.code[each]}{_MAIN_CODE[int(named.wide[of])] + 101 + of:07d}"
        for each, of in zip(district.tolist(), road.tolist(), strict=True)
    )
    names = tuple(named.names[of] for of in road.tolist())
    links = len(named.road)
    return Roads(codes, names, district, named.wide[road]), number[:links], number[links:]


def addresses(ground: Ground, what: Filled, streets: Roads, road: Array) -> Addresses:
    lots = what.lots
    main = base_number(lots.chainage, lots.left)
    sub = _serial(road * 100_000 + main, lots.chainage * np.where(what.use == APARTMENT, 0, 1), what.opened)
    hill = _on_hill(ground, what)
    lot_main, lot_sub = _parcels(what, hill)
    postcode = _postcodes(ground)
    of_district = np.asarray(ground.dongs.district)[lots.dong].tolist()
    heads = [f"{SIDO} {ground.districts.name[number]}" for number in of_district]
    legal_names = [ground.legal.name[number].split()[-1] for number in lots.legal.tolist()]
    numbers = _dashed(main, sub)
    extra = [
        f", {name}" if use == APARTMENT else ""
        for name, use in zip(what.name, what.use.tolist(), strict=True)
    ]
    road_address = tuple(
        f"{head} {streets.name[of]} {number} ({legal}{more})"
        for head, of, number, legal, more in zip(
            heads, road.tolist(), numbers, legal_names, extra, strict=True
        )
    )
    parcels = _dashed(lot_main, lot_sub)
    mountain = ["산 " if each else "" for each in hill.tolist()]
    lot_address = tuple(
        f"{head} {legal} {san}{parcel}"
        for head, legal, san, parcel in zip(heads, legal_names, mountain, parcels, strict=True)
    )
    ids = tuple(
        f"{ground.legal.code[legal]}{2 if san else 1}{first:04d}{second:04d}{at % 1_000_000:06d}"
        for at, (legal, san, first, second) in enumerate(
            zip(lots.legal.tolist(), hill.tolist(), lot_main.tolist(), lot_sub.tolist(), strict=True), 1
        )
    )
    return Addresses(
        road, main, sub, lot_main, lot_sub, hill, tuple(postcode[tong] for tong in lots.tong.tolist()), ids, road_address, lot_address
    )  # fmt: skip


def _dashed(main: Array, sub: Array) -> list[str]:
    return [f"{a}-{b}" if b else str(a) for a, b in zip(main.tolist(), sub.tolist(), strict=True)]


def _serial(group: Array, order_by: Array, last: Array) -> Array:
    """0, 1, 2 … within each group, in the order of `order_by`; those of `last` after the others."""
    order = np.lexsort((order_by, last, group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    found = np.empty(len(group), np.int64)
    found[order] = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    return found


def _on_hill(ground: Ground, what: Filled) -> Array:
    """산 lots: beside the forest, outside the towns."""
    x, y = what.lots.x, what.lots.y
    forest = np.zeros(len(x), bool)
    for dx, dy in ((45, 0), (-45, 0), (0, 45), (0, -45)):
        row, column = ground.grid.cells(x + dx, y + dy)
        forest |= ground.cover[row, column] == COVERS.index("숲")
    kinds = np.isin(np.array(ground.dongs.kind), ("hill", "farm"))[what.lots.dong]
    return forest & kinds & ~what.opened


def _parcels(what: Filled, hill: Array) -> tuple[Array, Array]:
    """A main number for each block of a 법정동, from its north-west on, and sub numbers within it."""
    lots = what.lots
    key = np.column_stack([lots.legal, hill, what.opened, lots.block])
    _, group = np.unique(key, axis=0, return_inverse=True)
    group = group.ravel()
    groups = group.max() + 1
    size = np.bincount(group, minlength=groups)
    x, y = (np.bincount(group, each, groups) / size for each in (lots.x, lots.y))
    first = np.full(groups, len(group))
    np.minimum.at(first, group, np.arange(len(group)))
    home = lots.legal[first] * 2 + hill[first]
    number = _serial(home, -np.round(y, -2) * 1e6 + x, what.opened[first]) + 1
    sub = _serial(group, lots.chainage + 1e5 * lots.piece, what.opened)
    return number[group], sub


def _postcodes(ground: Ground) -> list[str]:
    """The 기초구역 of each 통: some neighbours of one 행정동 share one."""
    tongs = ground.tongs
    zone = np.asarray(tongs.dong) * 1_000 + (np.asarray(tongs.number) - 1) // _TONGS
    _, number = np.unique(zone, return_inverse=True)
    return [f"{_FIRST_POSTCODE + at:05d}" for at in number.tolist()]
