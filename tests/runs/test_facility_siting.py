"""The shipped analysis of siting: the sites are the best there are, by trying all; a walk over a network is told from a line."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest

from madang.messages import MadangError
from madang.results import Result, sentence
from madang.runs import Analyses, Input, Inputs, Part

LON_LAT = pyproj.Transformer.from_crs(5179, 4326, always_xy=True)
EAST, NORTH = 953_000.0, 1_950_000.0


def part(folder: Path, name: str, **columns: Any) -> Input:
    table = pa.table(columns)
    pq.write_table(table, folder / f"{name}.parquet")
    named = {each: each for each in table.schema.names}
    return Input(name, (Part(name, 1, name, "2026-01-01", named, (folder / f"{name}.parquet",)),))


def points(xy: Any) -> dict[str, Any]:
    lon, lat = LON_LAT.transform(EAST + xy[:, 0], NORTH + xy[:, 1])
    return {"lon": lon, "lat": lat}


class Town:
    """A town by chance: 30 cells, 9 candidates, two existing sites, all within 3 km."""

    def __init__(self, folder: Path, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.homes, self.sites, self.there = (rng.uniform(0, 3000, (count, 2)) for count in (30, 9, 2))
        self.people = rng.integers(1, 400, 30)
        self.inputs = {
            "people": part(folder, "people", source_row=np.arange(30), population_persons=self.people,
                           dong_code=["1111051500"] * 30, **points(self.homes)),
            "candidates": part(folder, "candidates", source_row=np.arange(9), site_number=[f"L{n}" for n in range(9)],
                               land_name=[f"땅 {n}" for n in range(9)], **points(self.sites)),
            "existing": part(folder, "existing", **points(self.there)),
        }  # fmt: skip

    def run(self, folder: Path, **said: Any) -> Result:
        return Analyses(folder / "none")["facility-siting"].run(Inputs(self.inputs), **said).check()

    def metres(self, chosen: tuple[int, ...]) -> Any:
        sites = np.vstack([self.there, self.sites[list(chosen)]])
        return 1.3 * np.hypot(*(self.homes[:, None, :] - sites[None, :, :]).transpose(2, 0, 1)).min(axis=1)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("goal", ["near", "cover", "farthest"])
def test_no_other_choice_is_better(tmp_path: Path, seed: int, goal: str) -> None:
    town = Town(tmp_path, seed)
    result = town.run(tmp_path, sites=3, goal=goal, reach_m=700, way="straight")
    chosen = tuple(int(row["site_number"][1:]) for row in result.table("chosen").rows.to_pylist())

    def worth(choice: tuple[int, ...]) -> float:
        metres = town.metres(choice)
        if goal == "near":
            return float((metres * town.people).sum())
        return -float(town.people[metres <= 700].sum()) if goal == "cover" else float(metres.max())

    best = min(worth(each) for each in combinations(range(9), 3))
    assert worth(chosen) == pytest.approx(best, rel=1e-4)
    after = result.table("change").rows.to_pylist()[1]
    assert after["farthest"] == pytest.approx(town.metres(chosen).max(), abs=1)
    assert after["mean"] == pytest.approx(np.average(town.metres(chosen), weights=town.people), rel=1e-3)
    assert "증명했습니다" in result.caveats[1]


def test_a_walk_goes_around_what_a_line_crosses(tmp_path: Path) -> None:
    """A river between the homes and the near site: over the bridge it is 3 km, to the other site on this side 1 km."""
    inputs = {
        "people": part(tmp_path, "people", source_row=[1], population_persons=[100], dong_code=["1111051500"],
                       **points(np.array([[0.0, 0.0]]))),
        "candidates": part(tmp_path, "candidates", source_row=[1, 2], site_number=["near", "dry"], land_name=["건너", "이쪽"],
                           **points(np.array([[0.0, 200.0], [1000.0, 0.0]]))),
        "nodes": part(tmp_path, "nodes", node_id=["a", "b", "c", "d"],
                      **points(np.array([[0.0, 0.0], [1400.0, 0.0], [1400.0, 200.0], [0.0, 200.0]]))),
        "links": part(tmp_path, "links", from_node_id=["a", "b", "c", "a"], to_node_id=["b", "c", "d", "d"],
                      length_m=[1400.0, 200.0, 1400.0, 200.0], road_rank=["107", "107", "107", "101"]),
    }  # fmt: skip
    analysis = Analyses(tmp_path / "none")["facility-siting"]
    line = analysis.run(Inputs(inputs), sites=1, way="straight")
    walk = analysis.run(Inputs(inputs), sites=1, way="walk")
    assert line.table("chosen").value(0, "name") == "건너"
    assert walk.table("chosen").value(0, "name") == "이쪽"
    assert "걷는 길" in walk.caveats[0]
    assert "직선거리" in line.caveats[0]
    assert "걷는 길로 1,000\u202fm" in sentence(walk.findings[1], walk)
    assert "직선거리의 1.3배로 260\u202fm" in sentence(line.findings[1], line)
    assert "이쪽" in sentence(walk.findings[0], walk)


def test_the_fewest_sites_that_reach_all_are_the_fewest(tmp_path: Path) -> None:
    town = Town(tmp_path, 2)
    result = town.run(tmp_path, goal="all", reach_m=1500, way="straight")
    able = town.metres(tuple(range(9))) <= 1500
    number = result.table("chosen").rows.num_rows
    chosen = tuple(int(row["site_number"][1:]) for row in result.table("chosen").rows.to_pylist())
    assert (town.metres(chosen)[able] <= 1500).all()
    fewer = combinations(range(9), number - 1)
    assert not any((town.metres(each)[able] <= 1500).all() for each in fewer)
    assert "이보다 적은 수로는 안 됨을 증명했습니다." in result.caveats
    left = town.people[~able].sum()
    assert any(f"닿지 않는 주민이 {left:,.0f}명" in each for each in result.caveats) == bool(left)


def test_no_site_serves_more_than_its_room_and_every_dong_has_its_share(tmp_path: Path) -> None:
    town = Town(tmp_path, 3)
    capacity = int(town.people.sum() * 0.3)
    full = town.run(tmp_path, goal="room", capacity=capacity, way="straight")
    assert all(row["nearer"] <= capacity for row in full.table("chosen").rows.to_pylist())
    assert any(f"많아야 {capacity:,}명" in each for each in full.caveats)
    held = town.run(tmp_path, goal="near", least_share=60, reach_m=1300, way="straight")
    assert float(held.table("change").value(1, "share")) >= 60
    with pytest.raises(MadangError) as caught:
        town.run(tmp_path, least_share=100, reach_m=100, way="straight")
    assert caught.value.code == "siting_share_impossible"


def test_each_site_says_how_often_it_is_chosen_again(tmp_path: Path) -> None:
    result = Town(tmp_path, 0).run(tmp_path, sites=3, goal="cover", reach_m=700, way="straight")
    again = result.table("again").rows.to_pylist()
    assert [row["condition"] for row in again[:2]] == ["한 곳 덜 둘 때", "한 곳 더 둘 때"]
    assert {"닿는 거리가 525 m일 때", "닿는 거리가 875 m일 때"} <= {row["condition"] for row in again}
    firm = [row["firm"] for row in result.table("chosen").rows.to_pylist()]
    kept = sum(row["kept"] for row in again)
    assert sum(firm) / 100 * len(again) == pytest.approx(kept, abs=0.05)
    assert f"조건을 {len(again)}번" in sentence(result.findings[2], result)


def test_the_first_sentences_say_what_was_counted_as_being_there(tmp_path: Path) -> None:
    town = Town(tmp_path, 0)
    told = town.run(tmp_path, sites=2, way="straight")
    first = sentence(told.findings[0], told)
    assert first.endswith("이미 있는 시설로는 existing 2곳을 셌습니다.")
    assert "지금은" in sentence(told.findings[1], told)
    reached = town.run(tmp_path, goal="all", reach_m=5000, way="straight")
    assert sentence(reached.findings[0], reached).count(". ") == 1
    assert "existing 2곳을 셌습니다" in sentence(reached.findings[0], reached)
    del town.inputs["existing"]
    bare = town.run(tmp_path, sites=2, way="straight")
    first = sentence(bare.findings[0], bare)
    assert first.endswith("candidates 가운데 골랐고, 이미 있는 시설은 세지 않았습니다.")
    assert first.count(". ") == 1
    assert "지금은" not in sentence(bare.findings[1], bare)


def test_more_sites_than_candidates_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        Town(tmp_path, 1).run(tmp_path, sites=10)
    assert caught.value.code == "run_range"
