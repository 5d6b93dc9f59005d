"""Snapshots: the bytes as they arrived, once for the whole bank, named by their SHA-256."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from madang.bank.durable import disk_errors, fsync_folder

_BLOCK = 1 << 22


class Snapshots:
    """The folder ``bank/snapshots``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256

    def put(self, source: Path, progress: Callable[[int, int | None], None] | None = None) -> str:
        """Keep the bytes of `source`; returns their SHA-256 in hex. Bytes already kept are not written again.

        The copy is hashed while it is read, synced, and only then takes its name.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{secrets.token_hex(8)}"
        total = source.stat().st_size
        with disk_errors(self.folder):
            try:
                sha256 = self._copy(source, temporary, total, progress)
                self._name(temporary, sha256)
            finally:
                temporary.unlink(missing_ok=True)
        return sha256

    def _copy(
        self, source: Path, target: Path, total: int, progress: Callable[[int, int | None], None] | None
    ) -> str:
        digest = hashlib.sha256()
        done = 0
        with open(source, "rb") as reading, open(target, "xb") as writing:
            while block := reading.read(_BLOCK):
                digest.update(block)
                writing.write(block)
                done += len(block)
                if progress:
                    progress(done, total)
            writing.flush()
            if not self.path(digest.hexdigest()).exists():
                os.fsync(writing.fileno())
        return digest.hexdigest()

    def _name(self, temporary: Path, sha256: str) -> None:
        try:
            os.link(temporary, self.path(sha256))
            fsync_folder(self.folder)
        except FileExistsError:
            pass  # the same bytes are kept already

    def remove(self, sha256: str) -> bool:
        """Delete a snapshot (erasure only); whether it was there."""
        path = self.path(sha256)
        there = path.exists()
        path.unlink(missing_ok=True)
        if there:
            fsync_folder(self.folder)
        return there
