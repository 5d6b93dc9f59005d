"""Tables inside HWP 5 documents: records of the sections of an OLE2 file, by Hancom's published format (revision 1.3).

A record is a 32-bit word (tag in bits 0-9, level in bits 10-19, size in bits 20-31; a size of 0xFFF is followed by
the true one) and its bytes. A table is a CTRL_HEADER "tbl " with, one level deeper, a TABLE record and for each cell a
LIST_HEADER (8 bytes of list, then column, row, columns and rows spanned, 16 bits each) followed, at that same level,
by the cell's paragraphs. A LIST_HEADER before the TABLE record is the caption.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import olefile

from madang.intake.hwp_blocks import DEPTH, Budget, Cell, Paragraph, Table, TooLarge
from madang.intake.hwp_tables import stage_document
from madang.intake.raw import Override, Progress, RawTable, Refused, no_progress

_SIGNATURE = b"HWP Document File".ljust(32, b"\0")
_COMPRESSED, _CHANGES = 1 << 0, 1 << 14
_LOCKED = 1 << 1 | 1 << 4 | 1 << 8 | 1 << 10  # password, DRM, certificate, certificate DRM
_FOR_SHOW = 1 << 2  # a document for distribution
_PARA_HEADER, _PARA_TEXT, _CTRL_HEADER, _LIST_HEADER, _TABLE = 66, 67, 71, 72, 77
_SIZE = 256 * 1024**2  # of the file, and of all sections inflated
_RECORDS = 4_000_000
_TITLE = 0x4  # flag of a cell of the header
_CELL_HEAD = struct.Struct("<HIHHHHH")
# controls whose words stand beside the body: headers, footers, notes, comments, definitions
_MUTE = frozenset((b"head", b"foot", b"fn  ", b"en  ", b"tcmt", b"secd"))
# eight characters each: tab and other controls within the line; all others that stand for an object
_WIDE = re.compile("([\x01-\x09\x0b\x0c\x0e-\x17]).{7}", re.S)
_LOOSE = re.compile("[\x00-\x08\x0b-\x17\x19-\x1d]")
_BROKEN = (
    OSError,
    ValueError,
    struct.error,
    zlib.error,
    IndexError,
    OverflowError,
    RecursionError,
    TypeError,
)


def read_hwp(path: Path, place: Path, override: Override, progress: Progress = no_progress) -> list[RawTable]:
    """The tables of a document, staged in `place`, as `read_hwpx` does. Progress counts sections.

    Raises Refused: document_broken, document_encrypted, document_for_show, document_changes, document_bomb,
    document_no_table.
    """
    if path.stat().st_size > _SIZE:
        raise Refused("document_bomb", file=path.name, reason=f"{path.stat().st_size / 1024**2:,.0f} MB")
    reading = _Reading()
    try:
        sections = list(_sections(path))
        for done, section in enumerate(sections, 1):
            reading.section(section)
            progress(done, len(sections))
    except TooLarge as large:
        raise Refused("document_bomb", file=path.name, reason=str(large)) from large
    except _BROKEN as error:
        raise Refused("document_broken", file=path.name) from error
    return stage_document(path.name, reading.flow, place, override, prefix="hwp")


def _sections(path: Path) -> Iterator[bytes]:
    """The records of each section in order, inflated. Raises Refused, TooLarge."""
    with olefile.OleFileIO(str(path)) as ole:
        if not ole.exists("FileHeader"):
            raise Refused("document_broken", file=path.name)
        head = ole.openstream("FileHeader").read(256)
        if len(head) < 40 or not head.startswith(_SIGNATURE) or head[35] != 5:
            raise Refused("document_broken", file=path.name)
        (flags,) = struct.unpack_from("<I", head, 36)
        for mask, code in (
            (_LOCKED, "document_encrypted"), (_FOR_SHOW, "document_for_show"), (_CHANGES, "document_changes"),
        ):  # fmt: skip
            if flags & mask:
                raise Refused(code, file=path.name)
        numbers = sorted(int(m[1]) for name in ole.listdir() if (m := _SECTION.fullmatch("/".join(name))))
        if not numbers:
            raise Refused("document_broken", file=path.name)
        left = _SIZE
        for number in numbers:
            data = ole.openstream(f"BodyText/Section{number}").read()
            section = _inflated(data, left) if flags & _COMPRESSED else data
            left -= len(section)
            yield section


_SECTION = re.compile(r"BodyText/Section(\d{1,5})")


def _inflated(data: bytes, most: int) -> bytes:
    """A raw deflate stream; it must end, and hold no more than `most` bytes."""
    inflater = zlib.decompressobj(-15)
    found = inflater.decompress(data, most + 1)
    if len(found) > most:
        raise TooLarge("reason_unpacked_over", size=f"{_SIZE / 1024**2:,.0f} MB")
    if not inflater.eof:
        raise ValueError("the section ends too early")
    return found


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag, level and bytes of each record. Raises ValueError where one runs past the end, TooLarge."""
    at, count = 0, 0
    while at < len(data):
        (word,) = struct.unpack_from("<I", data, at)
        at += 4
        size = word >> 20
        if size == 0xFFF:
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        if at + size > len(data):
            raise ValueError("a record runs past the end")
        count += 1
        if count > _RECORDS:
            raise TooLarge("reason_records_over", count=f"{_RECORDS:,}")
        yield word & 0x3FF, word >> 10 & 0x3FF, data[at : at + size]
        at += size


@dataclass
class _Open:
    """A control, or a paragraph, that deeper records belong to; `flow` is where its paragraphs go."""

    level: int
    flow: list[Paragraph | Table] | None  # None: what stands in it is passed over
    table: Table | None = None
    paragraph: Paragraph | None = None
    sized: bool = False  # the TABLE record has come: what follows are cells


class _Reading:
    """What is found while the records go by."""

    def __init__(self) -> None:
        self.flow: list[Paragraph | Table] = []
        self.budget = Budget()

    def section(self, data: bytes) -> None:
        """Read one section. Raises ValueError, struct.error where it is broken, TooLarge."""
        stack = [_Open(-1, self.flow)]
        for tag, level, payload in _records(data):
            while stack[-1].level >= level:
                stack.pop()
            above = stack[-1]
            if tag == _PARA_HEADER:
                paragraph = Paragraph()
                if above.flow is not None:
                    above.flow.append(paragraph)
                stack.append(_Open(level, above.flow, paragraph=paragraph))
            elif tag == _PARA_TEXT and above.paragraph is not None:
                above.paragraph.parts.append(plain(payload))
            elif tag == _CTRL_HEADER:
                stack.append(_control(level, payload, above.flow, len(stack)))
            elif tag == _TABLE and above.table is not None:
                above.sized = True
            elif tag == _LIST_HEADER and above.table is not None:
                self._list(above, payload)

    def _list(self, above: _Open, payload: bytes) -> None:
        """The paragraphs that follow stand in a cell, or in the caption where no TABLE record has come yet."""
        table = above.table
        assert table is not None
        if not above.sized:
            above.flow = table.caption
            return
        _, _, flags, column, row, wide, high = _CELL_HEAD.unpack_from(payload)
        cell = Cell(row, column, max(1, high), max(1, wide), bool(flags & _TITLE))
        self.budget.take(cell)
        table.cells.append(cell)
        above.flow = cell.flow


def _control(level: int, payload: bytes, flow: list[Paragraph | Table] | None, deep: int) -> _Open:
    name = payload[3::-1]
    if flow is None or name in _MUTE:
        return _Open(level, None)
    if name != b"tbl ":
        return _Open(level, flow)
    if deep > 3 * DEPTH:
        raise TooLarge("reason_deep_table", depth=DEPTH)
    table = Table()
    flow.append(table)
    return _Open(level, None, table=table)


def plain(payload: bytes) -> str:
    """The words of a PARA_TEXT record: UTF-16 in which units below 32 are controls of one unit or of eight."""
    units = np.frombuffer(payload[: len(payload) // 2 * 2], "<u2").astype("<u4")
    text = units.tobytes().decode("utf-32-le", "surrogatepass")  # one character for each unit
    text = _WIDE.sub(lambda found: " " if found[1] == "\t" else "", text)
    text = text.replace("\x18", "-").translate({10: " ", 13: " ", 30: " ", 31: " "})
    text = _LOOSE.sub("", text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
