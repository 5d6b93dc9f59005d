"""Builds the streets and the buildings."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.addresses import addresses, roads
from madang.samplecity.layers.streets.arteries import main_roads
from madang.samplecity.layers.streets.filling import filled
from madang.samplecity.layers.streets.graph import largest
from madang.samplecity.layers.streets.homes import bodies
from madang.samplecity.layers.streets.lots import lots
from madang.samplecity.layers.streets.model import Buildings, Links, Nodes, Streets
from madang.samplecity.layers.streets.named import name_roads
from madang.samplecity.layers.streets.network import Web, network
from madang.samplecity.layers.streets.seeds import land, seeds


def build(city: City) -> None:
    ground = city.get(Ground)
    rng = city.rng("streets.roads")
    curves = main_roads(ground, rng)
    where = land(ground)
    web = network(where, curves, seeds(where, curves, rng), rng)
    named = name_roads(web, curves, ground)
    what = filled(city, ground, web, named, lots(ground, web, named, city.rng("streets.lots")))
    first, second = city.deliveries
    body = bodies(ground, what, (first.day, second.day), city.rng("streets.bodies"))
    middle = ground.dongs_at(*web.middle.T)
    district = np.asarray(ground.dongs.district)[middle]
    named_roads, of_link, of_building = roads(named, ground, district, what)
    where_to = addresses(ground, what, named_roads, of_building)
    buildings = Buildings(
        id=where_to.id, x=what.lots.x, y=what.lots.y, dong=what.lots.dong, legal=what.lots.legal, tong=what.lots.tong,
        use=what.use, floors=body.floors, floor_area_m2=body.floor_area_m2, footprint_m2=body.footprint_m2,
        households=body.households, built_year=body.opened.astype("datetime64[Y]").astype(np.int64) + 1970,
        name=tuple(what.name), block=tuple(what.block), road=where_to.road, main=where_to.main, sub=where_to.sub,
        lot_main=where_to.lot_main, lot_sub=where_to.lot_sub, hill_lot=where_to.hill_lot, postcode=where_to.postcode,
        road_address=where_to.road_address, lot_address=where_to.lot_address, link=what.lots.piece, opened=body.opened,
        complex=what.complex_,
    )  # fmt: skip
    city.put(
        Streets(
            _nodes(web, ground), _links(web, of_link, district, middle, ground, city), named_roads, buildings
        )
    )


def _numbers(district: Array) -> tuple[str, ...]:
    """Ten digits: 990 for the first district, 991 …; five that count; two that stay 00 (a reverse direction takes 01)."""
    order = np.argsort(district, kind="stable")
    starts = np.searchsorted(district[order], district[order])
    serial = np.empty(len(district), np.int64)
    serial[order] = np.arange(len(district)) - starts + 1
    return tuple(
        f"{990 + at}{number:05d}00" for at, number in zip(district.tolist(), serial.tolist(), strict=True)
    )


def _nodes(web: Web, ground: Ground) -> Nodes:
    district = np.asarray(ground.dongs.district)[np.maximum(ground.dongs_at(*web.nodes.T), 0)]
    return Nodes(_numbers(district), web.nodes[:, 0], web.nodes[:, 1])


def _links(web: Web, road: Array, district: Array, dong: Array, ground: Ground, city: City) -> Links:
    rng = city.rng("streets.links")
    chance = rng.random(len(web.a))
    kinds = np.array(ground.dongs.kind)[dong]
    old = np.isin(kinds, ("old", "hill", "farm"))
    of_road = np.random.default_rng([city.setting.seed, 17]).random(road.max() + 1)[road]
    lanes = np.select(
        [web.rank == 1, web.rank == 2],
        [np.where(of_road < 0.4, 8, 6), np.where(of_road < 0.55, 4, 2)],
        np.where(old, 1, 2),
    )
    speed = np.select(
        [web.rank == 1, web.rank == 2], [np.where(of_road < 0.25, 70, 60), np.where(lanes == 4, 50, 40)], 30
    )
    one_way = (web.rank == 3) & (chance < np.where(kinds == "old", 0.16, 0.05)) & ~web.bridge
    keeps = largest(len(web.nodes), web.a[~one_way], web.b[~one_way])
    one_way &= keeps[web.a] & keeps[web.b]  # whoever may not use it finds another way
    return Links(
        id=_numbers(district), start=web.a, end=web.b, road=road, rank=web.rank, lanes=lanes, max_speed_kmh=speed,
        length_m=np.round(web.length, 1), one_way=one_way,
        shape=shapely.linestrings(np.stack([web.nodes[web.a], web.nodes[web.b]], axis=1)), bridge=web.bridge,
    )  # fmt: skip
