"""Real files of public bodies beside the repository: absent on most machines, never copied into it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
DATA = SHARED / "data"
needs_shared = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not on this machine")


def shared(*parts: str) -> Path:
    """The path of a real file below ``../shared/data``; the test is skipped where it is absent.

    ``shared("parking", "전국주차장.csv")``; a glob in the last part takes the first match in name order.
    """
    pattern = "/".join(parts)
    if (DATA / pattern).exists():
        return DATA / pattern
    found = sorted(DATA.glob(pattern)) if DATA.is_dir() else []
    if not found:
        pytest.skip(f"real file ../shared/data/{pattern} is not on this machine")
    return found[0]
