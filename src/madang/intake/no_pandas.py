"""A process without pandas: Arrow imports it at the first array, which takes a second, for nothing.

The library of forecasts is written with it and may have it, where it is loaded.
"""

from __future__ import annotations

import importlib.abc
import sys

_NEEDS_IT = "statsforecast"


class _NoPandas(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas" and _NEEDS_IT not in sys.modules:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def without_pandas() -> None:
    """Let this process do without pandas."""
    sys.meta_path.insert(0, _NoPandas())
