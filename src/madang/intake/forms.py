"""Which reader takes which form of file: one line each. A reader is loaded only when a file of its form comes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from madang.intake.kinds import Kind, kind_of
from madang.intake.raw import Override, Progress, RawTable, Refused

# A reader stages the tables of a file in the folder it is given. Raises Refused.
Reader = Callable[[Path, Path, Override, Progress], list[RawTable]]

_READERS: dict[Kind, str] = {
    "text": "csv_read:read_csv",
    "excel": "excel:read_excel",
    "json": "json_read:read_json",
    "xml": "xml_read:read_xml",
    "parquet": "parquet_read:read_parquet",
    "layer": "layer_read:read_layer",
    "hwpx": "hwpx_read:read_hwpx",
    "hwp": "hwp_read:read_hwp",
    "archive": "archive_read:read_archive",
}
_WITH_TEXT = ("text", "excel", "json", "xml")  # in which shapes may be written as text
_READ_HERE = (
    "text",
    "excel",
)  # bounded by their own readers; every other form is read in a process of its own


def read_tables(
    path: Path, name: str, place: Path, override: Override, progress: Progress, member: str | None = None
) -> list[RawTable]:
    """The tables of the file at `path`, which arrived under `name`, staged in `place`. Raises Refused.

    `member`: only this file of an archive. What is neither delimited text nor a workbook is read by another process,
    with a limit of memory and time (`reader_apart`).
    """
    if kind_of(path, name) in _READ_HERE:
        return read_here(path, name, place, override, progress)
    from madang.intake.reader_apart import read_apart

    return read_apart(path, name, place, override, progress, member)


def read_here(path: Path, name: str, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    """`read_tables` within this process, whatever the form: for the process of readers, where nothing can be lost."""
    kind = kind_of(path, name)
    try:
        tables = reader_of(kind)(path, place, override, progress)
        if kind in _WITH_TEXT:
            from madang.intake.layer_wkt import with_shapes

            return with_shapes(tables, place)
        return tables
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a library in Rust gave up: no Exception to Python
            raise
        broken = Refused("workbook_broken", file=name) if kind == "excel" else RuntimeError(str(error))
        raise broken from error


def reader_of(kind: Kind) -> Reader:
    """The reader of a kind of file."""
    module, function = _READERS[kind].split(":")
    found: Reader = getattr(import_module(f"madang.intake.{module}"), function)
    return found
