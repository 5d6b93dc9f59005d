"""The shipped analysis of concentrations: a planted one is found with its areas, none is found where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
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


def found(folder: Path, cases: list[int], days: Any = None, **said: Any) -> Result:
    """The result for so many cases in each dong, and three of nowhere; `days`: of each case of the dongs, in their order."""
    events = [code for code, count in zip(CODES, cases, strict=True) for _ in range(count)] + [None] * 3
    told = {"dong_code": pa.array(events, pa.string())}
    if days is not None:
        told["received_at"] = pa.array(np.r_[days, days[:3]].astype("datetime64[us]"))
    across = [n % SIDE for n in range(len(CODES))]
    along = [n // SIDE for n in range(len(CODES))]
    inputs = {
        "events": part(folder, "events", pa.table(told)),
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
    assert first["p"] == pytest.approx(0.1)  # per cent: one of 1,000
    named = {row["dong"] for row in result.table("dongs").rows.to_pylist() if row["cluster"]}
    assert {f"{n}동" for n in planted} <= named
    (city,) = result.table("city").rows.to_pylist()
    assert (city["cases"], city["people"], city["elsewhere"]) == (4 * 30 + 21 * 10, 25_000, 3)
    assert "둘레" in sentence(result.findings[1], result)
    cases = {row["cluster"]: row["cases"] for row in result.table("clusters").rows.to_pylist()}
    assert behind(tmp_path, result, "clusters") == cases


def behind(folder: Path, result: Result, table: str) -> dict[int, int]:
    """How many rows of the events stand behind each concentration."""
    (origin,) = result.table(table).origins
    with duckdb.connect() as con:
        con.execute(f"""CREATE VIEW events AS SELECT 'events' AS dataset, row_number() OVER () AS source_row, *
                        FROM '{folder}/events.parquet'""")
        counted = f"SELECT cluster, count(*) FROM ({origin.query}) GROUP BY 1"
        return dict(con.execute(counted).fetchall())


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    cases = np.random.default_rng(5).poisson(10, SIDE * SIDE).tolist()
    result = found(tmp_path, cases, replicates=199)
    assert "찾지 못했습니다" in sentence(result.findings[1], result)
    rates = {row["dong"]: row["rate"] for row in result.table("dongs").rows.to_pylist()}
    raw = {row["dong"]: row["raw"] for row in result.table("dongs").rows.to_pylist()}
    assert np.std(list(rates.values())) <= np.std(list(raw.values()))


def test_a_planted_fortnight_is_found_where_days_are_known(tmp_path: Path) -> None:
    """Thirty a year in each dong, and in two dongs twenty more in the first fortnight of October."""
    rng = np.random.default_rng(7)
    burst = {6, 7}
    first = np.datetime64("2025-01-01")
    days = [
        first + np.r_[rng.integers(0, 365, 30), rng.integers(273, 287, 20 if n in burst else 0)]
        for n in range(SIDE * SIDE)
    ]
    result = found(tmp_path, [len(each) for each in days], np.concatenate(days), replicates=199)
    (row, *others) = result.table("moments").rows.to_pylist()
    assert {int(name.removesuffix("동")) for name in row["dongs"].split(", ")} >= burst
    assert "2025-09-22" <= row["since"] <= "2025-10-08"
    assert "2025-10-07" <= row["until"] <= "2025-10-22"
    assert row["p"] == pytest.approx(100 / 200)
    assert row["now"] == ""
    cases = {each["cluster"]: each["cases"] for each in (row, *others)}
    assert behind(tmp_path, result, "moments") == cases
    assert all(other["chance"] == "우연일 수 있음" for other in others)
    assert row["since"].replace("-", ". ").replace(" 0", " ")[:4] in sentence(result.findings[-1], result)
    weeks = result.table("weeks").rows.to_pylist()
    assert len(weeks) in (2 * 51, 2 * 52)
    usual, came = (
        sum(each["cases"] for each in weeks if each["kind"] == kind) for kind in ("여느 때라면", "온 것")
    )
    assert usual == pytest.approx(came, abs=3)


def test_days_spread_evenly_are_no_concentration_in_time(tmp_path: Path) -> None:
    days = np.datetime64("2025-01-01") + np.random.default_rng(8).integers(0, 365, 20 * SIDE * SIDE)
    result = found(tmp_path, [20] * SIDE * SIDE, days, replicates=99)
    assert "갑자기 몰린 일은 찾지 못했습니다" in sentence(result.findings[-1], result)


def test_without_days_only_places_are_told(tmp_path: Path) -> None:
    result = found(tmp_path, [20] * SIDE * SIDE, replicates=99)
    assert [table.id for table in result.tables] == ["city", "dongs", "clusters"]
    assert any("언제 몰렸는지는 보지 않았습니다" in caveat for caveat in result.caveats)


def test_nothing_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        found(tmp_path, [0] * SIDE * SIDE)
    assert caught.value.code == "hot_spots_sum"
