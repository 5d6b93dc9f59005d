"""Borders of the 행정동 that the rows of a run were placed by, for its maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import shapely

from madang.bank import Bank
from madang.messages import MadangError
from madang.results.map_picture import Area, Borders
from madang.results.map_sheet import simpler

if TYPE_CHECKING:
    from madang.intake.registers import Registers
    from madang.runs.ledger import Run

_FINE = 0.0002  # degrees, some 20 m


def borders_of(run: Run, registers: Registers) -> Borders:
    """Those of the register of then, of now where it is gone; none where none are known. Builds no register."""
    for version in chain(dict.fromkeys(_read(run, registers.bank)), _now(registers)):
        file = registers.folder / version / "register" / "dongs.parquet"
        if version.isalnum() and file.is_file():
            return _borders(file)
    return {}


def _now(registers: Registers) -> Iterator[str]:
    """Asked where those of then are gone alone."""
    yield registers.version()


def _read(run: Run, bank: Bank) -> Sequence[str]:
    """The registers that the inputs of a run name."""
    found = []
    for each in run.inputs:
        try:
            facts = bank[each.dataset].version(each.version).facts
        except MadangError:  # gone since
            continue
        found.append(str((facts.get("located") or {}).get("register") or ""))
    return found


@lru_cache(maxsize=2)
def _borders(file: Path) -> Borders:
    with pq.ParquetFile(file) as opened:
        table = opened.read(columns=["code", "name", "source", "shape"], use_threads=False).to_pydict()
    told = [each for each in zip(*table.values(), strict=True) if each[0] and each[3] is not None]
    raw = np.array([*(each[3] for each in told), None], dtype=object)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")[:-1]
    there = ~shapely.is_missing(shapes)
    kept = [each for each, known in zip(told, there, strict=True) if known]
    fine = simpler(shapes[there], _FINE) if kept else shapes
    return {
        code: Area(str(name or "").rpartition(" ")[2], shape, str(source or ""))
        for (code, name, source, _raw), shape in zip(kept, fine, strict=True)
    }
