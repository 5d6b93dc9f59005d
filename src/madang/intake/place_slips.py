"""Coordinates that are no plain numbers, or lost their decimal point: told with what they may mean, never mended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.conform_plan import Plan
from madang.intake.place import Placing
from madang.intake.place_arrays import Floats
from madang.places.coordinates import KOREA, read_degrees

LOST = "degrees_lost_point"
_UNREAD = "cell_not_number"


class Sink(Protocol):
    """What takes a table of problems."""

    def add_table(self, table: pa.Table) -> None: ...


@dataclass(frozen=True)
class Proposing:
    """Hands problems on; those of cells of the columns `named` that read as degrees get the rule and a proposal."""

    sink: Sink
    named: pa.Array

    def add_table(self, table: pa.Table) -> None:
        ours = pc.and_(pc.is_in(table["column"], value_set=self.named), pc.equal(table["rule"], _UNREAD))
        if pc.any(ours).as_py():
            read = read_degrees(table["value"])
            slips = pc.and_(ours, pc.fill_null(pc.not_equal(read.kind, "unreadable"), False))
            rules = pc.binary_join_element_wise("degrees_", read.kind, "")
            details = [
                None if np.isnan(each) else _json({"proposed": f"{each:.7f}"}) for each in read.proposed
            ]
            table = _with(table, "rule", pc.if_else(slips, rules, table["rule"]))
            table = _with(table, "detail", pc.if_else(slips, pa.array(details, pa.string()), table["detail"]))
        self.sink.add_table(table)


def proposing(sink: Sink, plan: Plan, placing: Placing | None) -> Sink:
    """`sink`, with proposals for the coordinates in degrees where a table has some."""
    pairs = placing.columns.pairs if placing else ()
    places = {place for pair in pairs if pair.degrees and not pair.parts for place in pair.sources}
    named = pa.array([plan.sources[place].column.name for place in sorted(places)], pa.string())
    return Proposing(sink, named) if places else sink


def pointed(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Longitudes and latitudes with a decimal point where whole numbers lost theirs (35181389 -> 35.181389); NaN
    where nothing was lost, or the place would not be in Korea."""
    west, south, east, north = KOREA
    lon, lat = _pointed(x, 3, west, east), _pointed(y, 2, south, north)
    lost = np.isfinite(lon) | np.isfinite(lat)
    lon = np.where(np.isfinite(lon), lon, np.where((x >= west) & (x <= east), x, np.nan))
    lat = np.where(np.isfinite(lat), lat, np.where((y >= south) & (y <= north), y, np.nan))
    good = lost & np.isfinite(lon) & np.isfinite(lat)
    return np.where(good, lon, np.nan), np.where(good, lat, np.nan)


def _pointed(values: Floats, digits: int, least: float, most: float) -> Floats:
    """Whole numbers of six digits and more with a point behind the first `digits`; NaN where not in between."""
    whole = np.isfinite(values) & (values >= 1e5) & (values < 1e15) & (values == np.floor(values))
    length = np.floor(np.log10(np.where(whole, values, 1.0))) + 1
    moved = np.where(whole, values / 10.0 ** (length - digits), np.nan)
    return np.where((moved >= least) & (moved <= most), moved, np.nan)


def _with(table: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)


def _json(params: dict[str, Any]) -> str:
    return json.dumps(params, ensure_ascii=False)
