"""Papers in text: CSV in CP949 or UTF-8, with tabs or bars, with or without a header, JSON of the standard data."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from madang.samplecity.paper import Column, Defect, Planting, texts_of


@dataclass
class TextPaper(Planting):
    """A table as delimited text.

    `encoding`: "cp949", "utf-8" or "utf-8-sig". `before`: lines above the header (a title, a note).
    `quoted`: every cell in quotes, as some portals write.
    """

    path: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    encoding: str = "cp949"
    delimiter: str = ","
    header: bool = True
    line_end: str = "\r\n"
    quoted: bool = False
    before: tuple[str, ...] = ()

    def write(self, folder: Path) -> list[Defect]:
        texts = texts_of(self.columns)
        self.apply(texts)
        rows = list(zip(*texts.values(), strict=True))
        out = io.StringIO(newline="")
        out.writelines(line + self.line_end for line in self.before)
        writer = csv.writer(
            out,
            delimiter=self.delimiter,
            lineterminator=self.line_end,
            quoting=csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL,
        )
        if self.header:
            writer.writerow(texts)
        writer.writerows(rows)
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(out.getvalue().encode(self.encoding))
        first = len(self.before) + self.header + 1
        starts = self._starts(rows, first) if self.plants else []
        return [
            Defect(self.path, starts[each.row], each.column, each.rule, each.severity, each.value)
            for each in self.plants
        ]

    def _starts(self, rows: list[tuple[str, ...]], first: int) -> list[int]:
        """The physical line at which each row begins: letters have line ends inside their cells."""
        heights = (1 + "".join(row).count("\n") for row in rows)
        return list(accumulate(heights, initial=first))


@dataclass
class JsonPaper(Planting):
    """A table as the portal's JSON of standard data: ``{"fields": [{"id": …}], "records": [{…}]}``."""

    path: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)

    def write(self, folder: Path) -> list[Defect]:
        texts = texts_of(self.columns)
        self.apply(texts)
        records = [dict(zip(texts, row, strict=True)) for row in zip(*texts.values(), strict=True)]
        value = {"fields": [{"id": header} for header in texts], "records": records}
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")
        return [
            Defect(self.path, each.row + 1, each.column, each.rule, each.severity, each.value)
            for each in self.plants
        ]
