"""The shipped suggestion of departments: planted matters are known again, blurred letters are left to people, and what is
said to be sure is as often right; real letters, where they are at hand, are judged by labels that were hidden."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.messages import MadangError
from madang.results import Result, sentence
from madang.runs import Analyses, Input, Inputs, Part
from shared_data import shared

pytestmark = pytest.mark.slow
MATTERS = {
    "교통과": "버스 정류장 노선 배차 신호등 횡단보도 차량 주차 기사 요금".split(),
    "환경과": "쓰레기 악취 소음 매연 하천 오염 먼지 수거 분리 폐기물".split(),
    "복지과": "어르신 경로당 수당 장애인 급여 돌봄 도시락 지원금 상담 보육".split(),
}
ANYBODY = "동네 골목 아침 저녁 마음 사정 이웃 가족 소식 방법".split()
PEOPLE = "사람이 봅니다"


def found(folder: Path, rows: list[tuple[str | None, str]], **said: Any) -> Result:
    """The result for letters: what stands as department, and the body."""
    table = pa.table(
        {"source_row": range(2, len(rows) + 2), "department": pa.array([row[0] for row in rows], pa.string()),
         "category": pa.array([row[0] for row in rows], pa.string()), "title": [""] * len(rows), "body": [row[1] for row in rows]}
    )  # fmt: skip
    pq.write_table(table, folder / "letters.parquet")
    named = {name: name for name in ("source_row", "department", "category")}
    part = Part("letters", 1, "민원", "2026-01-01", named, (folder / "letters.parquet",), {"title": "title", "body": "body"})  # fmt: skip
    inputs = Inputs({"letters": Input("letters", (part,))}, seed=1)
    return Analyses(folder / "none")["department-suggestion"].run(inputs, **said).check()


def letter(rng: random.Random, name: str | None) -> str:
    """Eight words, half of them of the matter (None: of none), and a phone number that nobody else has."""
    own = rng.choices(MATTERS[name] if name else ANYBODY, k=4)
    return " ".join([*own, *rng.choices(ANYBODY, k=4), f"010-{rng.randrange(10**4):04d}-7391"])


def test_known_matters_are_suggested_and_blurred_letters_left_to_people(tmp_path: Path) -> None:
    """Of the letters with a department a third say nothing of it; of those without, row 2 to 31, every third."""
    rng = random.Random(5)
    rows: list[tuple[str | None, str]] = []
    kinds = [(name, n % 3 == 0) for n in range(10) for name in MATTERS]
    rows += [(None if n % 2 else " ", letter(rng, None if blurred else name)) for n, (name, blurred) in enumerate(kinds)]  # fmt: skip
    rows += [
        (name, letter(rng, name if rng.random() > 1 / 3 else None)) for _ in range(120) for name in MATTERS
    ]
    result = found(tmp_path, rows, sure=70)
    (all_,) = result.table("overview").rows.to_pylist()
    assert (all_["letters"], all_["departments"], all_["waiting"]) == (360, 3, 30)
    assert all_["accuracy"] == pytest.approx(
        100 * (2 / 3 + 1 / 9), abs=8
    )  # of the blurred third a third by luck
    said = {row["source_row"]: row for row in result.table("suggestions").rows.to_pylist()}
    clear = [said[n + 2]["name"] == name for n, (name, blurred) in enumerate(kinds) if not blurred]
    unclear = [said[n + 2]["name"] == PEOPLE for n, (_, blurred) in enumerate(kinds) if blurred]
    assert sum(clear) >= 0.9 * len(clear)
    assert sum(unclear) >= 0.8 * len(unclear)
    assert sum(row["letters"] for row in result.table("sureness").rows.to_pylist()) == 360
    assert "사람이 봅니다" in sentence(result.findings[1], result)
    wrong = result.table("confusions").rows.to_pylist()
    assert sum(row["letters"] for row in wrong) == round(360 * (1 - all_["accuracy"] / 100))
    for table in result.tables:
        told = str(table.rows.to_pylist())
        assert "7391" not in told
        assert not any(word in told for word in ("정류장", "폐기물", "경로당"))


def test_where_all_letters_have_one_it_says_so(tmp_path: Path) -> None:
    rng = random.Random(6)
    rows: list[tuple[str | None, str]] = [(name, letter(rng, name)) for _ in range(20) for name in MATTERS]
    result = found(tmp_path, rows)
    assert "권할 것이 없습니다" in sentence(result.findings[1], result)
    assert result.table("suggestions").rows.num_rows == 0
    with pytest.raises(MadangError) as caught:
        found(tmp_path, [(None, "버스가 늦습니다")] * 9)
    assert caught.value.code == "departments_few"


def test_labels_that_were_hidden_of_real_letters(tmp_path: Path) -> None:
    """Every fifth of 661 questions to Seoul's 120 without its class: what is said of them is right as often as promised."""
    with shared("text", "seoul-120-text_even.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))[::2]
    hidden = {n for n in range(len(told)) if n % 5 == 0}
    rows = [
        (None if n in hidden else row["분류"], f"{row['제목']} {row['내용']}") for n, row in enumerate(told)
    ]
    result = found(tmp_path, rows, learn="category")
    (all_,) = result.table("overview").rows.to_pylist()
    said = {row["source_row"]: row["name"] for row in result.table("suggestions").rows.to_pylist()}
    right = [said[n + 2] == told[n]["분류"] for n in hidden if said[n + 2] != PEOPLE]
    assert all_["accuracy"] > 60 > all_["baseline"]
    assert 100 * sum(right) / len(right) == pytest.approx(all_["right"], abs=10)
    assert len(right) > 0.7 * len(hidden)
