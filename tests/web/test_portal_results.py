"""Open results on the public pages, with the bank and the runs moved away: the story, its numbers, its files, its end."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from madang.release import Treatment
from madang.workspace import Workspace
from release import city, found
from release.found import decision, results
from runs.made import shops
from web_page import Page

AT = "/open/results/동의-사람/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """People by neighbourhood are open, licences are not; the bank and the runs are gone."""
    with pytest.MonkeyPatch.context() as patch:
        ws = found.city(tmp_path_factory.mktemp("results"), patch)
        found.borders(patch)
        ws.write_card("cafes", {"title": "카페 인허가", "access": "internal", "steward": "위생과"})
        kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
        ws.releases.decide(city.decision("people-open", "동별사람", columns=kept, title="동별 사람 수"))
        results(ws).decide(decision(ws.run("dong-people", by="lee"), title="동의 사람"))
        results(ws).decide(
            found.ResultDecision("거둔-결과", ws.run("dong-people").key, **city.SAID, with_rows=("dongs",))
        )
        results(ws).withdraw("거둔-결과", by="kim", post="기획과", document="기획과-2", ground="다시 셈")
    for away in ("bank", "runs", "content/releases"):
        (ws.folder / away).rename(ws.folder / f"{Path(away).name}-away")
    return ws


@pytest.fixture
def anybody(made: Workspace) -> Iterator[Client]:
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


def page(anybody: Client, address: str, status: int = 200) -> Page:
    answer = anybody.get(address)
    assert answer.status_code == status
    return Page(answer)


def test_data_of_several_days_are_told_with_the_first_and_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = found.city(tmp_path, monkeypatch)
    lines = ["동코드,인구수,통장", *(f"{code},{count},-" for code, count in found.PEOPLE.items())]
    people = tmp_path / "동별사람_20260930.csv"
    people.write_text("\n".join(lines), encoding="utf-8")
    ws.deposit(people, "동별사람", standard="places", by="lee")
    ws.deposit(shops(tmp_path / "카페_20261028.csv", "카페", 9, 12), "cafes", standard="licence", by="lee")
    results(ws).decide(decision(ws.run("dong-people", by="lee")))
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        told = page(Client(SERVER_NAME="127.0.0.1"), AT)
    assert "2026-09-30부터 2026-10-28 사이 기준" in told.texts(".open-facts")[0]


def test_the_story_reads_from_question_to_method(anybody: Client) -> None:
    told = page(anybody, AT)
    assert told.texts("h1") == ["어느 동에 사람이 많습니까?"]
    assert "가장 많은 동은 9911054000, 60\u202f명입니다." in told.text.replace("60 명", "60\u202f명")
    assert "문장 1개는 싣지 않았습니다" in told.text
    assert told.text.count("비공개") >= 5
    assert told.tree.xpath("//figure[contains(@class, 'result-chart')]")
    for words in (
        "해마다 다시 봅니다.",
        "동마다 셉니다.",
        "동을 줄 세우는 데 쓰지 마십시오.",
        "자치행정과-1234",
        "카페 인허가",
    ):
        assert words in told.text
    assert told.link("동별사람") == "/open/people-open/"
    assert told.tree.xpath("//a[text()='카페 인허가']") == []
    assert "lee" not in told.text
    assert "kim" not in told.text


def test_maps_stand_with_their_table_and_hide_what_it_hides(anybody: Client) -> None:
    told = page(anybody, AT)
    (twice, people) = told.tree.xpath("//section[@id='table-dongs']/figure[@class='result-chart']")
    assert told.tree.xpath("//section[@id='table-dongs']/figure/following-sibling::div//table")
    assert not told.tree.xpath("//section[@id='table-kinds']/figure")
    (bars,) = told.tree.xpath("//figure[@class='result-chart'][not(ancestor::section[@id='table-dongs'])]")
    words = bars.xpath(".//svg[1]//text[@class='value']/text()")
    assert words.count("비공개") == 2
    assert "자료 없음" not in words
    (wide, _narrow) = twice.xpath(".//svg")
    assert wide.get("aria-label").endswith("비공개 2곳.")
    assert len(wide.xpath(".//*[contains(@class, 'hatch')]")) == 3  # of both, and in the key
    shown = " ".join(people.xpath(".//svg[1]//text()"))
    assert "60\u202f명" in shown
    assert "비공개" in shown
    assert not re.search(r"(?<!\d)[37]\u202f명", shown)


def test_who_reads_english_reads_nothing_korean_but_what_was_written(anybody: Client) -> None:
    anybody.cookies["madang_language"] = "en"
    told = page(anybody, AT)
    for words in ("비공개", "자료 없음", "만\u202f", "기준"):
        assert words not in told.text
    assert told.text.count("withheld") >= 5
    lines = anybody.get(f"{AT}tables/dongs.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith(",Note")


def test_a_number_leads_to_rows_that_are_open_and_no_further(anybody: Client) -> None:
    way = page(anybody, f"{AT}why/?table=dongs&column=people&row=3")
    assert "1행" in way.text
    rows = page(anybody, way.link("1행 모두 보기").partition("#")[0])
    assert "9911054000" in rows.text
    assert "9911053000" not in rows.text
    closed = page(anybody, f"{AT}why/?table=kinds&column=closed&row=0")
    assert "카페 인허가" in closed.text
    assert "밖에서 볼 수 없어" in closed.text
    assert not [each for each in closed.tree.xpath("//main//a/@href") if "rows" in each]


@pytest.mark.parametrize("asked", ["table=dongs&column=people&row=0", "table=dongs&column=twice&row=0", "table=dongs&column=people&row=9",
                                   "table=none&column=people", "table=dongs&column=none", "row=x", ""])  # fmt: skip
def test_what_is_withheld_or_is_not_there_has_no_way(anybody: Client, asked: str) -> None:
    page(anybody, f"{AT}why/?{asked}", 404)


def test_tables_are_taken_as_files_without_what_is_withheld(anybody: Client) -> None:
    answer = anybody.get(f"{AT}tables/dongs.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0] == ["행정동코드", "사람 (명)", "두 배", "비고"]
    assert lines[1] == ["9911051000", "", "", "비공개"]
    assert lines[4] == ["9911054000", "60", "120.0", ""]
    assert anybody.get(f"{AT}tables/none.csv").status_code == 404
    assert anybody.get(f"{AT}tables/dongs.exe").status_code == 400


def test_it_is_found_listed_and_used_like_other_open_data(anybody: Client) -> None:
    front = page(anybody, "/")
    assert front.link("동의 사람") == AT.replace("동의-사람", "%EB%8F%99%EC%9D%98-%EC%82%AC%EB%9E%8C")
    assert "분석 결과" in front.text
    assert "동의 사람" in page(anybody, "/?q=ㄷㅇㅅㄹ").text
    rows = anybody.get("/open/동의-사람/rows.json").json()
    assert (rows["withheld"], rows["rows"][3]["people"]) == (4, 60)
    assert "결과 보기" in page(anybody, "/open/동의-사람/").text
    assert anybody.get("/open/api/v1/datasets/동의-사람/rows").json()["rows"][3]["people"] == 60


def test_what_was_taken_back_says_so(anybody: Client) -> None:
    told = page(anybody, "/open/results/거둔-결과/", 410)
    assert "다시 셈" in told.text
    assert "60" not in told.text
    page(anybody, "/open/results/없음/", 404)
    page(anybody, "/open/results/people-open/", 404)


def test_nothing_but_the_open_bank_is_read(made: Workspace, anybody: Client) -> None:
    secret: list[Any] = [path for path in (made.folder / "open").rglob("*") if path.is_file() and "폐업일자".encode() in path.read_bytes()]  # fmt: skip
    assert secret == []
    assert not (made.folder / "bank").exists()
