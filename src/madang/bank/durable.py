"""Durable writing: a file is whole and on disk before anything points to it."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from madang.messages import MadangError

SEOUL = ZoneInfo("Asia/Seoul")


def fsync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


fsync_folder = fsync_file  # a folder is opened and synced the same way


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON to `path`, atomically and durably."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))


def write_text(path: Path, content: str) -> None:
    """Write `content` to `path`, atomically and durably (temp file, fsync, rename, fsync of the folder)."""
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    with open(temporary, "x", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
    fsync_folder(path.parent)


def read_json(path: Path) -> Any:
    """The JSON value in `path`."""
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` (made if missing) for the block; freed by the kernel if the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def new_id(at: datetime) -> str:
    """An id that sorts by time, to the microsecond, and never meets another: 20261121T221530123456-9f3c1a."""
    return f"{at.astimezone(SEOUL):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk says (full, read-only, no permission) into a sentence a person can act on.

    Libraries that write tables wrap the system's error in a type of their own; their text is looked at too.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, MadangError):
            raise
        number = getattr(error, "errno", None)
        said = str(error)
        if number == errno.ENOSPC or "No space left" in said or "os error 28" in said:
            raise MadangError("disk_full", path=path) from error
        if number == errno.EROFS or "Read-only file system" in said:
            raise MadangError("disk_read_only", path=path) from error
        if number in (errno.EACCES, errno.EPERM) or "Permission denied" in said:
            raise MadangError("disk_no_permission", path=getattr(error, "filename", None) or path) from error
        raise
