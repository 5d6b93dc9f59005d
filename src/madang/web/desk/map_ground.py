"""What lies beneath the data of a map: outlines of areas and their names."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from madang.web.desk import map_draw as draw
from madang.web.desk.map_areas import Areas, KnownAreas

WIDE_KM = 70.0  # from which 시군구 are drawn, not 행정동
_NAMED = 40  # 행정동 in a picture, up to which they carry their names


@dataclass(frozen=True)
class Ground:
    """Areas beneath the data (`level` "dong" or "sigungu", "" for none), thicker borders, names."""

    level: str
    land: str
    borders: str
    labels: tuple[draw.Label, ...] = ()


def ground_of(frame: draw.Frame, known: KnownAreas | None) -> Ground:
    """What lies beneath the data: 행정동 with the borders of 시군구, only these where the picture is wide."""
    if known is None:
        return Ground("", "", "")
    if frame.km > WIDE_KM:
        sigungus = known.sigungus(frame)
        return Ground("sigungu", draw.lines(sigungus.shapes, frame), "", _sidos(sigungus, frame))
    dongs = known.dongs.within(frame.box)
    sigungus = dongs.sigungus(frame)
    borders = draw.lines(sigungus.shapes, frame)
    named = dongs if len(dongs.codes) <= _NAMED else sigungus
    return Ground("dong", draw.lines(dongs.shapes, frame), borders, area_names(named, frame))


def area_names(areas: Areas, frame: draw.Frame, *, wide: bool = False) -> tuple[draw.Label, ...]:
    """The last words of the names of areas, in the part of each that the picture shows; large ones first.

    With `wide` also those for which only a wide screen has room, marked as such.
    """
    seen = shapely.clip_by_rect(shapely.make_valid(areas.shapes), *frame.box)
    order = np.argsort(-shapely.area(seen), kind="stable")
    order = order[~shapely.is_empty(seen[order])]
    middles = shapely.point_on_surface(seen)[order]
    names = [areas.names[i].rpartition(" ")[2] for i in order]
    lon, lat = shapely.get_x(middles), shapely.get_y(middles)
    narrow = draw.labels(lon, lat, names, frame)
    if not wide:
        return narrow
    places = {(each.x, each.y) for each in narrow}
    more = draw.labels(lon, lat, names, frame, draw.LETTER_WIDE)
    return (*narrow, *(replace(each, wide=True) for each in more if (each.x, each.y) not in places))


def _sidos(areas: Areas, frame: draw.Frame) -> tuple[draw.Label, ...]:
    """The names of 시도, amid their 시군구."""
    sidos = [name.partition(" ")[0] for name in areas.names]
    names = sorted(set(sidos))
    middles = shapely.centroid(areas.shapes)
    at = np.array([names.index(sido) for sido in sidos])
    count = np.bincount(at)
    lon, lat = (np.bincount(at, get(middles)) / count for get in (shapely.get_x, shapely.get_y))
    return draw.labels(lon, lat, [_short(name) for name in names], frame)


def _short(sido: str) -> str:
    """서울특별시 -> 서울, 경상북도 -> 경북."""
    if len(sido) == 4 and sido.endswith(("북도", "남도")):
        return sido[0] + sido[2]
    return sido[:2]
