"""The shipped analysis of concentrations: a planted one is found with its areas, none is found where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.messages import MadangError
from madang.results import Result, sentence
from madang.runs import Analyses, Input, Inputs, Part

SIDE = 5  # dongs stand in a square of 5 x 5, 1 km apart, a thousand people each
CODES = [f"11110{n:03d}00" for n in range(SIDE * SIDE)]


def part(folder: Path, name: str, table: pa.Table) -> Input:
    pq.write_table(table, folder / f"{name}.parquet")
    columns = {each: each for each in table.schema.names}
    return Input(name, (Part(name, 1, name, "2026-01-01", columns, (folder / f"{name}.parquet",)),))


def found(folder: Path, cases: list[int], **said: Any) -> Result:
    """The result for so many cases in each dong, and three of nowhere."""
    events = [code for code, count in zip(CODES, cases, strict=True) for _ in range(count)] + [None] * 3
    across = [n % SIDE for n in range(len(CODES))]
    along = [n // SIDE for n in range(len(CODES))]
    inputs = {
        "events": part(folder, "events", pa.table({"dong_code": pa.array(events, pa.string())})),
        "people": part(folder, "people", pa.table({"dong_code": CODES * 2, "population_persons": [400, 600] * len(CODES)})),
        "areas": part(
            folder, "areas",
            pa.table({"hjd_code": CODES, "area_name": [f"마당시 {n}동" for n in range(len(CODES))],
                      "lon": [127.0 + 0.0113 * x for x in across], "lat": [37.0 + 0.009 * y for y in along]}),
        ),
    }  # fmt: skip
    analysis = Analyses(folder / "none")["hot-spots"]
    return analysis.run(Inputs(inputs, seed=1), **said).check()


def test_a_planted_concentration_is_found_with_its_dongs(tmp_path: Path) -> None:
    planted = {6, 7, 11, 12}
    result = found(tmp_path, [30 if n in planted else 10 for n in range(SIDE * SIDE)])
    first = result.table("clusters").rows.to_pylist()[0]
    assert {int(name.removesuffix("동")) for name in first["dongs"].split(", ")} >= planted
    assert first["p"] == pytest.approx(0.001)
    named = {row["dong"] for row in result.table("dongs").rows.to_pylist() if row["cluster"]}
    assert {f"{n}동" for n in planted} <= named
    (city,) = result.table("city").rows.to_pylist()
    assert (city["cases"], city["people"], city["elsewhere"]) == (4 * 30 + 21 * 10, 25_000, 3)
    assert "둘레" in sentence(result.findings[1], result)


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    cases = np.random.default_rng(5).poisson(10, SIDE * SIDE).tolist()
    result = found(tmp_path, cases, replicates=199)
    assert "찾지 못했습니다" in sentence(result.findings[1], result)
    rates = {row["dong"]: row["rate"] for row in result.table("dongs").rows.to_pylist()}
    raw = {row["dong"]: row["raw"] for row in result.table("dongs").rows.to_pylist()}
    assert np.std(list(rates.values())) <= np.std(list(raw.values()))


def test_nothing_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        found(tmp_path, [0] * SIDE * SIDE)
    assert caught.value.code == "hot_spots_sum"
