"""Small cells drawn to larger groups: against summing over weights the long way, and planted truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from madang.messages import MadangError
from madang.methods.survival import kaplan_meier
from madang.methods.survival_shrink import effective_size, shrink


def test_the_answer_is_the_beta_binomial_one_averaged_over_weights() -> None:
    """Twelve cells of ten shops, all followed to age 3, so that a cell is a count out of ten: the posterior by a fine grid
    of weights under the prior 10 / (10 + weight)², with the probabilities of SciPy."""
    alive = np.array([9, 2, 6, 7, 3, 8, 5, 6, 10, 4, 7, 6])
    leave = np.where(np.arange(10) < alive[:, None], 4.0, np.linspace(0.5, 2.5, 10)).ravel()
    group = np.repeat(np.arange(12), 10)
    at = kaplan_meier(leave, leave < 3, group, ages=(3.0,)).at
    whole = kaplan_meier(leave, leave < 3, ages=(3.0,)).at
    assert_allclose(effective_size(at)[:, 0], 10)
    found = shrink(at, whole, np.zeros(12, int)).at
    m, error = whole.survival[0, 0], whole.standard_error[0, 0]
    assert m == pytest.approx(alive.sum() / 120)
    weight = np.geomspace(0.5, 20_000, 3000)
    fit = stats.betabinom.logpmf(alive[:, None], 10, m * weight, (1 - m) * weight).sum(axis=0)
    chance = (
        np.exp(fit - fit.max()) * weight * 10 / (10 + weight) ** 2
    )  # times weight: the grid is one of logarithms
    chance /= chance.sum()
    mean = (alive[:, None] + m * weight) / (10 + weight)
    inside = mean * (1 - mean) / (11 + weight) + (weight / (10 + weight) * error) ** 2
    middle = mean @ chance
    spread = np.sqrt(inside @ chance + (mean - middle[:, None]) ** 2 @ chance)
    assert_allclose(found.survival[:, 0], middle, atol=2e-3)
    assert_allclose(found.standard_error[:, 0], spread, rtol=0.01)
    size = middle * (1 - middle) / spread**2 - 1
    assert_allclose(found.low[:, 0], stats.beta.ppf(0.025, size * middle, size * (1 - middle)), atol=0.01)
    assert_allclose(found.high[:, 0], stats.beta.ppf(0.975, size * middle, size * (1 - middle)), atol=0.01)


def planted_cells(rng: np.random.Generator, weight: float) -> tuple[Any, Any, Any, Any]:
    """400 cells of 2 to 40 shops of two trades; survival at 3 drawn from a Beta around 0.6 and 0.8."""
    sizes = rng.integers(2, 40, 400)
    parent = np.arange(400) % 2
    mean = np.array([0.6, 0.8])[parent]
    truth = rng.beta(weight * mean, weight * (1 - mean))
    group = np.repeat(np.arange(400), sizes)
    leave = rng.exponential(-3 / np.log(truth[group]))
    watched = rng.uniform(2, 8, len(group))
    return np.minimum(leave, watched), leave <= watched, group, (truth, parent)


@pytest.mark.slow
@pytest.mark.parametrize("weight", [8.0, 60.0])
def test_small_cells_are_better_adjusted_and_their_intervals_hold(weight: float) -> None:
    held, weights, gain = [], [], []
    for seed in range(5):
        leave, closed, group, (truth, parent) = planted_cells(np.random.default_rng(seed), weight)
        at = kaplan_meier(leave, closed, group, ages=(3.0,)).at
        whole = kaplan_meier(leave, closed, parent[group], ages=(3.0,)).at
        found = shrink(at, whole, parent)
        assert found.at.adjusted.tolist() == at.few.tolist()
        assert (found.at.survival[~at.few] == at.survival[~at.few]).all()
        few, seen = at.few[:, 0], at.few[:, 0] & ~np.isnan(at.survival[:, 0])
        off = [np.mean((each.survival[seen, 0] - truth[seen]) ** 2) for each in (at, found.at)]
        gain.append(np.sqrt(off[1] / off[0]))
        held.append(((found.at.low[:, 0] <= truth) & (truth <= found.at.high[:, 0]))[few].mean())
        weights.append(found.weight.mean())
    assert np.mean(gain) < 0.75
    assert 0.91 < np.mean(held) < 0.98
    assert np.mean(weights) == pytest.approx(weight, rel=0.5)


def test_a_cell_that_nobody_was_seen_in_is_the_trade_of_the_city() -> None:
    leave, closed = np.tile([100, 2000, 1500, 400, 3000], 40), np.tile([1, 0, 0, 1, 0], 40)
    group = np.repeat([0, 1], [180, 20])
    at = kaplan_meier(leave, closed, group, groups=3).at
    whole = kaplan_meier(leave, closed).at
    found = shrink(at, whole, [0, 0, 0])
    assert found.at.adjusted.tolist() == [[False] * 3, [True] * 3, [True] * 3]
    assert_allclose(found.at.survival[2], whole.survival[0], atol=1e-3)
    assert (found.at.high - found.at.low)[2, 1] > 0.2  # whatever the trade, a dong may differ
    assert found.effective[2].tolist() == [0, 0, 0]
    with pytest.raises(MadangError):
        shrink(at, whole, [0, 0])
