"""What the sample city planted in its letters is found again by the methods: issues, bursts, topics, places, departments."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from madang.methods.bursts import find_bursts
from madang.methods.departments import learn_departments
from madang.methods.duplicates import near_duplicates
from madang.methods.placenames import Gazetteer, Place
from madang.methods.topics import find_topics
from madang.methods.words import COMPLAINT_STOPWORDS, Dictionary, WordCounts, count_words
from madang.privacy import redact_all
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown, voices
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.model import Complaints, Voices

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "voices")


@pytest.fixture(scope="module")
def told(city: City) -> Complaints:
    return city.get(Voices).complaints


@pytest.fixture(scope="module")
def truth(city: City) -> dict[str, list[dict[str, Any]]]:
    tables = voices.truths(city)
    return {name: tables[name].to_pylist() for name in ("complaints", "bursts", "clusters")}


@pytest.fixture(scope="module")
def texts(told: Complaints) -> list[str]:
    """Titles and bodies as an analysis gets them: redacted."""
    import pyarrow as pa

    joined = [f"{title}\n{body}" for title, body in zip(told.title, told.body, strict=True)]
    return redact_all(pa.array(joined)).to_pylist()  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def dictionary(city: City) -> Dictionary:
    """Names of places are known as words and are no topics."""
    names = set(city.get(Ground).dongs.name)
    names |= {re.sub(r"\d*동$", "", name) for name in names}
    return Dictionary(words=tuple(names), stopwords=COMPLAINT_STOPWORDS | names)


@pytest.fixture(scope="module")
def counts(texts: list[str], dictionary: Dictionary) -> WordCounts:
    return count_words(texts, dictionary)


def test_planted_issues_are_found_and_nothing_is_mixed_into_them(
    told: Complaints, texts: list[str], truth: Any
) -> None:
    """Letters that the city wrote again with edits of up to 12 %: recall at least 0.95."""
    found = near_duplicates(texts)
    cluster = np.array(told.cluster)
    together = 0
    for each in truth["clusters"]:
        numbers = found.of_letter[cluster == each["cluster"]]
        together += np.bincount(numbers).max()
    planted = sum(each["letters"] for each in truth["clusters"])
    assert together / planted >= 0.95
    mixed = [issue for issue in found.issues if len({cluster[row] for row in issue.letters}) > 1]
    assert sum(len(issue.letters) for issue in mixed) <= 0.02 * planted
    assert found.issue_count < found.letters - planted + 2 * len(truth["clusters"])


def test_planted_bursts_are_the_heaviest_and_begin_and_end_within_a_week(
    told: Complaints, truth: Any, city: City
) -> None:
    day = told.received.astype("datetime64[D]")
    week = (day - day.min()).astype(int) // 7
    names, weeks = city.get(Ground).dongs.name, int(week.max()) + 1
    series = told.topic * len(names) + told.dong
    hits = np.bincount(series * weeks + week, minlength=len(told.topics) * len(names) * weeks).reshape(
        -1, weeks
    )
    found = find_bursts(hits, np.bincount(week, minlength=weeks))
    heaviest = {each.series: each for each in reversed(found[: len(truth["bursts"]) + 2])}
    near = 0
    for each in truth["bursts"]:
        mine = heaviest[told.topics.index(each["topic"]) * len(names) + names.index(each["dong"])]
        first, last = ((np.datetime64(each[end]) - day.min()).astype(int) // 7 for end in ("start", "end"))
        near += abs(mine.core_first - first) <= 1 and abs(mine.core_last - last) <= 1
    assert near >= len(truth["bursts"]) - 1


@pytest.mark.parametrize(
    "five",
    [("parking", "lamp", "noise", "bus", "dumping"), ("flood", "snow", "park", "papers", "animal")],
)
def test_five_planted_vocabularies_are_told_apart(
    told: Complaints, texts: list[str], counts: WordCounts, five: tuple[str, ...]
) -> None:
    """Purity at least 0.9: letters of a found topic that are of its most frequent planted one."""
    mine = np.isin(told.topic, [told.topics.index(name) for name in five])
    once = near_duplicates(texts).once[mine]
    found = find_topics(WordCounts(counts.words, counts.counts[mine]), once=once)
    theirs = told.topic[mine]
    hits = sum(np.bincount(theirs[found.of_letter == at]).max() for at in range(len(found.topics)))
    assert found.stable
    assert hits / len(theirs) >= 0.9


def test_topics_of_all_letters_are_named_by_words_of_one_planted_topic(
    told: Complaints, texts: list[str], counts: WordCounts
) -> None:
    """31 topics of very unequal size: most of what is found is one of them, and more is known than by guessing."""
    found = find_topics(counts, counts=(20, 25, 30), once=near_duplicates(texts).once)
    assert found.stable
    assert sum(topic.stable for topic in found.topics) >= 0.7 * len(found.topics)
    hits = sum(np.bincount(told.topic[found.of_letter == at]).max() for at in range(len(found.topics)))
    largest = np.bincount(told.topic).max() / len(told.topic)
    assert hits / len(told.topic) > 0.5 > 2 * largest


def test_the_dong_that_a_letter_names_is_the_one_it_is_about(
    told: Complaints, texts: list[str], city: City
) -> None:
    names = city.get(Ground).dongs.name
    found = Gazetteer([Place(name, name) for name in names]).mentions(texts)
    assert pc.all(pc.equal(found["how"], "only")).as_py()
    own = np.array(
        [name == "" for name in told.cluster]
    )  # who writes again what others wrote names their dong
    letters, dongs = found["letter"].to_numpy(), np.array(found["id"].to_pylist())
    right = (np.array(names)[told.dong[letters]] == dongs)[own[letters]]
    assert len(right) > 0.2 * len(texts)
    assert right.mean() > 0.95


def test_departments_are_suggested_about_as_well_as_can_be(
    told: Complaints, texts: list[str], counts: WordCounts, dictionary: Dictionary
) -> None:
    """Some letters went to another department without a reason in their text: nobody could know these."""
    groups = near_duplicates(texts).of_letter
    known = learn_departments(
        texts, told.department, dictionary=dictionary, words=counts, groups=groups, threshold=0.9
    )
    possible = np.mean([a == b for a, b in zip(told.department, told.likely_department, strict=True)])
    held = known.held_out
    assert held.baseline < 0.4
    assert possible - 0.12 < held.accuracy <= possible + 0.02
    assert held.calibration < 0.05
    assert held.right > held.accuracy
    assert 0.5 < held.suggested < 1
