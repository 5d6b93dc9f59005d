"""Coverage, next sites and access against brute force, exact ground, printed examples and the planted gaps."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from madang.messages import MadangError
from madang.methods.catchments import two_step_access
from madang.methods.coverage import coverage, covered_ground_m2, nearest, nearest_by_cost
from madang.methods.gap_regions import gap_regions
from madang.methods.next_sites import Pairs, next_sites, pairs_by_cost, pairs_within
from madang.samplecity import Setting
from madang.samplecity.layers.facilities.gaps import LivedCells, cells_of
from madang.samplecity.layers.ground.model import Ground
from tests.samplecity.facility_files import Files, written
from tests.samplecity.test_truths_held import STEMS, Held, metres


def town(seed: int, cells: int = 400, sites: int = 12) -> tuple[Any, Any, Any, Any]:
    """(cells, 2), people, area of each, (sites, 2) in a square of 2 km."""
    rng = np.random.default_rng(seed)
    return (
        rng.uniform(0, 2000, (cells, 2)),
        rng.integers(0, 60, cells).astype(float),
        rng.integers(-1, 5, cells),
        rng.uniform(0, 2000, (sites, 2)),
    )


def far(points: Any, others: Any) -> Any:
    return np.hypot(points[:, None, 0] - others[None, :, 0], points[:, None, 1] - others[None, :, 1])


# --- coverage


def test_five_cells_in_a_row() -> None:
    """Cells at 0, 100 … 400 m, one facility at 0: at a reach of 200 m the last two are out, at 100 three, at 300 one."""
    found = nearest([0, 100, 200, 300, 400, np.nan], [0] * 6, [0, np.nan], [0, 0])
    assert found.metres[:5].tolist() == [0, 100, 200, 300, 400]
    assert found.facility.tolist() == [0, 0, 0, 0, 0, -1]
    answer = coverage(found.metres, [10, 20, 30, 40, 50, 7], 200, [0, 0, 0, 1, -1, 1], areas=3)
    assert answer.reach_m.tolist() == [100, 200, 300]
    assert answer.people == 150
    assert answer.uncovered.tolist() == [120, 90, 50]
    assert answer.covered.tolist() == [30, 60, 100]
    assert answer.uncovered_cells.tolist() == [False, False, False, True, True, False]
    assert answer.area_people.tolist() == [60, 40, 0]
    assert answer.area_uncovered.tolist() == [[30, 0, 0], [40, 40, 0], [0, 0, 0]]
    assert answer.ranked[0] == 1
    assert (answer.in_no_area, answer.without_place) == (50, 7)


def test_without_facilities_everybody_is_out_of_reach() -> None:
    found = nearest([0.0, 1.0], [0.0, 1.0], [], [])
    assert np.isinf(found.metres).all()
    assert coverage(found.metres, [3, 4], 500).uncovered.tolist() == [7, 7, 7]
    assert nearest_by_cost(np.zeros((2, 0))).facility.tolist() == [-1, -1]


def test_a_matrix_of_ways_counts_as_it_says() -> None:
    found = nearest_by_cost([[300, 200], [np.nan, 500], [np.nan, np.inf]])
    assert found.metres.tolist() == [200, 500, np.inf]
    assert found.facility.tolist() == [1, 1, -1]
    with pytest.raises(MadangError):
        nearest_by_cost([[-1.0]])


@given(st.integers(0, 10_000), st.floats(20, 900), st.floats(0, 0.9))
@settings(deadline=None, max_examples=50)
def test_coverage_is_what_one_counts_by_hand(seed: int, reach: float, spread: float) -> None:
    cells, people, area, sites = town(seed, 60, 4)
    way = far(cells, sites).min(axis=1)
    answer = coverage(nearest(*cells.T, *sites.T).metres, people, reach, area, areas=5, spread=spread)
    for at, limit in enumerate((reach * (1 - spread), reach, reach * (1 + spread))):
        assert answer.uncovered[at] == people[way > limit].sum()
        for number in range(5):
            assert answer.area_uncovered[number, at] == people[(way > limit) & (area == number)].sum()
    assert (np.diff(answer.uncovered) <= 0).all()
    assert_allclose(answer.covered + answer.uncovered, people.sum())
    assert (np.diff(answer.area_uncovered[answer.ranked, 1]) <= 0).all()
    assert answer.area_people.sum() + answer.in_no_area == people.sum()


@pytest.mark.parametrize(
    "given",
    [([1, 2], [1], 5, None), ([1], [1], 0, None), ([-1], [1], 5, None), ([1], [-1], 5, None), ([1], [np.nan], 5, None)],
)  # fmt: skip
def test_impossible_coverage_is_refused(given: Any) -> None:
    with pytest.raises(MadangError):
        coverage(*given)
    with pytest.raises(MadangError):
        coverage([1], [1], 5, spread=1.0)


def test_ground_in_reach_is_that_of_circles() -> None:
    """One circle; two whose middles are a radius apart: 2 pi r² less the lens r² (2 pi / 3 - sqrt(3) / 2)."""
    assert covered_ground_m2([0], [0], 50)[0] == pytest.approx(np.pi * 2500, rel=1e-9)
    lens = 2500 * (2 * np.pi / 3 - np.sqrt(3) / 2)
    assert covered_ground_m2([0, 50, np.nan], [0, 0, 1], 50)[0] == pytest.approx(
        2 * np.pi * 2500 - lens, rel=3e-4
    )


@pytest.mark.slow
def test_ground_in_reach_is_what_darts_say() -> None:
    """Overlapping circles in two areas, against a million darts: to one part in a hundred (handbook C12)."""
    rng = np.random.default_rng(12)
    sites = rng.uniform(0, 2000, (60, 2))
    areas = [shapely.box(0, 0, 900, 2000), shapely.box(900, 0, 2000, 2000)]
    ground = covered_ground_m2(*sites.T, 150, areas)
    darts = rng.uniform(0, 2000, (1_000_000, 2))
    hit = nearest(*darts.T, *sites.T).metres <= 150
    west = darts[:, 0] < 900
    assert_allclose(ground, [(hit & west).mean() * 4e6, (hit & ~west).mean() * 4e6], rtol=0.01)
    assert ground.sum() < 60 * np.pi * 150**2 * 0.9


# --- gaps


def test_cells_that_touch_are_one_gap() -> None:
    """Out of reach: a row of two, one that touches it at a corner, one apart, one with nobody between."""
    x, y = [50, 150, 250, 550, 350, 450], [50, 50, 150, 50, 250, 150]
    found = gap_regions(x, y, [10, 20, 30, 70, 5, 0], [True, True, True, True, False, True])
    assert found.region.tolist() == [1, 1, 1, 0, -1, -1]
    assert found.people.tolist() == [70, 60]
    assert found.cells.tolist() == [1, 3]
    assert found.x[1] == pytest.approx((10 * 50 + 20 * 150 + 30 * 250) / 60)
    assert gap_regions([1.0], [1.0], [5], [False]).people.tolist() == []
    with pytest.raises(MadangError):
        gap_regions([1.0], [1.0], [5, 6], [True])


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=30)
def test_gaps_hold_everybody_out_of_reach_and_lie_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = (each.ravel() * 100.0 for each in np.meshgrid(np.arange(9), np.arange(9)))
    people, out = rng.integers(0, 4, 81).astype(float), rng.random(81) < 0.4
    found = gap_regions(x, y, people, out)
    assert found.people.sum() == people[out].sum()
    assert (np.diff(found.people) <= 0).all()
    steps = np.maximum(np.abs(x[:, None] - x), np.abs(y[:, None] - y)) <= 100
    both = (found.region[:, None] >= 0) & (found.region[None, :] >= 0)
    assert (found.region[:, None] == found.region[None, :])[steps & both].all()
    for number in range(len(found.people)):
        mine = np.flatnonzero(found.region == number)
        reached = {mine[0]}
        while True:
            more = set(mine[steps[list(reached)][:, mine].any(axis=0)]) - reached
            if not more:
                break
            reached |= more
        assert reached == set(mine)


# --- next sites


@given(st.integers(0, 10_000), st.integers(1, 5))
@settings(deadline=None, max_examples=50)
def test_every_site_is_the_best_in_its_turn(seed: int, count: int) -> None:
    cells, people, _, sites = town(seed, 80, 9)
    found = next_sites(pairs_within(*cells.T, *sites.T, 400), people, count)
    hit, left = far(cells, sites) <= 400, people.copy()
    assert_allclose(found.alone, people @ hit)
    for site, gain in zip(found.site, found.gain, strict=True):
        adds = left @ hit
        assert gain == pytest.approx(adds.max())
        assert site == np.flatnonzero(adds > adds.max() - 1e-6)[0]
        left[hit[:, site]] = 0
    assert found.left == pytest.approx(left.sum())
    if len(found.site) < count:
        assert (left @ hit).max() < 1e-6
    best = max(people[hit[:, list(some)].any(axis=1)].sum() for some in combinations(range(9), min(count, 3)))
    if count <= 3:
        assert found.gain.sum() >= (1 - 1 / np.e) * best - 1e-6


def test_pairs_of_a_matrix_are_those_of_the_plane() -> None:
    cells, people, _, sites = town(5)
    cells[3], sites[2] = np.nan, np.nan
    plane, matrix = pairs_within(*cells.T, *sites.T, 600), pairs_by_cost(far(cells, sites), 600)

    def table(pairs: Pairs) -> Any:
        return np.sort(np.column_stack([pairs.cell, pairs.facility, np.round(pairs.metres, 6)]), axis=0)

    assert_allclose(table(plane), table(matrix))
    assert (plane.cells, plane.facilities) == (matrix.cells, matrix.facilities) == (400, 12)
    with pytest.raises(MadangError):
        next_sites(plane, people[1:], 1)


# --- floating catchments


def test_access_of_a_town_by_hand() -> None:
    """Two doctors' rooms, three cells. Room 0 (10 doctors) has cell 0 in zone 1, cell 1 in zone 2; room 1 (5 doctors) has
    cell 1 in zone 1: 10 / (100 + 0.68 * 50) and 5 / 50; the third cell has nothing.
    A zone holds its bound."""
    pairs = pairs_by_cost([[1000, 3000], [1500, 900], [9000, np.nan]], 2000)
    found = two_step_access(pairs, [10, 5], [100, 50, 30], [1000, 2000], [1.0, 0.68])
    assert_allclose(found.ratio, [10 / 134, 5 / 50])
    assert_allclose(found.score, [10 / 134, 0.68 * 10 / 134 + 5 / 50, 0])
    assert found.people_without == 30
    assert found.idle_supply == 0


def test_the_plain_method_gives_the_printed_example() -> None:
    """R package fca: p <- 1:4, s <- 1:6, everything in reach: each ratio s / 10, each score 21 / 10."""
    found = two_step_access(pairs_by_cost(np.ones((4, 6)), 5), np.arange(1, 7), np.arange(1, 5), [5], [1])
    assert_allclose(found.ratio, np.arange(1, 7) / 10)
    assert_allclose(found.score, 2.1)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_supply_is_shared_out_whole(seed: int) -> None:
    cells, people, _, sites = town(seed, 120, 8)
    supply = np.random.default_rng(seed).uniform(1, 30, 8)
    zones, weights = np.array([150.0, 300, 500]), np.array([1, 0.68, 0.22])
    found = two_step_access(pairs_within(*cells.T, *sites.T, 500), supply, people, zones)
    way = far(cells, sites)
    heavy = np.select([way <= z for z in zones], weights, 0.0)
    around = people @ heavy
    ratio = np.where(around > 0, supply / np.where(around > 0, around, 1), 0)
    assert_allclose(found.score, heavy @ ratio)
    assert people @ found.score + found.idle_supply == pytest.approx(supply.sum())
    assert found.people_without == people[heavy @ ratio == 0].sum()


@pytest.mark.parametrize("zones", [[200, 100], [0, 100], [100, 100]])
def test_zones_must_ascend(zones: Any) -> None:
    with pytest.raises(MadangError):
        two_step_access(pairs_by_cost([[1.0]], 5), [1], [1], zones, [1, 1])


# --- the sample city


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written(tmp_path_factory.mktemp("facilities"), Setting(seed=19, scale=0.05))


@pytest.fixture(scope="module")
def cells(files: Files) -> LivedCells:
    return cells_of(files.city)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(STEMS))
def test_planted_gaps_are_found(files: Files, cells: LivedCells, kind: str) -> None:
    """People out of reach in the 행정동 of each gap, from the file of the facilities; its digits leave 30 cm."""
    codes = files.city.get(Ground).dongs.code
    way = nearest(cells.x, cells.y, *Held(files, None, []).points(kind).T).metres
    gaps = files.truth("coverage_gaps", kind=kind)
    assert gaps
    for gap in gaps:
        reach, dong = float(str(gap["reach_m"])), codes.index(str(gap["dong_code"]))
        few, many = (
            coverage(way, cells.people, reach + add, cells.dong, areas=len(codes)).area_uncovered[dong, 1]
            for add in (0.3, -0.3)
        )
        assert few <= int(str(gap["people_uncovered"])) <= many
        assert many > 0
        answer = coverage(way, cells.people, reach)
        middle = np.column_stack(metres([gap["lon"]], [gap["lat"]]))
        away = far(np.column_stack([cells.x, cells.y]), middle)[:, 0]
        deep = (away <= float(str(gap["radius_m"])) - reach - 0.3) & (cells.people > 0)
        assert answer.uncovered_cells[deep].all()
        assert deep.any() or gap["people"] == 0
        regions = gap_regions(cells.x, cells.y, cells.people, answer.uncovered_cells)
        assert regions.people.sum() == answer.uncovered[1]


@pytest.mark.slow
def test_the_planted_best_sites_are_taken_in_their_order(files: Files, cells: LivedCells) -> None:
    told = [row for row in files.truth("best_library_sites") if row["qualifies"]]
    radius = float(str(told[0]["radius_m"]))
    site_x, site_y = metres(*([float(str(row[name])) for row in told] for name in ("lon", "lat")))
    way = nearest(cells.x, cells.y, *Held(files, None, []).points("library").T).metres
    left = np.where(way > radius, cells.people, 0)
    found = next_sites(pairs_within(cells.x, cells.y, site_x, site_y, radius), left, len(told))
    assert found.site[:2].tolist() == [0, 1]
    assert [round(each) for each in found.gain] == [row["gain_in_turn"] for row in told][: len(found.gain)]
    assert [round(each) for each in found.alone] == [row["gain"] for row in told]
