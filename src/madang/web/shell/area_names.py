"""Names beside codes of areas: a column that holds codes of 행정동 says which ones they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import workspace

_SHORT = 8  # digits of the codes of the Ministry's statistics; the register has ten


def names_for(values: Iterable[object]) -> Mapping[str, str]:
    """Name of each code among `values`, where most of them are codes of known areas; nothing where they are not."""
    codes = {str(value) for value in values if value is not None}
    if not codes or not all(is_whole(code) and len(code) in (_SHORT, 10) for code in codes):
        return {}
    known = _known()
    found = {code: known[code] for code in codes if code in known}
    return found if 2 * len(found) > len(codes) else {}


def _known() -> Mapping[str, str]:
    registers = workspace().registers
    version = registers.version()
    file = registers.folder / version / "register" / "dongs.parquet"
    return _names(file) if version and file.is_file() else {}


@lru_cache(maxsize=4)
def _names(file: Path) -> Mapping[str, str]:
    """The last word of the name of every area (장터동), by its code and by the first digits of it; read once a register."""
    with pq.ParquetFile(file) as opened:
        table = opened.read(columns=["code", "name"], use_threads=False).to_pydict()
    found: dict[str, str] = {}
    for code, name in zip(table["code"], table["name"], strict=True):
        if code and name:
            found[code] = found[code[:_SHORT]] = str(name).rpartition(" ")[2]
    return found
