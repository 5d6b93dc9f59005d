"""Resident numbers in an original outside its tables: words of a document, comments, members that are no table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.archive_guard import BROKEN
from madang.intake.kinds import kind_of
from madang.intake.raw import RawTable
from madang.privacy.outright import ASCII, written

_BLOCK, _OVERLAP = 1 << 20, 64  # bytes; a number with its neighbours is shorter than the overlap
_MOST_BYTES = 1 << 30  # unpacked bytes of an original that are searched
_MOST_NUMBERS = 100
_STAGED = ("xl/worksheets/", "xl/sharedStrings.xml")  # of workbooks: what the reader stages, cell by cell
_WHOLLY_STAGED = ("text", "parquet")  # kinds of whose bytes nothing is left out


def tell_outside(path: Path, name: str, tables: Sequence[RawTable]) -> None:
    """Have the problems of `tables` remember where the original at `path` holds resident numbers in none of them.

    Only numbers with a mark between their halves are looked for, in at most 1 GiB of unpacked bytes; one that stands
    in a staged cell is judged with its column, not here. Costs one more reading of what is not delimited text.
    """
    if not tables or kind_of(path, name) in _WHOLLY_STAGED:
        return
    found = resident_numbers(path)
    for table in tables:
        found = found - _staged(table, found) if found and table.refused is None else found
    for table in tables if found else ():
        table.problems.resident = True


def resident_numbers(path: Path) -> set[str]:
    """Resident numbers as they are written in the bytes of a file, or of the members of a ZIP; no more than a hundred."""
    found: set[str] = set()
    left = _MOST_BYTES
    for stream in _streams(path):
        before = b""
        with suppress(*BROKEN):
            while left > 0 and len(found) < _MOST_NUMBERS and (block := stream.read(_BLOCK)):
                left -= len(block)
                searched = before + block
                if pc.match_substring_regex(pa.array([searched], pa.binary()), ASCII)[0].as_py():
                    found.update(written(searched.decode("latin-1")))
                before = searched[-_OVERLAP:]
    return found


def _streams(path: Path) -> Iterator[IO[bytes]]:
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as stream:
            yield stream
        return
    with suppress(*BROKEN), zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith(_STAGED):
                continue
            with suppress(*BROKEN), archive.open(member) as stream:
                yield stream


def _staged(table: RawTable, numbers: set[str]) -> set[str]:
    """Which of `numbers` stand in the cells of a table."""
    there: set[str] = set()
    for batch in table.batches():
        for column in batch.columns[1:]:
            for number in numbers - there:
                if pc.any(pc.match_substring(column, number)).as_py():
                    there.add(number)
        if there == numbers:
            break
    return there
