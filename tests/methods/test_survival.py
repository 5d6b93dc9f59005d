"""Survival against R, Stata, Mathematica and lifelines, against counting by hand, and against what was planted."""

from __future__ import annotations

import csv
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from madang.messages import MadangError
from madang.methods.closing_ratios import closing_ratios, expected_survival
from madang.methods.licence_lives import CANCELLED, CLOSED, OPEN, lives, register_start
from madang.methods.log_rank import each_against_the_rest, each_pair, holm, log_rank
from madang.methods.proportions import poisson_rate, wilson
from madang.methods.survival import AGES, KaplanMeier, kaplan_meier
from madang.methods.survival_shrink import effective_size, shrink
from madang.samplecity import Setting
from tests.samplecity.shops_papers import Papers, day, written
from tests.shared_data import shared

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of imports that lifelines brings along
    import lifelines.datasets
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test
    from lifelines.utils import median_survival_times

MAINTAINED = ([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
NOT = ([5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
NOT = (NOT[0], [1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1])


def data(name: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(lifelines.datasets, f"load_{name}")()


def fitted(time: Any, event: Any, entry: Any = None) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return KaplanMeierFitter().fit(time, event, entry=entry)


# --- numbers that others printed


def test_the_curve_of_aml_is_that_of_r() -> None:
    """summary(survfit(Surv(time, status) ~ x, data = aml)) of R `survival` (Miller 1981)."""
    group = np.repeat([0, 1], [11, 12])
    found = kaplan_meier(MAINTAINED[0] + NOT[0], MAINTAINED[1] + NOT[1], group)
    curve, first = found.curves, found.curves.of(0)
    assert curve.time[first].tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.at_risk[first].tolist() == [11, 10, 8, 7, 5, 4, 2]
    assert_allclose(curve.survival[first], [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], atol=5e-4)
    assert_allclose(
        curve.standard_error[first], [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], atol=5e-5
    )
    assert found.median.time.tolist() == [31, 23]
    assert curve.survival[-1] == 0
    assert np.isnan(curve.standard_error[-1])


def test_lung_has_the_medians_and_the_log_rank_test_of_r() -> None:
    """survfit and survdiff(Surv(time, status) ~ sex, data = lung): 270, 426; 10.3267, p = 0.00131116."""
    lung = data("lung")
    found = kaplan_meier(lung["time"], lung["status"], lung["sex"] - 1)
    assert found.rows.tolist() == [138, 90]
    assert found.median.time.tolist() == [270, 426]
    assert kaplan_meier(lung["time"], lung["status"]).median.time.tolist() == [310]
    test = log_rank(lung["time"], lung["status"], lung["sex"] - 1)
    assert test.statistic == pytest.approx(10.3267, abs=5e-5)
    assert test.p_value == pytest.approx(0.00131116, abs=5e-9)
    assert test.observed.tolist() == [112, 53]
    assert_allclose(test.expected, [91.5817, 73.4183], atol=5e-5)
    assert test.degrees == 1


TIMES = [3, 5, 8, 10, 5, 5, 8, 12, 15, 14, 2, 11, 10, 9, 12, 5, 8, 11]
HAPPENED = [1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1]


def test_log_log_intervals_are_those_of_r_and_mathematica() -> None:
    """The references in SciPy's own test of `ecdf`: R survfit(conf.type = "log-log", conf.int = 0.90), and 0.95."""
    low = [0.743667484069, 0.685823322892, 0.505968356515, 0.329131314133, 0.159869120288, 0.044995399181]
    high = [0.989029186724, 0.963883542214, 0.856036682309, 0.713016764398, 0.567860298300, 0.388761676689]
    curve = kaplan_meier(TIMES, HAPPENED, level=0.9).curves
    assert curve.time.tolist() == [2, 3, 5, 8, 11, 12]
    assert_allclose(curve.low, low, rtol=1e-10)
    assert_allclose(curve.high, high, rtol=1e-10)
    curve = kaplan_meier(TIMES, HAPPENED).curves
    assert_allclose(curve.low, [0.66639, 0.624174, 0.456179, 0.287822, 0.128489, 0.030957], atol=1e-5)
    assert_allclose(curve.high, [0.991983, 0.970995, 0.87378, 0.739467, 0.603133, 0.430365], atol=1e-5)


def test_delayed_entry_is_that_of_r() -> None:
    """survfit(coxph(Surv(entry, times, event = status) ~ 1), type = "kaplan-meier"), from the tests of statsmodels."""
    times, status = [1, 3, 3, 5, 5, 7, 7, 8, 8, 9, 10, 10], [1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1]
    curve = kaplan_meier(times, status, entry=[0, 1, 1, 2, 2, 2, 3, 4, 4, 4, 4, 0]).curves
    assert curve.time.tolist() == [1, 3, 5, 7, 8, 9, 10]
    assert curve.at_risk.tolist() == [2, 6, 9, 7, 5, 3, 2]
    assert_allclose(curve.survival, [0.5000, 0.4167, 0.3241, 0.2778, 0.2222, 0.1481, 0.0741], atol=5e-5)
    assert_allclose(curve.standard_error, [0.3536, 0.3043, 0.2436, 0.2132, 0.1776, 0.1330, 0.0846], atol=5e-5)


@pytest.mark.parametrize(
    ("times", "status", "entry", "without", "with_entry"),
    [
        ([5, 3, 4, 2, 5, 4, 6, 7, 5, 9], [1, 1, 0, 1, 1, 0, 1, 1, 0, 0], [1, 2, 2, 1, 3, 3, 5, 4, 2, 5],
         (6.694424, 0.00967149), (3.0, 0.083264516)),
        ([2, 1, 5, 8, 7, 8, 8, 9, 4, 9], [1, 1, 1, 1, 1, 0, 1, 0, 0, 0], [1, 0, 2, 2, 3, 3, 2, 1, 2, 0],
         (6.9543024, 0.008361789), None),
    ],
)  # fmt: skip
def test_the_log_rank_test_is_that_of_stata(
    times: Any, status: Any, entry: Any, without: Any, with_entry: Any
) -> None:
    """sts test group, logrank after stset time, failure(status) entry(entry); from the tests of statsmodels."""
    group = [0] * 5 + [1] * 5
    found = log_rank(times, status, group)
    assert (found.statistic, found.p_value) == pytest.approx(without, rel=1e-6)
    pair = each_pair(times, status, group)
    assert pair.statistic[0] == pytest.approx(found.statistic)
    if with_entry:
        found = log_rank(times, status, group, entry)
        assert (found.statistic, found.p_value) == pytest.approx(with_entry, rel=1e-6)


def test_wilson_and_poisson_intervals() -> None:
    """3 of 20: 0.0524–0.3604 (handbook). A Poisson count of 10: 4.795–18.390, of 0: 0–3.689 (Garwood 1936)."""
    found = wilson([3, 0, 20, 0], [20, 20, 20, 0])
    assert_allclose(found.low[:3], [0.0524, 0, 0.8389], atol=5e-5)
    assert_allclose(found.high[:3], [0.3604, 0.1611, 1], atol=5e-5)
    assert np.isnan([found.share[3], found.low[3], found.high[3]]).all()
    rate = poisson_rate([10, 0], [1, 1])
    assert_allclose(rate.low, [4.795, 0], atol=5e-4)
    assert_allclose(rate.high, [18.390, 3.689], atol=5e-4)
    with pytest.raises(MadangError, match="2"):
        wilson([5, -1], [4, 4])


# --- another implementation


@pytest.mark.parametrize(
    ("name", "time", "event", "by"),
    [
        ("waltons", "T", "E", "group"),
        ("larynx", "time", "death", "Stage_IV"),
        ("lung", "time", "status", "ph.ecog"),
        ("rossi", "week", "arrest", "race"),
        ("gbsg2", "time", "cens", "horTh"),
        ("psychiatric_patients", "T", "C", "sex"),
    ],
)
def test_published_sets_give_what_lifelines_gives(name: str, time: str, event: str, by: str) -> None:
    frame = data(name).dropna(subset=[by])
    labels, group = np.unique(frame[by], return_inverse=True)
    ages = np.quantile(frame[time], [0.1, 0.5, 0.8])
    found = kaplan_meier(frame[time], frame[event], group, ages=tuple(ages))
    for number in range(len(labels)):
        rows = frame[group == number]
        peer = fitted(rows[time], rows[event])
        steps = found.curves.of(number)
        at = found.curves.time[steps]
        assert_allclose(found.curves.survival[steps], peer.predict(at), atol=1e-10)
        inside = found.curves.survival[steps] > 0
        bounds = peer.confidence_interval_.loc[at].to_numpy()[inside]
        assert_allclose(found.curves.low[steps][inside], bounds[:, 0], atol=1e-9)
        assert_allclose(found.curves.high[steps][inside], bounds[:, 1], atol=1e-9)
        seen = found.at.at_risk[number] > 0
        assert_allclose(found.at.survival[number][seen], peer.predict(ages[seen]), atol=1e-10)
        assert found.at.at_risk[number].tolist() == [(rows[time] >= age).sum() for age in ages]
        assert found.median.time[number] == peer.median_survival_time_ or np.isinf(peer.median_survival_time_)
        if inside.all():  # of the last step to nothing lifelines has no interval
            low, high = median_survival_times(peer.confidence_interval_).to_numpy()[0]
            assert found.median.low[number] == low or np.isinf(low)
            assert found.median.high[number] == high or np.isinf(high)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = multivariate_logrank_test(frame[time], group, frame[event])
    ours = log_rank(frame[time], frame[event], group)
    assert ours.statistic == pytest.approx(test.test_statistic, rel=1e-8)
    assert ours.p_value == pytest.approx(test.p_value, rel=1e-6)


def test_late_entries_give_what_lifelines_gives() -> None:
    """The multicenter AIDS cohort: entry W, end T. lifelines counts who enters at t as at risk at t, R does not;
    a moment between them."""
    frame = data("multicenter_aids_cohort_study")
    found = kaplan_meier(frame["T"], frame["D"], entry=frame["W"])
    peer = fitted(frame["T"], frame["D"], entry=frame["W"] + 1e-7)
    assert (frame["W"] > 0).sum() > 40
    assert_allclose(found.curves.survival, peer.predict(found.curves.time), atol=1e-9)


# --- counting by hand


@st.composite
def watched(draw: st.DrawFn) -> tuple[list[int], list[bool], list[int], list[int]]:
    rows = draw(
        st.lists(
            st.tuples(st.integers(1, 12), st.booleans(), st.integers(-1, 2), st.integers(0, 11)), min_size=1
        )
    )
    rows = [(leave, event, group, min(entry, leave - 1)) for leave, event, group, entry in rows]
    leave, event, group, entry = (list(each) for each in zip(*rows, strict=True))
    return leave, event, group, entry


@given(watched(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_every_step_is_what_one_counts_by_hand(rows: Any, fractions: bool) -> None:
    leave, event, group, entry = (np.array(each) for each in rows)
    scale = 0.7 if fractions else 1
    found = kaplan_meier(
        leave * scale, event, group, entry * scale, groups=3, ages=(0.7 * scale, 5 * scale), least_at_risk=3
    )
    for number in range(3):
        mine = group == number
        survival, fewest = 1.0, 10**9
        steps = found.curves.of(number)
        moments = sorted(set(leave[mine & event].tolist()))
        assert_allclose(found.curves.time[steps], np.array(moments) * scale)
        for at, moment in enumerate(moments, steps.start):
            risk = (mine & (entry < moment) & (leave >= moment)).sum()
            died = (mine & event & (leave == moment)).sum()
            survival *= 1 - died / risk
            fewest = min(fewest, risk)
            assert (found.curves.at_risk[at], found.curves.events[at]) == (risk, died)
            assert found.curves.survival[at] == pytest.approx(survival, abs=1e-12)
            assert found.curves.low[at] <= found.curves.survival[at] + 1e-12 <= found.curves.high[at] + 2e-12
        risk = (mine & (entry < 5) & (leave >= 5)).sum()
        past = [n for m, n in zip(moments, found.curves.at_risk[steps], strict=True) if m <= 5]
        assert found.at.at_risk[number, 1] == risk
        assert found.at.fewest[number, 1] == min([risk, *past])
        assert found.at.few[number, 1] == (min([risk, *past]) < 3)
        assert found.at.events[number, 1] == (mine & event & (leave <= 5)).sum()


@given(watched())
@settings(deadline=None, max_examples=60)
def test_each_against_the_rest_is_the_test_of_two_groups(rows: Any) -> None:
    leave, event, group, entry = (np.array(each) for each in rows)
    found = each_against_the_rest(leave, event, group, entry, groups=3)
    for number in range(3):
        two = np.where(group < 0, -1, (group == number).astype(int))
        test = log_rank(leave, event, two, entry, groups=2)
        if np.isnan(test.statistic):
            assert np.isnan(found.p_value[number])
        else:
            assert found.statistic[number] == pytest.approx(test.statistic, abs=1e-9)
    real = ~np.isnan(found.p_value)
    assert (found.p_holm[real] >= found.p_value[real] - 1e-15).all()


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(3).random(40) ** 3
    assert_allclose(holm(p), multipletests(p, method="holm")[1])
    assert_allclose(holm([0.01, np.nan, 0.04]), [0.02, np.nan, 0.04])


def test_nobody_closed_and_nobody_there() -> None:
    """Without a closing the lower limit is the exact binomial one: 20 of 20 is 0.8316–1 (Clopper and Pearson)."""
    found = kaplan_meier([400] * 20, [0] * 20, [0] * 20, groups=2, ages=(365.25, 500))
    assert found.at.survival[0, 0] == 1
    assert found.at.low[0, 0] == pytest.approx(0.8316, abs=5e-5)
    assert np.isnan(found.at.survival[0, 1])
    assert np.isnan(found.at.survival[1]).all()
    assert found.rows.tolist() == [20, 0]
    assert np.isnan(found.median.time).all()


@pytest.mark.parametrize(
    "rows",
    [([1, 2], [1], None, None), ([np.nan], [1], None, None), ([-1], [1], None, None), ([3], [1], None, [3])],
)
def test_impossible_rows_are_refused(rows: Any) -> None:
    with pytest.raises(MadangError):
        kaplan_meier(*rows)


# --- planted truth


def register_of(rng: np.random.Generator, count: int, mean: float) -> Any:
    """Shops opened 1990 to 2025, exponential lives, a register that knows closings since 2005 (handbook C3)."""
    opened = rng.uniform(1990, 2025, count * 3)
    ended = opened + rng.exponential(mean, count * 3)
    kept = np.flatnonzero(ended > 2005)[:count]
    opened, ended = opened[kept], ended[kept]
    leave = np.minimum(ended, 2025) - opened
    return leave, ended < 2025, np.maximum(2005 - opened, 0)


@pytest.mark.slow
def test_a_register_that_begins_late_is_allowed_for() -> None:
    """Truth .819 .549 .368; the handbook's run found .821 .561 .376 with entry, .852 .624 .448 without."""
    leave, closed, entry = register_of(np.random.default_rng(5), 20_000, 5.0)
    ages = (1.0, 3.0, 5.0)
    right = kaplan_meier(leave, closed, entry=entry, ages=ages).at
    assert_allclose(right.survival[0], [0.819, 0.549, 0.368], atol=0.015)
    assert (right.low[0] < np.exp([-0.2, -0.6, -1.0])).all()
    assert (right.high[0] > np.exp([-0.2, -0.6, -1.0])).all()
    naive = kaplan_meier(leave, closed, ages=ages).at.survival[0]
    assert naive[2] - right.survival[0, 2] > 0.04


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(6)
    leave, closed, entry = register_of(rng, 60_000, 5.0)
    at = kaplan_meier(leave, closed, rng.permutation(60_000) // 150, entry, ages=(3.0,)).at
    held = (at.low <= np.exp(-0.6)) & (np.exp(-0.6) <= at.high)
    assert 0.92 < held.mean() < 0.98


# --- licences


def dates(*texts: str) -> Any:
    return np.array([text or "NaT" for text in texts], "datetime64[D]")


def test_lives_of_licences() -> None:
    found = lives(
        dates("2010-01-01", "2010-01-01", "2000-01-01", "2012-05-05", "2015-03-01", "2011-01-01", "",
              "2024-01-01", "2012-01-01", "1999-01-01", "2010-01-01", "2014-01-01", "2013-01-01"),
        dates("", "2013-01-01", "2008-01-01", "2012-05-05", "", "", "2011-01-01", "", "2011-01-01", "2004-06-01",
              "", "2023-02-01", ""),
        dates("", "", "", "", "2019-03-01", "", "", "", "", "", "", "", ""),
        ["01", "03", "03", "03", "04", "02", "03", "01", "03", "03", "03", "03", "99"],
        extract_on="2022-12-31", register_since="2005-01-01",
    )  # fmt: skip
    assert found.rows.tolist() == [0, 1, 2, 3, 4, 5, 11]
    assert found.cause.tolist() == [OPEN, CLOSED, CLOSED, CLOSED, CANCELLED, OPEN, OPEN]
    assert found.entry.tolist() == [0, 0, 1827, 0, 0, 0, 0]
    assert found.leave.tolist() == [
        4748,
        1096,
        2922,
        1,
        1461,
        4383,
        3287,
    ]  # a closing after the extract is none yet
    assert found.left_out == {
        "no_licence_date": 1, "opened_later": 1, "unknown_status": 1, "no_end_date": 1, "ends_before_it_opens": 1,
        "before_register": 1,
    }  # fmt: skip
    assert found.closed.sum() == 3
    assert found.ended.sum() == 4


def days_of(years: Any) -> Any:
    """Days of years with fractions; NaN is NaT."""
    count = np.round((np.nan_to_num(years, nan=1970.0) - 1970) * 365.25).astype("timedelta64[D]")
    return np.where(np.isnan(years), np.datetime64("NaT"), np.datetime64("1970-01-01") + count)


def test_a_register_begins_where_closings_are_told_in_earnest() -> None:
    """Loaded in 2003 with those that lived; 30 old closings were typed in later and are no beginning."""
    rng = np.random.default_rng(3)
    opened = rng.uniform(1980, 2025, 9000)
    ended = opened + rng.exponential(7, 9000)
    kept = np.flatnonzero(ended > 2003)
    old = np.flatnonzero(ended < 2003)[:30]
    closed = days_of(np.where(ended < 2025, ended, np.nan))
    licensed, closed = (each[np.concatenate([kept, old])] for each in (days_of(opened), closed))
    found = register_start(licensed, closed, extract_on="2025-01-01")
    assert found.evident
    assert abs(found.day - np.datetime64("2003-01-01")) < np.timedelta64(62, "D")
    assert found.closings_before == pytest.approx(30, abs=15)
    assert found.rate_after == pytest.approx(1 / 7, rel=0.1)


def test_hard_times_are_no_beginning_of_a_register() -> None:
    """All closings since 1990 are known; from 2015 shops close three times as fast."""
    rng = np.random.default_rng(4)
    opened = rng.uniform(1990, 2020, 4000)
    total = rng.exponential(1, 4000)
    calm = np.maximum(2015 - opened, 0) / 9
    ended = np.where(total < calm, opened + total * 9, np.maximum(opened, 2015) + (total - calm) * 3)
    found = register_start(
        days_of(opened), days_of(np.where(ended < 2020, ended, np.nan)), extract_on="2020-01-01"
    )
    assert not found.evident
    assert found.day == days_of(opened).min()
    with pytest.raises(MadangError):
        register_start(dates(""), dates(""), extract_on="2020-01-01")


def test_animal_hospitals_of_the_country() -> None:
    """The real register: 93 closed ones have no closing date (README of the shared files); 21 rest and are at risk."""
    with shared("licences", "fulldata_02_03_01_P_동물병원.csv").open(encoding="cp949", newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = {
        name: [row[name] for row in rows]
        for name in ("인허가일자", "폐업일자", "인허가취소일자", "영업상태구분코드")
    }
    licensed, closed, cancelled = (
        np.array([day(text) for text in columns[name]]) for name in list(columns)[:3]
    )
    found = lives(
        licensed,
        closed,
        cancelled,
        columns["영업상태구분코드"],
        extract_on="2023-06-30",
        register_since="2000-01-01",
    )
    assert len(found.rows) + sum(found.left_out.values()) == len(rows)
    status = np.array(columns["영업상태구분코드"])
    missing = np.flatnonzero((status == "03") & np.isnat(closed))
    assert len(missing) == 93
    assert found.left_out["no_end_date"] >= 93
    assert not np.isin(missing, found.rows).any()
    resting = np.flatnonzero(status[found.rows] == "02")
    assert len(resting) > 0
    assert (found.cause[resting] == OPEN).all()
    at = kaplan_meier(found.leave, found.closed, entry=found.entry).at
    peer = fitted(found.leave, found.closed, entry=found.entry + 0.5)
    assert_allclose(at.survival[0], peer.predict(AGES), atol=1e-9)
    assert 0.5 < at.survival[0, 2] < at.survival[0, 1] < at.survival[0, 0] < 1
    start = register_start(licensed, closed, extract_on="2023-06-30")
    assert start.day.astype("datetime64[Y]") == np.datetime64(
        "2003"
    )  # 25 closings in 2002, 191 in 2003, 318 in 2004


# --- the sample city


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return written(tmp_path_factory.mktemp("shops"), Setting(seed=23, scale=0.4))


@pytest.fixture(scope="module")
def cells(papers: Papers) -> Any:
    """Survival by trade and 행정동 and by trade, from the licence files of the first delivery, beside what was planted."""
    rows = [(trade, row) for trade, found in papers.licences().items() for row in found]
    texts = {name: [row[name] for _, row in rows] for name in ("인허가일자", "폐업일자", "인허가취소일자")}
    begun = register_start(
        *([day(text) for text in texts[name]] for name in list(texts)[:2]), extract_on="2026-09-30"
    )
    assert begun.day == np.datetime64("2005-01-01")
    known = lives(
        *([day(text) for text in column] for column in texts.values()),
        [row["영업상태구분코드"] for _, row in rows],
        extract_on="2026-09-30", register_since=begun.day,
    )  # fmt: skip
    assert sum(known.left_out.values()) == 0
    dongs = {row["licence_number"]: row["dong_code"] for row in papers.truths["shops"]}
    keys = [(rows[at][0], dongs[rows[at][1]["관리번호"]]) for at in known.rows.tolist()]
    names = sorted(set(keys))
    trades = sorted({trade for trade, _ in names})
    number = {name: at for at, name in enumerate(names)}
    group, parent = (
        np.array([number[key] for key in keys]),
        np.array([trades.index(name[0]) for name in names]),
    )
    planted = {(row["trade"], row["dong_code"]): row for row in papers.truths["survival"]}

    def told(keys: Any) -> Any:
        return np.array([[planted[key][f"record_s{year}"] for year in (1, 3, 5)] for key in keys], float)

    by_cell = kaplan_meier(known.leave, known.closed, group, known.entry)
    by_trade = kaplan_meier(known.leave, known.closed, parent[group], known.entry)
    areas, area = np.unique([dong for _, dong in names], return_inverse=True)
    ratios = closing_ratios(known.leave, known.closed, parent[group], area[group], known.entry)
    assert len(ratios.ratio) == len(areas) == 21
    prior = expected_survival(by_trade.at, parent, area, ratios)
    return by_cell, told(names), by_trade, told([(trade, "") for trade in trades]), (parent, prior)


@pytest.mark.slow
def test_planted_survival_is_found_within_two_points_where_there_are_fifty_shops(cells: Any) -> None:
    """Over all cells of 50 shops and more. One such cell alone scatters by 7 points, which its interval says."""
    found, truth, by_trade, planted, _ = cells
    big = found.rows >= 50
    assert big.sum() > 40
    off = (found.at.survival - truth)[big]
    assert (np.abs(np.average(off, axis=0, weights=found.rows[big])) < 0.02).all()
    inside = ((found.at.low <= truth) & (truth <= found.at.high))[big]
    assert inside.mean() > 0.9
    off, p = np.abs(by_trade.at.survival - planted)[:, 1], planted[:, 1]
    error = np.sqrt(p * (1 - p) / effective_size(by_trade.at)[:, 1])
    assert (error < 0.01).any()
    assert (off < np.maximum(0.02, 4 * error)).all()


@pytest.mark.slow
def test_cells_are_nearer_to_the_planted_truth_when_adjusted_and_nearer_still_by_the_ratio_of_the_dong(
    cells: Any,
) -> None:
    found, truth, by_trade, _, (parent, prior) = cells
    plain = shrink(found.at, by_trade.at, parent).at
    better = shrink(found.at, by_trade.at, parent, prior=prior).at
    few = plain.adjusted & ~np.isnan(truth) & ~np.isnan(found.at.survival)
    big = np.broadcast_to((found.rows >= 50)[:, None], few.shape)
    assert few.sum() > 200

    def error(at: Any, where: Any) -> float:
        return float(np.sqrt(np.mean((at.survival - truth)[where] ** 2)))

    assert error(plain, few) < 0.6 * error(found.at, few)
    assert error(better, few) < 0.95 * error(plain, few)
    for at in (plain, better):
        assert ((at.low <= truth) & (truth <= at.high))[few].mean() > 0.88
    every = shrink(found.at, by_trade.at, parent, prior=prior, every=True).at
    assert error(every, big) < 0.75 * error(found.at, big)


def test_the_answer_names_its_level() -> None:
    assert isinstance(kaplan_meier([1, 2], [1, 0], level=0.9), KaplanMeier)
    with pytest.raises(MadangError):
        kaplan_meier([1, 2], [1, 0], level=1.0)
