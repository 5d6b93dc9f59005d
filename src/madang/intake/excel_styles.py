"""Which columns of a worksheet hold dates, times, booleans or numbers, from the formats of its first rows."""

from __future__ import annotations

import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from madang.intake.excel_guard import BROKEN, SheetFacts, column_number, parse_part
from madang.intake.raw import Refused

Native = Literal["number", "date", "datetime", "time", "boolean", "text"]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_BUILTIN: dict[int, Native] = {
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), "time"),
    22: "datetime",
}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?:[^hms\]][^\]]*|\$[^\]]*)\]', re.I)
_ROWS = 300


def format_kind(code: str) -> Native:
    """What a number format shows: ``yyyy-mm-dd`` date, ``h:mm`` time, both datetime, anything else number."""
    plain = _QUOTED.sub("", code.split(";")[0]).lower()
    if plain in ("general", "@", ""):
        return "number"
    day = bool(re.search(r"[yd]|mmm", plain))
    clock = bool(re.search(r"[hs]", plain))
    if day and clock:
        return "datetime"
    if day or (re.search(r"m", plain) and not re.search(r"[0#]", plain) and not clock):
        return "date"
    return "time" if clock else "number"


def column_natives(path: Path, facts: SheetFacts) -> tuple[dict[int, Native], bool]:
    """For each column (0-based) the kind at least nine in ten of its filled cells have in the first 300 rows after
    the top five, and whether the workbook counts days from 1904. Columns of words or mixed ones are "text"."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = parse_part(archive, "xl/workbook.xml")
            properties = book.find(f"{_MAIN}workbookPr")
            mac = properties is not None and properties.get("date1904") in ("1", "true")
            styles = _styles(archive)
            with archive.open(facts.part) as stream:
                seen = _cells(stream, styles)
    except BROKEN as error:
        raise Refused("workbook_sheet_broken", file=path.name, sheet=facts.name) from error
    natives: dict[int, Native] = {}
    for column, counts in seen.items():
        kind, count = counts.most_common(1)[0]
        natives[column] = kind if count >= 0.9 * sum(counts.values()) else "text"
    return natives, mac


def _styles(archive: zipfile.ZipFile) -> list[Native]:
    if "xl/styles.xml" not in archive.namelist():
        return []
    root = parse_part(archive, "xl/styles.xml")
    own = {
        int(f.get("numFmtId")): format_kind(f.get("formatCode") or "") for f in root.iter(f"{_MAIN}numFmt")
    }
    cells = root.find(f"{_MAIN}cellXfs")
    ids = [int(xf.get("numFmtId", "0")) for xf in cells] if cells is not None else []
    return [own.get(number, _BUILTIN.get(number, "number")) for number in ids]


def _cells(stream: Any, styles: list[Native]) -> dict[int, Counter[Native]]:
    """Kinds of the filled cells of the first rows by column; the top five rows (titles, headers) are passed over."""
    seen: dict[int, Counter[Native]] = defaultdict(Counter)
    rows = etree.iterparse(stream, tag="{*}row", resolve_entities=False, no_network=True, huge_tree=False)
    for at, (_, row) in enumerate(rows):
        if at >= _ROWS:
            break
        for cell in row if at >= 5 else ():
            place = re.match(r"[A-Z]{1,3}", cell.get("r") or "")
            if place is None or not len(cell):
                continue
            mark = cell.get("t", "n")
            if mark == "e":
                continue
            style = int(cell.get("s") or 0)
            kind: Native = styles[style] if mark == "n" and style < len(styles) else "number"
            if mark != "n":
                kind = "boolean" if mark == "b" else "text"
            seen[column_number(place[0]) - 1][kind] += 1
        row.clear()
    return seen
