"""Composite indicators: weights of textbooks, means by hand, and ranks that stay or do not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from madang.messages import MadangError
from madang.methods.composite import aggregate, composite, normalise
from madang.methods.composite_weights import ahp_weights, entropy_weights, equal_weights, pca_weights


def dice() -> np.random.Generator:
    return np.random.default_rng(4)


def pairs(text: str) -> list[list[float]]:
    return [[float(Fraction(each)) for each in line.split()] for line in text.strip().splitlines()]


# Saaty (1980): how far six cities are from Philadelphia, compared by eye; miles in the same order
CITIES = pairs("""
    1    1/3  8  3    3    7
    3    1    9  3    3    9
    1/8  1/9  1  1/6  1/5  2
    1/3  1/3  6  1    1/3  6
    1/3  1/3  5  3    1    6
    1/7  1/9  1/2 1/6 1/6  1
""")
# a textbook's choice of where to travel: scenery, cost, rooms, food, the way there
TRAVEL = pairs("""
    1    1/2  4  3    3
    2    1    7  5    5
    1/4  1/7  1  1/2  1/3
    1/3  1/5  2  1    1
    1/3  1/5  3  1    1
""")


# weights


def test_saatys_distances_to_six_cities() -> None:
    """Cairo, Tokyo, Chicago, San Francisco, London, Montreal: weights as in Harker (1987), near the miles."""
    found = ahp_weights(CITIES)
    assert_allclose(found.weights, [0.2619, 0.3975, 0.0334, 0.1164, 0.1642, 0.0266], atol=0.00005)
    assert found.largest_eigenvalue == pytest.approx(6.45, abs=0.01)
    miles = np.array([5_729, 7_449, 660, 2_732, 3_658, 400])
    assert_allclose(found.weights, miles / miles.sum(), atol=0.04)
    assert found.consistent


def test_the_textbooks_travel_is_consistent() -> None:
    """Largest eigenvalue 5.073, index 0.018, random index 1.12, ratio 0.016."""
    found = ahp_weights(TRAVEL)
    assert_allclose(found.weights, [0.263, 0.475, 0.055, 0.099, 0.110], atol=0.002)
    assert found.largest_eigenvalue == pytest.approx(5.073, abs=0.001)
    assert found.consistency_index == pytest.approx(0.018, abs=0.0005)
    assert found.consistency_ratio == pytest.approx(0.016, abs=0.0005)


def test_comparisons_that_go_in_a_circle_are_not_consistent() -> None:
    """A is three times B, B three times C, C three times A: eigenvalue 1 + 3 + 1/3, ratio (4.333 - 3) / 2 / 0.58."""
    found = ahp_weights(pairs("1 3 1/3\n1/3 1 3\n3 1/3 1"))
    assert_allclose(found.weights, 1 / 3)
    assert found.consistency_ratio == pytest.approx((4 / 3) / 2 / 0.58)
    assert not found.consistent


@settings(deadline=None)
@given(st.lists(st.floats(0.2, 5), min_size=1, max_size=9))
def test_comparisons_that_follow_from_weights_give_them_back(weights: list[float]) -> None:
    given_weights = np.array(weights)
    found = ahp_weights(given_weights[:, None] / given_weights)
    assert_allclose(found.weights, given_weights / given_weights.sum(), rtol=1e-6)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_an_uneven_indicator_weighs_more_by_entropy() -> None:
    """Of four areas: evenly 0; half in each of two ln 2 of ln 4, so 1/2; all in one 1. Shares 0, 1/3, 2/3."""
    found = entropy_weights([[1, 2, 0], [1, 2, 0], [1, 0, 5], [1, 0, 0]])
    assert_allclose(found, [0, 1 / 3, 2 / 3], atol=1e-12)
    assert_allclose(entropy_weights(np.ones((5, 4))), equal_weights(4))


def test_components_are_those_of_scikit_learn() -> None:
    rng = dice()
    common = rng.normal(size=(300, 2))
    values = common @ rng.normal(size=(2, 7)) + rng.normal(size=(300, 7)) * 0.8
    found = pca_weights(values * [1, 10, 100, 1, 2, 3, 4] + 5)
    theirs = PCA().fit(StandardScaler().fit_transform(values))
    eigenvalues = theirs.explained_variance_ * 299 / 300
    kept = eigenvalues > 1
    assert found.components == kept.sum() == 2
    assert found.explained == pytest.approx(theirs.explained_variance_ratio_[kept].sum())
    loadings = theirs.components_[kept] ** 2 * eigenvalues[kept, None]
    assert_allclose(found.weights, loadings.sum(axis=0) / loadings.sum(), rtol=1e-9)


def test_two_that_say_the_same_hold_the_component_and_a_third_has_little_of_it() -> None:
    """Correlations 1 and r: the eigenvalue is e = (3 + sqrt(1 + 8 r^2)) / 2, the third's share (e - 2)^2 / ((e - 2)^2 + 2 r^2)."""
    column = np.array([1.0, 2, 3, 4, 5, 6])
    third = np.array([1.0, -2, 1, 1, -2, 1]) + 0.2 * column
    r = np.corrcoef(column, third)[0, 1]
    over = (3 + (1 + 8 * r**2) ** 0.5) / 2 - 2
    share = over**2 / (over**2 + 2 * r**2)
    assert 0.05 < share < 0.2
    found = pca_weights(np.column_stack([column, -column, third]))
    assert_allclose(found.weights, [(1 - share) / 2, (1 - share) / 2, share])
    assert found.components == 1


def test_indicators_that_have_nothing_in_common_weigh_the_same() -> None:
    found = pca_weights([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    assert_allclose(found.weights, 1 / 3)
    assert (found.components, found.explained) == (3, pytest.approx(1))


# scales and means


def test_three_scales_by_hand() -> None:
    values = np.arange(21.0)[:, None]
    minmax = normalise(values, [True], "min-max")[:, 0]
    assert_allclose(
        minmax, 1 + 99 * np.clip((np.arange(21) - 1) / 18, 0, 1)
    )  # 5th and 95th percentile: 1 and 19
    assert_allclose(normalise(values, [True], "rank")[:, 0], 1 + 99 * np.arange(21) / 20)
    z = normalise(values, [True], "z")[:, 0]
    assert (z.mean(), z.std()) == (pytest.approx(100), pytest.approx(10))
    assert_allclose(
        normalise([[1.0], [1], [2], [3]], [True], "rank")[:, 0], 1 + 99 * np.array([0.5, 0.5, 2, 3]) / 3
    )
    for how in ("z", "min-max", "rank"):
        mirrored = normalise(values, [False], how)[:, 0]
        assert_allclose(mirrored, normalise(values, [True], how)[::-1, 0])


def test_an_indicator_alike_in_nine_tenths_keeps_its_ends() -> None:
    values = np.zeros((100, 1))
    values[7] = 3
    assert sorted(set(normalise(values, [True], "min-max")[:, 0])) == [1, 100]


def test_a_far_outlier_stays_above_nothing() -> None:
    values = np.zeros((10_000, 1))
    values[0] = 1
    assert normalise(values, [False], "z").min() == 1


def test_a_geometric_mean_lets_less_be_made_good() -> None:
    """(100 + 1) / 2 = 50.5, but sqrt(100 * 1) = 10; with weights 1/4 and 3/4: 25.75 and 100^(1/4)."""
    scaled = np.array([[100.0, 1], [40, 40]])
    even = equal_weights(2)
    assert_allclose(aggregate(scaled, even, "arithmetic")[:, 0], [50.5, 40])
    assert_allclose(aggregate(scaled, even, "geometric")[:, 0], [10, 40])
    weights = [[0.25, 0.75], [1, 0]]
    assert_allclose(aggregate(scaled, weights, "arithmetic"), [[25.75, 100], [40, 40]])
    assert_allclose(aggregate(scaled, weights, "geometric"), [[100**0.25, 100], [40, 40]])


# scores and bands


def areas(count: int = 30, indicators: int = 5) -> Any:
    return dice().normal(size=(count, indicators))


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_contributions_add_up_to_the_score(aggregation: Any) -> None:
    found = composite(
        areas(),
        [True, False, True, True, False],
        rng=dice(),
        aggregation=aggregation,
        weights=[5, 1, 1, 2, 1],
    )
    assert_allclose(found.weights, [0.5, 0.1, 0.1, 0.2, 0.1])
    whole = found.contribution.sum(axis=1)
    assert_allclose(whole, found.score if aggregation == "arithmetic" else np.log(found.score))
    assert found.rank[found.score.argmax()] == 1
    assert sorted(found.rank) == list(range(1, 31))
    assert found.correlation.shape == (5, 5)


def test_best_in_everything_is_first_however_it_is_done() -> None:
    values = areas()
    values[3], values[8] = values.max(axis=0) + 1, values.min(axis=0) - 1
    found = composite(values, [True] * 5, rng=dice())
    assert (found.rank_low[3], found.rank_median[3], found.rank_high[3]) == (1, 1, 1)
    assert found.rank_low[8] == found.rank_high[8] == 30
    inner = found.rank_high - found.rank_low
    assert inner.max() > 8  # the others hang on the choices, and it is said
    assert ((found.rank_low <= found.rank_median) & (found.rank_median <= found.rank_high)).all()


def test_one_indicator_leaves_nothing_to_choose() -> None:
    values = np.arange(12.0)[:, None]
    found = composite(values, [False], rng=dice(), normalisation="rank")
    assert found.rank.tolist() == list(range(1, 13))
    assert_allclose(found.rank_median, found.rank)


def test_surer_weights_make_narrower_bands_and_the_same_dice_the_same() -> None:
    def width(certainty: float) -> float:
        found = composite(areas(), [True] * 5, rng=dice(), weight_certainty=certainty)
        return float((found.rank_high - found.rank_low).mean())

    assert width(0.3) > width(1) > width(30)
    one, other = (composite(areas(), [True] * 5, rng=dice()) for _ in range(2))
    assert one.rank_high.tolist() == other.rank_high.tolist()


def test_equal_areas_share_the_better_rank() -> None:
    found = composite([[1.0, 2], [3, 4], [1, 2], [0, 0]], [True, True], rng=dice())
    assert found.rank.tolist() == [2, 1, 2, 4]


def test_weights_known_for_sure_and_told_progress() -> None:
    """Nearly all weight on one of two indicators: its order, whatever else is drawn."""
    told: list[Any] = []
    values = np.column_stack([np.arange(10.0), -np.arange(10.0)])
    found = composite(
        values, [True, True], rng=dice(), weights=[1, 0], weight_certainty=1e6, draws=200,
        normalisation="rank", progress=lambda *each: told.append(each),
    )  # fmt: skip
    assert found.rank.tolist() == list(range(10, 0, -1))
    assert np.abs(found.rank_median - found.rank).max() <= 1
    assert told[-1] == (200, 200, "draws")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (lambda: composite([[1.0, 2]], [True, True], rng=dice()), "composite_shape"),
        (lambda: composite([[1.0, 2], [2, 3]], [True], rng=dice()), "composite_shape"),
        (lambda: composite([[1.0, np.nan], [2, 3]], [True, True], rng=dice()), "composite_gaps"),
        (lambda: composite([[1.0, 3], [2, 3]], [True, True], rng=dice()), "composite_same"),
        (
            lambda: composite([[1.0, 3], [2, 4]], [True, True], rng=dice(), weights=[1, -1]),
            "composite_weights",
        ),
        (lambda: entropy_weights([[1, -1], [2, 2]]), "composite_scaled"),
        (lambda: pca_weights([[1, 1], [2, 1]]), "composite_scaled"),
        (lambda: ahp_weights([[1, 2, 3], [1, 1, 1]]), "ahp_square"),
        (lambda: ahp_weights([[1, 2], [2, 1]]), "ahp_not_inverse"),
    ],
)
def test_what_has_no_answer_is_said(asked: Any, code: str) -> None:
    with pytest.raises(MadangError) as told:
        asked()
    assert told.value.code == code
