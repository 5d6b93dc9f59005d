"""The shipped complaint forecast: a planted season and a planted rise come back, sums add up, errors are told beside."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.results import Result, sentence
from madang.runs import Analyses, Input, Inputs, Part

pytestmark = pytest.mark.slow
YEARS = 5


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Snow in two dongs, 60 in January and 6 in July; noise, 20 a month, and in one dong 60 in the last three months."""
    rng = np.random.default_rng(2)
    rows: list[tuple[np.datetime64, str, str, str]] = []
    for month in range(12 * YEARS):
        first = np.datetime64("2021-11", "M") + month
        season = 33 + 27 * np.cos(2 * np.pi * ((first.astype(int)) % 12) / 12)
        for dong in ("1111051500", "1111053000"):
            noise = 60 if month >= 12 * YEARS - 3 and dong == "1111053000" else 20
            for kind, mean in (("제설", season), ("소음", noise)):
                for _ in range(rng.poisson(mean)):
                    rows.append(
                        (first.astype("datetime64[D]") + int(rng.integers(28)), kind, kind + "과", dong)
                    )
    rows += [(np.datetime64("2026-10-31"), "제설", "제설과", "1111051500")]  # the last month is whole
    folder = tmp_path_factory.mktemp("letters")
    days, kinds, departments, dongs = zip(*rows, strict=True)
    table = pa.table(
        {
            "received_at": pa.array(np.array(days).astype("datetime64[us]")),
            "category": kinds,
            "department": departments,
            "dong_code": dongs,
        }
    )
    pq.write_table(table, folder / "letters.parquet")
    named = {name: name for name in table.schema.names}
    part = Part("letters", 1, "민원", "2026-10-31", named, (folder / "letters.parquet",))
    analysis = Analyses(folder / "none")["complaint-forecast"]
    found: Result = analysis.run(Inputs({"letters": Input("letters", (part,))}, seed=1), step="month")
    return found.check()


def test_the_planted_season_comes_back(result: Result) -> None:
    rows = [
        row
        for row in result.table("next").rows.to_pylist()
        if (row["level"], row["name"]) == ("분야", "제설")
    ]
    truth = [2 * (33 + 27 * np.cos(2 * np.pi * month / 12)) for month in (10, 11, 0)]
    assert [row["period"] for row in rows] == ["2026-11-01", "2026-12-01", "2027-01-01"]
    for row, wanted in zip(rows, truth, strict=True):
        assert row["letters"] == pytest.approx(wanted, rel=0.25)
        assert row["low"] <= row["letters"] <= row["high"]


def test_forecasts_add_up(result: Result) -> None:
    rows = result.table("next").rows.to_pylist()

    def total(level: str) -> float:
        return sum(row["letters"] for row in rows if row["level"] == level and row["period"] == "2026-11-01")

    for level in ("분야", "동", "부서", "분야와 동"):
        assert total(level) == pytest.approx(total("시 전체"), abs=0.5)


def test_the_planted_rise_is_warned_of_with_its_reason(result: Result) -> None:
    warned = result.table("alerts").rows.to_pylist()
    assert warned[0]["name"] in ("소음", "1111053000", "소음 · 1111053000", "소음과")
    assert {"소음", "1111053000"} <= {row["name"] for row in warned}
    assert {row["why"] for row in warned if row["name"].startswith("소음")} <= {
        "요즘 부쩍 늘어남",
        "해마다 늘어남",
    }
    assert warned[0]["name"] in sentence(result.findings[1], result)
    assert "까닭" in sentence(result.findings[1], result)


def test_how_good_it_was_stands_beside(result: Result) -> None:
    quality = {row["level"]: row for row in result.table("quality").rows.to_pylist()}
    assert quality.keys() == {"시 전체", "분야", "동", "부서", "분야와 동"}
    assert all(0 <= row["cover_80"] <= row["cover_95"] <= 100 for row in quality.values())
    assert [row["kind"].split()[0] for row in result.table("score").rows.to_pylist()] == [
        "알림",
        "지켜볼",
        "고치지",
    ]
    said = result.table("reliable").rows.to_pylist()
    assert all(0 <= row["came"] <= 100 and row["cases"] > 0 for row in said)
