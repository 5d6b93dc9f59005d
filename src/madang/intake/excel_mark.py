"""The first row of a small sheet of a workbook, read without anything that could be made to unpack or allocate much."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from madang.intake.excel_guard import BROKEN, check_archive, parse_part, sheet_facts
from madang.intake.raw import Refused

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET_BYTES, _STRINGS_BYTES = 1 << 20, 64 << 20


def first_row(path: Path, sheet: str) -> list[str]:
    """The cells of the first row of `sheet`; [] where the file is no XLSX, is not safe to open, or has no such sheet.

    What is wrong with the file is not told: whoever reads it says so.
    """
    try:
        with open(path, "rb") as stream:
            if stream.read(4) != b"PK\x03\x04":
                return []
        check_archive(path)
        part = next((each.part for each in sheet_facts(path) if each.name == sheet), "")
        with zipfile.ZipFile(path) as archive:
            if not part or archive.getinfo(part).file_size > _SHEET_BYTES:
                return []
            row = next(parse_part(archive, part).iter(f"{_MAIN}row"), None)
            cells = [] if row is None else list(row.iter(f"{_MAIN}c"))
            places = {int(each.findtext(f"{_MAIN}v") or 0) for each in cells if each.get("t") == "s"}
            strings = _strings(archive, places)
            return [_text(each, strings) for each in cells]
    except (Refused, KeyError, *BROKEN):
        return []


def _text(cell: Any, strings: dict[int, str]) -> str:
    said = cell.findtext(f"{_MAIN}v") or ""
    if cell.get("t") == "s":
        return strings.get(int(said or 0), "")
    return (
        "".join(each.text or "" for each in cell.iter(f"{_MAIN}t")) if cell.get("t") == "inlineStr" else said
    )


def _strings(archive: zipfile.ZipFile, places: set[int]) -> dict[int, str]:
    """The shared strings at these places, one after another: the list itself is never in memory."""
    name = next((each for each in archive.namelist() if each.lower() == "xl/sharedstrings.xml"), "")
    if not places or not name or archive.getinfo(name).file_size > _STRINGS_BYTES:
        return {}
    found: dict[int, str] = {}
    with archive.open(name) as stream:
        items = etree.iterparse(
            stream, tag="{*}si", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for place, (_, item) in enumerate(items):
            if place in places:
                found[place] = "".join(each.text or "" for each in item.iter("{*}t"))
            item.clear()
            while item.getprevious() is not None:
                del item.getparent()[0]
            if place >= max(places):
                break
    return found
