"""Words of the city (names of places, parts of letters …): ``content/samplecity/<name>.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "content" / "samplecity"


@cache
def words(name: str) -> dict[str, Any]:
    """What ``content/samplecity/<name>.toml`` says."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
