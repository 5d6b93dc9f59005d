"""The public pages: everybody reads what is open, and nothing else is in reach."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from django.test import Client, override_settings

import madang.web.portal
from madang.workspace import Workspace
from web import open_city
from web_page import Page


@pytest.fixture(scope="session")
def open_made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The open city; nobody writes to it."""
    return open_city.make(tmp_path_factory.mktemp("open-city"))


@pytest.fixture
def opened(open_made: Workspace) -> Iterator[Workspace]:
    with override_settings(MADANG_WORKSPACE=str(open_made.folder)):
        yield open_made


@pytest.fixture
def anybody(opened: Workspace) -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def body(response: Any) -> bytes:
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return whole


ADDRESSES = [
    "/", "/open/", "/?q=ㄷㅅㄱ", "/?q=없는말", "/open/editions.json", "/open/도서관/", "/open/도서관/?q=열린도서관7",
    "/open/도서관/?offset=20", "/open/인구/", "/open/주차장/", "/open/없음/", "/open/도서관/rows.json",
    "/open/도서관/rows.json?limit=5&total=1", "/open/인구/rows.json", "/open/도서관/rows.json?group=도서관명&limit=3",
    "/open/도서관/take/csv/", "/open/도서관/take/xlsx/", "/open/도서관/take/json/", "/open/도서관/take/geojson/",
    "/open/도서관/take/parquet/", "/open/인구/take/csv/", "/open/borders.json", "/open/도서관/tiles/8/216/100.mvt",
    "/open/주차장/rows.json", "/open/도서관/rows.json?nonsense=1",
]  # fmt: skip


def test_nobody_has_to_sign_in(anybody: Client) -> None:
    for address in ADDRESSES:
        answer = anybody.get(address)
        assert answer.status_code in (200, 204, 400, 404, 410), address
        body(answer)


def test_the_front_lists_what_is_open_with_licence_day_and_formats(anybody: Client) -> None:
    text = anybody.get("/").content.decode()
    assert "열린 도서관" in text
    assert "동별 인구" in text
    assert "공공누리 제1유형: 출처표시" in text
    assert "GeoJSON" in text
    assert "수치 오류" in text  # of the withdrawn one


def test_search_understands_initials(anybody: Client) -> None:
    text = anybody.get("/?q=ㄷㅅㄱ").content.decode()
    assert "열린 도서관" in text
    assert "동별 인구" not in text


def test_an_edition_shows_rows_columns_decision_and_how_to_get_it(anybody: Client) -> None:
    text = anybody.get("/open/도서관/").content.decode()
    for words in (
        "열린도서관1",
        "열람좌석수",
        "자치행정과-1234",
        "공공데이터법 제17조",
        "rows.json",
        "1–20 / 30",
    ):
        assert words in text
    assert "kim" not in text
    assert "열린도서관29" in anybody.get("/open/도서관/?offset=20").content.decode() + text


def test_a_hidden_number_is_a_word_on_the_page(anybody: Client) -> None:
    text = anybody.get("/open/인구/").content.decode()
    assert '<span class="withheld">비공개</span>' in text
    assert "0이라는 뜻이 아닙니다" in text


def test_a_withdrawn_edition_says_so_and_gives_no_data(anybody: Client) -> None:
    page = anybody.get("/open/주차장/")
    assert page.status_code == 410
    assert "수치 오류" in page.content.decode()
    assert "교통과-3" in page.content.decode()
    for end in ("rows.json", "take/csv/", "tiles/1/1/1.mvt"):
        answer = anybody.get(f"/open/주차장/{end}")
        assert answer.status_code == 410
        assert answer["Content-Type"] == "application/problem+json"


def test_rows_are_filtered_sorted_grouped_and_paged_by_address(anybody: Client) -> None:
    answer = anybody.get("/open/도서관/rows.json?열람좌석수.ge=280&sort=-열람좌석수&limit=1&total=1").json()
    (row,) = answer["rows"]
    assert (row["도서관명" if "도서관명" in row else "library_name"], answer["total"]) == ("열린도서관29", 2)
    follow = answer["next"].split("127.0.0.1", 1)[1]
    assert [list(each.values())[0] for each in anybody.get(follow).json()["rows"]] == ["열린도서관28"]
    assert anybody.get("/open/도서관/rows.json?group=도서관명").json()["rows"][0]["count"] == 1


def test_downloads_are_whole_and_say_where_they_come_from(anybody: Client) -> None:
    table = list(csv.reader(io.StringIO(body(anybody.get("/open/도서관/take/csv/")).decode("utf-8-sig"))))
    assert len(table) == 31
    assert len(json.loads(body(anybody.get("/open/도서관/take/json/")))) == 30
    assert len(json.loads(body(anybody.get("/open/도서관/take/geojson/")))["features"]) == 30
    assert pq.read_table(io.BytesIO(body(anybody.get("/open/도서관/take/parquet/")))).num_rows == 30
    workbook = anybody.get("/open/도서관/take/xlsx/")
    assert body(workbook).startswith(b"PK")
    assert quote("도서관-") in workbook["Content-Disposition"]


def test_pages_of_any_site_may_read_the_data_and_nothing_else(anybody: Client) -> None:
    for address in (
        "/open/editions.json",
        "/open/도서관/rows.json",
        "/open/도서관/take/csv/",
        "/open/없음/rows.json",
    ):
        answer = anybody.get(address, headers={"origin": "https://example.org"})
        assert answer["Access-Control-Allow-Origin"] == "*"
        body(answer)
    assert anybody.options("/open/도서관/rows.json").status_code == 204
    assert anybody.post("/open/도서관/rows.json").status_code in (403, 405)
    for address in ("/", "/open/도서관/", "/accounts/login/"):
        assert "Access-Control-Allow-Origin" not in anybody.get(address)


def test_everything_public_works_the_same_with_the_bank_moved_away(opened: Workspace, tmp_path: Path) -> None:
    shutil.copytree(opened.folder, tmp_path / "city", symlinks=True)
    with override_settings(MADANG_WORKSPACE=str(tmp_path / "city")):
        anybody = Client(SERVER_NAME="127.0.0.1")

        def everything() -> dict[str, tuple[int, bytes]]:
            answers = {address: anybody.get(address) for address in ADDRESSES}
            return {address: (a.status_code, _steady(body(a))) for address, a in answers.items()}

        before = everything()
        shutil.move(tmp_path / "city" / "bank", tmp_path / "away")
        shutil.rmtree(tmp_path / "city" / "content" / "releases")
        shutil.rmtree(tmp_path / "city" / "cache")
        (tmp_path / "city" / "cache").mkdir()
        after = everything()
        assert not (tmp_path / "city" / "bank").exists()
    assert before == after
    assert before["/open/도서관/"][0] == 200


def _steady(answer: bytes) -> bytes:
    """An XLSX file tells the second in which it was written."""
    if answer.startswith(b"PK"):
        import zipfile

        with zipfile.ZipFile(io.BytesIO(answer)) as parts:
            return b"".join(parts.read(name) for name in sorted(parts.namelist()) if "docProps" not in name)
    return answer


def test_the_code_of_the_public_pages_never_reaches_for_the_bank() -> None:
    folder = Path(madang.web.portal.__file__).parent
    reached: set[str] = set()
    for path in folder.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        reached |= set(re.findall(r"(?:\bworkspace\(\)|\bws)\.(\w+)", code))
        imported = re.findall(r"from madang\.web\.shell\.workspace import (.*)", code)
        assert all(
            set(each.replace(" ", "").split(",")) <= {"workspace", "one_workspace"} for each in imported
        ), path
        assert not re.search(r"Bank\((?!workspace\(\)\.folder / \"open\"[,)])", code), path
        assert "getattr" not in code
    assert reached == {"folder", "settings", "standards"}


def test_an_empty_portal_says_so_and_where_to_sign_in(empty_city: Workspace) -> None:
    page = Client(SERVER_NAME="127.0.0.1").get("/")
    assert page.status_code == 200
    assert "아직 개방한 자료가 없습니다" in page.content.decode()
    assert 'href="/accounts/login/"' in page.content.decode()


def test_the_open_api_and_sql_know_the_editions_and_nothing_else(anybody: Client) -> None:
    there = anybody.get("/open/api/v1/datasets")
    assert there["Access-Control-Allow-Origin"] == "*"
    text = there.content.decode()
    assert "열린 도서관" in text
    assert "주차장" not in text
    assert anybody.get("/open/api/v1/datasets/주차장").status_code == 410
    assert anybody.get("/open/sql/").status_code == 200


def test_what_is_in_the_bank_and_not_open_is_not_there(opened: Workspace, anybody: Client) -> None:
    assert "주차장" in opened.bank
    for end in ("", "rows.json", "take/csv/"):
        assert anybody.get(f"/open/도서관%2F..%2F..%2Fbank%2F주차장/{end}").status_code == 404
        assert anybody.get(f"/open/..%2fbank%2f주차장/{end}").status_code == 404


class Fetched(io.BytesIO):
    """What a program gets for an address."""

    headers: dict[str, str] = {}


def test_the_examples_of_the_page_run_as_they_stand(anybody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(asked: Any) -> Fetched:
        address = asked if isinstance(asked, str) else asked.full_url
        assert address.startswith("http://testserver/")
        return Fetched(body(anybody.get(address.removeprefix("http://testserver"))))

    monkeypatch.setattr("urllib.request.urlopen", fetched)
    page = Page(Client().get("/open/도서관/"))
    told: dict[str, Any] = {}
    exec(page.find("code#example-python")[0].text_content(), told)
    assert len(told["rows"]) == 30
    assert sum(told["rows"]["열람좌석수"]) == 10 * (29 * 30 // 2)
    code = page.find("code#example-r")[0].text_content()
    read = re.fullmatch(r'rows <- read\.csv\("([^"]+)", fileEncoding = "UTF-8-BOM"\)', code.strip())
    assert read is not None
    table = fetched(read[1]).read()
    assert table.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))) == 31
    for curl in page.texts("pre.open-code code"):
        if curl.startswith("curl"):
            at = re.search(r"'(http[^']+)'", curl)
            extra = re.search(r"--data-urlencode '([^']+)'", curl)
            assert at is not None
            answer = json.loads(fetched(at[1] + (f"?{extra[1]}" if extra else "")).read())
            assert len(answer["rows"]) in (10, 30)


def test_an_edition_without_places_has_no_tiles(anybody: Client) -> None:
    assert anybody.get("/open/도서관/tiles/8/216/100.mvt").status_code in (200, 204)
    assert anybody.get("/open/인구/tiles/8/216/100.mvt").status_code == 404


@pytest.mark.parametrize("offset", ["²", "٣", "-1", "9" * 400, "abc"])
def test_an_offset_that_is_no_number_begins_at_the_first_row(anybody: Client, offset: str) -> None:
    answer = anybody.get("/open/도서관/", {"offset": offset})
    assert answer.status_code == 200
    first = Page(anybody.get("/open/도서관/")).texts("table.cells tbody tr")
    assert Page(answer).texts("table.cells tbody tr") == first
    assert len(first) > 20
