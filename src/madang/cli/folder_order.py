"""Which files of a folder go first: boundaries (of them the register of areas is built), then codes, then addresses.

Only a bounded head (and end) of each file is looked at; a guess here decides the order and nothing else.
"""

from __future__ import annotations

import re
import sqlite3
import struct
import zipfile
import zlib
from contextlib import closing
from enum import IntEnum
from pathlib import Path


class Turn(IntEnum):
    """When a file is deposited; all files of one turn are done before the next one begins."""

    BOUNDARY_DEGREES = 0  # areas in longitude and latitude: nothing has to be known to read them
    BOUNDARY = 1  # areas in metres, or in a system still to be found: compared with the ones before
    CODES = 2  # lists of area codes
    ADDRESSES = 3  # the address register
    OTHER = 4


_HEAD, _TAIL = 1 << 16, 1 << 14
_MEMBERS = 50  # members of an archive that are looked at
_POLYGONS = frozenset((5, 15, 25))  # shape types of a shapefile
_BROKEN = (
    OSError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    zlib.error,
)
_AREA = r"(?:adm|sig|emd|ctprvn|li_(?=cd|kor|eng|nm)|sgg|sido|hjd|bjd|h_?dong|b_?dong|emdong|dong|행정동|법정동|시군구|시도|읍면동|행정구역)"
_AREA_FIELD = re.compile(rf"^(?:{_AREA}[\w가-힣]{{0,8}}|base_year|name_eng|code)$", re.I)
_JSON_KEY = re.compile(rf'"(?:{_AREA}[\w가-힣]{{0,8}}|base_year|name_eng)"\s*:', re.I)
_POINT = re.compile(
    r'"(?:coordinates|translate)"\s*:\s*[\[\s]+(-?[\d.]+(?:e[+\-]?\d+)?)\s*,\s*(-?[\d.]+(?:e[+\-]?\d+)?)',
    re.I,
)
_METRES = re.compile(r"EPSG\W{1,3}(?!4326|4019|4737|4166)\d{4}")
_AREA_CODE = re.compile(
    r"^(?:.*(?:법정동|행정동|행정구역|행정기관|시군구|시도|읍면동).{0,6}코드|(?:adm|emd|sig|ctprvn|sgg|h_?dong|b_?dong)_?\w{0,4}_?(?:cd|code)\d?)$",
    re.I,
)
_OF_CODES = re.compile(
    r"(?:코드|명|명칭|일자?|여부|순위|연도|년도|번호|cd|nm|code|name|date|[xy]|좌표)\d?$", re.I
)
_CODES_BY_NAME = re.compile(r"(?:법정동|행정동|행정구역|행정기관|시군구|읍면동).{0,8}코드|KIK(?:cd|mix)")
_ADDRESSES_BY_NAME = re.compile(r"rnaddrkor|rn_?addr|도로명주소.{0,6}(?:한글|전체)", re.I)
_PIPES = 15  # separators of a line of the address register, at least


def turn_of(path: Path) -> Turn:
    """When the file at `path` is deposited; what cannot be read comes last, and is told by its own deposit."""
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD)
            size = path.stat().st_size
            stream.seek(max(len(head), size - _TAIL))
            tail = stream.read(_TAIL)
        if head.startswith(b"PK\x03\x04"):
            return _of_archive(path)
        if head.startswith(b"SQLite format 3\x00"):
            return _of_geopackage(path)
        if head.startswith(b"\x00\x00\x27\x0a"):
            return _of_shapes(head, _dbf_beside(path))
        return _of_text(path.name, head, tail)
    except (*_BROKEN, sqlite3.Error):
        return Turn.OTHER


def _of_text(name: str, head: bytes, tail: bytes) -> Turn:
    text = _decoded(head)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("{", "[")):
        return _of_json(text + _decoded(tail))
    if start.startswith("<"):
        areas = "<Polygon" in text and re.search(rf'name="{_AREA}', text, re.I)
        return Turn.BOUNDARY_DEGREES if areas else Turn.OTHER
    if _ADDRESSES_BY_NAME.search(name) and start.split("\n", 1)[0].count("|") >= _PIPES:
        return Turn.ADDRESSES
    return min(_of_lines(start.splitlines()[:10]), _by_name(name))


def _of_json(text: str) -> Turn:
    drawn = "Polygon" in text or '"arcs"' in text or '"Topology"' in text
    if not drawn:
        listed = re.search(r'"(?:법정동|행정동|행정구역|시군구|읍면동)_?코드"', text) and re.search(
            "말소|폐지|생성", text
        )
        return Turn.CODES if listed else Turn.OTHER
    if not _JSON_KEY.search(text):
        return Turn.OTHER
    point = _POINT.search(text)
    if point is None:
        return Turn.BOUNDARY
    degrees = abs(float(point[1])) <= 180 and abs(float(point[2])) <= 90 and not _METRES.search(text[:4_000])
    return Turn.BOUNDARY_DEGREES if degrees else Turn.BOUNDARY


def _of_lines(lines: list[str]) -> Turn:
    """A list of codes: a header of codes, names and dates alone, with a code of areas among them."""
    for line in lines:
        mark = max("\t,|", key=line.count)
        cells = [cell.strip(' "\r\ufeff') for cell in line.split(mark)]
        cells = [cell for cell in cells if cell]
        if len(cells) < 2:
            continue
        of_codes = sum(bool(_OF_CODES.search(cell)) for cell in cells)
        if any(map(_AREA_CODE.match, cells)) and len(cells) <= 20 and of_codes >= 0.8 * len(cells):
            return Turn.CODES
    return Turn.OTHER


def _by_name(name: str) -> Turn:
    return Turn.CODES if _CODES_BY_NAME.search(name) else Turn.OTHER


def _of_shapes(shp: bytes, dbf: bytes) -> Turn:
    """A shapefile by the headers of its .shp (kind and extent of the shapes) and .dbf (names of the fields)."""
    if len(shp) < 100 or struct.unpack_from("<i", shp, 32)[0] not in _POLYGONS:
        return Turn.OTHER
    fields = [dbf[at : at + 11].split(b"\0")[0] for at in range(32, min(len(dbf), 4_096) - 31, 32)]
    end = next((i for i, field in enumerate(fields) if field.startswith(b"\r")), len(fields))
    if not any(_AREA_FIELD.match(_decoded(field)) for field in fields[:end]):
        return Turn.OTHER
    box = struct.unpack_from("<4d", shp, 36)
    degrees = all(abs(edge) <= 180 for edge in box)
    return Turn.BOUNDARY_DEGREES if degrees else Turn.BOUNDARY


def _dbf_beside(path: Path) -> bytes:
    for suffix in (".dbf", ".DBF", ".Dbf"):
        beside = path.with_suffix(suffix)
        if beside.is_file():
            with open(beside, "rb") as stream:
                return stream.read(4_096)
    return b""


def _of_archive(path: Path) -> Turn:
    """The earliest turn of its files."""
    with zipfile.ZipFile(path) as archive:
        infos = [info for info in archive.infolist()[:_MEMBERS] if not info.flag_bits & 1]
        names = {info.filename.lower(): info for info in infos}
        if "[content_types].xml" in names or "mimetype" in names:
            return _by_name(path.name)

        def head(info: zipfile.ZipInfo | None, size: int = _HEAD) -> bytes:
            if info is None or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return b""
            with archive.open(info) as stream:
                return stream.read(size)

        turns = [_by_name(path.name)]
        for name, info in names.items():
            if name.endswith(".shp"):
                turns.append(_of_shapes(head(info, 100), head(names.get(f"{name[:-4]}.dbf"), 4_096)))
            elif name.endswith((".json", ".geojson", ".topojson", ".kml", ".csv", ".txt", ".tsv")):
                turns.append(_of_text(Path(name).name, head(info), b""))
    return min(turns)


def _of_geopackage(path: Path) -> Turn:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        shapes = file.execute(
            "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns LIMIT 20"
        ).fetchall()
        turns = [Turn.OTHER]
        for table, kind, srs in shapes:
            fields = [str(row[0]) for row in file.execute("SELECT name FROM pragma_table_info(?)", (table,))]
            if str(kind).upper() in ("POINT", "MULTIPOINT", "LINESTRING", "MULTILINESTRING"):
                continue
            if any(map(_AREA_FIELD.match, fields)):
                turns.append(Turn.BOUNDARY_DEGREES if srs == 4326 else Turn.BOUNDARY)
    return min(turns)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    text = data.decode("utf-8", "replace")
    return data.decode("cp949", "replace") if text.count("\ufffd") > 3 else text
