"""What lies beneath the markers of a city map: land covers, water, roads, buildings, borders and names, drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from madang.bank import Version
from madang.web.desk import map_draw as draw
from madang.web.desk.map_areas import SIGUNGU, Areas
from madang.web.desk.map_city import City
from madang.web.desk.map_ground import WIDE_KM, area_names
from madang.web.desk.map_layers import (
    SIGHTS,
    Shapes,
    bounds_of,
    joined,
    layer_of,
    merged_lines,
    positions,
    sights_of,
    water_names,
)

_COVERS = ("field", "paddy", "built", "industry", "forest", "green", "sand", "water")
_CLOSE_KM = 6.0  # how wide a picture may be that shows every building
_MOST_BUILDINGS = 5_000
_MOST_LANES = 9_000  # narrow roads in a picture of more than one 행정동, above which they are left out
_HOUSE_M, _TOWER_M = 11.0, 22.0  # the side of a low and of a tall building of which only the spot is known
_TALL = 6  # floors, from which a building is tall
_CELL = 12  # units of a cell in which buildings are counted
_WORDS = {  # kept with a picture as they stand; the page says them in its language
    "cover": gettext_noop("땅의 쓰임"), "water": gettext_noop("하천"), "stream": gettext_noop("하천"),
    "road": gettext_noop("도로"), "building": gettext_noop("건물"), "relief": gettext_noop("지형"),
}  # fmt: skip


@dataclass(frozen=True)
class Hit:
    """An area that can be clicked."""

    code: str
    name: str
    path: str


@dataclass(frozen=True)
class Sheet:
    """One layer of the base: its class in the stylesheet and its path."""

    style: str
    path: str
    width: int = 0  # of the line in units, where the class does not say it
    of: str = ""  # the name of a road path, instead of a path of its own


@dataclass(frozen=True)
class Base:
    """The base as its template prints it; paths are in units of a view `draw.WIDTH` wide."""

    frame: draw.Frame
    land: str  # the outline of the city, outside which nothing is drawn
    mask: str  # what lies outside the area shown, where it is a part of the city
    border: str  # around it
    hits: tuple[Hit, ...]
    under: tuple[Sheet, ...]  # beneath the relief
    over: tuple[Sheet, ...]  # above it
    roads: tuple[Sheet, ...]  # paths that are drawn twice, by name
    labels: tuple[draw.Label, ...]
    waters: tuple[draw.Label, ...]
    sights: tuple[draw.Label, ...]  # places that everybody knows
    kinds: tuple[str, ...]  # what is drawn, in words
    scale_units: int
    scale_words: str
    relief: tuple[int, int, int, int] | None = None  # x, y, width, height
    relief_key: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Base:
        """From what the cache has."""
        made: dict[str, Any] = {
            "frame": draw.Frame(**stored.pop("frame")),
            "hits": tuple(Hit(**each) for each in stored.pop("hits")),
            "relief": tuple(found) if (found := stored.pop("relief")) else None,
            "kinds": tuple(stored.pop("kinds")),
        }
        for name in ("under", "over", "roads"):
            made[name] = tuple(Sheet(**each) for each in stored.pop(name))
        for name in ("labels", "waters", "sights"):
            made[name] = tuple(draw.Label(**each) for each in stored.pop(name))
        return cls(**stored, **made)

    @property
    def width(self) -> int:
        return draw.WIDTH

    @property
    def height(self) -> int:
        return self.frame.height

    @property
    def close(self) -> bool:
        """Whether the picture shows every building, and roads as wide as they look from there."""
        return self.frame.km <= _CLOSE_KM

    @property
    def below(self) -> int:
        """Where the scale bar stands."""
        return self.frame.height - 40

    def rectangle(self, box: draw.Box) -> tuple[int, int, int, int]:
        """A box of degrees as x, y, width, height in units."""
        west, south, east, north = box
        x, y = self.frame.units(np.array([west, east]), np.array([north, south]))
        return round(x[0]), round(y[0]), round(x[1] - x[0]), round(y[1] - y[0])


def drawn_base(city: City | None, versions: Sequence[tuple[str, Version]]) -> Base | None:
    """The base of a city from `versions`, each with its role (map_layers.ROLES, SIGHTS); None where nothing can be drawn."""
    layers = _layers(versions)
    box = city.shown.box if city else bounds_of(layers)
    if box is None or not np.isfinite(box).all():
        return None
    frame = draw.Frame.around(box)
    seen = versions if frame.km <= WIDE_KM else ()
    near = {role: shapes.within(frame.box) for role, shapes in layers.items() if shapes is not None and seen}
    points = [positions(v) for r, v in seen if r == "building"]
    under, over = _covers(near, frame)
    roads, drawn_roads = _roads(near.get("road"), frame, _most_lanes(city, frame))
    over += [*_buildings(near.get("building"), points, frame), *drawn_roads]
    areas = _clickable(city, frame) if city else None
    region = _outline(city.shown, frame) if city else ""
    whole = f"M0 0h{draw.WIDTH}v{frame.height}h-{draw.WIDTH}z"
    labels = area_names(areas, frame, wide=True) if areas else ()
    waters = water_names(near, frame)
    return Base(
        frame,
        land=(_outline(city.dongs.within(frame.box), frame) if city and city.area else region) or whole,
        mask=whole + region if city and city.area else "",
        border=region,
        hits=_hits(areas, city, frame) if areas and city else (),
        under=tuple(under),
        over=tuple(over),
        roads=tuple(roads),
        labels=labels,
        waters=waters,
        sights=sights_of(seen, (*labels, *waters), frame),
        kinds=_kinds(region, {sheet.style for sheet in (*under, *over)}),
        scale_units=frame.scale_bar()[0],
        scale_words=frame.scale_bar()[1],
    )


def _layers(versions: Sequence[tuple[str, Version]]) -> dict[str, Shapes | None]:
    roles = dict.fromkeys(role for role, _version in versions if role not in SIGHTS.values())
    return {role: joined([layer_of(v, r) for r, v in versions if r == role]) for role in roles}


def _kinds(region: str, styles: set[str]) -> tuple[str, ...]:
    """What is drawn, in words."""
    names = {"cover": tuple({*_COVERS} - {"water"}), "road": ("minor", "middle", "major")}
    roles = ("cover", "water", "stream", "road", "building")
    drawn = [role for role in roles if any(style.startswith(names.get(role, (role,))) for style in styles)]
    return tuple(
        dict.fromkeys([gettext_noop("행정구역 경계")] * bool(region) + [_WORDS[role] for role in drawn])
    )


def _outline(areas: Areas, frame: draw.Frame) -> str:
    """The outline of several areas together."""
    shapes = areas.shapes
    if len(shapes) > 1:
        shapes = draw.merged(shapes, np.zeros(len(shapes), np.int64), 1, frame)
    return draw.lines(shapes, frame)


def _clickable(city: City, frame: draw.Frame) -> Areas | None:
    """The areas that can be chosen in a picture; none where these are 행정동 and it is too wide to tell them apart."""
    near = city.dongs.within(frame.box)
    if city.level == "dong" and frame.km > WIDE_KM:
        return None
    return near if city.level == "dong" else near.sigungus(frame)


def _hits(areas: Areas, city: City, frame: draw.Frame) -> tuple[Hit, ...]:
    found = []
    for code, shape in zip(areas.codes, areas.shapes, strict=True):
        path = draw.lines(np.array([shape, None], dtype=object)[:-1], frame)
        if code and path:
            found.append(Hit(code, city.names.get(code, code), path))
    return tuple(found)


def _covers(near: dict[str, Shapes], frame: draw.Frame) -> tuple[list[Sheet], list[Sheet]]:
    """What covers the land, and the water above it."""
    under: list[Sheet] = []
    over: list[Sheet] = []
    if cover := near.get("cover"):
        for style in _COVERS:
            path = draw.lines(cover.of(style), frame) if len(cover.of(style)) else ""
            if path:
                (over if style == "water" else under).append(Sheet(style, path))
    for role in ("water", "stream"):
        shapes = near.get(role)
        shown = (
            role == "stream" or not over
        )  # the ground of a river is wider than its water: where nothing says better
        if shown and shapes is not None and len(shapes.shapes):
            over.append(Sheet(role, draw.lines(shapes.shapes, frame)))
    return under, [sheet for sheet in over if sheet.path]


def _most_lanes(city: City | None, frame: draw.Frame) -> float:
    """How many narrow roads a picture takes: all of a 행정동, none where it is wide."""
    if city and len(city.area) > SIGUNGU:
        return float("inf")
    return _MOST_LANES if frame.km <= _CLOSE_KM else 0


def _roads(roads: Shapes | None, frame: draw.Frame, lanes: float) -> tuple[list[Sheet], list[Sheet]]:
    """The paths of wide, middle and up to so many narrow roads (these alone where there are no others), and how
    they are drawn: edges first, then what lies between them."""
    if roads is None:
        return [], []
    paths = []
    if not set(roads.kinds) & {"middle", "major"}:
        lanes = max(lanes, _MOST_LANES)
    for kind in ("minor", "middle", "major"):
        if kind == "minor" and not lanes:
            continue
        lines = merged_lines(roads.of(kind))
        if len(lines) and not (kind == "minor" and len(lines) > lanes):
            paths.append(Sheet(kind, draw.lines(lines, frame)))
    paths = [sheet for sheet in paths if sheet.path]
    edged = [sheet.style for sheet in paths if sheet.style != "minor" or frame.km <= _CLOSE_KM]
    thin = [sheet.style for sheet in paths if sheet.style not in edged]
    order = [*thin, *(f"{style}-edge" for style in edged), *edged]
    return paths, [Sheet(style, "", of=style.removesuffix("-edge")) for style in order]


def _buildings(
    shapes: Shapes | None, points: list[tuple[draw.Floats, draw.Floats, draw.Floats]], frame: draw.Frame
) -> list[Sheet]:
    """Every building in a close picture, else where they stand thinly and densely, and where they are tall."""
    if shapes is not None and frame.km <= _CLOSE_KM and 0 < len(shapes.shapes) <= _MOST_BUILDINGS:
        return [Sheet("building", draw.lines(shapes.shapes, frame))]
    if not points:
        return []
    lon, lat, floors = (np.concatenate(each) for each in zip(*points, strict=True))
    inside = frame.shows(lon, lat)
    lon, lat, tall = lon[inside], lat[inside], floors[inside] >= _TALL
    if frame.km <= _CLOSE_KM:
        sheets = []
        for style, metres, chosen in (("building-spot", _HOUSE_M, ~tall), ("building-tall", _TOWER_M, tall)):
            side = max(4, round(metres / (frame.km * 1000) * draw.WIDTH))
            sheets.append(Sheet(style, draw.dots(lon[chosen], lat[chosen], frame), side))
        return [sheet for sheet in sheets if sheet.path]
    x, y = frame.units(lon, lat)
    return _cells(np.floor(x / _CELL).astype(np.int64), np.floor(y / _CELL).astype(np.int64), tall)


def _cells(x: draw.Ints, y: draw.Ints, tall: NDArray[np.bool_]) -> list[Sheet]:
    """Cells with few and with many buildings, and those where at least half of the buildings are tall."""
    wide = draw.WIDTH // _CELL + 1
    count = np.bincount(y * wide + x)
    high = np.bincount(y * wide + x, tall) * 2 >= np.maximum(count, 1)
    there = count > 0
    dense = max(2, int(np.quantile(count[there], 0.7))) if there.any() else 2
    low = there & ~high
    sheets = []
    for style, chosen in (
        ("buildings-few", low & (count < dense)),
        ("buildings-many", low & (count >= dense)),
        ("buildings-tall", high),
    ):
        at = np.flatnonzero(chosen)
        middles = np.column_stack((at % wide, at // wide)) * _CELL + _CELL // 2
        sheets.append(Sheet(style, "".join(f"M{a} {b}h0" for a, b in middles.tolist())))
    return [sheet for sheet in sheets if sheet.path]
