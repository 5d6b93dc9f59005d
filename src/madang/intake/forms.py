"""Which reader takes which form of file: one line each. A reader is loaded only when a file of its form comes."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from madang.intake.kinds import Kind, kind_of
from madang.intake.raw import Override, Progress, RawTable

# A reader stages the tables of a file in the folder it is given. Raises Refused.
Reader = Callable[[Path, Path, Override, Progress], list[RawTable]]

_READERS: dict[Kind, str] = {
    "text": "csv_read:read_csv",
    "excel": "excel:read_excel",
}


def read_tables(path: Path, name: str, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    """The tables of the file at `path`, which arrived under `name`, staged in `place`. Raises Refused."""
    return reader_of(kind_of(path, name))(path, place, override, progress)


def reader_of(kind: Kind) -> Reader:
    """The reader of a kind of file."""
    module, function = _READERS[kind].split(":")
    found: Reader = getattr(import_module(f"madang.intake.{module}"), function)
    return found
