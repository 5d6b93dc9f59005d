"""Topics of letters made of planted vocabularies: found again, as many as there are, the same with another seed."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from madang.messages import MadangError
from madang.methods.topics import find_topics, loadings, matching_cosines
from madang.methods.words import WordCounts


def planted(rng: np.random.Generator, topics: int = 5, letters: int = 400) -> tuple[WordCounts, np.ndarray]:
    """Letters of eight words, six of 20 that only their topic has and two of 30 that anybody says."""
    truth = rng.integers(0, topics, letters)
    own = rng.integers(0, 20, (letters, 6)) + 20 * truth[:, None]
    shared = rng.integers(0, 30, (letters, 2)) + 20 * topics
    columns = np.concatenate([own, shared], axis=1)
    rows = np.repeat(np.arange(letters), 8)
    names = tuple([f"t{at // 20}_{at % 20}" for at in range(20 * topics)] + [f"any_{at}" for at in range(30)])
    counts = sp.coo_matrix((np.ones(columns.size, np.int32), (rows, columns.ravel())), (letters, len(names)))
    return WordCounts(names, counts.tocsr()), truth


def purity(found: np.ndarray, truth: np.ndarray) -> float:
    return sum(np.bincount(truth[found == each]).max() for each in np.unique(found)) / len(truth)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_vocabularies_are_found_and_counted(seed: int) -> None:
    letters, truth = planted(np.random.default_rng(seed))
    found = find_topics(letters, counts=(2, 3, 4, 5, 6, 8, 10), seed=seed)
    assert found.stable
    assert len(found.topics) == 5
    assert purity(found.of_letter, truth) >= 0.9
    for number, topic in enumerate(found.topics):
        home = np.bincount(truth[found.of_letter == number]).argmax()
        assert {word.split("_")[0] for word in topic.words} == {f"t{home}"}
        assert (found.of_letter[list(topic.examples)] == number).all()
    assert sum(topic.letters for topic in found.topics) == letters.letters
    assert sum(topic.share for topic in found.topics) == pytest.approx(1)


@pytest.mark.slow
def test_letters_of_nothing_have_no_stable_topics() -> None:
    """Words drawn at random: whatever is learnt is not found again, and that is said."""
    rng = np.random.default_rng(4)
    counts = sp.csr_matrix(rng.poisson(0.04, (400, 200)).astype(np.int32))
    found = find_topics(WordCounts(tuple(f"w{at}" for at in range(200)), counts), counts=(5, 10, 20))
    assert not found.stable
    assert not all(topic.stable for topic in found.topics)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_topics_and_long_work_tells_how_far_it_is() -> None:
    letters, _ = planted(np.random.default_rng(1))
    seen = []
    one, other = (
        find_topics(letters, counts=(4, 5), seed=9, progress=lambda *told: seen.append(told))
        for _ in range(2)
    )
    assert one.topics == other.topics
    assert (one.of_letter == other.of_letter).all()
    assert seen[:3] == [(1, 3, "topics"), (2, 3, "topics"), (3, 3, "topics")]


@pytest.mark.slow
def test_a_petition_is_no_topic_where_each_issue_is_learnt_once() -> None:
    letters, _ = planted(np.random.default_rng(2), topics=3)
    petition = sp.vstack([sp.csr_matrix(letters.counts[0])] * 150)
    many = WordCounts(letters.words, sp.vstack([letters.counts, petition]).tocsr())
    once = np.arange(many.letters) < letters.letters
    found = find_topics(many, counts=(3,), once=once)
    alone = find_topics(letters, counts=(3,))
    assert len(np.unique(found.of_letter[~once])) == 1
    assert matching_cosines(found.weights, alone.weights).min() > 0.95


@pytest.mark.slow
def test_a_letter_without_words_has_no_topic() -> None:
    letters, _ = planted(np.random.default_rng(3))
    empty = sp.csr_matrix((2, len(letters.words)), dtype=np.int32)
    found = find_topics(WordCounts(letters.words, sp.vstack([letters.counts, empty]).tocsr()), counts=(5,))
    assert found.of_letter[-2:].tolist() == [-1, -1]
    assert found.sure[-2:].tolist() == [0, 0]
    assert (found.of_letter[:-2] >= 0).all()


def test_too_few_letters_are_told() -> None:
    with pytest.raises(MadangError) as told:
        find_topics(WordCounts(("가", "나", "다"), sp.csr_matrix(np.eye(3, dtype=np.int32))))
    assert told.value.code == "topics_few_letters"


def test_partners_are_those_of_the_greatest_sum() -> None:
    """Greedily the first row would take the first partner (1.0) and leave the second one 0.6; together 0.8 + 1.0 is more."""
    one = np.array([[1.0, 0, 0], [0.6, 0.8, 0]])
    other = np.array([[1.0, 0, 0], [0.8, 0.6, 0]])
    cosines = [[1.0, 0.8], [0.6, 0.96]]
    assert matching_cosines(one, other).tolist() == pytest.approx([cosines[0][0], cosines[1][1]])
    turned = other[::-1]
    assert matching_cosines(one, turned).tolist() == pytest.approx([1.0, 0.96])


def test_loadings_are_the_least_squares_of_a_known_mixture() -> None:
    weights = np.array([[1.0, 0, 0.5], [0, 1.0, 0.5]])
    mixture = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    assert loadings(sp.csr_matrix(mixture @ weights), weights, rounds=2000) == pytest.approx(
        mixture, abs=1e-3
    )
