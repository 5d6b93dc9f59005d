"""Personal values on pages: until people have accounts, the desk shows only their first character."""

from __future__ import annotations

import re
from collections.abc import Iterable

from madang.declarations.standard import DatasetColumn

_REST = re.compile(r"(?<=.)\S", re.DOTALL)


def personal(columns: Iterable[DatasetColumn]) -> set[str]:
    """Names and headers of the columns that hold personal data."""
    return {name for c in columns if c.privacy != "none" for name in (c.name, c.label) if name}


def masked(value: str) -> str:
    """`value` with everything but its first character starred, as the intake writes it into problems."""
    return _REST.sub("*", value)
