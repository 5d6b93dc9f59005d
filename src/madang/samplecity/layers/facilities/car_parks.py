"""The public car parks whose cars are counted every minute: ``streams.toml`` names them, here is where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.facilities.gaps import gaps_of, middle_of
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.words import words

_TRIES = 200


def told() -> list[dict[str, Any]]:
    """What ``streams.toml`` says of each, in the order of their numbers."""
    found: list[dict[str, Any]] = words("streams")["parking"]
    return found


def places(city: City) -> tuple[Array, Array]:
    """Where they lie: in their 행정동 on dry ground, near what they serve, in no gap of car parks. The same whenever asked."""
    ground, rng = city.get(Ground), city.rng("streams.parking")
    gaps = [gap for gap in gaps_of(ground, min(city.setting.scale, 1.0)) if "parking" in gap.kinds]
    found: list[tuple[float, float]] = []
    for site in told():
        dong = ground.dongs.name.index(site["dong"])
        mark = ground.landmarks.get(site.get("near", ""))
        to = (mark.x, mark.y) if mark else middle_of(ground, dong)
        shape = ground.dongs.shape[dong]
        west, south, east, north = shapely.bounds(shape)
        x, y = rng.uniform(west, east, _TRIES), rng.uniform(south, north, _TRIES)
        good = shapely.contains_xy(shape.buffer(-2.0), x, y)
        for gap in gaps:
            good &= np.hypot(x - gap.x, y - gap.y) > gap.radius_m * 1.01 + 1
        dry = good & (ground.cover[ground.grid.cells(x, y)] != COVERS.index("물"))
        rows = np.flatnonzero(dry if dry.any() else good)
        if len(rows):
            best = int(rows[np.argmin(np.hypot(x[rows] - to[0], y[rows] - to[1]))])
            found.append((float(x[best]), float(y[best])))
        else:
            point = shapely.point_on_surface(shape)
            found.append((point.x, point.y))
    both = np.array(found)
    return both[:, 0], both[:, 1]
