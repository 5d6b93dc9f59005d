"""Errors and warnings of a contribution, each told once."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Version
from madang.intake.problems import SCHEMA

_ORDER = pa.array(["error", "warning"])


def problems_of(version: Version, skip: Sequence[int]) -> pa.Table:
    """Errors, then warnings, by row; not those of rows that are no data (`skip`), and not that a required cell is empty
    where the same cell could not be read: that is said already."""
    path = version.problems_path
    table = pq.read_table(path) if path.exists() else SCHEMA.empty_table()
    table = table.filter(pc.not_equal(table["severity"], "info"))
    if skip:
        of_skipped = pc.fill_null(pc.is_in(table["row"], pa.array(skip, pa.int64())), False)
        table = table.filter(pc.invert(of_skipped))
    cell = pc.binary_join_element_wise(table["row"].cast(pa.string()), table["column"], "|")
    empty = pc.and_(pc.equal(table["rule"], "required_missing"), pc.is_valid(cell))
    read = cell.filter(pc.and_(pc.invert(empty), pc.is_valid(cell)))
    table = table.filter(pc.invert(pc.and_(empty, pc.is_in(cell, read))))
    ordered = table.append_column("order", pc.index_in(table["severity"], _ORDER))
    return ordered.sort_by([("order", "ascending"), ("row", "ascending")])


def count_problems(version: Version, skip: Sequence[int] = ()) -> tuple[int, int]:
    """How many errors and how many warnings."""
    said = problems_of(version, skip)["severity"].value_counts().to_pylist()
    counts = {each["values"]: each["counts"] for each in said}
    return int(counts.get("error", 0)), int(counts.get("warning", 0))
