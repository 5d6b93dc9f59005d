"""The map of a version: what is drawn, counted from its files, kept in the workspace's cache.

Where rows are personal no point is drawn: areas carry circles, and areas of fewer than five rows a hatch.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import shapely

from madang.bank import Version
from madang.declarations.standard import DatasetColumn
from madang.web.desk import map_draw as draw
from madang.web.desk.map_areas import SIGUNGU, Areas, KnownAreas
from madang.web.desk.map_even import is_grid, said, shades, value_of
from madang.web.desk.map_ground import WIDE_KM, Ground, ground_of
from madang.web.desk.map_rows import Rows, middle_box, rows_of, shapes_of
from madang.workspace import Workspace

_MAKE = "3"  # raised whenever the same version may give another picture
_DOTS = 3_000  # points that are drawn one by one; more are counted in hexagons
_FEW = 5  # rows of a personal dataset, below which an area's number is not shown
_LISTED = 8
_DIGITS = {"dong": 10, "sigungu": SIGUNGU}  # of a code
_SIZES = (26, 44, 66, 92, 120)  # units: circles by class
_POINTS_SHARE = 0.5  # of the placed rows, from which points are drawn rather than areas


@dataclass(frozen=True)
class Drawn:
    """One kind of mark: its class in the stylesheet, its path, its words in the legend ("": none)."""

    style: str
    path: str
    words: str = ""
    width: int = 0  # of the line in units, where the class does not say it

    @property
    def swatch(self) -> int:
        """The width in a legend, whose signs are smaller."""
        return max(8, round(0.36 * self.width))


@dataclass(frozen=True)
class Busiest:
    """An area and how many rows lie in it."""

    name: str
    rows: int


@dataclass(frozen=True)
class Picture:
    """A map as its template prints it; paths are in units of a view `width` wide."""

    width: int
    height: int
    kind: str  # "shapes", "dots", "hexagons", "values", "even", "circles"
    level: str  # of the areas: "dong", "sigungu", "" without any
    land: str
    borders: str
    marks: tuple[Drawn, ...]
    drawn: int  # rows that the picture shows
    outside: int  # rows with a place outside the picture
    areas: int  # areas in which rows lie
    busiest: tuple[Busiest, ...]
    scale_units: int
    scale_words: str
    labels: tuple[draw.Label, ...] = ()
    sampled: int = 0  # rows looked at, where not all were
    hidden: bool = False
    shaded: str = ""  # what the shades tell, where they do not count rows: "표고(m)"

    @property
    def below(self) -> int:
        """Where the scale bar stands."""
        return self.height - 40

    @property
    def legend(self) -> tuple[Drawn, ...]:
        return tuple(mark for mark in self.marks if mark.words)

    @property
    def most(self) -> Busiest | None:
        return self.busiest[0] if self.busiest else None


def picture_of(ws: Workspace, version: Version, *, hidden: bool) -> Picture | None:
    """The map of a version from the cache, or drawn anew; None where no row has a place that can be drawn."""
    located = version.facts.get("located") or {}
    known = KnownAreas.of(ws, located.get("register"))
    register = known.version if known else ""
    files = [path.name for path in version.files]
    told = json.dumps([_MAKE, version.deposit_id, files, register, hidden])
    place = ws.folder / "cache" / "maps" / version.dataset.id
    kept = place / f"{version.n}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        return _stored(kept)
    drawn = _drawn(version, known, hidden)
    _keep(kept, drawn, version.n)
    return drawn


def _stored(path: Path) -> Picture | None:
    found = json.loads(path.read_text(encoding="utf-8"))
    if found is None:
        return None
    marks = tuple(Drawn(**each) for each in found.pop("marks"))
    busiest = tuple(Busiest(**each) for each in found.pop("busiest"))
    labels = tuple(draw.Label(**each) for each in found.pop("labels"))
    return Picture(**found, marks=marks, busiest=busiest, labels=labels)


def _keep(path: Path, drawn: Picture | None, n: int) -> None:
    """Write it to the cache, in place of other pictures of version `n`; a cache that cannot be written does no harm."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{n}-*.json"):
            old.unlink(missing_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        fresh.write_text(json.dumps(asdict(drawn) if drawn else None, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)


def forget(ws: Workspace, dataset: str) -> None:
    """Delete all pictures of a dataset."""
    shutil.rmtree(ws.folder / "cache" / "maps" / dataset, ignore_errors=True)


def _drawn(version: Version, known: KnownAreas | None, hidden: bool) -> Picture | None:
    shapes = None if hidden else shapes_of(version)
    if shapes is not None:
        return _of_shapes(shapes)
    measured = None if hidden else value_of(version.columns)
    rows = rows_of(version.files, value=measured.name if measured else "")
    if rows is None:
        return None
    points = int(rows.placed.sum())
    if hidden or points < max(1, _POINTS_SHARE * sum(rows.dongs.values())):
        return _of_areas(rows, known, hidden) if known and rows.dongs else None
    return _of_points(rows, known, measured)


def _of_shapes(shapes: shapely.geometry.base.BaseGeometry) -> Picture | None:
    """Polygons and lines as they are."""
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite([west, south, east, north]).all():
        return None
    frame = draw.Frame.around((west, south, east, north))
    path = draw.lines(shapes, frame)
    kinds = shapely.get_dimensions(shapes)
    style = "area" if (kinds == 2).sum() * 2 >= len(kinds) else "line"
    bar = frame.scale_bar()
    count = int((~shapely.is_missing(shapes)).sum())
    return Picture(
        draw.WIDTH, frame.height, "shapes", "", "", "", (Drawn(style, path),), count, 0, 0, (), *bar
    )


def _of_points(rows: Rows, known: KnownAreas | None, measured: DatasetColumn | None = None) -> Picture:
    lon, lat = rows.lon[rows.placed], rows.lat[rows.placed]
    frame = draw.Frame.around(middle_box(lon, lat))
    inside = frame.shows(lon, lat)
    lon, lat = lon[inside], lat[inside]
    outside = int(rows.placed.sum()) - len(lon)
    ground = ground_of(frame, known)
    if len(lon) > _DOTS and is_grid(lon, lat):
        value = rows.value[rows.placed][inside] if rows.value is not None and measured else None
        found = _even(lon, lat, value, frame, ground, rows)
        shaded = said(measured) if measured and found.kind == "values" else ""
        return replace(found, drawn=len(lon), outside=outside, shaded=shaded)
    if len(lon) <= _DOTS:
        kind = "dots"
        marks: tuple[Drawn, ...] = (Drawn("dot", draw.dots(lon, lat, frame)),)
    else:
        kind, marks = "hexagons", _binned(lon, lat, frame)
    found = _plain(frame, kind, ground, marks, rows)
    return replace(found, drawn=len(lon), outside=outside, busiest=_busiest(rows, known, found.level, 1))


def _even(
    lon: draw.Floats,
    lat: draw.Floats,
    value: draw.Floats | None,
    frame: draw.Frame,
    ground: Ground,
    rows: Rows,
) -> Picture:
    """Points of a grid: shades of what they measure, else where there are any."""
    parts = [] if value is None else shades(lon, lat, value, frame)
    if parts:
        return _plain(
            frame, "values", ground, [Drawn(f"class-{k}", path, words) for k, path, words in parts], rows
        )
    x, y, _ = draw.hexagons(lon, lat, frame)
    return _plain(frame, "even", ground, [Drawn("class-2", draw.hexagon_path(x, y))], rows)


def _binned(lon: draw.Floats, lat: draw.Floats, frame: draw.Frame) -> tuple[Drawn, ...]:
    x, y, counts = draw.hexagons(lon, lat, frame)
    starts = draw.breaks(int(counts.max()))
    at = draw.classed(counts, starts)
    offset = 5 - len(starts)  # few classes take the dark end
    return tuple(
        Drawn(
            f"class-{k + 1 + offset}", draw.hexagon_path(x[at == k], y[at == k]), draw.class_words(starts, k)
        )
        for k in range(len(starts))
    )


def _plain(frame: draw.Frame, kind: str, ground: Ground, marks: Sequence[Drawn], rows: Rows) -> Picture:
    digits = _DIGITS.get(ground.level, 0)
    return Picture(
        width=draw.WIDTH,
        height=frame.height,
        kind=kind,
        level=ground.level,
        land=ground.land,
        borders=ground.borders,
        marks=tuple(mark for mark in marks if mark.path),
        drawn=0,
        outside=0,
        areas=len({code[:digits] for code in rows.dongs}) if ground.level else 0,
        busiest=(),
        scale_units=frame.scale_bar()[0],
        scale_words=frame.scale_bar()[1],
        labels=ground.labels,
        sampled=rows.sampled,
    )


def _busiest(rows: Rows, known: KnownAreas | None, level: str, least: int) -> tuple[Busiest, ...]:
    """The areas with most rows, of those that have `least`."""
    if known is None or not level or rows.sampled:
        return ()
    names, counts = known.names(_DIGITS[level]), rows.counts(_DIGITS[level])
    first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:_LISTED]
    return tuple(Busiest(names.get(code, code), count) for code, count in first if count >= least)


def _of_areas(rows: Rows, known: KnownAreas, hidden: bool) -> Picture | None:
    """Circles on areas by how many rows lie in them."""
    counts = rows.counts(SIGUNGU)
    dongs = known.dongs.of(_nearly_all(counts), SIGUNGU)
    if not len(dongs.shapes):
        return None
    frame = draw.Frame.around(dongs.box)
    if frame.km > WIDE_KM:
        areas = known.sigungus(frame)
    else:
        counts = rows.counts(_DIGITS["dong"])
        own = dongs.of(counts, _DIGITS["dong"])
        areas = own if len(own.shapes) else dongs
        frame = draw.Frame.around(areas.box)
    ground = ground_of(frame, known)
    found = _plain(frame, "circles", ground, _circles(areas, counts, frame, ground.level, hidden), rows)
    shown = sum(counts.get(code, 0) for code in areas.codes)
    busiest = _busiest(rows, known, found.level, _FEW if hidden else 1)
    outside = sum(rows.dongs.values()) - shown
    return replace(found, drawn=shown, outside=outside, busiest=busiest, hidden=hidden)


def _nearly_all(counts: dict[str, int]) -> set[str]:
    """The areas with most rows, until all but one row in two hundred lie in them."""
    left, found = 0.995 * sum(counts.values()), set()
    for code, count in sorted(counts.items(), key=lambda each: -each[1]):
        if left <= 0:
            break
        found.add(code)
        left -= count
    return found


def _circles(
    areas: Areas, counts: dict[str, int], frame: draw.Frame, level: str, hidden: bool
) -> list[Drawn]:
    numbers = np.array([counts.get(code, 0) for code in areas.codes], np.int64)
    few = (numbers > 0) & (numbers < (_FEW if hidden else 1))
    marks = []
    if few.any():
        marks.append(Drawn("few", draw.lines(areas.shapes[few], frame), f"비공개({_FEW} 미만)"))
    if (few | (numbers == 0)).all():
        return marks
    starts = draw.breaks(int(numbers.max()), least=_FEW if hidden else 1)
    at = np.where(few | (numbers == 0), -1, draw.classed(numbers, starts))
    middles = shapely.point_on_surface(areas.shapes)
    lon, lat = shapely.get_x(middles), shapely.get_y(middles)
    for k in range(len(starts)):
        path = draw.dots(lon[at == k], lat[at == k], frame)
        marks.append(Drawn("circle", path, draw.class_words(starts, k), _SIZES[k + 5 - len(starts)]))
    return marks
