"""Personal values never stand whole on a page."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest

import made_up_bank
from madang.intake.problems import hide_lines
from madang.web.desk.source import _naming
from madang.workspace import Workspace
from made_up_bank import PARKING, START
from people import browser
from web_page import Page

ADDRESS = f"/data/{PARKING}/"


@pytest.fixture
def private_city(own_city: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The car parks once more, their names now declared personal."""
    columns = [replace(c, privacy="personal") if c.name == "prkplce_nm" else c for c in made_up_bank.COLUMNS]
    monkeypatch.setattr(made_up_bank, "COLUMNS", columns)
    monkeypatch.setattr(made_up_bank, "START", START + timedelta(days=90))
    made_up_bank.parking(own_city, own_city.folder)
    assert asdict(own_city.bank[PARKING].version(3).columns[0])["privacy"] == "personal"
    return own_city


def test_first_rows_original_and_comparison_are_starred(private_city: Workspace) -> None:
    client = browser()
    deposit = private_city.bank[PARKING].version(4).deposit_id
    for part in ("", f"source/{deposit}/?row=13&column=basic_charge", "compare/?from=3&to=4"):
        body = client.get(ADDRESS + part).content.decode()
        assert "강마루 제2주차장" not in body, part
        assert "강** *****" in body, part


def test_the_header_of_a_personal_column_stays_readable(private_city: Workspace) -> None:
    deposit = private_city.bank[PARKING].version(4).deposit_id
    body = browser().get(f"{ADDRESS}source/{deposit}/?row=2").content.decode()
    assert "주차장명" in body
    assert "첫 글자만 보여 드립니다" in body


STANDARD = """
id = "applicants"
version = "1"
label = "신청자 명단"
description = "강좌 신청자"
source = "만든 것"
theme = "문화관광"
key = ["number"]
columns = [
  { name = "number", label = "접수번호", type = "integer", required = true },
  { name = "course", label = "강좌명" },
  { name = "person", label = "신청자", privacy = "personal", required = true },
  { name = "born", label = "생년월일", type = "date", privacy = "sensitive" },
  { name = "place", label = "자리", type = "integer" },
]
"""
LIST = """강좌 신청자 명단,담당 정다온 031-555-0142,,,
접수번호,강좌명,신청자,생년월일,자리
1,도예,홍가람,1971-05-06,3
2,서예,김나래,1982-02-30,열둘
3,사진,"박마루
새말로 9",1993-08-09,4
4;무용;최보라;1964-07-08;5
5,합창,이사라,1955-06-07,6,덧붙임
6,도예,정아린,1949-01-02,7
7,도예,강자을,1949-01-03,8
8,도예,윤차미,1949-01-04,9
"""
SECRETS = (
    "홍가람",
    "김나래",
    "박마루",
    "새말로",
    "최보라",
    "이사라",
    "정아린",
    "정다온",
    "555",
    "1982",
    "30",
    "1949",
)
LISTED = "강좌-신청자"


@pytest.fixture
def applicants(empty_city: Workspace) -> Workspace:
    """A list of people as it comes: a line above it, a cell of two lines, rows with another delimiter or a cell more."""
    (empty_city.folder / "content/standards/applicants.toml").write_text(STANDARD, encoding="utf-8")
    ws = Workspace.open(empty_city.folder)
    file = ws.folder / "명단.csv"
    file.write_text(LIST, encoding="utf-8")
    (receipt,) = ws.deposit(file, LISTED, standard="applicants", by="김새빛")
    assert receipt.verdict == "accepted_with_problems"
    assert {c.name for c in ws.bank[LISTED].version(1).columns if c.privacy != "none"} == {"person", "born"}
    return ws


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_problems_keep_no_personal_value(applicants: Workspace) -> None:
    version = applicants.bank[LISTED].version(1)
    hide_lines(version.problems_path, version.columns)
    kept = pq.read_table(version.problems_path).to_pylist()
    assert leaks(str([(each["value"], each["detail"]) for each in kept])) == []
    by_rule = {each["rule"]: each for each in kept}
    assert by_rule["cell_no_such_day"]["value"] == "1*********"
    assert by_rule["cell_no_such_day"]["detail"] == '{"expected":"date","month":"*","year":"*","day":"*"}'
    assert by_rule["cell_not_integer"]["value"] == "열둘"  # not personal
    assert by_rule["other_delimiter"]["value"] is None


def test_problem_pages_show_no_personal_value(applicants: Workspace) -> None:
    page = Page(browser().get(f"/data/{LISTED}/problems/"))
    assert leaks(page.texts("table")[0]) == []
    assert "*년 *월 *일은 없습니다" in page.text
    assert "열둘" in page.text
    assert "이 행만 다른 구분자" in page.text


@pytest.mark.parametrize("row", [1, 3, 6, 8, 11])
def test_the_original_shows_only_cells_known_to_be_open(applicants: Workspace, row: int) -> None:
    deposit = applicants.bank[LISTED].version(1).deposit_id
    response = browser().get(f"/data/{LISTED}/source/{deposit}/?row={row}")
    assert response.status_code == 200
    page = Page(response)
    assert leaks(page.texts("table")[0]) == []
    rows = {cells[0]: cells[1:] for cells in page.rows("content")}
    if "3" in rows:
        assert rows["3"] == ["1", "도예", "홍**", "1*********", "3"]
    if row == 8:
        assert rows["7"] == ["4********************"]  # its own delimiter is not that of the file
    if row == 6:
        assert rows["6"] == ["새** **", "1*********", "4"]  # the second line of a cell


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (["시도명", "시군구명", "관리번호", "시설명", "담당기관명"], 3),
        (["행정동", "관리번호", "업태구분명", "사업장명"], 3),
        (["관리번호", "주소", "비고"], 0),
        ([], 0),
    ],
)
def test_the_column_that_names_a_row_stays_in_sight(header: list[str], place: int) -> None:
    assert _naming(header) == place


def test_downloads_star_personal_columns(applicants: Workspace) -> None:
    client = browser()
    bodies = {}
    for form in ("csv", "xlsx", "parquet"):
        response = client.get(f"/data/{LISTED}/download.{form}")
        assert response.headers["Content-Disposition"].endswith(f"-%EA%B0%80%EB%A6%BC.{form}")  # 가림
        bodies[form] = b"".join(response.streaming_content)
    lines = bodies["csv"].decode("utf-8-sig").splitlines()
    assert lines[:2] == ["접수번호,강좌명,신청자,생년월일,자리", "1,도예,홍**,1*********,3"]
    assert leaks(bodies["csv"].decode()) == []
    table = pq.read_table(BytesIO(bodies["parquet"]))
    assert table["생년월일"].to_pylist()[0] == "1*********"
    assert leaks(str(table.to_pylist())) == []
    with ZipFile(BytesIO(bodies["xlsx"])) as book:
        assert leaks(book.read("xl/worksheets/sheet1.xml").decode()) == []
    assert "내려받는 파일에서도" in Page(client.get(f"/data/{LISTED}/")).text


def test_a_version_from_before_the_declaration_is_starred_too(private_city: Workspace) -> None:
    client = browser()
    body = b"".join(client.get(ADDRESS + "download.csv?version=1").streaming_content).decode("utf-8-sig")
    assert "강마루 제2주차장" not in body
    assert "강** *****" in body
    assert "강마루 제2주차장" not in client.get(ADDRESS + "versions/1/").content.decode()
