"""Points that cannot be where they say, over a whole table: told as problems with a proposed reading, never mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.intake.place import Placing, fits
from madang.intake.place_slips import LOST, pointed
from madang.intake.problems import ProblemSink
from madang.places.coordinates_points import check_points, near_areas
from madang.places.crs import WGS84

_CHUNK = (
    2_000_000  # rows that are looked at together: what is duplicated or dragged across chunks is not seen
)
LISTED = 10_000  # rows that are listed of each rule
RULES = (
    "point_zero", "point_dummy", "point_swapped", "point_digit", "point_outside_korea", "point_outside_claim",
    "point_duplicated", "point_dragged", LOST,
)  # fmt: skip


def list_points(
    files: Sequence[Path], placing: Placing, column: tuple[str, str], problems: ProblemSink
) -> dict[str, int]:
    """Add the points of the checked `files` (place.CHECKED) that cannot be right to `problems`; how many of each rule.

    `column`: name and label of the coordinate they are told under.
    """
    counts = dict.fromkeys(RULES, 0)
    near = near_areas(*placing.known.sigungu_shapes) if placing.known else None
    names = placing.known.sigungu_names if placing.known else {}
    for table in _chunks(files):
        lon, lat, x, y = (_numbers(table[name]) for name in ("lon", "lat", "x", "y"))
        claimed = None
        if near is not None:
            elsewhere = pc.and_(
                pc.greater(table["claimed"], 0), pc.not_equal(table["claimed"], table["found"])
            )
            claimed = pc.if_else(elsewhere, table["claimed"], None).cast(pa.string()).combine_chunks()
        metres = placing.crs not in (None, WGS84) and placing.layer is None
        lost_lon, lost_lat = pointed(x, y) if placing.crs == WGS84 else (np.full(len(x), np.nan),) * 2
        lost = np.flatnonzero(np.isfinite(lost_lon))
        flags = check_points(
            np.where(np.isfinite(lost_lon), np.nan, lon),
            lat,
            claimed=claimed,
            near=near,
            addresses=table["address"],
            projected=((y, x) if placing.exchanged else (x, y)) if metres else None,
            placed=_placed(table) if placing.known else np.ones(len(x), bool),
        )
        slips = {"row": pa.array(lost), "rule": pa.array([LOST] * len(lost), pa.string())}
        slips |= {"lon": pa.array(lost_lon[lost]), "lat": pa.array(lost_lat[lost])}
        flags = pa.concat_tables([flags, pa.table(slips)])
        _add(flags, table, counts, column, names, problems)
    for rule, count in counts.items():
        if count > LISTED:
            note = {"total": f"{count:,}", "listed": f"{LISTED:,}", "rule": rule}
            problems.add("rule_list_cut", label=column[1], severity="info", detail=_json(note))
    return {rule: count for rule, count in counts.items() if count}


def _chunks(files: Sequence[Path]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for path in files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(200_000):
                held.append(batch)
                if sum(each.num_rows for each in held) >= _CHUNK:
                    yield pa.Table.from_batches(held)
                    held = []
    if held:
        yield pa.Table.from_batches(held)


def _placed(table: pa.Table) -> Any:
    return fits(*(np.asarray(table[name]) for name in ("found", "claimed")))


def _add(
    flags: pa.Table,
    table: pa.Table,
    counts: dict[str, int],
    column: tuple[str, str],
    names: dict[str, str],
    problems: ProblemSink,
) -> None:
    for rule in RULES:
        found = flags.filter(pc.equal(flags["rule"], rule))
        room = max(LISTED - counts[rule], 0)
        counts[rule] += found.num_rows
        found = found.slice(0, room)
        if found.num_rows:
            problems.add_table(_problems(rule, found, table.take(found["row"]), column, names))


def _proposed(rule: str, lon: float | None, lat: float | None) -> dict[str, str]:
    """Another reading of a point, where there is one."""
    if lon is None or lat is None:
        return {}
    if rule == LOST:
        return {"proposed": f"{lon:.7f}, {lat:.7f}"}
    return {"proposed_lon": f"{lon:.7f}", "proposed_lat": f"{lat:.7f}"}


def _problems(
    rule: str, found: pa.Table, rows: pa.Table, column: tuple[str, str], names: dict[str, str]
) -> pa.Table:
    count = found.num_rows
    pairs = list(zip(rows["x"].to_pylist(), rows["y"].to_pylist(), strict=True))
    proposals = zip(found["lon"].to_pylist(), found["lat"].to_pylist(), strict=True)
    areas = (names.get(f"{code:05d}", "") for code in rows["claimed"].to_pylist())
    details = [
        _json({"lon": f"{x:.9g}", "lat": f"{y:.9g}", "area": area, **_proposed(rule, *proposal)})
        for (x, y), proposal, area in zip(pairs, proposals, areas, strict=True)
    ]
    return pa.table(
        {
            "row": rows["source_row"],
            "column": pa.array([column[0]] * count, pa.string()),
            "label": pa.array([column[1]] * count, pa.string()),
            "value": pa.array([f"{x:.12g}, {y:.12g}" for x, y in pairs], pa.string()),
            "rule": pa.array([rule] * count, pa.string()),
            "severity": pa.array(["warning"] * count, pa.string()),
            "detail": pa.array(details, pa.string()),
        }
    )


def _numbers(column: pa.ChunkedArray) -> Any:
    return np.asarray(pc.fill_null(column, np.nan).to_numpy())


def _json(params: dict[str, Any]) -> str:
    return json.dumps(params, ensure_ascii=False)
