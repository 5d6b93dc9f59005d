"""What was planted: gaps, the best sites for a library, what changed, and where every facility truly is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities.engine import Facilities, Table
from madang.samplecity.layers.facilities.gaps import people_by_cell
from madang.samplecity.layers.facilities.kinds.land import BUILDABLE, LEAST_M2
from madang.samplecity.map_paper import projected


def truths(facilities: Facilities) -> Mapping[str, pa.Table]:
    return {
        "coverage_gaps": gaps(facilities),
        "best_library_sites": best_sites(facilities),
        "changes": changes(facilities),
        "places": places(facilities),
    }


def gaps(facilities: Facilities) -> pa.Table:
    """Every planted gap: a kind, the 행정동 and its middle, the radius within which nothing of the kind stands."""
    dongs = facilities.terrain.ground.dongs
    each = [(kind, gap) for gap in facilities.terrain.gaps for kind in gap.kinds]
    lon, lat = projected(np.array([gap.x for _, gap in each]), np.array([gap.y for _, gap in each]), 4326)
    return pa.table(
        {
            "kind": [kind for kind, _ in each],
            "dong_code": [dongs.code[gap.dong] for _, gap in each],
            "dong_name": [dongs.name[gap.dong] for _, gap in each],
            "lon": np.round(lon, 7),
            "lat": np.round(lat, 7),
            "radius_m": [round(gap.radius_m, 1) for _, gap in each],
            "reach_m": [round(gap.reach_m, 1) for _, gap in each],
            "people": [gap.people for _, gap in each],
        }
    )


def best_sites(facilities: Facilities) -> pa.Table:
    """Every candidate site that may carry a library, best first: residents within the radius of it who have no
    library so near now (`gain`), and again after the better ones have been taken (`gain_in_turn`)."""
    terrain, table = facilities.terrain, facilities.tables["candidate-site"]
    radius = max((gap.reach_m for gap in terrain.gaps if "library" in gap.kinds), default=1000.0)
    good = np.array([
        float(area) >= LEAST_M2 and zone in BUILDABLE
        for area, zone in zip(table.texts["면적(㎡)"], table.texts["용도지역"], strict=True)
    ])  # fmt: skip
    rows, people = np.flatnonzero(good), people_by_cell(terrain.ground)
    library, _ = terrain.made["library"]
    x, y = (axis[people > 0] for axis in terrain.ground.grid.centres())
    apart = ~_near(x, y, library.x, library.y, radius)
    x, y, left = x[apart], y[apart], people[people > 0][apart]
    reached = [np.flatnonzero(np.hypot(x - east, y - north) <= radius)
               for east, north in zip(table.sites.x[rows].tolist(), table.sites.y[rows].tolist(), strict=True)]  # fmt: skip
    gain = np.array([left[cells].sum() for cells in reached])
    order, in_turn = _greedy(reached, left)
    lon, lat = projected(table.sites.x[rows], table.sites.y[rows], 4326)
    return pa.table(
        {
            "site": [table.names[row] for row in rows[order].tolist()],
            "rank": np.arange(1, len(rows) + 1),
            "gain": np.round(gain[order]).astype(np.int64),
            "gain_in_turn": np.round(in_turn).astype(np.int64),
            "radius_m": np.full(len(rows), round(radius, 1)),
            "lon": np.round(lon[order], 7),
            "lat": np.round(lat[order], 7),
        }
    )


def _near(x: Array, y: Array, east: Array, north: Array, radius: float) -> Array:
    """Which points have one of the others within the radius."""
    tree = shapely.STRtree(shapely.points(east, north))
    _, far = tree.query_nearest(shapely.points(x, y), return_distance=True, all_matches=False)
    found: Array = far <= radius
    return found


def _greedy(reached: list[Array], left: Array) -> tuple[Array, Array]:
    """The order in which sites are taken, each time the one that reaches most people not reached yet; what it adds."""
    left, free = left.copy(), list(range(len(reached)))
    order, gains = [], []
    while free:
        gain = [float(left[reached[site]].sum()) for site in free]
        best = free.pop(int(np.argmax(gain)))
        order.append(best)
        gains.append(max(gain))
        left[reached[best]] = 0.0
    return np.array(order, np.int64), np.array(gains, float)


def changes(facilities: Facilities) -> pa.Table:
    """What the second delivery changes: rows that are new, and cells that differ."""
    found: list[tuple[str, str, str, str, str, str]] = []
    for table in facilities.tables.values():
        id_, names = table.kind.id, table.names
        found += [(id_, names[row], "added", "", "", "") for row in range(table.before, len(names))]
        for edit in table.edits:
            for header, value in edit.cells.items():
                before = table.texts[header][edit.row]
                if before != value:
                    found.append((id_, names[edit.row], edit.what, header, before, value))
    headers = ("kind", "name", "what", "column", "before", "after")
    columns = list(zip(*found, strict=True)) or [()] * len(headers)
    return pa.table({h: pa.array(cells, pa.string()) for h, cells in zip(headers, columns, strict=True)})


def places(facilities: Facilities) -> pa.Table:
    """Every facility with the 행정동 in which it truly stands. `row`: of the table, from 1; `since`: the delivery."""
    dongs = facilities.terrain.ground.dongs
    tables = [_places(table, dongs.code) for table in facilities.tables.values()]
    return pa.concat_tables(tables)


def _places(table: Table, codes: tuple[str, ...]) -> pa.Table:
    lon, lat = projected(table.sites.x, table.sites.y, 4326)
    row = np.arange(1, len(table.sites) + 1)
    return pa.table(
        {
            "kind": [table.kind.id] * len(row),
            "row": row,
            "name": table.names,
            "dong_code": [codes[dong] for dong in table.sites.dong.tolist()],
            "lon": np.round(lon, 7),
            "lat": np.round(lat, 7),
            "since": np.where(row > table.before, 2, 1),
        }
    )
