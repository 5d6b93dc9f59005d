"""Makes the city: builds the layers, writes the deliveries, and what was planted."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow.csv

from madang.messages import MadangError
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import Layer, layers
from madang.samplecity.paper import Defect
from madang.samplecity.truth_guide import write_guide

FOLDERS = ("delivery-1", "delivery-2")
TRUTH = "truth"
DONE = "city.json"  # in truth/: what the city was made of

Told = Callable[[str, str, int, int], None]  # "building" or "writing", what, steps done before, steps of all


@dataclass(frozen=True)
class Made:
    """A city on disk: its folder, its setting, the files of each delivery, and how many planted defects intake has to report."""

    folder: Path
    setting: Setting
    files: tuple[int, int]
    defects: int

    @property
    def deliveries(self) -> tuple[Path, Path]:
        return self.folder / FOLDERS[0], self.folder / FOLDERS[1]


def found(folder: Path) -> Made | None:
    """The whole city in `folder`, if there is one."""
    done = folder / TRUTH / DONE
    if not done.is_file():
        return None
    said = json.loads(done.read_text(encoding="utf-8"))
    setting = Setting(said["seed"], said["scale"], date.fromisoformat(said["until"]))
    return Made(folder, setting, tuple(said["files"]), said["defects"])


def make_city(folder: Path, setting: Setting, told: Told = lambda kind, what, done, of: None) -> Made:
    """Write the city of `setting` to `folder`: ``delivery-1``, ``delivery-2``, and ``truth``, which nobody deposits.

    It is written beside the folder and put in its place when it is whole, so that nothing else is ever in it. A city of
    this setting that is there already stays. `told` hears of every step. The same setting gives the same bytes.
    Raises MadangError: sample_folder_taken, sample_other_city, sample_not_writable.
    """
    there = found(folder)
    if there is not None:
        if there.setting != setting:
            raise MadangError("sample_other_city", path=folder, **_words(there.setting))
        return there
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise MadangError("sample_folder_taken", path=folder)
    part = folder.absolute().with_name(f".{folder.absolute().name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # of a run that was stopped
        part.mkdir(parents=True)
    except OSError as error:
        raise MadangError("sample_not_writable", path=folder, reason=error.strerror) from error
    _write(part, setting, told)
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    made = found(folder)
    assert made is not None
    return made


def _write(folder: Path, setting: Setting, told: Told) -> None:
    city, every = City(setting), list(layers())
    for done, (_, layer) in enumerate(every):
        told("building", layer.LABEL, done, len(every))
        layer.build(city)
    files, defects = [0, 0], []
    for done, (name, layer) in enumerate(every):
        told("writing", layer.LABEL, done, len(every))
        for at, delivery in enumerate(city.deliveries):
            for paper in layer.papers(city, delivery):
                defects += [(at + 1, name, each) for each in paper.write(folder / FOLDERS[at])]
                files[at] += 1
        _truths(folder / TRUTH / name, layer, city)
    _defects(folder / TRUTH, defects)
    write_guide(folder / TRUTH, every)
    told_of = {(each.file, each.row, each.rule) for _, _, each in defects if each.severity != "info"}
    said = {**_words(setting), "files": files, "defects": len(told_of)}
    (folder / TRUTH / DONE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _words(setting: Setting) -> dict[str, object]:
    return {"seed": setting.seed, "scale": setting.scale, "until": setting.until.isoformat()}


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
