"""Analyses and runs on their pages: asked, computed by a job, recalled, shown, stale, followed back, compared, taken away."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from madang.runs import analysis as analyses
from madang.runs import way
from madang.runs.ledger import Ledger
from madang.web.audit.models import Entry
from madang.web.runs import why
from madang.web.work.models import Job
from madang.workspace import Workspace
from runs.made import CARD, CODE, analysis, shops
from web.deposits_helper import work
from web.shops_site import AT, FILLED, shops_site
from web_page import Page


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shipped"
    monkeypatch.setattr(analyses, "SHIPPED", folder)
    analysis(folder)
    return folder


@pytest.fixture
def ws(tmp_path: Path, shipped: Path) -> Iterator[Workspace]:
    with shops_site(tmp_path) as made:
        yield made


@pytest.fixture
def official(ws: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("official", username="kim")


def made(browser: Any, **said: Any) -> str:
    """The address of the result of a form that is sent."""
    answer = browser.post(AT, {**FILLED, **said})
    assert answer.status_code == 302, Page(answer).text
    if answer["Location"].startswith("/runs/"):
        return str(answer["Location"])
    work()
    answer = browser.get(answer["Location"])
    assert answer.status_code == 302, Page(answer).text
    return str(answer["Location"])


def test_the_list_says_the_question_and_when_it_was_answered(
    official: Any, ws: Workspace, tmp_path: Path
) -> None:
    page = Page(official.get("/analyses/"))
    assert page.texts("h2") == ["업태마다 몇 곳이 문을 닫았습니까?"]
    assert "어느 업태를 도울지" in page.text
    assert "아직 실행한 적이 없습니다" in page.text
    made(official)
    assert "마지막 실행" in Page(official.get("/analyses/")).text
    assert "새 판이 있음" not in Page(official.get("/analyses/")).text
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    assert "새 판이 있음" in Page(official.get("/analyses/")).text


def test_a_card_that_cannot_be_read_is_told_to_administrators(
    official: Any, shipped: Path, signed_in: Callable[..., Any]
) -> None:
    analysis(shipped, "broken", 'title = "없음"')
    assert "broken" in Page(signed_in("administrator").get("/analyses/")).text
    assert "broken" not in Page(official.get("/analyses/")).text


def test_the_form_asks_for_every_parameter_and_every_input_that_fits(official: Any) -> None:
    page = Page(official.get(AT))
    assert page.filled(AT) | {"csrfmiddlewaretoken": []} == {
        "csrfmiddlewaretoken": [], "in-shops": ["bakeries", "cafes"], "p-since": ["2000-01-01"], "p-least": ["1"],
        "p-order": ["closed"],
    }  # fmt: skip
    (least,) = page.tree.xpath("//input[@name='p-least']")
    assert [least.get(name) for name in ("type", "min", "max", "step")] == ["number", "1", "100", "1"]
    assert page.tree.xpath("//input[@name='p-since']/@type") == ["date"]
    assert page.tree.xpath("//select[@name='p-order']/option/@value") == ["closed", "name"]
    assert "개별 가게를 평가하는 데 쓰지 마십시오." in page.text
    assert "1에서 100까지" in page.text
    assert page.link("데이터 보기") == "/data/bakeries/"


def test_an_input_that_nothing_fits_says_what_to_do(official: Any, shipped: Path) -> None:
    analysis(
        shipped,
        card=CARD.replace('standard = "licence"', 'standard = "library"').replace(
            'columns = ["licensed_on", "closed_on", "status_code", "business_type"]\n', ""
        ),
    )
    page = Page(official.get(AT))
    assert "맞는 데이터가 없어 실행할 수 없습니다. ‘" in page.text
    assert page.link("파일 올리기") == "/deposits/new/"
    assert page.tree.xpath("//form[@class='run-form']//button/@disabled")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"p-least": "101"}, "1에서 100 사이"), ({"p-least": "세 곳"}, "'세 곳'"), ({"p-since": "2021-13-01"}, "2021-13-01"),
        ({"in-shops": []}, "하나 이상 고르십시오"), ({"in-shops": ["없는것"]}, "없는것"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_comes_back_with_what_was_said(
    official: Any, said: dict[str, Any], words: str
) -> None:
    answer = official.post(AT, {**FILLED, **said})
    page = Page(answer)
    assert answer.status_code == 400
    assert words in page.text
    assert page.tree.xpath("//input[@name='p-least']/@value") == [said.get("p-least", "1")]
    assert not Job.objects.exists()


def test_one_of_several_datasets_has_to_be_picked(official: Any, shipped: Path, ws: Workspace) -> None:
    analysis(shipped, card=CARD.replace("many = true", ""))
    page = Page(official.get(AT))
    assert page.texts("legend .pick") == ["하나 고르십시오"]
    assert not page.tree.xpath("//input[@name='in-shops']/@checked")
    assert len(page.tree.xpath("//input[@name='in-shops'][@required]")) == 2
    answer = official.post(AT, {**FILLED, "in-shops": []})
    assert answer.status_code == 400
    assert "‘인허가 자료’에서 쓸 데이터를 하나 고르십시오." in Page(answer).text
    analysis(shipped, card=CARD.replace("many = true", "optional = true"))
    optional = Page(official.get(AT))  # nothing is decided for anybody: neither which, nor to do without
    assert optional.texts("legend .pick") == ["하나나 ‘쓰지 않음’을 고르십시오"]
    assert not optional.tree.xpath("//input[@name='in-shops']/@checked")
    assert len(optional.tree.xpath("//input[@name='in-shops'][@required]")) == 3
    assert official.post(AT, {**FILLED, "in-shops": []}).status_code == 400
    picked = Page(official.get(f"{AT}?with=cafes"))
    assert picked.filled(AT)["in-shops"] == ["cafes"]
    assert not picked.texts("legend .pick")


def test_a_dataset_offers_the_analyses_that_it_answers(
    official: Any, shipped: Path, ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    analysis(shipped, "libraries", CARD.replace('"licence"', '"library"').replace('"licensed_on", "closed_on", "status_code", "business_type"', ""))  # fmt: skip
    page = Page(official.get("/data/cafes/"))
    (offered,) = page.find(".offer-group")
    assert offered.xpath("./h3")[0].text == "이 데이터로 할 수 있는 분석"
    assert offered.xpath(".//a/@href") == [f"{AT}?with=cafes"]
    filled = Page(official.get(f"{AT}?with=cafes")).filled(AT)
    assert (filled["in-shops"], filled["p-least"]) == (["cafes"], ["1"])
    ws.write_card(
        "cafes", {"title": "카페", "access": "internal", "steward": "위생과", "own_rows": "업태구분명"}
    )
    assert not Page(official.get("/data/cafes/")).find(".offer-group")  # a run reads it whole


def test_a_run_is_made_by_a_job_recorded_and_recalled_the_next_time(official: Any, ws: Workspace) -> None:
    answer = official.post(AT, FILLED)
    under_way = Page(official.get(answer["Location"]))
    assert "셈하는 중입니다" in under_way.text
    assert under_way.find("#under-way")[0].get("hx-get").startswith(answer["Location"])
    assert "차례를 기다리는 중" in under_way.text
    assert Page(official.get(AT)).link("얼마나 되었는지 보기") == answer["Location"]
    work()
    assert official.get(answer["Location"] + "?part=1").headers["HX-Refresh"] == "true"
    (entry,) = Entry.objects.filter(what="run.make")
    assert (entry.by, entry.detail["analysis"]) == ("kim", "closed-shops")
    assert entry.detail["inputs"] == {"shops": "bakeries@1, cafes@1"}
    address = official.get(answer["Location"])["Location"]
    assert entry.thing == "run:" + address.strip("/").removeprefix("runs/")
    again = official.post(AT, FILLED)
    assert again["Location"] == address
    assert Job.objects.count() == 1
    assert "그것을 보여 드립니다" in Page(official.get(address)).text


def test_a_run_that_is_stopped_leaves_nothing_and_the_form_as_it_was(official: Any, ws: Workspace) -> None:
    address = official.post(AT, {**FILLED, "p-least": "7"})["Location"]
    number = address.strip("/").split("/")[-1]
    Job.objects.update(
        state="running", lease="x", started_at=timezone.now(), lease_until=timezone.now() + timedelta(hours=1)
    )
    assert official.post(f"/work/{number}/cancel/", {"next": address})["Location"] == address
    stopping = Page(official.get(address))
    assert "멈추는 중" in stopping.text
    assert "멈추기" not in stopping.texts("button")
    Job.objects.update(state="cancelled")
    page = Page(official.get(address))
    assert "도중에 멈추었습니다" in page.text
    assert page.filled(AT)["p-least"] == ["7"]
    assert not list((ws.folder / "runs").glob("*")) if (ws.folder / "runs").exists() else True


def test_an_analysis_that_fails_says_why_beside_the_form(official: Any, shipped: Path) -> None:
    analysis(shipped, code=CODE.replace("    return Result(", "    1 / 0\n    return Result("))
    address = official.post(AT, FILLED)["Location"]
    from madang.messages import MadangError
    from madang.web.work import queue

    with pytest.raises(MadangError, match="division") as failed:
        work()
    job = Job.objects.get()
    queue.fail(job, failed.value, timezone.now(), lambda: 0.5, heals=False)
    page = Page(official.get(address))
    assert "끝나지 못했습니다" in page.text
    assert page.filled(AT)["in-shops"] == ["bakeries", "cafes"]


def test_nobody_sees_the_job_of_another(official: Any, signed_in: Callable[..., Any]) -> None:
    address = official.post(AT, FILLED)["Location"]
    assert signed_in("official", username="lee").get(address).status_code == 404


def test_the_result_begins_with_its_answer(official: Any) -> None:
    address = made(official)
    page = Page(official.get(address))
    assert page.texts(".answer p")[0] == "카페가 가장 많이, 9 곳 닫았습니다."
    assert [link.get("href") for link in page.find(".answer a")] == [
        f"{address}why/?table=closed&column=business_type&row=0", f"{address}why/?table=closed&column=closed&row=0",
    ]  # fmt: skip
    assert page.rows("table-closed") == [["카페", "20", "9"], ["제과점", "30", "7"]]
    limits = " ".join(page.texts("#limits"))
    for words in ("개별 가게를", "인허가 업종만 셉니다.", "cafes@1", "이 날부터", "2000-01-01", "김담당"):
        assert words in limits, words


def test_newer_data_are_told_and_asked_again_with_one_button(
    official: Any, ws: Workspace, tmp_path: Path
) -> None:
    address = made(official, **{"p-least": "2"})
    assert "새 판이 있음" not in Page(official.get(address)).text
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    page = Page(official.get(address))
    assert "이 결과를 낸 뒤 카페 데이터가 바뀌었습니다." in page.text
    fields = page.filled(AT)
    assert fields["p-least"] == ["2"]
    again = made(official, **{name: fields[name] for name in FILLED})
    assert again != address
    assert Page(official.get(again)).rows("table-closed")[0] == ["카페", "23", "12"]
    compared = Page(official.get(f"{address}compare/{again.strip('/').split('/')[-1]}/"))
    assert compared.rows("asked") == [["카페", *compared.rows("asked")[0][1:]]]
    assert compared.rows("table-closed") == [["카페", "20 → 23", "9 → 12"]]
    assert "달라진 행 1, 같은 행 1, 뒤에만 있는 행 0, 앞에만 있는 행 0" in compared.text


def test_values_can_be_changed_from_a_result(official: Any) -> None:
    address = made(official, **{"p-least": "25", "in-shops": ["bakeries"]})
    link = Page(official.get(address)).link("값을 바꿔 실행")
    filled = Page(official.get(link)).filled(AT)
    assert (filled["p-least"], filled["in-shops"]) == (["25"], ["bakeries"])


def test_a_number_is_followed_to_its_rows_and_their_cells(official: Any, ws: Workspace) -> None:
    address = made(official)
    page = Page(official.get(f"{address}why/?table=closed&column=closed&row=0"))
    assert page.texts(".why-head .figure") == ["9 곳"]
    assert "카페가 가장 많이, 9 곳 닫았습니다." in page.texts(".chain li")[0]
    bakeries, cafes = page.find(".chain li")[-2:]
    assert "0행" in bakeries.text_content()
    assert "9행" in cafes.text_content()
    assert [badge.text_content() for badge in cafes.xpath(".//span[@class='badge']")] == [
        "업태구분명 = 카페",
        "폐업일자 2000-01-01부터",
    ]
    rows = cafes.xpath(".//tbody/tr")
    assert len(rows) == 9
    assert [cell.text_content() for cell in rows[0].xpath("./td")][:3] == ["카페", "2021-05-01", "카페 0"]
    number = rows[0].xpath("./th/a")[0]
    assert number.text == "2"  # behind the header
    source = Page(official.get(number.get("href")))
    assert source.tree.xpath("//td[@data-marked]")[0].text_content().endswith("2021-05-01")
    listed = official.get(cafes.xpath(".//a[contains(., '모두 보기')]/@href")[0])
    assert "9행" in Page(listed).text or "/ 9" in Page(listed).text
    assert re.search(r"version=1", listed.request["QUERY_STRING"])


def test_many_rows_behind_a_number_are_turned_page_by_page(
    official: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(why, "_ROWS", 4)
    monkeypatch.setattr(why, "_LONGEST", 20)
    address = made(official)
    at, seen = "?table=closed&column=closed&row=0", []
    while at:
        cafes = Page(official.get(f"{address}why/{at}")).find(".chain li")[-1]
        assert not cafes.xpath(".//a[contains(., '모두 보기')]")  # an address that long is no address
        seen.append(cafes.xpath(".//tbody/tr/th/a/text()"))
        at = next(iter(cafes.xpath(".//nav/a[@rel='next']/@href")), "")
    assert [len(each) for each in seen] == [4, 4, 1]
    assert sorted(int(each) for page in seen for each in page) == list(
        range(2, 11)
    )  # the closed ones come first
    assert cafes.xpath("string(.//nav/span)") == "9–9 / 9"
    for page in ("0", "²", "-1"):
        assert official.get(f"{address}why/?table=closed&column=closed&row=0&page={page}").status_code == 404


@pytest.mark.parametrize("query", ["", "?table=x&column=closed&row=0", "?table=closed&column=x", "?table=closed&column=closed&row=99",
                                   "?table=closed&column=closed&row=-1", "?table=closed&column=closed&row=²"])  # fmt: skip
def test_a_number_that_is_not_there_is_missing(official: Any, query: str) -> None:
    assert official.get(f"{made(official)}why/{query}").status_code == 404


def test_personal_values_stay_masked_on_the_way_back(official: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way, "COLUMNS", 30)
    page = Page(official.get(f"{made(official)}why/?table=closed&column=closed&row=0"))
    (heads,) = page.texts(".chain table")
    assert "소재지전화" in heads
    assert "02-123-0000" not in page.text
    assert "0**********" in page.text


def test_reports_are_files_of_their_own(official: Any) -> None:
    address = made(official)
    answer = official.get(f"{address}report.html")
    assert answer.headers["Content-Disposition"].startswith(
        "attachment; filename*=UTF-8''%EB%AC%B8-%EB%8B%AB%EC%9D%80"
    )
    body = answer.content.decode()
    assert "카페" in body
    assert not re.search(r"(?:src|href)=\"?(?!#)|<script", body)
    book = openpyxl.load_workbook(io.BytesIO(official.get(f"{address}report.xlsx").content))
    assert [cell.value for cell in book["업태별 폐업"][2]] == ["카페", 20, 9]
    for form, kind in (("docx", "wordprocessingml.document"), ("hwpx", "application/hwp+zip")):
        answer = official.get(f"{address}report.{form}")
        assert kind in answer.headers["Content-Type"]
        assert answer.headers["Content-Disposition"].endswith(f".{form}")
        part = {"docx": "word/document.xml", "hwpx": "Contents/section0.xml"}[form]
        assert "카페" in zipfile.ZipFile(io.BytesIO(answer.content)).read(part).decode()
    assert official.get(f"{address}report.pdf").status_code == 404


def test_who_may_not_read_an_input_finds_no_run(
    official: Any, ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    address = made(official)
    other = made(official, **{"in-shops": ["bakeries"]})
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과", "readers": []})
    for path in (
        address,
        f"{address}why/?table=closed&column=closed&row=0",
        f"{address}report.xlsx",
        f"{address}report.docx",
        f"{other}compare/{address.strip('/').split('/')[-1]}/",
    ):
        assert official.get(path).status_code == 404, path
    assert len(Page(official.get("/runs/")).find("tbody tr")) == 1
    steward = signed_in("steward", posts=["위생과 위생관리팀"], department="위생과")
    resident = signed_in("resident")
    assert {resident.get(path).status_code for path in ("/analyses/", AT, "/runs/", address, other)} == {403}
    admin = signed_in("administrator", username="boss")
    assert admin.get(address).status_code == 200
    assert Entry.objects.filter(what="dataset.read", by="boss", thing__contains="cafes").exists()
    for form in ("html", "docx", "hwpx"):
        admin.get(f"{address}report.{form}")
    assert [each.detail["form"] for each in Entry.objects.filter(what="dataset.download", by="boss").order_by("pk")] == [
        "html", "docx", "hwpx",
    ]  # fmt: skip
    assert steward.get("/runs/").status_code == 200


def test_the_list_of_runs_is_of_one_analysis_where_asked(official: Any, shipped: Path) -> None:
    analysis(shipped, "other", CARD.replace("문 닫은 가게", "다른 분석"))
    made(official)
    assert official.post("/analyses/other/", FILLED).status_code == 302
    work()
    assert len(Page(official.get("/runs/")).find("tbody tr")) == 2
    page = Page(official.get("/runs/?analysis=other"))
    assert len(page.find("tbody tr")) == 1
    assert page.texts("h1") == ["다른 분석의 지난 결과"]
    assert len(Page(official.get("/runs/?by=kim")).find("tbody tr")) == 2
    none = Page(official.get("/runs/?analysis=other&by=lee"))
    assert not none.find("tbody tr")
    assert none.link("모든 결과 보기") == "/runs/"


def test_a_line_says_what_was_read_and_only_what_was_chosen(official: Any) -> None:
    made(official)
    made(official, **{"in-shops": ["cafes"], "p-least": "3"})
    rows = [row.xpath("./td") for row in Page(official.get("/runs/")).find("tbody tr")]
    said = {tuple(" ".join(cell.text_content().split()) for cell in row[1:3]) for row in rows}
    assert {(inputs.partition(" 20")[0], values) for inputs, values in said} == {
        ("빵집 1판, 카페 1판", "없음 (보통 값)"), ("카페 1판", "적어도 3 곳"),
    }  # fmt: skip


def test_what_is_declared_does_not_crowd_the_list(official: Any, ws: Workspace) -> None:
    key = made(official).strip("/").removeprefix("runs/")
    for n in range(3):
        copy = ws.folder / "runs" / f"{n}{key[1:]}x"
        shutil.copytree(ws.folder / "runs" / key, copy)
        told = json.loads((copy / "run.json").read_text("utf-8"))
        (copy / "run.json").write_text(
            json.dumps({**told, "key": copy.name, "analysis": "indicators/shops"}), "utf-8"
        )
    assert len(Page(official.get("/runs/")).find("tbody tr")) == 1
    assert len(Page(official.get("/runs/?analysis=indicators/shops")).find("tbody tr")) == 3


def test_runs_of_an_analysis_that_is_gone_can_still_be_read(official: Any, shipped: Path) -> None:
    address = made(official)
    shutil.rmtree(shipped / "closed-shops")
    page = Page(official.get(address))
    assert "카페가 가장 많이" in page.text
    assert "값을 바꿔 실행" not in page.text
    assert official.get(AT).status_code == 404


def test_an_analysis_of_the_workspace_waits_for_approval(official: Any, ws: Workspace) -> None:
    analysis(ws.folder / "content" / "analyses", "own-count")
    page = Page(official.get("/analyses/own-count/"))
    assert "madang approve own-count" in page.text
    assert "일부러 해치는 코드까지 막지는 못합니다" in page.text
    assert not page.tree.xpath("//form[@class='run-form']//button")
    answer = official.post("/analyses/own-count/", FILLED)
    assert answer.status_code == 400
    assert not Job.objects.exists()


def test_two_runs_of_different_questions_are_not_compared(official: Any, shipped: Path) -> None:
    analysis(shipped, "other", CARD)
    first = made(official)
    answer = official.post("/analyses/other/", FILLED)
    work()
    second = official.get(answer["Location"])["Location"].strip("/").split("/")[-1]
    assert official.get(f"{first}compare/{second}/").status_code == 404


def test_a_job_computes_what_was_asked_and_not_what_came_meanwhile(
    official: Any, ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = official.post(AT, FILLED)["Location"]
    ws.deposit(shops(tmp_path / "카페.csv", "카페", 12, 11), "cafes", standard="licence", by="lee")
    work()
    found = Page(official.get(official.get(address)["Location"]))
    assert found.rows("table-closed")[0] == ["카페", "20", "9"]
    monkeypatch.setattr(Ledger, "_computed", lambda *_: pytest.fail("it was recalled before"))
    assert "새 판이 있음" in found.text
