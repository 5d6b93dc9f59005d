"""What kind of file this is, from its first bytes; the name is only a hint for people."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from madang.intake.raw import Refused

Kind = Literal["text", "excel"]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"PAR1", "Parquet"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"SQLite format 3\x00", "SQLite/GeoPackage"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"HWP Document File", "HWP"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
)
_NOT_TABLES = frozenset(
    "prj cpg qpj md rst json geojson topojson jsonld ndjson jsonl ttl nt rdf xml kml gml html htm py r rda sql ini toml"
    " yaml yml js css ts log sh bat ipynb tex svg sgml".split()
)
_HEAD = 4096


def kind_of(path: Path, name: str) -> Kind:
    """Which reader takes this file; text whose name says that it is no table (.prj, .md …) is not tried.

    Raises Refused(file_empty | form_not_supported) with the form's name."""
    with open(path, "rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise Refused("file_empty", file=name)
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path, name)
    if head.startswith(_OLE2) or _looks_html(head):
        return "excel"
    for magic, form in _OTHERS:
        if head.startswith(magic):
            raise Refused("form_not_supported", file=name, form=form)
    markup = _markup_form(head)
    if markup:
        raise Refused("form_not_supported", file=name, form=markup)
    suffix = Path(name).suffix.lower().removeprefix(".")
    if suffix in _NOT_TABLES:
        raise Refused("form_not_supported", file=name, form=suffix.upper())
    return "excel" if name.lower().endswith((".xls", ".xlsx", ".xlsm")) else "text"


def _zip_kind(path: Path, name: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("workbook_broken", file=name) from error
    if "xl/workbook.xml" in members or "xl/workbook.bin" in members:
        return "excel"
    if "Contents/content.hpf" in members:
        raise Refused("form_not_supported", file=name, form="HWPX")
    raise Refused("form_not_supported", file=name, form="ZIP")


def _looks_html(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    return start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")) or (
        start.startswith(b"<") and b"<table" in start
    )


def _markup_form(head: bytes) -> str | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml"):
        return "XML"
    if start.startswith((b'{"', b"{\n", b"{\r", b"{ ", b"[{", b"[\n", b"[\r")):
        return "JSON"
    return None
