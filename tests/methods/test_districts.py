"""Statistics of commercial districts against counting by hand, printed numbers, other packages and planted truth."""

from __future__ import annotations

from contextlib import closing
from datetime import date, timedelta
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from madang.messages import MadangError
from madang.methods.districts import (
    change_index,
    concentration,
    location_quotients,
    per,
    turnover,
)
from madang.methods.huff import calibrate, expected_customers, huff_shares
from madang.methods.selection import in_circle, in_polygon, in_polygons
from tests.shared_data import shared

FIRST = date(2020, 1, 1)


def days(*texts: str) -> Any:
    return np.array([text or "NaT" for text in texts], "datetime64[D]")


# --- openings and closings


def test_a_year_of_ten_shops() -> None:
    """Ten at the start; four open, of them one closes in the year; two of the ten close."""
    opened = days(
        *["2015-05-05"] * 10, "2020-01-01", "2020-06-01", "2020-06-02", "2020-12-31", "2021-01-01", ""
    )
    ended = days("2020-01-01", "2020-12-31", *[""] * 8, "2020-03-01", "", "", "", "", "")
    found = turnover(opened, ended, np.zeros(16, int), ["2020-01-01", "2021-01-01"])
    assert (found.at_start, found.openings, found.closings, found.at_end) == (10, 4, 3, 11)
    assert found.opening_rate.share[0, 0] == pytest.approx(4 / 10)
    assert found.closing_rate.share[0, 0] == pytest.approx(3 / 14)
    assert found.net_growth[0, 0] == pytest.approx(0.1)
    assert found.few.all()
    assert found.base == "start_and_openings"
    # Wilson, 3 of 14: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    assert_allclose(
        [found.closing_rate.low[0, 0], found.closing_rate.high[0, 0]], [0.0757, 0.4759], atol=5e-5
    )
    other = turnover(
        opened, ended, np.zeros(16, int), ["2020-01-01", "2021-01-01"], base="middle", least_base=5
    )
    assert other.closing_rate.share[0, 0] == pytest.approx(3 / 10.5)
    assert not other.few.any()
    by_start = turnover(opened, ended, np.zeros(16, int), ["2020-01-01", "2021-01-01"], base="start")
    assert by_start.closing_rate.share[0, 0] == pytest.approx(3 / 10)


LIVES = st.lists(
    st.tuples(st.integers(-400, 1200), st.one_of(st.none(), st.integers(0, 900)), st.integers(-1, 2)),
    min_size=1,
)


@given(LIVES, st.lists(st.integers(0, 900), min_size=2, max_size=5, unique=True))
@settings(deadline=None, max_examples=40)
def test_turnover_is_what_one_counts_by_hand(lives: Any, cuts: list[int]) -> None:
    start = [FIRST + timedelta(days=each) for each, _, _ in lives]
    end = [
        None if more is None else day + timedelta(days=more)
        for day, (_, more, _) in zip(start, lives, strict=True)
    ]
    group = np.array([each for _, _, each in lives])
    edges = [FIRST + timedelta(days=each) for each in sorted(cuts)]
    opened = np.array(start, "datetime64[D]")
    ended = np.array([str(each) if each else "NaT" for each in end], "datetime64[D]")
    found = turnover(opened, ended, group, np.array(edges, "datetime64[D]"), groups=3)
    for number in range(3):
        mine = [(a, b) for a, b, g in zip(start, end, group, strict=True) if g == number]
        for at, (low, high) in enumerate(zip(edges, edges[1:], strict=False)):
            there = sum(a < low and (b is None or b >= low) for a, b in mine)
            assert found.at_start[number, at] == there
            assert found.openings[number, at] == sum(low <= a < high for a, _ in mine)
            assert found.closings[number, at] == sum(b is not None and low <= b < high for _, b in mine)
            assert found.at_end[number, at] == there + found.openings[number, at] - found.closings[number, at]
    assert (found.at_end[:, :-1] == found.at_start[:, 1:]).all()


def test_turnover_refuses_days_that_do_not_ascend() -> None:
    for edges in (["2021-01-01"], ["2021-01-01", "2020-01-01"]):
        with pytest.raises(MadangError):
            turnover(days("2020-01-01"), days(""), [0], edges)


def test_rates_of_seoul_are_the_printed_ones() -> None:
    """상권분석: openings and closings over all shops of the quarter, in percent with one digit."""
    rows: dict[Any, list[Any]] = {}
    for name, column in (
        ("상권분석_개폐업수_2021.xlsx", slice(2, 6)),
        ("점포수_데이터_2021.xlsx", slice(2, 3)),
    ):
        with closing(openpyxl.load_workbook(shared("commercial", name), read_only=True)) as book:
            for row in list(book["Sheet1"].iter_rows(values_only=True))[1:]:
                rows.setdefault(row[:2], []).extend(row[column])
    table = np.array([row for row in rows.values() if len(row) == 5], float)
    assert len(table) > 90
    rates = per(table[:, :2], table[:, 4:], 100)
    near = np.abs(rates - table[:, 2:4]) <= 0.0501
    assert near.mean() > 0.95


def test_per_has_nothing_to_say_where_nobody_is() -> None:
    assert per([30, 5], [1500, 0], 1000)[0] == 20  # 30 shops, 1,500 residents
    assert np.isnan(per([30, 5], [1500, 0], 1000)[1])
    assert per([40], [2_000_000], 1e6).tolist() == [20]  # shops per km²


# --- mix


def test_concentration_of_half_a_third_and_a_fifth() -> None:
    """50, 30, 20 are 0.38 (handbook C3), 3,800 as competition authorities write it."""
    found = concentration([[50, 30, 20], [7, 0, 0], [0, 0, 0]])
    assert_allclose(found.index[:2], [0.38, 1.0])
    assert_allclose(found.kinds_alike[:2], [1 / 0.38, 1])
    assert np.isnan(found.index[2])
    assert found.shops.tolist() == [100, 7, 0]


@given(st.lists(st.integers(0, 50), min_size=2, max_size=8).filter(any))
def test_concentration_is_between_alike_and_alone(counts: list[int]) -> None:
    assert 1 / len(counts) - 1e-12 <= concentration(counts).index[0] <= 1 + 1e-12


def test_location_quotients_by_hand() -> None:
    """Area 0 has 30 of 40 cafés and 10 of 60 others: (30/40) / (40/100) = 1.875."""
    found = location_quotients([[30, 10], [10, 50]])
    assert_allclose(found.quotient, [[1.875, 10 / 24], [10 / 24, 50 / 36]])
    assert_allclose(found.expected, [[16, 24], [24, 36]])
    assert_allclose(found.low[0, 0] * 16, 20.24, atol=0.005)  # exact limits of a Poisson count of 30
    assert_allclose(found.high[0, 0] * 16, 42.83, atol=0.005)
    assert not found.few.any()
    assert np.isnan(location_quotients([[0, 0], [1, 2]]).quotient[0]).all()


def test_change_index_has_its_four_letters() -> None:
    """The definitions of 서울시 상권분석서비스: first the age of those there, then the age at closing."""
    old, young = "2010-01-01", "2019-01-01"
    opened = days(old, "2012-01-01", old, "2017-06-01", young, "2009-01-01", young, "2018-06-01", old)
    ended = days("", "2019-06-01", "", "2019-06-01", "", "2019-06-01", "", "2019-06-01", "2015-01-01")
    group = np.array([0, 0, 1, 1, 2, 2, 3, 3, -1])
    found = change_index(opened, ended, group, "2020-01-01", "2019-01-01", groups=5)
    assert found.code.tolist() == ["HH", "HL", "LH", "LL", ""]
    assert found.open_months[0] == pytest.approx(3652 / (365.25 / 12))
    assert found.city_open_months == pytest.approx((2 * 3652 + 2 * 365) / 4 / (365.25 / 12))
    assert found.closed_shops.tolist() == [1, 1, 1, 1, 0]  # what closed in 2015 does not count
    assert found.few.all()


# --- Huff


def test_huff_by_hand() -> None:
    """Sizes 1,000 and 4,000 at 100 and 400 m: 0.1 against 0.025, hence 0.8 and 0.2; at 200 and
    400 m half and half, as Converse (1949) breaks the way between towns of 1 to 4."""
    assert_allclose(huff_shares([1000, 4000], [[100, 400], [200, 400]]), [[0.8, 0.2], [0.5, 0.5]])
    shares = huff_shares([1000, 0, 10], [[100, 5, np.inf], [np.inf, 0, np.inf]])
    assert shares[0].tolist() == [1, 0, 0]
    assert np.isnan(shares[1]).all()
    for wrong in ([[-1.0]], [[np.nan]]):
        with pytest.raises(MadangError):
            huff_shares([1], wrong)
    with pytest.raises(MadangError):
        huff_shares([-1], [[1]])


@given(
    st.lists(st.floats(1, 1e4), min_size=2, max_size=6),
    st.floats(0.2, 3),
    st.floats(0.5, 4),
    st.integers(0, 10_000),
)
def test_huff_shares_sum_to_one_and_fall_with_distance(
    sizes: Any, alpha: float, beta: float, seed: int
) -> None:
    way = np.random.default_rng(seed).uniform(20, 5000, (4, len(sizes)))
    shares = huff_shares(sizes, way, alpha, beta)
    assert_allclose(shares.sum(axis=1), 1)
    farther = way.copy()
    farther[:, 0] *= 2
    assert (huff_shares(sizes, farther, alpha, beta)[:, 0] < shares[:, 0] + 1e-12).all()


def test_expected_customers_are_all_people() -> None:
    rng = np.random.default_rng(2)
    people, shops = rng.uniform(0, 3000, (2, 500)), rng.uniform(0, 3000, (2, 7))
    count, size = rng.integers(0, 40, 500).astype(float), rng.uniform(20, 200, 7)
    found = expected_customers(count, *people, size, *shops)
    assert found.expected.sum() == pytest.approx(count.sum())
    assert found.unreached == 0
    way = np.hypot(people[0][:, None] - shops[0], people[1][:, None] - shops[1])
    assert_allclose(found.expected, count @ huff_shares(size, way))
    near = expected_customers(count, *people, size, *shops, reach_m=500)
    assert near.expected.sum() + near.unreached == pytest.approx(count.sum())
    assert near.unreached == count[(way > 500).all(axis=1)].sum() > 0


def visits(rng: np.random.Generator, noise: float) -> tuple[Any, Any, Any]:
    size, way = rng.uniform(50, 2000, 12), rng.uniform(100, 4000, (60, 12))
    return huff_shares(size, way, 0.8, 1.7) * np.exp(rng.normal(0, noise, way.shape)), size, way


def test_planted_exponents_are_found() -> None:
    rng = np.random.default_rng(4)
    exact = calibrate(*visits(rng, 0.0))
    assert (exact.alpha, exact.beta) == pytest.approx((0.8, 1.7), abs=1e-9)
    assert exact.r_squared == pytest.approx(1)
    held = 0
    for _ in range(100):
        found = calibrate(*visits(rng, 0.5))
        assert found.beta == pytest.approx(1.7, abs=0.15)
        held += found.beta_low <= 1.7 <= found.beta_high
    assert held >= 88


def test_calibration_is_the_regression_of_statsmodels_with_a_constant_for_each_origin() -> None:
    shares, size, way = visits(np.random.default_rng(9), 0.4)
    shares[3, 4] = shares[3, 5] = 0  # no logarithm: left out and counted
    found = calibrate(shares, size, way)
    fit = shares > 0
    origin, shop = np.nonzero(fit)
    design = np.column_stack([np.log(size[shop]), -np.log(way[fit]), np.eye(60)[origin]])
    peer = sm.OLS(np.log(shares[fit]), design).fit()
    assert_allclose([found.alpha, found.beta], peer.params[:2])
    assert_allclose([found.alpha_error, found.beta_error], peer.bse[:2])
    assert_allclose([found.beta_low, found.beta_high], peer.conf_int()[1])
    assert (found.used, found.given) == (718, 720)


def test_nothing_can_be_fitted_from_one_distance() -> None:
    with pytest.raises(MadangError):
        calibrate([[0.5, 0.5]], [10, 20], [[100, 100]])
    with pytest.raises(MadangError):
        calibrate(np.full((5, 2), 0.5), [10, 10], np.full((5, 2), 100.0))


# --- selection


def test_polygon_and_circle_hold_what_shapely_says() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-10, 10, (2, 2000))
    x[0], x[1], y[1] = np.nan, 3.0, 0.0
    shape = shapely.Point(0, 0).buffer(3).difference(shapely.box(-1, -1, 1, 1)).union(shapely.box(5, 5, 9, 9))
    assert in_polygon(x, y, shape).tolist() == [
        shape.intersects(shapely.Point(*each)) for each in zip(x, y, strict=True)
    ]
    assert in_circle(x, y, (0, 0), 3.0)[1]
    assert in_circle(x, y, (0, 0), 3.0).tolist() == (np.hypot(x, y) <= 3).tolist()
    other = shapely.box(-2, -2, 6, 6)
    area, point = in_polygons(x, y, [shape, other])
    for number, each in enumerate((shape, other)):
        assert sorted(point[area == number].tolist()) == np.flatnonzero(in_polygon(x, y, each)).tolist()


@pytest.mark.parametrize(
    "shape", [shapely.Point(0, 0), shapely.Polygon(), shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]
)
def test_what_is_no_area_is_refused(shape: Any) -> None:
    with pytest.raises(MadangError):
        in_polygon([0.0], [0.0], shape)


def test_lengths_must_agree() -> None:
    with pytest.raises(MadangError):
        turnover(days("2020-01-01"), days("", ""), [0], ["2020-01-01", "2021-01-01"])
    with pytest.raises(MadangError):
        change_index(days("2020-01-01"), days(""), [0, 1], "2021-01-01", "2020-01-01")
    with pytest.raises(MadangError):
        in_circle([0.0], [0.0], (0, 0), 0)
