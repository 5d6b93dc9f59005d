"""Rates of closing, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from madang.samplecity.layers.shops.lives import Rates
from madang.samplecity.layers.shops.trades import card_trades, kinds, risk, trades
from madang.samplecity.words import words
from tests.samplecity.shops_papers import kaplan_meier


def test_rates_make_the_planted_survival() -> None:
    for trade in trades():
        first, second, third, last = trade.rates.tolist()
        planted = [math.exp(-first), math.exp(-first - 2 * second), math.exp(-first - 2 * second - 2 * third)]
        assert planted == pytest.approx(list(trade.survival))
        assert last == trade.late


def test_a_rate_that_doubles_for_half_a_year() -> None:
    """0.1 a year for two years, 0.2 for half a year, 0.1 again: 0.2 + 0.1 + 0.05 after three years."""
    rates = Rates(np.array([[0.0, 730.5, 913.125]]), np.array([[0.1, 0.2, 0.1]]))
    assert rates.until(np.array([1095.75])) == pytest.approx(0.35)
    assert rates.when(np.array([0.35])) == pytest.approx(1095.75)
    assert rates.when(np.array([0.25])) == pytest.approx(730.5 + 0.05 / 0.2 * 365.25)


def test_cafes_between_new_apartments_are_at_risk() -> None:
    found = risk(("housing", "apartments"))
    cafes = [trade.name for trade in trades()].index("휴게음식점")
    assert found[cafes].tolist() == pytest.approx([1.0, 0.85 * 1.6])
    assert np.delete(found, cafes, 0)[:, 1].tolist() == pytest.approx([0.85] * (len(trades()) - 1))


def test_kinds_say_what_the_files_need() -> None:
    assert len(card_trades()) == 15
    assert set(card_trades()) == set(words("shops_sales")["trades"])
    for at in range(len(trades())):
        assert sum(kind.share for kind in kinds() if kind.trade == at) == pytest.approx(1)
    assert all(len(kind.code) == 6 for kind in kinds())


def test_the_estimator_of_these_tests() -> None:
    """Klein and Moeschberger's way by hand: at 2 three are at risk (one came at 1), at 4 two of them."""
    entry, leave = np.array([0.0, 0.0, 1.0, 3.0]), np.array([2.0, 5.0, 4.0, 6.0])
    event = np.array([True, False, True, False])
    value, error = kaplan_meier(entry, leave, event, 5.0)
    assert value == pytest.approx(2 / 3 * 2 / 3)
    assert error == pytest.approx(4 / 9 * math.sqrt(1 / (3 * 2) + 1 / (3 * 2)))
