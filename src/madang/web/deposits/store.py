"""The bytes of uploads on disk: ``<workspace>/uploads/<key>/data``, written in pieces, readable by this account only.

How many bytes are there is the length of the file and nothing else, so a broken connection, a stopped server and a
second window all find the same answer.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from madang.bank.durable import disk_errors
from madang.messages import MadangError

PIECE_MOST = 16 << 20  # bytes of one request
FILE_MOST = int(os.environ.get("MADANG_UPLOAD_MOST_BYTES", 5 << 30))
PERSON_MOST = int(
    os.environ.get("MADANG_UPLOAD_QUOTA_BYTES", 20 << 30)
)  # of everything a person has under way
_SPARE = 1 << 30  # bytes that stay free on the disk
_BLOCK = 1 << 18


class Place:
    """The folder of one upload."""

    def __init__(self, workspace: Path, key: str) -> None:
        self.folder = workspace / "uploads" / key
        self.data = self.folder / "data"
        self.seen = self.folder / "seen"

    def make(self, size: int) -> None:
        """An empty file in a folder of its own. Raises MadangError: disk_full and its like."""
        uploads = self.folder.parent
        with disk_errors(uploads):
            uploads.mkdir(mode=0o700, exist_ok=True)
            if shutil.disk_usage(uploads).free < size + min(size, _SPARE) + (64 << 20):
                raise MadangError("disk_full", path=uploads)
            self.folder.mkdir(mode=0o700)
            os.close(os.open(self.data, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    @property
    def offset(self) -> int:
        """How many bytes are here; -1 where the upload is gone."""
        try:
            return self.data.stat().st_size
        except OSError:
            return -1

    def append(self, read: Callable[[int], bytes], offset: int, length: int, size: int) -> int:
        """Write `length` bytes that `read` gives behind those that are there; returns how many are there then.

        A quarter of a megabyte is in memory at a time. What arrived before a connection broke stays.
        Raises MadangError: upload_offset (others were here meanwhile, or the piece is not the next one).
        """
        with disk_errors(self.folder), open(self.data, "r+b", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise MadangError("upload_offset", offset=offset) from error
            there = file.seek(0, os.SEEK_END)
            if there != offset or there + length > size:
                raise MadangError("upload_offset", offset=there)
            while length > 0 and (block := read(min(_BLOCK, length))):
                file.write(block)
                length -= len(block)
            there = file.tell()
            if there == size:
                os.fsync(file.fileno())
            return there

    def remove(self) -> None:
        """Away with the bytes and what was made of them."""
        shutil.rmtree(self.folder, ignore_errors=True)
