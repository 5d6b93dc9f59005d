"""A drop folder: files that have stopped growing are taken, and go to done/ or refused/ with their receipt beside them."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from madang.bank.durable import SEOUL, disk_errors
from madang.bank.ids import within
from madang.collect.fetched import Evidence, Fetched, Means
from madang.collect.origin import Origin
from madang.messages import MadangError

DONE, REFUSED, TAKING = "done", "refused", ".taking"
_UNFINISHED = re.compile(r"^(\.|~\$)|\.(part|partial|tmp|temp|crdownload|filepart|lock|swp)$|^(thumbs\.db|desktop\.ini)$", re.I)  # fmt: skip
_SHAPE_PARTS = (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".shp.xml")
_Seen = dict[Path, tuple[int, int]]


def fetch(origin: Origin, means: Means) -> list[Fetched]:
    """The files of the folder that did not change while they were watched; nothing where there are none.

    They are moved into ``.taking`` first, so that nobody else takes or changes them; `put_away` moves them on.
    Raises MadangError: collect_folder_missing, collect_folder_outside, disk_*.
    """
    folder = folder_of(origin, means)
    with disk_errors(folder):
        if not means.trial:
            _back(folder)
        before = _looked(folder)
        if not before:
            return []
        means.sleep(origin.settle_s)
        settled = {path for path, seen in _looked(folder).items() if before.get(path) == seen}
        groups = [group for group in _grouped(sorted(settled)) if _whole(group, before)]
        return [_taken(folder, group, means) for group in groups]


def folder_of(origin: Origin, means: Means) -> Path:
    """The folder, links followed, which must be one of those that files may be taken from."""
    said = Path(origin.address)
    folder = (said if said.is_absolute() else means.allowed.inbox / said).resolve()
    if not means.allowed.folder(folder):
        raise MadangError("collect_folder_outside", folder=origin.address)
    if not folder.is_dir():
        raise MadangError("collect_folder_missing", folder=origin.address)
    return folder


def put_away(fetched: Fetched, receipts: list[dict[str, Any]], accepted: bool, at: datetime) -> None:
    """Move a file that was deposited to done/ or refused/ by the day, its receipt beside it."""
    folder = fetched.path.parent.parent
    with disk_errors(folder):
        target = folder / (DONE if accepted else REFUSED) / f"{at.astimezone(SEOUL):%Y-%m-%d}"
        target.mkdir(parents=True, exist_ok=True)
        stem = _free(target, fetched.path.name)
        for part in fetched.parts:
            os.replace(part, target / f"{stem.partition('.')[0]}{part.name[len(fetched.path.stem) :]}")
        os.replace(fetched.path, target / stem)
        receipt = json.dumps(receipts, ensure_ascii=False, indent=1, default=str)
        (target / f"{within(stem, 230)}.receipt.json").write_text(receipt, encoding="utf-8")


def put_back(fetched: Fetched) -> None:
    """Move a file back that could not be deposited for no fault of its own."""
    for path in (fetched.path, *fetched.parts):
        home = path.parent.parent / path.name
        if path.exists() and not home.exists():
            os.replace(path, home)


def _back(folder: Path) -> None:
    """Files that a run left behind which was killed."""
    taking = folder / TAKING
    for path in taking.iterdir() if taking.is_dir() else ():
        if not (folder / path.name).exists():
            os.replace(path, folder / path.name)


def _looked(folder: Path) -> _Seen:
    """Size and time of every file that may be one to take; links and folders are none."""
    found: _Seen = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if _UNFINISHED.search(entry.name):
                continue
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                found[Path(entry.path)] = (status.st_size, status.st_mtime_ns)
    return found


def _grouped(paths: Iterable[Path]) -> list[tuple[Path, ...]]:
    """Each file alone, a shapefile with its parts."""
    there = list(paths)
    shapes = {path.stem.lower(): path for path in there if path.suffix.lower() == ".shp"}
    groups: dict[Path, list[Path]] = {}
    for path in there:
        ending = next((each for each in _SHAPE_PARTS if path.name.lower().endswith(each)), "")
        owner = shapes.get(path.name[: -len(ending)].lower()) if ending else None
        groups.setdefault(owner or path, [])
        if owner:
            groups[owner].append(path)
    return [(path, *parts) for path, parts in groups.items()]


def _whole(group: tuple[Path, ...], before: _Seen) -> bool:
    """Whether nothing that belongs to a shapefile is still being written."""
    first = group[0]
    if first.suffix.lower() != ".shp":
        return first.suffix.lower() not in (
            ".shx",
            ".prj",
            ".cpg",
            ".sbn",
            ".sbx",
        )  # a part without its whole waits
    mine = [path for path in before if path.name.lower().startswith(f"{first.stem.lower()}.")]
    return set(mine) <= {*group} and any(path.suffix.lower() == ".dbf" for path in group)


def _taken(folder: Path, group: tuple[Path, ...], means: Means) -> Fetched:
    place = means.place if means.trial else folder / TAKING
    place.mkdir(exist_ok=True)
    moved = []
    for path in group:
        target = place / path.name
        if means.trial:
            target.write_bytes(path.read_bytes())
        else:
            os.replace(path, target)
        moved.append(target)
    size = sum(path.stat().st_size for path in moved)
    return Fetched(moved[0], Evidence(url=str(group[0]), at=means.clock(), size=size), tuple(moved[1:]))


def _free(folder: Path, name: str) -> str:
    """A name that nothing in the folder has."""
    stem, dot, ending = name.partition(".")
    number = 1
    while (folder / name).exists():
        number += 1
        name = f"{within(stem, 240 - len(ending.encode()))}_{number}{dot}{ending}"
    return name
