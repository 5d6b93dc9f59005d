"""Attribute tables of shapefiles (dBASE): fixed-width records read in bulk, every cell exactly as it is written.

The encoding is found by evidence: what decodes all text cells, tried in the order of what is said (.cpg, language
byte) and what is usual here (UTF-8, CP949); a single-byte encoding fits anything and so is no evidence.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from madang.intake.raw import Evidence, Refused
from madang.messages import text

_BLOCK = 8 << 20  # bytes of records read at a time
_VERSIONS = frozenset(b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\xcb\xe5\xf5")
_LANGUAGES = {  # language driver byte -> codec
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x4D: "cp936", 0x4E: "cp949", 0x4F: "cp950", 0x57: "cp1252",
    0x58: "cp1252", 0x59: "cp1252", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936", 0x7B: "cp932",
}  # fmt: skip
_SAME = {"euc-kr": "cp949", "euckr": "cp949", "949": "cp949", "ms949": "cp949", "ansi 949": "cp949", "uhc": "cp949",
         "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "korean": "cp949", "ansi 1252": "cp1252", "1252": "cp1252",
         "932": "cp932", "936": "cp936", "88591": "latin-1", "utf8": "utf-8", "65001": "utf-8"}  # fmt: skip
_WIDE = frozenset({"utf-8", "cp949", "cp932", "cp936", "cp950", "gbk", "big5", "shift_jis", "johab"})
_BAD_SHOWN = 40


@dataclass(frozen=True)
class Field:
    """A column of the records: bytes `start` to `start + width`."""

    raw_name: bytes
    kind: str
    start: int
    width: int


@dataclass(frozen=True)
class BadCell:
    """A cell with bytes that are no text in the encoding: record (1-based), label, what it became, whether only its
    last letter was cut off."""

    record: int
    label: str
    shown: str
    cut: bool


@dataclass
class Dbf:
    """An open attribute table. `bad` fills while `blocks` is read; `deleted` counts records marked as deleted."""

    path: Path
    records: int
    fields: list[Field]
    _header: int
    _length: int
    _language: int
    encoding: str = "utf-8"
    labels: list[str] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    bad_count: int = 0
    deleted: int = 0

    @classmethod
    def open(cls, path: Path) -> Dbf:
        """Read the header. Raises Refused (dbf_broken, layer_part_truncated)."""
        with path.open("rb") as stream:
            head = stream.read(32)
            if not looks_like_dbf(head):
                raise Refused("dbf_broken")
            header, length = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
            described = stream.read(max(header - 32, 0))
        records = int.from_bytes(head[4:8], "little")
        fields = _fields(described, length)
        there = path.stat().st_size
        if header + records * length > there:
            raise Refused(
                "layer_part_truncated",
                part=".dbf",
                size=f"{there:,}",
                wanted=f"{header + records * length:,}",
            )
        return cls(path, records, fields, header, length, head[29])

    def decide(self, cpg: str | None, told: str | None) -> Evidence:
        """Choose the encoding (`told` by a person, `cpg`: what the .cpg says) and read the names of the fields by it."""
        codec, because, sure = self._choose(cpg, told)
        self.encoding = codec
        self.labels = [each.raw_name.decode(codec, "replace").strip() for each in self.fields]
        return Evidence("encoding", codec, because, sure)

    def blocks(self) -> Iterator[tuple[NDArray[np.int64], dict[int, pa.Array]]]:
        """Record numbers (1-based, deleted ones left out) and text cells by position of the field, block by block."""
        for first, rows in self._raw():
            kept = np.flatnonzero(rows[:, 0] != 0x2A)
            self.deleted += len(rows) - len(kept)
            chosen = rows if len(kept) == len(rows) else rows[kept]
            numbers = first + kept.astype(np.int64)
            yield numbers, {i: self._cells(each, i, chosen, numbers) for i, each in enumerate(self.fields)}

    def _raw(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        step = max(_BLOCK // self._length, 1)
        with self.path.open("rb") as stream:
            stream.seek(self._header)
            for first in range(0, self.records, step):
                count = min(step, self.records - first)
                data = np.frombuffer(stream.read(count * self._length), np.uint8)
                yield first + 1, data.reshape(count, self._length)

    def _cells(
        self, column: Field, place: int, rows: NDArray[np.uint8], numbers: NDArray[np.int64]
    ) -> pa.Array:
        raw = np.ascontiguousarray(rows[:, column.start : column.start + column.width])
        match column.kind:
            case "I" | "+" if column.width == 4:
                order = "<i4" if column.kind == "I" else ">i4"
                return pa.array(raw.view(order).ravel()).cast(pa.string())
            case "B" | "O" if column.width == 8:
                return pa.array([repr(float(value)) for value in raw.view("<f8").ravel()], pa.string())
            case "M" | "G" | "P" | "@" | "T" | "0":
                return pa.array([""] * len(rows), pa.string())
            case "L":
                signs = pa.array([bytes(each) for each in raw[:, :1]], pa.binary())
                words = pa.array(["true", "false"])
                at = pc.index_in(signs, pa.array([b"T", b"t", b"Y", b"y", b"F", b"f", b"N", b"n"]))
                return pc.fill_null(words.take(pc.cast(pc.divide(at, 4), pa.int32())), "")
        return self._texts(raw, place, numbers)

    def _texts(self, raw: NDArray[np.uint8], place: int, numbers: NDArray[np.int64]) -> pa.Array:
        cells = raw.view(f"S{raw.shape[1]}").ravel().tolist()
        decoded = _decoded(cells, self.encoding)
        if decoded is None:
            decoded = [self._text(cell, raw.shape[1], place, int(number))
                       for cell, number in zip(cells, numbers, strict=True)]  # fmt: skip
        return pc.utf8_trim(pa.array(decoded, pa.string()), " \0\t\r\n")

    def _text(self, cell: bytes, width: int, place: int, number: int) -> str:
        """A cell of a block that does not decode as a whole."""
        try:
            return cell.decode(self.encoding)
        except UnicodeDecodeError:
            kept = _without_cut(cell, width, self.encoding)
            shown = cell.decode(self.encoding, "replace") if kept is None else kept
            self.bad_count += 1
            if len(self.bad) < 100_000:
                self.bad.append(
                    BadCell(number, self.labels[place], shown.strip()[:_BAD_SHOWN], kept is not None)
                )
            return shown

    def _choose(self, cpg: str | None, told: str | None) -> tuple[str, str, float]:
        if told:
            return _codec(told) or "utf-8", text("dbf_because_told"), 1.0
        said, by = _codec(cpg or ""), text("dbf_because_cpg", name=(cpg or "").strip()[:40])
        if said is None and self._language in _LANGUAGES:
            said, by = _LANGUAGES[self._language], text("dbf_because_language", byte=self._language)
        wide = [said] if said in _WIDE else []
        bad = dict.fromkeys(dict.fromkeys([*wide, "utf-8", "cp949"]), 0)
        beyond = self._count_bad(bad)
        if not beyond:
            return said or "utf-8", text("dbf_because_ascii"), 1.0
        if bad["utf-8"] == 0 and (said == "utf-8" or beyond > 2 or not wide):
            because = text("dbf_because_clean", cells=f"{beyond:,}", name="UTF-8")
            return "utf-8", by if said == "utf-8" else because, 0.99
        for codec in bad:
            if bad[codec] == 0:
                because = text("dbf_because_clean", cells=f"{beyond:,}", name=codec.upper())
                return codec, f"{by}; {because}" if codec == said else because, 0.95
        best = min(bad, key=lambda codec: bad[codec])
        if said and said not in _WIDE and 10 * bad[best] > beyond:
            return said, by, 0.5
        because = text("dbf_because_best", cells=f"{beyond:,}", bad=f"{bad[best]:,}", name=best.upper())
        return best, because, 0.7

    def _count_bad(self, bad: dict[str, int]) -> int:
        """Count, for each codec, the text cells beyond ASCII that it does not decode; returns how many those are."""
        names = [each.raw_name for each in self.fields if not each.raw_name.isascii()]
        beyond = len(names)
        for codec in bad:
            bad[codec] = sum(_without_cut(name, 10, codec) is None for name in names)
        texts = [each for each in self.fields if each.kind == "C"]
        for _, rows in self._raw():
            if not (rows & 0x80).any():
                continue
            for each in texts:
                raw = np.ascontiguousarray(rows[:, each.start : each.start + each.width])
                chosen = raw[(raw & 0x80).any(axis=1)]
                beyond += len(chosen)
                cells = chosen.view(f"S{each.width}").ravel().tolist()
                for codec in bad:
                    if _decoded(cells, codec) is None:
                        bad[codec] += sum(_without_cut(cell, each.width, codec) is None for cell in cells)
        return beyond


def looks_like_dbf(head: bytes) -> bool:
    """Whether a file that begins so is a dBASE table: version, date, and lengths that can be."""
    if len(head) < 32 or head[0] not in _VERSIONS:
        return False
    header, length = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    return header >= 65 and length >= 2 and head[2] <= 12 and head[3] <= 31


def _fields(described: bytes, length: int) -> list[Field]:
    def laid_out(long_texts: bool) -> tuple[list[Field], int]:
        found, start = [], 1
        for at in range(0, len(described) - 31, 32):
            one = described[at : at + 32]
            if one[0] in (0x0D, 0x00):
                break
            kind = chr(one[11])
            width = one[16] + (one[17] << 8 if long_texts and kind == "C" else 0)
            if width:
                found.append(Field(one[:11].split(b"\0")[0], kind, start, width))
            start += width
        return found, start

    for long_texts in (False, True):
        fields, end = laid_out(long_texts)
        if end == length:
            return fields
    fields, end = laid_out(False)
    if end > length or not fields:
        raise Refused("dbf_broken")
    return fields


def _codec(name: str) -> str | None:
    """The Python codec of a name as it stands in a .cpg; None where it is none."""
    cleaned = name.strip().strip("\ufeff\0").lower().replace("_", "-")
    cleaned = _SAME.get(cleaned, _SAME.get(cleaned.replace("-", ""), cleaned))
    cleaned = f"cp{cleaned}" if cleaned.isdigit() else cleaned.replace("windows-949", "cp949")
    try:
        return codecs.lookup(cleaned).name if "".encode(cleaned) == b"" else None
    except (LookupError, ValueError, UnicodeError):
        return None


def _decoded(cells: list[Any], codec: str) -> list[str] | None:
    """The cells as text, decoded in one go; None where a byte does not fit."""
    joined = b"\n".join(cells)
    if joined.count(b"\n") != max(len(cells) - 1, 0):
        return None
    try:
        return joined.decode(codec).split("\n") if cells else []
    except UnicodeDecodeError:
        return None


def _without_cut(cell: bytes, width: int, codec: str) -> str | None:
    """A cell as text, without a last letter that the width of the field has cut; None where bytes do not fit."""
    try:
        return cell.decode(codec)
    except UnicodeDecodeError as error:
        full = len(cell) >= width - 1
        return (
            cell[: error.start].decode(codec)
            if full and len(cell) - error.start <= 3 and _cut(error)
            else None
        )


def _cut(error: UnicodeDecodeError) -> bool:
    return "incomplete" in error.reason or "unexpected end" in error.reason
