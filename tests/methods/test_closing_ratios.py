"""Closings over those expected: by hand, summing to what happened, and against planted ratios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from madang.messages import MadangError
from madang.methods.closing_ratios import closing_ratios, expected_survival
from madang.methods.survival import kaplan_meier


def test_two_areas_by_hand() -> None:
    """One trade, leaving at 1, 2, 3 (closed, closed, open) in area 0 and 2, 3 (open, closed) in area 1. The hazard is 1/5 at
    1, 1/4 at 2, 1/2 at 3: area 0 was to have 1/5 + 9/20 + 19/20, area 1 9/20 + 19/20."""
    found = closing_ratios([1, 2, 3, 2, 3], [1, 1, 0, 0, 1], [0] * 5, [0, 0, 0, 1, 1])
    assert found.observed.tolist() == [2, 1]
    assert_allclose(found.expected, [1.6, 1.4])
    assert_allclose(found.raw, [2 / 1.6, 1 / 1.4])
    assert found.raw_low[0] < found.raw[0] < found.raw_high[0]
    assert found.ratio.tolist() == [1, 1]  # two areas that differ no more than chance


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=40)
def test_closings_expected_are_as_many_as_happened(seed: int) -> None:
    rng = np.random.default_rng(seed)
    leave = rng.integers(1, 30, 60)
    entry = np.where(rng.random(60) < 0.4, rng.integers(0, leave), 0)
    event, trade, area = rng.random(60) < 0.6, rng.integers(0, 3, 60), rng.integers(0, 4, 60)
    found = closing_ratios(leave, event, trade, area, entry, trades=3, areas=5)
    assert found.expected.sum() == pytest.approx(event.sum())
    for kind in range(3):
        mine = trade == kind
        if mine.any():
            alone = closing_ratios(leave[mine], event[mine], trade[mine], area[mine], entry[mine])
            assert alone.expected.sum() == pytest.approx(event[mine].sum())
    assert np.isnan(found.raw[4])
    assert found.ratio[4] == 1


def planted(rng: np.random.Generator, spread: float) -> tuple[Any, Any]:
    """30 areas of 20 to 400 shops of four trades with hazards of their own, times a ratio of the area."""
    sizes = rng.integers(20, 400, 30)
    area = np.repeat(np.arange(30), sizes)
    ratio = np.exp(rng.normal(0, spread, 30))
    trade = rng.integers(0, 4, len(area))
    life = rng.exponential(1 / (np.array([0.1, 0.2, 0.3, 0.15])[trade] * ratio[area]))
    watched, entry = rng.uniform(3, 15, len(area)), rng.uniform(-4, 2, len(area)).clip(0)
    kept = life > entry
    leave = np.minimum(life, watched)
    kept &= leave > entry
    return (leave[kept], (life <= watched)[kept], trade[kept], area[kept], entry[kept]), ratio


def test_planted_ratios_are_found_and_drawn_to_one_where_few() -> None:
    rng = np.random.default_rng(5)
    held, better = [], []
    for _ in range(10):
        rows, ratio = planted(rng, 0.25)
        found = closing_ratios(*rows)
        truth = ratio * (found.expected.sum() / (ratio * found.expected).sum())  # whole of the city is 1
        held.append((found.low <= truth) & (truth <= found.high))
        better.append(np.abs(found.ratio - truth).mean() / np.abs(found.raw - truth).mean())
    assert 0.9 < np.mean(held) < 0.99
    assert np.mean(better) < 0.97


def test_survival_of_a_trade_is_put_to_the_ratio() -> None:
    rows, _ = planted(np.random.default_rng(6), 0.4)
    ratios = closing_ratios(*rows)
    whole = kaplan_meier(rows[0], rows[1], rows[2], rows[4], ages=(3.0, 90.0)).at
    found = expected_survival(whole, [1, 1, 1], [0, 1, -1], ratios)
    assert_allclose(found.survival[:2, 0], whole.survival[1, 0] ** ratios.ratio[:2])
    assert_allclose(found.survival[2], whole.survival[1])
    assert np.isnan(found.survival[:, 1]).all()
    moved = (whole.survival[1, 0] ** (ratios.ratio[0] + 1e-6) - found.survival[0, 0]) / 1e-6
    own = ratios.ratio[0] * whole.survival[1, 0] ** (ratios.ratio[0] - 1) * whole.standard_error[1, 0]
    assert found.standard_error[0, 0] == pytest.approx(
        np.hypot(moved * ratios.standard_error[0], own), rel=1e-4
    )


def test_lengths_must_agree() -> None:
    with pytest.raises(MadangError):
        closing_ratios([1, 2], [1, 0], [0, 0], [0])
