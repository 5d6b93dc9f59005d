"""Candidates of forecasts and how errors are told: goldens of the handbook, hand calculations, slow referees."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from madang.messages import MadangError
from madang.methods import accuracy, forecast, harmonic
from shared_data import shared


def test_mase_and_smape_of_the_handbook() -> None:
    train, actual, said = [10, 12, 11, 13, 12, 14, 13, 15], [14, 16], [15, 15]
    # steps of the train: 2 1 2 1 2 1 2 -> 11 / 7; errors 1 and 1: 1 / (11 / 7) = .63636
    assert accuracy.mase(actual, said, train, 1) == pytest.approx(7 / 11)
    # (200 / 29 + 200 / 31) / 2
    assert accuracy.smape(actual, said) == pytest.approx(6.67408, abs=5e-6)


def test_errors_by_hand() -> None:
    assert accuracy.bias([1, 2, 3], [2, 2, 6]) == pytest.approx(4 / 3)
    assert accuracy.pinball([10, 2], [8, 8], 0.9) == pytest.approx((0.9 * 2 + 0.1 * 6) / 2)
    assert accuracy.coverage([1, 5, 9, 4], [0, 6, 9, 3], [2, 7, 9, 3]) == pytest.approx(0.5)
    assert accuracy.smape([0, 0], [0, 0]) == 0


def test_a_series_that_never_moves_has_no_scale() -> None:
    assert np.isnan(accuracy.mase([1], [2], [3, 3, 3], 1))
    assert np.isnan(accuracy.mase([1], [2], [3, 4], 12))
    with pytest.raises(MadangError, match="0"):
        accuracy.naive_scale([1, 2], 0)


def test_seasonal_naive_is_the_last_season_again() -> None:
    series = np.array([[1, 2, 3, 4, 5, 6, 7.0], [0, 0, 0, 9, 8, 7, 6]])
    assert forecast.candidate("seasonal_naive", series, 5, 3).tolist() == [[5, 6, 7, 5, 6], [8, 7, 6, 8, 7]]
    assert forecast.candidate("seasonal_naive", [[4, 5]], 2, 12).tolist() == [[5, 5]]


@pytest.mark.slow  # the library is imported
def test_rare_counts_by_the_recursion_of_teunter_syntetos_and_babai() -> None:
    counts = np.array([0, 2, 0, 0, 1, 0, 4, 0, 0, 0, 1, 0.0])
    # size and chance begin with the first count, then are smoothed by a tenth
    chance, size = 0.0, 2.0
    for value in counts:
        chance += 0.1 * ((value > 0) - chance)
        if value > 0:
            size += 0.1 * (value - size)
    assert forecast.candidate("tsb", counts, 2, 12)[0] == pytest.approx([chance * size] * 2, rel=1e-6)


def test_croston_of_even_gaps_is_the_size_over_the_gap_less_a_twentieth() -> None:
    # 6 every third period: 6 / 3, Syntetos & Boylan take 1 - alpha / 2 = .95 of it
    counts = np.tile([0, 0, 6.0], 10)
    assert forecast.candidate("croston", counts, 1, 12)[0, 0] == pytest.approx(0.95 * 2)


def test_the_combination_is_the_median_of_the_others_but_the_naive() -> None:
    series = np.random.default_rng(1).poisson(20, (2, 40)).astype(float)
    found = forecast.candidates(("seasonal_naive", "ets", "theta", "ces", "combination"), series, 4, 12)
    middle = np.sort([found["ets"], found["theta"], found["ces"]], axis=0)[1]
    assert found["combination"] == pytest.approx(middle)


def test_progress_is_told_and_what_it_raises_stops_the_work() -> None:
    told: list[tuple[int, int, str]] = []
    names = ("seasonal_naive", "tsb")
    forecast.candidates(names, [[1, 0, 2, 0, 1.0]], 1, 2, lambda *now: told.append(now))
    assert told == [(0, 2, "seasonal_naive"), (1, 2, "tsb")]

    def stop(done: int, whole: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast.candidates(names, [[1, 0, 2, 0, 1.0]], 1, 2, stop)


counts = st.lists(st.integers(0, 50), min_size=1, max_size=45)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(counts, st.integers(1, 6), st.sampled_from([1, 4, 12, 52]))
def test_no_forecast_is_negative_or_missing_however_short_the_series(
    series: list[int], horizon: int, season: int
) -> None:
    for names in (forecast.REGULAR, forecast.RARE):
        for name, found in forecast.candidates(names, [series], horizon, season).items():
            assert found.shape == (1, horizon), name
            assert np.isfinite(found).all(), name
            assert (found >= 0).all(), name


@pytest.mark.parametrize(
    ("code", "name", "series", "horizon", "season"),
    [
        ("forecast_empty", "ets", [[]], 1, 12),
        ("forecast_gap", "ets", [[1, float("nan")]], 1, 12),
        ("forecast_season", "ets", [[1, 2]], 1, 0),
        ("forecast_horizon", "ets", [[1, 2]], 0, 12),
        ("forecast_candidate", "tarot", [[1, 2]], 1, 12),
    ],
)
def test_what_cannot_be_forecast_is_said(
    code: str, name: str, series: list[list[float]], horizon: int, season: int
) -> None:
    with pytest.raises(MadangError) as error:
        forecast.candidate(name, series, horizon, season)
    assert error.value.code == code


def test_a_combination_of_nothing_is_refused() -> None:
    with pytest.raises(MadangError) as error:
        forecast.candidates(("seasonal_naive", "combination"), [[1, 2.0]], 1, 1)
    assert error.value.code == "forecast_combination"


def test_kinds_of_demand_by_their_published_borders() -> None:
    every_third, nine_in_ten = [0, 0, 3] * 10, [3] * 9 + [0]
    assert forecast.is_rare([every_third]).tolist() == [True]
    assert forecast.is_rare([nine_in_ten]).tolist() == [False]
    # sizes 1 and 9: mean 5, standard deviation 4, squared ratio .64; 3 and 7: .16
    assert forecast.is_uneven([[1, 9] * 5, [3, 7] * 5]).tolist() == [True, False]


# --- level x trend x season


def planted(rng: np.random.Generator, years: int, mean: float, growth: float, wave: float) -> np.ndarray:
    at = np.arange(52 * years)
    rate = mean * growth ** (at / 52) * np.exp(wave * np.cos(2 * np.pi * (at - 13) / 52))
    return rng.poisson(rate, (20, len(at))).astype(float)


def test_a_planted_season_and_growth_are_found() -> None:
    found = harmonic.fit(planted(np.random.default_rng(3), 3, 30, 1.4, 0.6), 52, 52)
    assert found.growth.mean() == pytest.approx(1.4, abs=0.03)
    peak = found.season[:, :52].mean(axis=0)
    assert abs(int(peak.argmax()) - 13) <= 1
    # the mean of exp(.6 cos) over a year is the Bessel function I0(.6) = 1.0921
    assert peak.max() == pytest.approx(np.exp(0.6) / 1.0921, rel=0.03)
    assert found.level.mean() == pytest.approx(1, abs=0.05)


def test_one_burst_is_neither_a_season_nor_forgotten() -> None:
    quiet = np.random.default_rng(4).poisson(0.1, (5, 156)).astype(float)
    quiet[:, -5:] += 12
    found = harmonic.fit(quiet, 52, 4)
    assert 6 < (found.mean[:, -1] * found.level).mean() < 15  # what went before says 0.1
    only = np.zeros((1, 156))
    only[0, -5:] = 12
    assert harmonic.fit(only, 52, 4).season == pytest.approx(1, abs=0.01)


def test_a_quiet_series_keeps_its_mean_and_a_stepping_one_follows() -> None:
    rng = np.random.default_rng(5)
    quiet, stepping = rng.poisson(8, 120), np.r_[rng.poisson(8, 100), rng.poisson(24, 20)]
    found = harmonic.fit(np.stack([quiet, stepping]), 52, 1)
    assert found.discount[0] > 0.9
    assert found.discount[1] <= 0.95
    said = found.mean[:, -1] * found.level
    assert said[0] == pytest.approx(8, rel=0.2)
    assert said[1] == pytest.approx(24, rel=0.25)


def test_the_regression_is_the_top_of_its_penalised_likelihood() -> None:
    y = np.random.default_rng(6).poisson(5, (1, 30)).astype(float)
    design, penalty = harmonic._design(30, 0, 12), harmonic._penalty(6)
    centre = np.r_[np.log(y.mean()), np.zeros(5)]

    def loss(beta: np.ndarray) -> float:
        eta = design @ beta
        return float((np.exp(eta) - y[0] * eta).sum() + 0.5 * (penalty * (beta - centre) ** 2).sum())

    best = optimize.minimize(loss, centre, method="BFGS", options={"gtol": 1e-8}).x
    assert harmonic._regression(y, design, penalty[None])[0] == pytest.approx(best, abs=1e-5)


def test_the_discount_is_the_likeliest_by_a_slow_referee() -> None:
    y = np.random.default_rng(7).poisson(np.r_[np.full(20, 2), np.full(15, 9)], (1, 35)).astype(float)
    mean = np.full((1, 35), 4.0)
    scores = {}
    for discount in harmonic._DISCOUNTS:
        start = a = b = harmonic._PRIOR * 4.0
        scores[discount] = 0.0
        for value in y[0]:
            scores[discount] += stats.nbinom.logpmf(value, a, b / (b + 4.0))
            a = discount * (a + value) + (1 - discount) * start
            b = discount * (b + 4) + (1 - discount) * start
    assert harmonic._likeliest(y, mean)[0] == max(scores, key=lambda each: scores[each])


# --- M3 (Makridakis & Hibon 2000): the published Theta stands at 13.85 on all 1,428 monthly series


def m3(path: Path, most: int) -> list[tuple[np.ndarray, np.ndarray]]:
    parts: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"train": [], "test": []})
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parts[row["series"]][row["part"]].append(float(row["value"]))
    return [(np.array(each["train"]), np.array(each["test"])) for each in list(parts.values())[:most]]


@pytest.mark.slow
def test_some_series_of_m3_are_foretold_better_than_last_year() -> None:
    series = m3(shared("benchmarks", "m3", "M3_monthly_first120_long.csv"), 6)
    errors = [
        (
            accuracy.smape(test, forecast.five_models(train, 18, 12)[0]),
            accuracy.smape(test, forecast.candidate("seasonal_naive", train, 18, 12)[0]),
        )
        for train, test in series
    ]
    ours, naive = np.mean(errors, axis=0)
    assert ours < 0.9 * naive


@pytest.mark.slow
def test_a_made_up_year_is_foretold_better_than_last_year() -> None:
    rng, at = np.random.default_rng(8), np.arange(78)
    whole = (100 + 2 * at) * (1 + 0.3 * np.sin(2 * np.pi * at / 12)) + rng.normal(0, 8, (3, 78))
    ours = forecast.five_models(whole[:, :60], 18, 12)
    naive = forecast.candidate("seasonal_naive", whole[:, :60], 18, 12)
    assert accuracy.smape(whole[:, 60:], ours).mean() < 0.5 * accuracy.smape(whole[:, 60:], naive).mean()
