"""Every model against trying all choices, against spopt, and against what must hold of any answer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from madang.messages import MadangError
from madang.methods import siting
from madang.methods.siting import EquityFloor, Siting

Floats = NDArray[np.float64]
SEEDS = range(12)


class City:
    """A small town: distances (some without a way), people, an existing site, three areas."""

    def __init__(self, seed: int, whole: bool = False, gaps: bool = True) -> None:
        rng = np.random.default_rng(seed)
        points, candidates = rng.integers(6, 15), rng.integers(4, 9)
        here, there = rng.uniform(0, 1000, (points, 2)), rng.uniform(0, 1000, (candidates, 2))
        self.distance = np.hypot(*(here[:, None] - there).transpose(2, 0, 1))
        if whole:
            self.distance = np.rint(self.distance / 50)
        if gaps:
            self.distance[rng.random(self.distance.shape) < 0.08] = np.inf
            if seed % 3 == 0:
                self.distance[0] = np.inf
        self.weight = rng.integers(0 if gaps else 1, 30, points).astype(float)
        self.weight[-1] = 7
        self.existing = [int(rng.integers(candidates))] if seed % 2 else []
        self.area = rng.integers(-1, 3, points)
        self.area[:1] = 0
        self.new = int(rng.integers(1, 3))
        self.candidates = int(candidates)

    def choices(self, number: int | None = None) -> Iterator[list[int]]:
        sizes = [len(self.existing) + self.new] if number is None else [number]
        for size in sizes:
            for chosen in itertools.combinations(range(self.candidates), size):
                if set(self.existing) <= set(chosen):
                    yield list(chosen)

    def shares(self, chosen: list[int], reach: float) -> Floats:
        covered = (self.distance[:, chosen] <= reach).any(axis=1)
        return np.array(
            [
                self.weight[covered & (self.area == area)].sum()
                / max(self.weight[self.area == area].sum(), 1e-9)
                if self.weight[self.area == area].sum()
                else 1.0
                for area in range(self.area.max() + 1)
            ]
        )

    def floor(self, reach: float) -> EquityFloor | None:
        """As much for every area as some choice can hold, so that it binds and is possible."""
        best = max(float(self.shares(chosen, reach).min()) for chosen in self.choices())
        return EquityFloor(self.area, best, reach) if best > 0 else None

    def meets(self, chosen: list[int], floor: EquityFloor | None) -> bool:
        return floor is None or bool((self.shares(chosen, floor.reach) >= floor.share - 1e-9).all())


def checked(city: City, answer: Siting, floor: EquityFloor | None = None) -> None:
    """What holds of any answer."""
    assert answer.proven
    assert answer.gap <= 1e-6
    assert list(answer.sites[: answer.existing]) == sorted(city.existing)
    assert len(set(answer.sites)) == len(answer.sites)
    assert city.meets(list(answer.sites), floor)
    assert not np.isnan(answer.distance).any()
    served = answer.assignment >= 0
    assert set(answer.assignment[served]) <= set(answer.sites)
    np.testing.assert_allclose(
        answer.distance[served], city.distance[np.flatnonzero(served), answer.assignment[served]]
    )
    assert np.isinf(answer.distance[~served]).all()
    assert answer.seconds >= 0
    assert len(answer.curve.reached) == len(answer.sites) == len(answer.marginal)


def charged(city: City) -> Floats:
    finite = np.isfinite(city.distance)
    return np.where(finite, city.distance, 2 * city.distance.max(where=finite, initial=0))


def median_cost(city: City, chosen: list[int]) -> float:
    able = np.isfinite(city.distance).any(axis=1)
    return float((charged(city)[:, chosen].min(axis=1) * city.weight)[able].sum())


@pytest.mark.parametrize("floored", [False, True])
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_p_median_is_the_best_of_all_choices(seed: int, whole: bool, floored: bool) -> None:
    city = City(seed, whole)
    floor = city.floor(6 if whole else 300) if floored else None
    answer = siting.p_median(city.distance, city.weight, city.new, existing=city.existing, floor=floor)
    costs = {tuple(c): median_cost(city, c) for c in city.choices() if city.meets(c, floor)}
    assert answer.objective == pytest.approx(min(costs.values()), rel=1e-6, abs=1e-9)
    assert median_cost(city, list(answer.sites)) == pytest.approx(answer.objective)
    checked(city, answer, floor)
    assert answer.unreachable == int(np.isinf(city.distance).all(axis=1).sum())


@pytest.mark.parametrize("floored", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_mclp_is_the_best_of_all_choices(seed: int, floored: bool) -> None:
    city, reach = City(seed), 280.0
    floor = city.floor(350.0) if floored else None
    answer = siting.mclp(city.distance, city.weight, reach, city.new, existing=city.existing, floor=floor)

    def covered(chosen: list[int]) -> float:
        return float(city.weight[(city.distance[:, chosen] <= reach).any(axis=1)].sum())

    best = max(covered(c) for c in city.choices() if city.meets(c, floor))
    assert answer.objective == pytest.approx(best)
    assert covered(list(answer.sites)) == pytest.approx(best)
    assert answer.unserved_weight == pytest.approx(city.weight.sum() - best)
    assert answer.curve.covered[-1] == pytest.approx(best / city.weight.sum())
    for site, worth in zip(answer.sites, answer.marginal, strict=True):
        rest = [other for other in answer.sites if other != site]
        assert worth == pytest.approx(best - (covered(rest) if rest else 0))
    checked(city, answer, floor)


@pytest.mark.parametrize("floored", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_lscp_is_the_smallest_of_all_choices(seed: int, floored: bool) -> None:
    city, reach = City(seed), 400.0
    floor = city.floor(300.0) if floored else None
    answer = siting.lscp(city.distance, city.weight, reach, existing=city.existing, floor=floor)
    able = (city.distance <= reach).any(axis=1)

    def reaches(chosen: list[int]) -> bool:
        return bool((city.distance[able][:, chosen] <= reach).any(axis=1).all()) and city.meets(chosen, floor)

    fewest = next(
        size
        for size in range(max(1, len(city.existing)), city.candidates + 1)
        if any(reaches(c) for c in city.choices(size))
    )
    assert answer.objective == len(answer.sites) == fewest
    assert reaches(list(answer.sites))
    assert answer.unreachable == int((~able).sum())
    checked(city, answer, floor)


@pytest.mark.parametrize("floored", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_p_center_is_the_best_of_all_choices(seed: int, floored: bool) -> None:
    city = City(seed)
    floor = city.floor(300.0) if floored else None
    able = np.isfinite(city.distance).any(axis=1) & (city.weight > 0)

    def farthest(chosen: list[int]) -> float:
        return float(city.distance[able][:, chosen].min(axis=1).max())

    best = min(farthest(c) for c in city.choices() if city.meets(c, floor))
    if np.isinf(best):
        with pytest.raises(MadangError, match="siting_centre_impossible") as caught:
            siting.p_center(city.distance, city.weight, city.new, existing=city.existing, floor=floor)
        assert caught.value.code == "siting_centre_impossible"
        return
    answer = siting.p_center(city.distance, city.weight, city.new, existing=city.existing, floor=floor)
    assert answer.objective == pytest.approx(best)
    assert farthest(list(answer.sites)) == pytest.approx(best)
    checked(city, answer, floor)


def shared_best(city: City, capacity: Floats, floor: EquityFloor | None) -> float:
    """All choices of sites, and all assignments of points to them."""
    points = np.flatnonzero(np.isfinite(city.distance).any(axis=1) & (city.weight > 0))
    best = np.inf
    for chosen in city.choices():
        for served in itertools.product(chosen, repeat=len(points)):
            load = np.bincount(served, city.weight[points], minlength=city.candidates)
            if (load > capacity + 1e-9).any():
                continue
            way = city.distance[points, list(served)]
            if floor is not None:
                near = way <= floor.reach
                areas = range(city.area.max() + 1)
                share = [
                    city.weight[points][near & (city.area[points] == a)].sum()
                    - floor.share * city.weight[city.area == a].sum()
                    for a in areas
                ]
                if min(share) < -1e-9:
                    continue
            best = min(best, float((way * city.weight[points]).sum()))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_capacitated_p_median_is_the_best_of_all_assignments(seed: int) -> None:
    city = City(seed, gaps=False)
    city.distance, city.weight, city.area = city.distance[:7], city.weight[:7], city.area[:7]
    city.new = 2 if not city.existing else 1
    capacity = np.full(city.candidates, city.weight.sum() * 0.62)
    floor = EquityFloor(city.area, 0.3, 400) if seed % 2 == 0 else None
    best = shared_best(city, capacity, floor)
    if np.isinf(best):
        with pytest.raises(MadangError):
            siting.capacitated_p_median(
                city.distance, city.weight, capacity, city.new, existing=city.existing, floor=floor
            )
        return
    answer = siting.capacitated_p_median(
        city.distance, city.weight, capacity, city.new, existing=city.existing, floor=floor
    )
    assert answer.objective == pytest.approx(best)
    assert (np.bincount(answer.assignment, city.weight, minlength=city.candidates) <= capacity + 1e-6).all()
    parted = siting.capacitated_p_median(
        city.distance, city.weight, capacity, city.new, existing=city.existing, floor=floor, split=True
    )
    assert parted.objective <= answer.objective + 1e-6
    loose = siting.p_median(city.distance, city.weight, city.new, existing=city.existing)
    assert parted.objective >= loose.objective - 1e-6
    checked(city, answer)
