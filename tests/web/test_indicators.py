"""Pages of indicators and declared tables: how they stand, a target that is set, measuring again, and who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from madang.access import owner
from madang.declarations import indicator as indicators
from madang.declarations import table as tables
from madang.web.audit.models import Entry
from madang.web.indicators.jobs import REFRESH, plan
from madang.web.work.models import Job
from madang.workspace import Workspace
from runs.declared_city import INDICATOR, PEOPLE, declared_city, people
from web.deposits_helper import work
from web_page import Page

AT = "/indicators/young-share/"


def flat(page: Page) -> str:
    """What a page says without any space: numbers are elements of their own."""
    return "".join(page.text.split())


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    for module in (indicators, tables):
        monkeypatch.setattr(module, "SHIPPED", tmp_path / "shipped")
    made = declared_city(tmp_path)
    made.write_card("people", {"title": "주민", "access": "internal", "steward": "인구과"})
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield made


def test_the_list_counts_every_indicator_and_names_what_fails(
    ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    sick = ws.folder / "content" / "indicators" / "sick.toml"
    sick.write_text(
        INDICATOR.replace("FROM people", "FROM nobody").replace("어린이의 몫", "아픈 지표"), encoding="utf-8"
    )
    Workspace.open(ws.folder).refresh()
    browser = signed_in("official", username="kim")
    page = Page(browser.get("/indicators/"))
    assert page.status == 200
    for said in (
        "지표 2가지",
        "어린이의 몫",
        "18.1",
        "목표 20.0",
        "거의 이룸",
        "▲ 0.4",
        "살필 지표 1가지",
        "아픈 지표",
        "nobody",
    ):
        assert said.replace(" ", "") in flat(page), said
    narrowed = Page(browser.get("/indicators/?state=near"))
    assert "어린이의 몫" in narrowed.text
    assert "아픈 지표" not in narrowed.text


def test_an_indicator_says_its_value_and_where_it_is_from(
    ws: Workspace, signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madang.runs.why.SHOWN", 2)
    monkeypatch.setattr("madang.web.runs.why._ROWS", 2)
    ws.refresh()
    browser = signed_in("official", username="kim")
    page = Page(browser.get(AT))
    assert "2026년2월의어린이의몫은18.1%입니다" in flat(page)
    assert "목표와 담당" not in page.text
    (declared,) = [each for each in ws.refresher.declared() if each.id == "indicators/young-share"]
    key = ws.refresher.standing(declared, by=owner("lee")).run.key
    at, seen = "?table=latest&column=value&row=0", []
    while at:
        (stop,) = Page(browser.get(f"/runs/{key}/why/{at}")).tree.xpath("//li[@id='rows-1']")
        assert not stop.xpath(".//a[contains(., '모두 보기')]")  # a query chose them: no address says which
        seen += [int(each) for each in stop.xpath(".//tbody/tr/th/a/text()")]
        at = next(iter(stop.xpath(".//nav/a[@rel='next']/@href")), "")
    assert stop.xpath("string(.//p/strong)") == f"{len(seen)}행"
    assert seen == [8, 9, 10, 11, 12, 13]  # the six rows of the last month
    beyond = browser.get(f"/runs/{key}/why/?table=latest&column=value&row=0&of=people&page=99")
    assert beyond.status_code == 200
    assert "이 조건에 맞는 행이 없습니다." in Page(beyond).text
    assert browser.get(f"/runs/{key}/").status_code == 200
    assert browser.get("/indicators/nothing/").status_code == 404


def test_of_several_data_it_says_which_are_not_read(
    ws: Workspace, signed_in: Callable[..., Any], tmp_path: Path
) -> None:
    older = {month: dongs for month, dongs in PEOPLE.items() if month < "2026-02"}
    ws.deposit(people(tmp_path / "옛인구.csv", older), "older", standard="resident-population", by="lee")
    ws.write_card("older", {"title": "옛 인구", "access": "internal", "steward": "인구과"})
    ws.refresh()
    browser = signed_in("official", username="kim")
    assert "옛 인구 데이터도 맞지만" in Page(browser.get(AT)).text
    (ws.folder / "content" / "indicators.toml").write_text('[young-share]\ninputs = { people = "people" }\n', encoding="utf-8")  # fmt: skip
    Workspace.open(ws.folder).refresh()
    assert "데이터도 맞지만" not in Page(browser.get(AT)).text


def test_from_a_number_made_of_a_made_table_three_touches_lead_to_the_original(
    ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    over = INDICATOR.replace("resident-population", "old-people")
    rows = """
SELECT source_row, dataset, strptime(month || '-01', '%Y-%m-%d')::DATE AS "day", hjd_code AS area, old AS n FROM people
"""
    told = over.split('rows = """')[0] + f'rows = """{rows}"""' + over.split('"""')[2]
    told = told.replace("sum(n) FILTER (age_from < 5)", "sum(n)").replace('denominator = "sum(n)"\n', "")
    told = told.replace(
        '"month", "area_code", "age_from", "population_persons"', '"month", "hjd_code", "old"'
    )
    (ws.folder / "content" / "indicators" / "young-share.toml").write_text(told, encoding="utf-8")
    again = Workspace.open(ws.folder)
    assert [each.error for each in again.refresh()] == [None, None]
    browser = signed_in("official", username="kim")
    at = AT
    for touch in (r'href="(/runs/\w+/why/\?table=latest&amp;column=value[^"]*)"', r'href="(/runs/\w+/why/\?table=rows[^"]*)"',
                  r'href="(/data/people/source/[^"]*)"'):  # fmt: skip
        found = re.search(touch, browser.get(at).content.decode())
        assert found, (at, touch)
        at = found[1].replace("&amp;", "&")
    assert "주민등록인구.csv" in Page(browser.get(at)).text


def test_a_target_is_set_and_measured_by(ws: Workspace, signed_in: Callable[..., Any]) -> None:
    ws.refresh()
    assert signed_in("official", username="kim").post(f"{AT}target/", {"target": "10"}).status_code == 403
    steward = signed_in("steward", username="lee")
    wrong = steward.post(f"{AT}target/", {"target": "많이", "owner": ""})
    assert wrong.status_code == 400
    assert "읽을 수 없습니다" in Page(wrong).text
    assert steward.post(f"{AT}target/", {"target": "10", "owner": "가족과"}).status_code == 302
    work()
    page = Page(steward.get(AT))
    assert "목표10.0%" in flat(page)
    assert "담당 가족과" in page.text
    (entry,) = Entry.objects.filter(what="indicator.target")
    assert (entry.by, entry.detail["after"]) == ("lee", {"target": 10.0, "owner": "가족과"})
    assert steward.post(f"{AT}target/", {"target": "", "owner": "가족과"}).status_code == 302
    work()
    assert "목표 없음" in Page(steward.get(AT)).text


def test_what_is_closed_to_somebody_says_so_and_shows_no_number(
    ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    ws.refresh()
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    browser = signed_in("official", username="kim")
    for at in ("/indicators/", AT):
        page = Page(browser.get(at))
        assert "볼 권한 없음" in page.text
        assert "18.1" not in page.text


def test_tables_and_making_again(ws: Workspace, signed_in: Callable[..., Any], tmp_path: Path) -> None:
    browser = signed_in("steward", username="lee")
    assert "아직 만들지 않음" in Page(browser.get("/tables/")).text
    assert browser.post("/refresh/old-people/").status_code == 302
    work()
    assert "최신" in Page(browser.get("/tables/")).text
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    assert "새 판이 있음" in Page(browser.get("/tables/")).text
    assert browser.post("/refresh/nothing/").status_code == 404
    assert signed_in("official", username="kim").post("/refresh/old-people/").status_code == 403


def test_data_that_change_have_what_is_made_of_them_made_again(ws: Workspace, tmp_path: Path) -> None:
    plan(timezone.now())
    work()
    assert ws.bank["old-people"].latest.n == 1
    done = Job.objects.filter(kind=REFRESH)
    assert [job.result for job in done] == [{"made": 2, "failed": 0}]
    Job.objects.update(made_at=timezone.now() - timezone.timedelta(hours=1))
    plan(timezone.now())
    assert done.count() == 1  # nothing has changed
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    plan(timezone.now())
    work()
    assert ws.bank["old-people"].latest.n == 2
    assert Entry.objects.filter(what="run.make", by="madang").count() == 4
