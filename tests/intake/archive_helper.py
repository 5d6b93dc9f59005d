"""Archives made byte by byte where zipfile would not make them so."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from madang.intake.raw import RawTable

ROWS = "시설명,주소,면적\n가람도서관,새별로 1,10\n나래도서관,새별로 2,20\n다온도서관,새별로 3,30\n"


def zipped(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A ZIP of `files` with names flagged as UTF-8."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def raw_zip(path: Path, entries: list[tuple[bytes, bytes, int]]) -> Path:
    """A ZIP of stored entries (name bytes, content, flag bits), without looking at any of it."""
    body, directory = bytearray(), bytearray()
    for name, content, flags in entries:
        same = struct.pack(
            "<HHHHHIIIHH", 20, flags, 0, 0, 0, zlib.crc32(content), len(content), len(content), len(name), 0
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + same
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + same + name + content
    count = len(entries)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(bytes(body + directory) + b"PK\x05\x06" + end)
    return path


def rows_of(table: RawTable) -> list[list[str]]:
    """The staged rows, each with its physical row first."""
    whole = pa.Table.from_batches(list(table.batches()), table.schema())
    return [list(map(str, row.values())) for row in whole.to_pylist()]
