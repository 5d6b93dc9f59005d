"""The SVG of a map in one width: areas, circles or points with their names, what the colours mean, and a scale.

Hatches are drawn as lines, as patterns by name do not live in every program.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from madang.messages import text
from madang.results.chart_svg import _long, _short, _text, framed
from madang.results.map_classes import OUTSIDE
from madang.results.map_labels import Label, labels
from madang.results.map_picture import MapPicture
from madang.results.map_sheet import FEW, Sheet, View, box_of

_METRES = 111_195.0  # a degree of latitude
_WIDEST, _LEGEND, _LINE = 0.38, 30, 22  # of the width; pixels beside the words, and of a line
_HATCH = 6.0  # pixels between the lines
_EDGED = 3.0  # pixels across, of a dot that has an edge
_NAMED = 20  # points that are called by name


def svg(picture: MapPicture, width: int, alt: str, kind: str) -> str:
    """`picture` in `width` pixels, said as `alt` to those who do not see it; `kind` is a class of its own."""
    narrow = width < 500
    most = width if narrow else _WIDEST * width
    lines = list(_legend_lines(picture, most - _LEGEND))
    side = min(most, max([_LEGEND + _long(words) for _key, words in lines], default=0) + 2)
    room = width if narrow else width - side - 16
    sheet = Sheet(picture, View.of(box_of(picture), room))
    drawn = [f'<g class="drawn hue-{picture.hue}">', *_drawn(sheet)]
    top, left = (sheet.view.height + 8, 0.0) if narrow else (4.0, width - side)
    drawn += _legend(sheet, lines, left, top, width - left)
    below = top + len(lines) * _LINE + 34
    drawn += _scale(sheet.view, left, below - 18)
    return framed([*drawn, "</g>"], math.ceil(max(sheet.view.height, below)), width, alt, kind)


# what is on the map -----------------------------------------------------------------------------------------


def _drawn(sheet: Sheet) -> Iterator[str]:
    picture, size = sheet.picture, (sheet.view.width, sheet.view.height)
    if picture.form == "areas":
        yield from _areas(sheet)
        yield from labels(_on_areas(sheet), size)
        return
    yield from (f'<path class="land" d="{_path(each)}"/>' for each in sheet.shapes)
    yield from _circles(sheet) if len(picture.drawn) <= FEW else _dots(sheet)
    if picture.form == "circles" or len(picture.drawn) <= _NAMED:
        yield from labels(_beside(sheet), size)
    else:
        names = [(picture.borders[code].name,) for code in picture.ground]
        told = zip(sheet.inside, names, sheet.shapes, strict=True)
        yield from labels([Label(at, lines, area) for at, lines, area in told], size)


def _said(picture: MapPicture, row: int) -> tuple[str, ...]:
    """What stands at a place: its name, and its value below; what is none of the words is pale, and that is enough."""
    value = "" if picture.steps[row] == OUTSIDE else picture.words(row)
    return tuple(filter(None, (picture.names[row], value)))


def _on_areas(sheet: Sheet) -> list[Label]:
    told = zip(sheet.picture.drawn, sheet.middles, sheet.shapes, sheet.steps, strict=True)
    return [
        Label(
            at, _said(sheet.picture, row), area, 0.0, "label" if sheet.picture.kinds else f"label on-{step}"
        )
        for row, at, area, step in told
    ]


def _beside(sheet: Sheet) -> list[Label]:
    """Beside circles, the largest values first."""
    drawn, steps = sheet.picture.drawn, sheet.steps
    order = np.argsort(-sheet.picture.values[drawn], kind="stable").tolist()
    return [
        Label(sheet.middles[n], _said(sheet.picture, drawn[n]), None, float(sheet.radii[steps[n]]))
        for n in order
    ]


def _areas(sheet: Sheet) -> Iterator[str]:
    for row, step, shape in zip(sheet.picture.drawn, sheet.steps, sheet.shapes, strict=True):
        yield f'<path class="area step-{step}" d="{_path(shape)}"/>'
        if not step:
            yield f'<path class="hatch" d="{_hatch(shape, crossed=row in sheet.picture.withheld)}"/>'


def _circles(sheet: Sheet) -> Iterator[str]:
    """Few places: the large ones below, each with its edge."""
    for at in np.argsort([-step for step in sheet.steps], kind="stable"):
        (x, y), step = sheet.middles[at], sheet.steps[at]
        yield f'<circle class="step-{step}" cx="{x:.1f}" cy="{y:.1f}" r="{sheet.radii[step]:.1f}"/>'
        if not step:
            yield _crossed(x, y, sheet.radii[0], sheet.picture.drawn[at] in sheet.picture.withheld)


def _crossed(x: float, y: float, r: float, crossed: bool) -> str:
    """A place without a value has a line through it, a withheld one two."""
    half = 0.7 * r
    other = f"M{x + half:.1f} {y + half:.1f}L{x - half:.1f} {y - half:.1f}" if crossed else ""
    return f'<path class="hatch" d="M{x - half:.1f} {y + half:.1f}L{x + half:.1f} {y - half:.1f}{other}"/>'


def _dots(sheet: Sheet) -> Iterator[str]:
    """Many places: one path for each class, the largest values on top, pixels that are taken once."""
    steps = np.array(sheet.steps)
    for step in sorted({*sheet.steps}):
        at = np.unique(np.round(sheet.middles[steps == step], 0), axis=0).astype(int)
        along = "".join(f"M{x} {y}h.01" for x, y in at.tolist())
        wide = 2 * float(sheet.radii[step])
        if wide > _EDGED:
            yield f'<path class="dots-edge" stroke-width="{wide + 1:.1f}" d="{along}"/>'
        yield f'<path class="dots step-{step}" stroke-width="{wide:.1f}" d="{along}"/>'


def _path(shape: Any) -> str:
    rings = shapely.get_rings(shapely.get_parts(shape))
    found = (shapely.get_coordinates(ring)[:-1] for ring in rings)
    return "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring.tolist())}Z" for ring in found)


def _hatch(shape: Any, *, crossed: bool) -> str:
    """Lines from below to above on the right, across an area; the others too where `crossed`."""
    west, north, east, south = shapely.bounds(shape)
    high, found = south - north, []
    for sign in (1, -1) if crossed else (1,):
        starts = np.arange(west - high, east, _HATCH)
        first, last = (south, north) if sign > 0 else (north, south)
        ends = np.stack([np.column_stack([starts, np.full_like(starts, first)]),
                         np.column_stack([starts + high, np.full_like(starts, last)])], axis=1)  # fmt: skip
        found += list(shapely.get_parts(shapely.intersection(shapely.linestrings(ends), shape)))
    lines = [shapely.get_coordinates(each).tolist() for each in found if shapely.length(each)]
    return "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in line)}" for line in lines)


# beside it --------------------------------------------------------------------------------------------------


def _legend_lines(picture: MapPicture, room: float) -> Iterator[tuple[str, str]]:
    """What the colours mean: the key of each line, and its words; the column above, the day below."""
    column = picture.column
    if column is not None:
        unit = column.unit or ("%" if column.kind == "percent" else "")
        yield "", f"{column.label} ({unit})" if unit else column.label
    counts = Counter(picture.steps[row] for row in picture.drawn)
    for each in picture.classes.each if picture.kinds else reversed(picture.classes.each):
        if not counts[each.step] and not picture.classes.middle:  # of rows without a place alone
            continue
        places = _places(picture, counts[each.step])
        shortly = each.numbers or each.words
        told = (f"{each.words} {each.numbers}".strip() + f" · {places}", f"{shortly} · {places}")
        yield f"step-{each.step}", next((words for words in told if _long(words) <= room), shortly)
    for kind, words, count in picture.without:
        yield kind, f"{words} · {_places(picture, count)}"
    if column is None:
        yield f"step-{picture.steps[0]}", _places(picture, len(picture.drawn))
    if picture.day:
        yield "", picture.day


def _places(picture: MapPicture, count: int) -> str:
    return text("map_places", picture.language, count=f"{count:,}")


def _legend(
    sheet: Sheet, lines: Sequence[tuple[str, str]], left: float, top: float, room: float
) -> Iterator[str]:
    for at, (key, words) in enumerate(lines):
        y = top + at * _LINE + _LINE / 2
        if not key:
            yield _text(left, y + 4, _short(words, room), "quiet")
            continue
        yield from _key(sheet, key, left, y)
        yield _text(left + _LEGEND, y + 4, _short(words, room - _LEGEND), "")


def _key(sheet: Sheet, key: str, x: float, y: float) -> Iterator[str]:
    step = key if key.startswith("step-") else "step-0"
    if sheet.picture.form == "areas":
        yield f'<rect class="{step}" x="{x:.1f}" y="{y - 8:.1f}" width="22" height="16"/>'
        if step != key:
            box = shapely.box(x, y - 8, x + 22, y + 8)
            yield f'<path class="hatch" d="{_hatch(box, crossed=key == "withheld")}"/>'
        return
    size = int(step[-1])
    r = min(max(float(sheet.radii[size]), 2.5 + 0.6 * size), 10.0)  # its colour is to be seen
    yield f'<circle class="{step}" cx="{x + 11:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
    if step != key:
        yield _crossed(x + 11, y, r, key == "withheld")


def _scale(view: View, left: float, y: float) -> Iterator[str]:
    """A piece of the map of a round length, with that length."""
    metre = view.down / _METRES
    rough = 90 / metre
    size = 10.0 ** math.floor(math.log10(rough))
    length = max(size * each for each in (1, 2, 5) if size * each <= rough)
    told = f"{length / 1000:,.0f} km" if length >= 1000 else f"{length:,.0f} m"
    wide = length * metre
    yield f'<path class="scale" d="M{left + 1:.1f} {y - 5:.1f}v6h{wide:.1f}v-6"/>'
    yield _text(left + wide + 8, y + 4, told, "quiet")
