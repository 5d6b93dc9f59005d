"""Near duplicates against a plain comparison of every pair, and edits that they must survive."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.messages import MadangError
from madang.methods.duplicates import Duplicates, near_duplicates, said
from madang.methods.shingles import shingles

SYLLABLES = "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후"


def letter(rng: random.Random, words: int = 40) -> list[str]:
    return ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(words)]


def jaccard(one: str, other: str) -> float:
    sets = [{text[at : at + 5] for at in range(max(1, len(text) - 4))} for text in (said(one), said(other))]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def plainly(texts: list[str], alike: float) -> list[int]:
    """Issues by comparing every pair: for each text the first that it is tied to."""
    of = list(range(len(texts)))
    for at, text in enumerate(texts):
        for before in range(at):
            if said(text) and said(texts[before]) and jaccard(text, texts[before]) >= alike:
                old, new = max(of[at], of[before]), min(of[at], of[before])
                of = [new if each == old else each for each in of]
    return of


def grouped(found: Duplicates) -> list[int]:
    first = np.unique(found.of_letter, return_index=True)[1]
    return first[found.of_letter].tolist()  # type: ignore[no-any-return]


def test_letters_and_issues_are_both_counted() -> None:
    texts = [
        "가로등이 사흘째 꺼져 있어 밤길이 어둡습니다. 빨리 고쳐 주세요.",
        "버스가 오지 않습니다",
        "가로등이 사흘째 꺼져 있어 밤길이 어둡습니다! 빨리 고쳐 주세요",
        None,
        "가로등이 나흘째 꺼져 있어 밤길이 어둡습니다. 빨리 고쳐 주세요.",
        "***-****-****",
    ]
    found = near_duplicates(texts, alike=0.6)
    assert (found.letters, found.issue_count) == (6, 4)
    assert [issue.letters for issue in found.issues] == [(0, 2, 4)]
    assert found.issues[0].least_alike == pytest.approx(jaccard(texts[0] or "", texts[4] or ""))
    assert found.once.tolist() == [True, True, False, True, False, True]
    assert found.of_letter.tolist() == [0, 1, 0, 2, 0, 3]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_issues_are_those_of_comparing_every_pair(seed: int) -> None:
    rng = random.Random(seed)
    bases = [letter(rng, rng.randint(3, 40)) for _ in range(4)]
    texts = []
    for base in bases * 4:
        words = base.copy()
        for _ in range(rng.randint(0, 3)):
            words[rng.randrange(len(words))] = letter(rng, 1)[0]
        texts.append(" ".join(words))
    assert grouped(near_duplicates(texts)) == plainly(texts, 0.7)


def test_a_tenth_rewritten_is_still_the_same_issue() -> None:
    """300 letters, each sent again with a tenth of its words replaced by one other passage: recall at least 0.95."""
    rng = random.Random(1)
    texts, again = [" ".join(letter(rng)) for _ in range(300)], []
    for text in texts:
        words = text.split()
        start = rng.randrange(len(words) - 4)
        again.append(" ".join([*words[:start], *letter(rng, 4), *words[start + 4 :]]))
    found = near_duplicates(texts + again)
    met = found.of_letter[:300] == found.of_letter[300:]
    assert met.mean() >= 0.95
    assert max(len(issue.letters) for issue in found.issues) == 2


def test_what_is_only_alike_in_a_phrase_stays_apart() -> None:
    rng = random.Random(2)
    texts = ["안녕하십니까 수고가 많으십니다 " + " ".join(letter(rng, 15)) for _ in range(200)]
    assert near_duplicates(texts).issue_count == 200


@pytest.mark.slow
def test_a_petition_of_a_thousand_is_one_issue() -> None:
    rng = random.Random(3)
    base = letter(rng, 60)
    texts = [
        " ".join([*base[:at], f"{number}번째", *base[at:]]) for number in range(1000) for at in [number % 60]
    ]
    found = near_duplicates(texts)
    assert (found.issue_count, len(found.issues[0].letters)) == (1, 1000)


def test_blanks_marks_and_width_do_not_matter() -> None:
    assert said("ＣＣＴＶ 설치,  부탁\n드려요!!") == "cctv설치부탁드려요"
    assert near_duplicates(["CCTV 설치 부탁", "cctv설치부탁"]).issue_count == 1


def test_pieces_of_texts_do_not_reach_over_their_ends() -> None:
    hashes, ends = shingles(["가나다라마바", "가나", "", "나다라마바"], 5)
    assert ends.tolist() == [2, 3, 3, 4]
    assert hashes[1] == hashes[3]
    assert len(set(hashes.tolist())) == 3
    assert shingles([], 5)[1].tolist() == []
    assert shingles(["", ""], 5)[1].tolist() == [0, 0]


def test_nothing_is_no_issue_and_what_is_read_once_is_refused() -> None:
    assert near_duplicates([]).issue_count == 0
    assert near_duplicates(["", None]).issue_count == 2
    with pytest.raises(MadangError) as told:
        near_duplicates(iter(["가"]))
    assert told.value.code == "texts_once"


def test_long_work_may_be_stopped() -> None:
    def stop(done: int, whole: int, what: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        near_duplicates(["가", "나"], progress=stop)
