"""A dataset's page, its versions, its problems and the way to the original cell."""

from __future__ import annotations

from typing import Any

import pytest

from madang.workspace import Workspace
from made_up_bank import PARKING, START
from people import browser
from web_page import Page

ADDRESS = f"/data/{PARKING}/"


def page_of(client: Any, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, address
    return Page(response)


def test_the_top_answers_three_questions(client: Any) -> None:
    page = page_of(client, ADDRESS)
    what, trust, use, *_ = page.texts("section.panel")
    assert "60행 8항목" in what
    assert "원본 파일 새빛시_공영주차장_20260801.csv" in what
    assert "99.1점" in trust
    assert "4건" in trust
    assert "2026-08-01" in trust
    assert "입구가 아니라 가운데" in trust  # the known defect travels with the data
    assert "문제 62건 보기" in use
    assert page.link("CSV") == f"/data/{_quoted(PARKING)}/download.csv?version=2"


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def test_quality_shows_numerator_denominator_and_formula(client: Any) -> None:
    page = page_of(client, ADDRESS)
    assert "오류율 0.91% = 오류 4건 ÷ 진단 440건 × 100" in page.texts("section#quality")[0]
    # 3 of 380 is 0.79 %, 1 of 60 is 1.7 %
    assert page.rows("quality") == [
        ["0 이상인 수량", "수량", "주차구획수", "3", "380", "0.79%"],
        ["반드시 있어야 하는 값", "필수값", "주차장명", "1", "60", "1.7%"],
    ]


def test_completeness_is_counted_per_column(client: Any) -> None:
    text = page_of(client, ADDRESS).texts("section#quality")[0]
    assert "1회기본요금 59/60 98.3%" in text
    assert "주차장명 필수 60/60 100%" in text


def test_first_rows_link_to_their_row_in_the_original(client: Any, made_up: Workspace) -> None:
    page = page_of(client, ADDRESS)
    rows = page.rows("rows")
    assert len(rows) == 50
    assert rows[3] == [
        "5",
        "들꽃시장 제1주차장",
        "노외",
        "41",
        "유료",
        "1,500",
        "37.413",
        "127.023",
        "2026-07-01",
    ]
    deposit = made_up.bank[PARKING].version(2).deposit_id
    links = [each.get("href") for each in page.find("section#rows tbody a")]
    assert links[0] == f"/data/{_quoted(PARKING)}/source/{deposit}/?row=2"


def test_a_missing_value_is_said_not_left_empty(client: Any) -> None:
    charge = page_of(client, ADDRESS).rows("rows")[11][5]
    assert charge == "–자료 없음"


def test_columns_tell_type_unit_and_evidence(client: Any) -> None:
    rows = page_of(client, ADDRESS).rows("columns")
    assert [*rows[2][:4], rows[2][5]] == [
        "주차구획수",
        "prkcmprt_co",
        "정수",
        "면",
        "머리글이 표준의 다른 이름과 같음",
    ]
    assert rows[4][5] == "표본 60행이 모두 수 (추정, 확신 97%)"


def test_columns_show_how_their_values_lie(client: Any) -> None:
    rows = page_of(client, ADDRESS).rows("columns")
    # by hand: 20 + 7 * (0..12); i % 3 of 59 and the 61st: 노상 at 1, 2 of 3
    assert "20 ~ 104 면" in rows[2][4]
    assert "노상 39, 노외 21" in rows[1][4]
    assert "빈 칸 1" in rows[4][4]
    assert len(page_of(client, ADDRESS).find("section#columns svg.sketch")) >= 5


def test_the_version_of_a_day_is_found(client: Any) -> None:
    def goes(day: str) -> str:
        return str(client.get(ADDRESS, {"as_of": day}).headers["Location"])

    assert goes("2026-07-31").endswith("/versions/1/")  # the second came on 1 August
    assert goes("2026-08-01").endswith("/versions/2/")
    answer = client.get(ADDRESS, {"as_of": "2026-06-30"}, follow=True)
    assert "2026-07-01" in Page(answer).texts("p.notice")[0]  # from when on there is one


def test_versions_tell_what_changed(client: Any) -> None:
    rows = page_of(client, ADDRESS).rows("versions")
    # by hand: rows 5, 9 and 13 changed, the 60th car park went, a 61st came
    assert [row[0] for row in rows] == ["2판 (지금)", "1판"]
    assert rows[0][6] == "더해짐 1없어짐 1바뀜 3"
    assert rows[0][3] == "김새빛"
    assert rows[0][2] == "2026-08-01 09:30"


def test_a_past_version_says_that_it_is_past(client: Any) -> None:
    page = page_of(client, ADDRESS + "versions/1/")
    assert "지난 판을 보고 있습니다" in page.text
    assert page.rows("rows")[3][5] == "1,000"


def test_problems_stand_with_row_column_value_and_sentence(client: Any) -> None:
    page = page_of(client, ADDRESS + "problems/")
    first = [
        " ".join(each.text_content().split()) for each in page.find("table")[0].xpath(".//tbody/tr[1]/*")
    ]
    assert first[:3] == ["13행 원본 보기", "1회기본요금", "천원"]
    assert first[3] == "오류"
    assert first[4] == "1회기본요금: '천원'은 숫자 형식이 아닙니다. 번호를 확인하십시오."
    assert "62건 가운데 1/2쪽" in page.text


def test_problems_are_paged_and_filtered_by_rule(client: Any) -> None:
    page = page_of(client, ADDRESS + "problems/?rule=quantity_negative&page=2")
    assert len(page.find("table")[0].xpath(".//tbody/tr")) == 10  # 60 in pages of 50
    assert page.link("이전").endswith("&rule=quantity_negative&page=1")


def test_a_problem_leads_to_the_cell_of_the_original(client: Any) -> None:
    address = page_of(client, ADDRESS + "problems/").link("13행 원본 보기")
    page = page_of(client, address)
    marked = page.tree.xpath("//td[@data-marked]")
    assert [each.get("title") for each in marked] == ["천원"]
    assert [row[0] for row in page.rows("content")] == [str(n) for n in range(9, 18)]
    assert "번호를 확인하십시오" in page.text  # why it is a problem stands there too


def test_the_original_is_found_by_the_header_too(client: Any, made_up: Workspace) -> None:
    deposit = made_up.bank[PARKING].version(1).deposit_id
    page = page_of(client, f"{ADDRESS}source/{deposit}/?row=2&column=구분")
    assert page.tree.xpath("//td[@data-marked]/@title") == ["노외"]


def test_comparison_shows_old_and_new_cell(client: Any) -> None:
    page = page_of(client, ADDRESS + "compare/?from=1&to=2")
    cells = [
        [" ".join(c.text_content().split()) for c in row]
        for row in page.find("table")[0].xpath(".//tbody/tr")
    ]
    assert cells == [
        ["5", "들꽃시장 제1주차장", "1회기본요금", "1000", "1500"],
        ["9", "구름재 제1주차장", "주차구획수", "69", "88"],
        ["13", "강마루 제2주차장", "1회기본요금", "1000", "원본 값 천원"],
    ]
    assert page.texts("dl.marks dd") == ["1", "1", "3", "60 → 60"]


def test_a_version_compared_with_itself_is_the_same(client: Any) -> None:
    assert "두 판의 내용이 같습니다" in page_of(client, ADDRESS + "compare/?from=2&to=2").text


def test_a_refused_deposit_shows_its_reason_and_the_next_step(client: Any) -> None:
    page = page_of(client, "/data/새빛시-가로등/")
    assert "가로등.pdf는 PDF 형식입니다" in page.text
    assert page.link("고친 파일 올리기").startswith("/deposits/?dataset=")


def test_a_rollback_stands_among_the_versions(own_city: Workspace) -> None:
    own_city.bank.rollback(PARKING, 1, by="이담당", at=START.replace(month=9))
    rows = Page(browser().get(ADDRESS)).rows("versions")
    assert rows[0][0] == "3판 (지금)"
    assert "(되돌림)" in rows[0][4]
    assert rows[0][6] == "더해짐 1없어짐 1바뀜 3"


@pytest.mark.parametrize(
    ("form", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK\x03\x04"), ("parquet", b"PAR1")]
)
def test_downloads_are_the_version_asked_for(client: Any, form: str, start: bytes) -> None:
    response = client.get(f"{ADDRESS}download.{form}?version=1")
    body = b"".join(response.streaming_content)
    assert body.startswith(start)
    assert response.headers["Content-Disposition"].endswith(f"-1%ED%8C%90.{form}")  # 판
