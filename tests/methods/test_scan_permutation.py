"""The space-time permutation scan: every window by hand, margins that stay, a planted fortnight, nothing where is nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods import scan_permutation as module
from madang.methods.scan_permutation import scan_permutation


def dice(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


def highest(cases: Any, x: Any, y: Any, longest: int, share: float) -> float:
    """Kulldorff et al. (2005): mu of an area and a day is the cases of the area x those of the day / all; each window in turn."""
    total, best = cases.sum(), 0.0
    for centre in range(len(x)):
        away = np.hypot(x - x[centre], y - y[centre])
        for reach in np.unique(away):
            areas = np.flatnonzero(away <= reach)
            if cases[areas].sum() > share * total:
                break
            for first in range(cases.shape[1]):
                for end in range(first + 1, min(first + longest, cases.shape[1]) + 1):
                    c = int(cases[areas, first:end].sum())
                    mu = sum(cases[area].sum() * cases[:, day].sum() / total for area in areas for day in range(first, end))  # fmt: skip
                    if c >= 2 and c > mu:
                        rest = (total - c) * np.log((total - c) / (total - mu)) if c < total else 0.0
                        best = max(best, c * np.log(c / mu) + rest)
    return best


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 6), st.sampled_from([0.25, 0.5]))
def test_the_most_likely_cluster_is_the_highest_of_all_windows(seed: int, periods: int, share: float) -> None:
    rng = dice(seed)
    x, y = rng.random((2, 9))
    cases = rng.poisson(2, (9, periods))
    cases[0, -1] += 3
    found = scan_permutation(cases, x, y, rng=rng, longest=3, max_share=share, replicates=1)
    best = highest(cases, x, y, 3, share)
    assert (found.clusters[0].log_likelihood_ratio if found.clusters else 0.0) == pytest.approx(best)


def test_of_two_areas_and_two_days_by_hand() -> None:
    """8 and 2, 2 and 8: of the first area and day 10 x 10 / 20 = 5 are expected, 8 came."""
    found = scan_permutation([[8, 2], [2, 8]], [0, 9], [0, 0], rng=dice(), longest=1, replicates=9)
    first = found.clusters[0]
    assert (first.cases, first.expected) == (8, 5)
    assert first.log_likelihood_ratio == pytest.approx(8 * np.log(8 / 5) + 12 * np.log(12 / 15))


def test_replicates_keep_the_cases_of_each_area_and_of_each_period(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(counts: Any, *rest: Any, **named: Any) -> None:
        seen.append(rest[5](40))

    monkeypatch.setattr(module, "scanned", watched)
    cases = dice(1).poisson(3, (6, 5))
    scan_permutation(cases, np.arange(6), np.arange(6), rng=dice(), longest=2)
    (drawn,) = seen
    assert drawn.shape == (6, 5, 40)
    assert (drawn.sum(axis=1) == cases.sum(axis=1)[:, None]).all()
    assert (drawn.sum(axis=0) == cases.sum(axis=0)[:, None]).all()
    assert len({each.tobytes() for each in np.moveaxis(drawn, 2, 0)}) == 40


def test_a_planted_fortnight_is_found_beside_a_busy_place_and_a_busy_season() -> None:
    """25 areas on a lattice, 52 weeks; one area has six times as much always, all have three times as much in summer; the
    one in the middle and its four neighbours have three times as much in the last two weeks."""
    rng = dice(4)
    x, y = (each.ravel() for each in np.meshgrid(np.arange(5.0), np.arange(5.0)))
    mean = np.full((25, 52), 3.0)
    mean[3] *= 6
    mean[:, 20:30] *= 3
    planted = [7, 11, 12, 13, 17]
    mean[planted, 50:] *= 3
    found = scan_permutation(rng.poisson(mean), x, y, rng=rng, longest=8, replicates=199)
    first = found.clusters[0]
    assert sorted(first.areas.tolist()) == planted
    assert (first.first_period, first.last_period) == (50, 51)
    assert first.p_value == pytest.approx(1 / 200)
    assert all(each.p_value > 0.05 for each in found.clusters[1:])
    now = scan_permutation(rng.poisson(mean), x, y, rng=rng, longest=8, replicates=99, only_current=True)
    assert {each.last_period for each in now.clusters} == {51}


@pytest.mark.slow
def test_without_a_cluster_one_in_ten_has_one_at_ten_percent() -> None:
    """With a busy place and a busy season, which are none: 100 maps, four standard errors."""
    rng = dice(6)
    x, y = rng.random((2, 8))
    mean = np.outer([1, 1, 1, 9, 1, 1, 2, 1], [1, 1, 4, 4, 1, 1, 1, 1, 1, 1])
    sure = 0
    for _ in range(100):
        found = scan_permutation(rng.poisson(mean), x, y, rng=rng, longest=3, replicates=19)
        sure += bool(found.clusters) and found.clusters[0].p_value <= 0.1
    assert sure / 100 == pytest.approx(0.1, abs=0.12)


@pytest.mark.parametrize(
    ("cases", "how", "code"),
    [
        ([[0, 0], [0, 0]], {}, "scan_no_cases"),
        ([[1, 0.5], [0, 0]], {}, "scan_values"),
        ([[1, -1], [0, 0]], {}, "scan_values"),
        ([1, 2], {}, "scan_lengths"),
        ([[1, 2]], {}, "scan_lengths"),
        ([[1, 2], [1, 2]], {"max_share": 0.7}, "scan_share"),
    ],
)
def test_what_cannot_be_scanned_is_said(cases: Any, how: dict[str, Any], code: str) -> None:
    with pytest.raises(MadangError) as told:
        scan_permutation(cases, [0, 1], [0, 1], rng=dice(), longest=1, **how)
    assert told.value.code == code
