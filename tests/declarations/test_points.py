"""Scores and rates: one rule everywhere, and nothing that is not whole is written as whole."""

from __future__ import annotations

import pytest

from madang.declarations.points import kept, points, rate


@pytest.mark.parametrize(
    ("score", "written"),
    [(100.0, "100"), (99.9989, "99.9"), (99.9999999999, "99.9"), (99.96, "99.9"), (99.1, "99.1"), (62.29, "62.2"), (0.0, "0.0")],
)  # fmt: skip
def test_a_score_is_rounded_down(score: float, written: str) -> None:
    assert points(score) == written


def test_tenths_stay_what_they_are() -> None:
    assert [points(tenth / 10) for tenth in range(1000)] == [f"{tenth / 10:.1f}" for tenth in range(1000)]


def test_a_stored_score_below_a_hundred_stays_below() -> None:
    assert [kept(100.0), kept(99.99999), kept(98.12344)] == [100.0, 99.9999, 98.1234]


@pytest.mark.parametrize(
    ("percent", "written"),
    [(0.0, "0.00"), (0.00108, "0.0011"), (0.0049, "0.0049"), (0.5, "0.50"), (37.714, "37.71"), (99.9991, "99.99910"), (100.0, "100.00")],
)  # fmt: skip
def test_a_rate_shows_that_it_is_not_nought_or_whole(percent: float, written: str) -> None:
    assert rate(percent) == written
