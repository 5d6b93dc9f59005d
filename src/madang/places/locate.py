"""In which area a point lies: millions of points a second, and exactly what shapely says at every border."""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.places.locate_raster import FINE, MIDDLE, SIDE, Floats, Grid, Raster, rasterise

Indices = NDArray[np.int32]
_FORMAT = 1
_BATCH = 1 << 17  # points handled at once: about 10 MB of working memory for each thread


@dataclass(frozen=True)
class Locator:
    """Areas and the raster that answers most points by looking up one cell; see `locate_raster`."""

    polygons: NDArray[Any]
    grid: Grid
    raster: Raster

    @classmethod
    def build(cls, polygons: ArrayLike, cells: int | None = None) -> Locator:
        """A locator of `polygons` (shapely Polygon or MultiPolygon in one plane, usually EPSG:4326; None has no place).

        `cells`: coarse cells along each side of the extent, by default by the number of areas; one on a border is cut
        into up to 32 x 32. Raises ValueError where a polygon is invalid or no polygon. Seconds and 25 MB (without the
        shapes) for the 3,504 dongs of the country.
        """
        areas = np.array(polygons, dtype=object).reshape(-1)
        real = ~(shapely.is_missing(areas) | shapely.is_empty(areas))
        wrong = real & ~(np.isin(shapely.get_type_id(areas), (3, 6)) & shapely.is_valid(areas))
        if wrong.any():
            raise ValueError(f"not a valid polygon: {np.flatnonzero(wrong)[:10].tolist()}")
        areas[~real] = None
        grid = Grid.over(areas, cells or int(np.clip(5 * len(areas) ** 0.5, 16, 512)))
        return cls._ready(areas, grid, rasterise(without_overlap(areas), grid))

    @classmethod
    def _ready(cls, areas: NDArray[Any], grid: Grid, raster: Raster) -> Locator:
        """Shapely's own index of each area is made here, not by two threads at their first question."""
        shapely.prepare(areas)
        x0, y0, x1, y1 = shapely.bounds(areas).T
        for _ in range(3):  # GEOS builds it at the second question
            shapely.intersects_xy(areas, (x0 + x1) / 2, (y0 + y1) / 2)
        return cls(areas, grid, raster)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> Indices:
        """The position in `polygons` of the area each point lies in or on the border of; -1 for none.

        A point that several areas touch or hold goes to the first of them, so give areas in order of their codes.
        NaN and infinity are nowhere. The answer is that of ``shapely.intersects_xy``, for every point.
        """
        x, y = np.asarray(lon, dtype=np.float64).reshape(-1), np.asarray(lat, dtype=np.float64).reshape(-1)
        found = np.full(len(x), -1, dtype=np.int32)
        batches = [slice(start, start + _BATCH) for start in range(0, len(x), _BATCH)]

        def fill(batch: slice) -> None:
            found[batch] = self._locate(x[batch], y[batch])

        if len(batches) < 2:
            for batch in batches:
                fill(batch)
            return found
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(fill, batches))
        return found

    def _locate(self, x: Floats, y: Floats) -> Indices:
        grid = self.grid
        inside = np.flatnonzero((x >= grid.x0) & (x <= grid.x1) & (y >= grid.y0) & (y <= grid.y1))
        found = np.full(len(x), -1, dtype=np.int32)
        if not len(inside):
            return found
        x, y = (x, y) if len(inside) == len(x) else (x[inside], y[inside])
        outcome = self._outcomes(x, y)
        known = outcome <= len(self.polygons)
        found[inside[known]] = outcome[known] - 1
        open_ = np.flatnonzero(~known)
        found[inside[open_]] = self._settled(outcome[open_] - len(self.polygons) - 1, x[open_], y[open_])
        return found

    def _outcomes(self, x: Floats, y: Floats) -> Indices:
        """The outcome in the finest cell of each point."""
        grid, raster = self.grid, self.raster
        column = ((x - grid.x0) * grid.x_scale).astype(np.int32)
        row = ((y - grid.y0) * grid.y_scale).astype(np.int32)
        outcome = raster.coarse[row // SIDE * grid.columns + column // SIDE]
        deeper = np.flatnonzero(outcome < 0)
        column, row = column[deeper], row[deeper]
        block = -1 - outcome[deeper]
        middle = raster.middle[(block * MIDDLE + row // FINE % MIDDLE) * MIDDLE + column // FINE % MIDDLE]
        deepest = np.flatnonzero(middle < 0)
        column, row = column[deepest], row[deepest]
        block = -1 - middle[deepest]
        middle[deepest] = raster.fine[(block * FINE + row % FINE) * FINE + column % FINE]
        outcome[deeper] = middle
        return np.asarray(outcome, dtype=np.int32)

    def _settled(self, which: Indices, x: Floats, y: Floats) -> Indices:
        """Points in cells where areas meet: the first candidate that shapely finds each of them in."""
        starts, candidates = self.raster.starts, self.raster.candidates
        found = np.full(len(x), -1, dtype=np.int32)
        first, last = starts[which], starts[which + 1]
        left = np.arange(len(x))
        while len(left):
            area = candidates[first[left]]
            order = np.argsort(area, kind="stable")  # the same polygon's edges stay in the processor's cache
            left, area = left[order], area[order]
            here = shapely.intersects_xy(self.polygons[area], x[left], y[left])
            found[left[here]] = area[here]
            left = left[~here]
            first[left] += 1
            left = left[first[left] < last[left]]
        return found

    def save(self, folder: Path) -> None:
        """Write the locator to `folder`/locator.npz (made if missing), whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        shapes = shapely.to_wkb(self.polygons)
        sizes = np.array([0 if shape is None else len(shape) for shape in shapes], dtype=np.int64)
        parts = {field.name: getattr(self.raster, field.name) for field in fields(Raster)}
        corner = np.array([getattr(self.grid, field.name) for field in fields(Grid)], dtype=np.float64)
        data = np.frombuffer(b"".join(shape for shape in shapes if shape is not None), dtype=np.uint8)
        temporary = folder / f".locator.{secrets.token_hex(4)}"
        with temporary.open("xb") as stream:
            np.savez(stream, format=_FORMAT, grid=corner, sizes=sizes, shapes=data, **parts)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, folder / "locator.npz")

    @classmethod
    def load(cls, folder: Path) -> Locator:
        """The locator saved in `folder`. Raises OSError where there is none, ValueError where it is of another make."""
        with (folder / "locator.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            if int(held["format"]) != _FORMAT:
                raise ValueError("a locator of another make")
            sizes, data = held["sizes"], held["shapes"].tobytes()
            x0, y0, x1, y1, columns, rows, x_scale, y_scale = held["grid"].tolist()
            raster = Raster(**{field.name: held[field.name] for field in fields(Raster)})
        ends = np.cumsum(sizes).tolist()
        shapes = [data[end - size : end] or None for end, size in zip(ends, sizes.tolist(), strict=True)]
        grid = Grid(x0, y0, x1, y1, int(columns), int(rows), x_scale, y_scale)
        return cls._ready(shapely.from_wkb(np.array(shapes, dtype=object)), grid, raster)


def overlaps(polygons: NDArray[Any], groups: NDArray[Any] | None = None) -> NDArray[np.int64]:
    """Pairs (k, 2) of polygons whose insides meet, the lower position first; borders that touch are no overlap.

    With `groups`, one for each polygon, only pairs of different groups.
    """
    tree = shapely.STRtree(polygons)
    one, other = tree.query(polygons)
    once = one < other
    if groups is not None:
        once &= groups[one] != groups[other]
    one, other = one[once], other[once]
    met = shapely.relate_pattern(polygons[one], polygons[other], "T********")
    return np.column_stack((one[met], other[met]))


def without_overlap(polygons: NDArray[Any]) -> NDArray[Any]:
    """`polygons` with every part taken away that a polygon before them holds."""
    cut = polygons.copy()
    pairs = overlaps(polygons)
    for later in np.unique(pairs[:, 1]):
        earlier = pairs[pairs[:, 1] == later, 0]
        rest = shapely.difference(polygons[later], shapely.union_all(polygons[earlier]))
        parts = shapely.get_parts(rest)
        faces = parts[shapely.get_type_id(parts) == 3]
        cut[later] = shapely.MultiPolygon(list(faces)) if len(faces) else None
    return cut
