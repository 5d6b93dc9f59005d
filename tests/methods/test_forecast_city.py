"""The sample city's complaints: better than last year's at every level, and what was planted to rise is warned of."""

from __future__ import annotations

import numpy as np
import pytest

from madang.methods.alert_record import Record, alert_score, record
from madang.methods.alerts import Alert, alerts
from madang.methods.outlook import Outlook, outlook
from madang.methods.reconcile import hierarchy
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices import when
from madang.samplecity.layers.voices.topics import topics

pytestmark = pytest.mark.slow
AHEAD = 4


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.2), "weather", "ground")


@pytest.fixture(scope="module")
def letters(city: City) -> when.Drawn:
    return when.drawn(city, topics())


@pytest.fixture(scope="module")
def months(city: City) -> np.ndarray:
    """Of the middle of each week that is known, and of those ahead."""
    days = when.span(city)
    weeks = len(days) // 7
    middle = days[-1] - 7 * weeks + 4 + 7 * np.arange(weeks + AHEAD)
    return middle.astype("datetime64[M]").astype(int) % 12 + 1


@pytest.fixture(scope="module")
def found(city: City, letters: when.Drawn) -> Outlook:
    """By topic and dong, in weeks that end with the last day."""
    days, names = when.span(city), city.get(Ground).dongs.name
    day = letters.received.astype("datetime64[D]")
    weeks = len(days) // 7
    week = weeks - 1 - (days[-1] - day).astype(int) // 7
    ids = [each.id for each in topics()]
    counts = np.zeros((len(ids) * len(names), weeks))
    cell = letters.topic * len(names) + letters.dong
    np.add.at(counts, (cell[week >= 0], week[week >= 0]), 1)
    keys = {"topic": np.repeat(ids, len(names)).tolist(), "dong": list(names) * len(ids)}
    tree = hierarchy(keys, [(), ("topic",), ("dong",)])
    return outlook(tree, counts, horizon=AHEAD, season=52, origins=60)


@pytest.fixture(scope="module")
def past(found: Outlook, months: np.ndarray) -> Record:
    return record(found, months)


@pytest.fixture(scope="module")
def warned(found: Outlook, months: np.ndarray, past: Record) -> tuple[Alert, ...]:
    return alerts(found, months, past)


def test_every_level_is_closer_than_last_year_was(found: Outlook) -> None:
    for each in found.quality:
        assert each.mase < each.naive_mase, (each.level, each.mase, each.naive_mase)


def test_bounds_hold_what_they_promise(found: Outlook) -> None:
    for each in found.quality[1:]:  # of the whole there are six cases only
        assert (each.coverage[80] > 0.75).all(), each.level
        assert (each.coverage[95] > 0.9).all(), each.level


def test_what_was_planted_to_rise_at_the_end_is_warned_of(
    city: City, letters: when.Drawn, warned: tuple[Alert, ...]
) -> None:
    names, last = city.get(Ground).dongs.name, when.span(city)[-1]
    rising = [
        (each.topic, names[each.dong])
        for each in letters.bursts
        if np.datetime64(each.end) >= last - 4 and each.extra >= 40
    ]
    assert rising == [("datacenter", "모루동")]
    mine = [each for each in warned if each.labels in rising]
    assert 1 in {each.ahead for each in mine}
    for each in mine:
        assert each.reasons.main == "level"
        assert each.reasons.level > 3
        assert each.mean > each.threshold


def test_most_of_what_is_warned_of_was_planted(
    letters: when.Drawn, warned: tuple[Alert, ...], city: City
) -> None:
    names, last = city.get(Ground).dongs.name, when.span(city)[-1]
    lately = [each for each in letters.bursts if np.datetime64(each.end) >= last - 35]
    parts = {each.topic for each in lately} | {names[each.dong] for each in lately}
    planted = [each for each in warned if set(each.labels) & parts]
    assert len(planted) >= 0.8 * len(warned) > 0


def test_said_probabilities_come_true_as_often(past: Record) -> None:
    """Bursts of this city end as they began, so what the forecast alone is sure of seldom comes; what is said, comes."""
    mended, plain = alert_score(past, 0.25), alert_score(past, 0.25, plain=True)
    assert mended.brier < plain.brier < mended.brier_usual
    assert max(said for said, _, _ in plain.reliability) > 0.8
    for said, came, cases in mended.reliability:
        if cases >= 100:
            assert came == pytest.approx(said, abs=0.06), (said, came, cases)
    assert sum(said * cases for said, _, cases in mended.reliability if said > 0.2) == pytest.approx(
        sum(came * cases for said, came, cases in mended.reliability if said > 0.2), rel=0.35
    )
    assert mended.events >= mended.foreseen >= 1
    assert 1 <= mended.lead <= AHEAD
