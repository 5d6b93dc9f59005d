"""Words that set groups apart, against the published formula worked by hand, and p-values against the paper's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods.keyness import benjamini_hochberg, keyness, log_odds


def test_the_worked_example_of_monroe_colaresi_and_quinn() -> None:
    """ln(46/1254) - ln(26/2274) = 1.16575 and its variance 1/46 + 1/26."""
    delta, z = log_odds(40, 20, (1000, 2000), 6, 300)
    assert delta == pytest.approx(math.log(46 / 1254) - math.log(26 / 2274))
    assert (round(float(delta), 5), round(float(z), 5)) == (1.16575, 4.75120)


def test_words_of_a_group_come_first_and_rare_ones_are_not_marked() -> None:
    found = keyness(["주차", "소음", "한번", "길"], [60, 5, 1, 30], [10, 50, 0, 30])
    assert found.words[0] == "주차"
    assert found.words[-1] == "소음"
    assert found.first(10) == ("주차",)
    assert not found.marked[found.words.index("한번")]


def test_an_interval_without_zero_is_a_z_beyond_1_96() -> None:
    found = keyness(["가", "나", "다"], [40, 5, 9], [20, 6, 100])
    assert ((found.low > 0) | (found.high < 0)).tolist() == (np.abs(found.z) > 1.959964).tolist()


def test_a_heavier_prior_draws_words_nearer_to_nothing() -> None:
    light = keyness(["가", "나"], [8, 100], [1, 100], prior_words=10)
    heavy = keyness(["가", "나"], [8, 100], [1, 100], prior_words=10_000)
    assert 0 < heavy.delta[0] < light.delta[0]


def test_a_background_decides_how_rare_a_word_is() -> None:
    """The prior of a word is its share of the background: 500 x 1/100 = 5 against 500 x 1/2 = 250."""
    rare = keyness(["가", "나"], [10, 90], [2, 98], background=[1, 99])
    usual = keyness(["가", "나"], [10, 90], [2, 98], background=[50, 50])
    assert rare.delta[0] == pytest.approx(math.log(15 / 585) - math.log(7 / 593))
    assert usual.delta[0] == pytest.approx(math.log(260 / 340) - math.log(252 / 348))


def test_words_that_nobody_says_are_left_out() -> None:
    assert set(keyness(["가", "나", "다"], [3, 0, 1], [2, 0, 5]).words) == {"가", "다"}


def test_the_only_word_sets_nobody_apart() -> None:
    found = keyness(["가", "나"], [3, 0], [9, 0])
    assert (found.words, found.delta.tolist(), found.q.tolist()) == (("가",), [0.0], [1.0])


def test_impossible_inputs_are_told() -> None:
    with pytest.raises(MadangError) as told:
        keyness(["가"], [0], [4])
    assert told.value.code == "group_without_words"
    with pytest.raises(MadangError) as told:
        keyness(["가", "나"], [1, 3], [4, 1], background=[5, 0])
    assert (told.value.code, told.value.params["word"]) == ("background_without_word", "나")


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=12))
def test_both_groups_say_the_opposite_of_each_other(counts: list[tuple[int, int]]) -> None:
    one, other = (np.array(side) for side in zip(*counts, strict=True))
    if not one.sum() or not other.sum():
        return
    names = [f"w{at}" for at in range(len(counts))]
    there, back = keyness(names, one, other), keyness(names, other, one)
    reverse = dict(zip(back.words, back.z.tolist(), strict=True))
    assert [-reverse[word] for word in there.words] == pytest.approx(there.z.tolist(), abs=1e-9)


def test_p_values_of_the_paper_of_benjamini_and_hochberg() -> None:
    """Their 15 p-values (1995, section 4): at 0.05 the four smallest are rejected."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    q = benjamini_hochberg(p)
    assert (q <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert q[3] == pytest.approx(0.0095 * 15 / 4)
    assert q[0] == pytest.approx(0.0001 * 15)


def test_a_question_that_was_not_asked_is_not_counted() -> None:
    assert benjamini_hochberg([0.02, math.nan, 0.04])[[0, 2]].tolist() == pytest.approx([0.04, 0.04])
    assert np.isnan(benjamini_hochberg([math.nan])).all()
