"""Borders that go with an open result, so that its maps are drawn outside with nothing but the result.

They are those of the areas that published layers need, some 50 m fine, and none of a dataset that is for few.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from madang.bank import Bank
from madang.bank.seen import thing_of
from madang.release.space import Bools
from madang.results import Result
from madang.results.map_picture import Area, Borders, maps_of
from madang.results.map_sheet import simpler

_FINE = 0.0005  # degrees, some 50 m
_DIGITS = 5  # of degrees: a metre
_POLYGONS = 2  # dimensions


def needed(shown: Result, hidden: Mapping[str, Bools], borders: Borders, bank: Bank) -> Borders:
    """The borders that the maps of what leaves are drawn with. `hidden`: by table, the rows whose numbers do not leave."""
    if not shown.layers:
        return {}
    public = {code: area for code, area in borders.items() if _may_leave(area, bank)}
    rows = {table: frozenset(mask.nonzero()[0].tolist()) for table, mask in hidden.items()}
    codes = sorted({code for each in maps_of(shown, public, hidden=rows) for code in each.ground})
    if not codes:
        return {}
    shapes = np.array([*(public[code].shape for code in codes), None], object)[:-1]
    fine = simpler(shapes, _FINE)
    return {code: Area(public[code].name, shape, public[code].source) for code, shape in zip(codes, fine, strict=True)}  # fmt: skip


def _may_leave(area: Area, bank: Bank) -> bool:
    dataset = area.source.partition("@")[0]
    return dataset in bank and thing_of(bank[dataset]).access != "restricted"


def told(borders: Borders) -> dict[str, dict[str, str]]:
    """Borders as JSON has them: names, and shapes as WKT."""
    return {
        code: {"name": area.name, "shape": shapely.to_wkt(area.shape, rounding_precision=_DIGITS)}
        for code, area in borders.items()
    }


def read(said: Mapping[str, Any]) -> Borders:
    """The borders that `told` told. Raises ValueError, KeyError, TypeError."""
    try:
        shapes = {code: shapely.from_wkt(each["shape"]) for code, each in said.items()}
    except shapely.errors.ShapelyError as error:
        raise ValueError(str(error)) from error
    if any(shapely.get_dimensions(each) != _POLYGONS for each in shapes.values()):
        raise ValueError("a border that is no area")
    return {code: Area(str(said[code]["name"]), shape) for code, shape in shapes.items()}
