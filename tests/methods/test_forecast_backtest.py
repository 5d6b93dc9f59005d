"""Back-tests see nothing of what came later, the naive forecast is kept where nothing beats it, bounds hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from madang.messages import MadangError
from madang.methods import predictive
from madang.methods.backtest import Backtest, choose, origins_of, rolling_origin


def test_origins_leave_a_season_before_and_the_horizon_after() -> None:
    assert origins_of(40, 4, 12, 5).tolist() == [32, 33, 34, 35, 36]
    assert origins_of(40, 4, 12, 3, step=4).tolist() == [28, 32, 36]
    assert origins_of(20, 4, 12, 9).tolist() == [14, 15, 16]
    with pytest.raises(MadangError, match="17"):
        origins_of(17, 4, 12, 5)


def test_nothing_of_the_future_is_seen() -> None:
    rng = np.random.default_rng(1)
    series = rng.poisson(6, (3, 40)).astype(float)
    other = series.copy()
    other[:, 30:] = rng.poisson(60, (3, 10))
    names = ("seasonal_naive", "tsb", "croston", "harmonic")
    first, second = (rolling_origin(each, names, [26, 30], horizon=4, season=12) for each in (series, other))
    for name in names:
        assert np.array_equal(first.forecasts[name], second.forecasts[name]), name
    assert first.actual[1, 0].tolist() == series[1, 26:30].tolist()
    assert second.actual[1, 1].tolist() == other[1, 30:34].tolist()


def test_a_noisy_level_is_shipped_with_what_beats_last_year() -> None:
    series = np.random.default_rng(2).poisson(9, (60, 96)).astype(float)
    found = choose(rolling_origin(series, ("tsb", "harmonic"), range(84, 93), horizon=3, season=12), "주차")
    assert not found.naive_kept
    # noise against noise errs by the square root of two more than its mean does
    assert found.relative == pytest.approx(1 / np.sqrt(2), abs=0.06)
    assert (found.group, found.series, found.judged, found.origins) == ("주차", 60, 60, 9)


def test_a_year_that_comes_again_keeps_the_naive_forecast() -> None:
    rng = np.random.default_rng(3)
    shape = rng.integers(0, 60, (4, 12))  # no waves, no trend
    series = np.tile(shape, 4) + rng.integers(0, 2, (4, 48))
    found = choose(rolling_origin(series, ("tsb", "harmonic"), range(36, 45), horizon=3, season=12), "시험")
    assert found.naive_kept
    assert found.relative == 1
    assert found.mase["harmonic"] > 1


def test_series_that_never_moved_are_counted_and_judged_by_nobody() -> None:
    still = choose(rolling_origin(np.zeros((3, 30)), ("tsb",), [20, 24], horizon=2, season=12), "눈")
    assert (still.shipped, still.judged, still.series) == ("seasonal_naive", 0, 3)


def test_the_error_of_a_back_test_by_hand() -> None:
    test = Backtest(
        np.array([2]),
        np.array([[[4.0, 8.0]]]),
        {"seasonal_naive": np.array([[[5.0, 5.0]]]), "tsb": np.array([[[4.0, 6.0]]])},
        np.array([[2.0]]),
    )
    assert test.mase("tsb").tolist() == [[0.5]]  # (0 + 2) / 2 / 2
    assert choose(test, "").relative == pytest.approx(0.5)  # the naive: (1 + 3) / 2 / 2 = 1


# --- how likely counts are around a forecast


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 300), st.floats(1.001, 30), st.floats(0.01, 0.99))
def test_a_quantile_is_the_least_count_that_holds(mean: float, phi: float, level: float) -> None:
    found = float(predictive.quantile(level, mean, phi))
    assert found >= 0
    assert predictive.below(found, mean, phi) >= level - 1e-9
    assert found == 0 or predictive.below(found - 1, mean, phi) < level + 1e-9


def test_mean_and_variance_are_what_they_are_called() -> None:
    count = np.arange(2000)
    chance = np.diff(predictive.below(count, 20.0, 3.0), prepend=0)
    assert (chance * count).sum() == pytest.approx(20)
    assert (chance * (count - 20) ** 2).sum() == pytest.approx(3 * 20)


def test_dispersion_of_simulated_counts() -> None:
    rng, phi, mean = np.random.default_rng(4), 4.0, 12.0
    y = rng.negative_binomial(mean / (phi - 1), 1 / phi, (5, 4000))
    assert predictive.dispersion(y, np.full(y.shape, mean)) == pytest.approx(phi, rel=0.1)
    calm = predictive.dispersion(np.full((2, 50), 3.0), np.full((2, 50), 3.0))
    assert calm == pytest.approx(1)  # never less than Poisson's


@pytest.mark.parametrize("believed", [1.2, 4.0, 12.0])
@pytest.mark.parametrize("mean", [0.6, 15.0])
def test_bounds_hold_what_they_promise_whatever_the_model_believes(believed: float, mean: float) -> None:
    rng, phi = np.random.default_rng(5), 4.0

    def drawn(count: int) -> np.ndarray:
        return rng.negative_binomial(mean / (phi - 1), 1 / phi, (count, 2)).astype(float)

    calibrated = predictive.calibration(drawn(800), np.full((800, 2), mean), np.full((800, 1), believed), 6)
    found = predictive.intervals(np.full((1, 2), mean), np.full((1, 1), believed), calibrated)
    new = drawn(4000)
    assert found.cases == 800
    for level, lower, upper in zip(found.levels, found.lower, found.upper, strict=True):
        assert (lower >= 0).all()
        held = ((new >= lower) & (new <= upper)).mean(axis=0)
        assert (held > level / 100 - 0.025).all(), level
        # steps of counts hold more than asked for, no more than the step at either end
        truth = stats.nbinom(mean / (phi - 1), 1 / phi)
        steps = truth.pmf(lower) + truth.pmf(upper)
        assert (held < level / 100 + steps + 0.025).all(), level
    over = predictive.exceeds(
        np.full((1, 2), 20.0), np.full((1, 2), mean), np.full((1, 1), believed), calibrated
    )
    assert over == pytest.approx((new > 20).mean(axis=0)[None], abs=0.04)


def test_with_few_cases_bounds_are_careful() -> None:
    none = predictive.Calibration((np.array([]),))
    assert none.level(0.975, True).tolist() == [0.975]
    assert none.share(np.array([[0.3]])).tolist() == [[0.3]]
    three = predictive.Calibration((np.array([0.2, 0.5, 0.99]),))
    assert three.level(0.975, True).tolist() == [0.99]  # the outermost is farther out than the model's word
    assert three.level(0.025, False).tolist() == [0.025]
    assert three.cases == 3
