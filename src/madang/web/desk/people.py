"""How many people the city has, where a deposited table says it in one row."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Dataset
from madang.web.desk.entries import Stamp, stamp_of
from madang.web.desk.known import DAMAGE
from madang.web.desk.pages import People
from madang.workspace import Workspace

_STANDARD = "resident-population"
_COLUMNS = ("area_code", "month", "sex", "age", "population_persons")
_ALL = "계"
_known: dict[tuple[Path, str], tuple[Stamp, People | None]] = {}


def people_of(ws: Workspace, datasets: Iterable[Dataset]) -> People | None:
    """The people of the workspace's own area in the newest month that has a row for all of them; else None."""
    code = ws.settings.area_code.strip()
    if not code:
        return None
    found = []
    for dataset in datasets:
        try:
            stamp = stamp_of(dataset)
            known = _known.get((dataset.folder, code))
            if known is None or known[0] != stamp:
                known = _known[dataset.folder, code] = (stamp, _people(dataset, code))
        except (*DAMAGE, pa.ArrowException):
            continue
        found += [known[1]] if known[1] else []
    return max(found, key=lambda each: each.month, default=None)


def _people(dataset: Dataset, code: str) -> People | None:
    version = dataset.latest
    if version is None or version.receipt.get("standard") != _STANDARD:
        return None
    wanted = [("area_code", "=", code), ("sex", "=", _ALL), ("age", "=", _ALL)]
    files = [path for path in version.files if set(_COLUMNS) <= set(pq.read_schema(path).names)]
    if not files:
        return None
    rows = pa.concat_tables([pq.read_table(path, columns=list(_COLUMNS), filters=wanted) for path in files])
    rows = rows.filter(pc.is_valid(rows["population_persons"]))
    month = pc.max(rows["month"]).as_py()
    newest = rows.filter(pc.equal(rows["month"], month)) if month else rows.slice(0, 0)
    if newest.num_rows != 1:
        return None
    return People(int(newest["population_persons"][0].as_py()), str(month), dataset.id)
