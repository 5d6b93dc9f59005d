"""Both deliveries of the facilities of a small city, and their files read as anybody would read them."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from madang.samplecity.city import City, Setting
from madang.samplecity.layers import facilities, grown
from madang.samplecity.paper import Defect

Row = dict[str, str]


@dataclass
class Files:
    """`defects`: (number of the delivery, planted defect)."""

    city: City
    folder: Path
    defects: list[tuple[int, Defect]]
    truths: dict[str, pa.Table]

    def path(self, stem: str, delivery: int = 1) -> Path:
        return next((self.folder / str(delivery)).rglob(f"{stem}_2*"))

    def rows(self, stem: str, delivery: int = 1) -> list[Row]:
        """Rows of a text file, all of them, planted ones too."""
        path = self.path(stem, delivery)
        if path.suffix == ".json":
            found: list[Row] = json.loads(path.read_text("utf-8"))["records"]
            return found
        if path.suffix == ".xml":
            return [
                {cell.tag: cell.text or "" for cell in each} for each in ElementTree.parse(path).getroot()
            ]
        with path.open(encoding=self.encoding(path), newline="") as file:
            return list(csv.DictReader(file))

    def encoding(self, path: Path) -> str:
        return "utf-8-sig" if path.read_bytes().startswith(b"\xef\xbb\xbf") else "cp949"

    def wrong(self, stem: str, delivery: int = 1) -> set[int]:
        """Numbers (from 0) of the rows in which something was planted."""
        path = self.path(stem, delivery)
        first = 1 if path.suffix in (".json", ".xml") else 2
        return {
            defect.row - first
            for number, defect in self.defects
            if number == delivery and defect.row is not None and Path(defect.file).name == path.name
        }

    def clean(self, stem: str, delivery: int = 1) -> list[tuple[int, Row]]:
        """Numbers and rows without anything planted."""
        wrong = self.wrong(stem, delivery)
        return [(number, row) for number, row in enumerate(self.rows(stem, delivery)) if number not in wrong]

    def truth(self, name: str, **wanted: object) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = self.truths[name].to_pylist()
        return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def written(folder: Path, setting: Setting) -> Files:
    city = grown(setting, "facilities")
    defects = [
        (delivery.number, defect)
        for delivery in city.deliveries
        for paper in facilities.papers(city, delivery)
        for defect in paper.write(folder / str(delivery.number))
    ]
    return Files(city, folder, defects, dict(facilities.truths(city)))


def numbers(rows: list[tuple[int, Row]], header: str) -> np.ndarray:
    return np.array([float(row[header]) for _, row in rows])
