"""Reads a file of shapes, whatever its form: each layer becomes a staged table with a column of shapes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from shutil import copyfileobj, rmtree

from madang.intake.archive_guard import BROKEN, Unsafe, checked, name_of
from madang.intake.layer_dbf import looks_like_dbf
from madang.intake.layer_geojson import IsTopology, read_geojson
from madang.intake.layer_parts import part_of, parts_beside
from madang.intake.layer_shp import read_shapefile
from madang.intake.layer_topojson import read_topojson
from madang.intake.raw import Override, Progress, RawTable, Refused, no_progress

_SHP = b"\x00\x00\x27\x0a"
_MEMBERS, _TABLES = 10_000, 200
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.)")
_SQLITE = b"SQLite format 3\x00"
_ENCODINGS = {"euc-kr": "cp949", "euckr": "cp949", "ms949": "cp949"}


def read_layer(
    path: Path, place: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The layers of a file, each staged as text in `place` with its shapes as hexadecimal WKB in the file's own
    coordinates; rows are numbers of features (from 1).

    GeoJSON and TopoJSON (UTF-8, or CP949), Shapefile (alone, or its parts in a ZIP), GeoPackage, KML and KMZ; told
    apart by their first bytes. What is unsound in a shape is a problem of its table and is not changed. Raises Refused.
    """
    try:
        return _read(path, place, override, progress)
    except Refused as refused:
        raise Refused(refused.code, **{"file": path.name, **refused.params}) from refused


def _read(path: Path, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_SQLITE):
        from madang.intake.layer_gpkg import read_gpkg

        return read_gpkg(path, place, progress)
    if head.startswith(_SHP):
        parts = parts_beside(path) if part_of(path.name) else {".shp": path}
        return [read_shapefile(parts, place, "table1", None, override, progress)]
    if looks_like_dbf(head):
        return [read_shapefile({".dbf": path}, place, "table1", None, override, progress)]
    if head.startswith(b"PK\x03\x04"):
        return _read_zip(path, place, override, progress)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        from madang.intake.layer_kml import read_kml

        with path.open("rb") as stream:
            return read_kml(stream, place, path.stat().st_size, progress)
    return _read_json(path, place, override, progress)


def _read_json(path: Path, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    told = (override.encoding or "").lower().replace("_", "-")
    encodings = [_ENCODINGS.get(told, told)] if told else ["utf-8", "cp949"]
    failed: list[UnicodeDecodeError] = []
    for encoding in encodings:
        try:
            return _read_json_as(encoding, path, place, progress)
        except UnicodeDecodeError as error:
            failed.append(error)
    byte = f"{failed[0].start + 1:,}"
    raise Refused("layer_undecodable", encoding=encodings[0], byte=byte) from failed[0]


def _read_json_as(encoding: str, path: Path, place: Path, progress: Progress) -> list[RawTable]:
    attempt = place / f"layer-{encoding}"
    attempt.mkdir()
    try:
        return [read_geojson(path, attempt, encoding, progress)]
    except IsTopology:
        again = attempt / "topology"
        again.mkdir()
        return read_topojson(path, again, encoding, progress)


def _read_zip(path: Path, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    """The shapefiles of a ZIP, or the KML of a KMZ, or else its attribute tables."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = checked(path, archive, entries=_MEMBERS)
            if any(info.flag_bits & 1 for info in infos):
                raise Refused("layer_zip_encrypted")
            named = {name_of(info): info for info in infos if not _LITTER.search(name_of(info))}
            kml = [name for name in named if name.casefold().endswith(".kml")]
            if kml and not any(name.casefold().endswith(".shp") for name in named):
                return _read_kmz(archive, named[min(kml, key=_kmz_order)], place, progress)
            return _read_parts(archive, named, place, override, progress)
    except Unsafe as unsafe:
        raise Refused("layer_zip_unsafe", reason=unsafe.reason) from unsafe
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk
        raise Refused("layer_zip_broken") from error


def _kmz_order(name: str) -> tuple[int, bool, str]:
    """The main document of a KMZ: that at the top, doc.kml before others."""
    return name.count("/"), name.casefold() != "doc.kml", name


def _read_kmz(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path, progress: Progress
) -> list[RawTable]:
    from madang.intake.layer_kml import read_kml

    with archive.open(info) as stream:
        return read_kml(stream, place, info.file_size, progress)


def _read_parts(
    archive: zipfile.ZipFile,
    named: dict[str, zipfile.ZipInfo],
    place: Path,
    override: Override,
    progress: Progress,
) -> list[RawTable]:
    """Each group of parts of one stem as a table."""
    groups: dict[str, dict[str, tuple[str, zipfile.ZipInfo]]] = {}
    for name in sorted(named):
        part = part_of(name)
        if part:
            groups.setdefault(part[0], {}).setdefault(part[1], (name, named[name]))
    groups = {stem: parts for stem, parts in groups.items() if {".shp", ".dbf"} & parts.keys()}
    if not groups:
        there = {Path(name).suffix.casefold() for name in named}
        missing = ", ".join(sorted({".shp", ".dbf", ".shx"} - there))
        raise Refused("layer_parts_missing", parts=missing)
    if len(groups) > _TABLES:
        raise Refused("layer_too_many", limit=_TABLES)
    tables = []
    for number, parts in enumerate(groups.values(), start=1):
        folder = place / f"parts{number}"
        folder.mkdir()
        unpacked: dict[str, Path] = {}
        for suffix, (_, info) in parts.items():
            unpacked[suffix] = folder / f"part{suffix}"
            with archive.open(info) as source, unpacked[suffix].open("xb") as target:
                copyfileobj(source, target, 1 << 20)
        main = parts.get(".shp") or parts[".dbf"]
        member = main[0].rsplit("/", 1)[-1][:-4] if len(groups) > 1 else None
        tables.append(read_shapefile(unpacked, place, f"table{number}", member, override, progress))
        rmtree(folder)
    return tables
