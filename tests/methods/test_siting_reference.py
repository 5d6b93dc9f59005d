"""Published optima, spopt as a peer, and rules that hold of every town."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from madang.messages import MadangError
from madang.methods import siting, siting_evidence
from madang.methods.siting import EquityFloor
from shared_data import shared

Floats = NDArray[np.float64]

# Beasley, "A note on solving large p-median problems", EJOR 21 (1985); OR-Library, pmedopt
PMED = {1: 5819, 2: 4093, 3: 4250, 4: 3034, 5: 1355, 6: 7824, 7: 5631, 8: 4445, 9: 2734, 10: 1255}
# Optima of the p-center on the same graphs: Elloumi, Labbe & Pochet, INFORMS Journal on Computing 16 (2004)
PCENTER = {1: 127, 2: 98, 3: 93, 4: 74, 5: 48}


def graph(path: Path) -> tuple[Floats, int]:
    """Distances of an OR-Library file and its number of sites; of repeated edges the last counts."""
    numbers = np.array(path.read_text("ascii").split(), dtype=np.int64)
    nodes, edges, sites = (int(number) for number in numbers[:3])
    lengths = np.full((nodes, nodes), np.inf)
    for one, other, length in numbers[3 : 3 + 3 * edges].reshape(-1, 3):
        lengths[one - 1, other - 1] = lengths[other - 1, one - 1] = length
    np.fill_diagonal(lengths, 0)
    return shortest_path(lengths, method="FW"), sites


@pytest.mark.slow
@pytest.mark.parametrize("number", PMED)
def test_p_median_reaches_and_proves_the_published_optimum(number: int) -> None:
    distance, sites = graph(shared("benchmarks", "orlib_pmed", f"pmed{number}.txt"))
    answer = siting.p_median(distance, None, sites)
    assert (answer.objective, answer.bound, answer.proven) == (PMED[number], PMED[number], True)
    assert distance[:, answer.sites].min(axis=1).sum() == PMED[number]


@pytest.mark.slow
@pytest.mark.parametrize("number", PCENTER)
def test_p_center_reaches_and_proves_the_published_optimum(number: int) -> None:
    distance, sites = graph(shared("benchmarks", "orlib_pmed", f"pmed{number}.txt"))
    answer = siting.p_center(distance, None, sites)
    assert (answer.objective, answer.proven) == (PCENTER[number], True)


def test_a_made_up_graph_reads_the_last_of_two_edges(tmp_path: Path) -> None:
    path = tmp_path / "pmed.txt"
    path.write_text(" 4 4 1\n 1 2 9\n 2 3 1\n 3 4 1\n 1 2 3\n", "ascii")
    distance, sites = graph(path)
    answer = siting.p_median(distance, None, sites)
    assert answer.objective == 3 + 0 + 1 + 2  # at node 2; at node 3: 4 + 1 + 0 + 1, the same
    assert answer.proven


def san_francisco() -> tuple[Floats, Floats]:
    """205 census tracts and 16 stores of spopt's own tests, walked along streets; people of 2000."""
    spopt = find_spec("spopt")
    if spopt is None or spopt.origin is None:
        pytest.skip("spopt is not installed")
    folder = Path(spopt.origin).parent / "tests" / "test_locate" / "data"
    ways = folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    if not ways.is_file():
        pytest.skip("this spopt comes without its San Francisco case")
    table = pd.read_csv(ways).pivot_table(values="distance", index="DestinationName", columns="name")
    people = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv").sort_values("NAME")
    return table.to_numpy(), people["POP2000"].to_numpy(dtype=float)


def test_san_francisco_has_the_mean_distance_that_spopt_publishes() -> None:
    """spopt, tests/test_locate/test_p_median.py: 2982.1268579890657 m with four stores."""
    distance, people = san_francisco()
    answer = siting.p_median(distance, people, 4)
    assert answer.proven
    assert answer.objective / people.sum() == pytest.approx(2982.1268579890657, abs=1e-6)


def test_san_francisco_covers_as_many_tracts_as_spopt_publishes() -> None:
    """spopt, tests/test_locate/test_mclp.py: 21 tracts uncovered with four stores and 5 km, 89.756 % covered."""
    distance, people = san_francisco()
    answer = siting.mclp(distance, people, 5000, 4)
    assert int((answer.distance > 5000).sum()) == 21


def town(seed: int, points: int = 40, candidates: int = 12) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    here, there = rng.uniform(0, 2000, (points, 2)), rng.uniform(0, 2000, (candidates, 2))
    return np.hypot(*(here[:, None] - there).transpose(2, 0, 1)), rng.integers(1, 50, points).astype(float)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_model_agrees_with_spopt(seed: int) -> None:
    distance, people = town(seed)
    reach = float(distance.min(axis=1).max()) * 1.1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pulp = pytest.importorskip("pulp")
        from spopt.locate import LSCP, MCLP, PCenter, PMedian

        existing = np.zeros(distance.shape[1], dtype=int)
        existing[seed] = 1
        room = np.full(distance.shape[1], people.sum() * 0.4)

        def peer(model: Any) -> float:
            return float(model.solve(pulp.PULP_CBC_CMD(msg=False), results=False).problem.objective.value())

        theirs = {
            "p_median": peer(PMedian.from_cost_matrix(distance, people, 4, existing)),
            "capacitated": peer(PMedian.from_cost_matrix(distance, people, 4, None, room)),
            "mclp": peer(MCLP.from_cost_matrix(distance, people, 500, 4, existing)),
            "lscp": peer(LSCP.from_cost_matrix(distance, reach, existing)),
            "p_center": peer(PCenter.from_cost_matrix(distance, 4, existing)),
        }
    ours = {
        "p_median": siting.p_median(distance, people, 3, existing=[seed]),
        "capacitated": siting.capacitated_p_median(distance, people, room, 4),
        "mclp": siting.mclp(distance, people, 500, 3, existing=[seed]),
        "lscp": siting.lscp(distance, people, reach, existing=[seed]),
        "p_center": siting.p_center(distance, people, 3, existing=[seed]),
    }
    for model, answer in ours.items():
        assert answer.proven, model
        assert answer.objective == pytest.approx(theirs[model], rel=1e-6), model


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_one_more_site_never_makes_it_worse_and_units_do_not_matter(seed: int) -> None:
    distance, people = town(seed, 25, 8)
    fewer, more = (siting.p_median(distance, people, number) for number in (2, 3))
    assert more.objective <= fewer.objective * (1 + 1e-6)
    assert fewer.bound <= fewer.objective * (1 + 1e-9)
    feet = siting.p_median(distance * 3.28, people * 7, 2)
    assert feet.objective == pytest.approx(fewer.objective * 3.28 * 7, rel=2e-6)
    kept = siting.p_median(distance, people, 1, existing=[int(fewer.sites[0])])
    assert kept.objective == pytest.approx(fewer.objective, rel=2e-6)
    wide, narrow = (siting.mclp(distance, people, reach, 2) for reach in (600, 300))
    assert narrow.objective <= wide.objective + 1e-9
    assert (np.diff(wide.curve.covered) >= -1e-12).all()
    small = siting.p_median(distance.astype(np.float32), people, 2)
    assert small.objective == pytest.approx(fewer.objective, rel=1e-5)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_lscp_and_p_center_answer_each_other(seed: int) -> None:
    """As many sites as hold a reach need no longer reach; one fewer cannot hold it."""
    distance, people = town(seed, 25, 8)
    cover = siting.lscp(distance, people, 700)
    if cover.unreachable:
        return
    number = int(cover.objective)
    assert siting.p_center(distance, people, number).objective <= 700
    if number > 1:
        assert siting.p_center(distance, people, number - 1).objective > 700


def test_a_floor_moves_a_site_to_the_area_that_is_left_out() -> None:
    """Three crowds on a street, a village at its end: two sites leave the village, a floor of all its people does not."""
    here, there = np.array([0.0, 100, 1000, 1100, 5000]), np.array([50.0, 550, 1050, 5000])
    distance, people = np.abs(here[:, None] - there), np.array([100.0, 100, 100, 100, 5])
    free = siting.p_median(distance, people, 2)
    assert set(free.sites) == {0, 2}
    held = siting.p_median(distance, people, 2, floor=EquityFloor([0, 0, 0, 0, 1], 0.5, 600))
    assert set(held.sites) == {1, 3}
    assert held.proven


def test_who_no_candidate_reaches_is_counted_and_never_nan() -> None:
    distance = np.array([[1, np.inf], [np.inf, np.inf], [np.inf, 4.0]])
    answer = siting.p_median(distance, [3, 5, 2], 1)
    assert list(answer.sites) == [0]
    assert answer.objective == 3 * 1 + 2 * 8  # the third is charged twice the longest way
    assert (answer.unreachable, answer.unreachable_weight, answer.unserved_weight) == (1, 5, 7)
    assert list(answer.assignment) == [0, -1, -1]
    assert list(answer.distance) == [1, np.inf, np.inf]
    assert answer.curve.mean_distance[0] == 1


def test_marginal_worth_is_what_is_lost_without_a_site() -> None:
    distance, people = town(3)
    answer = siting.p_median(distance, people, 4)
    for site, worth in zip(answer.sites, answer.marginal, strict=True):
        rest = [other for other in answer.sites if other != site]
        without = float((distance[:, rest].min(axis=1) * people).sum())
        assert worth == pytest.approx(without - answer.objective)


def test_people_miscounted_by_a_share_are_miscounted_by_that_share() -> None:
    people = np.full(4000, 50.0)
    (told,) = siting_evidence.varied_weights(people, 0.3, 1, np.random.default_rng(1))
    assert told.mean() == pytest.approx(50, rel=0.02)
    assert told.std() / told.mean() == pytest.approx(0.3, rel=0.05)
    assert (told > 0).all()


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda d, w: siting.p_median(np.where(d < 500, np.nan, d), w, 2), "siting_distances"),
        (lambda d, w: siting.p_median(d, -w, 2), "siting_weights"),
        (lambda d, w: siting.p_median(d, w, 2, existing=[99]), "siting_existing"),
        (lambda d, w: siting.p_median(d, w, 99), "siting_number"),
        (lambda d, w: siting.p_median(d, w, 0), "siting_number"),
        (lambda d, w: siting.mclp(d, w, 500, 1, floor=EquityFloor([0], 0.5, 500)), "siting_areas"),
        (lambda d, w: siting.mclp(d, w, 500, 1, floor=EquityFloor([0] * 40, 1.5, 500)), "siting_share"),
        (
            lambda d, w: siting.mclp(d, w, 9, 1, floor=EquityFloor([0] * 40, 1.0, 9)),
            "siting_floor_impossible",
        ),
        (
            lambda d, w: siting.mclp(d, w, 500, 1, floor=EquityFloor(np.arange(40) % 4, 0.9, d.min(1).max())),
            "siting_floor_unmet",
        ),
        (
            lambda d, w: siting.p_center(np.where(np.eye(40, 12) > 0, 1, np.inf), w, 3),
            "siting_centre_impossible",
        ),
        (lambda d, w: siting.capacitated_p_median(d, w, [1], 3), "siting_capacity"),
        (lambda d, w: siting.capacitated_p_median(d, w, np.ones(12), 3), "siting_capacity_short"),
    ],
)
def test_impossible_questions_are_named(ask: Callable[[Floats, Floats], object], code: str) -> None:
    with pytest.raises(MadangError) as caught:
        ask(*town(0))
    assert caught.value.code == code


def test_progress_is_told_and_may_stop_the_search() -> None:
    told: list[str] = []
    distance, people = town(1, 200, 60)

    def stop(done: int, whole: int, what: str) -> None:
        assert 0 <= done <= whole
        told.append(what)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        siting.p_median(distance, people, 5, progress=stop)
    assert told == ["bound"]


@pytest.mark.slow
def test_a_whole_city_is_proven_or_its_gap_is_told() -> None:
    """2,000 points, 200 candidates, in time; out of time the bound still holds."""
    distance, people = town(7, 2000, 200)
    answer = siting.p_median(distance, people, 10, seconds=6)
    assert answer.gap < 0.02
    assert answer.bound <= answer.objective
    hasty = siting.p_median(distance, people, 10, seconds=0)
    assert not hasty.proven
    assert hasty.bound <= answer.objective <= hasty.objective
