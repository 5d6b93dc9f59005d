"""A shapefile is several files: which belong together, and the one ZIP in which a deposit keeps them."""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from madang.messages import MadangError

# suffixes of the parts, longest first; the index of an editor or a server is none
SUFFIXES = (".shp.xml", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".cst", ".sbn", ".sbx", ".qix")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def part_of(name: str) -> tuple[str, str] | None:
    """Stem (as names are compared: composed, lower case) and suffix of a part of a shapefile; None for other files."""
    folded = unicodedata.normalize("NFC", name).casefold()
    suffix = next((each for each in SUFFIXES if folded.endswith(each)), None)
    return (folded[: -len(suffix)], suffix) if suffix else None


def parts_beside(shp: Path) -> dict[str, Path]:
    """The parts of the shapefile `shp`, which stand beside it, by suffix; of two alike the first by name."""
    own = part_of(shp.name)
    found: dict[str, Path] = {}
    for path in sorted(shp.parent.iterdir()):
        part = part_of(path.name)
        if part and own and part[0] == own[0] and path.is_file():
            found.setdefault(part[1], path)
    return {**found, ".shp": shp}


def shapefile_in(folder: Path) -> Path | None:
    """The .shp of a folder that holds one shapefile and nothing else (hidden files apart); None for all other paths."""
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        return None
    files = [path for path in folder.iterdir() if not path.name.startswith(".")]
    parts = [part_of(path.name) for path in files]
    if not files or any(part is None or not path.is_file() for part, path in zip(parts, files, strict=True)):
        return None
    shapes = [path for part, path in zip(parts, files, strict=True) if part and part[1] == ".shp"]
    return shapes[0] if len(shapes) == 1 and len({part[0] for part in parts if part}) == 1 else None


@contextmanager
def bundled(path: Path, work: Path) -> Iterator[Path]:
    """`path`, or for the .shp of a shapefile with parts beside it a ZIP of them all, below `work` until the block ends.

    Equal parts make equal bytes: members in the order of their names, stored, with a fixed time. Raises MadangError
    (file_unreadable) where a part cannot be read.
    """
    part = part_of(path.name)
    parts = parts_beside(path) if part and part[1] == ".shp" else {}
    if len(parts) < 2:
        yield path
        return
    unreadable = next((each for each in parts.values() if not os.access(each, os.R_OK)), None)
    if unreadable:
        raise MadangError("file_unreadable", file=unreadable)
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix=".shapefile-") as folder:
        target = Path(folder) / f"{path.stem}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for suffix, each in sorted(parts.items()):
                info = zipfile.ZipInfo(path.name[:-4] + suffix, _ZIP_TIME)
                info.create_system = 3
                with each.open("rb") as source, archive.open(info, "w", force_zip64=True) as packed:
                    copyfileobj(source, packed, 1 << 20)
        yield target
