"""Snapshots: the bytes as they arrived, once for the whole bank, named by their SHA-256.

Bytes that may not be kept (resident registration numbers) are withheld: a mark ``<sha256>.withheld`` says that they
are not here on purpose, or they are sealed as ``<sha256>.sealed``, which nothing in Madang opens.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from threading import Event
from typing import Literal

from madang.bank.claims import claimed, clear
from madang.bank.durable import disk_errors, fsync_file, fsync_folder

_BLOCK = 1 << 22
_LARGE = 64 << 20  # bytes from which it is worth to look whether they are kept already
_NAME = 64  # letters of a SHA-256
Withholding = Literal["discard", "seal"]


class Kept:
    """Bytes on their way into the bank: copied, hashed and synced in the background, named when they are settled.

    They may be read from `path` at once. Whoever reads while the copy is still made reads the source itself;
    `unchanged` says afterwards whether it was the same bytes all the time.
    """

    def __init__(
        self, source: Path, temporary: Path, snapshots: Snapshots, background: ThreadPoolExecutor
    ) -> None:
        self._source, self._temporary, self._snapshots = source, temporary, snapshots
        self._mark = _mark(source)
        self._withheld: Withholding | None = None
        self._stopped = Event()
        self._copying = background.submit(self._copy)
        self._syncing = background.submit(self._sync)

    @property
    def path(self) -> Path:
        """Where the bytes can be read now."""
        if not self._copying.done():
            return self._source
        named = self._snapshots.path(self._copying.result())
        return self._temporary if self._temporary.exists() else named

    @property
    def surely_new(self) -> bool:
        """Whether no bytes of this length are kept: known before a large file has been read."""
        return self._mark[0] >= _LARGE and not self._snapshots.has_size(self._mark[0])

    @property
    def sha256(self) -> str:
        """The SHA-256 in hex; waits for the copy."""
        return self._copying.result()

    def withhold(self, how: Withholding) -> None:
        """Do not keep these bytes under their name (again), whatever else is taken from them."""
        self._withheld = how

    def settled(self) -> str:
        """Wait until the bytes are on disk under their name, or withheld; returns the SHA-256.

        Bytes that were withheld once are never named again. Raises what the disk said.
        """
        self._syncing.result()
        known = self._snapshots.is_withheld(self.sha256)
        with disk_errors(self._snapshots.folder):
            if self._withheld is not None:
                self._snapshots.withhold(self.sha256, self._withheld, self.path)
            elif not known:
                self._name()
        return self.sha256

    @property
    def is_withheld(self) -> bool:
        """Whether these bytes are kept back on purpose, now or since an earlier deposit."""
        return self._withheld is not None or self._snapshots.is_withheld(self.sha256)

    @property
    def unchanged(self) -> bool:
        """Whether the source is still what it was when the copy was begun."""
        return _mark(self._source) == self._mark

    def stop(self) -> None:
        """Give up: what is copied so far is of no use."""
        self._stopped.set()

    def forget(self) -> None:
        """Remove the nameless copy; the named one stays. Where the disk forbids it, `sweep` removes it later."""
        with suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def _copy(self) -> str:
        with disk_errors(self._snapshots.folder):
            if self._mark[0] >= _LARGE and self._snapshots.has_size(self._mark[0]):
                known = _digest(
                    self._source, self._stopped
                )  # reading is cheaper than writing, and takes no place
                if self._snapshots.path(known).exists():
                    return known
            return _copy(self._source, self._temporary, self._stopped)

    def _sync(self) -> None:
        named = self._snapshots.path(self._copying.result())
        with disk_errors(self._snapshots.folder):
            if not named.exists() and self._temporary.exists():  # no copy is made of what is known
                fsync_file(self._temporary)

    def _name(self) -> None:
        named = self._snapshots.path(self.sha256)
        if not named.exists():
            try:
                with suppress(FileExistsError):  # somebody else kept the same bytes meanwhile
                    os.link(self._temporary, named)
            except FileNotFoundError:  # they were known, and went
                if not self._snapshots.is_withheld(self.sha256):
                    raise
            if self._snapshots.is_withheld(
                self.sha256
            ):  # by another deposit, while these bytes got their name
                named.unlink(missing_ok=True)
            fsync_folder(named.parent)


def _mark(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


class Snapshots:
    """The folder ``bank/snapshots``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256

    def has_size(self, size: int) -> bool:
        """Whether bytes of this length are kept."""
        with os.scandir(self.folder) as entries:
            return any(entry.stat().st_size == size for entry in entries if len(entry.name) == _NAME)

    def put(self, source: Path) -> str:
        """Keep the bytes of `source`; returns their SHA-256 in hex. Bytes already kept are not written again."""
        with self.keep(source) as kept:
            return kept.settled()

    @contextmanager
    def keep(self, source: Path) -> Iterator[Kept]:
        """Keep the bytes of `source`; on leaving the block they are on disk or were not taken."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        clear(self.folder)
        temporary = self.folder / f".{secrets.token_hex(8)}"
        with claimed(temporary), ThreadPoolExecutor(1, "snapshot") as background:
            kept = Kept(source, temporary, self, background)
            try:
                yield kept
            except BaseException:
                kept.stop()  # whoever stopped does not wait for the rest of 20 GB
                raise
            finally:
                background.shutdown(wait=True)
                kept.forget()

    def is_kept(self, sha256: str) -> bool:
        """Whether the bytes are here, under their name or sealed."""
        return self.path(sha256).exists() or self._sealed(sha256).exists()

    def remove(self, sha256: str) -> bool:
        """Delete a snapshot, sealed or not (erasure only); whether it was there."""
        paths = [path for path in (self.path(sha256), self._sealed(sha256)) if path.exists()]
        for path in paths:
            path.unlink()
        if paths:
            fsync_folder(self.folder)
        return bool(paths)

    def withhold(self, sha256: str, how: Withholding, source: Path) -> None:
        """See to it that no bytes stand under the name `sha256`; sealed, those of `source` stay apart."""
        sealed = self._sealed(sha256)
        if how == "seal" and not sealed.exists():
            os.chmod(source, 0o400)
            with suppress(FileExistsError):
                os.link(source, sealed)
        self._withheld(sha256).touch(
            mode=0o600
        )  # first: who names the same bytes now looks for it afterwards
        self.path(sha256).unlink(missing_ok=True)
        fsync_folder(self.folder)

    def is_withheld(self, sha256: str) -> bool:
        """Whether these bytes are kept back on purpose."""
        return self._withheld(sha256).exists()

    def named_though_withheld(self) -> list[Path]:
        """Bytes that stand under their name beside their mark: somebody was killed between the two."""
        marked = (self.path(mark.stem) for mark in self.folder.glob("*.withheld"))
        return [path for path in marked if path.exists()]

    def _withheld(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.withheld"

    def _sealed(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.sealed"


def _digest(source: Path, stopped: Event) -> str:
    return _sha256(source, None, stopped)


def _copy(source: Path, target: Path, stopped: Event) -> str:
    with open(target, "xb", buffering=0) as writing:
        return _sha256(source, writing, stopped)


def _sha256(source: Path, target: FileIO | None, stopped: Event) -> str:
    digest = hashlib.sha256()
    with open(source, "rb", buffering=0) as reading:
        while block := reading.read(_BLOCK):
            if stopped.is_set():
                raise InterruptedError("given up")
            digest.update(block)
            if target:
                target.write(block)
    return digest.hexdigest()
