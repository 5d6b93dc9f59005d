"""Pages of deciding about results: looked at, opened, taken back, recorded; by who may open all that was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import override_settings
from django.utils import timezone

from madang.access import Person
from madang.release import Treatment
from madang.release import results as release_results
from madang.release.results import OpenResults
from madang.runs import ledger as runs_ledger
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.releases import jobs, result_form
from madang.workspace import Workspace
from release import city, found
from runs.made import analysis
from web_page import Page

GIVEN = {"edition": "동의-사람", "title": "동의 사람", "document": "기획과-1", "ground": "공공데이터법 제17조", "post": "기획과",
         "licence": "kogl-1", "least": "5", "rows:dongs": "1"}  # fmt: skip
OF = f"/releases/results/of/{quote('동의-사람')}/"


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    made = found.city(tmp_path, monkeypatch)
    for dataset in ("동별사람", "cafes"):
        made.write_card(dataset, {"title": dataset, "access": "internal", "steward": "기획과"})
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield made


@pytest.fixture
def address(ws: Workspace) -> str:
    return f"/releases/results/new/{ws.run('dong-people', by='lee').key}/"


@pytest.fixture
def steward(signed_in: Callable[..., Any]) -> Any:
    return signed_in("steward", username="kim", posts=["기획과"])


def test_a_steward_looks_decides_and_takes_back(steward: Any, ws: Workspace, address: str) -> None:
    form = Page(steward.get(address))
    assert "누구를 센 것인지" in form.text
    assert form.filled(address)["post"] == ["기획과"]
    looked = Page(steward.post(address, {**GIVEN, "do": "preview"}))
    assert "문장 1개는 싣지 않습니다." in looked.text
    assert "숫자를 가리는 행 2개" in looked.text
    assert Page(steward.get("/releases/")).link("데이터 고르러 가기")
    answer = steward.post(address, {**GIVEN, "do": "decide", "once": "abc"})
    assert answer.status_code == 302, Page(answer).text
    steward.post(address, {**GIVEN, "do": "decide", "once": "abc"})
    assert Page(steward.get("/releases/")).link("동의 사람") == OF
    page = Page(steward.get(OF))
    assert "개방 중" in page.text
    assert page.link("주민이 보는 화면") == f"/open/results/{quote('동의-사람')}/"
    (entry,) = Entry.objects.filter(thing="result:동의-사람")
    assert (entry.what, entry.by, entry.detail["document"]) == ("release.decide", "kim", "기획과-1")
    wrong = steward.post(OF, {"document": "", "ground": "다시 셈", "post": "기획과"})
    assert wrong.status_code == 400
    assert (
        steward.post(OF, {"document": "기획과-2", "ground": "다시 셈", "post": "기획과"}).status_code == 302
    )
    assert OpenResults(ws.releases, ws.ledger).result("동의-사람").state == "withdrawn"
    assert Entry.objects.filter(thing="result:동의-사람", what="release.withdraw").count() == 1
    assert "개방 거두기" not in Page(steward.get(OF)).text


def test_who_would_replace_what_is_open_is_told_and_what_was_chosen_is_said_in_words(
    steward: Any, ws: Workspace, tmp_path: Path
) -> None:
    code = found.CODE.replace("def run(inputs: Inputs)", "def run(inputs: Inputs, *, whole: bool = True)")
    analysis(tmp_path / "shipped", "dong-people", found.CARD, code)
    ws = Workspace.open(ws.folder)
    first, second = (ws.run("dong-people", {"whole": said}, by="lee").key for said in ("true", "false"))
    told = "‘동의 사람’ 결과가 이미 열려 있습니다"
    at = f"/releases/results/new/{second}/"
    given = {**GIVEN, "edition": "result-dong-people"}
    assert told not in Page(steward.get(at)).text
    steward.post(f"/releases/results/new/{first}/", {**given, "do": "decide"})
    assert told in Page(steward.get(at)).text
    assert told not in Page(steward.get(f"/releases/results/new/{first}/")).text  # it is this one
    looked = steward.post(at, {**given, "do": "preview"})
    assert told in Page(looked).text
    assert told not in Page(steward.post(at, {**given, "edition": "other", "do": "preview"})).text
    steward.post(at, {**given, "do": "decide"})
    public = Page(steward.get("/open/results/result-dong-people/")).text
    assert "아니요" in public
    assert "False" not in public
    steward.post(
        "/releases/results/of/result-dong-people/", {"document": "1", "ground": "거둠", "post": "기획과"}
    )
    assert told not in Page(steward.get(f"/releases/results/new/{first}/")).text


def test_who_keeps_the_data_hears_once_that_they_are_closed_and_what_was_found_is_open(
    steward: Any, ws: Workspace, address: str
) -> None:
    steward.post(address, {**GIVEN, "do": "decide"})
    jobs.tell_of_shut(timezone.now())
    assert not Notice.objects.exists()
    assert "제한" not in Page(steward.get(OF)).text
    for access in ("restricted", "internal", "restricted"):
        ws.write_card("cafes", {"title": "카페 인허가", "access": access, "steward": "기획과"})
        for _ in range(2):
            jobs.tell_of_shut(timezone.now())
    told = Notice.objects.order_by("id")
    assert [(each.code, each.post, each.url, bool(each.resolved_at)) for each in told] == [
        ("notice_release_restricted", "기획과", OF, True), ("notice_release_restricted", "기획과", OF, False),
    ]  # fmt: skip
    assert "결과 '동의 사람'이 읽은 데이터가 제한 자료로" in Page(steward.get("/notices/")).text
    assert "제한 자료로 바뀌었습니다: 카페 인허가." in Page(steward.get(OF)).text
    assert "읽은 데이터가 제한됨" in Page(steward.get("/releases/")).text
    steward.post(address, {**GIVEN, "do": "decide", "restricted_ground": "위원회 의결"})
    jobs.tell_of_shut(timezone.now())
    assert not Notice.objects.filter(resolved_at=None).exists()
    assert "제한 자료로 바뀌었습니다" not in Page(steward.get(OF)).text


def test_who_decides_is_told_whose_rows_leave_and_says_that_it_is_known(
    steward: Any, ws: Workspace, address: str
) -> None:
    told = "‘동별 사람’ 표에 실려 ‘동별사람’의 행도 나갑니다(이 데이터는 열려 있지 않습니다). 항목: 행정동코드, 사람"
    given = {name: value for name, value in GIVEN.items() if name != "rows:dongs"}
    assert "이 표의 행도 나가는 것을 알고 있습니다" in Page(steward.get(address)).text
    looked = Page(steward.post(address, {**given, "do": "preview"}))
    assert told in looked.text
    assert "제목만 나가는 데이터: cafes" in looked.text
    refused = steward.post(address, {**given, "do": "decide"})
    assert refused.status_code == 400
    assert "열려 있지 않은 데이터(동별사람)의 행이 그대로 든 표가 있습니다" in Page(refused).text
    assert not (ws.folder / "open").exists()
    assert told not in Page(steward.post(address, {**given, "without:dongs": "1", "do": "preview"})).text
    assert steward.post(address, {**GIVEN, "do": "decide"}).status_code == 302
    assert "행도 나가는 것을 알고 연 표: 동별 사람" in Page(steward.get(OF)).text


def test_what_is_counted_is_asked_once_and_apart_where_it_was_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Any]
) -> None:
    """Two tables have a column of people that is called the same."""
    closed, people = 'Column("closed", "닫음", "integer", "곳")', 'Column("closed", "사람", "integer", "명")'
    monkeypatch.setattr(found, "CODE", found.CODE.replace(closed, people))
    ws = found.city(tmp_path, monkeypatch)
    for dataset in ("동별사람", "cafes"):
        ws.write_card(dataset, {"title": dataset, "access": "internal", "steward": "기획과"})
    address = f"/releases/results/new/{ws.run('dong-people', by='lee').key}/"
    given = {**GIVEN, "edition": "result-dong-people"}

    def asked(answer: Any) -> dict[str, str]:
        fields = Page(answer).filled(address).items()
        return {name.removeprefix("people:"): said[0] for name, said in fields if name.startswith("people:")}

    def people_said() -> Any:
        return OpenResults(ws.releases, ws.ledger).decisions.latest("result-dong-people").people

    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        steward = signed_in("steward", username="kim", posts=["기획과"])
        assert asked(steward.get(address)) == {
            "1,5": ""
        }  # of three columns of the one table the second, of three of the other the third
        apart = {"people:1": "주민", "people:5": "가게 주인", "people:77": "없는 항목"}
        assert steward.post(address, {**given, **apart, "do": "decide"}).status_code == 302
        assert people_said() == {"dongs.people": "주민", "kinds.closed": "가게 주인"}
        again = steward.get(address)
        assert asked(again) == {"1": "주민", "5": "가게 주인"}
        assert Page(again).tree.xpath("//datalist/option/@value") == ["가게 주인", "주민"]
        steward.post(
            address,
            {**given, "people:1,5": "명단", "without:dongs": "1", "do": "decide"},
        )
        assert people_said() == {"dongs.people": "명단", "kinds.closed": "명단"}
        form = steward.get(address)
        assert asked(form) == {"1,5": "명단"}
        assert Page(form).filled(address)["without:dongs"] == ["1"]
        wrong = steward.post(address, {**given, "people:1,5": "명단", "do": "preview"})
        assert wrong.status_code == 400
        assert "표마다 따로 묻습니다" in Page(wrong).text
        assert asked(wrong) == {"1": "명단", "5": "명단"}


def test_what_is_wrong_comes_back_with_what_was_said(steward: Any, address: str) -> None:
    answer = steward.post(address, {**GIVEN, "document": "", "do": "decide"})
    assert answer.status_code == 400
    assert "문서번호" in Page(answer).text
    assert Page(answer).filled(address)["ground"] == ["공공데이터법 제17조"]
    assert steward.post(address, {**GIVEN, "post": "남의과", "do": "decide"}).status_code == 400


def test_who_may_not_open_all_that_was_read_may_not_open_what_was_found(
    ws: Workspace, address: str, signed_in: Callable[..., Any]
) -> None:
    official = signed_in("official")
    assert official.get(address).status_code == 403
    assert "개방 결정하기" not in Page(official.get(address.replace("releases/results/new", "runs"))).text
    ws.write_card("cafes", {"title": "cafes", "access": "internal", "steward": "위생과"})
    other = signed_in("steward", username="choi", posts=["기획과"])
    assert other.post(address, {**GIVEN, "do": "decide"}).status_code == 403
    assert not (ws.folder / "open").exists()
    both = signed_in("steward", username="park", posts=["기획과", "위생과"])
    assert "개방 결정하기" in Page(both.get(address.replace("releases/results/new", "runs"))).text
    assert both.get("/releases/results/of/nothing/").status_code == 404
    assert both.get("/releases/results/new/0000/").status_code == 404


def test_a_column_with_a_comma_is_asked_about_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed_in: Callable[..., Any]
) -> None:
    code = found.CODE.replace(" AS people,", ' AS \\"people,all\\",')
    for before in ("Column(", 'Cell("dongs", ', '"field": ', '"areas", '):
        code = code.replace(f'{before}"people"', f'{before}"people,all"')
    monkeypatch.setattr(found, "CODE", code)
    ws = found.city(tmp_path, monkeypatch)
    for dataset in ("동별사람", "cafes"):
        ws.write_card(dataset, {"title": dataset, "access": "internal", "steward": "기획과"})
    address = f"/releases/results/new/{ws.run('dong-people', by='lee').key}/"
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        steward = signed_in("steward", username="kim", posts=["기획과"])
        assert steward.post(address, {**GIVEN, "people:1": "주민", "do": "decide"}).status_code == 302
    assert OpenResults(ws.releases, ws.ledger).decisions.latest("동의-사람").people == {
        "dongs.people,all": "주민"
    }


def test_a_way_back_that_cannot_be_walked_is_told_and_has_to_be_known(
    ws: Workspace, steward: Any, address: str
) -> None:
    code = ws.folder.parent / "shipped" / "dong-people" / "analysis.py"
    told = code.read_text("utf-8").replace(
        '[Origin("people", {"dong_code": "code"})]',
        '[Origin("people", query="SELECT 1 / nothing FROM people")]',
    )
    code.write_text(told, encoding="utf-8")
    address = f"/releases/results/new/{Workspace.open(ws.folder).run('dong-people', by='lee').key}/"
    form = Page(steward.get(address))
    assert "열려 있지 않은 ‘동별사람’의 행이 이 표에 들어 있는지 확인할 수 없습니다." in form.text
    assert "이 표의 행도 나가는 것을 알고 있습니다" in form.text
    given = {name: value for name, value in GIVEN.items() if name != "rows:dongs"}
    told = "‘동별 사람’ 표에 열려 있지 않은 ‘동별사람’의 행이 실려 있는지 확인할 수 없습니다."
    assert told in Page(steward.post(address, {**given, "do": "preview"})).text
    assert steward.post(address, {**given, "do": "decide"}).status_code == 400
    assert steward.post(address, {**GIVEN, "do": "decide"}).status_code == 302


def test_who_keeps_data_hears_that_rows_of_theirs_are_open_though_they_are_closed_now(
    ws: Workspace, steward: Any, address: str
) -> None:
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    ws.releases.decide(city.decision("people-open", "동별사람", columns=kept))
    given = {name: value for name, value in GIVEN.items() if name != "rows:dongs"}
    assert steward.post(address, {**given, "do": "decide"}).status_code == 302
    told = "‘동별 사람’ 표에 ‘동별사람’의 행이 실려 있습니다(이 데이터는 이제 열려 있지 않습니다). 항목: 행정동코드, 사람"
    jobs.tell_of_shut(timezone.now())
    assert not Notice.objects.exists()
    assert told not in Page(steward.get(OF)).text
    ws.releases.withdraw("people-open", by="kim", post="기획과", document="기획과-2", ground="다시 셈")
    for _ in range(2):
        jobs.tell_of_shut(timezone.now())
    (one,) = Notice.objects.all()
    assert (one.code, one.post, one.url) == ("notice_release_rows", "기획과", OF)
    assert told in Page(steward.get(OF)).text
    assert "행이 실린 데이터가 닫힘" in Page(steward.get("/releases/")).text
    assert steward.post(address, {**GIVEN, "do": "decide"}).status_code == 302
    jobs.tell_of_shut(timezone.now())
    assert not Notice.objects.filter(resolved_at=None).exists()
    assert told not in Page(steward.get(OF)).text


def test_a_look_computes_once_whose_rows_leave_and_a_history_opens_no_run(
    ws: Workspace, steward: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    compute, kept = release_results.carried_by, runs_ledger.kept
    monkeypatch.setattr(release_results, "carried_by", lambda *of: counted.append("rows") or compute(*of))
    steward.post(address, {**GIVEN, "do": "preview"})
    assert counted == ["rows"]
    steward.post(address, {**GIVEN, "do": "decide"})
    steward.post(address, {**GIVEN, "document": "기획과-2", "do": "decide"})
    counted.clear()
    monkeypatch.setattr(runs_ledger, "kept", lambda *of: counted.append("run") or kept(*of))
    assert "2번 결정에서 행도 나가는 것을 알고 연 표: 동별 사람" in Page(steward.get(OF)).text
    assert counted == []


@pytest.mark.parametrize(("analysis", "edition"), [
    ("dong-people", "result-dong-people"), ("indicators/x", "result-indicator-x"), ("tables/x", "result-table-x"),
])  # fmt: skip
def test_an_analysis_an_indicator_and_a_table_of_one_name_have_addresses_of_their_own(
    ws: Workspace, address: str, analysis: str, edition: str
) -> None:
    run = replace(ws.ledger[address.strip("/").rpartition("/")[2]], analysis=analysis)
    assert result_form.filled(run, {}, Person("kim"))["edition"] == edition


def test_what_was_said_the_last_time_is_taken_from_the_same_analysis_only_and_by_who_may_open_that(
    ws: Workspace, steward: Any, address: str
) -> None:
    given = {**GIVEN, "edition": "result-dong-people", "people:1": "주민", "do": "decide"}
    assert steward.post(address, given).status_code == 302
    run = ws.ledger[address.strip("/").rpartition("/")[2]]
    kim = Person("kim", roles=frozenset({"steward"}), posts=frozenset({"기획과"}))
    assert result_form.first(run, kim) == {"people:1": "주민"}
    assert result_form.first(run, Person("choi")) == {}
    other = replace(run, analysis="other/dong-people")
    assert result_form.first(other, kim) == {}


def test_whom_earlier_tables_count_is_told_to_who_may_see_their_data(
    ws: Workspace, steward: Any, address: str, signed_in: Callable[..., Any]
) -> None:
    """A run of the shops alone is opened by another post, which does not see the people."""
    assert steward.post(address, {**GIVEN, "people:1": "주민", "do": "decide"}).status_code == 302
    options = "//datalist/option/@value"
    assert Page(steward.get(address)).tree.xpath(options) == ["주민"]
    ws.write_card("동별사람", {"title": "동별사람", "access": "restricted", "steward": "위생과"})
    run = ws.ledger[address.strip("/").rpartition("/")[2]]
    told = run.folder / "run.json"
    record = json.loads(told.read_text("utf-8"))
    record["inputs"] = [each for each in record["inputs"] if each["dataset"] == "cafes"]
    told.write_text(json.dumps(record), encoding="utf-8")
    page = Page(steward.get(address))
    assert page.tree.xpath("//form[@class='release-form']")
    assert page.tree.xpath(options) == []
