"""Hangul documents made for tests: HWPX from XML written here, HWP 5 record by record after the published format."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from hwpx.hwp5.cfb import build_compound_file

_SPACES = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'
# a cell: its text, or (text, columns, rows) where it is merged; None: under a merged one
Given = str | tuple[str, int, int] | None

LIBRARIES = [
    ["연번", "시설명", "개관일", "면적"],
    ["1", "가람도서관", "2001-03-02", "120"],
    ["2", "나래도서관", "2003-04-05", "80"],
    ["3", "다온도서관", "2011-01-09", "95.5"],
]
PEOPLE: list[list[Given]] = [
    [("구분", 1, 2), ("인구", 2, 1), None, ("세대", 1, 2)],
    [None, "남", "여", None],
    ["동구", "100", "110", "90"],
    ["서구", "120", "120", "80"],
    ["남구", "80", "100", "70"],
]


def p(*inside: str) -> str:
    """A paragraph of words or of objects (given as XML)."""
    runs = "".join(each if each.startswith("<") else f"<hp:t>{escape(each)}</hp:t>" for each in inside)
    return f'<hp:p id="0"><hp:run charPrIDRef="0">{runs}</hp:run></hp:p>'


def tbl(
    rows: Sequence[Sequence[Given]], *, titles: int = 0, caption: str = "", addresses: bool = True
) -> str:
    """A table; cells that begin with "<" are XML. `titles` rows are marked as header."""
    made = []
    for r, row in enumerate(rows):
        cells = []
        for c, given in enumerate(row):
            if given is None:
                continue
            text, wide, high = given if isinstance(given, tuple) else (given, 1, 1)
            address = f'<hp:cellAddr colAddr="{c}" rowAddr="{r}"/>' if addresses else ""
            cells.append(
                f'<hp:tc header="{int(r < titles)}"><hp:subList>{text if text.startswith("<hp:p") else p(text)}</hp:subList>'
                f'{address}<hp:cellSpan colSpan="{wide}" rowSpan="{high}"/></hp:tc>'
            )
        made.append(f"<hp:tr>{''.join(cells)}</hp:tr>")
    said = f"<hp:caption><hp:subList>{p(caption)}</hp:subList></hp:caption>" if caption else ""
    return f'<hp:tbl rowCnt="{len(rows)}" colCnt="{len(rows[0])}">{said}{"".join(made)}</hp:tbl>'


def hwpx(path: Path, *sections: str, more: dict[str, bytes | str] | None = None, head: str = "") -> Path:
    """A package of sections, each given as the XML of its paragraphs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/hwp+zip")
        package.writestr("Contents/content.hpf", "<opf/>")
        for number, body in enumerate(sections):
            xml = f'<?xml version="1.0" encoding="UTF-8"?>{head}<hs:sec {_SPACES}>{body}</hs:sec>'
            package.writestr(f"Contents/section{number}.xml", xml)
        for name, content in (more or {}).items():
            package.writestr(name, content)
    return path


def record(tag: int, level: int, payload: bytes = b"") -> bytes:
    """One record: tag, level, size in a 32-bit word; a size from 4,095 on in a word of its own."""
    size = min(len(payload), 0xFFF)
    word = struct.pack("<I", tag | level << 10 | size << 20)
    return word + (struct.pack("<I", len(payload)) if size == 0xFFF else b"") + payload


def paragraph(level: int, text: bytes | str, controls: bytes = b"") -> bytes:
    """PARA_HEADER (66) and PARA_TEXT (67) one level deeper, then the records of its controls."""
    words = text.encode("utf-16-le") if isinstance(text, str) else text
    units = words + b"\r\0"
    header = struct.pack("<IIHBBHHHI", len(units) // 2, 0, 0, 0, 0, 0, 0, 0, 0)
    return record(66, level, header) + record(67, level + 1, units) + controls


def control(code: int, name: str = "tbl ") -> bytes:
    """An extended control within a text: eight units, the code first and last, the id of the object after the first."""
    return struct.pack("<H", code) + name[::-1].encode() + bytes(8) + struct.pack("<H", code)


def hwp_table(level: int, rows: Sequence[Sequence[Given]], *, titles: int = 0, caption: str = "") -> bytes:
    """CTRL_HEADER (71) "tbl ", the caption's and the cells' LIST_HEADER (72) around the TABLE record (77)."""
    made = record(71, level, b"tbl "[::-1] + bytes(42))
    if caption:
        made += record(72, level + 1, struct.pack("<HIHIIHI", 1, 0, 0, 3, 8504, 850, 0)) + paragraph(
            level + 1, caption
        )
    counts = [sum(given is not None for given in row) for row in rows]
    sizes = struct.pack(f"<{len(rows)}H", *counts)
    table = (
        struct.pack("<IHHH4H", 0, len(rows), len(rows[0]), 0, 0, 0, 0, 0) + sizes + struct.pack("<HH", 1, 0)
    )
    made += record(77, level + 1, table)
    for r, row in enumerate(rows):
        for c, given in enumerate(row):
            if given is None:
                continue
            text, wide, high = given if isinstance(given, tuple) else (given, 1, 1)
            flags = 4 if r < titles else 0
            head = struct.pack("<HIHHHHHII4HH", 1, 0, flags, c, r, wide, high, 100, 100, 0, 0, 0, 0, 1)
            made += record(72, level + 1, head) + paragraph(level + 1, text)
    return made


def hwp(path: Path, *sections: bytes, flags: int = 1, more: Iterable[tuple[str, bytes]] = ()) -> Path:
    """A document of sections (records); bit 0 of `flags` says that they are compressed."""
    head = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags)
    streams = {"FileHeader": head.ljust(256, b"\0"), "DocInfo": b"", **dict(more)}
    for number, section in enumerate(sections):
        streams[f"BodyText/Section{number}"] = _deflated(section) if flags & 1 else section
    path.write_bytes(build_compound_file(list(streams.items())))
    return path


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()
