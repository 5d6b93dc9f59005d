"""The catalogue: what the bank holds, how fresh and how right, found by Korean words."""

from __future__ import annotations

from typing import Any

import pytest

from madang.workspace import Workspace
from people import browser
from web_page import Page


def cards(page: Page) -> list[str]:
    return page.texts("article h2")


def test_every_dataset_is_listed_by_title(client: Any) -> None:
    page = Page(client.get("/data/"))
    assert cards(page) == [
        "가로등",
        "공영주차장 정보",
        "공중화장실",
        "도서관 현황",
        "민원 처리 목록",
        "주민등록 인구",
    ]


def test_a_card_says_what_it_is_how_fresh_and_how_right(client: Any) -> None:
    page = Page(client.get("/data/"))
    card = page.texts("article.card")[1]
    for said in (
        "문제 있음",
        "노상과 노외 공영주차장",
        "기준일 2026-08-01",
        "60행, 2판",
        "99.1점",
        "4건",
        "전국주차장정보표준데이터",
    ):
        assert said in card


def test_large_counts_are_short_and_exact_on_hover(client: Any) -> None:
    page = Page(client.get("/data/?q=인구"))
    figure = page.find("dd.figure")[0]
    assert figure.text_content() == "12.8만행, 1판"
    assert figure.xpath("./span/@title") == ["128,412"]


def test_never_read_data_show_no_zero(client: Any) -> None:
    card = Page(client.get("/data/")).texts("article.card")[0]
    assert "반려" in card
    assert "0건" not in card


def test_search_finds_by_word_and_by_initials(client: Any) -> None:
    assert cards(Page(client.get("/data/?q=공영주차"))) == ["공영주차장 정보"]
    assert "도서관 현황" in cards(Page(client.get("/data/?q=ㄷㅅㄱ")))


def test_a_search_without_answer_says_what_to_try(client: Any) -> None:
    page = Page(client.get("/data/?q=우주정거장"))
    assert cards(page) == []
    assert "‘우주정거장’에 맞는 데이터가 없습니다" in page.text
    assert page.link("전체 보기") == "/data/"


def test_filters_count_what_they_leave(client: Any) -> None:
    page = Page(client.get("/data/"))
    shown = page.texts("nav.filters a")
    assert shown[0] == "전체 6"
    assert shown[3] == "마지막 입고가 반려됨 1"
    assert cards(Page(client.get("/data/?state=refused"))) == ["가로등"]
    assert cards(Page(client.get("/data/?state=errors"))) == ["공영주차장 정보", "공중화장실", "도서관 현황"]


def test_late_data_are_told_by_their_rhythm(client: Any) -> None:
    late = cards(Page(client.get("/data/?state=late")))
    assert "공중화장실" in late


def test_an_unknown_state_shows_everything(client: Any) -> None:
    assert len(cards(Page(client.get("/data/?state=moon")))) == 6


def test_a_long_list_comes_in_pages(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.web.desk.catalogue.PER_PAGE", 4)
    first = Page(client.get("/data/?list=1"))
    assert len(cards(first)) == 4
    assert "데이터 6종 가운데 1/2쪽" in first.text
    assert cards(Page(client.get("/data/" + first.link("다음")))) == ["민원 처리 목록", "주민등록 인구"]
    assert cards(Page(client.get("/data/?page=99"))) == ["민원 처리 목록", "주민등록 인구"]


def test_an_empty_bank_leads_to_the_first_file(empty_city: Workspace) -> None:
    page = Page(browser().get("/data/"))
    assert "아직 데이터가 없습니다" in page.text
    assert page.link("파일 올리기") == "/deposits/"
    assert page.find("input#q") == []


def test_words_of_a_search_are_escaped(client: Any) -> None:
    body = client.get("/data/", {"q": '<script>alert("1")</script>'}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;" in body


def test_themes_are_chosen_and_counted(client: Any) -> None:
    page = Page(client.get("/data/"))
    themes = dict(said.rsplit(" ", 1) for said in page.texts("nav.theme-choices a")[1:])
    assert sum(map(int, themes.values())) == 6
    name, count = next(iter(themes.items()))
    chosen = Page(client.get(f"/data/?theme={name}"))
    assert len(cards(chosen)) == int(count) < 6
    assert [
        each.text_content().split()[0]
        for each in chosen.find("nav.theme-choices a")
        if each.get("aria-current")
    ] == [name]
    assert len(cards(Page(client.get("/data/?theme=없는주제")))) == 6


def test_many_datasets_stand_by_theme_and_each_is_reached(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madang.web.desk.catalogue.PER_PAGE", 4)
    monkeypatch.setattr("madang.web.desk.catalogue._ON_SHELF", 2)
    page = Page(client.get("/data/"))
    assert cards(page) == []
    shelves = page.find("section.shelf")
    assert len(shelves) == len(page.find("nav.theme-choices a")) - 1
    held = page.texts("section.shelf li")
    parking = next(said for said in held if "공영주차장 정보" in said)
    assert "60행" in parking
    assert "2026-08-01" in parking
    assert "99.1점" in parking
    assert all(len(shelf.xpath(".//li")) <= 2 for shelf in shelves)
    titles = {
        title
        for shelf in page.texts("section.shelf h2")
        for title in cards(Page(client.get(f"/data/?theme={shelf}")))
    }
    assert len(titles) == 6
    assert len(cards(Page(client.get("/data/" + page.link("모두 이름순으로"))))) == 4


def test_people_are_said_only_where_one_row_says_them(own_city: Workspace, client: Any) -> None:
    assert "주민등록 인구 1" not in Page(client.get("/data/")).text


def facet(page: Page, name: str) -> dict[str, str]:
    """The choices of a facet with their counts."""
    links = page.tree.xpath(f"//section[@aria-labelledby='facet-{name}']//a")
    return {each.text.strip(): each.xpath("string(./span)") for each in links}


def restricted(city: Workspace, dataset: str, **card: Any) -> None:
    found = city.bank[dataset]
    found.write_card({**found.card, "access": "restricted", **card}, by="김새빛", at=city.clock())


def test_facets_count_what_they_leave(client: Any) -> None:
    page = Page(client.get("/data/"))
    # by hand: 99.1, 98.4 and 100 points; 91.2; two were never checked
    assert facet(page, "quality") == {"95점 이상": "3", "점검 안 함": "2", "80점 이상 95점 미만": "1"}
    poor = Page(client.get("/data/?quality=fair"))
    assert cards(poor) == ["공중화장실"]
    assert facet(poor, "quality")["95점 이상"] == "3"  # what another choice would leave
    assert poor.texts("p.chosen a") == ["80점 이상 95점 미만 ×빼기"]


def test_facets_work_together(client: Any) -> None:
    page = Page(client.get("/data/?quality=good&state=errors"))
    assert cards(page) == ["공영주차장 정보", "도서관 현황"]
    assert cards(Page(client.get("/data/?quality=nonsense"))) == cards(Page(client.get("/data/")))


def test_lists_are_sorted_by_title_newest_and_quality(client: Any) -> None:
    assert cards(Page(client.get("/data/?sort=quality")))[:3] == [
        "주민등록 인구",
        "공영주차장 정보",
        "도서관 현황",
    ]
    assert cards(Page(client.get("/data/?sort=new")))[0] == "공영주차장 정보"


def test_nobody_learns_of_what_he_may_not_see(own_city: Workspace, signed_in: Any) -> None:
    """Alice is of another department, Bob of one that is named: the list, its counts, facets and search tell only Bob."""
    restricted(own_city, "민원-처리-목록", readers=["민원과"], steward="감사담당관 조사팀")
    alice, bob = signed_in("official", department="교통과"), signed_in("official", department="민원과")
    page = Page(alice.get("/data/"))
    assert cards(page) == ["가로등", "공영주차장 정보", "공중화장실", "도서관 현황", "주민등록 인구"]
    assert page.texts("nav.filters a")[0] == "전체 5"
    for address in (
        "/data/",
        "/data/?q=민원",
        "/data/?q=ㅁㅇ",
        "/data/?department=감사담당관",
        "/data/?access=restricted",
    ):
        assert "감사담당관" not in alice.get(address).content.decode().replace("?department=감사담당관", "")
        assert "민원 처리 목록" not in alice.get(address).content.decode()
    assert cards(Page(bob.get("/data/?q=민원"))) == ["민원 처리 목록"]
    assert facet(Page(bob.get("/data/")), "access") == {"내부": "5", "제한": "1"}
    assert "감사담당관 조사팀" in Page(bob.get("/data/?q=민원")).text


def test_what_is_hidden_answers_as_if_it_were_not_there(own_city: Workspace, signed_in: Any) -> None:
    restricted(own_city, "민원-처리-목록")
    alice = signed_in("official", department="교통과")
    for part in (
        "",
        "rows/",
        "map/",
        "chart/",
        "take/",
        "problems/",
        "compare/",
        "download.csv",
        "tiles/1/0/0/0.mvt",
        "card/",
    ):
        there, nowhere = alice.get(f"/data/민원-처리-목록/{part}"), alice.get(f"/data/없는-데이터/{part}")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        said = there.content.decode().replace("민원-처리-목록", "없는-데이터")
        assert "민원 처리 목록" not in said
