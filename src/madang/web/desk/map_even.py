"""Points on a regular grid (heights of the ground): their number says nothing, the value that they carry does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from madang.declarations.standard import DatasetColumn
from madang.web.desk import map_draw as draw

_LOOKED_AT = 2_000
_ALIKE, _NEARLY_ALL = 0.05, 0.85  # of the way to the nearest point, and of the points looked at
_OUTER = 0.005  # of the values at each side, which may be slips
_CLASSES = 5
_PLACES = ("lon", "lat", "easting", "northing")


def is_grid(lon: draw.Floats, lat: draw.Floats) -> bool:
    """Whether the points in the middle are all as far from their nearest neighbour as each other."""
    if len(lon) < _LOOKED_AT:
        return False
    x, y = lon * np.cos(np.radians(np.median(lat))), lat
    away = (x - np.median(x)) ** 2 + (y - np.median(y)) ** 2
    some = np.argpartition(away, _LOOKED_AT - 1)[:_LOOKED_AT]
    points = shapely.points(x[some], y[some])
    tree = shapely.STRtree(points)
    (_, _), near = tree.query_nearest(points, exclusive=True, return_distance=True, all_matches=False)
    usual = np.median(near) if len(near) else 0.0
    return bool(usual > 0 and np.mean(np.abs(near - usual) <= _ALIKE * usual) >= _NEARLY_ALL)


def value_of(columns: Sequence[DatasetColumn]) -> DatasetColumn | None:
    """The one measured column of a table; None where there is none or more than one."""
    found = [
        each
        for each in columns
        if each.type in ("number", "integer") and each.format not in _PLACES and each.privacy == "none"
    ]
    return found[0] if len(found) == 1 else None


def said(column: DatasetColumn) -> str:
    """A column with its unit, as a legend names it: "Z(m)"."""
    name = column.label or column.name
    return f"{name}({column.unit})" if column.unit else name


def shades(
    lon: draw.Floats, lat: draw.Floats, value: draw.Floats, frame: draw.Frame
) -> list[tuple[int, str, str]]:
    """Hexagons by the mean of their values: number of the class, its path, its words; classes hold about as many each."""
    known = np.isfinite(value)
    if not known.any():
        return []
    low, high = np.quantile(value[known], [_OUTER, 1 - _OUTER])
    x, y, mean = draw.hexagon_means(lon[known], lat[known], np.clip(value[known], low, high), frame)
    digits = 0 if high - low >= 10 else 2
    edges = np.unique(np.round(np.quantile(mean, np.linspace(0, 1, _CLASSES + 1)), digits))
    inner = edges[1:-1]
    at = np.searchsorted(inner, mean, side="right")
    offset = _CLASSES - len(inner)  # few classes take the dark end
    return [
        (k + offset, draw.hexagon_path(x[at == k], y[at == k]), _words(edges, k, digits))
        for k in range(len(inner) + 1)
    ]


def _words(edges: draw.Floats, k: int, digits: int) -> str:
    if len(edges) < 3:
        return f"{edges[0]:,.{digits}f}"
    if k == 0:
        return f"{edges[1]:,.{digits}f} 미만"
    if k == len(edges) - 2:
        return f"{edges[k]:,.{digits}f} 이상"
    return f"{edges[k]:,.{digits}f}–{edges[k + 1]:,.{digits}f}"
