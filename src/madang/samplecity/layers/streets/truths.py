"""What is known of the streets and buildings, for those who test what is computed from the files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.changes import changes
from madang.samplecity.layers.streets.graph import components
from madang.samplecity.layers.streets.homes import HOUSEHOLD_SIZE
from madang.samplecity.layers.streets.model import USES, Streets


def truths(city: City) -> Mapping[str, pa.Table]:
    """`network`: counts of the road network. `bridges`: links over water. `road_length`: metres by 행정동 and rank.
    `homes`: buildings and homes by 행정동 and delivery. `uses`: buildings by 행정동 and use. `complexes`: apartment
    complexes. `changed_buildings`: what differs in the second delivery. `places`: the true place of every building."""
    return {
        "network": _network(city),
        "bridges": _bridges(city),
        "road_length": _road_length(city),
        "homes": _homes(city),
        "uses": _uses(city),
        "complexes": _complexes(city),
        "changed_buildings": _changed(city),
        "places": _places(city),
    }


def _network(city: City) -> pa.Table:
    streets = city.get(Streets)
    links, many = streets.links, len(streets.nodes.id)
    degree = np.bincount(np.r_[links.start, links.end], minlength=many)
    facts = {
        "nodes": many,
        "links": len(links.id),
        "directed_links": int(2 * len(links.id) - links.one_way.sum()),
        "one_way_links": int(links.one_way.sum()),
        "parts": len(np.unique(components(many, links.start, links.end))),
        "dead_ends": int((degree == 1).sum()),
        "crossings": int((degree >= 3).sum()),
        "bridges": len(np.unique(_crossing(streets))),
        "roads": len(streets.roads.code),
        "metres": round(float(links.length_m.sum()), 1),
    }
    return pa.table({"what": list(facts), "value": [float(value) for value in facts.values()]})


def _crossing(streets: Streets) -> Array:
    """For each link over water the crossing to which it belongs: links that follow one another are one bridge."""
    links = streets.links
    at = np.flatnonzero(links.bridge)
    label = components(len(streets.nodes.id), links.start[at], links.end[at])
    found: Array = np.unique(label[links.start[at]], return_inverse=True)[1] + 1
    return found


def _bridges(city: City) -> pa.Table:
    ground, streets = city.get(Ground), city.get(Streets)
    links = streets.links
    at = np.flatnonzero(links.bridge)
    over_river = shapely.intersects(ground.river, links.shape[at])
    middle = shapely.get_coordinates(shapely.line_interpolate_point(links.shape[at], 0.5, normalized=True))
    return pa.table(
        {
            "bridge": _crossing(streets),
            "link_id": [links.id[each] for each in at.tolist()],
            "road": [streets.roads.name[each] for each in links.road[at].tolist()],
            "over": np.where(over_river, "강", "내").tolist(),
            "length_m": links.length_m[at],
            "x_5179": np.round(middle[:, 0], 1),
            "y_5179": np.round(middle[:, 1], 1),
        }
    )


def _dong_columns(ground: Ground) -> dict[str, list[str]]:
    return {"dong_code": list(ground.dongs.code), "dong": list(ground.dongs.name)}


def _road_length(city: City) -> pa.Table:
    """Links are cut at the borders, so a link counts in each 행정동 by its part there."""
    ground, streets = city.get(Ground), city.get(Streets)
    links, many = streets.links, len(ground.dongs)
    dong, link = shapely.STRtree(links.shape).query(ground.dongs.shape, predicate="intersects")
    parts = shapely.length(shapely.intersection(ground.dongs.shape[dong], links.shape[link]))
    sums = np.bincount(dong * 3 + links.rank[link] - 1, parts, many * 3).reshape(many, 3)
    columns = {f"rank{rank}_m": np.round(sums[:, rank - 1], 1) for rank in (1, 2, 3)}
    return pa.table(_dong_columns(ground) | columns)


def _homes(city: City) -> pa.Table:
    ground, buildings = city.get(Ground), city.get(Streets).buildings
    many = len(ground.dongs)
    columns: dict[str, Array | list[str]] = dict(_dong_columns(ground))
    for delivery in city.deliveries:
        stands = buildings.standing(delivery.day)
        columns[f"buildings_{delivery.number}"] = np.bincount(buildings.dong[stands], minlength=many)
        columns[f"households_{delivery.number}"] = np.bincount(
            buildings.dong[stands], buildings.households[stands], many
        ).astype(np.int64)
    columns["people"] = np.asarray(ground.dongs.people)
    columns["mean_household_size"] = np.array([HOUSEHOLD_SIZE[kind] for kind in ground.dongs.kind])
    return pa.table(columns)


def _uses(city: City) -> pa.Table:
    ground, buildings = city.get(Ground), city.get(Streets).buildings
    stands = buildings.standing(city.deliveries[0].day)
    many = len(ground.dongs)
    counts = np.bincount(
        buildings.dong[stands] * len(USES) + buildings.use[stands], minlength=many * len(USES)
    )
    table = counts.reshape(many, len(USES))
    return pa.table(_dong_columns(ground) | {use: table[:, at] for at, use in enumerate(USES)})


def _complexes(city: City) -> pa.Table:
    ground, buildings = city.get(Ground), city.get(Streets).buildings
    at = np.flatnonzero(buildings.complex >= 0)
    number = buildings.complex[at]
    known, first, place = np.unique(number, return_index=True, return_inverse=True)
    return pa.table(
        {
            "complex": [buildings.name[each] for each in at[first].tolist()],
            "dong": [ground.dongs.name[each] for each in buildings.dong[at[first]].tolist()],
            "towers": np.bincount(place, minlength=len(known)),
            "households": np.bincount(place, buildings.households[at], len(known)).astype(np.int64),
            "opened": np.datetime_as_string(buildings.opened[at[first]]).tolist(),
        }
    )


def _changed(city: City) -> pa.Table:
    buildings, change = city.get(Streets).buildings, changes(city)
    new = np.flatnonzero(~buildings.standing(city.deliveries[0].day))
    at = np.r_[new, change.grown, change.named].tolist()
    what = ["new"] * len(new) + ["storey"] * len(change.grown) + ["name"] * len(change.named)
    return pa.table(
        {
            "building_id": [buildings.id[each] for each in at],
            "what": what,
            "road_address": [buildings.road_address[each] for each in at],
            "households": buildings.households[at],
        }
    )


def _places(city: City) -> pa.Table:
    ground, buildings = city.get(Ground), city.get(Streets).buildings
    return pa.table(
        {
            "building_id": list(buildings.id),
            "x_5179": np.round(buildings.x, 2),
            "y_5179": np.round(buildings.y, 2),
            "dong_code": [ground.dongs.code[at] for at in buildings.dong.tolist()],
            "tong_id": [ground.tongs.id[at] for at in buildings.tong.tolist()],
            "use": [USES[at] for at in buildings.use.tolist()],
            "households": buildings.households,
        }
    )
