"""Makes what helps a copy to answer, behind the scenes: one thing at a time, each once in a process."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pyarrow as pa

_lock = threading.Lock()
_one = threading.Lock()
_making: set[Path] = set()


def behind(path: Path, make: Callable[[], None]) -> None:
    """Begin `make`, which is to write `path`, unless it has begun. Whoever asks meanwhile is answered without it."""
    with _lock:
        if path in _making:
            return
        _making.add(path)
    threading.Thread(target=_made, args=(path, make), daemon=True).start()


def _made(path: Path, make: Callable[[], None]) -> None:
    try:
        with _one, suppress(OSError, duckdb.Error, pa.ArrowException):
            make()
    finally:
        with _lock:
            _making.discard(path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write to, which becomes `path` in one step when the block ends well."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield beside
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
