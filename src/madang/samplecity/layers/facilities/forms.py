"""The file of a kind in the form that its office hands over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import shapely

from madang.samplecity.city import Delivery
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.sites import Sites
from madang.samplecity.layers.facilities.slips import Planted, plant
from madang.samplecity.map_paper import GeoJsonPaper
from madang.samplecity.paper import Defect, Paper, Planting, Texts, texts_of
from madang.samplecity.sheet_paper import Cell, DocumentPaper, Sheet, WorkbookPaper
from madang.samplecity.text_paper import JsonPaper, TextPaper

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d+)?")
_ENDS = {"csv": "csv", "json": "json", "xlsx": "xlsx", "hwpx": "hwpx", "geojson": "geojson", "xml": "xml"}


def paper_of(kind: Kind, texts: Texts, sites: Sites, delivery: Delivery, planted: list[Planted]) -> Paper:
    """The paper of a kind with its slips."""
    path = f"{kind.stem}_{delivery.stamp}.{_ENDS[kind.form]}"
    texts = {header: list(cells) for header, cells in texts.items()}
    if kind.form == "geojson":
        return GeoJsonPaper(path, shapely.points(sites.x, sites.y), texts, kind.digits)
    if kind.form in ("xlsx", "hwpx"):
        sheet = _sheet(kind, texts, planted)
        return WorkbookPaper(path, [sheet]) if kind.form == "xlsx" else DocumentPaper(path, [sheet])
    paper: TextPaper | JsonPaper | XmlPaper
    if kind.form == "json":
        paper = JsonPaper(path=path, columns=texts)
    elif kind.form == "xml":
        paper = XmlPaper(path=path, columns=texts)
    else:
        paper = TextPaper(path=path, columns=texts, encoding=kind.encoding)
    plant(planted, texts, paper)
    return paper


def _sheet(kind: Kind, texts: Texts, planted: list[Planted]) -> Sheet:
    """The table as a person lays it out: titles above, columns of one group below a merged header."""
    options = kind.options or {}
    group, headers = options.get("merged", ""), list(texts)
    top = [group if group and header.startswith(group) else header for header in headers]
    below = [
        header[len(group) :].strip("()") if group and header.startswith(group) else "" for header in headers
    ]
    levels = [top, below] if group else [headers]
    slips = Planting()
    plant(planted, texts, slips)
    rows = zip(*([_cell(header, cell) for cell in cells] for header, cells in texts.items()), strict=True)
    sheet = Sheet("Sheet1", levels, list(rows), options.get("titles", ()), options.get("notes", ()))
    for each in slips.plants:
        sheet.plant(each.row, sheet.labels[headers.index(each.column)], each.value, each.rule, each.severity)
    return sheet


def _cell(header: str, cell: str) -> Cell:
    """Numbers as numbers; codes and what is longer than a workbook's numbers stay text."""
    if header.endswith(("코드", "번호")) or not _NUMBER.fullmatch(cell):
        return cell or None
    return float(cell) if "." in cell else int(cell)


@dataclass
class XmlPaper(Planting):
    """A table as XML: ``<records><record>`` with an element for each header."""

    path: str = ""
    columns: Texts = field(default_factory=dict)

    def write(self, folder: Path) -> list[Defect]:
        texts = texts_of(self.columns)
        self.apply(texts)
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<records>"]
        for row in zip(*texts.values(), strict=True):
            cells = zip(texts, row, strict=True)
            lines.append("<record>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for tag, cell in cells) + "</record>")  # fmt: skip
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join([*lines, "</records>", ""]), encoding="utf-8")
        return [Defect(self.path, each.row + 1, each.column, each.rule, each.severity, each.value) for each in self.plants]  # fmt: skip
