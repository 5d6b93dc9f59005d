"""The ground: what the other layers stand on. Coordinates in EPSG:5179, metres; codes as text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from madang.samplecity.city import Array

COVERS = (
    "물",
    "시가지",
    "공업지",
    "논",
    "밭",
    "숲",
    "풀밭",
    "모래톱",
)  # the number of a cell of `Ground.cover` is the place here


@dataclass(frozen=True)
class Grid:
    """A raster over the city: `rows` x `columns` cells of `cell_m` metres; row 0 is the southernmost, column 0 the westernmost."""

    west: float
    south: float
    cell_m: float
    rows: int
    columns: int

    def cells(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Row and column of points; points outside are moved to the nearest cell."""
        row = np.clip(((y - self.south) // self.cell_m).astype(np.int64), 0, self.rows - 1)
        column = np.clip(((x - self.west) // self.cell_m).astype(np.int64), 0, self.columns - 1)
        return row, column

    def centres(self) -> tuple[Array, Array]:
        """x and y of the centres of all cells, each (rows, columns)."""
        x = self.west + (np.arange(self.columns) + 0.5) * self.cell_m
        y = self.south + (np.arange(self.rows) + 0.5) * self.cell_m
        found = np.meshgrid(x, y)
        return found[0], found[1]


@dataclass(frozen=True)
class Districts:
    """자치구; number 0 is 여울구."""

    code: tuple[str, ...]  # five digits: 99110 …
    name: tuple[str, ...]
    shape: Array  # polygons


@dataclass(frozen=True)
class Dongs:
    """행정동, 21 in each district, those of a district side by side in the tables."""

    code: tuple[str, ...]  # ten digits: 9911051000 …
    name: tuple[str, ...]
    kind: tuple[str, ...]  # old housing apartments industry riverside hill farm
    district: Array  # number of the district
    shape: Array  # polygons without gaps and overlaps
    people: Array  # residents aimed at on the last day of the first delivery
    area_km2: Array

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class LegalDongs:
    """법정동: in old parts several in one 행정동, in new parts one for several 행정동."""

    code: tuple[str, ...]  # ten digits: 9911010100 …
    name: tuple[str, ...]
    district: Array
    shape: Array
    pairs: Array  # (n, 2): number of the 행정동, number of the 법정동, of every two that overlap


@dataclass(frozen=True)
class Tongs:
    """통: about 250 households each; an id stays with its ground when numbers change."""

    id: tuple[str, ...]  # code of the 행정동 and three digits: 9911051000-001
    dong: Array
    number: Array
    shape: Array


@dataclass(frozen=True)
class Stream:
    """A river or stream from its source to its mouth."""

    name: str
    shape: Any  # LineString, in the direction of flow
    width_m: float


@dataclass(frozen=True)
class Landmark:
    """A place that everybody knows: the market, the station, the 구청 …"""

    name: str
    kind: str  # market station office industry school_hill bridge …
    x: float
    y: float
    dong: int


@dataclass(frozen=True)
class Hollow:
    """A basin without an outlet in the built-up area, planted: rain collects here."""

    name: str
    kind: str  # 저지대, 지하차도
    shape: Any  # polygon: cells that stand under water before it runs over
    depth_m: float  # of the water at its deepest
    volume_m3: float
    dong: int
    x: float  # the deepest point
    y: float


@dataclass(frozen=True)
class Ground:
    """The city without its people."""

    grid: Grid
    elevation_m: Array  # float32 (rows, columns)
    cover: Array  # int8 (rows, columns), number in COVERS
    dong: Array  # int16 (rows, columns), number of the 행정동, -1 outside
    homes: Array  # float32 (rows, columns): how densely people live, relative; sums to 1 over each 행정동
    jobs: (
        Array  # float32 (rows, columns): how densely people work and shop, relative; sums to 1 over the city
    )
    districts: Districts
    dongs: Dongs
    legal: LegalDongs
    tongs: Tongs
    river: Any  # polygon of the open water
    streams: tuple[Stream, ...]
    landmarks: dict[str, Landmark]  # by name
    dong_shapes_at: Any = None  # shapely STRtree over dongs.shape
    tongs_later: Any = (
        None  # Tongs as the second delivery has them: one divided, the numbers after it moved up
    )
    hollows: tuple[Hollow, ...] = ()
    rail: Any = None  # LineString of the railway, from east to west

    def dongs_at(self, x: Array, y: Array) -> Array:
        """The number of the 행정동 of each point, exact at the borders; -1 outside."""
        found: Array = self.dong[self.grid.cells(x, y)].astype(np.int64)
        near = self._at_border[self.grid.cells(x, y)]
        found[near] = _numbers_at(self.dong_shapes_at, x[near], y[near])
        return found

    @cached_property
    def _at_border(self) -> Array:
        """Cells at the edge of the raster, and those that have not the same 행정동 on all sides."""
        wide = np.pad(self.dong, 1, constant_values=-2)
        rows, columns = self.dong.shape
        parts = [wide[r : r + rows, c : c + columns] for r in range(3) for c in range(3)]
        return np.asarray(np.any([part != self.dong for part in parts], axis=0))


def _numbers_at(tree: Any, x: Array, y: Array) -> Array:
    import shapely

    found = np.full(len(x), -1, np.int64)
    points, areas = tree.query(shapely.points(x, y), predicate="intersects")
    found[points] = areas
    return found
