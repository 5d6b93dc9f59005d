"""Erasure in originals that were refused: they became no version, so no table of theirs can be searched, but their bytes are
kept and a person may stand in them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.durable import write_json
from madang.bank.tombstone import Tombstone

_BLOCK = 1 << 20
_UNPACKED_MOST = 2 << 30
_ENCODINGS = ("utf-8", "cp949", "utf-16-le")
_ZIP = b"PK\x03\x04"
_PACKED = (b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1", b"BZh", b"7z\xbc\xaf", b"%PDF", b"\xfd7zXZ")


def refused_with(
    bank: Bank, dataset: Dataset, stone: Tombstone, value: str | None, *, named: bool
) -> list[str]:
    """SHA-256 of the refused originals of a dataset that hold `value`; without it, of those the tombstone names.

    A file that cannot be searched (an old workbook, a packed one) counts where rows of its dataset are `named`. Bytes that
    a version was made of are no refused original, in whatever dataset.
    """
    mine = {
        str(dataset.receipt(d).get("sha256") or "") for d in dataset.deposits() if _covered(dataset, d, stone)
    }
    kept = {sha256 for sha256 in mine - {""} if bank.snapshots.is_kept(sha256)}
    if not kept:
        return []
    used = {str(version.receipt["sha256"]) for each in bank.datasets() for version in each.versions}
    if value is None:
        return sorted((kept - used) & set(stone.originals))
    return sorted(each for each in kept - used if _holds(bank.snapshots.path(each), value, unknown=named))


def clean_refused(dataset: Dataset, gone: list[str], stone: Tombstone) -> None:
    """Lists of the problems of these originals go with them, and what their facts quote."""
    for deposit in dataset.deposits():
        if dataset.receipt(deposit).get("sha256") in gone:
            folder = dataset.deposit_folder(deposit)
            (folder / "problems.parquet").unlink(missing_ok=True)
            write_json(folder / "facts.json", {**dataset.facts(deposit), "left_out": [], "erased": stone.id})


def _covered(dataset: Dataset, deposit: str, stone: Tombstone) -> bool:
    return stone.covers(str(dataset.receipt(deposit).get("at") or stone.at))


def _holds(path: Path, value: str, *, unknown: bool) -> bool:
    """Whether the bytes hold the text `value`, in any of the usual encodings; `unknown` where that cannot be said."""
    wanted = _pattern(value)
    try:
        with open(path, "rb") as stream:
            head = stream.read(8)
            if not head.startswith(_ZIP):
                return unknown if head.startswith(_PACKED) else _found(stream, wanted, head)
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > _UNPACKED_MOST:
                return unknown
            return any(_in_member(archive, each, wanted, unknown) for each in archive.infolist())
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError):
        return unknown


def _in_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, wanted: re.Pattern[bytes], unknown: bool
) -> bool:
    if any(wanted.search(member.filename.encode(encoding, "replace")) for encoding in _ENCODINGS):
        return True
    with archive.open(member) as stream:
        head = stream.read(8)
        return unknown if head.startswith((_ZIP, *_PACKED)) else _found(stream, wanted, head)


def _pattern(value: str) -> re.Pattern[bytes]:
    """The text as a word of its own, as it is and as XML writes it."""
    spellings = {
        text.encode(encoding, "ignore") for text in (value, escape(value)) for encoding in _ENCODINGS
    }
    words = b"|".join(re.escape(each) for each in sorted(spellings) if each)
    return re.compile(rb"(?<![0-9A-Za-z])(?:" + words + rb")(?![0-9A-Za-z])")


def _found(stream: IO[bytes], wanted: re.Pattern[bytes], head: bytes) -> bool:
    """Block by block, each searched together with the end of the one before."""
    left = head
    while block := stream.read(_BLOCK):
        if wanted.search(left + block):
            return True
        left = (left + block)[-4096:]
    return bool(wanted.search(left))
