"""Shapes that may be worked with: those that cross themselves are mended, those that do so beyond measure left out.

What a mend costs grows with the number of crossings, and by GEOS's method "linework" with its cube: 28 seconds for 200
corners at random places, 0.4 by "structure". So only that one is used, and crossings are estimated beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CORNERS = 3_000_000  # of one shape; the most detailed coast of a province has a third of that
_MENDED = 300_000  # corners of a shape that is mended
_TRIED = 256  # edges whose neighbours are counted
_FREE, _EACH = 20_000, 4  # meetings of edges that are always followed, and more of them for each edge


def sound(shapes: NDArray[Any]) -> NDArray[Any]:
    """The shapes, what is invalid mended; None for what has too many corners, crosses itself too often or cannot be
    mended. Shapely geometries in any coordinates."""
    found = shapes.copy()
    found[shapely.get_num_coordinates(found) > CORNERS] = None
    for at in np.flatnonzero(~shapely.is_missing(found) & ~shapely.is_valid(found)):
        found[at] = mended(found[at])
    return found


def mended(shape: Any) -> Any:
    """A valid shape in place of an invalid one, what collapses dropped; None where that would take more than seconds,
    or there is none."""
    if not is_mendable(shape):
        return None
    try:
        return shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except shapely.errors.GEOSException:
        return None


def is_mendable(shape: Any) -> bool:
    """Whether a shape has few enough corners, and edges that lie across each other, to be mended in seconds."""
    corners = shapely.get_coordinates(shape)
    return 2 <= len(corners) <= _MENDED and _meetings(corners) <= _FREE + _EACH * len(corners)


def _meetings(corners: NDArray[np.float64]) -> float:
    """How many pairs of edges have boxes that touch, estimated from some; where rings end is one edge too many."""
    low, high = np.minimum(corners[:-1], corners[1:]), np.maximum(corners[:-1], corners[1:])
    tried = np.random.default_rng(len(corners)).choice(len(low), min(_TRIED, len(low)), replace=False)
    met = sum(int(((low <= high[at]) & (high >= low[at])).all(axis=1).sum()) for at in tried)
    return met / len(tried) * len(low) / 2
