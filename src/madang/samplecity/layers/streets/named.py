"""Names of roads: main roads from the list, lanes by where they leave them (버들로12번길) or by their 동 (느티3길)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.curves import Curve
from madang.samplecity.layers.streets.graph import turns, ways_to_end
from madang.samplecity.layers.streets.network import Web
from madang.samplecity.layers.streets.titles import titles

BASE_M = 20.0  # two numbers, one on each side


@dataclass
class Named:
    """The road of each piece of street: `road` is a number in `names`; `from_m` and `to_m` how far from the beginning of
    the road the nodes `a` and `b` lie (falling where the piece runs against its road)."""

    names: list[str]
    wide: Array  # rank of each road
    road: Array
    from_m: Array
    to_m: Array


def base_number(chainage: Array, left: Array) -> Array:
    """Numbers on the left are odd, on the right even; two more every 20 m."""
    found: Array = 2 * np.floor(np.maximum(chainage, 0) / BASE_M).astype(np.int64) + np.where(left, 1, 2)
    return found


def name_roads(web: Web, curves: list[Curve], ground: Ground) -> Named:
    count = len(web.a)
    road, start, end = np.full(count, -1), np.zeros(count), np.zeros(count)
    used = np.unique(web.curve[web.curve >= 0])
    number_of = np.full(len(curves), -1)
    number_of[used] = np.arange(len(used))
    for number in used:
        on = web.curve == number
        first = curves[number].chainage(*web.nodes[web.a[on]].T)
        second = curves[number].chainage(*web.nodes[web.b[on]].T)
        zero = min(first.min(), second.min())
        road[on], start[on], end[on] = number_of[number], first - zero, second - zero
    lanes = _Lanes(web)
    names = titles(web, curves, used, ground)
    lane_names, road_lanes, start_lanes, end_lanes = lanes.named(curves, names, road, start, end, ground)
    on = lanes.at
    road[on], start[on], end[on] = road_lanes + len(names), start_lanes, end_lanes
    wide = np.r_[[curves[number].rank for number in used], np.full(len(lane_names), 3)].astype(np.int64)
    return Named(names + lane_names, wide, road, start, end)


class _Lanes:
    """Lanes: pieces that go on straight over their nodes, until they meet a main road."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.at = np.flatnonzero(web.rank == 3)
        a, b = web.a[self.at], web.b[self.at]
        self.count = len(a)
        main = np.zeros(len(web.nodes), bool)
        main[web.a[web.rank < 3]] = True
        main[web.b[web.rank < 3]] = True
        self.main = main
        # an end of a piece is a number: piece * 2 (at a), piece * 2 + 1 (at b)
        node = np.column_stack([a, b]).ravel()
        way = web.nodes[b] - web.nodes[a]
        bearing = np.column_stack(
            [np.arctan2(way[:, 1], way[:, 0]), np.arctan2(-way[:, 1], -way[:, 0])]
        ).ravel()
        inner = np.flatnonzero(~main[node])
        one, two = turns(node[inner], bearing[inner], np.zeros(len(inner)), np.radians(38))
        self.node = node
        self.partner = np.arange(2 * self.count)
        self.partner[inner[one]], self.partner[inner[two]] = inner[two], inner[one]
        self._open_circles()

    def _open_circles(self) -> None:
        _, last = self._run()
        circle = np.flatnonzero(last[::2] < 0)
        if len(circle):
            ends = self.partner[2 * circle]
            self.partner[2 * circle], self.partner[ends] = 2 * circle, ends

    def _run(self) -> tuple[Array, Array]:
        """A state is the end towards which a piece is travelled; it is followed by the far end of the next piece."""
        length = np.repeat(self.web.length[self.at], 2)
        states = np.arange(2 * self.count)
        onward = self.partner ^ 1
        following = np.where(self.partner == states, states, onward)
        return ways_to_end(following, length)

    def named(
        self, curves: list[Curve], names: list[str], road: Array, start: Array, end: Array, ground: Ground
    ) -> tuple[list[str], Array, Array, Array]:
        way, last = self._run()
        begins = last[np.arange(2 * self.count) ^ 1]  # the end where a lane, travelled in this state, began
        label = np.minimum(last, begins)
        _, first, lane = np.unique(label[::2], return_index=True, return_inverse=True)
        ends = np.column_stack([np.minimum(last, begins)[2 * first], np.maximum(last, begins)[2 * first]])
        touch = self._touching(curves, road, start, end)
        best = touch.rank[ends]
        chosen = np.where(best[:, 0] <= best[:, 1], ends[:, 0], ends[:, 1])
        lane_names = self._lane_names(chosen, touch, names, ground)
        lengths = self.web.length[self.at]
        # towards b, the lane began at begins[state b]; travelled so, a lies at total - way(b state) from its beginning
        begun = begins[1::2] == chosen[lane]
        back_to_start = np.where(begun, way[0::2] - lengths, way[1::2] - lengths)
        begin_a = np.where(begun, back_to_start, back_to_start + lengths)
        begin_b = np.where(begun, back_to_start + lengths, back_to_start)
        return lane_names, lane, begin_a, begin_b

    def _touching(self, curves: list[Curve], road: Array, start: Array, end: Array) -> _Touch:
        """For each end of a lane piece: the main road at its node, its rank, the number there."""
        web = self.web
        main = np.flatnonzero(web.rank < 3)
        order = main[np.argsort(-web.rank[main], kind="stable")]  # the widest is written last
        at_node = np.full(len(web.nodes), -1)
        metres = np.zeros(len(web.nodes))
        for node, along in ((web.a, start), (web.b, end)):
            at_node[node[order]] = order
            metres[node[order]] = along[order]
        piece = at_node[self.node]
        rank = np.where(piece >= 0, web.rank[piece], 9)
        middle = web.middle[self.at].repeat(2, axis=0)
        left = np.zeros(len(self.node), bool)
        for number in np.unique(web.curve[main]):
            on = (piece >= 0) & (web.curve[piece] == number)
            left[on] = curves[number].left(middle[on, 0], middle[on, 1])
        base = base_number(metres[self.node], left)
        return _Touch(np.where(piece >= 0, road[piece], -1), rank, base)

    def _lane_names(self, chosen: Array, touch: _Touch, names: list[str], ground: Ground) -> list[str]:
        nodes = self.web.nodes[self.node[chosen]]
        stem = [re.sub(r"\d*동$", "", name) for name in ground.dongs.name]
        dong = ground.dongs_at(nodes[:, 0], nodes[:, 1])
        found = [""] * len(chosen)
        taken: set[str] = set()
        serial: dict[str, int] = {}
        for at in np.lexsort((nodes[:, 1], nodes[:, 0])):
            road, base = int(touch.road[chosen[at]]), int(touch.base[chosen[at]])
            if road >= 0:
                while f"{names[road]}{base}번길" in taken:
                    base += 2
                name = f"{names[road]}{base}번길"
            else:
                word = stem[max(dong[at], 0)]
                serial[word] = serial.get(word, 0) + 1
                name = f"{word}{serial[word]}길"
            taken.add(name)
            found[at] = name
        return found


@dataclass(frozen=True)
class _Touch:
    road: Array
    rank: Array
    base: Array


__all__ = ["BASE_M", "Named", "base_number", "name_roads"]
