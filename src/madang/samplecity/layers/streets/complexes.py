"""Apartment complexes: whole blocks with towers in rows, 101동 onwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.lots import Lots, joined, placed
from madang.samplecity.layers.streets.named import Named
from madang.samplecity.layers.streets.network import Web
from madang.samplecity.words import words

_PITCH_M = (47.0, 56.0)  # between towers of a row, and between rows
_FROM_STREET_M = 24.0
_HOMES = 90.0  # in a tower
_SHARE, _SIZE = 0.92, 2.5  # of the people live in towers, so many in a home
_OPENED = (3, 5)  # towers of the complex that opens in the second delivery


@dataclass
class Towers:
    lots: Lots
    name: list[str]
    block: list[str]
    complex_: Array
    opened: Array


def towers(ground: Ground, web: Web, named: Named, rng: np.random.Generator) -> Towers:
    """Towers for the people of the 행정동 of apartments, and a complex more that opens later."""
    where = [number for number, kind in enumerate(ground.dongs.kind) if kind == "apartments"]
    parts: list[Lots] = []
    numbers: list[Array] = []
    names, blocks, opened = [], [], []
    serial: dict[str, int] = {}
    new_dong = max(where, key=lambda number: (ground.dongs.name[number] == "새솔3동", -number))
    everywhere = _all_places(ground, web, named, where)
    for number in where:
        stem = ground.dongs.name[number].rstrip("0123456789동")
        need = max(2.0, float(ground.dongs.people[number]) * _SHARE / _SIZE / _HOMES)
        late = number == new_dong
        order = list(everywhere.of(number))
        if late and len(order) > 1:
            order.sort(key=len)  # the largest opens last
        for at, place in enumerate(order):
            is_new = late and at == len(order) - 1 and at > 0
            if need <= 0 and not is_new:
                continue
            lots = place.take(np.arange(len(place))[: _OPENED[1]]) if is_new else place
            need -= len(lots)
            serial[stem] = serial.get(stem, 0) + (not is_new)
            name = words("streets")["opened"] if is_new else f"{stem}마을 {serial[stem]}단지"
            parts.append(lots)
            names += [name] * len(lots)
            blocks += [f"{101 + at}동" for at in range(len(lots))]
            numbers.append(np.full(len(lots), len(numbers)))
            opened.append(np.full(len(lots), is_new))
    if not parts:
        nothing = everywhere.lots.take(np.zeros(len(everywhere.lots), bool))
        return Towers(nothing, [], [], np.zeros(0, np.int64), np.zeros(0, bool))
    return Towers(joined(parts), names, blocks, np.concatenate(numbers), np.concatenate(opened))


@dataclass
class _Places:
    lots: Lots

    def of(self, dong: int) -> list[Lots]:
        """The blocks of a 행정동 that take a complex, from the north-west on, each with the places of its towers."""
        found = []
        for block in np.unique(self.lots.block[self.lots.dong == dong]):
            lots = self.lots.take(self.lots.block == block)
            if (lots.dong == dong).all():
                found.append(lots)
        large = [lots for lots in found if len(lots) >= _OPENED[0]]
        found = large if len(large) > 1 else found
        return sorted(found, key=lambda lots: (-round(float(lots.y.mean()), -2), float(lots.x.mean())))


def _all_places(ground: Ground, web: Web, named: Named, where: list[int]) -> _Places:
    """Places of towers in every block of these 행정동, entered from the widest street of the block."""
    gate = _gates(web)
    centre = shapely.get_coordinates(shapely.centroid(web.cells))
    in_dong = ground.dongs_at(*centre.T)
    blocks = np.flatnonzero(np.isin(in_dong, where) & (gate >= 0))
    along = web.nodes[web.b[gate[blocks]]] - web.nodes[web.a[gate[blocks]]]
    angle = np.arctan2(along[:, 1], along[:, 0])
    u, v = (
        each.ravel() for each in np.meshgrid(np.arange(-2, 3) * _PITCH_M[0], np.arange(-2, 3) * _PITCH_M[1])
    )
    u, v = u + _PITCH_M[0] / 2 * (np.round(v / _PITCH_M[1]) % 2), v
    small = np.clip(np.sqrt(shapely.area(web.cells[blocks])) / 150, 0.6, 1.0)  # in a small city
    across, down = small[:, None] * u, small[:, None] * v
    x = centre[blocks, 0][:, None] + np.cos(angle)[:, None] * across - np.sin(angle)[:, None] * down
    y = centre[blocks, 1][:, None] + np.sin(angle)[:, None] * across + np.cos(angle)[:, None] * down
    block = np.repeat(blocks, len(u))
    x, y = x.ravel(), y.ravel()
    inner = shapely.buffer(web.cells[blocks], -_FROM_STREET_M * small)[
        np.repeat(np.arange(len(blocks)), len(u))
    ]
    inside = shapely.contains_xy(inner, x, y)
    x, y, block = x[inside], y[inside], block[inside]
    piece = gate[block]
    none = np.full(len(x), -1)
    chain = (named.from_m + named.to_m)[piece] / 2
    left = (named.to_m >= named.from_m)[piece] == (web.blocks[piece, 0] == block)
    found = Lots(x, y, piece, web.rank[piece], named.road[piece], chain, left, block, none, none, none)
    found = placed(ground, found)
    streets = shapely.linestrings(np.stack([web.nodes[web.a], web.nodes[web.b]], axis=1))
    hit, _ = shapely.STRtree(streets).query(
        shapely.points(found.x, found.y), predicate="dwithin", distance=16.0
    )
    keep = np.ones(len(found), bool)
    keep[hit] = False
    return _Places(found.take(keep))


def _gates(web: Web) -> Array:
    """The piece from which each block is entered: of the widest rank, the longest; -1 where it has no street."""
    order = np.lexsort((web.length, -web.rank))
    gate = np.full(len(web.cells), -1)
    gate[web.blocks[order].ravel()] = np.repeat(order, 2)  # the last one written stays
    return gate
