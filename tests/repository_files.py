"""The files of the repository as git sees them: tracked, and new ones that are not ignored."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@cache
def _listed() -> tuple[str, ...]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: the repository's own tests need one")
    return tuple(sorted(name for name in listing.decode().split("\0") if name))


def files(*endings: str, under: str = "") -> list[Path]:
    """Existing files of the repository below `under` that end so (all files without an ending)."""
    names = (name for name in _listed() if name.startswith(under) and (not endings or name.endswith(endings)))
    return [path for name in names if (path := ROOT / name).is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """The text of a file; None where it is not text (a picture, a font, a workbook)."""
    data = path.read_bytes()
    if b"\0" in data[:4096]:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
