"""What lies beneath the markers of a city map: land covers, water, roads, buildings, borders and names, drawn once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from madang.bank import Version
from madang.web.desk import map_draw as draw
from madang.web.desk.map_areas import Areas
from madang.web.desk.map_city import City
from madang.web.desk.map_ground import WIDE_KM, area_names
from madang.web.desk.map_layers import Shapes, joined, layer_of, positions

_COVERS = ("field", "built", "green", "sand", "water")
_CLOSE_KM = 6.0  # how wide a picture may be that shows every building
_MOST_BUILDINGS = 5_000
_MOST_LANES = 9_000  # narrow roads in a picture, above which they are left out
_HOUSE_M = 11.0  # the side of a building of which only the spot is known
_CELL = 12  # units of a cell in which buildings are counted
_WATER_NAMES = 6
_WORDS = {
    "cover": "토지 피복", "water": "하천", "stream": "하천", "road": "도로", "building": "건물", "relief": "지형",
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
    land: str
    mask: str  # what lies outside the area shown
    border: str  # around it
    hits: tuple[Hit, ...]
    under: tuple[Sheet, ...]  # beneath the relief
    over: tuple[Sheet, ...]  # above it
    roads: tuple[Sheet, ...]  # paths that are drawn twice, by name
    labels: tuple[draw.Label, ...]
    waters: tuple[draw.Label, ...]
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
        for name in ("labels", "waters"):
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
    """The base of a city from `versions`, each with its role (map_layers.ROLES); None where nothing can be drawn."""
    layers = {role: joined([layer_of(v, r) for r, v in versions if r == role]) for role, _ in versions}
    box = city.shown.box if city else _bounds(layers)
    if box is None or not np.isfinite(box).all():
        return None
    frame = draw.Frame.around(box)
    near = {role: shapes.within(frame.box) for role, shapes in layers.items() if shapes is not None}
    if frame.km > WIDE_KM:
        near = {}
    points = [positions(v) for r, v in versions if r == "building"] if frame.km <= WIDE_KM else []
    under, over = _covers(near, frame)
    roads, drawn_roads = _roads(near.get("road"), frame)
    over += [*_buildings(near.get("building"), points, frame), *drawn_roads]
    areas = _clickable(city, frame) if city else None
    region = _region(city, frame) if city else ""
    whole = f"M0 0h{draw.WIDTH}v{frame.height}h-{draw.WIDTH}z"
    drawn = {sheet.style for sheet in (*under, *over)}
    roles = [role for role in ("cover", "water", "stream", "road", "building") if _is_drawn(role, drawn)]
    return Base(
        frame,
        land=region or whole,
        mask=whole + region if region else "",
        border=region,
        hits=_hits(areas, city, frame) if areas and city else (),
        under=tuple(under),
        over=tuple(over),
        roads=tuple(roads),
        labels=area_names(areas, frame, wide=True) if areas else (),
        waters=_water_names(near, frame),
        kinds=tuple(dict.fromkeys(["행정구역 경계"] * bool(region) + [_WORDS[role] for role in roles])),
        scale_units=frame.scale_bar()[0],
        scale_words=frame.scale_bar()[1],
    )


def _is_drawn(role: str, styles: set[str]) -> bool:
    names = {"cover": ("green", "field", "built", "sand"), "road": ("minor", "middle", "major")}
    return any(style.startswith(names.get(role, (role,))) for style in styles)


def _bounds(layers: dict[str, Shapes | None]) -> draw.Box | None:
    found = [shapely.total_bounds(each.shapes) for each in layers.values() if each is not None]
    if not found:
        return None
    every = np.array(found)
    west, south = every[:, :2].min(axis=0).tolist()
    east, north = every[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _region(city: City, frame: draw.Frame) -> str:
    """The outline of the area shown."""
    shapes = city.shown.shapes
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


def _roads(roads: Shapes | None, frame: draw.Frame) -> tuple[list[Sheet], list[Sheet]]:
    """The paths of narrow, middle and wide roads, and how they are drawn: edges first, then what lies between them."""
    if roads is None:
        return [], []
    paths = []
    for kind in ("minor", "middle", "major"):
        lines = _merged_lines(roads.of(kind))
        if len(lines) and not (kind == "minor" and len(lines) > _MOST_LANES):
            paths.append(Sheet(kind, draw.lines(lines, frame)))
    paths = [sheet for sheet in paths if sheet.path]
    edged = [sheet.style for sheet in paths if sheet.style != "minor" or frame.km <= _CLOSE_KM]
    thin = [sheet.style for sheet in paths if sheet.style not in edged]
    order = [*thin, *(f"{style}-edge" for style in edged), *edged]
    return paths, [Sheet(style, "", of=style.removesuffix("-edge")) for style in order]


def _merged_lines(shapes: NDArray[Any]) -> NDArray[Any]:
    """Pieces of road that follow one another as one line, both directions as one, so that fewer corners are drawn."""
    parts = shapely.get_parts(shapes)
    parts = shapely.normalize(parts[shapely.get_type_id(parts) == 1])
    parts = parts[np.unique(shapely.to_wkb(parts), return_index=True)[1]]
    return shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts))) if len(parts) else parts


def _buildings(
    shapes: Shapes | None, points: list[tuple[draw.Floats, draw.Floats]], frame: draw.Frame
) -> list[Sheet]:
    """Every building in a close picture, else where they stand thinly and densely."""
    if shapes is not None and frame.km <= _CLOSE_KM and 0 < len(shapes.shapes) <= _MOST_BUILDINGS:
        return [Sheet("building", draw.lines(shapes.shapes, frame))]
    if not points:
        return []
    lon, lat = (np.concatenate(each) for each in zip(*points, strict=True))
    inside = frame.shows(lon, lat)
    if frame.km <= _CLOSE_KM:
        side = max(4, round(_HOUSE_M / (frame.km * 1000) * draw.WIDTH))
        return [Sheet("building-spot", draw.dots(lon[inside], lat[inside], frame), side)]
    x, y = frame.units(lon[inside], lat[inside])
    cells, count = np.unique(
        np.floor(np.column_stack((x, y)) / _CELL).astype(np.int64), axis=0, return_counts=True
    )
    dense = max(2, int(np.quantile(count, 0.7))) if len(count) else 2
    sheets = []
    for style, chosen in (("buildings-few", count < dense), ("buildings-many", count >= dense)):
        middles = cells[chosen] * _CELL + _CELL // 2
        sheets.append(Sheet(style, "".join(f"M{a} {b}h0" for a, b in middles.tolist())))
    return [sheet for sheet in sheets if sheet.path]


def _water_names(near: dict[str, Shapes], frame: draw.Frame) -> tuple[draw.Label, ...]:
    """Names of the longest rivers and streams, at the middle of what the picture shows of them."""
    parts = [near[role] for role in ("stream", "water") if role in near]
    shapes = joined(parts)
    if shapes is None or not len(shapes.shapes):
        return ()
    longest: dict[str, tuple[float, Any]] = {}
    for name, shape in zip(shapes.names, shapely.clip_by_rect(shapes.shapes, *frame.box), strict=True):
        length = float(shapely.length(shape))
        if name and length > longest.get(name, (0.0, None))[0]:
            longest[name] = (length, shape)
    order = sorted(longest, key=lambda name: -longest[name][0])[:_WATER_NAMES]
    if not order:
        return ()
    pieces = np.array([longest[name][1] for name in order], dtype=object)
    lines = shapely.get_dimensions(pieces) == 1
    middles = shapely.point_on_surface(pieces)
    for i in np.flatnonzero(lines & (shapely.get_type_id(pieces) == 1)):
        middles[i] = shapely.line_interpolate_point(pieces[i], 0.5, normalized=True)
    return draw.labels(shapely.get_x(middles), shapely.get_y(middles), order, frame)
