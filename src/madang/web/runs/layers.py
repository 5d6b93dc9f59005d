"""Layers of a result on a map: what is drawn, in which colours, the same as a table, and as GeoJSON.

Points lie where their rows say; areas have the borders of the register that the rows were placed by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.urls import reverse

from madang.messages import MadangError
from madang.results.html import SHOWN_ROWS
from madang.results.map_classes import Class
from madang.results.map_picture import MapPicture, fits
from madang.runs import Run
from madang.web.shell import words


@dataclass(frozen=True)
class MapRow:
    """A row of the table beside the map: its name, its value in words, why it is so ("" where nothing leads on)."""

    row: int
    name: str
    value: str
    words: str
    step: int
    why: str


@dataclass(frozen=True)
class LayerShown:
    """A layer as the page of its run shows it.

    `form`: areas, circles (counts of areas) or points. `missing`: areas of which no border is known; `unplaced`: rows
    without a place; `without`: drawn without a value, why and how many; `hue`: 0 to 2, "middle" around 1, or "kinds" of words.
    """

    number: int
    title: str
    form: str
    hue: str
    table: str
    value: str
    unit: str
    legend: tuple[Class, ...]
    without: tuple[tuple[str, int], ...]
    rows: tuple[MapRow, ...]
    whole: int
    drawn: int
    missing: tuple[str, ...]
    unplaced: int
    why: str

    @property
    def kinds(self) -> bool:
        """Whether words are drawn, and not numbers: each is its own class."""
        return self.hue == "kinds"

    @property
    def cut(self) -> bool:
        """Whether more could be drawn than is."""
        return self.whole - self.unplaced - len(self.missing) > self.drawn


def drawn_of(run: Run, number: int) -> MapPicture:
    """A layer by its place in the result, from 0. Raises MadangError: run_broken, run_missing where there is none."""
    layers = run.result.layers
    if not 0 <= number < len(layers):
        raise MadangError("run_missing", run=f"{run.key} {number}")
    layer = layers[number]
    return MapPicture(
        layer,
        run.result.table(layer.table),
        run.borders,
        number,
        language="ko" if words.in_korean() else "en",
    )


def layers_shown(run: Run) -> list[LayerShown]:
    """The layers of a run that can be drawn: those whose table has rows and says where they are."""
    layers = enumerate(run.result.layers)
    return [_shown(run, number) for number, layer in layers if fits(layer, run.result.table(layer.table))]


def _shown(run: Run, number: int) -> LayerShown:
    drawn = drawn_of(run, number)
    table, column, told = drawn.table, drawn.column, drawn.classes
    leads = column is not None and bool(table.origins_of(column.name))
    why = (
        f"{reverse('runs:why', args=[run.key])}?table={table.id}&column={drawn.layer.value}&row="
        if leads
        else ""
    )
    steps = drawn.steps
    classes = {each.step: each.words for each in told.each}
    rows = tuple(
        MapRow(
            n,
            drawn.names[n],
            drawn.words(n),
            classes.get(steps[n]) or drawn.words(n),
            steps[n],
            f"{why}{n}" if why else "",
        )
        for n in range(min(table.rows.num_rows, SHOWN_ROWS))
    )
    unit = column.unit or ("%" if column.kind == "percent" else "") if column else ""
    return LayerShown(
        number, drawn.layer.title, drawn.form, drawn.hue, table.id,
        column.label if column else "", unit, told.each, tuple((words, count) for _kind, words, count in drawn.without),
        rows, table.rows.num_rows, len(drawn.drawn), tuple(drawn.missing), drawn.unplaced, why,
    )  # fmt: skip


def geojson(drawn: MapPicture) -> bytes:
    """A layer with every column of its table; beside them what the map needs: _row, _name, _text, _step."""
    rows = drawn.table.rows.take(drawn.drawn) if drawn.drawn else drawn.table.rows.slice(0, 0)
    steps = drawn.steps
    own = rows.drop_columns([name for name in ("lon", "lat") if name in rows.schema.names]).to_pylist()
    features = [
        f'{{"type":"Feature","id":{n},"properties":{_spelled({**row, "_row": n, "_name": drawn.names[n], "_text": drawn.words(n), "_step": steps[n]})},"geometry":{shape}}}'
        for n, row, shape in zip(drawn.drawn, own, _geometry(drawn), strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def _geometry(drawn: MapPicture) -> list[str]:
    """The geometry of each row that is drawn, as GeoJSON."""
    if drawn.layer.kind == "points":
        lon, lat = drawn.places
        shapes = shapely.points(lon[drawn.drawn], lat[drawn.drawn])
    else:
        shapes = np.array([drawn.borders[code].shape for code in drawn.ground] + [None])[:-1]
        if drawn.form == "circles":
            shapes = shapely.point_on_surface(shapes)
    return [str(each) for each in shapely.to_geojson(shapes)]


def _spelled(properties: dict[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"), default=str)
