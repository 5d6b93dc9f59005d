"""Shapefiles with planted defects."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from madang.samplecity.city import Array
from madang.samplecity.map_paper import shapes_in
from madang.samplecity.paper import Column, Defect, Plant


@dataclass
class PlantedShapes:
    """A Shapefile as `map_paper.ShapefilePaper` writes it, its text fields as wide as they must be, with planted cells."""

    path: str
    shapes: Array
    columns: dict[str, Column]
    geometry_type: str
    day: str
    epsg: int = 5186
    plants: list[Plant] = field(default_factory=list)

    def plant(self, row: int, column: str, value: Any, rule: str, severity: str = "error") -> None:
        """Write `value` into a cell: text into a list, a number into an array."""
        self.columns[column][row] = value
        self.plants.append(Plant(int(row), column, str(value), rule, severity))

    def write(self, folder: Path) -> list[Defect]:
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        pyogrio.raw.write(
            target,
            geometry=shapely.to_wkb(shapes_in(self.shapes, self.epsg, 2)),
            field_data=[
                each if isinstance(each, np.ndarray) else np.array(each, object)
                for each in self.columns.values()
            ],
            fields=list(self.columns),
            geometry_type=self.geometry_type,
            crs=f"EPSG:{self.epsg}",
            driver="ESRI Shapefile",
            encoding="CP949",
            layer_options={"DBF_DATE_LAST_UPDATE": self.day, "RESIZE": "YES"},
        )
        return [
            Defect(self.path, each.row + 1, each.column, each.rule, each.severity, each.value)
            for each in self.plants
        ]
