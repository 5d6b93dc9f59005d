"""The table of a version: every row of it can be found, sorted and followed back, by an address that can be shared."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from madang.declarations.standard import DatasetColumn
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from made_up_bank import COLUMNS, PARKING
from web_page import Page

ROWS = f"/data/{PARKING}/rows/"
CHART = f"/data/{PARKING}/chart/"


def get(client: Any, address: str, **asked: Any) -> Page:
    return Page(client.get(address, asked))


def column(page: Page, place: int) -> list[str]:
    return [row[place] for row in page.rows("found")]


def personal(city: Workspace) -> None:
    """The name of the car park becomes personal in the live version: told by a standard, say."""
    import json

    version = city.bank[PARKING].latest
    assert version is not None
    path = city.bank[PARKING].deposit_folder(version.deposit_id) / "facts.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["columns"][0]["privacy"] = "personal"
    path.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def test_a_page_has_fifty_rows_and_leads_to_the_next(client: Any) -> None:
    page = get(client, ROWS)
    assert len(page.rows("found")) == 50
    assert "모두 60행" in page.text
    following = Page(client.get(ROWS + page.link("다음")))
    assert len(following.rows("found")) == 10
    assert column(following, 0) == [str(n) for n in (*range(52, 61), 61)]
    assert column(Page(client.get(ROWS + following.link("이전"))), 0) == column(page, 0)


def test_rows_are_filtered_by_the_type_of_their_column(client: Any) -> None:
    # by hand, of the 2nd version: every 13th of 60 has 104 places (i % 13 == 12): i = 12, 25, 38, 51
    big = get(client, ROWS, **{"prkcmprt_co.ge": "104"})
    assert column(big, 0) == ["14", "27", "40", "53"]
    assert "60행 가운데 4행" in big.text
    assert column(get(client, ROWS, **{"1회기본요금.null": "true"}), 0) == ["13"]
    assert column(get(client, ROWS, **{"주차장명.contains": "구름재", "구분": "노외"}), 0) == [
        "29",
        "59",
    ]  # i % 10 == 7 and i % 3 == 0: 27, 57
    assert column(get(client, ROWS, q="제6 구름재"), 0) == ["59"]


def test_what_is_asked_stands_there_and_can_be_taken_back(client: Any) -> None:
    page = get(client, ROWS, **{"prkcmprt_co.ge": "104", "구분": "노외"})
    assert [each for each in page.texts("p.chosen a") if "빼기" in each][0].startswith("주차구획수 104부터")
    fewer = Page(client.get(ROWS + page.link("주차구획수 104부터")))
    assert "60행 가운데 21행" in fewer.text  # i % 3 == 0: twenty of the first 59, and the 61st
    boxes = {each.get("name"): each.get("value") for each in page.find("form.row-form input")}
    assert boxes["prkcmprt_co.ge"] == "104"
    assert boxes["prkplce_se.eq"] == "노외"


def test_a_head_sorts_up_then_down_then_not(client: Any) -> None:
    page = get(client, ROWS)
    up = Page(client.get(ROWS + head(page, "주차구획수")))
    assert column(up, 3)[0] == "20"
    assert [each.get("aria-sort") for each in up.find("th") if each.get("aria-sort")] == ["ascending"]
    down = Page(client.get(ROWS + head(up, "주차구획수")))
    assert column(down, 3)[:4] == ["104"] * 4
    assert "sort" not in parse_qs(urlsplit(head(down, "주차구획수")).query)


def head(page: Page, label: str) -> str:
    return str(next(each for each in page.find("a.sort") if label in each.text_content()).get("href"))


def chips(page: Page) -> dict[str, str]:
    """What is asked, in words, with the address without it."""
    return {
        " ".join(each.text_content().split()).removesuffix(" ×빼기"): each.get("href")
        for each in page.find("p.chosen a")
    }


def test_how_it_is_sorted_stands_there_and_can_be_taken_back(client: Any) -> None:
    found = chips(get(client, ROWS, sort="-주차구획수", 구분="노외"))
    assert list(found) == ["구분 = 노외", "주차구획수 큰 것부터", "모두 빼기"]
    unsorted = Page(client.get(ROWS + found["주차구획수 큰 것부터"]))
    assert list(chips(unsorted)) == ["구분 = 노외", "모두 빼기"]
    assert "모두 60행" in Page(client.get(ROWS + found["모두 빼기"])).text
    for sort, said in (
        ("주차장명", "가나다순"),
        ("데이터기준일자", "이른 것부터"),
        ("주차구획수", "작은 것부터"),
    ):
        assert list(chips(get(client, ROWS, sort=sort)))[0] == f"{sort} {said}"


@pytest.mark.parametrize("part", ["chart", "take"])
def test_other_views_show_what_they_were_opened_with(client: Any, part: str) -> None:
    address = f"/data/{PARKING}/{part}/"
    page = get(client, address, q="구름재", 구분="노외", by="prkplce_se")
    assert "60행 가운데 2행" in page.text  # i % 10 == 7 and i % 3 == 0: 27, 57
    found = chips(page)
    assert list(found) == ["‘구름재’", "구분 = 노외", "모두 빼기"]
    fewer = Page(client.get(address + found["‘구름재’"]))
    assert "60행 가운데 21행" in fewer.text
    if part == "chart":  # what is drawn stays what it was
        assert all("by=prkplce_se" in each for each in found.values())
    assert "모두 60행" in Page(client.get(address + found["모두 빼기"])).text


def test_an_older_version_stays_the_one_that_is_asked(client: Any) -> None:
    page = get(client, ROWS, version=1, 구분="노외")
    assert "1판, 2026-07-01" in page.text
    for said in ("주차구획수", "지도") if "지도" in page.texts("nav.views a") else ("주차구획수",):
        assert "version=1" in page.link(said)
    assert get(client, ROWS, as_of="2026-07-15").texts("div.page-head p") == page.texts("div.page-head p")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"없는항목": "1"}, "없는항목"),
        ({"prkcmprt_co.ge": "많이"}, "많이"),
        ({"after": "nonsense"}, "첫 쪽부터"),
    ],
)
def test_a_question_that_cannot_be_understood_says_why(client: Any, asked: dict[str, str], said: str) -> None:
    answer = client.get(ROWS, asked)
    assert answer.status_code == 400
    page = Page(answer)
    assert said in page.text
    assert page.link("모든 행 보기")


def test_nothing_found_says_so(client: Any) -> None:
    assert "이 조건에 맞는 행이 없습니다" in get(client, ROWS, q="우주정거장").text


def test_personal_values_are_starred_and_cannot_be_asked_for(own_city: Workspace, signed_in: Any) -> None:
    personal(own_city)
    alice = signed_in("official")
    page = get(alice, ROWS)
    assert column(page, 1)[2] == "시* * *****"
    assert "가린 항목(주차장명)" in page.text
    for asked in ({"주차장명": "시청 앞 제1주차장"}, {"sort": "주차장명"}, {"prkplce_nm.starts": "시"}):
        answer = alice.get(ROWS, asked)
        assert answer.status_code == 400
        assert "시청 앞" not in answer.content.decode().replace("시청 앞 제1주차장", "")
    assert "시청" not in alice.get(CHART, {"by": "prkplce_nm"}).content.decode()


def test_personal_values_are_shown_for_a_reason_that_is_kept(own_city: Workspace, signed_in: Any) -> None:
    personal(own_city)
    steward = signed_in("steward", posts=["데이터정책과"])
    address = f"{ROWS}?personal=1"
    assert "시청 앞" not in steward.get(address).content.decode()
    steward.post(address, {"reason": "주차장 이름 오류 확인, 문서 2026-17"})
    assert column(Page(steward.get(address)), 1)[2] == "시청 앞 제1주차장"
    assert Entry.objects.filter(what="dataset.read_personal", why__contains="2026-17").count() == 1
    assert signed_in("official").get(address).status_code == 403


def test_some_see_the_rows_of_their_own_department_only(own_city: Workspace, signed_in: Any) -> None:
    found = own_city.bank[PARKING]
    found.write_card({**found.card, "own_rows": "prkplce_se"}, by="김새빛", at=own_city.clock())
    alice = signed_in("official", department="노외")
    assert "모두 21행" in get(alice, ROWS).text
    assert set(column(get(alice, ROWS), 2)) == {"노외"}
    assert {row[2] for row in get(alice, f"/data/{PARKING}/").rows("rows")} == {"노외"}
    body = b"".join(alice.get(f"/data/{PARKING}/download.csv").streaming_content).decode()
    assert (body.count("\r\n"), ",노상," in body, body.count(",노외,")) == (22, False, 21)
    for part in ("problems/", "compare/", f"source/{found.latest.deposit_id}/?row=3"):  # type: ignore[union-attr]
        assert alice.get(f"/data/{PARKING}/{part}").status_code == 403
    assert table_of(get(alice, CHART, by="prkplce_se")) == [["노외", "21건"]]


@pytest.mark.parametrize(
    "part", ["", "versions/1/", "rows/", "chart/?by=prkplce_se", "take/", "rows/?q=시장"]
)
def test_no_page_tells_rows_of_others_to_who_sees_own_rows(
    own_city: Workspace, signed_in: Any, part: str
) -> None:
    """Not in samples, sketches, charts and facts; how large the whole is stands in the card, as in the catalogue."""
    found = own_city.bank[PARKING]
    about = {**found.card, "own_rows": "prkplce_se", "description": "", "known_defects": []}
    found.write_card(about, by="김새빛", at=own_city.clock())
    alice = signed_in("official", department="노외")
    page = get(alice, f"/data/{PARKING}/{part}")
    assert page.status == 200
    others = {each.strip() for each in page.text.replace("다온로 노상", "").split()} & {
        "노상",
        "노상(",
        "39건",
    }
    assert others == set()
    assert "내 부서의 행만 보입니다" in page.text
    assert "모두 60행" not in page.text
    sketches = " ".join(each.text_content() for each in page.find(".sketch-words"))
    assert "노상" not in sketches
    assert page.tree.xpath("//*[@data-map] | //figure[contains(@class, 'map-box')]") == []
    assert alice.get(f"/data/{PARKING}/map/").status_code == 404
    tile = alice.get(f"/data/{PARKING}/tiles/2/8/218/99.mvt")
    assert tile.status_code == 403


def test_a_chart_counts_by_category(client: Any) -> None:
    page = get(client, CHART, by="prkplce_se")
    assert page.texts("figure figcaption") == ["‘구분’ 가운데 노상의 행이 가장 많습니다(39건)"]
    assert [row[:2] for row in table_of(page)] == [["노상", "39건"], ["노외", "21건"]]


def test_a_chart_of_rows_without_places_begins_with_a_column_they_have(
    own_city: Workspace, signed_in: Any
) -> None:
    """The bank adds the code of a neighbourhood where rows have places; these have none, and no column that says a kind."""
    file = own_city.folder.parent / "속도.csv"
    file.write_text("구간,속도\n가,10\n나,20\n가,30\n", encoding="utf-8")
    own_city.deposit(file, "속도", by="test")
    page = Page(signed_in("official").get("/data/속도/chart/"))
    assert page.status == 200
    assert [row[:2] for row in table_of(page)] == [["가", "2건"], ["나", "1건"]]


def test_a_chart_has_means_and_obeys_the_filter(client: Any) -> None:
    page = get(client, CHART, by="prkplce_se", how="mean", of="prkcmprt_co", **{"prkcmprt_co.ge": "104"})
    assert {row[1] for row in table_of(page)} == {"104면"}


def table_of(page: Page) -> list[list[str]]:
    rows = page.tree.xpath("//figure//table//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./*")] for row in rows]


def test_the_examples_for_programs_ask_the_same_question(client: Any) -> None:
    page = get(client, f"/data/{PARKING}/take/", **{"구분": "노외", "prkcmprt_co.ge": "104"})
    for each in ("curl", "python", "r", "excel"):
        code = page.texts(f"code#recipe-{each}")[0]
        assert "prkplce_se.eq=%EB%85%B8%EC%99%B8&prkcmprt_co.ge=104" in code
        assert "TOKEN" in code


def test_every_column_that_is_not_masked_has_a_field(client: Any) -> None:
    names = {each.get("name") for each in get(client, ROWS).find("form.row-form select")}
    assert {f"{each.name}.null" for each in COLUMNS if isinstance(each, DatasetColumn)} <= names


def test_a_page_after_the_last_says_so(client: Any) -> None:
    page = Page(client.get(f"/data/{PARKING}/rows/?page=999999999"))
    assert "이 쪽에는 행이 없습니다" in page.text
    assert "이 조건에 맞는 행이 없습니다" not in page.text


def test_a_version_in_the_address_is_obeyed_or_told(client: Any) -> None:
    led = client.get(f"/data/{PARKING}/?version=1")
    assert (led.status_code, unquote(led.url)) == (302, f"/data/{PARKING}/versions/1/")
    for address in ("?version=abc", "download.csv?version=abc", "rows/?version=abc"):
        wrong = client.get(f"/data/{PARKING}/{address}")
        assert wrong.status_code == 404
        assert "있는 판: 1, 2" in Page(wrong).text


@pytest.mark.parametrize("part", ["rows/", "chart/", "map/", "take/", "download.csv"])
def test_a_day_in_the_address_is_read_or_told(client: Any, part: str) -> None:
    for day, status, said in (
        ("abc", 400, "'abc'를 날짜로 읽을 수 없습니다"),
        ("2026-13-45", 400, "'2026-13-45'를 날짜로 읽을 수 없습니다"),
        ("2001-01-01", 404, "2001-01-01 당시"),
    ):
        wrong = client.get(f"/data/{PARKING}/{part}", {"as_of": day})
        assert wrong.status_code == status
        assert said in Page(wrong).text
