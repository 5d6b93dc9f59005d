"""Madang (마당): the data yard of a Korean local government. The front door: ``madang.open(dir)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from madang.workspace import Workspace

__version__ = "0.1.0"


def open(directory: str | Path) -> Workspace:
    """Open the workspace in `directory` (made by ``madang init``). Raises WorkspaceMissing."""
    from madang.workspace import Workspace

    return Workspace.open(directory)
