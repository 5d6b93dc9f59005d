"""Layers of a result on a map: what is drawn, in which colours, the same as a table, and as GeoJSON.

Points lie where their rows say; areas have the borders of the register that the rows were placed by.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapely
from django.urls import reverse

from madang.messages import MadangError
from madang.results import Column, Layer, Table, said
from madang.results.charts import NUMBERS
from madang.results.html import SHOWN_ROWS
from madang.runs import Run
from madang.web.runs.map_classes import Class, Classes, classes
from madang.web.shell.area_names import names_for
from madang.web.shell.workspace import workspace

MOST = 20_000  # points that are drawn
_FINE = 0.0002  # degrees, some 20 m: of borders
_HUES = 3  # of layers that are seen together
_COUNTS = ("integer", "money")
_CODE = "dong_code"


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
    without a place; `none`: drawn without a value; `hue`: 0 to 2, or "middle" around 1.
    """

    number: int
    title: str
    form: str
    hue: str
    table: str
    value: str
    unit: str
    legend: tuple[Class, ...]
    none: int
    rows: tuple[MapRow, ...]
    whole: int
    drawn: int
    missing: tuple[str, ...]
    unplaced: int
    why: str

    @property
    def cut(self) -> bool:
        """Whether more could be drawn than is."""
        return self.whole - self.unplaced - len(self.missing) > self.drawn


@dataclass(frozen=True)
class Borders:
    """Borders of 행정동 (EPSG:4326) by code, some 20 m fine."""

    shapes: dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A layer of a run, made ready: which rows of its table are drawn, where, and in which class."""

    layer: Layer
    table: Table
    borders: Borders

    @cached_property
    def column(self) -> Column | None:
        """What is drawn; None where the layer only says where."""
        return self.table.column(self.layer.value) if self.layer.value else None

    @cached_property
    def values(self) -> Any:
        rows = self.table.rows
        if self.column is None or self.column.kind not in NUMBERS:
            return np.full(rows.num_rows, np.nan)
        return rows.column(self.column.name).to_numpy(zero_copy_only=False).astype(float)

    @cached_property
    def classes(self) -> Classes:
        return classes(self.values, self.column or Column("", ""))

    @property
    def form(self) -> str:
        counts = self.column is not None and self.column.kind in _COUNTS
        return "points" if self.layer.kind == "points" else "circles" if counts else "areas"

    @cached_property
    def codes(self) -> list[str]:
        rows = self.table.rows
        none = [""] * rows.num_rows
        return [code or "" for code in rows.column(_CODE).to_pylist()] if self._has(_CODE) else none

    @cached_property
    def drawn(self) -> list[int]:
        """The rows that have a place, of areas the first of each, up to MOST."""
        if self.layer.kind == "points":
            lon, lat = self._place
            return np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))[:MOST].tolist()
        first = {code: n for n, code in reversed(list(enumerate(self.codes)))}
        return sorted(n for code, n in first.items() if code in self.borders.shapes)

    @cached_property
    def unplaced(self) -> int:
        """Rows that say no place."""
        if self.layer.kind == "points":
            lon, lat = self._place
            return int((~(np.isfinite(lon) & np.isfinite(lat))).sum())
        return sum(not code for code in self.codes)

    @cached_property
    def _place(self) -> tuple[Any, Any]:
        rows = self.table.rows
        return tuple(
            rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat")
        )

    @cached_property
    def names(self) -> list[str]:
        """What each row is called: by its first column of words, else by its area."""
        words = [each.name for each in self.table.columns if each.kind == "text"]
        if words:
            return [str(each or "") for each in self.table.rows.column(words[0]).to_pylist()]
        known = names_for(code for code in self.codes if code)
        return [known.get(code, code) for code in self.codes]

    def _has(self, name: str) -> bool:
        return name in self.table.rows.schema.names

    def text(self, row: int) -> str:
        return said(self.table.value(row, self.column.name), self.column, exact=True) if self.column else ""

    def geometry(self) -> list[str]:
        """The geometry of each row that is drawn, as GeoJSON."""
        if self.layer.kind == "points":
            lon, lat = self._place
            shapes = shapely.points(lon[self.drawn], lat[self.drawn])
        else:
            shapes = np.array([self.borders.shapes[self.codes[n]] for n in self.drawn] + [None])[:-1]
            if self.form == "circles":
                shapes = shapely.point_on_surface(shapes)
        return [str(each) for each in shapely.to_geojson(shapes)]


def drawn_of(run: Run, number: int) -> Drawn:
    """A layer by its place in the result, from 0. Raises MadangError: run_broken, run_missing where there is none."""
    layers = run.result.layers
    if not 0 <= number < len(layers):
        raise MadangError("run_missing", run=f"{run.key} {number}")
    layer = layers[number]
    borders = borders_of(run) if layer.kind == "areas" else Borders({})
    return Drawn(layer, run.result.table(layer.table), borders)


def layers_shown(run: Run) -> list[LayerShown]:
    """The layers of a run that can be drawn: those whose table has rows and says where they are."""
    found = []
    for number, layer in enumerate(run.result.layers):
        needed = ("lon", "lat") if layer.kind == "points" else (_CODE,)
        rows = run.result.table(layer.table).rows
        names = rows.schema.names
        if rows.num_rows and set(needed) <= set(names) and (not layer.value or layer.value in names):
            found.append(_shown(run, number))
    return found


def _shown(run: Run, number: int) -> LayerShown:
    drawn = drawn_of(run, number)
    table, column, told = drawn.table, drawn.column, drawn.classes
    leads = column is not None and bool(table.origins_of(column.name))
    why = (
        f"{reverse('runs:why', args=[run.key])}?table={table.id}&column={drawn.layer.value}&row="
        if leads
        else ""
    )
    steps = told.steps
    words = [*(each.words for each in told.each), ""]
    rows = tuple(
        MapRow(n, drawn.names[n], drawn.text(n), words[told.at[n]], steps[n], f"{why}{n}" if why else "")
        for n in range(min(table.rows.num_rows, SHOWN_ROWS))
    )
    missing: tuple[str, ...] = ()
    if drawn.layer.kind == "areas":
        lost = {
            code: drawn.names[n] for n, code in enumerate(drawn.codes) if code not in drawn.borders.shapes
        }
        missing = tuple(name or code for code, name in lost.items() if code)
    unit = column.unit or ("%" if column.kind == "percent" else "") if column else ""
    return LayerShown(
        number, drawn.layer.title, drawn.form, "middle" if told.middle else str(number % _HUES), table.id,
        column.label if column else "", unit, told.each, sum(not steps[n] for n in drawn.drawn) if column else 0,
        rows, table.rows.num_rows, len(drawn.drawn), missing, drawn.unplaced, why,
    )  # fmt: skip


def geojson(drawn: Drawn) -> bytes:
    """A layer with every column of its table; beside them what the map needs: _row, _name, _text, _step."""
    rows = drawn.table.rows.take(drawn.drawn) if drawn.drawn else drawn.table.rows.slice(0, 0)
    steps = drawn.classes.steps
    own = rows.drop_columns([name for name in ("lon", "lat") if name in rows.schema.names]).to_pylist()
    features = [
        f'{{"type":"Feature","id":{n},"properties":{_spelled({**row, "_row": n, "_name": drawn.names[n], "_text": drawn.text(n), "_step": steps[n]})},"geometry":{shape}}}'
        for n, row, shape in zip(drawn.drawn, own, drawn.geometry(), strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def _spelled(properties: dict[str, Any]) -> str:
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"), default=str)


def borders_of(run: Run) -> Borders:
    """The borders that the rows of a run were placed by, those of now where they are gone; none where none are known."""
    ws = workspace()
    for version in dict.fromkeys([*_registers(run), ws.registers.version() or ""]):
        file = ws.registers.folder / version / "register" / "dongs.parquet"
        if version.isalnum() and file.is_file():
            return _borders(file)
    return Borders({})


def _registers(run: Run) -> Sequence[str]:
    bank, found = workspace().bank, []
    for each in run.inputs:
        try:
            facts = bank[each.dataset].version(each.version).facts
        except MadangError:  # gone since
            continue
        found.append(str((facts.get("located") or {}).get("register") or ""))
    return found


@lru_cache(maxsize=2)
def _borders(file: Path) -> Borders:
    with pq.ParquetFile(file) as opened:
        table = opened.read(columns=["code", "shape"], use_threads=False)
    told = [
        (code, raw) for code, raw in zip(*table.to_pydict().values(), strict=True) if code and raw is not None
    ]
    shapes = shapely.from_wkb(
        np.array([*(raw for _code, raw in told), None], dtype=object), on_invalid="ignore"
    )[:-1]
    there = np.array([each is not None for each in shapes], bool)
    codes = [code for (code, _raw), known in zip(told, there, strict=True) if known]
    fine = shapely.coverage_simplify(shapes[there], _FINE) if len(codes) else shapes
    return Borders(dict(zip(codes, fine, strict=True)))
