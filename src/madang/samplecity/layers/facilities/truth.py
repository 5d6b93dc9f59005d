"""What was planted: gaps, the best sites for a library, what changed, and where every facility truly is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities.engine import Facilities, Table
from madang.samplecity.layers.facilities.gaps import Gap, LivedCells
from madang.samplecity.layers.facilities.kinds.land import (
    BUILDABLE,
    LEAST_M2,
    library_reach,
    without_library,
)
from madang.samplecity.layers.facilities.sites import Sites
from madang.samplecity.map_paper import projected


def truths(facilities: Facilities) -> Mapping[str, pa.Table]:
    return {
        "coverage_gaps": gaps(facilities),
        "best_library_sites": best_sites(facilities),
        "changes": changes(facilities),
        "places": places(facilities),
    }


def gaps(facilities: Facilities) -> pa.Table:
    """Every planted gap: a kind, the 행정동 and its middle, the radius within which nothing of the kind stands.

    `people`: of cells so deep in the circle that nothing outside it reaches them. `people_uncovered`: of all cells whose
    centre lies in the 행정동, farther than the reach from every one of the kind in the first delivery, in the circle or
    not. Other 행정동 have people whom nothing reaches, too, and may have more of them.
    """
    terrain, dongs = facilities.terrain, facilities.terrain.ground.dongs
    each = [(kind, gap) for gap in terrain.gaps for kind in gap.kinds]
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
            "people": [_deep(terrain.cells, gap) for _, gap in each],
            "people_uncovered": [_uncovered(facilities, kind, gap) for kind, gap in each],
        }
    )


def _deep(cells: LivedCells, gap: Gap) -> int:
    inside = np.hypot(cells.x - gap.x, cells.y - gap.y) <= gap.radius_m - gap.reach_m
    return int(cells.people[inside].sum())


def _uncovered(facilities: Facilities, kind: str, gap: Gap) -> int:
    sites, _ = facilities.terrain.made[kind]
    cells = facilities.terrain.cells
    return int(cells.take(cells.dong == gap.dong).beyond(sites.x, sites.y, gap.reach_m).people.sum())


def best_sites(facilities: Facilities) -> pa.Table:
    """Every candidate site: residents within the radius of it who have no library so near now (`gain`).

    A library may stand (`qualifies`) on LEAST_M2 and more of BUILDABLE zoning. Of those sites `rank` is the order in which
    they are taken, each time the one that adds most, and `gain_in_turn` what it adds: whom a better one reached is not
    counted again. The others follow without either.
    """
    terrain, table = facilities.terrain, facilities.tables["candidate-site"]
    radius, zoning = library_reach(terrain), table.texts["용도지역"]
    area = np.array([float(cell) for cell in table.texts["면적(㎡)"]])
    good = (area >= LEAST_M2) & np.isin(zoning, BUILDABLE)
    left, sites = without_library(terrain), table.sites
    gain = left.reached(sites.x, sites.y, radius)
    first, in_turn = _greedy(left, sites.take(np.flatnonzero(good)), radius)
    others = np.flatnonzero(~good)
    order = np.concatenate([np.flatnonzero(good)[first], others[np.argsort(-gain[others], kind="stable")]])
    lon, lat = projected(sites.x[order], sites.y[order], 4326)
    none = [None] * len(others)
    return pa.table(
        {
            "site": [table.names[row] for row in order.tolist()],
            "rank": pa.array([*range(1, len(first) + 1), *none], pa.int64()),
            "gain": gain[order],
            "gain_in_turn": pa.array([*in_turn, *none], pa.int64()),
            "qualifies": good[order],
            "area_m2": area[order],
            "zoning": [zoning[row] for row in order.tolist()],
            "radius_m": np.full(len(order), round(radius, 1)),
            "lon": np.round(lon, 7),
            "lat": np.round(lat, 7),
        }
    )


def _greedy(cells: LivedCells, sites: Sites, radius: float) -> tuple[Array, list[int]]:
    """The order in which sites are taken, each time the one that reaches most people not reached yet; what it adds."""
    site, cell = cells.within(sites.x, sites.y, radius)
    left, free = cells.people.copy(), np.ones(len(sites), bool)
    order, gains = [], []
    while free.any():
        gain = np.where(free, np.bincount(site, weights=left[cell], minlength=len(sites)), -1.0)
        best = int(np.argmax(gain))
        order.append(best)
        gains.append(round(float(gain[best])))
        free[best] = False
        left[cell[site == best]] = 0
    return np.array(order, np.int64), gains


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
