"""A planted rise is warned of, with its reason; forecasts of all levels add up; the score is counted again slowly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.messages import MadangError
from madang.methods.alert_record import Record, Rule, alert_score, record, thresholds
from madang.methods.alerts import alerts
from madang.methods.outlook import Outlook, outlook
from madang.methods.reconcile import Hierarchy, hierarchy

pytestmark = pytest.mark.slow
TOPICS, DONGS = ("가로등", "벌레", "소음"), ("나루동", "장터동")
RISEN = ("소음", "장터동")
WEEKS, AHEAD = 156, 4
MONTHS = (np.arange(WEEKS + AHEAD) % 52) // 4.34 + 1


@pytest.fixture(scope="module")
def tree() -> Hierarchy:
    keys = {"topic": np.repeat(TOPICS, 2).tolist(), "dong": list(DONGS) * 3}
    return hierarchy(keys, [(), ("topic",), ("dong",)])


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    """벌레 has a summer, which the four weeks ahead begin; 소음 of 장터동 is four times what it was for ten weeks."""
    rng, week = np.random.default_rng(11), np.arange(WEEKS)
    rate = np.full((6, WEEKS), 5.0)
    rate[2:4] = 6 * np.exp(1.2 * np.cos(2 * np.pi * (week - 8) / 52))
    rate[5, -10:] *= 4
    return rng.poisson(rate).astype(float)


@pytest.fixture(scope="module")
def found(tree: Hierarchy, counts: np.ndarray) -> Outlook:
    return outlook(tree, counts, horizon=AHEAD, season=52, origins=50, seed=1)


@pytest.fixture(scope="module")
def past(found: Outlook) -> Record:
    return record(found, MONTHS)


def test_a_planted_rise_is_told_of_with_its_reason_and_no_surer_than_was_tried(
    found: Outlook, past: Record
) -> None:
    warned = alerts(found, MONTHS, past)
    mine = [each for each in warned if each.labels == RISEN]
    assert [each.ahead for each in mine if each.ahead == 1] == [1]
    first = next(each for each in mine if each.ahead == 1)
    assert first.reasons.main == "level"
    assert first.reasons.level == pytest.approx(4, rel=0.35)
    assert (first.reasons.periods, first.reasons.lately) == (4, found.history[first.node, -4:].sum())
    assert first.level == ("topic", "dong")
    assert first.threshold == max(first.percentile_90, 1.3 * first.same_month)
    assert first.lower_80 <= first.mean <= first.upper_80
    assert first.probability > 5 * past.came[:, past.judged].mean()
    assert first.tried >= first.came
    assert first.untried
    assert not first.sure  # before it rose, nothing of its kind was ever seen to last
    quiet = {each.labels for each in warned} & {("가로등",), ("가로등", "나루동"), ("가로등", "장터동")}
    assert not quiet


def test_a_season_that_comes_again_is_foretold_and_no_news(found: Outlook, past: Record) -> None:
    bugs = next(node for node in found.tree.at("topic") if found.tree.labels[node] == ("벌레",))
    truth = 12 * np.exp(1.2 * np.cos(2 * np.pi * (WEEKS + np.arange(AHEAD) - 8) / 52))
    assert found.mean[bugs] == pytest.approx(truth, rel=0.3)
    assert not any(each.sure for each in alerts(found, MONTHS, past) if each.labels == ("벌레",))


def test_forecasts_of_all_levels_add_up_and_bounds_hold(found: Outlook) -> None:
    assert found.mean == pytest.approx(found.tree.total(found.mean[-6:]))
    flat = found.tested.reshape(len(found.tree), -1)
    assert flat == pytest.approx(found.tree.total(flat[-6:]))
    for each in (found.mean, *found.intervals.lower):
        assert (each >= 0).all()
    narrow, wide = found.intervals.upper
    assert (wide >= narrow).all()
    assert {each.level for each in found.quality} == set(found.tree.levels)
    for each in found.quality:
        assert each.mase < each.naive_mase, each.level
        assert set(each.coverage) == {80, 95}
        assert set(each.pinball) == {0.1, 0.5, 0.9}
        assert each.bias.shape == (AHEAD,)
    calm = found.quality[-1]
    assert calm.coverage[80].mean() == pytest.approx(0.8, abs=0.12)
    assert calm.coverage[95].mean() == pytest.approx(0.95, abs=0.06)


def test_every_series_says_how_it_was_forecast(found: Outlook) -> None:
    choices = {each.group: each for each in found.choices}
    assert set(found.group) == set(choices)
    assert sum(each.series for each in found.choices) == len(found.tree)
    for each in found.choices:
        assert each.shipped == "seasonal_naive" or each.mase[each.shipped] < each.mase["seasonal_naive"]


def test_the_same_counts_give_the_same_outlook(tree: Hierarchy, counts: np.ndarray) -> None:
    few = (counts > 9).astype(float)[:, -70:]
    one, two = (outlook(tree, few, horizon=2, season=52, origins=4, seed=1) for _ in range(2))
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.intervals.upper[1], two.intervals.upper[1])


def test_thresholds_by_hand() -> None:
    history = np.array([[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22.0]])
    months = np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1])
    passed, high, same = thresholds(history, months, np.array([1, 10, 12]), Rule())
    assert high.tolist() == [20]  # the tenth of eleven
    assert same[0, :2].tolist() == [12, 20]  # (2 + 22) / 2
    assert np.isnan(same[0, 2])
    assert passed[0].tolist() == [20, 26, 20]  # 1.3 x 20 in October
    assert thresholds(history * 0, months, np.array([1]), Rule())[0].tolist() == [[2]]


def test_the_score_is_counted_again_slowly(found: Outlook, past: Record) -> None:
    """Probabilities of the forecast alone, at the origins where they could be mended."""
    score = alert_score(past, 0.5, plain=True)
    warned: dict[tuple[int, int], int] = {}
    came: dict[tuple[int, int], bool] = {}
    right = whole = cases = 0
    square = 0.0
    for at, known in enumerate(found.origins.tolist()):
        if not past.judged[at]:
            continue
        mean = found.tested[:, at]
        passed = thresholds(found.history[:, :known], MONTHS[:known], MONTHS[known : known + AHEAD], Rule())[
            0
        ]
        chance = found.widths[at].exceeds(passed, mean)
        for node in range(len(found.tree)):
            for step in range(AHEAD):
                true = found.history[node, known + step] > passed[node, step]
                key = (node, known + step)
                came[key] = true  # the origin nearest to it speaks last
                cases, square = cases + 1, square + (chance[node, step] - true) ** 2
                if chance[node, step] >= 0.5:
                    whole, right = whole + 1, right + true
                    warned[key] = max(warned.get(key, 0), step + 1)
    for at, known in enumerate(found.origins.tolist()):  # of a period the threshold of its first step
        for node in range(len(found.tree)) if past.judged[at] else ():
            came[node, known] = bool(past.came[node, at, 0])
    events = [key for key, true in came.items() if true]
    foreseen = [warned[key] for key in events if key in warned]
    assert (score.warned, score.right) == (whole, right)
    assert (score.events, score.foreseen) == (len(events), len(foreseen))
    assert score.lead == pytest.approx(np.mean(foreseen))
    assert score.precision == pytest.approx(right / whole)
    assert score.recall == pytest.approx(len(foreseen) / len(events))
    assert score.brier == pytest.approx(square / cases)
    assert sum(cases for _, _, cases in score.reliability) == cases
    assert score.foreseen > 0


def test_nothing_that_came_later_mends_what_was_said(found: Outlook, past: Record) -> None:
    """With the outcomes of the last periods turned around, what was said before them stays."""
    late = int(found.origins[40])
    actual = found.actual.copy()
    periods = found.origins[:, None] + np.arange(AHEAD)
    actual[:, periods >= late] += 40
    history = found.history.copy()
    history[:, late:] += 40
    other = record(replace(found, actual=actual, history=history), MONTHS)
    early = past.origins <= late
    assert past.judged[early].sum() >= 10
    assert np.array_equal(past.said[:, early], other.said[:, early], equal_nan=True)
    assert not np.array_equal(past.said[:, ~early], other.said[:, ~early], equal_nan=True)


def test_a_past_that_tells_too_little_warns_of_nothing(
    tree: Hierarchy, counts: np.ndarray, past: Record
) -> None:
    never = alert_score(past, 1.1)
    assert (never.warned, never.foreseen) == (0, 0)
    assert np.isnan(never.precision)
    assert np.isnan(never.lead)
    assert np.isnan(replace(never, events=0).recall)
    short = outlook(tree, counts, horizon=AHEAD, season=52, origins=3)
    little = record(short, MONTHS)
    assert little.mending is None
    assert not little.judged.any()
    assert alerts(short, MONTHS, little) == ()
    assert alert_score(little, 0.6).events == 0


def test_what_cannot_be_an_outlook_is_refused(tree: Hierarchy, counts: np.ndarray, found: Outlook) -> None:
    for code, rows in (
        ("forecast_negative", -counts),
        ("forecast_rows", counts[:2]),
        ("forecast_short", counts[:, :50]),
    ):
        with pytest.raises(MadangError) as error:
            outlook(tree, rows, horizon=AHEAD, season=52)
        assert error.value.code == code
    with pytest.raises(MadangError, match="156"):
        record(found, MONTHS[:WEEKS])
