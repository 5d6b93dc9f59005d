"""The one door from the pages to the core: the workspace that this process serves."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

import madang
from madang.declarations import Standard
from madang.workspace import Workspace


def workspace() -> Workspace:
    """The workspace named by the settings, opened anew: another process may have changed it.

    Only the standards, which take a tenth of a second to read and check, are kept until one of their files changes.
    """
    opened = madang.open(settings.MADANG_WORKSPACE)
    own = opened.folder / "content" / "standards"
    opened.standards = _standards(opened.folder, _stamp(own))
    return opened


def _stamp(folder: Path) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.toml")))


@lru_cache(maxsize=8)
def _standards(folder: Path, stamp: tuple[tuple[str, int], ...]) -> dict[str, Standard]:
    return madang.open(folder).standards
