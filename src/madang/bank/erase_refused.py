"""Erasure in originals that were refused: they became no version, so no table of theirs can be searched, but their bytes are
kept and a person may stand in them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from textwrap import wrap
from typing import IO
from unicodedata import normalize

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.durable import write_json
from madang.bank.tombstone import Tombstone

_Pattern = tuple[re.Pattern[bytes], re.Pattern[bytes]]  # quick to look for, and as a word of its own
_BLOCK = 1 << 20
_UNPACKED_MOST = 2 << 30
_TAIL = 1 << 16
_ENCODINGS = ("utf-8", "cp949", "utf-16-le", "utf-16-be")
_NAMES = (*_ENCODINGS, "cp437")  # how names of members were read that are not marked as UTF-8
_NAMED = {
    "&": ("&amp;",), "<": ("&lt;",), ">": ("&gt;",), "'": ("&apos;",), "/": ("\\/",), "\\": ("\\\\",),
    '"': ("&quot;", '\\"', '""'),
}  # fmt: skip
_NUMBER = 9  # digits from which a text of digits is a number that is also written without what separates them
_BETWEEN = "-. ()"
_NO_DIGIT = re.compile(r"[^0-9]")
_NO_NUMBER = re.compile(r"[^0-9\-. ()]")
_WORD = rb"(?<![0-9A-Za-z])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})"
_EDGES = {  # what may stand before and after; a byte of a Korean character is no letter
    "": (rb"(?:" + _WORD + rb")", rb"(?![0-9A-Za-z])"),
    "cp949": (rb"(?:" + _WORD + rb"|(?<=[\x81-\xfe][A-Za-z]))", rb"(?![0-9A-Za-z])"),
    "utf-16-le": (rb"(?<![0-9A-Za-z]\x00)", rb"(?![0-9A-Za-z]\x00)"),
    "utf-16-be": (rb"(?<!\x00[0-9A-Za-z])", rb"(?!\x00[0-9A-Za-z])"),
}
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


def unread(bank: Bank, dataset: Dataset, stone: Tombstone, gone: list[str]) -> list[str]:
    """Names of the refused files of a dataset that are kept, not `gone`, and could not be searched: packed ones, PDF, old
    workbooks. Whoever asked has to look into them himself."""
    names = {}
    for deposit in dataset.deposits():
        receipt = dataset.receipt(deposit)
        if receipt.get("verdict") == "refused" and _covered(dataset, deposit, stone):
            names[str(receipt.get("sha256") or "")] = receipt.get("file")
    kept = [each for each in names if each and each not in gone and bank.snapshots.is_kept(each)]
    closed = [each for each in kept if _holds(bank.snapshots.path(each), "", unknown=True)]
    return sorted(f"{names[each]} ({each[:12]})" for each in closed)


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
    wanted = _patterns(value)
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
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, wanted: list[_Pattern], unknown: bool
) -> bool:
    if any(_is_in(member.filename.encode(encoding, "replace"), wanted) for encoding in _NAMES):
        return True
    with archive.open(member) as stream:
        head = stream.read(8)
        return unknown if head.startswith((_ZIP, *_PACKED)) else _found(stream, wanted, head)


def _patterns(value: str) -> list[_Pattern]:
    """The text in every usual encoding: composed or as macOS writes it, its characters as they are or as JSON and XML
    may write them, a number with or without what stands between its digits."""
    found = []
    for encoding in _ENCODINGS:
        start, end = _EDGES.get(encoding, _EDGES[""])
        for spelt in {_spelt(normalize(form, value), encoding) for form in ("NFC", "NFD")} - {b""}:
            found.append((re.compile(spelt), re.compile(start + spelt + end)))
    return found


def _is_in(data: bytes, wanted: list[_Pattern]) -> bool:
    """Whether one of the patterns stands in `data` as a word of its own."""
    for quick, exact in wanted:
        found = quick.search(data)
        while found:
            if exact.match(data, found.start()):
                return True
            found = quick.search(data, found.start() + 1)
    return False


def _spelt(text: str, encoding: str) -> bytes:
    """The text as a pattern; empty where the encoding has not all its characters."""
    try:
        if len(_NO_DIGIT.sub("", text)) < _NUMBER or _NO_NUMBER.search(text):
            return b"".join(_one(each, encoding) for each in text)
        between = b"(?:" + b"|".join(re.escape(each.encode(encoding)) for each in _BETWEEN) + b"){0,2}"
        return between.join(_one(each, encoding) for each in _NO_DIGIT.sub("", text))
    except UnicodeEncodeError:
        return b""


def _one(character: str, encoding: str) -> bytes:
    """One character in all its spellings."""
    units = wrap(character.encode("utf-16-be").hex(), 4)
    hexadecimal = f"{ord(character):x}"
    forms = {
        character,
        *("".join(f"\\u{unit}" for unit in each) for each in (units, map(str.upper, units))),
        f"&#{ord(character)};",
        f"&#x{hexadecimal};",
        f"&#x{hexadecimal.upper()};",
        *_NAMED.get(character, ()),
    }
    return b"(?:" + b"|".join(re.escape(each.encode(encoding)) for each in sorted(forms)) + b")"


def _found(stream: IO[bytes], wanted: list[_Pattern], head: bytes) -> bool:
    """Block by block, each searched together with the end of the one before."""
    left = head
    while block := stream.read(_BLOCK):
        if _is_in(left + block, wanted):
            return True
        left = (left + block)[-_TAIL:]
    return _is_in(left, wanted)
