"""Distances: hand-drawn streets, and a network that is never shorter than the straight line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods import travel
from madang.methods.next_sites import pairs_walking

# A square of 100 m streets with a detour in the north:  3 --250-- 2
#                                                        |         |
#                                                        0 --100-- 1      4 (an island)
NODES = [(0, 0), (100, 0), (100, 100), (0, 100), (500, 500)]
EDGES = [(0, 1), (1, 2), (2, 3), (3, 0)]
LENGTHS = [100, 100, 250, 100]


def test_ways_follow_the_streets_and_count_the_steps_to_them() -> None:
    net = travel.network(NODES, EDGES, LENGTHS)
    ways = travel.walking(net, [(0, 110), (100, 0), (500, 503)], [(100, 100), (104, -3)])
    assert ways.kind == "network"
    np.testing.assert_allclose(ways.distance_m[0], [10 + 250, 10 + 200 + 5], rtol=1e-6)
    np.testing.assert_allclose(ways.distance_m[1], [100, 5], rtol=1e-6)
    assert np.isinf(ways.distance_m[2]).all()
    assert ways.demand_snap_m is not None
    np.testing.assert_allclose(ways.demand_snap_m, [10, 0, 3])


def test_the_shorter_of_two_edges_counts_and_none_is_shorter_than_the_line() -> None:
    net = travel.network(NODES, [(0, 1), (1, 0), (1, 2), (2, 1)], [140, 120, 30, 700])
    ways = travel.walking(net, [(0, 0)], [(100, 0), (100, 100)])
    np.testing.assert_allclose(ways.distance_m, [[120, 220]])
    assert net.lengthened == 1


def test_two_nodes_on_one_spot_are_joined_by_an_edge_of_no_length() -> None:
    net = travel.network([(0, 0), (10, 0), (10, 0), (20, 0)], [(0, 1), (1, 2), (2, 3)])
    np.testing.assert_allclose(travel.walking(net, [(0, 0)], [(20, 0)]).distance_m, [[20]])


def test_limits_leave_points_without_a_way_and_say_how_many() -> None:
    net = travel.network(NODES, EDGES, LENGTHS)
    ways = travel.walking(net, [(0, 60), (100, 0)], [(0, 0), (130, 100)], snap_limit_m=35, limit_m=150)
    assert (ways.demand_off, ways.candidates_off) == (1, 0)
    assert np.isinf(ways.distance_m[0]).all()
    np.testing.assert_allclose(ways.distance_m[1], [100, 130])


def test_straight_lines_say_their_detour() -> None:
    ways = travel.straight([(0, 0)], [(30, 40)], detour=1.2)
    assert (ways.kind, ways.detour) == ("straight", 1.2)
    np.testing.assert_allclose(ways.distance_m, [[60]])


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda: travel.straight([(0, 0)], [(1, 1)], detour=0.9), "travel_detour"),
        (lambda: travel.straight([(0, np.nan)], [(1, 1)]), "travel_points"),
        (lambda: travel.network(NODES, [(0, 9)]), "travel_edges"),
        (lambda: travel.streets(["a"], [(0, 0)], ["b"], ["c"], [1]), "travel_streets"),
        (lambda: travel.network(NODES, [(0, 1)], [-1]), "travel_edges"),
    ],
)
def test_impossible_input_is_named(work: object, code: str) -> None:
    with pytest.raises(MadangError) as caught:
        work()  # type: ignore[operator]
    assert caught.value.code == code


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_network_is_never_shorter_than_the_straight_line(seed: int, lengths: bool) -> None:
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 1e5, (rng.integers(2, 30), 2))
    edges = rng.integers(0, len(nodes), (60, 2))
    given_lengths = rng.uniform(0, 1e5, 60) if lengths else None
    here, there = rng.uniform(0, 1e5, (20, 2)), rng.uniform(0, 1e5, (7, 2))
    ways = travel.walking(travel.network(nodes, edges, given_lengths), here, there).distance_m
    line = np.hypot(*(here[:, None] - there).transpose(2, 0, 1))
    assert not np.isnan(ways).any()
    assert (ways.astype(float) >= line * (1 - 1e-12)).all()


def test_people_step_onto_a_long_street_and_not_onto_its_ends_only() -> None:
    """A street of 1 km: a house beside its middle is 10 m away from it, not 500 m; a link to nowhere is counted."""
    made = travel.streets(["b", "a"], [(1000, 0), (0, 0)], ["a", "a", "x"], ["b", "zz", "b"], [np.nan, 5, 5])
    assert made.loose == 2
    ways = travel.walking(made.network, [(500, 10)], [(1000, 0), (0, 0)]).distance_m
    np.testing.assert_allclose(ways, [[510, 510]], rtol=1e-6)
    longer = travel.streets(["a", "b"], [(0, 0), (1000, 0)], ["a"], ["b"], [1500]).network
    np.testing.assert_allclose(travel.walking(longer, [(0, 0)], [(1000, 0)]).distance_m, [[1500]], rtol=1e-6)


def test_neighbours_nearer_to_each_other_than_to_a_street_walk_straight() -> None:
    net = travel.network(NODES, EDGES, LENGTHS)
    ways = travel.walking(net, [(0, 400)], [(0, 410), (0, 400), (100, 0)]).distance_m
    np.testing.assert_allclose(ways, [[13, 0, 300 + 200]], rtol=1e-6)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_one_search_from_all_places_finds_the_least_of_all_ways(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 1e4, (rng.integers(2, 30), 2))
    net = travel.network(nodes, rng.integers(0, len(nodes), (40, 2)))
    here, there = rng.uniform(0, 1e4, (20, 2)), rng.uniform(0, 1e4, (7, 2))
    metres, off = travel.walking_nearest(net, here, there, snap_limit_m=2000)
    ways = travel.walking(net, here, there, snap_limit_m=2000)
    np.testing.assert_allclose(metres, ways.distance_m.min(axis=1), rtol=1e-6)
    assert off == ways.demand_off
    pairs = pairs_walking(net, here, there, 3000.0)
    near = travel.walking(net, here, there).distance_m <= 3000
    assert sorted(zip(pairs.cell.tolist(), pairs.facility.tolist(), strict=True)) == list(
        zip(*(each.tolist() for each in np.nonzero(near)), strict=True)
    )
