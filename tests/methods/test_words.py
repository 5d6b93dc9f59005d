"""Words of letters: what Kiwi keeps, dictionaries, synonyms, streams; and what is counted without it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.sparse as sp

from madang.messages import MadangError
from madang.methods import words
from madang.methods.cooccurrence import npmi_of, pairs
from madang.methods.words import COMPLAINT_STOPWORDS, Dictionary, WordCounts, count_words, words_of
from shared_data import shared

slow_model = pytest.mark.slow  # loading the model takes seconds


def one(text: str, dictionary: Dictionary | None = None) -> list[str]:
    return next(words_of([text], dictionary))


@pytest.mark.slow
def test_importing_loads_no_model() -> None:
    program = "import sys, madang.methods.words; print('kiwipiepy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


@slow_model
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("골목에 주차된 트럭이 소방차를 막습니다.", ["골목", "주차", "트럭", "소방차", "막다"]),
        ("가로등이 어두워요", ["가로등", "어둡다"]),  # an irregular stem
        ("깨끗한 공원", ["깨끗하다", "공원"]),  # a root with 하
        ("cctv 설치", ["CCTV", "설치"]),
        ("민원 조치 부탁드립니다", []),  # what every letter says
        ("***-****-**** 12:30 ㅠㅠ", []),  # masks, numbers, marks
        ("", []),
    ],
)
def test_kept_are_nouns_stems_and_foreign_words(text: str, expected: list[str]) -> None:
    assert one(text) == expected


@slow_model
def test_a_word_of_the_dictionary_is_not_cut_with_or_without_its_blank() -> None:
    assert "불법 주정차" not in one("불법주정차 불법 주정차")
    known = Dictionary(words=("불법 주정차",))
    assert one("불법주정차와 불법 주정차를", known) == ["불법 주정차"] * 2


@slow_model
def test_synonyms_are_counted_as_one_and_stop_words_of_ones_own_are_left_out() -> None:
    known = Dictionary(
        synonyms={"불법 주정차": "불법주차", "wifi": "와이파이"}, stopwords=frozenset({"단속"})
    )
    assert one("불법주정차 단속, WiFi와 와이파이", known) == ["불법주차", "와이파이", "와이파이"]
    assert "나무" in one("민원 나무", Dictionary(stopwords=COMPLAINT_STOPWORDS - {"민원"}))


@slow_model
def test_texts_pass_through_and_are_not_gathered() -> None:
    taken = 0

    def texts() -> Iterator[str | None]:
        nonlocal taken
        for number in range(5000):
            taken += 1
            yield None if number % 7 == 0 else "주차장이 좁습니다"

    found = words_of(texts())
    assert next(found) == []
    assert next(found) == ["주차장", "좁다"]
    assert taken < 200
    assert sum(1 for _ in found) == 4998


@slow_model
def test_counts_are_those_of_counting_by_hand_in_the_order_of_letters() -> None:
    texts = ["주차장 옆 주차장", None, "공원과 주차장", "", "공원"] * 500
    seen = []
    found = count_words(texts, whole=2500, progress=lambda *told: seen.append(told))
    at = {word: number for number, word in enumerate(found.words)}
    assert found.letters == 2500
    assert found.counts[:5].toarray()[:, at["주차장"]].tolist() == [2, 0, 1, 0, 0]
    assert found.counts[-1].toarray()[0, at["공원"]] == 1
    assert (found.totals()[at["주차장"]], found.spread()[at["주차장"]]) == (1500, 1000)
    assert found.totals(np.arange(2500) % 5 == 4)[at["공원"]] == 500
    assert seen == [(1000, 2500, "words"), (2000, 2500, "words")]


@slow_model
def test_texts_without_a_word_are_told() -> None:
    for texts in ([], ["", None, "***"]):
        with pytest.raises(MadangError) as told:
            count_words(texts)
        assert told.value.code == "texts_without_words"


@slow_model
def test_strange_texts_do_no_harm() -> None:
    strange = [
        "가" * 5000,
        "ㅋ" * 3000,
        "a\0b 주차",
        "\ud800 주차",
        "주차".encode().decode("latin1"),
        "💡 전등 🇰🇷",
    ]
    assert [("주차" in found) for found in words_of(strange)] == [False, False, True, True, False, False]
    assert len(words.tidied("가" * 1000).split()) == 5


@slow_model
def test_decomposed_syllables_are_the_same_words() -> None:
    import unicodedata

    assert one(unicodedata.normalize("NFD", "어두운 골목")) == one("어두운 골목")


@slow_model
def test_headlines_all_have_their_words() -> None:
    """Volume: 9,131 real headlines of KLUE; hardly any is without a word."""
    import csv

    with shared("text", "klue_ynat_test_data.csv").open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    found = count_words(titles)
    assert found.letters == 9131
    assert (found.counts.getnnz(axis=1) > 0).mean() > 0.99


def made(rows: list[list[int]]) -> WordCounts:
    return WordCounts(tuple("가나다라"[: len(rows[0])]), sp.csr_matrix(np.array(rows, np.int32)))


def test_words_of_few_or_of_nearly_all_letters_are_left_out() -> None:
    letters = made([[1, 1, 0], [2, 1, 0], [1, 0, 1], [1, 0, 0]])
    assert letters.common(least=2).words == ("가", "나")
    assert letters.common(least=1, most=0.5).words == ("나", "다")
    assert letters.common(least=2, most=0.5).counts.toarray().tolist() == [[1], [1], [0], [0]]


def test_npmi_by_hand() -> None:
    """Of four letters two hold 가, two 나, one both: ln(1/4 / (1/2 x 1/2)) = 0; never together -1; never apart 1."""
    columns = np.array([[1, 1, 0, 1], [1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]])
    found = npmi_of(columns)
    assert found[0, 1] == pytest.approx(0)
    assert (found[0, 2], found[0, 3]) == (-1, pytest.approx(1))
    assert found == pytest.approx(npmi_of(sp.csr_matrix(columns)))
    assert npmi_of(np.ones((3, 2)))[0, 1] == 1


def test_pairs_are_those_that_come_together_more_often_than_by_chance() -> None:
    rows = [[1, 1, 0, 1]] * 6 + [[0, 0, 1, 1]] * 6 + [[1, 0, 1, 0]] * 2
    found = pairs(made(rows), least=5)
    names = [
        ("가나다라"[a], "가나다라"[b]) for a, b in zip(found.one.tolist(), found.other.tolist(), strict=True)
    ]
    assert names[0] == ("가", "나")
    assert ("가", "다") not in names  # together in two letters only
    assert found.letters[0] == 6
    # p(가나) = 6/14, p(가) = 8/14, p(나) = 6/14
    assert found.npmi[0] == pytest.approx(np.log(14 / 8) / -np.log(6 / 14))


def test_the_backbone_keeps_the_heavy_ties_of_a_hub() -> None:
    """Serrano et al.: a word with k ties keeps one of share p where (1 - p) ** (k - 1) is small."""
    rng = np.random.default_rng(0)
    hub = (rng.random((4000, 30)) < 0.1).astype(np.int32)
    hub[:, 1] = hub[:, 0]
    letters = WordCounts(tuple(f"w{at}" for at in range(30)), sp.csr_matrix(hub))
    found = pairs(letters)
    drawn = found.backbone()
    assert (int(found.one[0]), int(found.other[0])) == (0, 1)
    assert drawn[0]
    assert drawn.mean() < 0.3
