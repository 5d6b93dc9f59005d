"""Streets and buildings. Coordinates in EPSG:5179, metres; every array of one class has the same length."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from madang.samplecity.city import Array

USES = (
    "house",
    "villa",
    "apartment",
    "shop",
    "office",
    "factory",
    "public",
    "farm",
)  # of Buildings.use, by number


@dataclass(frozen=True)
class Nodes:
    """Junctions and ends of roads (표준노드)."""

    id: tuple[str, ...]
    x: Array
    y: Array


@dataclass(frozen=True)
class Links:
    """Pieces of road between two nodes (표준링크); both directions are in one link unless `one_way`."""

    id: tuple[str, ...]
    start: Array  # numbers of nodes
    end: Array
    road: Array  # number of the road
    rank: Array  # 1 wide (대로), 2 (로), 3 lane (길)
    lanes: Array
    max_speed_kmh: Array
    length_m: Array
    one_way: Array
    shape: Array  # LineStrings from start to end
    bridge: Array  # bool: crosses the river or a stream


@dataclass(frozen=True)
class Roads:
    """Named roads: names end in 대로, 로 or 길; codes have 12 digits (district, number)."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    district: Array
    rank: Array  # 1 대로, 2 로, 3 길


@dataclass(frozen=True)
class Buildings:
    """Buildings with their addresses: a point inside each; numbers of a road rise by 2 every 20 m, odd on the left."""

    id: tuple[str, ...]  # 건물관리번호, 25 digits
    x: Array
    y: Array
    dong: Array  # number of the 행정동, true to its polygon
    legal: Array  # number of the 법정동
    tong: Array
    use: Array  # number in USES
    floors: Array
    floor_area_m2: Array
    footprint_m2: Array
    households: Array  # homes in it; 0 where nobody lives. Their sum goes with the people of the 행정동
    built_year: Array
    name: tuple[str, ...]  # of apartment blocks and public buildings, "" otherwise
    block: tuple[str, ...]  # 동 of an apartment complex ("101동"), "" otherwise
    road: Array  # number of the road
    main: Array  # building number
    sub: Array
    lot_main: Array  # 지번
    lot_sub: Array
    hill_lot: Array  # bool: 산
    postcode: tuple[str, ...]
    road_address: tuple[str, ...]  # "가온광역시 여울구 버들로 12 (버들동)"
    lot_address: tuple[str, ...]  # "가온광역시 여울구 버들동 123-4"
    link: Array  # number of the link at which it stands
    opened: Array  # datetime64[D], day of the approval for use (사용승인일)
    complex: Array  # number of the apartment complex, -1 elsewhere

    def standing(self, day: date) -> Array:
        """Whether each building stands on a day. The few that open in the second delivery are the last of all arrays:
        their homes are not part of the people of their 행정동 aimed at."""
        found: Array = self.opened <= np.datetime64(day, "D")
        return found

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Streets:
    """Roads that can be routed on, and the buildings beside them."""

    nodes: Nodes
    links: Links
    roads: Roads
    buildings: Buildings
