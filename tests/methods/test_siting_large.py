"""Covering models where few points decide and most candidates are settled: against HiGHS on the textbook programme."""

from __future__ import annotations

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import eye_array, hstack
from scipy.sparse.csgraph import shortest_path

from madang.messages import MadangError
from madang.methods import siting
from madang.methods.siting import EquityFloor
from madang.methods.siting_asked import Asked
from madang.methods.siting_sensitivity import stability

Floats = NDArray[np.float64]


def town(seed: int, clustered: bool, points: int = 400, candidates: int = 50) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, 8000, (6, 2))
    here, there = (
        centres[rng.integers(6, size=n)] + rng.normal(0, 600, (n, 2))
        if clustered
        else rng.uniform(0, 8000, (n, 2))
        for n in (points, candidates)
    )
    return np.hypot(*(here[:, None] - there).transpose(2, 0, 1)), rng.gamma(1.5, 60, points).round() + 1


def textbook(within: NDArray[np.bool_], weight: Floats | None, number: int, fixed: list[int]) -> float:
    """Most weight covered by `number` sites, or (no weight) the fewest sites that cover all; -1 where none do."""
    points, candidates = within.shape
    low = np.isin(np.arange(candidates), fixed).astype(float)
    if weight is None:
        rows = LinearConstraint(within.astype(float), 1, np.inf)
        told = milp(np.ones(candidates), constraints=rows, bounds=Bounds(low, 1), integrality=1)
        return float(told.fun) if told.success else -1
    rows = LinearConstraint(hstack([within.astype(float), -eye_array(points)]), 0, np.inf)
    total = LinearConstraint(np.r_[np.ones(candidates), np.zeros(points)][None], number, number)
    cost = np.r_[np.zeros(candidates), -weight]
    whole = np.r_[np.ones(candidates), np.zeros(points)]
    bounds = Bounds(np.r_[low, np.zeros(points)], 1)
    told = milp(cost, constraints=[rows, total], bounds=bounds, integrality=whole)
    return float(-told.fun)


@pytest.mark.parametrize("clustered", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_covering_models_are_the_textbook_programme(seed: int, clustered: bool) -> None:
    distance, people = town(seed, clustered)
    fixed = [seed] if seed else []
    most = siting.mclp(distance, people, 900, 6, existing=fixed)
    assert most.proven
    assert most.objective == pytest.approx(textbook(distance <= 900, people, 6 + len(fixed), fixed))

    able = (distance <= 1500).any(axis=1)
    fewest = siting.lscp(distance, people, 1500, existing=fixed)
    assert fewest.proven
    assert fewest.objective == textbook((distance <= 1500)[able], None, 0, fixed)
    assert (fewest.distance[able] <= 1500).all()

    centre = siting.p_center(distance, people, 7, existing=fixed)
    assert centre.proven
    assert centre.distance.max() == centre.objective
    nearer = distance[distance < centre.objective].max()
    needed = textbook(distance <= nearer, None, 0, fixed)
    assert needed == -1 or needed > 7 + len(fixed), "no shorter reach is held"


def test_a_floor_holds_in_every_covering_model_and_costs_something() -> None:
    distance, people = town(5, True)
    area = distance[:, :4].argmin(axis=1)
    area[distance.min(axis=1) > 1200] = -1

    def least(sites: NDArray[np.intp]) -> float:
        near = distance[:, sites].min(axis=1) <= 1200
        return min(float(people[near & (area == a)].sum() / people[area == a].sum()) for a in range(4))

    free = siting.mclp(distance, people, 800, 4)
    rng = np.random.default_rng(0)
    share = max(least(rng.choice(50, 4, replace=False)) for _ in range(2000))
    assert share > least(free.sites), "the floor asks for something"
    floor = EquityFloor(area, share, 1200)
    for held in (
        siting.mclp(distance, people, 800, 4, floor=floor),
        siting.p_center(distance, people, 4, floor=floor),
    ):
        assert held.proven
        assert least(held.sites) >= share - 1e-9
        assert held.model == "p_center" or held.objective < free.objective


@pytest.mark.parametrize("model", ["mclp", "p_center", "lscp"])
def test_out_of_time_the_bound_holds_and_the_time_is_kept(model: str) -> None:
    distance, people = town(9, False, 1500, 150)
    began = time.perf_counter()
    more = {"mclp": (900.0, 12), "p_center": (12,), "lscp": (1100.0,)}[model]
    hasty = getattr(siting, model)(distance, people, *more, seconds=0.3)
    assert time.perf_counter() - began < 5
    better = hasty.objective <= hasty.bound if model == "mclp" else hasty.objective >= hasty.bound
    assert better or hasty.proven


def test_a_firm_site_is_kept_under_every_condition_and_one_of_two_equals_is_not() -> None:
    """A crowd far away always gets its site; of two next to each other the weights decide."""
    ways = np.array([[0.0, 1000, 1010], [1000, 1, 10], [1000, 10, 1]])
    asked = Asked("p_median", ways, np.array([100.0, 60, 50]), 2, 500.0, np.zeros(0, np.int64))
    turned = Asked("p_median", ways, np.array([100.0, 50, 60]), 2, 500.0, np.zeros(0, np.int64))

    def impossible(seconds: float) -> siting.Siting:
        raise MadangError("siting_floor_unmet")

    told = stability([0, 1], [("same", asked.answer), ("turned", turned.answer), ("none", impossible)], 5)
    assert told.share.tolist() == [1, 0.5]
    assert told.answered == 2
    assert [each.sites is None for each in told.changed] == [False, False, True]
    assert stability([0], [("late", asked.answer)], 0).answered == 0


def ring(nodes: int, seed: int) -> Floats:
    """Distances on a graph as those of Beasley (1985): a ring, and ways between any two; n²/50 in all, each 1 to 100."""
    rng = np.random.default_rng([nodes, seed])
    one = rng.integers(0, nodes, nodes * nodes // 50 - nodes)
    other = (one + rng.integers(1, nodes, len(one))) % nodes
    ends = np.concatenate(
        (np.column_stack((np.arange(nodes), np.arange(1, nodes + 1) % nodes)), np.column_stack((one, other)))
    )
    lengths = np.full((nodes, nodes), np.inf)
    for (here, there), length in zip(ends, rng.integers(1, 101, len(ends)), strict=True):
        lengths[here, there] = lengths[there, here] = length
    np.fill_diagonal(lengths, 0)
    ways: Floats = shortest_path(lengths, method="D")
    return ways


def test_branches_that_are_nearly_done_are_left_to_finish() -> None:
    """Time is counted in looks at the clock, 8,000 of them: half are too few for the branches, and the rest for HiGHS."""
    looks = 0

    def clock() -> float:
        nonlocal looks
        looks += 1
        return looks / 4000

    answer = siting.p_median(ring(250, 29), None, 12, seconds=2, clock=clock)
    assert answer.proven
    assert answer.objective == 6135  # the textbook programme with scipy's HiGHS, within a millionth
