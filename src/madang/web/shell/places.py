"""Whether the rows of a version have places: what maps and files of places can be made of."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from madang.bank import Version


def has_places(version: Version) -> bool:
    """Whether rows have shapes or points of their own; a code or a name of an area alone is no place on a map."""
    if any(column.type == "geometry" for column in version.columns):
        return True
    return any(_has_points(path) for path in version.files)


@lru_cache(maxsize=4_096)
def _has_points(path: Path) -> bool:
    """Whether any row of a file of a version has a longitude, by the counts that the file itself keeps."""
    told = pq.read_metadata(path)
    if "lon" not in told.schema.names:
        return False
    column = told.schema.names.index("lon")
    chunks = [told.row_group(group).column(column) for group in range(told.num_row_groups)]
    return any(chunk.statistics is None or chunk.statistics.null_count < chunk.num_values for chunk in chunks)
