"""Pages of deciding about results: looked at, opened, taken back, recorded; by who may open all that was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import override_settings
from django.utils import timezone

from madang.release.results import OpenResults
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.releases import jobs
from madang.workspace import Workspace
from release import found
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
    told = "‘동별 사람’ 표로 열려 있지 않은 ‘동별사람’의 행도 나갑니다. 항목: 행정동코드, 사람"
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
        assert asked(steward.get(address)) == {"dongs.people,kinds.closed": ""}
        apart = {"people:dongs.people": "주민", "people:kinds.closed": "가게 주인"}
        assert steward.post(address, {**given, **apart, "do": "decide"}).status_code == 302
        assert people_said() == {"dongs.people": "주민", "kinds.closed": "가게 주인"}
        again = steward.get(address)
        assert asked(again) == {"dongs.people": "주민", "kinds.closed": "가게 주인"}
        assert Page(again).tree.xpath("//datalist/option/@value") == ["가게 주인", "주민"]
        steward.post(
            address,
            {**given, "people:dongs.people,kinds.closed": "명단", "without:dongs": "1", "do": "decide"},
        )
        assert people_said() == {"dongs.people": "명단", "kinds.closed": "명단"}
        form = steward.get(address)
        assert asked(form) == {"dongs.people,kinds.closed": "명단"}
        assert Page(form).filled(address)["without:dongs"] == ["1"]
        wrong = steward.post(address, {**given, "people:dongs.people,kinds.closed": "명단", "do": "preview"})
        assert wrong.status_code == 400
        assert "표마다 따로 묻습니다" in Page(wrong).text
        assert asked(wrong) == {"dongs.people": "명단", "kinds.closed": "명단"}


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
