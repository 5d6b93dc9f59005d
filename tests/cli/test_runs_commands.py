"""``madang analyses``, ``run``, ``runs``, ``why``: from the question to the rows behind its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.runs import analysis as analyses
from runs.made import analysis, city


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    analysis(tmp_path / "shipped")
    return str(city(tmp_path).folder)


def said(place: str, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["-w", place, *words])
    assert done.exit_code == code, done.output
    return done.output


def told(place: str, *words: str) -> Any:
    return json.loads(said(place, *words, "--json"))


def test_an_analysis_tells_what_it_asks_and_what_can_be_chosen(place: str) -> None:
    assert "문 닫은 가게" in said(place, "analyses")
    assert [each["id"] for each in told(place, "analyses")] == ["closed-shops"]
    one = said(place, "analyses", "closed-shops")
    assert "이 날부터" in one
    assert "개별 가게를 평가" in one


def test_from_a_question_to_the_rows_behind_a_number(place: str) -> None:
    shown = said(place, "run", "closed-shops", "--set", "least=5", "--by", "lee")
    assert "카페가 가장 많이, 9\u202f곳 닫았습니다." in shown
    assert "인허가 업종만 셉니다." in shown
    (made,) = told(place, "runs")
    assert made["parameters"]["least"] == 5
    assert made["behind"] == []
    assert f"madang why {made['key']} closed closed 0" in said(place, "why", made["key"])
    way = told(place, "why", made["key"], "closed", "closed", "0")
    assert way["number"] == "9\u202f곳"
    assert [(each["dataset"], each["count"]) for each in way["inputs"]] == [("bakeries", 0), ("cafes", 9)]
    assert [cell["row"] for cell in way["inputs"][1]["cells"]] == [2, 3, 4]
    assert "원본 카페.csv의 2행" in said(place, "why", made["key"], "closed", "closed", "0")
    assert "카페" in said(place, "runs", made["key"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run", "없는-분석"), "'없는-분석' 분석이 없습니다"),
        (("run", "closed-shops", "--set", "least"), "이름=값"),
        (("run", "closed-shops", "--set", "least=0"), "1에서 100 사이"),
        (("runs", "0123456789"), "실행이 없거나"),
    ],
)
def test_mistakes_are_told(place: str, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in said(place, *words, code=2)
