"""The one way out of the bank: `export` writes a version in the order of its source, with bounded memory."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Literal, get_args

from madang.bank.durable import disk_errors, fsync_file, fsync_folder
from madang.declarations.standard import DatasetColumn
from madang.engine.duck import connect
from madang.formats.hwpx import write_hwpx
from madang.formats.lines import write_csv, write_json, write_jsonl
from madang.formats.parquet import write_parquet
from madang.formats.shapes import write_geojson
from madang.formats.shapes_text import Form
from madang.formats.source import Source
from madang.formats.xlsx import write_xlsx
from madang.intake.raw import Progress, no_progress
from madang.messages import MadangError

Format = Literal["csv", "csv-utf8", "xlsx", "hwpx", "json", "jsonl", "geojson", "parquet", "geoparquet"]
_SHAPES: dict[str, Form] = {
    "json": "geojson", "jsonl": "geojson", "geojson": "geojson", "parquet": "wkb", "geoparquet": "wkb",
}  # fmt: skip
FORMATS: tuple[Format, ...] = get_args(Format)


def export(
    files: Sequence[Path],
    columns: Sequence[DatasetColumn],
    fmt: str,
    out: Path | BinaryIO,
    *,
    title: str = "",
    as_of: str = "",
    source: str = "",
    with_source_row: bool = False,
    places: bool = True,
    raw: bool = False,
    progress: Progress = no_progress,
    temp_dir: Path | None = None,
) -> int:
    """Write the rows of one version, given as its typed Parquet `files`, to `out`; returns the number of rows.

    Rows stand in the order of the source (`source_row`); the header has the source's labels. Behind the
    source's columns stand lon, lat, dong_code and geo_level, where the version has them, unless not `places` (as lon_2 …
    where the source has such a label); source_row stands first `with_source_row`. Null is empty (in JSON: null).

    ========  ==========================================================================================
    csv       for Excel: UTF-8 with BOM, CRLF; 2026-11-21, 2026-11-21 09:30:00, true, false
    csv-utf8  without BOM, LF; date and time joined by T
    xlsx      numbers, dates and true/false as such, text as text (0012 stays); header fixed; a sheet tells
              `title`, `as_of` and `source`; above 1,048,575 rows several sheets
    json      an array of objects, one per line; jsonl: one object per line
    geojson   a FeatureCollection, one feature per line; its geometry is the row's shape, else its lon and lat
    hwpx      a document of 한글 with one table: the first 1,000 rows and 30 columns, and says where there are more
    parquet   zstd; `title`, `as_of` and `source` in the metadata; with shapes GeoParquet 1.1
    geoparquet  as parquet; rows without shapes have their place (lon, lat) as a point in `geometry`
    ========  ==========================================================================================

    Shapes (WKB, EPSG:4326) are WKT in CSV and XLSX, GeoJSON objects in JSON.

    A text cell (or label) that a spreadsheet would take for a formula (it begins with = + - @, tab or CR and is
    no number) gets ' before it in CSV, and in XLSX the mark that Excel itself keeps for such a ' (the text is
    unchanged); `raw` leaves both out. A Path is written beside and then replaced: never half a file. DuckDB sorts
    in 700 MB and spills to `temp_dir` (by default the system's).

    Raises MadangError: format_unknown, folder_missing, export_too_wide (xlsx, above 16,384 columns), disk_full and its like.
    """
    if fmt not in FORMATS:
        raise MadangError("format_unknown", format=fmt, formats=", ".join(FORMATS))
    about = {"title": title, "as_of": as_of, "source": source}
    with (
        tempfile.TemporaryDirectory(dir=temp_dir) as spill,
        connect(temp_dir=Path(spill)) as con,
        _opened(out) as stream,
    ):
        rows = Source(
            con,
            files,
            columns,
            with_source_row=with_source_row,
            places=places,
            spill=Path(spill),
            shapes=_SHAPES.get(fmt, "wkt"),
            points=fmt in ("geojson", "geoparquet"),
        )
        if fmt == "xlsx":
            write_xlsx(rows, stream, progress, about, raw=raw)
        elif fmt == "hwpx":
            write_hwpx(rows, stream, progress, about)
        elif fmt in ("parquet", "geoparquet"):
            write_parquet(rows, stream, progress, about)
        elif fmt == "geojson":
            write_geojson(rows, stream, progress, title)
        elif fmt == "json":
            write_json(rows, stream, progress)
        elif fmt == "jsonl":
            write_jsonl(rows, stream, progress)
        else:
            write_csv(rows, stream, progress, excel=fmt == "csv", raw=raw)
        return rows.rows


@contextmanager
def _opened(out: Path | BinaryIO) -> Iterator[IO[bytes]]:
    """A stream to write to; a path gets its file whole and on disk, or not at all."""
    if not isinstance(out, Path):
        yield out
        return
    if not out.parent.is_dir():
        raise MadangError("folder_missing", path=out.parent)
    with disk_errors(out):
        beside = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
        try:
            with open(beside, "xb", buffering=1 << 20) as stream:
                yield stream
            fsync_file(beside)
            beside.replace(out)
            fsync_folder(out.parent)
        finally:
            beside.unlink(missing_ok=True)
