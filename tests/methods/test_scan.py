"""The spatial scan equals SaTScan on leukaemia in New York, brute force on small maps, and finds planted clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods import scan_circles
from madang.methods.scan import Scan, scan_space, scan_space_time
from madang.methods.scan_circles import circles
from madang.methods.scan_replicates import Heights, log_likelihood_ratio
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices import when
from madang.samplecity.layers.voices.topics import topics
from tests.shared_data import shared


def dice(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


@dataclass(frozen=True)
class Leukaemia:
    """Upstate New York: 281 tracts, 552 cases (the whole part of each count), as SaTScan was given them."""

    cases: Any
    people: Any
    lon: Any
    lat: Any

    def scan(self, **how: Any) -> Scan:
        return scan_space(self.cases, self.people, self.lon, self.lat, **{"rng": dice(), **how})


@pytest.fixture(scope="module")
def new_york() -> Leukaemia:
    cases, people, places = (
        np.loadtxt(shared("benchmarks", "satscan_ny", f"satscan_ny_{name}.txt"))
        for name in ("cases", "pop", "coords")
    )
    return Leukaemia(cases[:, 1], people[:, 2], places[:, 2], places[:, 1])


# by hand


def test_the_ratio_of_a_window() -> None:
    """30 ln(30/15) + 170 ln(170/185) = 20.7944 - 14.3748."""
    found = log_likelihood_ratio(np.array([30.0, 10, 15, 200, 0]), np.full(5, 15.0), 200)
    assert found[0] == pytest.approx(6.41966, abs=5e-6)
    assert found[1:].tolist() == [0, 0, 200 * np.log(200 / 15), 0]


def test_a_circle_takes_all_that_are_equally_far() -> None:
    """A cross of five: around the middle, one area or all five; the ends of the arms are 1, √2, √2 and 2 away."""
    x, y = np.array([0.0, 1, -1, 0, 0]), np.array([0.0, 0, 0, 1, -1])
    found = circles(x, y, np.ones(5), 1.0, "planar")
    sizes = [np.flatnonzero(found.ends[found.start[at] : found.start[at + 1]]) + 1 for at in range(5)]
    assert [each.tolist() for each in sizes] == [[1, 5], *[[1, 2, 4, 5]] * 4]
    assert len(found) == 18
    half = circles(x, y, np.ones(5), 0.5, "planar")
    assert half.reach.tolist() == [2] * 5  # but not between the four that are equally far
    assert len(half) == 5 + 4


def test_on_the_great_circle_a_degree_of_longitude_shrinks_with_the_latitude() -> None:
    """At 60 degrees north it is half as long: 55.6 km, so a degree and a half east is nearer than a degree north."""
    found = circles(np.array([0.0, 1.5, 0]), np.array([60.0, 60, 61]), np.ones(3), 1.0, "great-circle")
    assert found.around(0, 3).tolist() == [0, 1, 2]
    away = scan_circles.distances(np.array([0.0, 0]), np.array([60.0, 61]), slice(0, 1), "great-circle")
    assert away[0, 1] == pytest.approx(111_195, abs=1)  # 6,371,008.8 m x pi / 180
    assert (
        circles(np.array([0.0, 1.5, 0]), np.array([60.0, 60, 61]), np.ones(3), 1.0, "planar").around(0, 2)[1]
        == 2
    )


# against every window there is


def by_hand(
    cases: Any, people: Any, x: Any, y: Any, share: float, spans: list[tuple[int, int]]
) -> dict[Any, float]:
    """The ratio of each set of areas and span of time, one window after another."""
    total, found = cases.sum(), {}
    whole = people.sum()
    for centre in range(len(x)):
        away = np.hypot(x - x[centre], y - y[centre])
        for reach in np.unique(away):
            areas = np.flatnonzero(away <= reach)
            if people[areas].sum() > share * whole:
                break
            for first, end in spans:
                c = cases[areas, first:end].sum()
                e = total * people[areas, first:end].sum() / whole
                ratio = 0.0
                if c >= 2 and c > e:
                    ratio = c * np.log(c / e) + (
                        (total - c) * np.log((total - c) / (total - e)) if c < total else 0
                    )
                found[centre, frozenset(areas.tolist()), first, end] = ratio
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 5), st.sampled_from([0.2, 0.5]), st.booleans())
def test_the_most_likely_cluster_is_the_highest_of_all_windows(
    seed: int, periods: int, share: float, lattice: bool
) -> None:
    rng = dice(seed)
    x, y = rng.integers(0, 4, (2, 14)) * 1.0 if lattice else rng.random((2, 14))
    people = rng.integers(1, 40, (14, periods)) * 10.0
    cases = rng.poisson(people / 40)
    cases[0, 0] += 3
    longest = max(1, periods // 2)
    spans = [
        (first, first + length) for length in range(1, longest + 1) for first in range(periods - length + 1)
    ]
    windows = by_hand(cases, people, x, y, share, spans)
    found = scan_space_time(cases, people, x, y, rng=rng, max_share=share, replicates=9)
    assert found.windows == len(windows)
    best = max(windows.values(), default=0.0)
    assert bool(found.clusters) == (best > 0)
    if found.clusters:
        first = found.clusters[0]
        assert first.log_likelihood_ratio == pytest.approx(best)
        key = (first.centre, frozenset(first.areas.tolist()), first.first_period, first.last_period + 1)
        assert windows[key] == pytest.approx(best)
        assert first.cases == cases[first.areas, first.first_period : first.last_period + 1].sum()
        taken = [area for each in found.clusters for area in each.areas.tolist()]
        assert len(taken) == len(set(taken))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([5, 60, 40_000]))
def test_replicates_reach_what_working_out_every_window_reaches(seed: int, total: int) -> None:
    rng = dice(seed)
    x, y = rng.random((2, 40))
    people = rng.integers(1, 90, 40) * 1.0
    rings = circles(x, y, people, 0.5, "planar")
    counts = rng.multinomial(total, people / people.sum(), size=30).T
    expected = people * total / people.sum()
    heights = Heights(np.zeros(30), total, 2)
    heights.raise_by(rings, expected, counts.astype(np.int32, order="C"))
    order, ends = rings.batch(np.arange(40))
    order = np.minimum(order, 39)  # behind the widest circle: none may end there
    inside = counts.T[:, order].cumsum(axis=2)
    ratio = log_likelihood_ratio(inside * 1.0, expected[order].cumsum(axis=1), total)
    ratio[(inside < 2) | ~ends] = 0
    assert heights.highest == pytest.approx(ratio.max(axis=(1, 2)), abs=1e-7)


# what chance does


def test_without_a_cluster_one_in_ten_maps_has_one_at_ten_percent() -> None:
    rng = dice()
    x, y = rng.random((2, 30))
    people = rng.integers(100, 900, 30)
    p = []
    for _ in range(200):
        cases = rng.multinomial(120, people / people.sum())
        found = scan_space(cases, people, x, y, rng=rng, replicates=99)
        p.append(found.clusters[0].p_value)
    assert np.mean(np.array(p) <= 0.1) == pytest.approx(0.1, abs=0.065)  # three standard errors


def test_p_is_the_rank_among_the_replicates() -> None:
    x, people = np.arange(30.0), np.full(30, 100)
    cases = np.ones(30, int)
    cases[10:13], cases[20] = 9, 4
    found = scan_space(cases, people, x, 0 * x, rng=dice(), replicates=199)
    first, second = found.clusters[:2]
    assert sorted(first.areas.tolist()) == [10, 11, 12]
    assert (first.p_value, first.radius, first.cases) == (1 / 200, 1.0, 27)
    assert first.expected == pytest.approx(57 * 3 / 30)
    assert first.relative_risk == pytest.approx(9 / (30 / 27))
    assert second.areas.tolist() == [20]
    assert second.p_value == (1 + (found.replicates >= second.log_likelihood_ratio - 1e-9).sum()) / 200 > 0.1


def test_the_same_dice_in_any_blocks_and_any_kind_of_number_give_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = dice()
    x, y = rng.random((2, 60))
    people, told = rng.integers(100, 900, 60), []
    cases = rng.multinomial(600, people / people.sum())
    whole = scan_space(cases, people, x, y, rng=dice())
    monkeypatch.setattr("madang.methods.scan._DRAWN", 60 * 100)
    blocks = scan_space(cases, people, x, y, rng=dice(), progress=lambda *each: told.append(each))
    assert blocks.replicates.tolist() == whole.replicates.tolist()
    assert told[0] == (100, 999, "replicates")
    assert told[-1] == (999, 999, "replicates")


def test_one_period_is_the_scan_of_space_and_current_clusters_reach_the_last() -> None:
    rng = dice()
    x, y = rng.random((2, 25))
    people = rng.integers(100, 900, 25)
    cases = rng.poisson(people[:, None] / 100, (25, 8))
    cases[4, 1:3] += 30
    cases[7, 6:] += 14
    space = scan_space(cases[:, 0], people, x, y, rng=dice())
    once = scan_space_time(cases[:, :1], people[:, None], x, y, rng=dice())
    assert space.clusters[0].log_likelihood_ratio == once.clusters[0].log_likelihood_ratio
    assert space.replicates.tolist() == once.replicates.tolist()
    first = scan_space_time(cases, people, x, y, rng=dice(), replicates=99).clusters[0]
    assert (first.areas.tolist(), first.first_period, first.last_period, first.p_value) == ([4], 1, 2, 0.01)
    now = scan_space_time(cases, people, x, y, rng=dice(), replicates=99, only_current=True)
    assert (now.clusters[0].areas.tolist(), now.clusters[0].first_period, now.clusters[0].last_period) == (
        [7],
        6,
        7,
    )
    assert now.windows == 4 * space.windows


def test_an_area_larger_than_any_circle_is_told() -> None:
    found = scan_space([5, 1, 1, 1], [60, 20, 20, 20], [0, 1, 2, 3], [0, 0, 0, 0], rng=dice())
    assert found.too_large.tolist() == [0]
    assert found.windows == 3
    assert not found.clusters


@pytest.mark.parametrize(
    ("cases", "people", "how", "code"),
    [
        ([1, 2], [5, 5, 5], {}, "scan_lengths"),
        ([1, 2, 3], [5, 5, 5], {"max_share": 0.6}, "scan_share"),
        ([1, 2, 0.5], [5, 5, 5], {}, "scan_values"),
        ([1, 2, -1], [5, 5, 5], {}, "scan_values"),
        ([0, 0, 0], [5, 5, 5], {}, "scan_no_cases"),
        ([0, 1, 0], [5, 0, 5], {}, "scan_strangers"),
    ],
)
def test_what_cannot_be_scanned_is_said(cases: Any, people: Any, how: dict[str, Any], code: str) -> None:
    with pytest.raises(MadangError) as told:
        scan_space(cases, people, [1, 2, 3], [1, 2, 3], rng=dice(), **how)
    assert told.value.code == code


def test_more_circles_than_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_circles, "_MOST", 30)
    with pytest.raises(MadangError) as told:
        scan_space(np.ones(20), np.ones(20), np.arange(20), np.arange(20), rng=dice(), max_share=0.5)
    assert told.value.code == "scan_too_many"


# New York


def test_new_york_on_the_plane_is_the_published_ratio(new_york: Leukaemia) -> None:
    """Degrees taken for a plane: what smerc's own tests hold against SaTScan with Cartesian coordinates."""
    half, tenth = new_york.scan(max_share=0.5), new_york.scan(max_share=0.1)
    first = half.clusters[0]
    assert round(first.log_likelihood_ratio, 6) == 14.083511
    assert (first.cases, new_york.people[first.areas].sum(), round(first.expected, 2)) == (
        100,
        111_674,
        58.28,
    )
    assert (first.areas + 1).tolist()[:4] == [52, 50, 37, 49]
    assert (len(first.areas), round(first.relative_risk, 2), round(first.radius, 3)) == (28, 1.87, 0.087)
    assert round(half.clusters[5].log_likelihood_ratio, 6) == 3.209485
    first, second = tenth.clusters[:2]
    assert round(first.log_likelihood_ratio, 6) == 11.577255
    assert (first.cases, new_york.people[first.areas].sum(), round(first.expected, 2)) == (85, 95_249, 49.71)
    assert (first.areas + 1).tolist() == [
        49, 48, 50, 47, 1, 15, 51, 2, 13, 14, 3, 35, 16, 52, 36, 37, 12, 11, 5, 17, 10, 4, 6, 38, 18, 9
    ]  # fmt: skip
    assert (second.areas + 1).tolist() == [89, 88, 87, 84, 90, 86, 92, 85]
    assert (round(second.expected, 2), round(second.relative_risk, 2)) == (17.79, 2.22)
    assert 0.0005 < first.p_value <= 0.005  # SaTScan: 0.001


SATSCAN = (  # v9.3.1, scan_test_ny_poisson_circular_longlat.txt: first areas, how many, km, cases, expected, risk, ratio, p
    ([52, 50, 53, 38], 31, 7.70, 106, 62.13, 1.87, 14.780276, 0.000087),
    ([88, 87, 92, 86], 9, 13.01, 42, 21.24, 2.06, 8.287056, 0.033),
    ([113, 117, 116, 112], 16, 2.35, 44, 23.83, 1.92, 7.199672, 0.105),
    ([62, 64, 67, 65], 4, 5.82, 25, 12.82, 1.99, 4.651839, 0.653),
    ([132, 138, 121, 131], 6, 1.16, 10, 3.65, 2.78, 3.773422, 0.901),
    ([166, 159, 167], 3, 1.01, 11, 4.61, 2.41, 3.209485, 0.982),
)


def test_new_york_on_the_great_circle_is_satscans_own_report(new_york: Leukaemia) -> None:
    found = new_york.scan(max_share=0.5, distance="great-circle", replicates=999)
    assert (found.cases, found.areas) == (552, 281)
    for mine, (areas, size, km, cases, expected, risk, ratio, p) in zip(
        found.clusters, SATSCAN, strict=False
    ):
        assert ((mine.areas + 1).tolist()[: len(areas)], len(mine.areas), mine.cases) == (areas, size, cases)
        assert mine.radius / 1000 == pytest.approx(
            km, rel=1e-3, abs=0.006
        )  # its Earth has a radius of 6,367 km
        assert (round(mine.expected, 2), round(mine.relative_risk, 2)) == (expected, risk)
        assert round(mine.log_likelihood_ratio, 6) == ratio
        assert mine.p_value == pytest.approx(max(p, 0.001), abs=4 * (2 * p * (1 - p) / 1000) ** 0.5 + 0.001)
    assert 0.00003 < found.clusters[0].p_gumbel < 0.0003


def test_new_york_over_years_finds_the_years_that_were_made_bad(new_york: Leukaemia) -> None:
    """The tracts over ten years of even risk; in three of them the second cluster of SaTScan has five times as much."""
    rng = dice()
    bad = np.array(sorted([88, 87, 92, 86, 89, 91, 93, 85, 90])) - 1
    risk = np.ones((281, 10))
    risk[bad, 6:9] = 5
    people = np.repeat(new_york.people[:, None], 10, axis=1)
    cases = rng.poisson(people * risk * 1e-4)
    found = scan_space_time(
        cases, people, new_york.lon, new_york.lat, rng=rng, distance="great-circle", replicates=99
    )
    first = found.clusters[0]
    assert (first.first_period, first.last_period, first.p_value) == (6, 8, 0.01)
    assert len(set(bad.tolist()) & set(first.areas.tolist())) >= 8
    assert len(first.areas) <= 11
    assert 4 < first.relative_risk < 6
    assert found.clusters[1].p_value > 0.05


def test_a_made_up_county_with_one_bad_corner() -> None:
    """A twin of New York that is always here: 15 x 15 areas, one block of nine with twice the risk."""
    column, row = (part.ravel() for part in np.meshgrid(np.arange(15), np.arange(15)))
    people = dice().integers(2_000, 6_000, 225)
    bad = (column >= 10) & (column < 13) & (row >= 3) & (row < 6)
    cases = dice(9).poisson(people * np.where(bad, 0.01, 0.005))
    found = scan_space(cases, people, column * 1000.0, row * 1000.0, rng=dice())
    first = found.clusters[0]
    assert set(np.flatnonzero(bad)) == set(first.areas.tolist())
    assert (first.centre, first.p_value, first.radius) == (4 * 15 + 11, 0.001, pytest.approx(2**0.5 * 1000))


# the sample city


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "weather", "ground")


@pytest.mark.slow
def test_every_burst_of_complaints_that_was_planted_is_the_most_likely_cluster_of_its_topic(
    city: City,
) -> None:
    """A dozen letters each, in the fortnights and from the 행정동 where they were planted, of twenty to three hundred."""
    letters, dongs = when.drawn(city, topics()), city.get(Ground).dongs
    middle = shapely.centroid(dongs.shape)
    day = letters.received.astype("datetime64[D]")
    fortnight, names = (day - day[0]).astype(int) // 14, [topic.id for topic in topics()]
    assert len(letters.bursts) >= 10
    for burst in letters.bursts:
        mine = letters.topic == names.index(burst.topic)
        cases = np.zeros((len(dongs), fortnight.max() + 1), int)
        np.add.at(cases, (letters.dong[mine], fortnight[mine]), 1)
        found = scan_space_time(
            cases, np.maximum(dongs.people, 1), shapely.get_x(middle), shapely.get_y(middle), rng=dice(),
            max_time_share=4 / cases.shape[1], replicates=99,
        ).clusters[0]  # fmt: skip
        start, end = ((np.datetime64(each) - day[0]).astype(int) // 14 for each in (burst.start, burst.end))
        assert dongs.name[burst.dong] in [dongs.name[area] for area in found.areas], burst
        assert start - 1 <= found.first_period <= found.last_period <= end + 1, burst
        assert found.p_value == 0.01, burst


def test_of_four_periods_seven_spans_last_half_of_them_at_most() -> None:
    """(0), (1), (2), (3), (0 1), (1 2), (2 3), for each of six circles of one area."""
    cases = np.ones((6, 4), int)
    found = scan_space_time(cases, cases, np.arange(6), np.arange(6), rng=dice(), replicates=1, max_share=0.2)
    assert found.windows == 6 * 7
