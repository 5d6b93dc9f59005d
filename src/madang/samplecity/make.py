"""Makes the city: builds the layers, writes the deliveries, and what was planted."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow.csv

from madang.samplecity.city import City, Setting
from madang.samplecity.layers import Layer, layers
from madang.samplecity.paper import Defect

Told = Callable[[str, int, int], None]  # what is being made, steps done, steps of all
FOLDERS = ("delivery-1", "delivery-2")
TRUTH = "truth"
DONE = "city.json"  # in truth/: written last, so a folder that has it is whole


@dataclass(frozen=True)
class Made:
    """What was made: the folder, the files of each delivery, and how many defects were planted."""

    folder: Path
    files: tuple[int, int]
    defects: int


def make(folder: Path, setting: Setting, told: Told = lambda label, done, of: None) -> Made:
    """Write the city of `setting` to `folder`: ``delivery-1``, ``delivery-2``, and ``truth``, which nobody deposits.

    `told` hears of every step. The same setting gives the same bytes.
    """
    city = City(setting)
    found = list(layers())
    steps, done = 2 * len(found), 0
    for _, layer in found:
        told(layer.LABEL, done, steps)
        layer.build(city)
        done += 1
    files, defects = [0, 0], []
    for name, layer in found:
        told(layer.LABEL, done, steps)
        for at, delivery in enumerate(city.deliveries):
            for paper in layer.papers(city, delivery):
                planted = paper.write(folder / FOLDERS[at])
                defects += [(delivery.number, name, defect) for defect in planted]
                files[at] += 1
        _truths(folder / TRUTH / name, layer, city)
        done += 1
    told("", done, steps)
    _defects(folder / TRUTH, defects)
    _done(folder / TRUTH, setting, (files[0], files[1]), len(defects))
    return Made(folder, (files[0], files[1]), len(defects))


def _truths(folder: Path, layer: Layer, city: City) -> None:
    for name, table in layer.truths(city).items():
        folder.mkdir(parents=True, exist_ok=True)
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")


def _defects(folder: Path, defects: Iterable[tuple[int, str, Defect]]) -> None:
    """``defects.csv``: every planted defect with the file and the physical row where it lies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "defects.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["delivery", "layer", *(each.name for each in fields(Defect))])
        for number, layer, defect in defects:
            values = asdict(defect).values()
            writer.writerow([number, layer, *("" if value is None else value for value in values)])


def _done(folder: Path, setting: Setting, files: tuple[int, int], defects: int) -> None:
    said = {
        "seed": setting.seed,
        "scale": setting.scale,
        "until": setting.until.isoformat(),
        "files": files,
        "defects": defects,
    }
    (folder / DONE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
