"""A workbook saved as XML (SpreadsheetML 2003), as many public systems export it under the name .xls."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from madang.intake.excel_stage import Grid, StageFolder, stage_grid
from madang.intake.json_text import TextSource
from madang.intake.raw import Evidence, Override, Progress, RawTable, Refused
from madang.intake.xml_parse import elements, forget, local
from madang.messages import text

WORKBOOK = "Workbook"
_SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
_ROWS, _COLUMNS, _CELLS = 1_048_576, 16_384, 8_000_000


def read_workbook(
    source: TextSource, stage_dir: Path, override: Override, progress: Progress
) -> list[RawTable]:
    """The tables of its sheets, staged as those of other workbooks; rows are the sheet's own.

    Raises Refused: workbook_bomb, workbook_no_table, xml_broken, xml_cut_off, xml_entities."""
    sheets = _Sheets()
    tags = [f"{{*}}{name}" for name in ("Worksheet", "Row", "Visible")]
    for event, element in elements(source, ("start", "end"), tags):
        name = local(element.tag)
        if event == "start" and name == "Worksheet":
            sheets.begin(element.get(_SHEET + "Name") or f"Sheet{len(sheets.grids) + 1}")
        elif event == "end" and name == "Row":
            sheets.add(element)
            forget(element)
            progress(source.done, source.size)
        elif event == "end" and name == "Visible" and "Hidden" in (element.text or "") and sheets.grids:
            sheets.grids[-1].hidden = True
    folder = StageFolder(stage_dir)
    tables = [table for grid in sheets.grids for table in stage_grid(grid, folder, override)]
    if not tables:
        raise Refused("workbook_no_table")
    told = [
        source.encoding.evidence(),
        Evidence("form", "SpreadsheetML 2003", text("because_xml_workbook"), 0.99),
    ]
    for table in tables:
        table.encoding = source.encoding.codec
        table.evidence += told
    return [replace(tables[0], member=None)] if len(tables) == 1 else tables


class _Sheets:
    """The sheets read so far."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.cells = 0

    def begin(self, name: str) -> None:
        self.grids.append(Grid(name, []))

    def add(self, row: Any) -> None:
        """One <Row> of the last sheet."""
        if not self.grids:
            self.begin("Sheet1")
        grid = self.grids[-1]
        number = _whole(row.get(_SHEET + "Index"), len(grid.rows) + 1)
        self._count(number - len(grid.rows), number, 1)
        grid.rows += [[] for _ in range(number - 1 - len(grid.rows))]
        cells: list[Any] = []
        for cell in row:
            if local(cell.tag) != "Cell":
                continue
            place = _whole(cell.get(_SHEET + "Index"), len(cells) + 1)
            wide = _whole(cell.get(_SHEET + "MergeAcross"), 0)
            high = _whole(cell.get(_SHEET + "MergeDown"), 0)
            self._count(place + wide - len(cells), number + high, place + wide)
            cells += [""] * (place - 1 - len(cells))
            cells += [_value(cell), *[""] * wide]
            if wide or high:
                grid.merges.append((number, place - 1, number + high, place - 1 + wide))
        grid.rows.append(cells)

    def _count(self, more: int, row: int, column: int) -> None:
        self.cells += max(0, more)
        if self.cells > _CELLS or row > _ROWS or column > _COLUMNS:
            raise Refused(
                "workbook_bomb", reason=text("reason_too_many_cells", row=f"{row:,}", column=f"{column:,}")
            )


def _whole(given: str | None, otherwise: int) -> int:
    return int(given) if given and given.isdecimal() and len(given) < 12 else otherwise


def _value(cell: Any) -> Any:
    """The value of a cell by its type: number, day or moment, truth; text as it stands."""
    data = next((each for each in cell if local(each.tag) == "Data"), None)
    if data is None:
        return ""
    found = "".join(data.itertext())
    kind = data.get(_SHEET + "Type")
    try:
        if kind == "Number":
            return int(found) if found.strip().lstrip("-").isdecimal() else float(found)
        if kind == "DateTime":
            return _moment(dt.datetime.fromisoformat(found.strip()))
        return found.strip() in ("1", "true") if kind == "Boolean" else found
    except ValueError:
        return found


def _moment(found: dt.datetime) -> dt.datetime | dt.time:
    """The days before 1900 stand for a clock time alone."""
    return found.time() if found.date() <= dt.date(1899, 12, 31) else found
