"""The papers of the people as they were written, for tests that count again."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from madang.samplecity import City
from madang.samplecity.city import Setting
from madang.samplecity.layers import grown, people
from madang.samplecity.paper import Defect


@dataclass
class Papers:
    """The written files of both deliveries, and the cells that were planted in them."""

    city: City
    folder: Path
    planted: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    defects: list[Defect] = field(default_factory=list)

    def path(self, stem: str, delivery: int = 1) -> Path:
        return next((self.folder / f"delivery-{delivery}").glob(f"인구/{stem}_20*"))

    def rows(self, stem: str, delivery: int = 1) -> Iterator[dict[str, str]]:
        """Rows of a text file without the cells that were planted (they are left out of the dictionary)."""
        path = self.path(stem, delivery)
        encoding = "cp949" if path.suffix == ".csv" and "생활" not in path.name else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".txt" else ",")
            for number, row in enumerate(reader, 2):
                wrong = {column for at, column in self.planted[path.name] if at == number}
                yield {header: cell for header, cell in row.items() if header not in wrong}


def written(folder: Path, setting: Setting) -> Papers:
    """The layer of people of a city, with its files of both deliveries below `folder`."""
    found = Papers(grown(setting, "people"), folder)
    for delivery in found.city.deliveries:
        for paper in people.papers(found.city, delivery):
            for defect in paper.write(folder / f"delivery-{delivery.number}"):
                found.planted[Path(defect.file).name].add((defect.row or 0, defect.column))
                found.defects.append(defect)
    return found


def number(cell: str) -> int:
    return int(cell.replace(",", ""))
