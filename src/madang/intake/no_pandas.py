"""A process without pandas: Arrow imports it at the first array, which takes a second, for nothing."""

from __future__ import annotations

import importlib.abc
import sys


class _NoPandas(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def without_pandas() -> None:
    """Let this process do without pandas."""
    sys.meta_path.insert(0, _NoPandas())


def with_pandas() -> None:
    """Let this process have it again: a method of statistics needs it."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _NoPandas)]
