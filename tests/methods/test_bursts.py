"""Bursts against every possible sequence of states, and rising words against statsmodels."""

from __future__ import annotations

from itertools import product
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods.bursts import as_table, burst_states, find_bursts
from madang.methods.rising import quasi_poisson, word_trends


def cost_of(
    states: tuple[int, ...], hits: list[int], totals: list[int], factor: float, gamma: float
) -> float:
    """The cost of a sequence as the paper writes it: -ln of the binomial in each state and gamma ln n for each rise."""
    base = sum(hits) / sum(totals)
    rates = (base, min(factor * base, 0.9999))
    cost, before = 0.0, 0
    for state, r, d in zip(states, hits, totals, strict=True):
        cost += gamma * log(len(hits)) if state > before else 0.0
        cost -= log(comb(d, r) * rates[state] ** r * (1 - rates[state]) ** (d - r))
        before = state
    return cost


small = st.lists(
    st.integers(1, 12).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), min_size=2, max_size=9
)


@settings(max_examples=60, deadline=None)
@given(small, st.sampled_from([1.5, 2.0, 3.0]), st.sampled_from([0.2, 0.5, 1.0]))
def test_no_sequence_of_states_is_cheaper(steps: list[tuple[int, int]], factor: float, gamma: float) -> None:
    hits, totals = ([each[at] for each in steps] for at in (0, 1))
    if not 0 < sum(hits) < sum(totals) or factor * sum(hits) / sum(totals) >= 1:
        return
    within = [0] * len(hits)
    for burst in find_bursts(hits, totals, factor=factor, reluctance=gamma):
        for step in range(burst.first, burst.last + 1):
            within[step] = 1
    cheapest = min(
        cost_of(states, hits, totals, factor, gamma) for states in product((0, 1), repeat=len(hits))
    )
    assert cost_of(tuple(within), hits, totals, factor, gamma) == pytest.approx(cheapest)


def test_a_burst_by_hand() -> None:
    """10 of 100 letters in each of ten steps but 40 in the fifth and sixth: base rate 160/1000, raised rate 0.32."""
    hits = [10, 10, 10, 10, 40, 40, 10, 10, 10, 10]
    (burst,) = find_bursts(hits, [100] * 10)
    assert (burst.first, burst.last, burst.letters, burst.usual) == (4, 5, 80, pytest.approx(32))
    assert burst.weight == pytest.approx(2 * (40 * log(2) + 60 * log(0.68 / 0.84)))


def test_even_letters_have_no_burst_and_neither_has_silence() -> None:
    assert find_bursts([[5] * 20, [0] * 20], [100] * 20) == ()


def test_a_busy_season_of_everything_is_no_burst() -> None:
    assert find_bursts([5, 5, 50, 50, 5, 5], [100, 100, 1000, 1000, 100, 100]) == ()


def test_steps_without_letters_say_nothing() -> None:
    hits, totals = [1, 0, 9, 0, 9, 1, 1, 1], [20, 0, 20, 0, 20, 20, 20, 20]
    (burst,) = find_bursts(hits, totals, reluctance=0.5)
    assert (burst.first, burst.last) == (2, 4)


def test_bursts_of_many_series_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(3)
    hits = rng.poisson(4, (30, 40))
    hits[4, 10:14] += 25
    hits[9, 30:33] += 20
    totals = np.full(40, 400)
    together = find_bursts(hits, totals)
    assert [(each.series, each.core_first, each.core_last) for each in together[:2]] == [
        (4, 10, 13),
        (9, 30, 32),
    ]
    alone = {
        (at, each.first, each.last, each.letters)
        for at in range(30)
        for each in find_bursts(hits[at], totals)
    }
    assert {(each.series, each.first, each.last, each.letters) for each in together} == alone


def test_the_core_leaves_out_ends_that_are_raised_only_a_little() -> None:
    hits = np.full(60, 2)
    hits[20:24], hits[24:34] = 40, 10
    (burst,) = find_bursts(hits, np.full(60, 200))
    assert (burst.core_first, burst.core_last) == (20, 23)
    assert burst.last > 23


def test_more_hits_than_letters_are_told() -> None:
    for hits in ([3, 11], [-1, 5]):
        with pytest.raises(MadangError) as told:
            find_bursts(hits, [10, 10])
        assert told.value.code == "bursts_counts"


def test_one_step_and_states_of_equal_cost() -> None:
    assert find_bursts([3], [10]) == ()
    assert not burst_states(np.zeros((1, 4)), np.zeros((1, 4)), 1.0).any()


def test_bursts_as_a_table() -> None:
    table = as_table(find_bursts([10, 10, 10, 10, 40, 40, 10, 10, 10, 10], [100] * 10))
    assert table.select(["series", "first", "last", "letters"]).to_pylist() == [
        {"series": 0, "first": 4, "last": 5, "letters": 80}
    ]
    assert as_table(()).num_rows == 0


@pytest.mark.slow
def test_trends_are_those_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    steps, totals = np.arange(20), rng.integers(500, 1500, 20)
    mean = totals * 0.02 * np.exp(np.outer([-0.1, 0, 0.1, 0.3], steps))
    counts = rng.negative_binomial(5, 5 / (5 + mean))
    slope, error, dispersion = quasi_poisson(counts.astype(float), totals.astype(float), steps)
    for at, row in enumerate(counts):
        peer = sm.GLM(row, sm.add_constant(steps), sm.families.Poisson(), offset=np.log(totals)).fit(
            scale="X2"
        )
        assert (slope[at], error[at], dispersion[at]) == pytest.approx(
            (peer.params[1], peer.bse[1], peer.scale)
        )


def test_a_word_that_grows_is_rising_and_one_that_follows_all_words_is_not() -> None:
    rng = np.random.default_rng(5)
    steps = np.arange(24)
    totals = 1000 + 200 * steps  # ever more letters
    counts = rng.poisson(
        [0.01 * totals, 0.01 * totals * 1.06**steps, 0.01 * totals * 0.95**steps, 0 * totals]
    )
    found = word_trends(["늘 같은", "느는", "주는", "없는"], counts, totals)
    assert found.words[0] == "느는"
    assert {word for word, on in zip(found.words, found.rising.tolist(), strict=True) if on} == {"느는"}
    assert found.low[0] <= 1.06 <= found.high[0]
    assert found.whole[0] == pytest.approx(found.growth[0] ** 23)
    assert np.isnan(found.q[found.words.index("없는")])


def test_counts_steadier_than_chance_are_not_taken_for_surer() -> None:
    assert word_trends(["가"], [[10] * 12], [100] * 12).dispersion.tolist() == [1.0]


def test_a_word_of_the_last_step_alone_has_no_sure_trend() -> None:
    assert not word_trends(["새말"], [[0] * 19 + [30]], [100] * 20).rising.any()


def test_steps_without_letters_are_left_out_and_too_few_are_told() -> None:
    with_gap = word_trends(["가"], [[10, 12, 0, 20, 26]], [100, 100, 0, 100, 100])
    peer = quasi_poisson(np.array([[10.0, 12, 20, 26]]), np.full(4, 100.0), np.array([0, 1, 3, 4]))
    assert with_gap.growth[0] == pytest.approx(float(np.exp(peer[0][0])))
    with pytest.raises(MadangError) as told:
        word_trends(["가"], [[1, 2, 3, 0]], [10, 10, 10, 0])
    assert (told.value.code, told.value.params["steps"]) == ("trend_steps", 3)
