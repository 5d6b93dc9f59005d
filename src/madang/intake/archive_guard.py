"""Looks at a ZIP before anything is unpacked: bombs, paths that lead out, entries that share bytes."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any

from lxml import etree

from madang.messages import text

BROKEN = (  # what zipfile, zlib and lxml raise for a file that is not whole
    etree.XMLSyntaxError, zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error,
    RuntimeError,
)  # fmt: skip
UNPACKED_LIMIT = 32 * 1024**3
_RATIO, _RATIO_FROM = 200, 100 * 1024**2
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # zipfile inflates others without a bound
_LOCAL_HEADER = 30


class Unsafe(Exception):
    """An archive that is not opened; `reason` is the clause of the vocabulary that says why."""

    def __init__(self, code: str, **params: Any) -> None:
        self.reason = text(code, **params)
        super().__init__(self.reason)


def checked(
    path: Path, archive: zipfile.ZipFile, *, entries: int, unpacked: int = UNPACKED_LIMIT
) -> list[zipfile.ZipInfo]:
    """The files of an archive (folders left out), once it is known to be harmless to unpack. Raises Unsafe."""
    infos = archive.infolist()
    if len(infos) > entries:
        raise Unsafe("reason_many_files", count=f"{len(infos):,}")
    files = [info for info in infos if not (info.is_dir() and not info.file_size and not info.compress_size)]
    total = sum(info.file_size for info in files)
    if total > unpacked:
        raise Unsafe("reason_unpacked", size=f"{total / 1024**3:.1f} GB")
    packed = max(1, path.stat().st_size)
    if total > _RATIO_FROM and total / packed > _RATIO:
        raise Unsafe("reason_ratio", times=f"{total / packed:,.0f}")
    for info in files:
        if _leads_out(info.orig_filename):
            raise Unsafe("reason_leads_out")
        if any(unicodedata.category(char) == "Cc" and ord(char) < 128 for char in info.orig_filename):
            raise Unsafe("reason_control_letters")
        if info.compress_type not in _METHODS:
            raise Unsafe("reason_packing")
    if len({info.orig_filename for info in files}) != len(files):
        raise Unsafe("reason_same_names")
    _check_overlaps(files)
    return files


def _leads_out(name: str) -> bool:
    return (
        name.startswith(("/", "\\")) or bool(re.match(r"[A-Za-z]:", name)) or ".." in re.split(r"[/\\]", name)
    )


def _check_overlaps(files: list[zipfile.ZipInfo]) -> None:
    """Raise Unsafe where two entries share bytes: few bytes would be unpacked many times."""
    reach = 0
    for info in sorted(files, key=lambda each: each.header_offset):
        if info.header_offset < reach:
            raise Unsafe("reason_overlap")
        reach = info.header_offset + _LOCAL_HEADER + info.compress_size


def name_of(info: zipfile.ZipInfo) -> str:
    """The path of a member as people wrote it, NFC, with "/" between folders.

    UTF-8 where its flag says so; else the bytes are UTF-8 (as some systems write without the flag), CP949, or CP437.
    """
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for codec in ("utf-8", "cp949"):
            try:
                name = raw.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name).replace("\\", "/")
