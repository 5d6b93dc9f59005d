"""What changed from one result to the next, for a notice of a sentence or two."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.results.compare import AFTER, BEFORE, compared
from madang.results.result import Result, Table
from madang.results.said import sentence

_CLOSE = 1e-9  # relative: sums in another order differ in the last digits, and nobody sees it


@dataclass(frozen=True)
class Changed:
    """The first sentence of the answer that reads differently, before and after ("" where there is none), and by title
    of table how many rows differ; 0: the tables cannot be compared row by row."""

    before: str
    after: str
    tables: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.before or self.after or self.tables)

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def changed(before: Result, after: Result) -> Changed:
    """What differs in the sentences and the tables of two results of one analysis; false where nothing does."""
    said = [[sentence(each, result) for each in result.findings] for result in (before, after)]
    first = next(((one, other) for one, other in zip_longest(*said, fillvalue="") if one != other), ("", ""))
    old, new = ({each.id: each for each in result.tables} for result in (before, after))
    found = {}
    for id_ in dict.fromkeys([*new, *old]):
        if id_ in old and id_ in new:
            count = _rows(old[id_], new[id_])
            if count is not None:
                found[new[id_].title] = count
        else:
            found[(new.get(id_) or old[id_]).title] = 0
    return Changed(*first, found)


def _rows(before: Table, after: Table) -> int | None:
    """How many rows differ; None: none does."""
    if before.rows.equals(after.rows):
        return None
    found = compared(before, after)
    if found is None:
        return 0
    differ = pa.repeat(False, found.rows.num_rows)
    there = [found.rows[f"{each.name}:{side}"] for each in found.columns for side in (BEFORE, AFTER)]
    for one, other in zip(there[::2], there[1::2], strict=True):
        differ = pc.or_(differ, _differs(one, other))
    alone = found.gone + found.new
    return max(pc.sum(differ).as_py() or 0, alone) or (None if before.columns == after.columns else 0)


def _differs(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.Array:
    if not (pa.types.is_floating(one.type) and pa.types.is_floating(other.type)):
        one, other = (each.cast(pa.string()) for each in (one, other))
        empty = pc.xor(pc.is_null(one), pc.is_null(other))
        found = pc.or_(empty, pc.fill_null(pc.not_equal(one, other), False))
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    left, right = (each.to_numpy(zero_copy_only=False) for each in (one, other))
    return pa.array(~np.isclose(left, right, rtol=_CLOSE, atol=0.0, equal_nan=True))
