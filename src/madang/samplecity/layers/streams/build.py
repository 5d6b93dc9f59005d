"""Puts the sites on the map: gauges on their streams, car parks in their dongs, sections on links near what they serve."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.facilities import car_parks
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streams.model import Places, Streams
from madang.samplecity.layers.streams.sites import codes, names, signals_of
from madang.samplecity.layers.streams.traffic import characters, ranks
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words

_NEAR = {  # landmark that sections of a kind lie around
    "industry": "모루산업단지",
    "industry_back": "모루산업단지",
    "station": "여울역",
    "market": "여울장터",
    "housing": "새솔광장",
}


def build(city: City) -> None:
    ground, streets = city.get(Ground), city.get(Streets)
    links = _links(ground, streets)
    middle = shapely.line_interpolate_point(streets.links.shape[links], 0.5, normalized=True)
    city.put(
        Streams(
            signals=signals_of(city.setting),
            rain=_places("rain", *_rain(ground)),
            river=_places("river", *_river(ground)),
            traffic=_places("traffic", shapely.get_x(middle), shapely.get_y(middle)),
            parking=_places("parking", *car_parks.places(city)),
            link=tuple(streets.links.id[at] for at in links.tolist()),
            road=tuple(streets.roads.name[at] for at in streets.links.road[links].tolist()),
        )
    )


def _places(kind: str, x: Array, y: Array) -> Places:
    return Places(tuple(codes(kind)), tuple(names(kind)), np.asarray(x), np.asarray(y))


def _rain(ground: Ground) -> tuple[Array, Array]:
    """At their spots of the first district; where that is outside, on its nearest ground."""
    shape = ground.districts.shape[0]
    west, south, east, north = shapely.bounds(shape)
    spots = np.array([site["spot"] for site in words("streams")["rain"]])
    points = shapely.points(west + spots[:, 0] * (east - west), south + spots[:, 1] * (north - south))
    inner = shape.buffer(-0.01 * (east - west))
    moved = shapely.line_interpolate_point(shapely.shortest_line(inner, points), 0.0)
    return shapely.get_x(moved), shapely.get_y(moved)


def _river(ground: Ground) -> tuple[Array, Array]:
    """On the part of their stream that is inside the first district."""
    lines = {stream.name: stream.shape for stream in ground.streams}
    points = []
    for site in words("streams")["river"]:
        inside = shapely.intersection(lines[site["stream"]], ground.districts.shape[0].buffer(-20.0))
        line = max(shapely.get_parts(inside), key=shapely.length)
        points.append(shapely.line_interpolate_point(line, site["along"], normalized=True))
    return shapely.get_x(points), shapely.get_y(points)


def _links(ground: Ground, streets: Streets) -> Array:
    """Of each section its link: of its rank (or wide enough), unused, the nearest to what it serves."""
    links, (kinds, _) = streets.links, characters()
    middle = shapely.line_interpolate_point(links.shape, 0.5, normalized=True)
    free, chosen = links.length_m > 0, []
    for kind, rank in zip(kinds, ranks().tolist(), strict=True):
        mark = ground.landmarks[_NEAR[kind]]
        away = shapely.distance(middle, shapely.Point(mark.x, mark.y))
        cost = away + 1e6 * (links.rank != rank) + 1e6 * (links.rank > 2) + 1e9 * ~free
        at = int(np.argmin(cost))
        free[at] = False
        chosen.append(at)
    return np.array(chosen)
