"""Forecasts add up, and MinT is the formula of its paper: against the textbook form and slow sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods.reconcile import (
    Hierarchy,
    bottom_up,
    hierarchy,
    min_trace,
    shrinkage,
    shrunk_covariance,
)

TOPICS, DONGS = ["주차", "주차", "소음", "소음"], ["물안동", "새솔동", "물안동", "새솔동"]
ROOMS = ["주차관리과", "주차관리과", "환경과", "환경과"]


@pytest.fixture(scope="module")
def tree() -> Hierarchy:
    return hierarchy(
        {"topic": TOPICS, "dong": DONGS, "department": ROOMS}, [(), ("department",), ("topic",), ("dong",)]
    )


def test_the_sums_are_those_one_would_draw(tree: Hierarchy) -> None:
    assert tree.sums.toarray().tolist() == [
        [1, 1, 1, 1],  # the whole
        [1, 1, 0, 0], [0, 0, 1, 1],  # departments
        [0, 0, 1, 1], [1, 1, 0, 0],  # topics, in the order of their names: 소음, 주차
        [1, 0, 1, 0], [0, 1, 0, 1],  # dongs
        [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1],
    ]  # fmt: skip
    assert tree.labels[:4] == ((), ("주차관리과",), ("환경과",), ("소음",))
    assert tree.at("dong").tolist() == [5, 6]
    assert tree.labels[-1] == ("소음", "새솔동", "환경과")
    assert tree.total([1, 2, 3, 4]).tolist() == [10, 3, 7, 7, 3, 4, 6, 1, 2, 3, 4]


def test_what_is_no_level_and_what_stands_twice_is_refused(tree: Hierarchy) -> None:
    with pytest.raises(MadangError, match="weekday"):
        tree.at("weekday")
    with pytest.raises(MadangError, match="weekday"):
        hierarchy({"topic": TOPICS[:1]}, [("weekday",)])
    with pytest.raises(MadangError) as error:
        hierarchy({"topic": ["주차", "주차"]}, [()])
    assert error.value.code == "forecast_series_twice"


def textbook(tree: Hierarchy, base: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """S (S' W^-1 S)^-1 S' W^-1 y: equation 9 of the paper."""
    s, inverse = tree.sums.toarray(), np.linalg.inv(weights)
    return np.asarray(s @ np.linalg.solve(s.T @ inverse @ s, s.T @ inverse @ base))


def test_min_trace_is_the_formula_of_the_paper(tree: Hierarchy) -> None:
    rng = np.random.default_rng(1)
    errors, base = rng.normal(size=(11, 40)), rng.normal(20, 5, (11, 3))
    expected = textbook(tree, base, shrunk_covariance(errors))
    assert min_trace(tree, base, errors, positive=False) == pytest.approx(expected)


def test_no_unbiased_way_of_adding_up_has_less_variance(tree: Hierarchy) -> None:
    rng = np.random.default_rng(2)
    root = rng.normal(size=(11, 11))
    weights, s = root @ root.T + np.eye(11), tree.sums.toarray()
    matrix = textbook(tree, np.eye(11), weights)

    def trace(projection: np.ndarray) -> float:
        return float(np.trace(projection @ weights @ projection.T))

    plain = s @ np.linalg.solve(s.T @ s, s.T)
    up = s @ np.c_[np.zeros((4, 7)), np.eye(4)]
    assert trace(matrix) < min(trace(plain), trace(up))


values = st.floats(-5, 60, allow_nan=False).map(lambda value: round(value, 3))


@settings(max_examples=60, deadline=None)
@given(st.lists(values, min_size=22, max_size=22), st.integers(0, 10_000), st.integers(2, 30))
def test_reconciled_forecasts_add_up_and_are_never_negative(
    numbers: list[float], seed: int, count: int
) -> None:
    tree = hierarchy(
        {"topic": TOPICS, "dong": DONGS, "department": ROOMS}, [(), ("department",), ("topic",), ("dong",)]
    )
    base = np.array(numbers).reshape(11, 2)
    errors = np.random.default_rng(seed).normal(0, 3, (11, count))
    errors[seed % 11] = 0  # one that never erred
    for found in (bottom_up(tree, base), min_trace(tree, base, errors)):
        assert found == pytest.approx(tree.total(found[-4:]), abs=1e-8)
        assert (found >= 0).all()
    free = min_trace(tree, base, errors, positive=False)
    assert free == pytest.approx(tree.total(free[-4:]), abs=1e-6)
    held = min_trace(tree, base, errors)
    lost = free[-4:].clip(0).sum(axis=0) == 0
    assert np.where(lost, held[0], np.maximum(free[0], 0)) == pytest.approx(held[0], abs=1e-6)


def test_forecasts_that_add_up_stay(tree: Hierarchy) -> None:
    rng = np.random.default_rng(3)
    base = tree.total(rng.uniform(1, 9, (4, 2)))
    assert min_trace(tree, base, rng.normal(size=(11, 25))) == pytest.approx(base)


def test_the_shape_of_origins_and_periods_is_kept(tree: Hierarchy) -> None:
    rng = np.random.default_rng(4)
    base, errors = rng.uniform(1, 9, (11, 5, 3)), rng.normal(size=(11, 25))
    found = min_trace(tree, base, errors)
    assert found[:, 2] == pytest.approx(min_trace(tree, base[:, 2], errors))


def test_shrinkage_by_slow_sums() -> None:
    x = np.random.default_rng(5).normal(size=(4, 9))
    x /= np.sqrt((x**2).mean(axis=1, keepdims=True))
    top = bottom = 0.0
    for i in range(4):
        for j in range(4):
            if i != j:
                each = x[i] * x[j]
                # variance of the mean of the products, and the squared correlation
                top += ((each - each.mean()) ** 2).sum() / (9 * 8)
                bottom += each.mean() ** 2
    assert shrinkage(x) == pytest.approx(min(1, top / bottom))
    assert shrinkage(x[:, :1]) == 1


def test_noise_is_shrunk_and_steps_in_common_are_kept() -> None:
    rng = np.random.default_rng(6)
    noise, common = rng.normal(size=(6, 300)), rng.normal(size=(1, 300)) + 0.1 * rng.normal(size=(6, 300))
    assert shrinkage(noise) > 0.5
    assert shrinkage(common) < 0.02
    assert np.corrcoef(common)[0, 1] == pytest.approx(
        shrunk_covariance(common)[0, 1] / shrunk_covariance(common)[0, 0], abs=0.06
    )


def test_a_hierarchy_of_the_bottom_alone_needs_no_reconciling() -> None:
    flat = hierarchy({"topic": ["주차", "소음"]}, [])
    assert min_trace(flat, [[1.0], [2.0]], [[1, 2.0], [2, 1.0]]).tolist() == [[1], [2]]
