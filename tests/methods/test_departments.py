"""Departments suggested: what is known is found, what is not is not named, and said confidence is what comes true."""

from __future__ import annotations

import csv
import random

import numpy as np
import pytest

from madang.messages import MadangError
from madang.methods import departments as method
from madang.methods.calibration import (
    Calibration,
    Mending,
    calibration_error,
    reliability,
    temperature_of,
    with_temperature,
)
from madang.methods.departments import learn_departments
from madang.methods.features import piece_counts
from madang.methods.words import count_words
from shared_data import shared

MATTERS = {
    "교통과": "버스 정류장 노선 배차 신호등 횡단보도 차량 주차 기사 요금".split(),
    "환경과": "쓰레기 악취 소음 매연 하천 오염 먼지 수거 분리 폐기물".split(),
    "복지과": "어르신 경로당 수당 장애인 급여 돌봄 도시락 지원금 상담 보육".split(),
}
ANYBODY = "동네 골목 아침 저녁 마음 사정 이웃 가족 소식 방법".split()


def made_up(rng: random.Random, each: int, blurred: float = 0.0) -> tuple[list[str], list[str]]:
    """Letters of six words; `blurred` of them say nothing of their matter."""
    texts, departments = [], []
    for name, words in MATTERS.items():
        for _ in range(each):
            said = ANYBODY if rng.random() < blurred else words
            texts.append(" ".join(rng.choices(said, k=3) + rng.choices(ANYBODY, k=3)))
            departments.append(name)
    return texts, departments


@pytest.mark.slow
def test_side_by_side_the_same_is_learnt_as_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_up(random.Random(5), 60, blurred=0.4)
    alone = learn_departments(*made)
    monkeypatch.setattr(method, "_MANY", 0)
    beside = learn_departments(*made, workers=2)
    assert beside.held_out == alone.held_out
    assert beside.suggest(made[0][:50]) == alone.suggest(made[0][:50])


@pytest.mark.slow
def test_who_stops_while_folds_are_learnt_side_by_side_is_free_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(method, "_MANY", 0)

    def stop(done: int, *_: object) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt, match="1"):
        learn_departments(*made_up(random.Random(1), 60), progress=stop)
    known = learn_departments(*made_up(random.Random(1), 60))  # the workers are there for the next
    assert known.held_out.accuracy > 0.95


@pytest.mark.slow
def test_a_letter_goes_to_the_department_of_its_words_and_says_why() -> None:
    seen = []
    known = learn_departments(*made_up(random.Random(1), 60), progress=lambda *told: seen.append(told))
    assert seen == [(at, 6, "departments") for at in range(1, 7)]
    assert known.held_out.accuracy > 0.95
    assert known.held_out.macro_f1 > 0.95
    assert known.held_out.baseline == pytest.approx(1 / 3)
    bus, empty, strange = known.suggest(["버스 정류장 옆 골목", "", "qwerty 12345"])
    assert bus.department == "교통과"
    assert set(bus.words[:2]) == {"버스", "정류장"}
    assert bus.nearest[0] == "교통과"
    assert set(bus.nearest) == set(MATTERS)
    assert bus.confidence > 0.9
    assert strange.confidence == 0
    assert empty.department is None
    assert strange.department is None
    assert known.suggest([]) == ()


@pytest.mark.slow
def test_words_that_were_counted_before_need_not_be_counted_again() -> None:
    texts, departments = made_up(random.Random(5), 30)
    afresh = learn_departments(texts, departments)
    again = learn_departments(texts, departments, words=count_words(texts))
    assert again.held_out == afresh.held_out
    assert again.suggest(texts[:9]) == afresh.suggest(texts[:9])


@pytest.mark.slow
def test_letters_that_say_nothing_get_no_suggestion_and_said_confidence_is_true() -> None:
    """Four of ten letters are blurred: a third of these can be right by luck, 0.73 in all."""
    texts, departments = made_up(random.Random(2), 500, blurred=0.4)
    known = learn_departments(texts, departments, threshold=0.7)
    held = known.held_out
    assert held.accuracy == pytest.approx(0.6 + 0.4 / 3, abs=0.06)
    assert held.accuracy_low < 0.6 + 0.4 / 3 < held.accuracy_high
    assert held.calibration < 0.06
    assert held.suggested == pytest.approx(0.6, abs=0.1)
    assert held.right > 0.95
    assert known.suggest(["동네 골목 아침 저녁"])[0].department is None


@pytest.mark.slow
def test_departments_with_few_letters_are_said_and_count_as_wrong() -> None:
    texts, departments = made_up(random.Random(3), 40)
    texts += ["화장실 고장"] * 3 + [f"공원 의자 {word}" for word in ANYBODY]
    departments += ["시설과"] * 3 + ["공원과"] * 10
    known = learn_departments(texts, departments)
    assert known.left_out == (("시설과", 3),)
    assert {each.department for each in known.held_out.departments if each.few} == {"공원과"}
    assert known.held_out.letters == 133
    assert known.held_out.accuracy <= 130 / 133


@pytest.mark.slow
def test_letters_of_one_issue_are_held_out_together() -> None:
    """One text sent by fifty says nothing of the others: held out one by one it would be known beforehand."""
    rng = random.Random(4)
    texts = [" ".join(rng.choices(ANYBODY, k=6)) for _ in range(20)]
    departments = ["교통과", "환경과"] * 10
    many, homes = [text for text in texts for _ in range(8)], [name for name in departments for _ in range(8)]
    apart = learn_departments(many, homes).held_out.accuracy
    together = learn_departments(many, homes, groups=np.repeat(np.arange(20), 8)).held_out.accuracy
    assert apart > 0.9
    assert together < 0.75


def test_impossible_inputs_are_told() -> None:
    with pytest.raises(MadangError) as told:
        learn_departments(["가", "나"], ["교통과"])
    assert told.value.code == "departments_lengths"
    with pytest.raises(MadangError) as told:
        learn_departments(["가"] * 9, ["교통과"] * 7 + ["환경과"] * 2)
    assert (told.value.code, told.value.params["count"]) == ("departments_few", 1)


def test_the_temperature_of_scores_that_are_too_sure_is_found() -> None:
    """Classes drawn by the confidences of scores; the same scores five times as large need the temperature 5."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(20_000, 4))
    sure = with_temperature(scores, 1.0)
    truth = (sure.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert temperature_of(scores, truth) == pytest.approx(1, abs=0.05)
    assert temperature_of(5 * scores, truth) == pytest.approx(5, abs=0.25)
    right = sure.argmax(axis=1) == truth
    assert calibration_error(Calibration.of(5 * scores, truth).confidence(5 * scores), right) < 0.02
    assert calibration_error(sure.max(axis=1), right) < 0.02
    assert calibration_error(with_temperature(scores, 0.2).max(axis=1), right) > 0.2


def test_the_calibration_error_by_hand() -> None:
    """Two letters said at 0.9 of which one is right, two at 0.4 of which one is: (2 x 0.4 + 2 x 0.1) / 4."""
    assert calibration_error([0.9, 0.9, 0.4, 0.4], [1, 0, 1, 0]) == pytest.approx(0.25)


def test_pieces_are_counted_for_each_text() -> None:
    counts = piece_counts(["가나다", "", None, "가나다 가나다", "가나다\n 가나다"])
    one = 2 + 1 + 1  # 가나 나다, 가나다, and 가나다 again as a piece of four
    assert counts.sum(axis=1).A1.tolist() == [one, 0, 0, 6 + 5 + 4, 6 + 5 + 4]
    assert (counts[3] != counts[4]).nnz == 0


@pytest.mark.slow
def test_questions_to_seoul_120() -> None:
    """1,322 real texts of ten classes, 40 % of one: held out by five folds; nothing was set by looking at them."""
    with shared("text", "seoul-120-text_even.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = learn_departments(
        [f"{row['제목']}\n{row['내용']}" for row in rows], [row["분류"] for row in rows]
    )
    held = known.held_out
    assert held.accuracy > 0.68 > held.baseline
    assert held.calibration < 0.06
    assert held.right > held.accuracy
    assert {each.department for each in held.departments if each.few} == {"건강", "여성가족"}


def test_probabilities_that_are_too_sure_are_mended_and_true_ones_left() -> None:
    """Drawn with known chances: as said, and as a beta map of what was said; the log-odds of the map come back."""
    rng = np.random.default_rng(8)
    said = rng.beta(0.5, 3, 60_000)
    group = rng.integers(2, size=said.size)
    true = Mending.of(said, rng.random(said.size) < said, group, 2)
    tried = said <= true.top
    assert true.mended(said, group)[tried] == pytest.approx(said[tried], abs=0.04)
    odds = 0.8 * np.log(said) - 0.3 * np.log1p(-said) + np.array([-0.2, -1.0])[group]
    came = rng.random(said.size) < 1 / (1 + np.exp(-odds))
    sure = Mending.of(said, came, group, 2)
    assert (sure.low, sure.high) == (pytest.approx(0.8, abs=0.1), pytest.approx(0.3, abs=0.15))
    assert sure.shifts == (pytest.approx(-0.2, abs=0.2), pytest.approx(-1.0, abs=0.2))
    assert (sure.cases, sure.events) == (said.size, came.sum())


def test_what_was_seldom_said_is_believed_no_more_than_what_was_often_said() -> None:
    """Nothing above 0.5 was said twenty times: 0.99 counts as 0.5."""
    said = np.r_[np.full(500, 0.1), np.full(30, 0.5), np.full(3, 0.95)]
    came = np.r_[np.arange(500) % 10 == 0, np.arange(30) % 2 == 0, np.ones(3, bool)]
    mending = Mending.of(said, came, np.zeros(len(said), int), 1)
    assert mending.top == 0.5
    assert mending.mended(0.99, 0) == mending.mended(0.5, 0) == pytest.approx(0.5, abs=0.05)
    assert mending.mended(0.1, 0) == pytest.approx(0.1, abs=0.01)


def test_the_steps_of_what_was_said_by_hand() -> None:
    assert reliability([0.05, 0.15, 0.15, 1.0], [0, 1, 0, 1]) == (
        (0.05, 0.0, 1),
        (pytest.approx(0.15), 0.5, 2),
        (1.0, 1.0, 1),
    )
