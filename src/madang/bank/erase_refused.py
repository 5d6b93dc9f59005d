"""Erasure in originals that were refused: they became no version, so no table of theirs can be searched, but their bytes are
kept and a person may stand in them.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import IO
from unicodedata import normalize

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.durable import write_json
from madang.bank.tombstone import Tombstone

_BLOCK = 1 << 20
_UNPACKED_MOST = 2 << 30
_TAIL = 1 << 16
_BEFORE = 200  # bytes in which what may stand before a number lies
_ENCODINGS = ("utf-8", "cp949", "utf-16-le", "utf-16-be")
_NAMES = (*_ENCODINGS, "cp437")  # how names of members were read that are not marked as UTF-8
_NAMED = {
    "&": ("&amp;",), "<": ("&lt;",), ">": ("&gt;",), "'": ("&apos;",), "/": ("\\/",), "\\": ("\\\\",),
    '"': ("&quot;", '\\"', '""'),
}  # fmt: skip
_NUMBER = 9  # digits from which a text of digits is a number that is also written without what separates them
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
_SPACES = " \u00a0\u2007\u2009\u202f\u3000\u200b"
_BETWEEN = _DASHES + _SPACES + "./_()\u00b7"
_NO_DIGIT = re.compile(r"[^0-9]")
_NO_NUMBER = re.compile(f"[^0-9+{re.escape(_BETWEEN)}]")
_ABROAD = re.compile(r"(\+|00)82")  # as dialled from other countries, in the place of the zero
_WORD = rb"(?<![0-9A-Za-z])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})"
_EDGES = {  # what may stand before and after; a byte of a Korean character is no letter
    "": (rb"(?:" + _WORD + rb")", rb"(?![0-9A-Za-z])"),
    "cp949": (rb"(?:" + _WORD + rb"|(?<=[\x81-\xfe][A-Za-z]))", rb"(?![0-9A-Za-z])"),
    "utf-16-le": (rb"(?<![0-9A-Za-z]\x00)", rb"(?![0-9A-Za-z]\x00)"),
    "utf-16-be": (rb"(?<!\x00[0-9A-Za-z])", rb"(?!\x00[0-9A-Za-z])"),
}
_LETTERS = rb"0-9A-Za-z"
_ASCII = ("utf-8", "cp949")
# markup between two characters of one cell, where the bold part ends; no end of a cell, a row or a paragraph
_RUNS = rb"(?:<(?!/?(?:\w+:)?(?:si|c|row|td|th|tr|tc|p|li|div|br|table-cell)\b)[^<>]{1,400}>\s{0,40}){1,12}"
_ZIP = b"PK\x03\x04"
_PACKED = (b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1", b"BZh", b"7z\xbc\xaf", b"%PDF", b"\xfd7zXZ")


@dataclass(frozen=True)
class _Pattern:
    """A text as it is written in bytes: `core` is looked for; what stands `before` and after it says whether it is a word
    of its own."""

    core: re.Pattern[bytes]
    before: re.Pattern[bytes]
    whole: re.Pattern[bytes]  # the core with what may come after it


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
    may write them, across the runs of a formatted cell; a number with or without what stands between its digits, without
    the zero that Excel takes from it, as dialled from other countries, and right behind a word."""
    found = []
    for encoding in _ENCODINGS:
        edges = _EDGES.get(encoding, _EDGES[""])
        for text in {normalize(form, value) for form in ("NFC", "NFD")} - {""}:
            number = _number(text)
            between = _separated(encoding) if number else _runs(encoding)
            core = between.join(_any(each, encoding) for each in number or text)
            start, end = (each.replace(_LETTERS, b"0-9") if number else each for each in edges)
            front = start + (_dialled(encoding) if number else b"")
            found.append(_Pattern(re.compile(core), re.compile(front + rb"\Z"), re.compile(core + end)))
    return found


def _number(text: str) -> str:
    """The digits of a number, without the zero or the 82 before them; "" where the text is no number."""
    digits = _NO_DIGIT.sub("", text)
    if len(digits) < _NUMBER or _NO_NUMBER.search(text):
        return ""
    return _NO_DIGIT.sub("", _ABROAD.sub("", text, count=1)).removeprefix("0")


def _is_in(data: bytes, wanted: list[_Pattern]) -> bool:
    """Whether one of the patterns stands in `data` as a word of its own."""
    for each in wanted:
        found = each.core.search(data)
        while found:
            at = found.start()
            if each.whole.match(data, at) and each.before.search(data, max(0, at - _BEFORE), at):
                return True
            found = each.core.search(data, at + 1)
    return False


def _separated(encoding: str) -> bytes:
    """What may stand between two digits of a number."""
    none = rb"(?![0-9])" if encoding in _ASCII else rb""  # soon told: most that follows a digit is one
    between = rb"(?:" + none + _any(_BETWEEN, encoding) + rb"){0,5}"
    return between + rb"(?:" + _RUNS + between + rb")?" if encoding in _ASCII else between


def _dialled(encoding: str) -> bytes:
    """What may stand before a number: its zero, +82 or 0082."""
    between = _separated(encoding)
    zero, eight, two = (_any(each, encoding) + between for each in "082")
    return rb"(?:(?:" + zero + zero + rb")?" + eight + two + rb")?(?:" + zero + rb")?"


def _runs(encoding: str) -> bytes:
    return rb"(?:" + _RUNS + rb")?" if encoding in _ASCII else b""


def _any(characters: str, encoding: str) -> bytes:
    """One of the characters, in all spellings that the encoding can write."""
    written = {form.encode(encoding, "ignore") for each in characters for form in _forms(each)} - {b""}
    return rb"(?:" + b"|".join(map(re.escape, sorted(written))) + rb")"


def _forms(character: str) -> set[str]:
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
    return forms | {chr(0xFF10 + int(character))} if character.isdecimal() else forms


def _found(stream: IO[bytes], wanted: list[_Pattern], head: bytes) -> bool:
    """Block by block, each searched together with the end of the one before."""
    left = head
    while block := stream.read(_BLOCK):
        if _is_in(left + block, wanted):
            return True
        left = (left + block)[-_TAIL:]
    return _is_in(left, wanted)
