"""Snapshots: the bytes as they arrived, once for the whole bank, named by their SHA-256."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from madang.bank.durable import disk_errors, fsync_file, fsync_folder

_BLOCK = 1 << 22


class Kept:
    """Bytes on their way into the bank: hashed and readable at `path`, safe on disk once `settled` returns.

    The disk is waited for in the background, while the bytes are read.
    """

    def __init__(self, sha256: str, path: Path, finishing: Future[None]) -> None:
        self.sha256 = sha256
        self.path = path
        self._finishing = finishing

    def settled(self) -> str:
        """Wait until the bytes are on disk under their name; returns the SHA-256. Raises what the disk said."""
        self._finishing.result()
        return self.sha256


class Snapshots:
    """The folder ``bank/snapshots``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256

    def put(self, source: Path) -> str:
        """Keep the bytes of `source`; returns their SHA-256 in hex. Bytes already kept are not written again."""
        with self.keep(source) as kept:
            return kept.settled()

    @contextmanager
    def keep(self, source: Path) -> Iterator[Kept]:
        """Keep the bytes of `source`: a copy is hashed while it is written; synced in the background, it is named.

        For the block the bytes can be read at `path`, whatever becomes of `source`.
        """
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".{secrets.token_hex(8)}"
            with ThreadPoolExecutor(1) as background:
                try:
                    sha256 = _copy(source, temporary)
                    known = self.path(sha256)
                    if known.exists():
                        temporary.unlink()
                        yield Kept(sha256, known, background.submit(lambda: None))
                    else:
                        yield Kept(sha256, temporary, background.submit(self._finish, temporary, sha256))
                finally:
                    background.shutdown(wait=True)
                    temporary.unlink(missing_ok=True)

    def _finish(self, temporary: Path, sha256: str) -> None:
        with disk_errors(self.folder):
            fsync_file(temporary)
            try:
                os.link(temporary, self.path(sha256))
            except FileExistsError:
                return  # somebody else kept the same bytes meanwhile
            fsync_folder(self.folder)

    def remove(self, sha256: str) -> bool:
        """Delete a snapshot (erasure only); whether it was there."""
        path = self.path(sha256)
        there = path.exists()
        path.unlink(missing_ok=True)
        if there:
            fsync_folder(self.folder)
        return there


def _copy(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with open(source, "rb", buffering=0) as reading, open(target, "xb", buffering=0) as writing:
        while block := reading.read(_BLOCK):
            digest.update(block)
            writing.write(block)
    return digest.hexdigest()
