"""A square of 행정동 with residents and events in them, and what the shipped analysis of concentrations finds there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from madang.results import Result
from madang.runs import Analyses, Input, Inputs, Part

SIDE = 5  # dongs stand in a square of 5 x 5, 1 km apart, a thousand people each
CODES = [f"11110{510 + n}00" for n in range(SIDE * SIDE)]


def part(folder: Path, name: str, table: pa.Table, standard: str = "") -> Input:
    pq.write_table(table, folder / f"{name}.parquet")
    columns = {each: each for each in table.schema.names}
    file = folder / f"{name}.parquet"
    return Input(name, (Part(name, 1, name, "2026-01-01", columns, (file,), standard=standard),))


def found(
    folder: Path, cases: list[int], days: Any = None, *, standard: str = "letters", status: Any = None,
    people: list[int] | None = None, names: list[str] | None = None, elsewhere: tuple[str | None, ...] = (None,) * 3, **said: Any,
) -> Result:  # fmt: skip
    """The result for so many cases in each dong, and three of nowhere or of those `elsewhere`; `days`, `status`: of each case of the dongs, in their order."""
    events = [code for code, count in zip(CODES, cases, strict=True) for _ in range(count)] + [*elsewhere]
    told = {"dong_code": pa.array(events, pa.string())}
    if days is not None:
        told["received_at"] = pa.array(np.r_[days, days[:3]].astype("datetime64[us]"))
    if status is not None:
        told["status_code"] = pa.array([*status, "01", "03", None], pa.string())
    across = [n % SIDE for n in range(len(CODES))]
    along = [n // SIDE for n in range(len(CODES))]
    inputs = {
        "events": part(folder, "events", pa.table(told), standard),
        "people": part(folder, "people", pa.table({"dong_code": CODES * 2, "population_persons": [n * share // 10 for share in (4, 6) for n in people or [1000] * len(CODES)]})),
        "areas": part(
            folder, "areas",
            pa.table({"hjd_code": CODES, "area_name": names or [f"마당시 {n}동" for n in range(len(CODES))],
                      "lon": [127.0 + 0.0113 * x for x in across], "lat": [37.0 + 0.009 * y for y in along]}),
        ),
    }  # fmt: skip
    analysis = Analyses(folder / "none")["hot-spots"]
    return analysis.run(Inputs(inputs, seed=1), **said).check()
