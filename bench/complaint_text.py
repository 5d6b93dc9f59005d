"""Letters from text to answers: `python bench/complaint_text.py [LETTERS]` (default 4,000; the aim is 20,000 in two minutes).

Letters are those of the sample city, each with the bodies of two more of its topic, so that they have several hundred
characters as real ones do. Each stage tells seconds of wall and of processor; the last line peak memory and the whole.
Beside words stands Kiwi fed one letter at a time, on a twentieth of the letters.
"""

from __future__ import annotations

import re
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from madang.methods.bursts import find_bursts
from madang.methods.cooccurrence import pairs
from madang.methods.departments import learn_departments
from madang.methods.duplicates import near_duplicates
from madang.methods.placenames import Gazetteer, Place
from madang.methods.rising import word_trends
from madang.methods.topics import find_topics
from madang.methods.words import COMPLAINT_STOPWORDS, Dictionary, count_words, words_of
from madang.privacy import redact_all
from madang.samplecity.city import Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.model import Voices

SPENT = {"wall": 0.0}


def timed(name: str, work: Callable[[], Any], *, counted: bool = True) -> Any:
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    SPENT["wall"] += wall if counted else 0
    print(f"{name:42} {wall:7.2f} s wall {processor:7.2f} s processor", flush=True)
    return result


def longer(bodies: tuple[str, ...], topic: Any) -> list[str]:
    """Each body with those of two others of its topic."""
    order = np.argsort(topic, kind="stable")
    following = np.empty_like(order)
    following[order] = np.roll(order, 1)
    return [
        "\n".join((bodies[at], bodies[one], bodies[following[one]]))
        for at, one in enumerate(following.tolist())
    ]


def by_week(letters: Any, week: Any) -> Any:
    """Words x weeks from letters x words."""
    import scipy.sparse as sp

    weeks = sp.coo_matrix((np.ones(len(week), np.int32), (week, np.arange(len(week))))).tocsr()
    return (weeks @ letters).T.toarray()


def main(size: int) -> None:
    city = grown(Setting(seed=7, scale=size / 40_000), "voices")
    told, names = city.get(Voices).complaints, city.get(Ground).dongs.name
    written = longer(told.body, told.topic)
    texts = timed("personal data taken out", lambda: redact_all(pa.array(written)).to_pylist(), counted=False)
    print(f"{len(texts)} letters of {np.mean([len(text) for text in texts]):.0f} characters")
    places = set(names) | {re.sub(r"\d*동$", "", name) for name in names}
    known = Dictionary(words=tuple(places), stopwords=COMPLAINT_STOPWORDS | places)
    timed("the model of words", lambda: next(words_of(["말"], known)))
    counts = timed("words", lambda: count_words(texts, known))
    part = texts[::20]
    own = timed("  words of a twentieth", lambda: list(words_of(part, known)), counted=False)
    single = timed(
        "  one letter at a time", lambda: [next(words_of([text], known)) for text in part], counted=False
    )
    assert own == single
    issues = timed("near duplicates", lambda: near_duplicates(list(told.body)))
    topics = timed("topics", lambda: find_topics(counts, once=issues.once))
    day = told.received.astype("datetime64[D]")
    week = (day - day.min()).astype(int) // 7
    said = counts.common(least=20)
    trends = timed(
        "rising words", lambda: word_trends(said.words, by_week(said.counts, week), np.bincount(week))
    )
    width = int(week.max()) + 1
    series = (told.topic * len(names) + told.dong) * width + week
    hits = np.bincount(series, minlength=len(told.topics) * len(names) * width).reshape(-1, width)
    bursts = timed("bursts by topic and dong", lambda: find_bursts(hits, np.bincount(week)))
    tied = timed("words that stand together", lambda: pairs(counts.common(least=20, most=0.3)))
    gazetteer = Gazetteer([Place(name, name) for name in names])
    mentions = timed("names of places", lambda: gazetteer.mentions(texts))
    learnt = timed(
        "departments learnt",
        lambda: learn_departments(
            texts, told.department, dictionary=known, words=counts, groups=issues.of_letter
        ),
    )
    print(
        f"{issues.issue_count} issues, {len(topics.topics)} topics, {int(trends.rising.sum())} rising words, {len(bursts)} bursts, "
        f"{len(tied.npmi)} pairs, {mentions.num_rows} names, departments right {learnt.held_out.accuracy:.3f}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"all but redaction and the comparison: {SPENT['wall']:.1f} s; peak {peak:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
