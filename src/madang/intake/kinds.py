"""What kind of file this is, from its bytes; the name only settles what the bytes leave open."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path, PurePosixPath
from typing import Literal

import olefile

from madang.intake.json_head import head_text, json_kind
from madang.intake.raw import Refused
from madang.intake.xml_head import xml_kind

Kind = Literal["text", "excel", "json", "xml", "parquet", "layer", "hwpx", "hwp", "archive"]
KINDS: tuple[Kind, ...] = ("text", "excel", "json", "xml", "parquet", "layer", "hwpx", "hwp", "archive")

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_GZIP = b"\x1f\x8b\x08"
_SHAPEFILE = b"\x00\x00\x27\x0a"
_SQLITE = b"SQLite format 3\x00"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"ALZ\x01", "ALZ"),
    (b"EGGA", "EGG"),
    (b"ARROW1", "Arrow"),
    (b"fgb\x03fgb", "FlatGeobuf"),
    (b"HWP Document File", "HWP 3"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90\x00", "EXE"),
)
_NOT_TABLES = frozenset(
    "prj cpg qpj md rst jsonld ttl nt rdf gml htm html py r rda sql ini toml yaml yml js css ts log sh bat ipynb"
    " tex svg sgml".split()
)
_EXCEL = (".xls", ".xlsx", ".xlsm")
_JSON = (".json", ".geojson", ".topojson", ".jsonl", ".ndjson")
_SHAPE_PARTS = frozenset(
    ".shp .shx .dbf .prj .cpg .qpj .sbn .sbx .qix .fbn .fbx .ain .aih .ixs .mxs .atx .cst .xml .qml .sld .lyr .lyrx"
    " .qmd".split()
)
_ZIPPED = (
    ("word/document.xml", "DOCX"),
    ("ppt/presentation.xml", "PPTX"),
    ("META-INF/container.xml", "EPUB"),
)
_LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_HEAD, _TAIL = 1 << 16, 1 << 10
_DIRECTORY = 64 << 20  # bytes of the member list of a zip that is looked at


def kind_of(path: Path, name: str) -> Kind:
    """Which reader takes this file; text whose name says that it is no table (.prj, .md …) is not tried.

    Reads a bounded head and end, of a zip the list of its members. A zip with a workbook's parts is a workbook, one
    of nothing but the parts of shapefiles (or a KMZ) a layer, any other an archive.
    Raises Refused(file_empty | web_page | form_not_supported) with the form's name.
    """
    with open(path, "rb") as stream:
        head = stream.read(_HEAD)
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - _TAIL))
        tail = stream.read(_TAIL)
    if not head:
        raise Refused("file_empty", file=name)
    found = _by_magic(path, name, head) or _by_text(name, head, tail)
    if found == "excel" and _is_bare_page(head):
        raise Refused("web_page", file=name)
    if found in KINDS:
        return found
    raise Refused("form_not_supported", file=name, form=found)


def _is_bare_page(head: bytes) -> bool:
    """Whether it is a whole web page without any table: what a portal sends when a login or a key is missing."""
    text = head_text(head).lstrip("\ufeff \t\r\n").lower()
    return len(head) < _HEAD and text.startswith(("<!doctype html", "<html")) and "<table" not in text


def _by_magic(path: Path, name: str, head: bytes) -> str | None:
    """The kind or form of a binary file; None for text."""
    if head.startswith(_ZIP):
        return _zip_kind(path, name)
    if head.startswith(_GZIP):
        return "archive"
    if head.startswith(_OLE2):
        return "hwp" if _is_hwp(path) or name.lower().endswith(".hwp") else "excel"
    if head.startswith((b"PAR1", b"PARE")):
        return "parquet"
    if head.startswith(_SQLITE):
        return "layer" if head[68:70] == b"GP" or b"gpkg_contents" in head else "SQLite"
    if head.startswith(_SHAPEFILE):
        return "SHX" if head[100:104] == b"\x00\x00\x00\x32" else "layer"
    if _is_dbf(head):
        return "layer"
    return next((form for magic, form in _OTHERS if head.startswith(magic)), None)


def _by_text(name: str, head: bytes, tail: bytes) -> str:
    """The kind or form of a text file."""
    lower = name.lower()
    suffix = Path(lower).suffix
    text = head_text(head).lstrip("\ufeff")
    markup = xml_kind(text, head_text(tail) if text.lstrip().startswith("<") else "")
    if markup == "excel" or (markup and suffix in _EXCEL):
        return markup
    if suffix.removeprefix(".") in _NOT_TABLES:
        return suffix.removeprefix(".").upper()
    if lower.endswith(_EXCEL):
        return "excel"
    return markup or json_kind(text) or ("json" if suffix in _JSON else "xml" if suffix == ".xml" else "text")


def _is_dbf(head: bytes) -> bool:
    """A dBASE table: version, a date, and a header length that fits its 32-byte fields and ends in CR."""
    if len(head) < 65 or head[0] not in (0x03, 0x30, 0x31, 0x83, 0x8B, 0xF5) or not 1 <= head[2] <= 12:
        return False
    length = struct.unpack_from("<H", head, 8)[0]
    ends = [length - 1] if length % 32 == 1 else [length - 264] if length % 32 == 8 else []  # dBASE, FoxPro
    return any(64 <= end < len(head) and head[end] == 0x0D for end in ends)


def _is_hwp(path: Path) -> bool:
    """Whether a compound file is a Hangul document and not an old workbook."""
    try:
        with olefile.OleFileIO(str(path)) as document:
            if not document.exists("FileHeader"):
                return False
            return bool(document.openstream("FileHeader").read(17) == b"HWP Document File")
    except Exception:  # whatever is broken in it, the reader of workbooks says so
        return False


def _zip_kind(path: Path, name: str) -> str:
    names = _members(path)
    if names is None:
        return "excel" if name.lower().endswith(_EXCEL) else "archive"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "excel"
    if "Contents/content.hpf" in names:
        return "hwpx"
    for member, form in _ZIPPED:
        if member in names:
            return form
    if "mimetype" in names and "content.xml" in names:
        return "excel" if name.lower().endswith(".ods") else "ODF"
    inside = [PurePosixPath(each.lower()) for each in names if not _litter(each)]
    suffixes = {each.suffix for each in inside}
    if ".shp" in suffixes and suffixes <= _SHAPE_PARTS:
        return "layer"
    kml = [each for each in inside if each.suffix == ".kml"]
    return (
        "layer" if kml and (len(kml) == 1 or "doc.kml" in map(str, kml)) and _is_kmz(suffixes) else "archive"
    )


def _is_kmz(suffixes: set[str]) -> bool:
    return suffixes <= {".kml", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".svg", ".dae", ".html", ".css"}


def _litter(member: str) -> bool:
    """Folders and what operating systems leave in a zip."""
    lower = member.lower()
    return lower.endswith("/") or lower.startswith(_LITTER[0]) or lower.rsplit("/", 1)[-1] in _LITTER


def _members(path: Path) -> set[str] | None:
    """Names in a zip; None where it is broken or its list is longer than a sound zip's."""
    with open(path, "rb") as stream:
        stream.seek(max(0, path.stat().st_size - 66_000))
        end = stream.read()
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) < at + 22 or struct.unpack_from("<I", end, at + 12)[0] > _DIRECTORY:
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return None
