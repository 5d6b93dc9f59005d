"""``madang analyses``, ``run``, ``runs``, ``why``: from the question to the rows behind its numbers."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.test_reference import section
from madang.access import owner
from madang.bank import seen
from madang.cli import main
from madang.runs import analysis as analyses
from madang.workspace import Workspace
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
    assert re.search(r"^least .* 1 +1–100( \w+)?$", one, re.MULTILINE)


def test_from_a_question_to_the_rows_behind_a_number(place: str) -> None:
    shown = said(place, "run", "closed-shops", "--set", "least=5", "--by", "lee")
    assert "카페가 가장 많이, 9\u202f곳 닫았습니다." in shown
    assert "인허가 업종만 셉니다." in shown
    (made,) = told(place, "runs")
    assert made["parameters"]["least"] == 5
    assert made["behind"] == []
    short = made["key"][:8]
    assert f"madang why {short} closed closed 0" in said(place, "why", short)
    way = told(place, "why", short, "closed", "closed", "0")
    assert (way["number"], way["value"], way["label"]) == ("9\u202f곳", 9, "폐업")
    assert way["of"] == [{"label": "업태", "value": "카페"}]
    assert way["sentences"] == ["카페가 가장 많이, 9\u202f곳 닫았습니다."]
    bakeries, cafes = way["inputs"]
    assert [(each["dataset"], each["version"], each["count"]) for each in (bakeries, cafes)] == [
        ("bakeries", 1, 0),
        ("cafes", 1, 9),
    ]
    assert [row["source_row"] for row in cafes["rows"]] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert cafes["conditions"] == ["업태구분명 = 카페", "폐업일자: 2000-01-01부터"]
    assert "카페" in said(place, "runs", short)


def test_a_number_is_told_with_its_sentence_its_rows_and_the_original(place: str) -> None:
    key = told(place, "run", "closed-shops")["key"][:6]
    shown = said(place, "why", key, "closed", "closed", "0")
    for words in (
        "폐업: 9\u202f곳 (업태 카페)",
        "카페가 가장 많이",
        "의 9행에서 나왔습니다",
        "(cafes@1, ",
        "업태구분명 = 카페 · 폐업일자: 2000-01-01부터",
    ):
        assert words in shown
    assert f"madang why {told(place, 'runs')[0]['key'][:8]} closed closed 0 --original cafes:2" in shown
    original = said(place, "why", key, "closed", "closed", "0", "--original", "cafes:3")
    assert "원본 카페.csv의 3행" in original
    assert re.search(r"^사업장명 +카페 1$", original, re.MULTILINE)
    assert "찾을 수 없습니다" in said(
        place, "why", key, "closed", "closed", "0", "--original", "cafes:99", code=2
    )
    assert "데이터:행" in said(place, "why", key, "closed", "closed", "0", "--original", "4", code=2)


def test_what_is_personal_in_an_original_is_starred(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = told(place, "run", "closed-shops")["key"]
    named = next(
        each.name for each in Workspace.open(place).bank["cafes"].latest.columns if each.label == "사업장명"
    )
    monkeypatch.setattr(seen, "personal_now", lambda bank, dataset, version: frozenset({named}))
    original = said(place, "why", key, "closed", "closed", "0", "--original", "cafes:3")
    assert re.search(r"^사업장명 +\*\*\*$", original, re.MULTILINE)
    assert re.search(r"^영업상태명 +폐업$", original, re.MULTILINE)


def test_the_beginning_of_a_key_is_enough_where_it_is_of_one_run_only(place: str) -> None:
    key = told(place, "run", "closed-shops")["key"]
    runs = Path(place) / "runs"
    shutil.copytree(runs / key, runs / f"{key[:4]}x")
    assert "카페" in said(place, "runs", key[:5])
    assert "여럿입니다" in said(place, "runs", key[:4], code=2)
    assert "실행이 없거나" in said(place, "runs", "../x", code=2)


def test_every_printed_key_of_a_run_is_in_the_reference(place: str) -> None:
    run = told(place, "run", "closed-shops")
    listed = section("`analyses")
    (one,) = told(place, "analyses")
    whole = told(place, "analyses", "closed-shops")
    assert {*one, *whole, *whole["parameters"][0], *whole["inputs"][0]} <= listed
    shown = section("`run --json`, `runs --json`")
    assert {*run, *run["inputs"][0], *run["findings"][0], *run["findings"][0]["cells"][0]} <= shown
    assert {*run["tables"][0], *run["tables"][0]["columns"][0]} <= shown
    assert set(told(place, "runs")[0]) <= shown
    way = told(place, "why", run["key"], "closed", "closed", "0")
    assert {*way, *way["inputs"][1], *way["inputs"][1]["columns"][0], *way["of"][0]} <= section("`why")


def test_a_report_is_written_in_the_form_that_its_name_ends_in(place: str, tmp_path: Path) -> None:
    said(place, "run", "closed-shops", "--set", "least=5", "--by", "lee")
    ((key, *_),) = [line.split() for line in said(place, "runs").splitlines()[1:]]
    for form, part in (
        ("docx", "word/document.xml"),
        ("hwpx", "Contents/section0.xml"),
        ("xlsx", "xl/workbook.xml"),
    ):
        assert f"보고서.{form}" in said(place, "runs", key, "--report", str(tmp_path / f"보고서.{form}"))
        assert part in zipfile.ZipFile(tmp_path / f"보고서.{form}").namelist()
    said(place, "runs", key, "--report", str(tmp_path / "a.HTML"))
    page = (tmp_path / "a.HTML").read_text("utf-8")
    for words in (
        "업태마다 몇 곳이 문을 닫았습니까?",
        "적어도</dt><dd>5\u202f곳",
        "인허가 자료",
        "개별 가게를 평가하는 데",
        key,
    ):
        assert words in page, words
    assert ".docx" in said(place, "runs", key, "--report", str(tmp_path / "a.pdf"), code=2)
    assert "열쇠" in said(place, "runs", "--report", str(tmp_path / "a.docx"), code=2)


def test_a_report_of_a_made_up_city_says_so(place: str, tmp_path: Path) -> None:
    said(place, "run", "closed-shops")
    ws = Workspace.open(place)
    (made,) = ws.ledger.runs(by=owner("lee"))
    made_up = replace(ws, settings=replace(ws.settings, synthetic="True"))
    for each, marked in ((ws, False), (made_up, True)):
        page = each.save_report(made, tmp_path / "a.html").read_text("utf-8")
        assert ("[표본] 문 닫은 가게" in page) is marked


def test_a_report_of_what_is_restricted_stands_in_the_journal(place: str, tmp_path: Path) -> None:
    said(place, "run", "closed-shops")
    ws = Workspace.open(place)
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과"})
    (made,) = ws.ledger.runs(by=owner("lee"))
    ws.save_report(made, tmp_path / "a.html", by="lee")
    taken = [each for each in ws.journal.path.read_text("utf-8").splitlines() if "dataset.download" in each]
    assert len(taken) == 1
    assert "cafes" in taken[0]
    assert made.key in taken[0]


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
